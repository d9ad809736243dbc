// The matchers that writ ships for its users' unit tests.
#include "writ/testing/matchers.h"

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
