// Not API, may change in any release. Checks of actions and resources, one at a time and together.
#pragma once

#include <fmt/format.h>

#include <algorithm>

#include "writ/hash.h"
#include "writ/impl/grammar.h"
#include "writ/impl/lint_tables.h"
#include "writ/impl/linter.h"
#include "writ/impl/values.h"
#include "writ/impl/variables.h"

namespace writ::inline v0 {
namespace detail {

WRIT_FUNC std::size_t find_wildcard(std::string_view text, bool variables) noexcept {
  PatternPieces pieces(text, variables);
  PatternPiece piece;
  while (pieces.next(piece)) {
    if (piece.kind != PatternPiece::Kind::Text) continue;
    const std::size_t at = piece.text.find_first_of("*?");
    if (at != std::string_view::npos) {
      return static_cast<std::size_t>(piece.text.data() - text.data()) + at;
    }
  }
  return std::string_view::npos;
}

WRIT_FUNC std::size_t find_variable(std::string_view text, bool variables) noexcept {
  PatternPieces pieces(text, variables);
  PatternPiece piece;
  while (pieces.next(piece)) {
    if (piece.kind != PatternPiece::Kind::Variable) continue;
    return static_cast<std::size_t>(piece.text.data() - text.data()) - 2;  // before `${`
  }
  return std::string_view::npos;
}

WRIT_FUNC void Linter::check_statement(const Statement& statement) {
  collect_keys(statement);
  check_principals(statement);
  check_actions(statement);
  check_resources(statement);
  check_conditions(statement);
  // What an Allow hands out; the other kinds hand out nothing.
  if (!is_identity() || statement.effect != Effect::Allow) return;
  static constexpr PowerChecks kPassRole = {
      "iam:PassRole",
      "role/",
      {lint::check("PASS_ROLE_WITH_STAR_IN_RESOURCE"),
       lint::check("PASS_ROLE_WITH_STAR_IN_ACTION_AND_RESOURCE"),
       lint::check("PASS_ROLE_WITH_STAR_IN_RESOURCE_AND_NOT_ACTION")},
      {lint::check("PASS_ROLE_WITH_NOT_RESOURCE"),
       lint::check("PASS_ROLE_WITH_STAR_IN_ACTION_AND_NOT_RESOURCE"),
       lint::check("PASS_ROLE_WITH_NOT_ACTION_AND_NOT_RESOURCE")}};
  static constexpr PowerChecks kCreateRole = {
      "iam:CreateServiceLinkedRole",
      "role/aws-service-role/",
      {lint::check("CREATE_SLR_WITH_STAR_IN_RESOURCE"),
       lint::check("CREATE_SLR_WITH_STAR_IN_ACTION_AND_RESOURCE"),
       lint::check("CREATE_SLR_WITH_STAR_IN_RESOURCE_AND_NOT_ACTION")},
      {lint::check("CREATE_SLR_WITH_NOT_RESOURCE"),
       lint::check("CREATE_SLR_WITH_STAR_IN_ACTION_AND_NOT_RESOURCE"),
       lint::check("CREATE_SLR_WITH_NOT_ACTION_AND_NOT_RESOURCE")}};
  if (!has_key("iam:PassedToService")) check_power(statement, kPassRole);
  if (!has_key("iam:AWSServiceName")) check_power(statement, kCreateRole);
}

WRIT_FUNC void Linter::check_actions(const Statement& statement) {
  const PatternList& list = statement.action;
  if (!list.present) return;
  if (list.values.empty() && list.is_list && !list.negated &&
      node_at(list.position)->child_count == 0) {
    report(lint::check("EMPTY_ARRAY_ACTION"), list.position,
           "name an action: without one the statement does nothing");
  }
  const bool rcp = type_ == PolicyType::ResourceControl && statement.effect == Effect::Deny;
  for (const Text& action : list.values) {
    const std::string_view service = action.value.substr(0, action.value.find(':'));
    if (service.size() == action.value.size()) continue;  // `*`, or refused
    if (find_wildcard(service, false) != std::string_view::npos) {
      report(lint::check("WILDCARD_IN_SERVICE_NAME"), action.position,
             fmt::format("write out the service of {}: the wildcard takes in services that you may "
                         "not know",
                         quoted(action.value)));
    } else if (rcp && std::none_of(std::begin(lint::kRcpServices), std::end(lint::kRcpServices),
                                   [service](std::string_view known) {
                                     return equals_folded(known, service);
                                   })) {
      report(lint::check("RCP_SYNTAX_ERROR_ACTION"), action.position,
             fmt::format("remove {}: resource control policies do not reach the service",
                         quoted(action.value)));
    }
  }
  check_redundant_patterns(list, true);
}

WRIT_FUNC void Linter::check_resources(const Statement& statement) {
  const PatternList& list = statement.resource;
  if (!list.present) return;
  if (list.values.empty() && list.is_list && !list.negated &&
      node_at(list.position)->child_count == 0) {
    report(lint::check("EMPTY_ARRAY_RESOURCE"), list.position,
           "name a resource: without one the statement does nothing");
  }
  for (const Text& resource : list.values) check_resource(resource);
  check_redundant_patterns(list, false);
}

WRIT_FUNC void Linter::check_resource(const Text& resource) {
  if (resource.value == "*" || is_refused(resource.position)) return;
  const bool variables = document_.has_variables();
  check_variables(resource.value, resource.position);
  const ArnFields arn = split_arn(resource.value, variables);
  if (arn.count < 6) {
    report(lint::check("MISSING_ARN_FIELD"), resource.position,
           fmt::format("write all six fields of {}: the missing ones are taken as `*`",
                       quoted(resource.value)));
  }
  const auto is_upper = [](char c) { return c >= 'A' && c <= 'Z'; };
  if (std::any_of(arn.field[2].begin(), arn.field[2].end(), is_upper)) {
    report(lint::check("INVALID_ARN_SERVICE_CASE"), resource.position,
           fmt::format("write the service of {} in lower case: resources are compared letter by "
                       "letter",
                       quoted(resource.value)));
  }
  for (const std::string_view field : {arn.field[3], arn.field[4]}) {
    if (find_variable(field, variables) == std::string_view::npos) continue;
    report(lint::check("VARIABLE_UNSUPPORTED_IN_ELEMENT"), resource.position,
           fmt::format("move the variable of {} behind the fifth colon: IAM promises nothing for "
                       "one before it",
                       quoted(resource.value)));
    break;
  }
  const std::string_view account = arn.count > 4 ? arn.field[4] : std::string_view();
  const bool is_account = account.size() == 12 && all_digits(account);
  const bool is_word = std::find(std::begin(lint::kAccountWords), std::end(lint::kAccountWords),
                                 account) != std::end(lint::kAccountWords);
  if (!account.empty() && !is_account && !is_word &&
      account.find_first_of("*?$") == std::string_view::npos) {
    report(lint::check("INVALID_ARN_ACCOUNT"), resource.position,
           fmt::format("write the account of {} with 12 digits", quoted(resource.value)));
  }
}

// Variables of a text in which they may stand.
WRIT_FUNC void Linter::check_variables(std::string_view text, Position position) {
  if (!has_variable(text) || is_refused(position)) return;
  if (!document_.has_variables()) {
    if (is_guardrail() ||
        read_variable(text.substr(text.find("${"))).mistake != VariableMistake::None) {
      return;
    }
    report(lint::check("VARIABLE_UNSUPPORTED_IN_VERSION"), position,
           fmt::format("write `\"Version\": \"2012-10-17\"`: the variable in {} is plain text now",
                       quoted(text)));
    return;
  }
  PatternPieces pieces(text, true);
  PatternPiece piece;
  while (pieces.next(piece)) {
    if (piece.kind != PatternPiece::Kind::Variable ||
        piece.text.find(':') != std::string_view::npos) {
      continue;
    }
    report(lint::check("INVALID_VARIABLE_NAME"), position,
           fmt::format("name a condition key in `${{{}}}`: without a prefix it never has a value",
                       piece.text));
    return;
  }
}

WRIT_FUNC Linter::Coverage Linter::coverage(const PatternList& list, std::string_view action) {
  Coverage found = Coverage::None;
  std::size_t steps = static_cast<std::size_t>(-1);  // the action is short: linear in the list
  for (const Text& pattern : list.values) {
    if (equals_folded(pattern.value, action)) {
      found = Coverage::Named;
      break;
    }
    if (found == Coverage::None && pattern.value.find_first_of("*?") != std::string_view::npos &&
        pattern_covers(pattern.value, action, true, steps)) {
      found = Coverage::Wildcard;
    }
  }
  if (!list.negated) return found;
  return list.present && found == Coverage::None ? Coverage::NotAction : Coverage::None;
}

// Whether a resource pattern takes in all roles of an account, or all below a path.
WRIT_FUNC bool Linter::is_wide(std::string_view resource, std::string_view role_path) const {
  if (resource == "*") return true;
  const ArnFields arn = split_arn(resource, document_.has_variables());
  if (arn.count < 3 || arn.field[2] != "iam") return false;
  if (arn.count < 6) return true;  // filled with `*`
  const std::string_view name = arn.field[5];
  const std::size_t star = name.find('*');
  return star != std::string_view::npos &&
         name.find_first_not_of('*', star) == std::string_view::npos &&
         role_path.substr(0, star) == name.substr(0, star);
}

WRIT_FUNC void Linter::check_power(const Statement& statement, const PowerChecks& checks) {
  const PatternList& resources = statement.resource;
  if (!resources.present) return;
  const Coverage covered = coverage(statement.action, checks.action);
  if (covered == Coverage::None) return;
  const int which = static_cast<int>(covered) - 1;
  if (resources.negated) {
    report(checks.not_resource[which], resources.position,
           fmt::format("name the roles in `Resource`: with `NotResource` the statement allows `{}` "
                       "on all others",
                       checks.action));
    return;
  }
  for (const Text& resource : resources.values) {
    if (!is_wide(resource.value, checks.role_path)) continue;
    report(checks.star[which], resource.position,
           fmt::format("name the roles: the statement allows `{}` on {}", checks.action,
                       resource.value == "*" ? "all of them" : quoted(resource.value)));
    return;
  }
}

}  // namespace detail
}  // namespace writ::inline v0
