#include "cli/case_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <span>

#include "cli/arguments.h"
#include "cli/json_skim.h"

namespace writ::cli {
namespace {

using detail::JsonKind;
using detail::JsonNode;
using detail::JsonOptions;
using detail::JsonTree;

enum Field : std::size_t {
  kId,
  kSource,
  kPrincipal,
  kAction,
  kResource,
  kResourceAccount,
  kContext,
  kIdentity,
  kResourcePolicy,
  kBoundary,
  kSession,
  kScp,
  kRcp,
  kEndpoint,
  kRoleArn,
  kIssuer,
  kResourcePolicyRequired,
  kExpect,
  kFieldCount,
};

constexpr std::array<std::string_view, kFieldCount> kFieldNames = {"id",
                                                                   "source",
                                                                   "principal",
                                                                   "action",
                                                                   "resource",
                                                                   "resourceAccount",
                                                                   "context",
                                                                   "identity",
                                                                   "resourcePolicy",
                                                                   "boundary",
                                                                   "session",
                                                                   "scp",
                                                                   "rcp",
                                                                   "endpoint",
                                                                   "roleArn",
                                                                   "issuer",
                                                                   "resourcePolicyRequired",
                                                                   "expect"};

constexpr std::array<std::string_view, 4> kAnalyses = {"noNewAccess", "accessNotGranted",
                                                       "noPublicAccess", "equivalent"};

bool is_plain(std::string_view text) {
  return std::ranges::all_of(
      text, [](char c) { return c != '\\' && static_cast<unsigned char>(c) < 0x80; });
}

class CaseReader {
 public:
  explicit CaseReader(std::string_view text) { case_.text = text; }

  Result<Case> read() {
    Result<std::vector<JsonMember>> members = skim_object(case_.text);
    if (!members) return std::move(members).error();
    if (!sort_members(*members) || !read_fields()) return std::move(error_);
    return std::move(case_);
  }

 private:
  bool fail(std::size_t offset, std::string_view pointer, std::string message) {
    error_.code = ErrorCode::InvalidCase;
    error_.position = position_at(case_.text, offset);
    error_.json_pointer = pointer;
    error_.message = std::move(message);
    return false;
  }
  bool fail(Field field, std::string message) {
    return fail(fields_[field]->value.offset, fmt::format("/{}", kFieldNames[field]),
                std::move(message));
  }
  [[nodiscard]] bool has(Field field) const { return fields_[field] != nullptr; }
  [[nodiscard]] std::string_view raw(Field field) const { return fields_[field]->value.text; }

  // Puts the members into fields_, by name.
  bool sort_members(const std::vector<JsonMember>& members);
  bool read_fields();
  bool read_principal();
  bool read_context_field();
  bool read_expect();
  bool read_documents(Field field, PolicyType type);
  bool read_levels(Field field, PolicyType type);
  bool add_layer(JsonSlice array, PolicyType type, std::uint32_t level, std::string_view name,
                 std::string_view pointer);

  // Decodes a value; null with error_ set when it is not valid JSON after all (encoding).
  const JsonTree* decode(const JsonSlice& slice, std::string_view pointer);
  bool read_string(const JsonSlice& slice, std::string_view pointer, std::string_view& value);
  bool read_string(Field field, std::string_view& value) {
    return read_string(fields_[field]->value, fmt::format("/{}", kFieldNames[field]), value);
  }
  bool read_string(Field field, std::optional<std::string_view>& value) {
    return !has(field) || read_string(field, value.emplace());
  }

  Case case_;
  PolicyError error_;
  std::array<const JsonMember*, kFieldCount> fields_ = {};
};

const JsonTree* CaseReader::decode(const JsonSlice& slice, std::string_view pointer) {
  Result<JsonTree> tree = JsonTree::parse(slice.text, JsonOptions{.max_depth = 16});
  if (!tree) {
    const PolicyError& inner = tree.error();
    fail(slice.offset + inner.position.offset, pointer, inner.message);
    return nullptr;
  }
  return &case_.trees.emplace_back(std::move(tree).value());
}

bool CaseReader::read_string(const JsonSlice& slice, std::string_view pointer,
                             std::string_view& value) {
  if (slice.text.front() != '"') return fail(slice.offset, pointer, "this has to be a string");
  const std::string_view inner = slice.text.substr(1, slice.text.size() - 2);
  // Most strings decode to themselves; only the others pay for a tree.
  if (is_plain(inner)) {
    value = inner;
    return true;
  }
  const JsonTree* tree = decode(slice, pointer);
  if (tree == nullptr) return false;
  value = tree->root().text;
  return true;
}

bool CaseReader::sort_members(const std::vector<JsonMember>& members) {
  const JsonMember* unknown = nullptr;
  std::string_view unknown_name;
  for (const JsonMember& member : members) {
    std::string_view name;
    if (!read_string(member.name, "", name)) return false;
    if (name == "check") {
      std::string_view kind;
      if (!read_string(member.value, "/check", kind)) return false;
      if (std::ranges::find(kAnalyses, kind) == kAnalyses.end()) {
        return fail(member.value.offset, "/check", fmt::format("unknown analysis `{}`", kind));
      }
      return fail(member.name.offset, "/check",
                  fmt::format("this is an analysis case (`{}`); this version of writ runs "
                              "authorization cases only",
                              kind));
    }
    const auto* known = std::ranges::find(kFieldNames, name);
    if (known == kFieldNames.end()) {
      if (unknown == nullptr) {
        unknown = &member;
        unknown_name = name;
      }
      continue;
    }
    const JsonMember*& place = fields_[static_cast<std::size_t>(known - kFieldNames.begin())];
    if (place != nullptr) {
      return fail(member.name.offset, fmt::format("/{}", name),
                  fmt::format("field `{}` is given twice", name));
    }
    place = &member;
  }
  if (unknown != nullptr) {
    const std::optional<std::string_view> nearest = nearest_word(unknown_name, kFieldNames);
    const std::string hint = nearest ? fmt::format("; did you mean `{}`?", *nearest) : "";
    return fail(unknown->name.offset, fmt::format("/{}", unknown_name),
                fmt::format("unknown field `{}`{}", unknown_name, hint));
  }
  for (const Field required : {kId, kAction}) {
    if (!has(required)) {
      return fail(0, "", fmt::format("field `{}` is missing", kFieldNames[required]));
    }
  }
  // The fields' slices point into `members`, which lives as long as this call of read().
  return true;
}

bool CaseReader::read_fields() {
  Question& question = case_.question;
  std::string_view source;
  if (!read_string(kId, case_.id) || !read_string(kAction, question.action)) return false;
  if (has(kSource) && !read_string(kSource, source)) return false;
  if (has(kResource) && !read_string(kResource, question.resource)) return false;
  if (!read_string(kResourceAccount, question.resource_account) ||
      !read_string(kRoleArn, question.role_arn) || !read_string(kIssuer, question.issuer)) {
    return false;
  }
  if (has(kResourcePolicyRequired)) {
    const std::string_view value = raw(kResourcePolicyRequired);
    if (value != "true" && value != "false") {
      return fail(kResourcePolicyRequired, "this has to be true or false");
    }
    question.resource_policy_required = value == "true";
  }
  if (has(kResourcePolicy) && raw(kResourcePolicy) != "null") {
    const PolicyType type = asks_for_role(question.action, question.resource)
                                ? PolicyType::RoleTrust
                                : PolicyType::ResourceBased;
    QuestionLayer& layer = question.layers.emplace_back();
    layer.type = type;
    layer.documents.push_back(
        {"resourcePolicy", raw(kResourcePolicy), fields_[kResourcePolicy]->value.offset});
  }
  return read_principal() && read_context_field() && read_expect() &&
         read_documents(kIdentity, PolicyType::IdentityBased) &&
         read_documents(kBoundary, PolicyType::PermissionsBoundary) &&
         read_documents(kSession, PolicyType::Session) &&
         read_levels(kScp, PolicyType::ServiceControl) &&
         read_levels(kRcp, PolicyType::ResourceControl) &&
         read_documents(kEndpoint, PolicyType::VpcEndpoint);
}

bool CaseReader::read_principal() {
  Question& question = case_.question;
  if (!has(kPrincipal) || raw(kPrincipal) == "null") return true;
  if (raw(kPrincipal).front() == '"') {
    question.caller_form = CallerForm::Arn;
    return read_string(kPrincipal, question.caller);
  }
  const JsonTree* tree = decode(fields_[kPrincipal]->value, "/principal");
  if (tree == nullptr) return false;
  const JsonNode* member = tree->first_child(tree->root());
  if (tree->root().kind == JsonKind::Object && tree->root().child_count == 1 &&
      member->kind == JsonKind::String) {
    question.caller = member->text;
    if (member->name == "Service") {
      question.caller_form = CallerForm::Service;
      return true;
    }
    if (member->name == "Federated") {
      question.caller_form = CallerForm::Federated;
      return true;
    }
    if (member->name == "CanonicalUser") {
      question.caller_form = CallerForm::CanonicalUser;
      return true;
    }
  }
  return fail(kPrincipal,
              "the principal is an ARN, `*`, or an object with one of Service, Federated, "
              "CanonicalUser");
}

bool CaseReader::read_context_field() {
  if (!has(kContext)) return true;
  const JsonTree* tree = decode(fields_[kContext]->value, "/context");
  if (tree == nullptr) return false;
  const std::optional<PolicyError> error =
      read_context(*tree, tree->root(), ErrorCode::InvalidCase, case_.question.context);
  if (!error) return true;
  return fail(fields_[kContext]->value.offset + error->position.offset,
              "/context" + error->json_pointer, error->message);
}

bool CaseReader::read_expect() {
  if (!has(kExpect)) return true;
  std::string_view word;
  if (!read_string(kExpect, word)) return false;
  for (const Expectation expectation : {Expectation::Allowed, Expectation::ExplicitDeny,
                                        Expectation::ImplicitDeny, Expectation::Error}) {
    if (word == to_string(expectation)) {
      case_.expect = expectation;
      return true;
    }
  }
  return fail(kExpect,
              fmt::format("`{}` is none of allowed, explicitDeny, implicitDeny, error", word));
}

bool CaseReader::add_layer(JsonSlice array, PolicyType type, std::uint32_t level,
                           std::string_view name, std::string_view pointer) {
  if (array.text.front() != '[') {
    return fail(array.offset, pointer, "this has to be an array of documents");
  }
  QuestionLayer& layer = case_.question.layers.emplace_back();
  layer.type = type;
  layer.level = level;
  for (const JsonSlice& element : skim_array(array)) {
    layer.documents.push_back(
        {fmt::format("{}[{}]", name, layer.documents.size()), element.text, element.offset});
  }
  return true;
}

bool CaseReader::read_documents(Field field, PolicyType type) {
  return !has(field) || add_layer(fields_[field]->value, type, 0, kFieldNames[field],
                                  fmt::format("/{}", kFieldNames[field]));
}

bool CaseReader::read_levels(Field field, PolicyType type) {
  if (!has(field)) return true;
  if (raw(field).front() != '[') {
    return fail(field, "this has to be an array with one array of documents a level");
  }
  const std::vector<JsonSlice> levels = skim_array(fields_[field]->value);
  // A level's number has 16 bits in a StatementId; an organization has seven levels at most.
  if (levels.size() > 0xffff) return fail(field, "this has more than 65535 levels");
  for (std::size_t i = 0; i < levels.size(); ++i) {
    if (!add_layer(levels[i], type, static_cast<std::uint32_t>(i),
                   fmt::format("{}[{}]", kFieldNames[field], i),
                   fmt::format("/{}/{}", kFieldNames[field], i))) {
      return false;
    }
  }
  return true;
}

Expectation expectation_of(Outcome outcome) {
  switch (outcome) {
    case Outcome::Allowed:
      return Expectation::Allowed;
    case Outcome::ExplicitDeny:
      return Expectation::ExplicitDeny;
    case Outcome::ImplicitDeny:
      return Expectation::ImplicitDeny;
  }
  return Expectation::Error;
}

}  // namespace

std::string_view to_string(Expectation expectation) noexcept {
  switch (expectation) {
    case Expectation::Allowed:
      return "allowed";
    case Expectation::ExplicitDeny:
      return "explicitDeny";
    case Expectation::ImplicitDeny:
      return "implicitDeny";
    case Expectation::Error:
      return "error";
  }
  return "error";
}

Result<Case> read_case(std::string_view text) { return CaseReader(text).read(); }

CaseOutcome run_case(const Case& asked) {
  CaseOutcome outcome;
  Result<PreparedQuestion, QuestionError> prepared =
      PreparedQuestion::make(asked.question, QuestionOptions{.embedded_documents = true});
  if (!prepared) {
    QuestionError problem = std::move(prepared).error();
    if (problem.document != nullptr) {
      outcome.policy = problem.document->name;
      outcome.position = position_in(asked.text, *problem.document, problem.error.position);
    }
    outcome.error = std::move(problem.error);
    return outcome;
  }
  outcome.decision = prepared->evaluate();
  outcome.got = expectation_of(outcome.decision.outcome);
  const PreparedQuestion::Located located =
      prepared->locate(asked.question, outcome.decision.statement);
  if (located.document != nullptr) outcome.policy = located.document->name;
  if (located.statement != nullptr) {
    outcome.sid = located.statement->sid.value;
    outcome.position = position_in(asked.text, *located.document, located.statement->begin);
  }
  return outcome;
}

Position position_in(std::string_view text, const QuestionDocument& document,
                     const Position& position) {
  return position_at(text, document.offset + position.offset);
}

}  // namespace writ::cli
