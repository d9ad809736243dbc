// The principal test: section P of the rules.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "support/policies.h"

namespace writ::test {
namespace {

const std::string kCanonicalId(64, 'a');
const std::string kPathRole = "arn:aws:iam::111122223333:role/svc/App";
const std::string kService = R"({"Service": "sns.amazonaws.com"})";
const std::string kProvider = R"({"Federated": "accounts.google.com"})";
const std::string kDeniedByEntry = "explicitDeny ExplicitDeny resource 0/1";

struct NamedCaller {
  std::string name;
  Question question;
};

/// Every kind of caller, in the order of the columns of the tables below.
[[nodiscard]] std::vector<NamedCaller> callers() {
  return {
      {"anonymous", Question().caller("*")},
      {"root", Question().caller(kRoot)},
      {"Alice", Question().caller(kAlice).with("aws:userid", "AIDAALICE")},
      {"Bob", Question().caller(kBob)},
      {"session", Question().caller(kSession).with("aws:userid", "AROAAPP:s1")},
      {"session of svc/App", Question().caller(kSession).role_arn(kPathRole)},
      {"role", Question().caller(kRole)},
      {"federated user", Question().caller(kFederatedUser)},
      {"federated user of Alice", Question().caller(kFederatedUser).issuer(kAlice)},
      {"service", Question().service("sns.amazonaws.com")},
      {"web identity", Question().federated("accounts.google.com")},
      {"canonical id", Question().canonical_user(kCanonicalId)},
      {"Alice elsewhere", Question().caller("arn:aws:iam::444455556666:user/Alice")},
      {"Alice of aws-cn", Question().caller("arn:aws-cn:iam::111122223333:user/Alice")},
  };
}

// P-20 to P-32: every kind of entry against every kind of caller. A Deny applies exactly when an
// entry matches; the Allow beside it is for everybody.
TEST(PrincipalTest, EntriesMatchTheirCallers) {
  // Columns: anonymous, root, Alice, Bob, session, session of svc/App, role, federated user, that
  // of Alice, service, web identity, canonical id, Alice of the other account, Alice of aws-cn.
  const struct {
    const char* rule;
    std::string entry;
    std::string expected;
  } rows[] = {
      {"P-27", "*", "11111111111111"},
      {"P-28", R"({"AWS": "*"})", "11111111111111"},
      {"P-11 P-20", kAccount, "01111111100001"},
      {"P-11 P-20 P-32", kRoot, "01111111100000"},
      {"P-21", kAlice, "00100000100000"},
      {"P-3", "arn:aws:iam::111122223333:user/alice", "00000000000000"},
      {"P-21", "arn:aws:iam::111122223333:user/path/Alice", "00000000000000"},
      {"P-22 P-2", kRole, "00001010000000"},
      {"P-22 P-2", kPathRole, "00001100000000"},
      {"P-3 P-22", "arn:aws:iam::111122223333:role/app", "00000000000000"},
      {"P-23", kSession, "00001100000000"},
      {"P-23", "arn:aws:sts::111122223333:assumed-role/App/s2", "00000000000000"},
      {"P-24", kFederatedUser, "00000001100000"},
      {"P-25", kService, "00000000010000"},
      {"P-25", R"({"Service": "SNS.amazonaws.com"})", "00000000000000"},
      {"P-25", R"({"Service": "sns.eu-west-1.amazonaws.com"})", "00000000000000"},
      {"P-26", kProvider, "00000000001000"},
      {"P-26", R"({"Federated": "www.amazon.com"})", "00000000000000"},
      {"P-30", R"({"CanonicalUser": ")" + kCanonicalId + "\"}", "00000000000100"},
      {"P-30", R"({"CanonicalUser": ")" + std::string(64, 'A') + "\"}", "00000000000100"},
      {"P-30", R"({"CanonicalUser": ")" + std::string(64, 'b') + "\"}", "00000000000000"},
      {"P-31", "AIDAALICE", "00100000000000"},
      {"P-31", "AROAAPP", "00001000000000"},
      {"P-31", "AIDABOB", "00000000000000"},
      {"P-20", kOtherAccount, "00000000000010"},
      {"P-10", "arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity E1",
       "00000000000000"},
      {"G-48", "[]", "00000000000000"},
      {"G-48", "{}", "00000000000000"},
      {"P-12 G-47", "[\"" + kBob + "\", \"" + kOtherAccount + "\"]", "00010000000010"},
      {"P-12 G-47", R"({"AWS": ")" + kBob + R"(", "Service": ["sns.amazonaws.com"]})",
       "00010000010000"},
  };
  const std::vector<NamedCaller> all = callers();
  for (const auto& row : rows) {
    ASSERT_EQ(row.expected.size(), all.size());
    for (std::size_t i = 0; i < all.size(); ++i) {
      SCOPED_TRACE(std::string(row.rule) + " " + row.entry + " for " + all[i].name);
      Question question = all[i].question;
      question.identity({allow()}).session({allow()}).on_resource(
          {allow_to("*"), deny_to(row.entry)});
      const Explanation explanation = question.ask();
      const bool matched = explanation.decision().outcome == Outcome::ExplicitDeny;
      EXPECT_EQ(matched, row.expected[i] == '1');
      if (matched) {
        EXPECT_THAT(explanation, ByStatement("resource 0/1"));
        EXPECT_THAT(explanation, ByReason(Reason::ExplicitDeny));
      } else {
        EXPECT_THAT(explanation.decision().outcome,
                    i == 13 ? Outcome::ImplicitDeny : Outcome::Allowed);
      }
    }
  }
}

// P-27, P-28: in an Allow, `*` is everybody; `{"AWS": "*"}` is not services and web identities.
TEST(PrincipalTest, AwsStarAllowsNoServices) {
  const std::string star = "*";
  const std::string aws_star = R"({"AWS": "*"})";
  const auto ask = [](Question question, const std::string& entry) {
    return answer(question.on_resource({allow_to(entry)}));
  };
  EXPECT_EQ(ask(Question().caller("*"), star), kForAnonymous);
  EXPECT_EQ(ask(Question().caller("*"), aws_star), kForAnonymous);
  EXPECT_EQ(ask(Question().service("sns.amazonaws.com"), star), kForService);
  EXPECT_EQ(ask(Question().service("sns.amazonaws.com"), aws_star), kNoneForService);
  EXPECT_EQ(ask(Question().federated("accounts.google.com"), star), kForFederated);
  EXPECT_EQ(ask(Question().federated("accounts.google.com"), aws_star), kNoneForFederated);
  EXPECT_EQ(ask(Question(), star), "allowed AllowedByResource resource 0/0");
  EXPECT_EQ(ask(Question(), aws_star), "allowed AllowedByResource resource 0/0");
}

// P-29, E-82, G-53: a trust policy must name the provider; a Deny for everybody includes it.
TEST(PrincipalTest, TrustPoliciesNameFederatedCallers) {
  const auto ask = [](const Statements& trust, const std::string& action) {
    return answer(
        Question().federated("accounts.google.com").trust(trust).action(action).resource(kRole));
  };
  const std::string action = "sts:AssumeRoleWithWebIdentity";
  EXPECT_EQ(ask({allow_to("*", "*", "")}, action), kNoneForFederated);
  EXPECT_EQ(ask({allow_to(R"({"AWS": "*"})", "*", "")}, action), kNoneForFederated);
  EXPECT_EQ(ask({allow_to(kProvider, "*", "")}, action), "allowed AllowedForFederated trust 0/0");
  EXPECT_EQ(ask({allow_to(kProvider, "*", ""), deny_to("*", "*", "")}, action),
            "explicitDeny ExplicitDeny trust 0/1");
  EXPECT_EQ(ask({allow_to(kProvider, "*", ""), deny_to(R"({"AWS": "*"})", "*", "")}, action),
            "explicitDeny ExplicitDeny trust 0/1");
  // E-82: provider entries are not for AssumeRole itself, whatever its letter case.
  EXPECT_EQ(ask({allow_to(kProvider, "*", "")}, "sts:AssumeRole"), kNoneForFederated);
  EXPECT_EQ(ask({allow_to(kProvider, "*", "")}, "STS:assumerole"), kNoneForFederated);
  // For everybody else `*` in a trust policy is `*`.
  EXPECT_EQ(answer(Question()
                       .trust({allow_to("*", "sts:AssumeRole", "")})
                       .action("sts:AssumeRole")
                       .resource(kRole)),
            "allowed AllowedByTrustOrKey trust 0/0");
}

// P-22: with the role's ARN known the path counts, without it the name alone does.
TEST(PrincipalTest, RolePathsCountWhenKnown) {
  const auto ask = [](const std::string& entry, const std::string& known) {
    return answer(Question().caller(kSession).role_arn(known).on_resource({allow_to(entry)}));
  };
  const std::string granted = "allowed AllowedByResource resource 0/0";
  EXPECT_EQ(ask(kRole, ""), granted);
  EXPECT_EQ(ask(kPathRole, ""), granted);
  EXPECT_EQ(ask("arn:aws:iam::111122223333:role/App/svc", ""), kNoIdentity);
  EXPECT_EQ(ask(kRole, kPathRole), kNoIdentity);
  EXPECT_EQ(ask(kPathRole, kPathRole), granted);
  // P-22, P-32: the partition counts.
  EXPECT_EQ(ask("arn:aws-cn:iam::111122223333:role/App", ""), kNoIdentity);
}

// P-2: a role's ARN as the caller is an unnamed session of it.
TEST(PrincipalTest, RoleIsAnUnnamedSession) {
  const auto ask = [](const std::string& caller, const Statements& list) {
    return answer(Question().caller(caller).identity({allow()}).on_resource(list));
  };
  EXPECT_EQ(ask(kPathRole, {allow_to(kPathRole)}), "allowed AllowedByResource resource 0/0");
  EXPECT_EQ(ask(kPathRole, {allow_to(kRole)}), kByIdentity);
  EXPECT_EQ(ask(kRole, {allow_to(kSession)}), kByIdentity);
  const std::string chain =
      R"(!{"AWS": [")" + kAccount + "\", \"" + kRole + "\", \"" + kSession + "\"]}";
  EXPECT_EQ(ask(kRole, {deny_to(chain)}), "explicitDeny ExplicitDeny resource 0/0");
  EXPECT_EQ(ask(kSession, {deny_to(chain)}), kByIdentity);
}

// P-30: the canonical id of the caller's account is delegation to that account, and a caller known
// by it alone is judged across accounts.
TEST(PrincipalTest, CanonicalIdsStandForAccounts) {
  const Statements list = {allow_to(R"({"CanonicalUser": ")" + kCanonicalId + "\"}")};
  EXPECT_EQ(answer(Question().canonical_id(kCanonicalId).on_resource(list)), kNoIdentity);
  EXPECT_EQ(answer(Question()
                       .canonical_id(kCanonicalId)
                       .identity({allow()})
                       .on_resource(list)
                       .resource_policy_required(true)),
            "allowed AllowedByDelegation resource 0/0");
  EXPECT_EQ(answer(Question().identity({allow()}).on_resource(list).resource_policy_required(true)),
            kNoTrustOrKey);
  EXPECT_EQ(answer(Question().canonical_user(kCanonicalId).on_resource(list)), kNoIdentityAcross);
  EXPECT_EQ(answer(Question().canonical_user(kCanonicalId).identity({allow()}).on_resource(list)),
            "allowed AllowedAcrossAccounts resource 0/0");
}

// P-31: unique ids match only what the request carries.
TEST(PrincipalTest, UniqueIdsNeedTheRequestsUserId) {
  const std::string granted = "allowed AllowedByResource resource 0/0";
  const Statements user = {allow_to("AIDAALICE")};
  const Statements role = {allow_to("AROAAPP")};
  EXPECT_EQ(answer(Question().on_resource(user)), kNoIdentity);
  EXPECT_EQ(answer(Question().on_resource(user).with("aws:userid", "AIDAALICE")), granted);
  EXPECT_EQ(answer(Question().on_resource(user).with("aws:userid", "AIDAALICE:x")), granted);
  EXPECT_EQ(answer(Question().on_resource(user).with("aws:userid", "aidaalice")), kNoIdentity);
  EXPECT_EQ(answer(Question().caller(kSession).on_resource(role).with("aws:userid", "AROAAPP:s1")),
            granted);
  // Class ROLE: a boundary limits it.
  EXPECT_EQ(answer(Question()
                       .caller(kSession)
                       .on_resource(role)
                       .with("aws:userid", "AROAAPP:s1")
                       .boundary({allow("ec2:*")})),
            kNoIdentity);
  // A user's id is nothing to a role's session, nor the other way round.
  EXPECT_EQ(answer(Question().caller(kSession).on_resource(user).with("aws:userid", "AIDAALICE")),
            kNoIdentity);
  EXPECT_EQ(answer(Question().on_resource(role).with("aws:userid", "AROAAPP")), kNoIdentity);
  // C-12: a key that collides says nothing.
  EXPECT_EQ(answer(Question()
                       .on_resource(user)
                       .with("aws:userid", "AIDAALICE")
                       .with("aws:UserId", "AIDAALICE")),
            kNoIdentity);
}

// P-12: of several entries the strongest class counts, whatever their order.
TEST(PrincipalTest, StrongestClassWins) {
  for (const std::string& list : {"[\"" + kAccount + "\", \"" + kAlice + "\"]",
                                  "[\"" + kAlice + "\", \"" + kAccount + "\"]"}) {
    EXPECT_EQ(answer(Question().on_resource({allow_to(list)}).boundary({allow("ec2:*")})),
              "allowed AllowedByResource resource 0/0");
  }
  // The statement that names the caller carries the decision, not the one before it.
  EXPECT_EQ(answer(Question().on_resource({allow_to(kAccount), allow_to(kAlice)})),
            "allowed AllowedByResource resource 0/1");
}

// P-51: `*` is not limited by a boundary or a session policy, unless one prefers it to be.
TEST(PrincipalTest, EveryoneBypassesBoundaryByChoice) {
  EvaluateOptions strict;
  strict.wildcard_principal_bypasses_boundary = false;
  const std::string granted = "allowed AllowedByResource resource 0/0";
  for (const std::string& star : {std::string("*"), std::string(R"({"AWS": "*"})")}) {
    const auto with_boundary = [&] {
      return Question().on_resource({allow_to(star)}).boundary({allow("ec2:*")});
    };
    EXPECT_EQ(answer(with_boundary()), granted);
    EXPECT_EQ(answer(with_boundary().options(strict)), kNoIdentity);
    const auto with_session = [&] {
      return Question().caller(kSession).on_resource({allow_to(star)}).session({allow("ec2:*")});
    };
    EXPECT_EQ(answer(with_session()), granted);
    EXPECT_EQ(answer(with_session().options(strict)), kNoIdentity);
    // The strict reading makes it class ROLE, which a silent identity policy does not limit.
    EXPECT_EQ(answer(Question().on_resource({allow_to(star)}).options(strict)), granted);
    EXPECT_EQ(answer(Question().on_resource({allow_to(star)}).boundary({allow()}).options(strict)),
              granted);
  }
}

// P-60, P-61, P-62: only whoever has every link of the chain listed escapes.
TEST(PrincipalTest, NotPrincipalExemptsWholeChains) {
  const std::string account = "\"" + kAccount + "\"";
  const std::string root = "\"" + kRoot + "\"";
  const std::string alice = "\"" + kAlice + "\"";
  const std::string role = "\"" + kRole + "\"";
  const std::string session = "\"" + kSession + "\"";
  const std::string federated = "\"" + kFederatedUser + "\"";
  const auto aws = [](const std::string& list) { return R"(!{"AWS": [)" + list + "]}"; };
  // Columns as in EntriesMatchTheirCallers; 1: denied, 0: exempt.
  const struct {
    std::string entries;
    std::string expected;
  } rows[] = {
      {aws(account), "10111111111111"},
      {aws(root), "10111111111111"},
      {aws(alice), "11111111111111"},
      {aws(account + "," + alice), "10011111111111"},
      {aws(root + "," + alice), "10011111111111"},
      {aws(account + "," + role), "10111111111111"},
      {aws(account + "," + session), "10111111111111"},
      {aws(role + "," + session), "11111111111111"},
      {aws(account + "," + role + "," + session), "10110111111111"},
      {aws(account + ",\"" + kPathRole + "\"," + session), "10110011111111"},
      {aws(account + "," + federated), "10111110011111"},
      {aws(federated), "11111111111111"},
      {aws(account + ",\"AIDAALICE\""), "10011111111111"},
      {aws(account + ",\"AROAAPP\"," + session), "10110111111111"},
      {R"(!{"Service": "sns.amazonaws.com"})", "11111111101111"},
      {R"(!{"CanonicalUser": ")" + kCanonicalId + "\"}", "11111111111011"},
      {R"(!{"Federated": "accounts.google.com"})", "11111111111111"},
      {aws("\"" + kOtherAccount + "\",\"arn:aws:iam::444455556666:user/Alice\""), "11111111111101"},
      {aws(account + ",\"arn:aws-cn:iam::111122223333:user/Alice\""), "10111111111110"},
  };
  const std::vector<NamedCaller> all = callers();
  for (const auto& row : rows) {
    ASSERT_EQ(row.expected.size(), all.size());
    for (std::size_t i = 0; i < all.size(); ++i) {
      SCOPED_TRACE(row.entries + " for " + all[i].name);
      Question question = all[i].question;
      question.identity({allow()}).session({allow()}).on_resource(
          {allow_to("*"), deny_to(row.entries)});
      const Explanation explanation = question.ask();
      EXPECT_EQ(explanation.decision().outcome == Outcome::ExplicitDeny, row.expected[i] == '1');
      EXPECT_EQ(
          explanation.decision().statement == (StatementId{0, 1, 0, PolicyType::ResourceBased}),
          row.expected[i] == '1');
    }
  }
}

// P-61: the chain of a role session counts the issuer of a federated user for nothing.
TEST(PrincipalTest, NotPrincipalIgnoresIssuers) {
  EXPECT_EQ(answer(Question()
                       .caller(kFederatedUser)
                       .issuer(kAlice)
                       .identity({allow()})
                       .session({allow()})
                       .on_resource({allow_to("*"),
                                     deny_to("![\"" + kAccount + "\", \"" + kAlice + "\"]")})),
            kDeniedByEntry);
}

// P-63: a boundary, even an empty one, voids exemptions of users and role sessions; the other three
// elements still count.
TEST(PrincipalTest, BoundaryVoidsExemptions) {
  const std::string denied = "explicitDeny ExplicitDeny resource 0/0";
  const std::string chain = "![\"" + kAccount + "\", \"" + kAlice + "\", \"" + kRole + "\", \"" +
                            kSession + "\", \"" + kFederatedUser + "\"]";
  for (const std::string& caller : {kAlice, kSession}) {
    const auto ask = [&](const std::string& action) {
      return Question().caller(caller).identity({allow()}).on_resource({deny_to(chain, action)});
    };
    EXPECT_EQ(answer(ask("s3:*")), kByIdentity);
    EXPECT_EQ(answer(ask("s3:*").boundary({allow()})), denied);
    EXPECT_EQ(answer(ask("s3:*").empty(PolicyType::PermissionsBoundary)), denied);
    EXPECT_EQ(answer(ask("ec2:*").boundary({allow()})), kByIdentity);
  }
  // Root and federated users are neither users nor role sessions.
  EXPECT_EQ(answer(Question()
                       .caller(kFederatedUser)
                       .identity({allow()})
                       .session({allow()})
                       .boundary({allow()})
                       .on_resource({deny_to(chain)})),
            kByIdentity);
  EXPECT_EQ(answer(Question().caller(kRoot).boundary({allow()}).on_resource({deny_to(chain)})),
            kAsRoot);
}

// P-60 in a VPC endpoint policy.
TEST(PrincipalTest, EndpointPoliciesHavePrincipals) {
  const std::string chain = "![\"" + kAccount + "\", \"" + kAlice + "\"]";
  const auto ask = [](const std::string& caller, const Statements& list) {
    return answer(Question().caller(caller).identity({allow()}).endpoint(list));
  };
  EXPECT_EQ(ask(kAlice, {allow_to("*"), deny_to(chain)}), kByIdentity);
  EXPECT_EQ(ask(kBob, {allow_to("*"), deny_to(chain)}), "explicitDeny ExplicitDeny endpoint 0/1");
  EXPECT_EQ(ask(kAlice, {allow_to(kBob)}), "implicitDeny NoEndpointAllow none");
  EXPECT_EQ(ask(kAlice, {allow_to(kAccount)}), kByIdentity);
}

// P-64, P-10, G-54: what cannot be a principal never gets as far as a decision.
TEST(PrincipalTest, ImpossibleEntriesAreRefused) {
  EXPECT_EQ(answer(Question().on_resource({deny_to("!*")})), "error P-64");
  EXPECT_EQ(answer(Question().on_resource({deny_to(R"(!{"AWS": "*"})")})), "error P-64");
  EXPECT_EQ(answer(Question().on_resource({allow_to("!" + kAccount)})), "error G-54");
  EXPECT_EQ(answer(Question().on_resource({allow_to("arn:aws:iam::111122223333:group/G")})),
            "error G-49");
  EXPECT_EQ(answer(Question().on_resource({allow_to("arn:aws:s3:::b")})), "error P-10");
}

// P-4, E-40: policies of groups are policies of the user; any of them may allow.
TEST(PrincipalTest, GroupPoliciesJoinTheUsers) {
  EXPECT_EQ(answer(Question().identity({allow("ec2:*")}).identity({allow("s3:*")})),
            "allowed AllowedByIdentity identity 1/0");
}

}  // namespace
}  // namespace writ::test
