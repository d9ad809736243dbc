// What callers of the library can get wrong without an error being due: the answer is a denial.
#include <gtest/gtest.h>

#include <span>
#include <string>
#include <utility>

#include "writ/policy_stack.h"

namespace writ::test {
namespace {

constexpr const char* kAllowAll =
    R"({"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}})";
constexpr const char* kDenyAll =
    R"({"Version":"2012-10-17","Statement":{"Effect":"Deny","Action":"*","Resource":"*"}})";

[[nodiscard]] Request request_of(const Caller& caller) {
  return *RequestBuilder(caller, "s3:GetObject", "arn:aws:s3:::b/k").build();
}
[[nodiscard]] Caller alice() { return *Caller::from_arn("arn:aws:iam::111122223333:user/Alice"); }

// M-14, D-10: a request that no builder made.
TEST(MisuseTest, AnEmptyRequestIsDenied) {
  PolicyStack stack;
  ASSERT_TRUE(stack
                  .add(PolicyType::ResourceBased, "open",
                       R"({"Version":"2012-10-17","Statement":
                           {"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}})")
                  .has_value());
  EXPECT_EQ(stack.evaluate(Request()).outcome, Outcome::ImplicitDeny);
  EXPECT_EQ(stack.evaluate(Request()).reason, Reason::NotARequest);
  EXPECT_EQ(stack.explain(Request()).decision(), stack.evaluate(Request()));
}

// D-3, D-10: an identity-based set in the resource's place grants nothing, and still denies.
TEST(MisuseTest, OnlyResourcePoliciesGrantForResources) {
  const PolicySet allow = *compile_policy(kAllowAll, PolicyType::IdentityBased);
  const PolicySet deny = *compile_policy(kDenyAll, PolicyType::IdentityBased);
  AppliedPolicies policies;
  policies.resource_policy = &allow;
  EXPECT_EQ(evaluate(request_of(Caller()), policies).reason, Reason::NoAllowForAnonymous);
  policies.resource_policy = &deny;
  EXPECT_EQ(evaluate(request_of(alice()), policies).outcome, Outcome::ExplicitDeny);
}

// E-2, E-22: denials of a level count even if it was not marked as present.
TEST(MisuseTest, DenialsOfLevelsAlwaysCount) {
  const PolicySet allow = *compile_policy(kAllowAll, PolicyType::IdentityBased);
  const PolicySet deny = *compile_policy(kDenyAll, PolicyType::ServiceControl);
  PolicyLayer level;
  level.sets = {&deny, 1};
  AppliedPolicies policies;
  policies.identity = {&allow, 1};
  policies.service_control = {&level, 1};
  EXPECT_EQ(evaluate(request_of(alice()), policies).outcome, Outcome::ExplicitDeny);
  EXPECT_EQ(explain(request_of(alice()), policies).decision().outcome, Outcome::ExplicitDeny);
}

// E-1, E-42: a set without documents among those of a boundary allows nothing.
TEST(MisuseTest, AnEmptySetInABoundaryAllowsNothing) {
  const PolicySet allow = *compile_policy(kAllowAll, PolicyType::IdentityBased);
  const PolicySet caps[] = {*compile_policy(kAllowAll, PolicyType::PermissionsBoundary),
                            PolicySet()};
  AppliedPolicies policies;
  policies.identity = {&allow, 1};
  policies.boundary = PolicyLayer(std::span(caps, 1));
  EXPECT_TRUE(evaluate(request_of(alice()), policies).is_allowed());
  for (const std::span<const PolicySet> sets : {std::span(caps, 2), std::span(caps + 1, 1)}) {
    policies.boundary = PolicyLayer(sets);
    EXPECT_EQ(evaluate(request_of(alice()), policies).reason, Reason::NoBoundaryAllow);
    EXPECT_EQ(explain(request_of(alice()), policies).decision().reason, Reason::NoBoundaryAllow);
  }
}

// P-61, P-30: a canonical id is the chain of a caller known by it alone, no link of a session's.
TEST(MisuseTest, ACanonicalIdExemptsNoSession) {
  const std::string id(64, 'a');
  PolicyStack stack;
  ASSERT_TRUE(stack.add(PolicyType::IdentityBased, "all", kAllowAll).has_value());
  ASSERT_TRUE(stack
                  .add(PolicyType::ResourceBased, "guard",
                       R"({"Version":"2012-10-17","Statement":{"Effect":"Deny","Action":"*",
                           "Resource":"*","NotPrincipal":{"AWS":["111122223333",
                           "arn:aws:iam::111122223333:role/R"],"CanonicalUser":")" +
                           id + "\"}}}")
                  .has_value());
  const Caller session = *Caller::from_arn("arn:aws:sts::111122223333:assumed-role/R/s");
  EXPECT_EQ(stack.evaluate(request_of(session)).outcome, Outcome::ExplicitDeny);
  EXPECT_EQ(stack.evaluate(request_of(*session.with_canonical_id(id))).outcome,
            Outcome::ExplicitDeny);
}

TEST(MisuseTest, AStackThatWasMovedFromIsEmpty) {
  PolicyStack source;
  ASSERT_TRUE(source.add(PolicyType::IdentityBased, "all", kAllowAll).has_value());
  ASSERT_TRUE(source.add(PolicyType::ServiceControl, "all", kAllowAll).has_value());
  PolicyStack target;
  target = std::move(source);
  EXPECT_TRUE(target.evaluate(request_of(alice())).is_allowed());
  EXPECT_FALSE(source.evaluate(request_of(alice())).is_allowed());  // NOLINT: that is the question
  PolicyStack& itself = target;
  target = std::move(itself);
  EXPECT_TRUE(target.evaluate(request_of(alice())).is_allowed());
}

// D-5, E-1
TEST(MisuseTest, AnEmptySetHasNoLayer) {
  PolicyStack stack;
  const Result<bool> added = stack.add(PolicySet());
  ASSERT_FALSE(added.has_value());
  EXPECT_EQ(added.error().code, ErrorCode::DataTypeMismatch);
  stack.make_present(PolicyType::ServiceControl, 70000);
  EXPECT_EQ(stack.evaluate(request_of(alice())).reason, Reason::NoServiceControlAllow);
}

// D-10: with its context gone a request asks for nothing; a Deny on the context would not apply.
TEST(MisuseTest, AMovedFromRequestIsAllowedNothing) {
  PolicyStack stack;
  ASSERT_TRUE(stack.add(PolicyType::ResourceBased, "open", R"({"Version": "2012-10-17",
      "Statement": {"Effect": "Allow", "Principal": "*", "Action": "s3:*", "Resource": "*"}})"));
  RequestBuilder builder(*Caller::from_arn("arn:aws:iam::111122223333:user/Alice"), "s3:GetObject",
                         "arn:aws:s3:::b/k");
  Result<Request> request = builder.build();
  ASSERT_TRUE(request.has_value());
  const Request taken = std::move(*request);
  EXPECT_TRUE(stack.evaluate(taken).is_allowed());
  // NOLINTNEXTLINE(bugprone-use-after-move): what is left is told.
  EXPECT_EQ(stack.evaluate(*request).reason, Reason::NotARequest);
}

}  // namespace
}  // namespace writ::test
