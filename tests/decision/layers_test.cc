// Guardrails and the identity path: sections 7.1 to 7.3 of the rules.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "support/policies.h"

namespace writ::test {
namespace {

const std::string kNoServiceControl = "implicitDeny NoServiceControlAllow none";
const std::string kNoBoundary = "implicitDeny NoBoundaryAllow none";
const std::string kNoSession = "implicitDeny NoSessionAllow none";
const std::string kNoEndpoint = "implicitDeny NoEndpointAllow none";
const std::string kLinkedRole =
    "arn:aws:iam::111122223333:role/aws-service-role/x.amazonaws.com/AWSServiceRoleForX";
const std::string kLinkedSession = "arn:aws:sts::111122223333:assumed-role/AWSServiceRoleForX/s1";

/// Alice may do everything, as far as her identity policy goes.
[[nodiscard]] Question may() { return Question().identity({allow()}); }

// E-1: absent imposes nothing; present and empty allows nothing.
TEST(LayersTest, PresentAndEmptyAllowsNothing) {
  EXPECT_EQ(answer(may()), kByIdentity);
  EXPECT_EQ(answer(may().empty(PolicyType::PermissionsBoundary)), kNoBoundary);
  EXPECT_EQ(answer(may().empty(PolicyType::Session)), kNoSession);
  EXPECT_EQ(answer(may().empty(PolicyType::ServiceControl)), kNoServiceControl);
  EXPECT_EQ(answer(may().empty(PolicyType::VpcEndpoint)), kNoEndpoint);
  EXPECT_EQ(answer(may().empty(PolicyType::ResourceControl)), kByIdentity);  // E-31
  EXPECT_EQ(answer(Question().empty(PolicyType::IdentityBased)), kNoIdentity);
  // A document without statements that match is no better than none.
  EXPECT_EQ(answer(may().boundary({allow("[]")})), kNoBoundary);
}

// E-2, D-9, E-97: a Deny of any kind of policy wins, and is reported in a fixed order.
TEST(LayersTest, AnyDenyWins) {
  // Every kind has a Deny; one after the other is dropped, in the order in which they are reported.
  const struct {
    PolicyType type;
    const char* where;
  } order[] = {
      {PolicyType::ServiceControl, "scp@0 0/1"},
      {PolicyType::ServiceControl, "scp@1 0/1"},
      {PolicyType::ResourceControl, "rcp@0 0/0"},
      {PolicyType::ResourceBased, "resource 0/1"},
      {PolicyType::IdentityBased, "identity 0/1"},
      {PolicyType::PermissionsBoundary, "boundary 0/1"},
      {PolicyType::Session, "session 0/1"},
      {PolicyType::VpcEndpoint, "endpoint 0/1"},
  };
  for (std::size_t first = 0; first <= std::size(order); ++first) {
    const auto list = [&](std::size_t index, bool principal) {
      Statements result = {principal ? allow_to("*") : allow()};
      if (index >= first) result.push_back(principal ? deny_to("*") : deny());
      return result;
    };
    Question question;
    question.scp(0, list(0, false)).scp(1, list(1, false));
    if (first <= 2) question.rcp(0, {deny_to("*", "s3:*")});
    question.on_resource(list(3, true)).identity(list(4, false)).boundary(list(5, false));
    question.session(list(6, false)).endpoint(list(7, true));
    EXPECT_EQ(answer(question), first < std::size(order)
                                    ? "explicitDeny ExplicitDeny " + std::string(order[first].where)
                                    : "allowed AllowedByResource resource 0/0");
  }
}

// E-2: a Deny counts although nothing allows.
TEST(LayersTest, DenyNeedsNoAllow) {
  EXPECT_EQ(answer(Question().boundary({deny()})), "explicitDeny ExplicitDeny boundary 0/0");
  EXPECT_EQ(answer(Question().caller("*").on_resource({deny_to("*")})),
            "explicitDeny ExplicitDeny resource 0/0");
}

// E-3, D-1, D-2: documents of a layer are ORed; the first Deny is the canonical one.
TEST(LayersTest, DocumentsAreOred) {
  EXPECT_EQ(answer(Question().identity({allow("ec2:*")}).identity({allow("sqs:*"), allow("s3:*")})),
            "allowed AllowedByIdentity identity 1/1");
  EXPECT_EQ(answer(Question().identity({allow()}).identity({deny()}).identity({deny()})),
            "explicitDeny ExplicitDeny identity 1/0");
  EXPECT_EQ(answer(may().session({allow("ec2:*")}).session({allow("s3:*")})), kByIdentity);  // E-43
  EXPECT_EQ(answer(may().scp(0, {allow("ec2:*")}).scp(0, {allow("s3:*")})), kByIdentity);
  EXPECT_EQ(answer(may().endpoint({allow_to("*", "ec2:*")}).endpoint({allow_to("*", "s3:*")})),
            kByIdentity);
}

// E-21, E-22, E-23: each level must allow, a Deny of any level denies, none grants.
TEST(LayersTest, EveryServiceControlLevelMustAllow) {
  const Statements all = {allow()};
  const Statements ec2 = {allow("ec2:*")};
  EXPECT_EQ(answer(may().scp(0, all).scp(1, all).scp(2, all)), kByIdentity);
  EXPECT_EQ(answer(may().scp(0, ec2).scp(1, all).scp(2, all)), kNoServiceControl);
  EXPECT_EQ(answer(may().scp(0, all).scp(1, ec2).scp(2, all)), kNoServiceControl);
  EXPECT_EQ(answer(may().scp(0, all).scp(1, all).scp(2, ec2)), kNoServiceControl);
  EXPECT_EQ(answer(may().scp(0, ec2).scp(1, {allow(), deny("s3:*")})),
            "explicitDeny ExplicitDeny scp@1 0/1");
  EXPECT_EQ(answer(may().scp(1, all)), kNoServiceControl);  // level 0 is there and empty
  EXPECT_EQ(answer(Question().scp(0, all)), kNoIdentity);
  EXPECT_THAT(may().scp(0, ec2).ask(), IsImplicitDeny(ByRule("E-21")));
  // G-30: the full language.
  EXPECT_EQ(
      answer(may()
                 .scp(0, {allow("!ec2:*", "arn:aws:s3:::b/*", R"({"StringEquals": {"k:v": "x"}})")})
                 .with("k:v", "x")),
      kByIdentity);
}

// E-20, E-24: whom service control policies bind.
TEST(LayersTest, ServiceControlBindsPrincipalsOfAccounts) {
  const Statements nothing = {allow("ec2:*"), deny("s3:*")};
  const std::string denied = "explicitDeny ExplicitDeny scp@0 0/1";
  for (const std::string& caller : {kAlice, kRoot, kSession, kRole, kFederatedUser}) {
    EXPECT_EQ(answer(may().caller(caller).on_resource({allow_to("*")}).scp(0, nothing)), denied);
    EXPECT_EQ(answer(may().caller(caller).on_resource({allow_to("*")}).scp(0, {allow("ec2:*")})),
              kNoServiceControl);
  }
  EXPECT_EQ(answer(Question().caller("*").on_resource({allow_to("*")}).scp(0, nothing)),
            kForAnonymous);
  EXPECT_EQ(
      answer(Question().service("sns.amazonaws.com").on_resource({allow_to("*")}).scp(0, nothing)),
      kForService);
  EXPECT_EQ(
      answer(
          Question().federated("accounts.google.com").on_resource({allow_to("*")}).scp(0, nothing)),
      kForFederated);
  // P-30: an account known by its canonical id only.
  EXPECT_EQ(
      answer(
          may().canonical_user(std::string(64, '0')).on_resource({allow_to("*")}).scp(0, nothing)),
      "allowed AllowedAcrossAccounts resource 0/0");
  // E-20, E-34: service-linked roles, by the role's path or by the request's word for it.
  EXPECT_EQ(answer(may().caller(kLinkedSession).scp(0, nothing)), denied);
  EXPECT_EQ(answer(may().caller(kLinkedSession).role_arn(kLinkedRole).scp(0, nothing)),
            kByIdentity);
  EXPECT_EQ(answer(may().caller(kLinkedSession).service_linked().scp(0, nothing)), kByIdentity);
  EXPECT_EQ(answer(may().caller(kLinkedRole).scp(0, nothing)), kByIdentity);
  EXPECT_EQ(answer(may().service_linked().scp(0, nothing)), denied);
}

// E-30 to E-32: resource control policies bind whoever calls, and never lack an Allow.
TEST(LayersTest, ResourceControlBindsEverybody) {
  const Statements no_s3 = {deny_to("*", "s3:*")};
  const std::string denied = "explicitDeny ExplicitDeny rcp@0 0/0";
  for (const std::string& caller :
       {kAlice, kRoot, kSession, kFederatedUser, kStranger, std::string("*")}) {
    EXPECT_EQ(answer(may().caller(caller).on_resource({allow_to("*")}).rcp(0, no_s3)), denied);
  }
  EXPECT_EQ(
      answer(Question().service("sns.amazonaws.com").on_resource({allow_to("*")}).rcp(0, no_s3)),
      denied);
  EXPECT_EQ(answer(may().rcp(0, {deny_to("*", "ec2:*")}).rcp(1, no_s3)),
            "explicitDeny ExplicitDeny rcp@1 0/0");
  EXPECT_EQ(answer(may().rcp(0, {deny_to("*", "ec2:*")})), kByIdentity);
  EXPECT_EQ(answer(Question().rcp(0, {allow_to("*")})), kNoIdentity);
  EXPECT_EQ(answer(may().resource("*").rcp(0, no_s3)), denied);
  // The owner's account, not the caller's (E-72).
  EXPECT_EQ(answer(may().owner(kOtherAccount).on_resource({allow_to("*")}).rcp(0, no_s3)), denied);
}

// E-30: what resource control policies leave alone.
TEST(LayersTest, ResourceControlExemptions) {
  const Statements nothing = {deny_to("*", "s3:*"), deny_to("*", R"(["kms:*", "sts:*"])")};
  const std::string denied = "explicitDeny ExplicitDeny rcp@0 0/1";
  EXPECT_EQ(answer(may().caller(kLinkedSession).role_arn(kLinkedRole).rcp(0, nothing)),
            kByIdentity);
  // Assuming a service-linked role, and only assuming it.
  const auto assume = [&](const std::string& role, const std::string& action) {
    return answer(
        may().trust({allow_to(kAlice, "*", "")}).action(action).resource(role).rcp(0, nothing));
  };
  EXPECT_EQ(assume(kRole, "sts:AssumeRole"), denied);
  EXPECT_EQ(assume(kLinkedRole, "sts:AssumeRole"), "allowed AllowedByTrustOrKey trust 0/0");
  EXPECT_EQ(assume("arn:aws:iam::111122223333:role/x/aws-service-role/R", "sts:AssumeRole"),
            denied);
  // Keys that AWS manages, and kms:RetireGrant.
  const auto key = [&](const std::string& action) {
    return may().on_resource({allow_to(kAlice)}).action(action).resource(kKey).rcp(0, nothing);
  };
  EXPECT_EQ(answer(key("kms:Decrypt")), denied);
  EXPECT_EQ(answer(key("kms:Decrypt").aws_managed_key()), kByTrustOrKey);
  EXPECT_EQ(answer(key("kms:RetireGrant")), kByTrustOrKey);
  EXPECT_EQ(answer(key("KMS:retiregrant")), kByTrustOrKey);
  EXPECT_EQ(answer(key("kms:RetireGrants")), denied);
}

// E-33: all services unless a list says otherwise.
TEST(LayersTest, ResourceControlServices) {
  const std::string_view services[] = {"sqs", "s3"};
  const std::string_view others[] = {"sqs", "kms"};
  EvaluateOptions listed;
  listed.resource_control_services = services;
  EvaluateOptions not_listed;
  not_listed.resource_control_services = others;
  const auto ask = [](const EvaluateOptions& options, const std::string& action) {
    return answer(may().rcp(0, {deny_to("*", "s3:*")}).action(action).options(options));
  };
  const std::string denied = "explicitDeny ExplicitDeny rcp@0 0/0";
  EXPECT_EQ(ask({}, "s3:GetObject"), denied);
  EXPECT_EQ(ask(listed, "s3:GetObject"), denied);
  EXPECT_EQ(ask(listed, "S3:GetObject"), denied);
  EXPECT_EQ(ask(not_listed, "s3:GetObject"), kByIdentity);
}

// E-35: resources and principals of the management account: leave the policies out.
TEST(LayersTest, ManagementAccountHasNone) { EXPECT_EQ(answer(may()), kByIdentity); }

// E-36: an endpoint's policy must allow, for whoever calls, and grants nothing.
TEST(LayersTest, EndpointsMustAllow) {
  EXPECT_EQ(answer(may().endpoint({allow_to("*")})), kByIdentity);
  EXPECT_EQ(answer(may().endpoint({allow_to("*", "ec2:*")})), kNoEndpoint);
  EXPECT_EQ(answer(Question().endpoint({allow_to("*")})), kNoIdentity);
  EXPECT_EQ(answer(may().endpoint({allow_to("*"), deny_to("*", "s3:*")})),
            "explicitDeny ExplicitDeny endpoint 0/1");
  EXPECT_EQ(
      answer(
          Question().caller("*").on_resource({allow_to("*")}).endpoint({allow_to("*", "ec2:*")})),
      kNoEndpoint);
  EXPECT_EQ(answer(Question().caller(kRoot).endpoint({allow_to("*", "ec2:*")})), kNoEndpoint);
  // E-95: service control policies are looked at before it.
  EXPECT_EQ(answer(may().scp(0, {allow("ec2:*")}).endpoint({allow_to("*", "ec2:*")})),
            kNoServiceControl);
}

// E-40, E-41, E-43, E-46: identity, boundary and session must all allow; the first that does not is
// the reason.
TEST(LayersTest, IdentityPathNeedsAllThree) {
  const Statements yes = {allow("s3:*")};
  const Statements no = {allow("ec2:*")};
  const struct {
    Statements identity;
    Statements boundary;
    Statements session;
    std::string expected;
  } rows[] = {
      {yes, yes, yes, kByIdentity}, {no, yes, yes, kNoIdentity}, {yes, no, yes, kNoBoundary},
      {yes, yes, no, kNoSession},   {no, no, no, kNoIdentity},   {yes, no, no, kNoBoundary},
      {no, no, yes, kNoIdentity},   {no, yes, no, kNoIdentity},
  };
  for (const auto& row : rows) {
    EXPECT_EQ(answer(Question()
                         .caller(kSession)
                         .identity(row.identity)
                         .boundary(row.boundary)
                         .session(row.session)
                         .scp(0, yes)),
              row.expected);
  }
}

// E-42: of several boundaries each must allow, in one set or in several, up to any number.
TEST(LayersTest, EveryBoundaryMustAllow) {
  EXPECT_EQ(answer(may().boundary({allow()}).boundary({allow("s3:*")})), kByIdentity);
  EXPECT_EQ(answer(may().boundary({allow()}).boundary({allow("ec2:*")})), kNoBoundary);
  EXPECT_EQ(answer(may().boundary({allow("ec2:*")}).boundary({allow()})), kNoBoundary);
  EXPECT_EQ(answer(may().boundary({allow()}).boundary({allow(), deny("s3:*")})),
            "explicitDeny ExplicitDeny boundary 1/1");

  const Result<PolicyDocument> all =
      parse_policy(document({allow()}), PolicyType::PermissionsBoundary);
  const Result<PolicyDocument> ec2 =
      parse_policy(document({allow("ec2:*")}), PolicyType::PermissionsBoundary);
  const Result<PolicyDocument> no_s3 =
      parse_policy(document({deny("s3:*")}), PolicyType::PermissionsBoundary);
  ASSERT_TRUE(all.has_value() && ec2.has_value() && no_s3.has_value());
  const Result<PolicySet> identity = compile_policy(document({allow()}), PolicyType::IdentityBased);
  const Result<Caller> alice = Caller::from_arn(kAlice);
  ASSERT_TRUE(identity.has_value() && alice.has_value());
  const Result<Request> request = RequestBuilder(*alice, "s3:GetObject", kObject).build();
  ASSERT_TRUE(request.has_value());
  for (const int count : {1, 2, 63, 64, 65, 128, 150}) {
    for (const int odd : {-1, 0, count / 2, count - 1}) {
      for (const PolicyDocument* other : {&*ec2, &*no_s3}) {
        PolicySetBuilder builder(PolicyType::PermissionsBoundary);
        for (int i = 0; i < count; ++i) builder.attach("boundary", i == odd ? *other : *all);
        const Result<PolicySet> set = builder.build();
        ASSERT_TRUE(set.has_value());
        PolicyStack stack;
        ASSERT_TRUE(stack.add(*identity).has_value());
        ASSERT_TRUE(stack.add(*set).has_value());
        const Decision decision = stack.evaluate(*request);
        EXPECT_EQ(decision, stack.explain(*request).decision());
        EXPECT_EQ(::testing::PrintToString(decision),
                  odd < 0 ? kByIdentity
                  : other == &*ec2
                      ? kNoBoundary
                      : "explicitDeny ExplicitDeny boundary " + std::to_string(odd) + "/0");
      }
    }
  }
}

// E-44: a federated user's session has only what its session policy allows.
TEST(LayersTest, FederatedUsersNeedASessionPolicy) {
  const auto al = [] { return may().caller(kFederatedUser).issuer(kAlice); };
  EXPECT_EQ(answer(al()), kNoSessionPolicy);
  EXPECT_EQ(answer(al().session({allow("s3:*")})), kByIdentity);
  EXPECT_EQ(answer(al().session({allow("ec2:*")})), kNoSession);
  EXPECT_EQ(answer(al().session({allow()}).boundary({allow("ec2:*")})), kNoBoundary);
  EXPECT_EQ(answer(Question().caller(kFederatedUser).session({allow()})), kNoIdentity);
  // Grants that name the session are additional.
  EXPECT_EQ(answer(Question().caller(kFederatedUser).on_resource({allow_to(kFederatedUser)})),
            "allowed AllowedByResource resource 0/0");
  // Issued by root: the session policy alone.
  const auto of_root = [] { return Question().caller(kFederatedUser).issuer(kRoot); };
  EXPECT_EQ(answer(of_root()), kNoSessionPolicy);
  EXPECT_EQ(answer(of_root().session({allow("ec2:*")})), kNoSession);
  EXPECT_EQ(answer(of_root().session({allow("ec2:*")}).session({allow("s3:*")})),
            "allowed AllowedBySession session 1/0");
}

// E-45: a boundary grants nothing, and its Deny always counts.
TEST(LayersTest, BoundaryGrantsNothing) {
  EXPECT_EQ(answer(Question().boundary({allow()})), kNoIdentity);
  EXPECT_EQ(answer(Question().session({allow()})), kNoIdentity);
  for (const std::string& entry : {kAlice, std::string("*"), kAccount}) {
    EXPECT_EQ(answer(Question().on_resource({allow_to(entry)}).boundary({deny("s3:*")})),
              "explicitDeny ExplicitDeny boundary 0/0");
  }
}

// D-6, D-8: nothing is allowed by nothing.
TEST(LayersTest, DefaultIsDeny) {
  for (const std::string& caller : {kAlice, kSession, kRole}) {
    EXPECT_EQ(answer(Question().caller(caller)), kNoIdentity);
  }
  EXPECT_EQ(answer(Question().caller("*")), kNoneForAnonymous);
  EXPECT_EQ(answer(Question().service("sns.amazonaws.com")), kNoneForService);
}

}  // namespace
}  // namespace writ::test
