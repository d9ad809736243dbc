// One authorization question with its policies, as plain data: what a case file's line says.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "writ/decision.h"

namespace writ::reference {

/// Who calls, as the case format writes it (P-1).
struct Principal {
  enum class Kind { Anonymous, Arn, Service, Federated, CanonicalUser };
  Kind kind = Kind::Anonymous;
  std::string id;
};

/// A key of the context. A vector of these can hold two spellings of one key (C-12).
struct ContextEntry {
  std::string key;
  std::variant<std::string, std::vector<std::string>> value;
};

/// The request.
struct Question {
  Principal principal;
  std::optional<std::string> role_arn;
  std::optional<std::string> issuer;
  std::string action;
  std::string resource = "*";
  std::optional<std::string> resource_account;
  std::vector<ContextEntry> context;
  std::optional<bool> resource_policy_required;
};

using Texts = std::vector<std::string>;

/// Documents as JSON texts. Absent and present but empty differ (E-1).
struct PolicyTexts {
  Texts identity;
  std::optional<std::string> resource_policy;
  std::optional<Texts> boundary;
  std::optional<Texts> session;
  std::vector<Texts> scp;
  std::vector<Texts> rcp;
  std::optional<Texts> endpoint;
};

struct Case {
  std::string id;
  Question question;
  PolicyTexts policies;
  std::string expect;  ///< empty when the case does not say
};

/// The request asks STS for a role, so the resource's policy is the role's trust policy.
[[nodiscard]] bool asks_for_role(const Question& question);

}  // namespace writ::reference
