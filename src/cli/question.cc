#include "cli/question.h"

#include <utility>

#include "writ/hash.h"

namespace writ::cli {
namespace {

Result<Caller> make_caller(const Question& question) {
  Result<Caller> caller = Caller::anonymous();
  switch (question.caller_form) {
    case CallerForm::Anonymous:
      break;
    case CallerForm::Arn:
      caller = Caller::from_arn(question.caller);
      break;
    case CallerForm::Service:
      caller = Caller::service(question.caller);
      break;
    case CallerForm::Federated:
      caller = Caller::federated(question.caller);
      break;
    case CallerForm::CanonicalUser:
      caller = Caller::canonical_user(question.caller);
      break;
  }
  if (caller && question.role_arn) caller = caller->with_role_arn(*question.role_arn);
  if (caller && question.issuer) caller = caller->with_issuer(*question.issuer);
  return caller;
}

PolicyError with_code(PolicyError error, ErrorCode code) {
  error.code = code;
  return error;
}

}  // namespace

Result<Request> make_request(const Question& question, const std::vector<QuestionKey>& context) {
  const Result<Caller> caller = make_caller(question);
  if (!caller) return caller.error();
  RequestBuilder builder(*caller, ActionName(question.action), question.resource);
  for (const QuestionKey& key : context) {
    if (key.multivalued) {
      builder.set_list(key.name, key.values);
    } else {
      builder.set(key.name, key.single);
    }
  }
  if (question.resource_account) {
    if (question.resource_account->empty()) {
      PolicyError error;
      error.code = ErrorCode::InvalidRequest;
      error.rule = "E-80";
      error.message = "the resource's account is empty; leave it out or write its twelve digits";
      return error;
    }
    builder.resource_account(*question.resource_account);
  }
  if (question.resource_policy_required) {
    builder.resource_policy_required(*question.resource_policy_required);
  }
  return builder.build();
}

bool is_same_layer(PolicyType a, PolicyType b) noexcept {
  const auto plain = [](PolicyType type) {
    return type == PolicyType::RoleTrust ? PolicyType::ResourceBased : type;
  };
  return plain(a) == plain(b);
}

bool asks_for_role(std::string_view action, std::string_view resource) {
  if (!equals_folded(action.substr(0, 4), "sts:")) return false;
  std::string_view fields[6];
  std::string_view rest = resource;
  for (int i = 0; i < 5; ++i) {
    const std::size_t colon = rest.find(':');
    if (colon == std::string_view::npos) return false;
    fields[i] = rest.substr(0, colon);
    rest.remove_prefix(colon + 1);
  }
  return fields[0] == "arn" && fields[2] == "iam" && rest.starts_with("role/");
}

Result<PreparedQuestion, QuestionError> PreparedQuestion::make(const Question& question,
                                                               const QuestionOptions& options) {
  PreparedQuestion prepared;
  prepared.documents_.resize(question.layers.size());
  prepared.sets_.reserve(question.layers.size());
  ParseOptions parse_options;
  parse_options.decoded_characters_only = options.embedded_documents;
  for (std::size_t i = 0; i < question.layers.size(); ++i) {
    const QuestionLayer& layer = question.layers[i];
    std::vector<PolicyDocument>& parsed = prepared.documents_[i];
    parsed.reserve(layer.documents.size());
    PolicySetBuilder builder(layer.type);
    for (const QuestionDocument& document : layer.documents) {
      Result<PolicyDocument> result = parse_policy(document.text, layer.type, parse_options);
      if (!result) return QuestionError{std::move(result).error(), &document};
      parsed.push_back(std::move(result).value());
      builder.attach(document.name, parsed.back());
    }
    if (layer.documents.empty()) {
      prepared.sets_.emplace_back();
      continue;
    }
    Result<PolicySet> set = builder.build();
    if (!set) return QuestionError{std::move(set).error(), &layer.documents.front()};
    prepared.sets_.push_back(std::move(set).value());
  }
  Result<Request> request = make_request(question, question.context);
  if (!request) return QuestionError{std::move(request).error(), nullptr};
  prepared.request_ = std::move(request).value();

  AppliedPolicies& applied = prepared.applied_;
  for (std::size_t i = 0; i < question.layers.size(); ++i) {
    const QuestionLayer& layer = question.layers[i];
    const std::span<const PolicySet> set(&prepared.sets_[i], layer.documents.empty() ? 0 : 1);
    switch (layer.type) {
      case PolicyType::IdentityBased:
        applied.identity = set;
        break;
      case PolicyType::PermissionsBoundary:
        applied.boundary = PolicyLayer(set);
        break;
      case PolicyType::Session:
        applied.session = PolicyLayer(set);
        break;
      case PolicyType::VpcEndpoint:
        applied.endpoint = PolicyLayer(set);
        break;
      case PolicyType::ResourceBased:
      case PolicyType::RoleTrust:
        applied.resource_policy = &prepared.sets_[i];
        break;
      case PolicyType::ServiceControl:
        prepared.service_control_.emplace_back(set);
        break;
      case PolicyType::ResourceControl:
        prepared.resource_control_.emplace_back(set);
        break;
    }
  }
  applied.service_control = prepared.service_control_;
  applied.resource_control = prepared.resource_control_;
  return prepared;
}

PreparedQuestion::Located PreparedQuestion::locate(const Question& question,
                                                   const StatementId& id) const noexcept {
  Located located;
  if (!id.exists()) return located;
  for (std::size_t i = 0; i < question.layers.size(); ++i) {
    const QuestionLayer& layer = question.layers[i];
    if (!is_same_layer(layer.type, id.layer) || layer.level != id.level) continue;
    if (id.document >= documents_[i].size()) break;
    located.document = &layer.documents[id.document];
    located.parsed = &documents_[i][id.document];
    if (id.statement < located.parsed->statements().size()) {
      located.statement = &located.parsed->statements()[id.statement];
    }
    break;
  }
  return located;
}

std::optional<PolicyError> read_context(const detail::JsonTree& tree,
                                        const detail::JsonNode& object, ErrorCode code,
                                        std::vector<QuestionKey>& context) {
  using detail::JsonKind;
  const auto error_at = [&tree, code](const detail::JsonNode& node, std::string message) {
    PolicyError error;
    error.position = node.begin;
    error.json_pointer = tree.pointer(node);
    error.message = std::move(message);
    return with_code(std::move(error), code);
  };
  if (object.kind != JsonKind::Object) {
    return error_at(object, "the context is an object of condition keys and their values");
  }
  for (const auto* node = tree.first_child(object); node != nullptr; node = tree.next(*node)) {
    QuestionKey& key = context.emplace_back();
    key.name = node->name;
    if (node->kind == JsonKind::String) {
      key.single = node->text;
      continue;
    }
    if (node->kind != JsonKind::Array) {
      return error_at(*node, "the value of a condition key is a string or an array of strings");
    }
    key.multivalued = true;
    for (const auto* value = tree.first_child(*node); value != nullptr; value = tree.next(*value)) {
      if (value->kind != JsonKind::String) {
        return error_at(*value, "the values of a condition key are strings");
      }
      key.values.push_back(value->text);
    }
  }
  if (!tree.duplicates().empty()) {
    return error_at(tree.node(tree.duplicates().front().node), "this key is given twice");
  }
  return std::nullopt;
}

}  // namespace writ::cli
