#include "cli/logged_decision.h"

#include <algorithm>
#include <charconv>
#include <string>
#include <utility>

#include "cli/error_at.h"

namespace writ::cli {
namespace {

using detail::JsonKind;
using detail::JsonNode;
using detail::JsonTree;

class LoggedDecisionReader {
 public:
  explicit LoggedDecisionReader(ReplayedEvent& event) : event_(event), tree_(event.tree) {}

  [[nodiscard]] std::optional<PolicyError> read(std::string_view kind) {
    event_.time = text("time");
    if (kind == "gap") {
      event_.is_gap = true;
      event_.lost = number("full") + number("overlong") + number("refused");
      return std::nullopt;
    }
    if (kind != "decision") return wrong("log", "`log` is neither `decision` nor `gap`");
    const Result<Caller> caller = read_caller();
    if (!caller) return caller.error();
    event_.caller = *caller;
    event_.principal = name_of_caller(*caller);
    ReplayedRequest& asked = event_.requests.emplace_back();
    asked.action = text("action");
    asked.resource = text("resource");
    asked.resource_account = text("resourceAccount");
    if (asked.action.empty() || asked.resource.empty()) {
      return wrong("action", "a decision has an `action` and a `resource`");
    }
    event_.policy_required = flag("resourcePolicyRequired");
    event_.aws_managed_key = flag("awsManagedKey");
    const std::string_view decision = text("decision");
    if (decision.empty()) return wrong("decision", "a decision has a `decision`");
    event_.evidence = decision == "allowed" ? Evidence::Allowed : Evidence::Denied;
    event_.one_in = std::max<std::uint64_t>(1, number("oneIn"));
    return read_context();
  }

 private:
  [[nodiscard]] const JsonNode* member(std::string_view name) const {
    return tree_.member(tree_.root(), name);
  }
  [[nodiscard]] std::string_view text(std::string_view name) const {
    const JsonNode* node = member(name);
    return node != nullptr && node->kind == JsonKind::String ? node->text : std::string_view();
  }
  [[nodiscard]] bool flag(std::string_view name) const {
    const JsonNode* node = member(name);
    return node != nullptr && node->kind == JsonKind::True;
  }
  [[nodiscard]] std::uint64_t number(std::string_view name) const {
    const JsonNode* node = member(name);
    std::uint64_t value = 0;
    if (node == nullptr || node->kind != JsonKind::Number) return 0;
    std::from_chars(node->text.data(), node->text.data() + node->text.size(), value);
    return value;
  }
  [[nodiscard]] PolicyError wrong(std::string_view name, std::string message) const {
    const JsonNode* node = member(name);
    return error_at(ErrorCode::InvalidInput, node != nullptr ? node->begin : tree_.root().begin,
                    std::move(message));
  }

  [[nodiscard]] Result<Caller> read_caller() const {
    const std::string_view type = text("principalType");
    const std::string_view id = text("principal");
    Result<Caller> caller = type == "service"         ? Caller::service(id)
                            : type == "federated"     ? Caller::federated(id)
                            : type == "canonicalUser" ? Caller::canonical_user(id)
                                                      : Caller::from_arn(id);
    const std::string_view role = text("roleArn");
    const std::string_view issuer = text("issuer");
    const std::string_view canonical = text("canonicalId");
    if (caller && !role.empty() && caller->kind() == CallerKind::RoleSession) {
      caller = caller->with_role_arn(role);
    }
    if (caller && !issuer.empty()) caller = caller->with_issuer(issuer);
    if (caller && !canonical.empty() && type != "canonicalUser") {
      caller = caller->with_canonical_id(canonical);
    }
    if (caller && flag("serviceLinked") && role.empty()) caller = caller->as_service_linked();
    if (!caller) return wrong("principal", caller.error().message);
    return caller;
  }

  [[nodiscard]] std::optional<PolicyError> read_context() {
    const JsonNode* context = member("context");
    event_.complete =
        context != nullptr && context->kind == JsonKind::Object && number("contextLeftOut") == 0;
    if (context == nullptr || context->kind != JsonKind::Object) return std::nullopt;
    for (const JsonNode* node = tree_.first_child(*context); node != nullptr;
         node = tree_.next(*node)) {
      ReplayedKey& key = event_.keys.emplace_back();
      key.name = node->name;
      if (node->kind == JsonKind::String) {
        key.single = node->text;
        continue;
      }
      key.multivalued = true;
      const JsonNode* value = node->kind == JsonKind::Array ? tree_.first_child(*node) : nullptr;
      for (; value != nullptr; value = tree_.next(*value)) key.values.push_back(value->text);
    }
    return std::nullopt;
  }

  ReplayedEvent& event_;
  const JsonTree& tree_;
};

}  // namespace

std::optional<PolicyError> read_logged_decision(ReplayedEvent& event, std::string_view kind) {
  return LoggedDecisionReader(event).read(kind);
}

}  // namespace writ::cli
