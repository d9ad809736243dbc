#!/usr/bin/env bash
# The main job from one command: installs what is missing, builds the tool, and simulates requests
# against the policies in policies/, with explanations. Every decision is compared with what it is
# known to be; the last line tells how many came out so.
set -uo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit 1
exec </dev/null

bash .ci/install.sh build || exit 1
echo "building"
log=build/examples.log
mkdir -p build
if [[ ! -f build/release/build.ninja ]]; then
  # Tests and benchmarks need more packages; tests/run.sh turns them on.
  options=(-DWRIT_BUILD_TESTS=OFF -DWRIT_BUILD_BENCH=OFF)
  command -v ccache >/dev/null && options+=(-DCMAKE_CXX_COMPILER_LAUNCHER=ccache)
  if ! cmake --preset release "${options[@]}" >"$log" 2>&1; then
    cat "$log"
    exit 1
  fi
fi
if ! ninja -C build/release writ_tool ten_lines register_link_map >>"$log" 2>&1; then
  tail -n 40 "$log"
  exit 1
fi

writ=build/release/writ
printed=policies/partner-central
service=partnercentral-account-management.amazonaws.com
alice=arn:aws:iam::111122223333:user/Alice
admin=arn:aws:sts::111122223333:assumed-role/PartnerCentralRoleForCloudAdmin/Ana
role=arn:aws:iam::111122223333:role/PartnerCentralRoleForAce-sales
right=0
wrong=0

judge() {
  if [[ $1 == "$2" ]]; then
    right=$((right + 1))
  else
    wrong=$((wrong + 1))
    echo "UNEXPECTED: exit code $2 instead of $1"
  fi
}

# explained WHAT allowed|denied OPTION...
explained() {
  local what=$1 code=0
  [[ $2 == denied ]] && code=1
  shift 2
  printf '\n--- %s\n' "$what"
  "$writ" explain "$@"
  judge "$code" "$?"
}

explained "Alice creates a role for the ACE team" allowed \
  --identity $printed/account-linking-prerequisites.json \
  --principal $alice --action iam:CreateRole --resource $role

explained "Alice attaches a policy that is meant for another role" denied \
  --identity $printed/account-linking-prerequisites.json \
  --principal $alice --action iam:AttachRolePolicy --resource $role \
  --context iam:PolicyARN=arn:aws:iam::aws:policy/AWSPartnerCentralFullAccess

explained "The cloud admin maps a user to a role, by the policy as it is printed" denied \
  --identity $printed/cloud-admin-role-permissions.json \
  --principal $admin --action iam:PassRole --resource $role \
  --context iam:PassedToService=$service

explained "The same by the mended policy: one letter is lower case" allowed \
  --identity $printed/cloud-admin-role-permissions-fixed.json \
  --principal $admin --action iam:PassRole --resource $role \
  --context iam:PassedToService=$service

explained "A proposer of purchase agreements searches them" allowed \
  --identity $printed/ace-private-offers-minimal.json \
  --principal $alice --action aws-marketplace:SearchAgreements \
  --context aws-marketplace:PartyType=Proposer \
  --context-list aws-marketplace:AgreementType=PurchaseAgreement

explained "Listing entities without saying as which party" denied \
  --identity $printed/ace-private-offers-minimal.json \
  --principal $alice --action aws-marketplace:ListEntities

explained "The service assumes a role that users are mapped to" allowed \
  --resource-policy $printed/iam-role-mapping-trust-policy.json \
  --principal Service=$service --action sts:AssumeRole --resource $role

explained "Alice assumes it herself" denied \
  --resource-policy $printed/iam-role-mapping-trust-policy.json \
  --principal $alice --action sts:AssumeRole --resource $role

# A file as a JSON string.
quoted() {
  sed 's/\\/\\\\/g; s/"/\\"/g' "$1" | awk '{printf "%s%s", separator, $0; separator = "\\n"}'
}

printf '\n--- The input and output of SimulateCustomPolicy\n'
cat >build/simulate.json <<JSON
{
  "PolicyInputList": ["$(quoted $printed/account-linking-prerequisites.json)"],
  "ActionNames": ["iam:CreateRole", "iam:DeleteRole"],
  "ResourceArns": ["$role"]
}
JSON
"$writ" simulate --cli-input-json build/simulate.json
judge 0 $?

printf '\n--- A file of cases\n'
"$writ" check examples/cases/*.jsonl
judge 0 $?

printf '\n--- A policy repository: suites, coverage, mutants\n'
WRIT=$PWD/$writ examples/policy-repo/ci.sh
judge 0 $?

printf '\n--- The portal, as a program: from registering to linking to mapping\n'
build/release/examples/register_link_map policies
judge 0 $?

printf '\n--- The portal, in scenarios\n'
"$writ" portal run examples/portal/*.json
judge 0 $?

printf '\n--- The ten lines of the README\n'
build/release/examples/ten_lines
judge 0 $?

printf '\n%d decisions explained as expected, %d not\n' "$right" "$wrong"
((wrong == 0))
