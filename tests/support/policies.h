// Short ways to write policies and to ask questions about them.
#pragma once

#include <gtest/gtest.h>

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "writ/testing/matchers.h"
#include "writ/writ.h"

namespace writ::test {

inline const std::string kAccount = "111122223333";
inline const std::string kOtherAccount = "444455556666";
inline const std::string kRoot = "arn:aws:iam::111122223333:root";
inline const std::string kAlice = "arn:aws:iam::111122223333:user/Alice";
inline const std::string kBob = "arn:aws:iam::111122223333:user/Bob";
inline const std::string kRole = "arn:aws:iam::111122223333:role/App";
inline const std::string kSession = "arn:aws:sts::111122223333:assumed-role/App/s1";
inline const std::string kFederatedUser = "arn:aws:sts::111122223333:federated-user/Al";
inline const std::string kStranger = "arn:aws:iam::444455556666:user/Zoe";
inline const std::string kBucket = "arn:aws:s3:::b";
inline const std::string kObject = "arn:aws:s3:::b/k";
inline const std::string kKey = "arn:aws:kms:eu-west-1:111122223333:key/1";

[[nodiscard]] inline std::string json_string(std::string_view text) {
  std::string result = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') result += '\\';
    result += c;
  }
  return result + '"';
}

/// A list or a single value: `["a", "b"]` stays, `a` becomes `"a"`.
[[nodiscard]] inline std::string value_or_list(std::string_view text) {
  return text.substr(0, 1) == "[" ? std::string(text) : json_string(text);
}

/// `"Action": "a"`, or `"NotAction": "a"` when the text begins with `!`; nothing for no text.
[[nodiscard]] inline std::string element(std::string_view name, std::string_view text) {
  if (text.empty()) return "";
  const bool negated = text.front() == '!';
  if (negated) text.remove_prefix(1);
  std::string value;
  if (name == "Principal") {
    value = text == "*"                ? "\"*\""
            : text.substr(0, 1) == "{" ? std::string(text)
                                       : "{\"AWS\": " + value_or_list(text) + "}";
  } else {
    value = value_or_list(text);
  }
  return ", \"" + std::string(negated ? "Not" : "") + std::string(name) + "\": " + value;
}

/// One statement. `principal`: `*`, an AWS entry, a list of them, or an object; `!` in front of any
/// element makes it the Not element.
[[nodiscard]] inline std::string statement(std::string_view effect, std::string_view principal,
                                           std::string_view action, std::string_view resource,
                                           std::string_view condition) {
  std::string text = "{\"Effect\": " + json_string(effect) + element("Principal", principal) +
                     element("Action", action) + element("Resource", resource);
  if (!condition.empty()) text += ", \"Condition\": " + std::string(condition);
  return text + "}";
}

[[nodiscard]] inline std::string allow(std::string_view action = "*",
                                       std::string_view resource = "*",
                                       std::string_view condition = "") {
  return statement("Allow", "", action, resource, condition);
}
[[nodiscard]] inline std::string deny(std::string_view action = "*",
                                      std::string_view resource = "*",
                                      std::string_view condition = "") {
  return statement("Deny", "", action, resource, condition);
}
[[nodiscard]] inline std::string allow_to(std::string_view principal, std::string_view action = "*",
                                          std::string_view resource = "*",
                                          std::string_view condition = "") {
  return statement("Allow", principal, action, resource, condition);
}
[[nodiscard]] inline std::string deny_to(std::string_view principal, std::string_view action = "*",
                                         std::string_view resource = "*",
                                         std::string_view condition = "") {
  return statement("Deny", principal, action, resource, condition);
}
/// The statement with a Sid.
[[nodiscard]] inline std::string with_sid(std::string_view sid, const std::string& text) {
  return "{\"Sid\": " + json_string(sid) + ", " + text.substr(1);
}

using Statements = std::vector<std::string>;

[[nodiscard]] inline std::string document(const Statements& statements,
                                          std::string_view version = "2012-10-17") {
  std::string text = "{";
  if (!version.empty()) text += "\"Version\": " + json_string(version) + ", ";
  text += "\"Statement\": [";
  for (const std::string& one : statements) {
    if (text.back() != '[') text += ", ";
    text += one;
  }
  return text + "]}";
}

/// A question and everything that applies to it. By default Alice asks for `s3:GetObject` on
/// `arn:aws:s3:::b/k` without any policy.
class Question {
 public:
  /// An ARN, or `*` for an anonymous caller.
  Question& caller(std::string_view arn) { return set_caller(CallerForm::Arn, arn); }
  Question& service(std::string_view name) { return set_caller(CallerForm::Service, name); }
  Question& federated(std::string_view name) { return set_caller(CallerForm::Federated, name); }
  Question& canonical_user(std::string_view id) { return set_caller(CallerForm::Canonical, id); }
  Question& role_arn(std::string_view arn) { return set(role_arn_, arn); }
  Question& issuer(std::string_view arn) { return set(issuer_, arn); }
  Question& canonical_id(std::string_view id) { return set(canonical_id_, id); }
  Question& service_linked() {
    service_linked_ = true;
    return *this;
  }

  Question& action(std::string_view text) { return set(action_, text); }
  Question& resource(std::string_view text) { return set(resource_, text); }
  Question& owner(std::string_view account) { return set(owner_, account); }
  Question& resource_policy_required(bool required) {
    policy_required_ = required ? 1 : 0;
    return *this;
  }
  Question& aws_managed_key() {
    aws_managed_key_ = true;
    return *this;
  }
  Question& options(const EvaluateOptions& options) {
    options_ = options;
    return *this;
  }

  Question& with(std::string_view key, std::string_view value) {
    context_.push_back({std::string(key), {std::string(value)}, false});
    return *this;
  }
  Question& with_list(std::string_view key, std::vector<std::string> values) {
    context_.push_back({std::string(key), std::move(values), true});
    return *this;
  }

  /// The version of the documents added from here on; empty for none.
  Question& version(std::string_view version) { return set(version_, version); }
  /// Each call adds one document.
  Question& identity(const Statements& list) { return add(PolicyType::IdentityBased, list); }
  Question& boundary(const Statements& list) { return add(PolicyType::PermissionsBoundary, list); }
  Question& session(const Statements& list) { return add(PolicyType::Session, list); }
  Question& on_resource(const Statements& list) { return add(PolicyType::ResourceBased, list); }
  Question& trust(const Statements& list) { return add(PolicyType::RoleTrust, list); }
  Question& endpoint(const Statements& list) { return add(PolicyType::VpcEndpoint, list); }
  Question& scp(std::uint32_t level, const Statements& list) {
    return add(PolicyType::ServiceControl, list, level);
  }
  Question& rcp(std::uint32_t level, const Statements& list) {
    return add(PolicyType::ResourceControl, list, level);
  }
  /// A whole document as text.
  Question& text(PolicyType type, std::string_view text) {
    documents_.push_back({type, 0, std::string(text)});
    return *this;
  }
  /// A layer that is present and empty (E-1).
  Question& empty(PolicyType type, std::uint32_t level = 0) {
    empty_.emplace_back(type, level);
    return *this;
  }

  /// The explanation, or what is wrong with a policy or with the request. Checks that `evaluate`,
  /// which goes by the index, and `explain`, which does not, come to the same.
  [[nodiscard]] Result<Explanation> try_ask() const {
    PolicyStack stack;
    for (const Document& one : documents_) {
      Result<bool> added = stack.add(one.type, "policy", one.text, one.level);
      if (!added) return std::move(added).error();
    }
    for (const auto& [type, level] : empty_) stack.make_present(type, level);
    const Result<Caller> caller = make_caller();
    if (!caller) return caller.error();

    std::vector<std::vector<std::string_view>> lists(context_.size());
    RequestBuilder builder(*caller, ActionName(action_), resource_);
    for (std::size_t i = 0; i < context_.size(); ++i) {
      const Given& given = context_[i];
      if (given.is_list) {
        lists[i].assign(given.values.begin(), given.values.end());
        builder.set_list(ConditionKey(given.key), lists[i]);
      } else {
        builder.set(ConditionKey(given.key), given.values[0]);
      }
    }
    if (!owner_.empty()) builder.resource_account(owner_);
    if (policy_required_ >= 0) builder.resource_policy_required(policy_required_ != 0);
    if (aws_managed_key_) builder.aws_managed_key();
    const Result<Request> request = builder.build();
    if (!request) return request.error();

    const Decision decision = stack.evaluate(*request, options_);
    Explanation explanation = stack.explain(*request, options_);
    EXPECT_EQ(decision, explanation.decision());
    const StatementTrace* deciding = explanation.deciding_statement();
    EXPECT_EQ(deciding != nullptr, decision.statement.exists());
    if (deciding != nullptr) {
      EXPECT_TRUE(deciding->applied);
      EXPECT_EQ(deciding->effect == Effect::Allow, decision.is_allowed());
    }
    return explanation;
  }

  [[nodiscard]] Explanation ask() const {
    Result<Explanation> result = try_ask();
    if (!result) {
      ADD_FAILURE() << result.error().to_string();
      return {};
    }
    return *std::move(result);
  }

 private:
  enum class CallerForm { Arn, Service, Federated, Canonical };
  struct Document {
    PolicyType type;
    std::uint32_t level;
    std::string text;
  };
  struct Given {
    std::string key;
    std::vector<std::string> values;
    bool is_list;
  };

  Question& set(std::string& place, std::string_view text) {
    place = text;
    return *this;
  }
  Question& set_caller(CallerForm form, std::string_view text) {
    caller_form_ = form;
    return set(caller_, text);
  }
  Question& add(PolicyType type, const Statements& list, std::uint32_t level = 0) {
    documents_.push_back({type, level, document(list, version_)});
    return *this;
  }

  [[nodiscard]] Result<Caller> make_caller() const {
    Result<Caller> caller = Caller();
    switch (caller_form_) {
      case CallerForm::Arn:
        caller = Caller::from_arn(caller_);
        break;
      case CallerForm::Service:
        caller = Caller::service(caller_);
        break;
      case CallerForm::Federated:
        caller = Caller::federated(caller_);
        break;
      case CallerForm::Canonical:
        caller = Caller::canonical_user(caller_);
        break;
    }
    if (caller && !role_arn_.empty()) caller = caller->with_role_arn(role_arn_);
    if (caller && !issuer_.empty()) caller = caller->with_issuer(issuer_);
    if (caller && !canonical_id_.empty()) caller = caller->with_canonical_id(canonical_id_);
    if (caller && service_linked_) caller = caller->as_service_linked();
    return caller;
  }

  CallerForm caller_form_ = CallerForm::Arn;
  std::string caller_ = kAlice;
  std::string role_arn_;
  std::string issuer_;
  std::string canonical_id_;
  std::string action_ = "s3:GetObject";
  std::string resource_ = kObject;
  std::string owner_;
  std::string version_ = "2012-10-17";
  std::vector<Given> context_;
  std::vector<Document> documents_;
  std::vector<std::pair<PolicyType, std::uint32_t>> empty_;
  EvaluateOptions options_;
  int policy_required_ = -1;
  bool service_linked_ = false;
  bool aws_managed_key_ = false;
};

/// Outcome, reason and canonical statement in one text: `allowed AllowedByIdentity identity 0/1`;
/// for what is refused `error` and the rule, `error G-20`.
[[nodiscard]] inline std::string answer(const Question& question) {
  const Result<Explanation> explanation = question.try_ask();
  if (!explanation) return "error " + std::string(explanation.error().rule);
  return ::testing::PrintToString(explanation->decision());
}

// Answers that come up all over.
inline const std::string kByIdentity = "allowed AllowedByIdentity identity 0/0";
inline const std::string kNoIdentity = "implicitDeny NoIdentityAllow none";
inline const std::string kNoTrustOrKey = "implicitDeny NoTrustOrKeyAllow none";
inline const std::string kByTrustOrKey = "allowed AllowedByTrustOrKey resource 0/0";
inline const std::string kNoResourcePolicy = "implicitDeny NoResourcePolicy none";
inline const std::string kNoSessionPolicy = "implicitDeny NoSessionPolicy none";
inline const std::string kNoIdentityDelegated = "implicitDeny NoIdentityAllowForDelegation none";
inline const std::string kNoIdentityAcross = "implicitDeny NoIdentityAllowAcrossAccounts none";
inline const std::string kForService = "allowed AllowedForService resource 0/0";
inline const std::string kForAnonymous = "allowed AllowedForAnonymous resource 0/0";
inline const std::string kForFederated = "allowed AllowedForFederated resource 0/0";
inline const std::string kNoneForService = "implicitDeny NoAllowForService none";
inline const std::string kNoneForAnonymous = "implicitDeny NoAllowForAnonymous none";
inline const std::string kNoneForFederated = "implicitDeny NoAllowForFederated none";
inline const std::string kAsRoot = "allowed AllowedAsRoot none";

/// How a Condition comes out in the context of the question (which brings no policies): `T`, `F`,
/// or `I` for Indeterminate. Asked twice, in an Allow and in a Deny, because only both together
/// tell (C-70), and compared with what the explanation says of it.
[[nodiscard]] inline char truth(const std::string& condition, const Question& context) {
  Question with_allow = context;
  Question with_deny = context;
  const Explanation allowing = with_allow.identity({allow("*", "*", condition)}).ask();
  const Explanation denying = with_deny.identity({allow(), deny("*", "*", condition)}).ask();
  const std::string allowed = ::testing::PrintToString(allowing.decision());
  const std::string denied = ::testing::PrintToString(denying.decision());
  char result = '?';
  if (allowing.layers().empty() || denying.layers().empty()) return result;
  if (allowed == kByIdentity && denied == "explicitDeny ExplicitDeny identity 0/1") result = 'T';
  if (allowed == kNoIdentity && denied == kByIdentity) result = 'F';
  if (allowed == kNoIdentity && denied == "explicitDeny ExplicitDeny identity 0/1") result = 'I';
  for (const Explanation* explanation : {&allowing, &denying}) {
    const StatementTrace& trace = explanation->layers().back().statements.back();
    const char traced = trace.condition == Truth::True    ? 'T'
                        : trace.condition == Truth::False ? 'F'
                                                          : 'I';
    EXPECT_EQ(traced, result) << condition;
  }
  return result;
}

}  // namespace writ::test
