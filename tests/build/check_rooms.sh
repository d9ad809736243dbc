#!/usr/bin/env bash
# A room may use the rooms before it, never those after: text, document, program, decision,
# explanation, reload, account, portal, and last the command line. Each file belongs to one room by this table.
set -uo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 1

# Names of files without `-inl`, `.h` and `.cc`.
# Everybody may use these: they name things and do nothing.
base='config|fwd|hash|fold|result|error|vocabulary'
text='json_tree|json_scanner|json_stack|json_string|json_writer|utf8|visible_text|replaced_file|glob|edit_distance'
document='policy_document|document_arena|grammar|values|variables|policy_reader|principal_grammar|statement_reader'
document+='|condition_grammar|parse|write|lint|linter|lint_[a-z_]+|standard_key'
program='policy_set|program|program_actions|program_memory|code|code_writer|intern_table|pattern_draft'
program+='|action_nodes|principal_keys|index_keys|program_builder|term_builder|cut_chooser|resource_table|slot_table|index_builder|dump'
program+='|image_flaw|code_verifier|index_verifier|program_verifier'
decision='decision|request|request_checks|standard_keys|dispatch|pattern_match|statement_match|condition|principal'
decision+='|decide|evaluate|batch|batch_[a-z]+'
explanation='explain|explain_[a-z]+|nearest_miss|html|html_[a-z]+|graph|policy_stack|image|image_[a-z]+|decision_log|decision_record'
reload='published|document_error|segments|policy_store|policy_directory|policy_directory_thread'
reload+='|folder_[a-z]+'
account='account|account_[a-z]+'

room_of() {
  local name
  case $1 in
    src/cli/* | cli/* | src/c.cc | writ/c.h | */writ/c.h) echo 9 && return ;;
    */portal/*) echo 8 && return ;;
    */testing/*) echo 10 && return ;;
    */writ.h) echo 11 && return ;;
  esac
  name=$(basename "$1")
  name=${name%.h}
  name=${name%.cc}
  name=${name%-inl}
  if [[ $name =~ ^($base)$ ]]; then echo 0
  elif [[ $name =~ ^($text)$ ]]; then echo 1
  elif [[ $name =~ ^($document)$ ]]; then echo 2
  elif [[ $name =~ ^($program)$ ]]; then echo 3
  elif [[ $name =~ ^($decision)$ ]]; then echo 4
  elif [[ $name =~ ^($explanation)$ ]]; then echo 5
  elif [[ $name =~ ^($reload)$ ]]; then echo 6
  elif [[ $name =~ ^($account)$ ]]; then echo 7
  else echo none
  fi
}

rooms=(base text document program decision explanation reload account portal "command line and C" testing umbrella)
status=0
files=0
while read -r file; do
  mine=$(room_of "$file")
  if [[ $mine == none ]]; then
    echo "$file: in no room; enter it in the table of tests/build/check_rooms.sh"
    status=1
    continue
  fi
  files=$((files + 1))
  ((mine == 11)) && continue
  while read -r included; do
    theirs=$(room_of "$included")
    if [[ $theirs == none ]]; then
      echo "$file: includes $included, which is in no room"
      status=1
    # The command line and the matchers for users' tests may take the library by its umbrella.
    elif ((theirs == 11 && mine >= 9)); then
      :
    elif ((theirs > mine)); then
      echo "$file (${rooms[mine]}) includes $included (${rooms[theirs]})"
      status=1
    fi
  done < <(sed -n 's/^#include [<"]\(\(writ\|cli\)\/[^>"]*\)[>"].*/\1/p' "$file")
done < <(find include/writ src -name '*.h' -o -name '*.cc' | sort)
echo "$files files"
exit $status
