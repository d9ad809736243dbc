// Not API, may change in any release. Patterns and statements that another one makes needless.
//
// Equal ones are found by hashing. That one pattern takes in another needs a comparison of the two;
// each pattern is compared with a bounded number of general ones, and all comparisons of a document
// together take a bounded number of steps. Whatever is reported is redundant; in very long lists
// not everything that is redundant is reported.
#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <unordered_set>
#include <vector>

#include "writ/hash.h"
#include "writ/impl/grammar.h"
#include "writ/impl/lint_conditions-inl.h"
#include "writ/impl/linter.h"
#include "writ/impl/variables.h"

namespace writ::inline v0 {
namespace detail {

inline constexpr std::size_t kMostGeneralPatterns = 64;

// Whether every text that `specific` matches is matched by `general`: its characters are matched as
// a text, in which its own wildcards can be taken by a star only. `?` takes no `$`, with which a
// variable may begin, and no byte of a longer character.
WRIT_FUNC bool pattern_covers(std::string_view general, std::string_view specific, bool fold,
                              std::size_t& steps) noexcept {
  std::size_t g = 0;
  std::size_t s = 0;
  std::size_t star = std::string_view::npos;
  std::size_t resume = 0;
  const auto same = [fold](char a, char b) {
    if (a == '?') return b != '*' && b != '$' && static_cast<unsigned char>(b) < 0x80;
    return fold ? fold_ascii(a) == fold_ascii(b) : a == b;
  };
  while (s < specific.size()) {
    if (steps == 0) return false;
    --steps;
    if (g < general.size() && general[g] == '*') {
      star = g++;
      resume = s;
    } else if (g < general.size() && same(general[g], specific[s])) {
      ++g;
      ++s;
    } else if (star != std::string_view::npos) {
      g = star + 1;
      s = ++resume;
    } else {
      return false;
    }
  }
  return general.find_first_not_of('*', g) == std::string_view::npos;
}

// Field by field (M-25). A star at the end of a field of `specific` may cross colons; only a star
// at the end of the same field of `general` can have taken it, and that one crosses as well.
WRIT_FUNC bool Linter::covers_resource(std::string_view general, std::string_view specific) {
  if (general == "*") return true;
  const bool variables = document_.has_variables();
  // `${*}` is no star.
  if (variables && has_variable(general)) return false;
  const ArnFields a = split_arn(general, variables);
  const ArnFields b = split_arn(specific, variables);
  if (a.count != 6 || b.count != 6) return false;
  for (std::size_t i = 0; i < 6; ++i) {
    if (!pattern_covers(a.field[i], b.field[i], false, steps_)) return false;
  }
  return true;
}

WRIT_FUNC void Linter::check_redundant_patterns(const PatternList& list, bool actions) {
  if (list.values.size() < 2) return;
  const Check check = actions ? lint::check("REDUNDANT_ACTION") : lint::check("REDUNDANT_RESOURCE");
  std::unordered_set<std::string> seen;
  std::vector<const Text*> distinct;
  std::vector<const Text*> general;
  for (const Text& value : list.values) {
    if (is_refused(value.position)) continue;
    if (!seen.insert(actions ? folded(value.value) : std::string(value.value)).second) {
      report(check, value.position,
             fmt::format("remove {}: it is listed before", quoted(value.value)));
      continue;
    }
    distinct.push_back(&value);
    if (value.value.find_first_of("*?") != std::string_view::npos) general.push_back(&value);
  }
  // The shortest patterns tend to be the most general.
  if (general.size() > kMostGeneralPatterns) {
    std::stable_sort(general.begin(), general.end(), [](const Text* a, const Text* b) {
      return a->value.size() < b->value.size();
    });
    general.resize(kMostGeneralPatterns);
  }
  const auto takes_in = [this, actions](std::string_view a, std::string_view b) {
    return actions ? pattern_covers(a, b, true, steps_) : covers_resource(a, b);
  };
  for (const Text* value : distinct) {
    // A NotResource whose variable has no value counts against an Allow (V-22): none is too many.
    if (list.negated && document_.has_variables() && has_variable(value->value)) continue;
    for (const Text* other : general) {
      if (other == value || !takes_in(other->value, value->value)) continue;
      // Two spellings of the same pattern: the second one is too many.
      if (value->position.offset < other->position.offset && takes_in(value->value, other->value)) {
        continue;
      }
      report(check, value->position,
             fmt::format("remove {}: {} takes it in", quoted(value->value), quoted(other->value)));
      break;
    }
  }
}

// Statements that say the same but for their Sid, in whatever order.
WRIT_FUNC void Linter::check_redundant_statements() {
  if (document_.statements().size() < 2) return;
  // A part of the key: length and text, so that no two lists of parts give the same key.
  const auto add = [](std::string& key, std::string_view part) {
    fmt::format_to(std::back_inserter(key), "{}:{}", part.size(), part);
  };
  const auto add_sorted = [&add](std::string& key, std::vector<std::string>& parts) {
    std::sort(parts.begin(), parts.end());
    parts.erase(std::unique(parts.begin(), parts.end()), parts.end());
    fmt::format_to(std::back_inserter(key), "[{}", parts.size());
    for (const std::string& part : parts) add(key, part);
    parts.clear();
  };
  std::unordered_set<std::string> seen;
  std::vector<std::string> parts;
  for (const Statement& statement : document_.statements()) {
    std::string key;
    add(key, to_string(statement.effect));
    add(key, statement.principal.everyone ? "*" : statement.principal.negated ? "not" : "");
    for (const PrincipalMember& member : statement.principal.members) {
      for (const Text& value : member.values) {
        parts.push_back(fmt::format("{} {}", to_string(member.kind), value.value));
      }
    }
    add_sorted(key, parts);
    add(key, statement.action.negated ? "not" : "");
    for (const Text& value : statement.action.values) parts.push_back(folded(value.value));
    add_sorted(key, parts);
    add(key, statement.resource.negated ? "not" : "");
    for (const Text& value : statement.resource.values) parts.emplace_back(value.value);
    add_sorted(key, parts);
    std::vector<std::string> tests;
    for (const ConditionTest& test : statement.conditions) {
      std::string condition;
      add(condition, folded(test.operator_text.value));
      add(condition, folded(test.key.value));
      for (const ConditionValue& value : test.values) parts.emplace_back(value.text);
      add_sorted(condition, parts);
      tests.push_back(std::move(condition));
    }
    add_sorted(key, tests);
    if (seen.insert(std::move(key)).second) continue;
    report(lint::check("REDUNDANT_STATEMENT"), statement.begin,
           "remove the statement: another one says the same");
  }
}

}  // namespace detail
}  // namespace writ::inline v0
