#include "differential/engine.h"

#include <variant>
#include <vector>

#include "writ/image.h"
#include "writ/parse.h"
#include "writ/policy_set.h"
#include "writ/request.h"

namespace writ::differential {
namespace {

using reference::Principal;
using reference::Question;
using reference::Texts;

bool add_layer(PolicyStack& stack, PolicyType type, const Texts& texts, Grouping grouping,
               std::uint32_t level = 0) {
  if (grouping == Grouping::SetPerDocument) {
    for (const std::string& text : texts) {
      if (!stack.add(type, "document", text, level)) return false;
    }
    return true;
  }
  if (texts.empty()) return true;
  std::vector<PolicyDocument> documents;
  for (const std::string& text : texts) {
    auto document = parse_policy(text, type);
    if (!document) return false;
    documents.push_back(*std::move(document));
  }
  PolicySetBuilder builder(type);
  for (const PolicyDocument& document : documents) builder.attach("document", document);
  const auto set = builder.build();
  return set && stack.add(*set, level);
}

Result<Caller> make_caller(const Question& question) {
  const std::string& id = question.principal.id;
  Result<Caller> caller = Caller::anonymous();
  switch (question.principal.kind) {
    case Principal::Kind::Anonymous:
      break;
    case Principal::Kind::Arn:
      caller = Caller::from_arn(id);
      break;
    case Principal::Kind::Service:
      caller = Caller::service(id);
      break;
    case Principal::Kind::Federated:
      caller = Caller::federated(id);
      break;
    case Principal::Kind::CanonicalUser:
      caller = Caller::canonical_user(id);
      break;
  }
  if (caller && question.role_arn) caller = caller->with_role_arn(*question.role_arn);
  if (caller && question.issuer) caller = caller->with_issuer(*question.issuer);
  return caller;
}

}  // namespace

std::optional<std::string> engine_refusal(std::string_view text, PolicyType type) {
  const auto document = parse_policy(text, type);
  if (document) return std::nullopt;
  return document.error().to_string();
}

std::optional<Engine> Engine::load(const reference::PolicyTexts& texts, PolicyType resource_type,
                                   Grouping grouping) {
  Engine engine;
  PolicyStack& stack = engine.stack_;
  bool loaded = add_layer(stack, PolicyType::IdentityBased, texts.identity, grouping);
  const auto add_optional = [&](PolicyType type, const std::optional<Texts>& layer) {
    if (!layer) return;
    stack.make_present(type);
    loaded = loaded && add_layer(stack, type, *layer, grouping);
  };
  add_optional(PolicyType::PermissionsBoundary, texts.boundary);
  add_optional(PolicyType::Session, texts.session);
  add_optional(PolicyType::VpcEndpoint, texts.endpoint);
  const auto add_levels = [&](PolicyType type, const std::vector<Texts>& levels) {
    for (std::uint32_t level = 0; level < levels.size(); ++level) {
      stack.make_present(type, level);
      loaded = loaded && add_layer(stack, type, levels[level], grouping, level);
    }
  };
  add_levels(PolicyType::ServiceControl, texts.scp);
  add_levels(PolicyType::ResourceControl, texts.rcp);
  if (texts.resource_policy) {
    loaded = loaded && add_layer(stack, resource_type, {*texts.resource_policy}, grouping);
  }
  if (!loaded) return std::nullopt;
  return engine;
}

std::optional<Engine> Engine::through_image() const {
  const auto bytes = serialize_image(image_entries(stack_.applied()));
  if (!bytes) return std::nullopt;
  const auto image = PolicyImage::from_bytes(*bytes);
  if (!image) return std::nullopt;
  auto stack = image->stack();
  if (!stack) return std::nullopt;
  Engine engine;
  engine.stack_ = *std::move(stack);
  return engine;
}

Answer Engine::ask(const Question& question, bool explain) const {
  Answer answer;
  const auto caller = make_caller(question);
  if (!caller) return answer;
  RequestBuilder builder(*caller, ActionName(question.action), question.resource);
  std::vector<std::vector<std::string_view>> lists;
  lists.reserve(question.context.size());
  for (const reference::ContextEntry& entry : question.context) {
    if (const auto* list = std::get_if<std::vector<std::string>>(&entry.value)) {
      lists.emplace_back(list->begin(), list->end());
      builder.set_list(ConditionKey(entry.key), lists.back());
    } else {
      builder.set(ConditionKey(entry.key), std::get<std::string>(entry.value));
    }
  }
  if (question.resource_account) builder.resource_account(*question.resource_account);
  if (question.resource_policy_required) {
    builder.resource_policy_required(*question.resource_policy_required);
  }
  const auto request = builder.build();
  if (!request) return answer;
  answer.evaluated = stack_.evaluate(*request);
  if (explain) answer.explained = stack_.explain(*request).decision();
  return answer;
}

}  // namespace writ::differential
