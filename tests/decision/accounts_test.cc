// Whose account it is: root, same account, across accounts, role trust, callers without an account;
// sections 7.4 to 7.10 of the rules.
#include <gtest/gtest.h>

#include <string>

#include "support/policies.h"

namespace writ::test {
namespace {

const std::string kByResource = "allowed AllowedByResource resource 0/0";
const std::string kByDelegation = "allowed AllowedByDelegation resource 0/0";
const std::string kAcross = "allowed AllowedAcrossAccounts resource 0/0";
const std::string kNoResource = "implicitDeny NoResourceAllow none";
const std::string kNoBoundary = "implicitDeny NoBoundaryAllow none";
const std::string kNoSession = "implicitDeny NoSessionAllow none";

// E-50: root may do everything in its own account, unless a Deny or a guardrail says otherwise.
TEST(AccountsTest, RootIsAllowedByDefault) {
  const auto root = [] { return Question().caller(kRoot); };
  EXPECT_EQ(answer(root()), kAsRoot);
  EXPECT_EQ(answer(root().scp(0, {allow("ec2:*")})), "implicitDeny NoServiceControlAllow none");
  EXPECT_EQ(answer(root().rcp(0, {deny_to("*", "s3:*")})), "explicitDeny ExplicitDeny rcp@0 0/0");
  EXPECT_EQ(answer(root().on_resource({deny_to("*")})), "explicitDeny ExplicitDeny resource 0/0");
  EXPECT_EQ(answer(root().on_resource({deny_to(kAlice)})), kAsRoot);
  EXPECT_EQ(answer(root().on_resource({allow_to(kAccount)})), kByResource);
  // E-54: a session of AssumeRoot carries its task policy as a session policy.
  EXPECT_EQ(answer(root().session({allow("s3:*")})), kAsRoot);
  EXPECT_EQ(answer(root().session({allow("ec2:*")})), kNoSession);
}

// E-51: a key's policy must allow even root.
TEST(AccountsTest, RootNeedsTheKeyPolicy) {
  const auto root = [] { return Question().caller(kRoot).action("kms:Decrypt").resource(kKey); };
  EXPECT_EQ(answer(root()), kNoTrustOrKey);
  EXPECT_EQ(answer(root().on_resource({allow_to(kAlice)})), kNoTrustOrKey);
  EXPECT_EQ(answer(root().on_resource({allow_to(kRoot)})), kByTrustOrKey);
  EXPECT_EQ(answer(root().on_resource({allow_to(kAccount)})), kByTrustOrKey);
  EXPECT_EQ(answer(root().on_resource({allow_to("*")})), kByTrustOrKey);
}

// E-52: root assumes no roles, in any spelling; other calls of STS are not meant.
TEST(AccountsTest, RootAssumesNoRoles) {
  const auto root = [](const std::string& action) {
    return Question().caller(kRoot).action(action).resource(kRole).trust(
        {allow_to(kAccount, "*", "")});
  };
  const std::string cannot = "implicitDeny RootCannotAssumeRole none";
  EXPECT_EQ(answer(root("sts:AssumeRole")), cannot);
  EXPECT_EQ(answer(root("STS:assumerole")), cannot);
  EXPECT_EQ(answer(root("sts:TagSession")), "allowed AllowedByTrustOrKey trust 0/0");
  EXPECT_EQ(answer(root("sts:AssumeRole").scp(0, {deny()})), "explicitDeny ExplicitDeny scp@0 0/0");
}

// E-53: in another account root's own side holds by default, the other side does not.
TEST(AccountsTest, RootInAnotherAccount) {
  const auto root = [] { return Question().caller(kRoot).owner(kOtherAccount); };
  EXPECT_EQ(answer(root()), kNoResourcePolicy);
  EXPECT_EQ(answer(root().on_resource({allow_to(kAccount)})), kAcross);
  EXPECT_EQ(answer(root().on_resource({allow_to(kAlice)})), kNoResource);
}

// E-60, E-62, E-63, E-65, E-66, 7.10: a resource's policy allows, nothing else does.
TEST(AccountsTest, SameAccountMatrix) {
  struct Row {
    std::string entry;
    std::string caller;
    std::string issuer;
    std::string plain;
    std::string boundary_silent;
    std::string session_silent;
  };
  const Row rows[] = {
      {kAlice, kAlice, "", kByResource, kByResource, kByResource},
      {kSession, kSession, "", kByResource, kByResource, kByResource},
      {kRole, kSession, "", kByResource, kNoIdentity, kNoIdentity},
      {kRole, kRole, "", kByResource, kNoIdentity, kNoIdentity},
      {kFederatedUser, kFederatedUser, "", kByResource, kByResource, kByResource},
      {kAlice, kFederatedUser, kAlice, kNoIdentity, kNoIdentity, kNoIdentity},
      {"*", kAlice, "", kByResource, kByResource, kByResource},
      {"*", kSession, "", kByResource, kByResource, kByResource},
      {kAccount, kAlice, "", kNoIdentity, kNoIdentity, kNoIdentity},
      {kRoot, kSession, "", kNoIdentity, kNoIdentity, kNoIdentity},
      {kAccount, kRoot, "", kByResource, kByResource, kByResource},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.entry + " for " + row.caller);
    const auto ask = [&row] {
      return Question().caller(row.caller).issuer(row.issuer).on_resource({allow_to(row.entry)});
    };
    EXPECT_EQ(answer(ask()), row.plain);
    EXPECT_EQ(answer(ask().boundary({allow("ec2:*")})), row.boundary_silent);
    EXPECT_EQ(answer(ask().session({allow("ec2:*")})), row.session_silent);
    EXPECT_EQ(answer(ask().boundary({allow(), deny("s3:*")})),
              "explicitDeny ExplicitDeny boundary 0/1");
  }
}

// E-62: class ROLE and VIA_ENTITY pass when boundary and session allow, without an identity policy.
TEST(AccountsTest, CappedGrantsPassWithinTheirCaps) {
  const auto session = [] { return Question().caller(kSession).on_resource({allow_to(kRole)}); };
  const Statements yes = {allow("s3:*")};
  const Statements no = {allow("ec2:*")};
  EXPECT_EQ(answer(session().boundary(yes)), kByResource);
  EXPECT_EQ(answer(session().boundary(yes).session(yes)), kByResource);
  EXPECT_EQ(answer(session().boundary(yes).session(no)), kNoIdentity);
  EXPECT_EQ(answer(session().boundary(no).session(yes)), kNoIdentity);
  const auto al = [] {
    return Question().caller(kFederatedUser).issuer(kAlice).on_resource({allow_to(kAlice)});
  };
  EXPECT_EQ(answer(al().session(yes)), kByResource);
  EXPECT_EQ(answer(al().session(yes).boundary(no)), kNoIdentity);
  EXPECT_EQ(answer(al().identity(yes)), kNoSessionPolicy);
  // With an identity policy that allows, the reason is the cap that does not.
  EXPECT_EQ(answer(session().identity(yes).boundary(no)), kNoBoundary);
  EXPECT_EQ(answer(session().identity(yes).session(no)), kNoSession);
}

// E-61: what kind of resource must allow by its own policy: by default, or as the request says.
TEST(AccountsTest, SomeResourcesMustAllow) {
  const struct {
    const char* action;
    std::string resource;
    bool required;
  } rows[] = {
      {"kms:Decrypt", kKey, true},
      {"KMS:decrypt", kKey, true},
      {"kms:ListKeys", "*", false},
      {"kms:CreateAlias", "arn:aws:kms:eu-west-1:111122223333:alias/a", false},
      {"s3:GetObject", kKey, false},
      {"sts:AssumeRole", kRole, true},
      {"sts:AssumeRoleWithSAML", kRole, true},
      {"STS:ASSUMEROLE", kRole, true},
      {"sts:TagSession", kRole, true},
      {"sts:SetSourceIdentity", kRole, true},
      {"sts:GetCallerIdentity", kRole, false},
      {"sts:AssumeRole", "*", false},
      {"sts:AssumeRole", kAlice, false},
      {"iam:GetRole", kRole, false},
      {"s3:GetObject", kObject, false},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(std::string(row.action) + " " + row.resource);
    const auto ask = [&row] {
      return Question().identity({allow()}).action(row.action).resource(row.resource);
    };
    EXPECT_EQ(answer(ask()), row.required ? kNoTrustOrKey : kByIdentity);
    EXPECT_EQ(answer(ask().resource_policy_required(true)), kNoTrustOrKey);
    EXPECT_EQ(answer(ask().resource_policy_required(false)), kByIdentity);
  }
}

// E-64: direct, capped, or delegated together with the identity path.
TEST(AccountsTest, RequiredPolicies) {
  const auto decrypt = [](const std::string& entry) {
    return Question()
        .caller(kSession)
        .action("kms:Decrypt")
        .resource(kKey)
        .on_resource({allow_to(entry)});
  };
  const Statements yes = {allow("kms:*")};
  const Statements no = {allow("ec2:*")};
  EXPECT_EQ(answer(decrypt(kSession).boundary(no).session(no)), kByTrustOrKey);
  EXPECT_EQ(answer(decrypt(kRole)), kByTrustOrKey);
  EXPECT_EQ(answer(decrypt(kRole).boundary(no)), kNoBoundary);
  EXPECT_EQ(answer(decrypt(kRole).session(no)), kNoSession);
  EXPECT_EQ(answer(decrypt(kRole).identity(yes).boundary(no)), kNoBoundary);
  EXPECT_EQ(answer(decrypt(kAccount)), kNoIdentityDelegated);
  EXPECT_EQ(answer(decrypt(kAccount).identity(yes)), kByDelegation);
  EXPECT_EQ(answer(decrypt(kAccount).identity(yes).boundary(no)), kNoBoundary);
  EXPECT_EQ(answer(decrypt(kAccount).identity(yes).session(no)), kNoSession);
  EXPECT_EQ(answer(decrypt(kAlice).identity(yes)), kNoTrustOrKey);
}

// E-65: on ordinary resources either side suffices; the resource's policy is named when both do.
TEST(AccountsTest, EitherSideSuffices) {
  EXPECT_EQ(answer(Question().identity({allow()})), kByIdentity);
  EXPECT_EQ(answer(Question().on_resource({allow_to(kAlice)})), kByResource);
  EXPECT_EQ(answer(Question().identity({allow()}).on_resource({allow_to(kAlice)})), kByResource);
  EXPECT_EQ(answer(Question().identity({allow()}).on_resource({allow_to(kBob)})), kByIdentity);
  EXPECT_EQ(answer(Question().identity({allow()}).on_resource({allow_to(kAccount)})), kByIdentity);
  EXPECT_THAT(Question().on_resource({allow_to(kBob)}).ask(), IsImplicitDeny(ByRule("E-66")));
}

// E-70, E-71, E-73, P-50: across accounts both sides must allow, whatever the policy names.
TEST(AccountsTest, BothAccountsMustAllow) {
  for (const std::string& entry : {kSession, kRole, kAccount, std::string("*")}) {
    SCOPED_TRACE(entry);
    const auto ask = [&entry] {
      return Question().caller(kSession).owner(kOtherAccount).on_resource({allow_to(entry)});
    };
    EXPECT_EQ(answer(ask()), kNoIdentityAcross);
    EXPECT_EQ(answer(ask().identity({allow()})), kAcross);
    EXPECT_EQ(answer(ask().identity({allow()}).boundary({allow("ec2:*")})), kNoBoundary);
    EXPECT_EQ(answer(ask().identity({allow()}).session({allow("ec2:*")})), kNoSession);
    EXPECT_EQ(answer(ask().identity({deny()})), "explicitDeny ExplicitDeny identity 0/0");
    EXPECT_EQ(answer(ask().identity({allow()}).scp(0, {allow("ec2:*")})),
              "implicitDeny NoServiceControlAllow none");
    EXPECT_EQ(answer(ask().identity({allow()}).rcp(0, {deny_to("*", "s3:*")})),
              "explicitDeny ExplicitDeny rcp@0 0/0");
  }
  EXPECT_EQ(answer(Question().owner(kOtherAccount).identity({allow()})), kNoResourcePolicy);
  EXPECT_EQ(
      answer(Question().owner(kOtherAccount).identity({allow()}).on_resource({allow_to(kBob)})),
      kNoResource);
  EXPECT_EQ(answer(Question()
                       .owner(kOtherAccount)
                       .identity({allow()})
                       .on_resource({allow_to("*"), deny_to(kAccount)})),
            "explicitDeny ExplicitDeny resource 0/1");
  // A federated user without a session policy has no side A (E-44).
  EXPECT_EQ(answer(Question()
                       .caller(kFederatedUser)
                       .owner(kOtherAccount)
                       .identity({allow()})
                       .on_resource({allow_to(kFederatedUser)})),
            kNoSessionPolicy);
}

// E-72 is about who puts the layers together: service control of the caller's account, resource
// control of the owner's. Both bind a request across accounts; see BothAccountsMustAllow.

// E-74: roles and keys of another account.
TEST(AccountsTest, RolesAndKeysAcrossAccounts) {
  const auto assume = [](const std::string& entry) {
    return Question()
        .caller(kStranger)
        .action("sts:AssumeRole")
        .resource(kRole)
        .trust({allow_to(entry, "sts:AssumeRole", "")});
  };
  for (const std::string& entry : {kOtherAccount, kStranger, std::string("*")}) {
    EXPECT_EQ(answer(assume(entry)), kNoIdentityAcross);
    EXPECT_EQ(answer(assume(entry).identity({allow("sts:AssumeRole", kRole)})),
              "allowed AllowedAcrossAccounts trust 0/0");
  }
  EXPECT_EQ(answer(assume(kAccount).identity({allow()})), kNoResource);
  EXPECT_EQ(answer(Question()
                       .caller(kStranger)
                       .action("kms:Decrypt")
                       .resource(kKey)
                       .identity({allow()})
                       .on_resource({allow_to(kOtherAccount)})),
            kAcross);
}

// E-75, P-32: nothing crosses partitions, whatever the policies say; the resource `*` has none.
TEST(AccountsTest, PartitionsAreApart) {
  const std::string mismatch = "implicitDeny PartitionMismatch none";
  const auto ask = [](const std::string& caller, const std::string& resource) {
    return answer(Question()
                      .caller(caller)
                      .identity({allow()})
                      .on_resource({allow_to("*")})
                      .resource(resource));
  };
  EXPECT_EQ(ask(kAlice, "arn:aws-cn:s3:::b/k"), mismatch);
  EXPECT_EQ(ask("arn:aws-us-gov:iam::111122223333:user/A", kObject), mismatch);
  EXPECT_EQ(ask("arn:aws-cn:iam::111122223333:user/A", "arn:aws-cn:s3:::b/k"), kByResource);
  EXPECT_EQ(ask("arn:aws-cn:iam::111122223333:user/A", "*"), kByResource);
  EXPECT_EQ(ask(kRoot, "arn:aws-cn:s3:::b/k"), mismatch);
  // By identity-based policies alone as well.
  EXPECT_EQ(answer(Question().identity({allow()}).resource("arn:aws-cn:s3:::b/k")), mismatch);
  EXPECT_EQ(answer(Question()
                       .service("sns.amazonaws.com")
                       .on_resource({allow_to("*")})
                       .resource("arn:aws-cn:s3:::b/k")),
            kForService);
}

// E-80: the owner: the ARN's account, else what the request says, else the caller's.
TEST(AccountsTest, OwnerOfAResource) {
  const std::string mine = "arn:aws:sqs:eu-west-1:111122223333:q";
  const std::string theirs = "arn:aws:sqs:eu-west-1:444455556666:q";
  const auto ask = [](const std::string& resource, const std::string& owner) {
    return answer(Question().identity({allow()}).resource(resource).owner(owner));
  };
  EXPECT_EQ(ask(mine, ""), kByIdentity);
  EXPECT_EQ(ask(theirs, ""), kNoResourcePolicy);
  EXPECT_EQ(ask(kObject, ""), kByIdentity);
  EXPECT_EQ(ask(kObject, kOtherAccount), kNoResourcePolicy);
  EXPECT_EQ(ask("*", ""), kByIdentity);
  EXPECT_EQ(ask("*", kOtherAccount), kNoResourcePolicy);
  // The ARN wins.
  EXPECT_EQ(ask(mine, kOtherAccount), kByIdentity);
  EXPECT_EQ(ask(theirs, kAccount), kNoResourcePolicy);
  // An account field that is no account names nobody.
  EXPECT_EQ(ask("arn:aws:iam::aws:policy/P", ""), kByIdentity);
  EXPECT_EQ(ask("arn:aws:iam::aws:policy/P", kOtherAccount), kNoResourcePolicy);
  EXPECT_EQ(ask(mine, "12"), "error E-80");
}

// E-81, E-83, E-84: assuming a role within the account.
TEST(AccountsTest, RoleTrust) {
  const auto assume = [](const std::string& caller, const std::string& entry) {
    return Question()
        .caller(caller)
        .action("sts:AssumeRole")
        .resource("arn:aws:iam::111122223333:role/Target")
        .trust({allow_to(entry, "sts:AssumeRole", "",
                         R"({"StringEquals": {"sts:RoleSessionName": "n"}})")})
        .with("sts:RoleSessionName", "n");
  };
  const std::string granted = "allowed AllowedByTrustOrKey trust 0/0";
  const Statements no = {allow("ec2:*")};
  EXPECT_EQ(answer(assume(kAlice, kAlice)), granted);
  EXPECT_EQ(answer(assume(kAlice, "*")), granted);
  EXPECT_EQ(answer(assume(kSession, kSession).boundary(no)), granted);
  EXPECT_EQ(answer(assume(kSession, kRole)), granted);
  EXPECT_EQ(answer(assume(kSession, kRole).boundary(no)), kNoBoundary);
  EXPECT_EQ(answer(assume(kSession, kRole).session(no)), kNoSession);
  EXPECT_EQ(answer(assume(kAlice, kAccount)), kNoIdentityDelegated);
  EXPECT_EQ(answer(assume(kAlice, kAccount).identity({allow("sts:AssumeRole")})),
            "allowed AllowedByDelegation trust 0/0");
  EXPECT_EQ(answer(assume(kAlice, kBob).identity({allow()})), kNoTrustOrKey);
  // E-83: a condition key that differs.
  EXPECT_EQ(answer(assume(kAlice, kAlice).with("sts:rolesessionname", "m")), kNoTrustOrKey);
  // E-84: tags are a request of their own.
  EXPECT_EQ(answer(assume(kAlice, kAlice).action("sts:TagSession")), kNoTrustOrKey);
}

// E-85, E-92: a session's permissions are those of its role; a service acting for a user is the
// user.
TEST(AccountsTest, SessionsAreJudgedByTheirOwnPolicies) {
  EXPECT_EQ(answer(Question().caller(kSession)), kNoIdentity);
  EXPECT_EQ(answer(Question()
                       .identity({allow("*", "*", R"({"Bool": {"aws:ViaAWSService": "true"}})")})
                       .with("aws:ViaAWSService", "true")),
            kByIdentity);
}

// E-82: web identity callers are decided by the trust policy and resource control alone.
TEST(AccountsTest, FederatedCallers) {
  const auto ask = [] {
    return Question()
        .federated("accounts.google.com")
        .action("sts:AssumeRoleWithWebIdentity")
        .resource(kRole);
  };
  const Statements trust = {allow_to(R"({"Federated": "accounts.google.com"})", "*", "")};
  EXPECT_EQ(answer(ask().trust(trust)), "allowed AllowedForFederated trust 0/0");
  EXPECT_EQ(answer(ask()), kNoneForFederated);
  EXPECT_EQ(answer(ask().identity({allow()})), kNoneForFederated);
  EXPECT_EQ(answer(ask().trust(trust).scp(0, {deny()})), "allowed AllowedForFederated trust 0/0");
  EXPECT_EQ(answer(ask().trust(trust).rcp(0, {deny_to("*", "sts:*")})),
            "explicitDeny ExplicitDeny rcp@0 0/0");
}

// E-90, E-91: services and anonymous callers need the resource's policy and nothing else.
TEST(AccountsTest, CallersWithoutAnAccount) {
  const auto service = [] { return Question().service("sns.amazonaws.com"); };
  const auto nobody = [] { return Question().caller("*"); };
  const Statements to_service = {allow_to(R"({"Service": "sns.amazonaws.com"})")};
  EXPECT_EQ(answer(service().on_resource(to_service)), kForService);
  EXPECT_EQ(answer(service().on_resource({allow_to("*")})), kForService);
  EXPECT_EQ(answer(service().identity({allow()})), kNoneForService);
  EXPECT_EQ(answer(service().on_resource(to_service).rcp(0, {deny_to("*", "s3:*")})),
            "explicitDeny ExplicitDeny rcp@0 0/0");
  EXPECT_EQ(answer(nobody().on_resource({allow_to("*")})), kForAnonymous);
  EXPECT_EQ(answer(nobody().on_resource({allow_to(R"({"AWS": "*"})")})), kForAnonymous);
  EXPECT_EQ(answer(nobody().on_resource({allow_to(kAccount)})), kNoneForAnonymous);
  EXPECT_EQ(answer(nobody().identity({allow()})), kNoneForAnonymous);
  // E-91: negated conditions hold on the keys that an anonymous caller does not have.
  EXPECT_EQ(answer(nobody().on_resource(
                {allow_to("*"),
                 deny_to("*", "*", "*", R"({"StringNotEquals": {"aws:PrincipalOrgID": "o-1"}})")})),
            "explicitDeny ExplicitDeny resource 0/1");
  // A KMS key makes no difference to them.
  EXPECT_EQ(answer(service().on_resource(to_service).action("kms:Decrypt").resource(kKey)),
            kForService);
}

// E-95, E-96, E-98: the reasons have an order, and asking twice gives the same.
TEST(AccountsTest, ReasonsHaveAnOrder) {
  Question all_silent;
  all_silent.caller(kSession).owner(kOtherAccount);
  all_silent.scp(0, {allow("ec2:*")}).endpoint({allow_to("*", "ec2:*")});
  all_silent.identity({allow("ec2:*")}).boundary({allow("ec2:*")}).session({allow("ec2:*")});
  EXPECT_EQ(answer(all_silent), "implicitDeny NoServiceControlAllow none");
  EXPECT_EQ(answer(all_silent), answer(all_silent));
  EXPECT_EQ(all_silent.ask().to_string(), all_silent.ask().to_string());
  Question further;
  further.caller(kSession).owner(kOtherAccount).endpoint({allow_to("*", "ec2:*")});
  EXPECT_EQ(answer(further), "implicitDeny NoEndpointAllow none");
}

}  // namespace
}  // namespace writ::test
