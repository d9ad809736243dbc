// Action and NotAction: M-10 to M-15 of the rules.
#include <gtest/gtest.h>

#include <string>

#include "support/policies.h"

namespace writ::test {
namespace {

const std::string kDeniedBySecond = "explicitDeny ExplicitDeny identity 0/1";

// M-10, M-11, G-22 to G-24: a pattern means the same in Action and, turned around, in NotAction,
// for Allow and for Deny (M-2, M-12).
TEST(ActionTest, PatternsIgnoreCaseAndCoverWholeNames) {
  const struct {
    const char* rule;
    std::string pattern;
    std::string action;
    bool matches;
  } rows[] = {
      {"M-10", "iam:ListAccessKeys", "iam:ListAccessKeys", true},
      {"M-10", "iam:ListAccessKeys", "IAM:listaccesskeys", true},
      {"M-10", "IAM:LISTACCESSKEYS", "iam:ListAccessKeys", true},
      {"M-10", "iam:ListAccessKey", "iam:ListAccessKeys", false},
      {"M-10", "iam:ListAccessKeysX", "iam:ListAccessKeys", false},
      {"M-10", "iam:*AccessKey*", "iam:ListAccessKeys", true},
      {"M-10", "iam:*accesskey*", "iam:AccessKey", true},
      {"M-10", "iam:*AccessKey*", "iam:AccesKey", false},
      {"M-10", "s3:Get?bject", "s3:GetObject", true},
      {"M-10", "s3:Get?bject", "s3:Getbject", false},
      {"M-10", "s3:Get?bject", "s3:GetXXbject", false},
      {"M-10", "s3:GetObject*", "s3:GetObject", true},
      {"M-10", "s3:GetObject*", "s3:GetObjectAcl", true},
      {"M-10", "s3:GetObject?", "s3:GetObject", false},
      {"M-10", "s3:*Object", "s3:GetObject", true},
      {"M-10", "s3:*Object", "s3:GetObjectAcl", false},
      {"M-10", "s3:*", "s3:GetObject", true},
      {"M-10", "s3:*", "s3x:GetObject", false},
      {"M-10", "s3:*", "s3-object-lambda:GetObject", false},
      {"M-10", "S3:*", "s3:GetObject", true},
      {"G-23", "s3:*?", "s3:G", true},
      {"G-23", "s3:G**t*", "s3:GetObject", true},
      {"G-23", "s3:??????????", "s3:GetObjects", true},
      {"G-23", "s3:???????????", "s3:GetObjects", false},
      {"G-23", "s3:*e*e*", "s3:GetObjects", true},
      {"G-23", "s3:*e*e*e*", "s3:GetObjects", false},
      {"G-23", "s3:a*a", "s3:a", false},
      {"G-23", "s3:a*a", "s3:aa", true},
      {"G-24", "s*:GetObject", "s3:GetObject", true},
      {"G-24", "s?:Get*", "s3:GetObject", true},
      {"G-24", "*:GetObject", "s3:GetObject", true},
      {"G-24", "*:*", "s3:GetObject", true},
      {"G-24", "*:*", "x-y:Do_It", true},
      {"G-24", "*3:*", "ec2:RunInstances", false},
      {"M-11", "*", "s3:GetObject", true},
      {"M-11", "*", "x:Y", true},
      {"M-15", "s3:ListBucket", "s3:ListObjectsV2", false},
      {"G-28", "nosuch:Thing", "s3:GetObject", false},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(std::string(row.rule) + " " + row.pattern + " for " + row.action);
    const auto ask = [&row](const Statements& list) {
      return answer(Question().identity(list).action(row.action));
    };
    const std::string negated = "!" + row.pattern;
    EXPECT_EQ(ask({allow(row.pattern)}), row.matches ? kByIdentity : kNoIdentity);
    EXPECT_EQ(ask({allow(negated)}), row.matches ? kNoIdentity : kByIdentity);
    EXPECT_EQ(ask({allow(), deny(row.pattern)}), row.matches ? kDeniedBySecond : kByIdentity);
    EXPECT_EQ(ask({allow(), deny(negated)}), row.matches ? kByIdentity : kDeniedBySecond);
  }
}

// M-12: any pattern of an Action is enough, each pattern of a NotAction must fail.
TEST(ActionTest, ListsAreOred) {
  const auto ask = [](const std::string& list, const std::string& action) {
    return answer(Question().identity({allow(list)}).action(action));
  };
  const std::string list = R"(["s3:Get*", "ec2:*", "iam:ListRoles"])";
  EXPECT_EQ(ask(list, "s3:GetObject"), kByIdentity);
  EXPECT_EQ(ask(list, "ec2:RunInstances"), kByIdentity);
  EXPECT_EQ(ask(list, "iam:ListRoles"), kByIdentity);
  EXPECT_EQ(ask(list, "iam:ListUsers"), kNoIdentity);
  EXPECT_EQ(ask("!" + list, "s3:GetObject"), kNoIdentity);
  EXPECT_EQ(ask("!" + list, "iam:ListRoles"), kNoIdentity);
  EXPECT_EQ(ask("!" + list, "iam:ListUsers"), kByIdentity);
}

// M-13: NotAction covers every other service, as far as the resource lets it.
TEST(ActionTest, NotActionCoversAllServices) {
  const auto ask = [](const std::string& resource_pattern, const std::string& resource) {
    return answer(Question()
                      .identity({allow("!iam:*", resource_pattern)})
                      .action("ec2:RunInstances")
                      .resource(resource));
  };
  const std::string instance = "arn:aws:ec2:eu-west-1:111122223333:instance/i-1";
  EXPECT_EQ(ask("*", instance), kByIdentity);
  EXPECT_EQ(ask("*", "*"), kByIdentity);
  EXPECT_EQ(ask("arn:aws:s3:::*", instance), kNoIdentity);
  EXPECT_EQ(ask("arn:aws:s3:::*", kObject), kByIdentity);
}

// G-26: no actions match nothing, for Deny too. G-26: a NotAction of nothing is refused.
TEST(ActionTest, EmptyListMatchesNothing) {
  EXPECT_EQ(answer(Question().identity({allow("[]")})), kNoIdentity);
  EXPECT_EQ(answer(Question().identity({allow(), deny("[]")})), kByIdentity);
  EXPECT_EQ(answer(Question().identity({allow("![]")})), "error G-26");
}

// M-1: a statement applies when all of its elements match, and only then.
TEST(ActionTest, StatementNeedsAllElements) {
  const std::string condition = R"({"StringEquals": {"k:a": "1"}})";
  const auto ask = [&](const std::string& principal, const std::string& action,
                       const std::string& resource, const std::string& value) {
    return answer(Question()
                      .on_resource({allow_to(principal, action, resource, condition)})
                      .with("k:a", value));
  };
  EXPECT_EQ(ask(kAlice, "s3:GetObject", kObject, "1"), "allowed AllowedByResource resource 0/0");
  EXPECT_EQ(ask(kBob, "s3:GetObject", kObject, "1"), kNoIdentity);
  EXPECT_EQ(ask(kAlice, "s3:PutObject", kObject, "1"), kNoIdentity);
  EXPECT_EQ(ask(kAlice, "s3:GetObject", kBucket, "1"), kNoIdentity);
  EXPECT_EQ(ask(kAlice, "s3:GetObject", kObject, "2"), kNoIdentity);
}

// D-2, E-3: of many statements that apply the first is reported, however the index orders them.
TEST(ActionTest, FirstStatementIsReported) {
  Statements list;
  for (int i = 0; i < 300; ++i) {
    const std::string number = std::to_string(i);
    list.push_back(allow("svc" + number + ":Do", "arn:aws:s3:::other" + number));
  }
  list.push_back(allow("s3:*", "arn:aws:s3:::b/*"));          // 300
  list.push_back(allow("s3:GetObject", "arn:aws:s3:::b/k"));  // 301
  list.push_back(allow("*", "*"));                            // 302
  list.push_back(allow("!ec2:*", "!arn:aws:s3:::zzz"));       // 303
  for (std::size_t first = 300; first < 304; ++first) {
    EXPECT_EQ(answer(Question().identity(list)),
              "allowed AllowedByIdentity identity 0/" + std::to_string(first));
    list[first] = allow("never:Asked");
  }
  EXPECT_EQ(answer(Question().identity(list)), kNoIdentity);
  EXPECT_EQ(answer(Question().identity(list).action("svc299:Do").resource("arn:aws:s3:::other299")),
            "allowed AllowedByIdentity identity 0/299");
  EXPECT_EQ(answer(Question().identity(list).action("SVC7:DO").resource("arn:aws:s3:::other7")),
            "allowed AllowedByIdentity identity 0/7");
}

// E-98: an explanation lists all that applied.
TEST(ActionTest, ExplanationListsAllDenies) {
  const Explanation explanation =
      Question().identity({allow(), deny("s3:*"), deny("ec2:*"), deny("s3:Get*")}).ask();
  EXPECT_THAT(explanation, IsExplicitDeny(ByStatement("identity 0/1")));
  int applied = 0;
  for (const StatementTrace& trace : explanation.layers().at(0).statements) {
    applied += trace.applied && trace.effect == Effect::Deny ? 1 : 0;
  }
  EXPECT_EQ(applied, 2);
}

// M-40: patterns that would make a backtracking matcher run forever.
TEST(ActionTest, ManyStarsFinish) {
  std::string pattern = "s3:";
  for (int i = 0; i < 2000; ++i) pattern += "*a";
  const std::string action = "s3:" + std::string(60000, 'A');
  EXPECT_EQ(answer(Question().identity({allow(pattern + "*")}).action(action)), kByIdentity);
  EXPECT_EQ(answer(Question().identity({allow(pattern + "*b")}).action(action)), kNoIdentity);
  EXPECT_EQ(answer(Question().identity({allow(pattern + "b*")}).action(action)), kNoIdentity);
}

}  // namespace
}  // namespace writ::test
