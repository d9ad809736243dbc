#include "differential/engine.h"

#include <variant>
#include <vector>

#include "writ/batch.h"
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

// A question's strings in the library's form. Views the question.
class Parts {
 public:
  explicit Parts(const Question& question) : question_(question), caller_(make_caller(question)) {
    lists_.reserve(question.context.size());
    for (const reference::ContextEntry& entry : question.context) {
      const auto* list = std::get_if<std::vector<std::string>>(&entry.value);
      if (list != nullptr) lists_.emplace_back(list->begin(), list->end());
    }
  }
  [[nodiscard]] Result<Request> request() const {
    return request(ActionName(question_.action), question_.resource);
  }
  /// The same caller and context with another action and resource.
  [[nodiscard]] Result<Request> request(const ActionName& action, std::string_view resource) const {
    if (!caller_) return caller_.error();
    RequestBuilder builder(*caller_, action, resource);
    auto next_list = lists_.begin();
    for (const reference::ContextEntry& entry : question_.context) {
      if (const auto* value = std::get_if<std::string>(&entry.value)) {
        builder.set(ConditionKey(entry.key), *value);
      } else {
        builder.set_list(ConditionKey(entry.key), *next_list++);
      }
    }
    if (question_.resource_account) builder.resource_account(*question_.resource_account);
    if (question_.resource_policy_required) {
      builder.resource_policy_required(*question_.resource_policy_required);
    }
    return builder.build();
  }

 private:
  const Question& question_;
  Result<Caller> caller_;
  std::vector<std::vector<std::string_view>> lists_;
};

std::string words(const char* batch, const Request& request, const Decision& got,
                  const Decision& alone) {
  const auto word = [](const Decision& decision) {
    return std::string(rule_of(decision.reason)) + " #" +
           std::to_string(static_cast<int>(decision.outcome));
  };
  return std::string(batch) + ": " + std::string(request.action().text()) + " on " +
         std::string(request.resource()) + ": " + word(got) + " against " + word(alone) +
         (got.statement == alone.statement ? "" : ", another statement");
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

Answer Engine::ask(const Question& question, bool explain) const {
  Answer answer;
  const Parts parts(question);  // the request views its lists
  const auto request = parts.request();
  if (!request) return answer;
  answer.evaluated = stack_.evaluate(*request);
  if (explain) answer.explained = stack_.explain(*request).decision();
  return answer;
}

std::optional<std::string> Engine::batch_difference(std::span<const Question> questions,
                                                    std::size_t step) const {
  std::vector<Parts> parts;
  std::vector<Request> requests;
  std::vector<ActionName> actions;
  std::vector<std::string_view> resources;
  parts.reserve(questions.size());  // requests view their lists
  for (const Question& question : questions) {
    parts.emplace_back(question);
    Result<Request> request = parts.back().request();
    if (!request) {
      parts.pop_back();
      continue;
    }
    requests.push_back(*std::move(request));
    actions.push_back(requests.back().action());
    resources.push_back(requests.back().resource());
  }
  const Result<ActionList> action_list = ActionList::make(actions);
  const Result<ResourceList> resource_list = ResourceList::make(resources);
  if (!action_list || !resource_list) return "a list is refused whose members are not";

  std::vector<Decision> decisions(requests.size());
  evaluate_many(requests, stack_.applied(), decisions);
  for (std::size_t i = 0; i < requests.size(); ++i) {
    const Decision alone = stack_.evaluate(requests[i]);
    if (decisions[i] != alone) return words("evaluate_many", requests[i], decisions[i], alone);
  }
  for (std::size_t i = 0; i < requests.size(); i += step) {
    evaluate_actions(requests[i], *action_list, stack_.applied(), decisions);
    for (std::size_t j = 0; j < actions.size(); ++j) {
      const Result<Request> single = parts[i].request(actions[j], resources[i]);
      if (!single) return "one of the actions is refused";
      const Decision alone = stack_.evaluate(*single);
      if (decisions[j] != alone) return words("evaluate_actions", *single, decisions[j], alone);
    }
    evaluate_resources(requests[i], *resource_list, stack_.applied(), decisions);
    for (std::size_t j = 0; j < resources.size(); ++j) {
      const Result<Request> single = parts[i].request(actions[i], resources[j]);
      if (!single) return "one of the resources is refused";
      const Decision alone = stack_.evaluate(*single);
      if (decisions[j] != alone) return words("evaluate_resources", *single, decisions[j], alone);
    }
  }
  return std::nullopt;
}

}  // namespace writ::differential
