// The matchers that writ ships for its users' unit tests.
#include "writ/testing/matchers.h"

#include <gtest/gtest-spi.h>
#include <gtest/gtest.h>

#include <string>

#include "support/policies.h"

namespace writ::test {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::PrintToString;
using ::testing::StartsWith;

[[nodiscard]] Explanation denied() {
  return Question()
      .identity({with_sid("ReadAll", allow()), with_sid("DenyGet", deny("s3:Get*"))})
      .ask();
}

// D-7, E-97: each matcher takes its own outcome and no other.
TEST(MatchersTest, OutcomesAreToldApart) {
  const Explanation deny_explicit = denied();
  const Explanation deny_implicit = Question().ask();
  const Explanation allow_all = Question().identity({allow()}).ask();
  EXPECT_THAT(deny_explicit, IsExplicitDeny());
  EXPECT_THAT(deny_explicit, Not(IsImplicitDeny()));
  EXPECT_THAT(deny_explicit, Not(IsAllowed()));
  EXPECT_THAT(deny_implicit, IsImplicitDeny());
  EXPECT_THAT(deny_implicit, Not(IsExplicitDeny()));
  EXPECT_THAT(allow_all, IsAllowed());
  EXPECT_THAT(allow_all.decision(), IsAllowed(ByReason(Reason::AllowedByIdentity)));
  EXPECT_THAT(deny_implicit.decision(), IsImplicitDeny(ByRule("E-66")));
}

// E-98
TEST(MatchersTest, InnerMatchersLookAtTheDecidingStatement) {
  const Explanation explanation = denied();
  EXPECT_THAT(explanation, IsExplicitDeny(BySid("DenyGet"), ByStatement("identity 0/1")));
  EXPECT_THAT(explanation, IsExplicitDeny(BySid(StartsWith("Deny")), ByRule("E-2")));
  EXPECT_THAT(explanation, Not(IsExplicitDeny(BySid("ReadAll"))));
  EXPECT_THAT(explanation, Not(IsExplicitDeny(ByReason(Reason::NoIdentityAllow))));
  EXPECT_THAT(Question().ask(), Not(BySid("")));
  EXPECT_THAT(explanation.decision(), ByStatement("identity 0/1"));
}

TEST(MatchersTest, FailuresAreMatchedByCodeAndLine) {
  const Result<PolicyDocument> refused = parse_policy(
      "{\"Statement\": {\n\"Effect\": \"allow\", \"Action\": \"*\", \"Resource\": \"*\"}}",
      PolicyType::IdentityBased);
  EXPECT_THAT(refused, FailsWith(ErrorCode::InvalidEffect));
  EXPECT_THAT(refused, FailsWith(ErrorCode::InvalidEffect, 2));
  EXPECT_THAT(refused, Not(FailsWith(ErrorCode::InvalidEffect, 1)));
  EXPECT_THAT(refused, Not(FailsWith(ErrorCode::MissingEffect)));
  EXPECT_THAT(parse_policy(document({allow()}), PolicyType::IdentityBased),
              Not(FailsWith(ErrorCode::InvalidEffect)));
}

TEST(MatchersTest, ValuesPrintThemselves) {
  const Explanation explanation = denied();
  EXPECT_EQ(PrintToString(explanation.decision()), "explicitDeny ExplicitDeny identity 0/1");
  EXPECT_EQ(PrintToString(explanation), explanation.to_string());
  EXPECT_EQ(PrintToString(StatementId()), "none");
  EXPECT_EQ(PrintToString(StatementId{1, 2, 3, PolicyType::ServiceControl}), "scp@3 1/2");
  EXPECT_EQ(PrintToString(Reason::NoServiceControlAllow), "NoServiceControlAllow (E-21)");
  const Result<PolicyDocument> refused = parse_policy("{", PolicyType::Session);
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(PrintToString(refused.error()), refused.error().to_string());
  EXPECT_THAT(PrintToString(refused), HasSubstr("G-1"));
}

const char kReader[] =
    R"({"Version": "2012-10-17", "Statement": [
  {"Sid": "Read", "Effect": "Allow", "Action": "s3:Get*", "Resource": "arn:aws:s3:::b/*",
   "Condition": {"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}},
  {"Sid": "NoSecrets", "Effect": "Deny", "Action": "s3:*", "Resource": "arn:aws:s3:::b/secret/*"}]})";

[[nodiscard]] PolicyStack reader() {
  PolicyStack stack;
  EXPECT_TRUE(stack.add(PolicyType::IdentityBased, "reader", kReader).has_value());
  return stack;
}
[[nodiscard]] Asked get(std::string_view object) {
  return As(kAlice).Does("s3:GetObject").On(object).With("aws:SourceIp", "203.0.113.7");
}

TEST(MatchersTest, PoliciesAreAskedInAFewWords) {
  const PolicyStack policies = reader();
  EXPECT_THAT(policies, Allows(get(kObject)));
  EXPECT_THAT(policies, Denies(As(kAlice).Does("s3:GetObject").On(kObject)));
  EXPECT_THAT(policies, Decides(get("arn:aws:s3:::b/secret/k"),
                                IsExplicitDeny(BySid("NoSecrets"), ByRule("E-2"))));
  EXPECT_THAT(policies.applied(), Allows(get(kObject)));
  const Result<PolicySet> set = compile_policy(kReader, PolicyType::IdentityBased);
  EXPECT_THAT(*set, Allows(get(kObject)));
  EXPECT_THAT(*parse_policy(kReader, PolicyType::IdentityBased), Allows(get(kObject)));
  EXPECT_THAT(policies, DecideAll({{get(kObject), allowed().by_sid("Read")},
                                   {get("arn:aws:s3:::b/secret/k"), explicit_deny("NoSecrets")},
                                   {As("*").Does("s3:GetObject").On(kObject), implicit_deny()}}));
}

// E-98: what failed and the nearest miss are in the message.
TEST(MatchersTest, AFailureExplainsItself) {
  const PolicyStack policies = reader();
  EXPECT_NONFATAL_FAILURE(
      EXPECT_THAT(policies, Allows(As(kAlice).Does("s3:GetObject").On(kObject))),
      "nearest miss, 1 change");
  EXPECT_NONFATAL_FAILURE(EXPECT_THAT(policies, Denies(get(kObject))), "allowed");
  EXPECT_NONFATAL_FAILURE(EXPECT_THAT(policies, DecideAll({{get(kObject), allowed()},
                                                           {get(kObject), implicit_deny()}})),
                          "row 2: ");
  EXPECT_NONFATAL_FAILURE(
      EXPECT_THAT(policies.explain(
                      *RequestBuilder(*Caller::from_arn(kAlice), "s3:GetObject", kObject).build()),
                  IsAllowed()),
      "aws:SourceIp");
}

TEST(MatchersTest, WhatIsNoRequestIsAFailureThatSaysSo) {
  const PolicyStack policies = reader();
  const Asked wildcard = As(kAlice).Does("s3:*").On(kObject);
  EXPECT_NONFATAL_FAILURE(EXPECT_THAT(policies, Denies(wildcard)), "M-14");
  EXPECT_NONFATAL_FAILURE(EXPECT_THAT(policies, Allows(wildcard)), "M-14");
  EXPECT_THAT(mismatch(policies, wildcard, implicit_deny()), HasSubstr("M-14"));
}

// expect.h alone, for other frameworks.
TEST(MatchersTest, MismatchIsAMessageOrNothing) {
  const PolicyStack policies = reader();
  EXPECT_EQ(mismatch(policies, get(kObject), allowed().by_sid("Read").by_rule("E-63")), "");
  EXPECT_EQ(mismatch(*compile_policy(kReader, PolicyType::IdentityBased), get(kObject), allowed()),
            "");
  EXPECT_EQ(mismatch(*parse_policy(kReader, PolicyType::IdentityBased), get(kObject), allowed()),
            "");
  const std::string message =
      mismatch(policies, As(kAlice).Does("s3:GetObject").On(kObject), allowed());
  EXPECT_THAT(message, StartsWith(kAlice + " does s3:GetObject on " + kObject +
                                  ":\nexpected allowed, got implicitDeny\n"));
  EXPECT_THAT(message, HasSubstr("aws:SourceIp"));
  EXPECT_THAT(mismatch(policies, get(kObject), allowed().by_sid("Other").by_rule("E-1")),
              HasSubstr("expected a decision by statement Other, got Read\n"
                        "expected a decision by rule E-1, got E-63\n"));
  EXPECT_THAT(mismatch(policies, As("*").Does("s3:GetObject").On(kObject), explicit_deny("X")),
              HasSubstr("expected a decision by statement X, got none"));
  EXPECT_EQ(mismatches(policies, {{get(kObject), allowed()}}), "");
  EXPECT_THAT(mismatches(policies, {{get(kObject), allowed()}, {get(kObject), implicit_deny()}}),
              StartsWith("row 2: "));
}

TEST(MatchersTest, RequestsPrintAsTheyAreWritten) {
  EXPECT_EQ(PrintToString(AsService("sns.amazonaws.com")
                              .Does("sts:AssumeRole")
                              .On(kRole)
                              .With("a:b", "c")
                              .WithList("d:e", {"f", "g"})),
            "sns.amazonaws.com does sts:AssumeRole on " + kRole + " with a:b=c, d:e=[f, g]");
  const Result<std::string> made = As(kSession)
                                       .OfRole("arn:aws:iam::111122223333:role/path/App")
                                       .Does("s3:GetObject")
                                       .On(kObject)
                                       .OwnedBy(kAccount)
                                       .WithList("aws:TagKeys", {"a", "b"})
                                       .ask([](const Request& request) {
                                         return std::string(request.caller().role_arn()) + " " +
                                                std::string(request.resource_owner());
                                       });
  ASSERT_TRUE(made.has_value());
  EXPECT_EQ(*made, "arn:aws:iam::111122223333:role/path/App " + kAccount);
  EXPECT_FALSE(AsFederated("").Does("a:b").ask([](const Request&) { return 0; }).has_value());
}

// A reference to what a chain returns holds it, and what begins many requests stays as it is.
TEST(MatchersTest, RequestsAreValues) {
  const auto& begun = As("*").Does("a:b");
  const Asked first = begun.On("r").With("k:k", "1");
  const Asked second = begun.OwnedBy(kAccount).With("k:k", "2");
  EXPECT_EQ(begun.to_string(), "* does a:b on *");
  EXPECT_EQ(first.to_string(), "* does a:b on r with k:k=1");
  EXPECT_EQ(second.to_string(), "* does a:b on * with k:k=2");
}

// Every reason has a name, a rule, and an outcome of its own kind.
TEST(MatchersTest, EveryReasonHasANameAndARule) {
  for (int i = 0; i <= static_cast<int>(Reason::AllowedForFederated); ++i) {
    const auto reason = static_cast<Reason>(i);
    EXPECT_FALSE(name_of(reason).empty()) << i;
    EXPECT_THAT(std::string(rule_of(reason)),
                StartsWith(reason == Reason::NotARequest ? "D-" : "E-"))
        << name_of(reason);
  }
}

}  // namespace
}  // namespace writ::test
