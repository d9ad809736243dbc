// Not API, may change in any release. lint_policy: refusals become findings, and what concerns the
// document as a whole. The checks of statements are in the other lint_*-inl.h files.
#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <unordered_set>
#include <utility>

#include "writ/impl/grammar.h"
#include "writ/impl/json_tree.h"
#include "writ/impl/lint_conditions-inl.h"
#include "writ/impl/lint_principals-inl.h"
#include "writ/impl/lint_redundancy-inl.h"
#include "writ/impl/lint_statements-inl.h"
#include "writ/impl/lint_tables.h"
#include "writ/impl/lint_values-inl.h"
#include "writ/impl/linter.h"
#include "writ/impl/variables.h"
#include "writ/lint.h"

namespace writ::inline v0 {

WRIT_FUNC std::string_view to_string(FindingSeverity severity) noexcept {
  switch (severity) {
    case FindingSeverity::Refusal:
      return "refusal";
    case FindingSeverity::Error:
      return "error";
    case FindingSeverity::SecurityWarning:
      return "security-warning";
    case FindingSeverity::Warning:
      return "warning";
    case FindingSeverity::Suggestion:
      return "suggestion";
  }
  return "";
}

WRIT_FUNC const std::vector<std::string_view>& skipped_lint_checks() {
  static const std::vector<std::string_view> kSkipped = [] {
    std::vector<std::string_view> codes;
    for (const detail::LintCheck& check : detail::lint::kChecks) {
      if (check.source == detail::LintSource::Catalogue) codes.push_back(check.code);
    }
    return codes;
  }();
  return kSkipped;
}

WRIT_FUNC std::vector<Finding> lint_policy(std::string_view text, PolicyType type,
                                           const ParseOptions& options) {
  Result<detail::JsonTree> tree = detail::JsonTree::parse(text, detail::json_options(options));
  if (!tree) {
    const PolicyError& error = tree.error();
    return {{FindingSeverity::Refusal, to_string(error.code), error.rule, error.position,
             error.json_pointer, error.message}};
  }
  PolicyReader reader(std::move(tree).value(), type, options, PolicyReader::Mode::CollectAll);
  reader.read();
  return detail::Linter(text, type, reader).run();
}

namespace detail {

WRIT_FUNC Linter::Linter(std::string_view text, PolicyType type, PolicyReader& reader)
    : text_(text), type_(type), reader_(reader), document_(reader.take_document()) {}

WRIT_FUNC std::vector<Finding> Linter::run() {
  add_refusals();
  if (reader_.tree().root().kind == JsonKind::Object) {
    check_document();
    for (const Statement& statement : document_.statements()) check_statement(statement);
    if (type_ == PolicyType::RoleTrust) check_roles_anywhere();
    // Of a refused statement the document holds a part only: it may equal another by that.
    if (refused_.empty()) check_redundant_statements();
  }
  std::stable_sort(findings_.begin(), findings_.end(), [](const Finding& a, const Finding& b) {
    return a.position.offset < b.position.offset;
  });
  return std::move(findings_);
}

WRIT_FUNC void Linter::add_refusals() {
  for (const PolicyError& refusal : reader_.refusals()) {
    refused_.push_back(refusal.position.offset);
    findings_.push_back({FindingSeverity::Refusal, code_of(refusal), refusal.rule, refusal.position,
                         refusal.json_pointer, refusal.message});
  }
  std::sort(refused_.begin(), refused_.end());
}

// A refusal's code is that of IAM's check where one says more than the error code.
WRIT_FUNC std::string_view Linter::code_of(const PolicyError& refusal) const {
  const JsonNode* node = node_at(refusal.position);
  const std::string_view code = to_string(refusal.code);
  if (node == nullptr) return code;
  switch (refusal.code) {
    case ErrorCode::InvalidAction:
      return has_variable(node->text) ? lint::check("VARIABLE_UNSUPPORTED_IN_ELEMENT")->code : code;
    case ErrorCode::InvalidVariable:
      switch (detail::check_variables(node->text).mistake) {
        case VariableMistake::MissingBrace:
          return lint::check("MISSING_BRACE_IN_VARIABLE")->code;
        case VariableMistake::MissingQuote:
          return lint::check("MISSING_QUOTE_IN_VARIABLE")->code;
        case VariableMistake::Space:
          return lint::check("UNSUPPORTED_SPACE_IN_VARIABLE")->code;
        case VariableMistake::Empty:
          return lint::check("EMPTY_VARIABLE")->code;
        case VariableMistake::None:
        case VariableMistake::Nested:
        case VariableMistake::BadDefault:
          return code;
      }
      return code;
    case ErrorCode::InvalidConditionValue: {
      const std::string_view better = code_of_value(*node);
      return better.empty() ? code : better;
    }
    case ErrorCode::InvalidPrincipalFormat:
      if (type_ != PolicyType::RoleTrust || refusal.rule != "G-51") return code;
      return lint::check("INVALID_FEDERATED_PRINCIPAL_SYNTAX_IN_ROLE_TRUST_POLICY")->code;
    case ErrorCode::UnsupportedPrincipal:
      if (refusal.rule == "G-53") {
        return lint::check("ROLE_TRUST_POLICY_SYNTAX_ERROR_NOTPRINCIPAL")->code;
      }
      if (refusal.rule == "G-54") return lint::check("ALLOW_WITH_NOT_PRINCIPAL")->code;
      if (type_ != PolicyType::ServiceControl) return code;
      return lint::check("SCP_SYNTAX_ERROR_PRINCIPAL")->code;
    case ErrorCode::RcpSyntaxError:
      if (refusal.rule == "G-45") return lint::check("RCP_SYNTAX_ERROR_PRINCIPAL")->code;
      if (refusal.rule == "E-31") return lint::check("RCP_SYNTAX_ERROR_ALLOW")->code;
      if (node->name == "NotAction") return lint::check("RCP_SYNTAX_ERROR_NOTACTION")->code;
      return lint::check("RCP_SYNTAX_ERROR_ACTION")->code;
    default:
      return code;
  }
}

// The code for a value that is not of its operator's type; empty if IAM has none.
WRIT_FUNC std::string_view Linter::code_of_value(const JsonNode& value) const {
  const JsonTree& tree = reader_.tree();
  const JsonNode* key = &value;
  if (key->parent != JsonNode::kNone && tree.node(key->parent).kind == JsonKind::Array) {
    key = &tree.node(key->parent);
  }
  if (key->parent == JsonNode::kNone) return {};
  ConditionTest test;
  if (parse_condition_operator(tree.node(key->parent).name, test)) return {};
  switch (value_type(test.op)) {
    case ValueType::Numeric:
      return lint::check("TYPE_MISMATCH_NUMBER")->code;
    case ValueType::Date:
      return lint::check("TYPE_MISMATCH_DATE")->code;
    case ValueType::Bool:
    case ValueType::Existence:
      return lint::check("TYPE_MISMATCH_BOOLEAN")->code;
    case ValueType::Binary:
      return lint::check("TYPE_MISMATCH_STRING")->code;
    case ValueType::Ip:
      return lint::check("TYPE_MISMATCH_IP_RANGE")->code;
    case ValueType::String:
    case ValueType::Arn:
      break;
  }
  return {};
}

WRIT_FUNC void Linter::check_document() {
  const JsonTree& tree = reader_.tree();
  const JsonNode& root = tree.root();
  const bool refused_for_version =
      std::any_of(reader_.refusals().begin(), reader_.refusals().end(),
                  [](const PolicyError& refusal) { return refusal.rule == "G-15"; });
  if (tree.member(root, "Version") == nullptr && !refused_for_version) {
    report(lint::check("MISSING_VERSION"), root.begin,
           "add `\"Version\": \"2012-10-17\"`: without it `${...}` is plain text");
  }
  if (document_.has_id() && (is_identity() || is_guardrail())) {
    report(lint::check("UNSUPPORTED_ID"), document_.id().position,
           "remove `Id`: policies of this kind have none, and it decides nothing");
  }
  check_size();
  check_sids();
}

// white space outside strings is what IAM does not count.
WRIT_FUNC void Linter::check_size() {
  const lint::PolicyQuota* quota =
      std::find_if(std::begin(lint::kPolicyQuotas), std::end(lint::kPolicyQuotas),
                   [this](const lint::PolicyQuota& entry) { return entry.type == type_; });
  if (quota == std::end(lint::kPolicyQuotas) || text_.size() <= quota->characters) return;
  std::size_t characters = 0;
  bool in_string = false;
  for (std::size_t i = 0; i < text_.size(); ++i) {
    const char c = text_[i];
    const bool continues = (static_cast<unsigned char>(c) & 0xc0U) == 0x80;
    const bool white = c == ' ' || c == '\t' || c == '\n' || c == '\r';
    if (!continues && (quota->counts_white_space || in_string || !white)) ++characters;
    if (in_string && c == '\\' && i + 1 < text_.size()) {
      ++i;  // what is escaped is a character, and never ends the string
      ++characters;
    } else if (c == '"') {
      in_string = !in_string;
    }
  }
  if (characters <= quota->characters) return;
  Check check = lint::check("POLICY_SIZE_EXCEEDS_IDENTITY_POLICY_QUOTA");
  switch (type_) {
    case PolicyType::ServiceControl:
      check = lint::check("POLICY_SIZE_EXCEEDS_SCP_QUOTA");
      break;
    case PolicyType::ResourceControl:
      check = lint::check("POLICY_SIZE_EXCEEDS_RCP_QUOTA");
      break;
    case PolicyType::ResourceBased:
    case PolicyType::VpcEndpoint:
      check = lint::check("POLICY_SIZE_EXCEEDS_RESOURCE_POLICY_QUOTA");
      break;
    case PolicyType::RoleTrust:
      check = lint::check("POLICY_SIZE_EXCEEDS_ROLE_TRUST_POLICY_QUOTA");
      break;
    case PolicyType::IdentityBased:
    case PolicyType::PermissionsBoundary:
    case PolicyType::Session:
      break;
  }
  report(check, reader_.tree().root().begin,
         fmt::format("split the document: it has {} characters, more than {} ({})", characters,
                     quota->characters, quota->rule));
}

// G-18, G-19.
WRIT_FUNC void Linter::check_sids() {
  const bool unique_anyway = is_identity() || type_ == PolicyType::RoleTrust;
  std::unordered_set<std::string_view> seen;
  for (const Statement& statement : document_.statements()) {
    if (!statement.has_sid) continue;
    const Text& sid = statement.sid;
    if (sid.value.empty()) {
      report(lint::check("EMPTY_SID_VALUE"), sid.position, "name the statement, or remove `Sid`");
    } else if (!unique_anyway && !seen.insert(sid.value).second) {
      report(
          lint::check("UNIQUE_SIDS_RECOMMENDED"), sid.position,
          fmt::format("give the statement another `Sid` than {}: it is taken", quoted(sid.value)));
    }
  }
}

WRIT_FUNC void Linter::report(Check check, Position position, std::string message) {
  if (is_refused(position)) return;
  const JsonNode* node = node_at(position);
  findings_.push_back({check->severity, check->code, check->rule, position,
                       node == nullptr ? std::string() : reader_.tree().pointer(*node),
                       std::move(message)});
}

WRIT_FUNC bool Linter::is_refused(Position position) const {
  return std::binary_search(refused_.begin(), refused_.end(), position.offset);
}

WRIT_FUNC const JsonNode* Linter::node_at(Position position) const {
  // Nodes are in text order, and a node's name stands between the node before and itself.
  const JsonTree& tree = reader_.tree();
  std::uint32_t first = 0;
  std::uint32_t count = tree.size();
  while (count > 0) {
    const std::uint32_t half = count / 2;
    if (tree.node(first + half).begin.offset < position.offset) {
      first += half + 1;
      count -= half + 1;
    } else {
      count = half;
    }
  }
  if (first == tree.size()) return nullptr;
  const JsonNode& node = tree.node(first);
  const bool here = node.begin.offset == position.offset ||
                    (node.name_position.line != 0 && node.name_position.offset == position.offset);
  return here ? &node : nullptr;
}

}  // namespace detail
}  // namespace writ::inline v0
