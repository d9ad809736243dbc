// What the index finds: statements behind the places where it branches, and in the order in which
// they stand. The answer names the deciding statement, and the question compares it with the walk
// that has no index.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "support/policies.h"

namespace writ::test {
namespace {

[[nodiscard]] std::string user(int number) {
  return "arn:aws:iam::111122223333:user/u" + std::to_string(number);
}

// E-3: the first statement that applies decides, wherever the index has it: a resource that is
// dispatched (0) before those that are not.
TEST(IndexTest, TheFirstStatementOfAListDecides) {
  const Statements statements = {allow("s3:GetObject", kObject), allow("s3:GetObject"),
                                 allow("s3:GetObject")};
  EXPECT_EQ(answer(Question().identity(statements)), kByIdentity);
}

// E-3, M-13: NotAction stands in one list with `*`.
TEST(IndexTest, NotActionKeepsItsPlaceBesideStar) {
  EXPECT_EQ(answer(Question().identity({allow("!ec2:*"), allow("*"), allow("*")})), kByIdentity);
}

// E-3: what allows a caller in two ways is named by the first statement, also where another way
// comes later (P-12).
TEST(IndexTest, TheFirstOfSeveralWaysIsNamed) {
  const Question across =
      Question().caller(kStranger).identity({allow()}).resource(kObject).owner(kAccount);
  EXPECT_EQ(answer(Question(across).on_resource({allow_to(kOtherAccount), allow_to(kStranger)})),
            "allowed AllowedAcrossAccounts resource 0/0");
}

// P-12: a statement that only delegates does not stand before one that grants.
TEST(IndexTest, ALaterDirectGrantIsFound) {
  EXPECT_EQ(answer(Question().on_resource({allow_to(kAccount), allow_to(kAlice)})),
            "allowed AllowedByResource resource 0/1");
  EXPECT_EQ(
      answer(Question().on_resource({allow_to("[\"" + kAccount + "\", \"" + kAlice + "\"]")})),
      "allowed AllowedByResource resource 0/0");
}

// E-42: a document that has allowed is asked no more, those behind it are.
TEST(IndexTest, EveryDocumentOfABoundaryIsAsked) {
  EXPECT_EQ(
      answer(
          Question().identity({allow()}).boundary({allow(), allow(), allow()}).boundary({allow()})),
      kByIdentity);
}

// M-10: prefixes that share their first eight letters.
TEST(IndexTest, LongActionPrefixesAreToldApart) {
  const Statements statements = {allow("ec2:DescribeInstance*"), allow("ec2:DescribeVpc*"),
                                 allow("ec2:DescribeInstanceStatus*"), allow("ec2:Describ*Zones"),
                                 allow("ec2:D*")};
  const auto by = [&statements](const char* action) {
    return answer(Question().action(action).resource("*").identity(statements));
  };
  EXPECT_EQ(by("ec2:DescribeInstances"), kByIdentity);
  EXPECT_EQ(by("EC2:DESCRIBEINSTANCESTATUS"), kByIdentity);
  EXPECT_EQ(by("ec2:DescribeVpcs"), "allowed AllowedByIdentity identity 0/1");
  EXPECT_EQ(by("ec2:DescribeAvailabilityZones"), "allowed AllowedByIdentity identity 0/3");
  EXPECT_EQ(by("ec2:Describe"), "allowed AllowedByIdentity identity 0/4");
}

// M-10: a name that is too long to be folded beforehand.
TEST(IndexTest, VeryLongActionNamesIgnoreLetterCase) {
  const std::string name(70, 'a');
  Question question;
  question.identity({allow("svc:" + name + "B")}).resource("*");
  EXPECT_EQ(answer(question.action("SVC:" + std::string(70, 'A') + "b")), kByIdentity);
  EXPECT_EQ(answer(question.action("svc:" + name + "c")), kNoIdentity);
}

// M-27, M-28: more beginnings of every length, and in segments, than are tried one by one. A final
// star takes in nothing as well.
TEST(IndexTest, BeginningsOfLastFieldsAreFound) {
  std::vector<std::string> beginnings;
  for (const char* const end : {"", "/", "/k", "/k/", "/k/l/", "/k/l/m/", "/k/l/m/n/o/p/q"}) {
    for (const char* const name : {"a", "bb", "ccc", "dddd", "eeeee", "ffffff", "ggggggg"}) {
      beginnings.push_back(std::string(name) + end);
    }
  }
  Statements exact;
  Statements prefixes;
  for (const std::string& one : beginnings) {
    exact.push_back(allow("s3:*", "arn:aws:s3:::" + one));
    prefixes.push_back(allow("s3:*", "arn:aws:s3:::x" + one + "*"));
  }
  for (std::size_t i = 0; i < beginnings.size(); ++i) {
    const std::string by = "allowed AllowedByIdentity identity 0/" + std::to_string(i);
    SCOPED_TRACE(beginnings[i]);
    EXPECT_EQ(answer(Question().identity(exact).resource("arn:aws:s3:::" + beginnings[i])), by);
    EXPECT_EQ(answer(Question().identity(exact).resource("arn:aws:s3:::" + beginnings[i] + "z")),
              kNoIdentity);
    // The shortest beginning, which comes first, takes in all of its name.
    const std::string first = "allowed AllowedByIdentity identity 0/" + std::to_string(i % 7);
    EXPECT_EQ(answer(Question().identity(prefixes).resource("arn:aws:s3:::x" + beginnings[i])),
              first);
  }
  // One after the other, from the longest.
  for (std::size_t i = beginnings.size(); i-- > 7;) {
    const Statements behind(prefixes.begin() + 7, prefixes.end());
    const std::string arn = "arn:aws:s3:::x" + beginnings[i];
    EXPECT_TRUE(Question().identity(behind).resource(arn).ask().decision().is_allowed()) << arn;
  }
}

// M-25: stars that run over colons, in more patterns than are tried one by one; the last field
// begins behind a later colon of the request.
TEST(IndexTest, StarsOverColonsAreFoundInGroups) {
  Statements statements;
  for (int i = 0; i < 12; ++i) {
    const std::string number = std::to_string(i);
    statements.push_back(allow("logs:*", "arn:aws:logs:*:" + kAccount + ":name" + number + "/*"));
    statements.push_back(allow("logs:*", "arn:aws:logs:*:group:exact" + number));
    statements.push_back(allow("logs:*", "arn:aws:logs:*:field:long" + number + "*"));
  }
  const auto by = [&statements](const std::string& resource) {
    return answer(Question().action("logs:Get").identity(statements).resource(resource));
  };
  EXPECT_EQ(by("arn:aws:logs:eu-west-1:" + kAccount + ":name3/k"),
            "allowed AllowedByIdentity identity 0/9");
  EXPECT_EQ(by("arn:aws:logs:eu-west-1:" + kAccount + ":x:" + kAccount + ":name3/k"),
            "allowed AllowedByIdentity identity 0/9");
  EXPECT_EQ(by("arn:aws:logs:eu-west-1:" + kAccount + ":group:exact4"),
            "allowed AllowedByIdentity identity 0/13");
  EXPECT_EQ(by("arn:aws:logs:eu-west-1:" + kAccount + ":a:b:group:exact4"),
            "allowed AllowedByIdentity identity 0/13");
  EXPECT_EQ(by("arn:aws:logs:eu-west-1:" + kAccount + ":a:field:long11:k"),
            "allowed AllowedByIdentity identity 0/5");
  EXPECT_EQ(by("arn:aws:logs:eu-west-1:" + kAccount + ":group:x:exact4"), kNoIdentity);
}

// M-29: lists so long and so crossed that the index gives up one leaf a resource.
TEST(IndexTest, CrossedListsTestAllResourcesAtOnce) {
  std::string actions = "[";
  std::string resources = "[";
  Statements statements;
  for (int i = 0; i < 200; ++i) {
    const std::string comma = i == 0 ? "" : ", ";
    actions += comma + "\"svc:A" + std::to_string(i) + '"';
    resources += comma + "\"arn:aws:svc:::r" + std::to_string(i) + '"';
    statements.push_back(allow("svc:A" + std::to_string(i), "arn:aws:svc:::own"));
  }
  statements.push_back(allow(actions + "]", resources + "]"));
  const auto by = [&statements](const std::string& action, const char* resource) {
    return answer(Question().identity(statements).action(action).resource(resource));
  };
  // Whichever of the actions are indexed first, and so in full.
  for (const int i : {0, 7, 60, 120, 199}) {
    const std::string action = "svc:A" + std::to_string(i);
    SCOPED_TRACE(action);
    EXPECT_EQ(by(action, "arn:aws:svc:::r0"), "allowed AllowedByIdentity identity 0/200");
    EXPECT_EQ(by(action, "arn:aws:svc:::r199"), "allowed AllowedByIdentity identity 0/200");
    EXPECT_EQ(by(action, "arn:aws:svc:::own"),
              "allowed AllowedByIdentity identity 0/" + std::to_string(i));
    EXPECT_EQ(by(action, "arn:aws:svc:::r200"), kNoIdentity);
  }
}

// G-37: a pattern that stands in Resource and in NotResource has a meaning in each.
TEST(IndexTest, NotResourceSharesNoPatternWithResource) {
  const std::string mine = "arn:aws:sqs:eu-west-1:${aws:PrincipalAccount}:q";
  Question question;
  question.identity({allow("*", mine), deny("*", "!" + mine)})
      .with("aws:PrincipalAccount", kAccount)
      .resource("arn:aws:sqs:eu-west-1:111122223333:q");
  EXPECT_EQ(answer(question), "explicitDeny ExplicitDeny identity 0/1");
}

// V-11: the same test in an Allow and in a Deny is not one test where an empty variable differs.
TEST(IndexTest, EmptyVariablesShareNoTestBetweenEffects) {
  const std::string same = R"({"StringEquals": {"k:a": "x${k:b}"}})";
  Question question;
  question.with("k:a", "x").with("k:b", "");
  EXPECT_EQ(answer(Question(question).identity({allow("*", "*", same), deny("*", "*", same)})),
            "explicitDeny ExplicitDeny identity 0/1");
  EXPECT_EQ(answer(Question(question).identity({deny("ec2:*", "*", same), allow("*", "*", same)})),
            kNoIdentity);
}

// P-20 to P-31, P-60: a list long enough to branch by principal hides no statement.
TEST(IndexTest, LongListsBranchByPrincipal) {
  const std::string canonical(64, 'c');
  Statements others;
  for (int i = 0; i < 20; ++i) others.push_back(deny_to(user(i)));
  const std::string denied = "explicitDeny ExplicitDeny resource 0/20";
  const struct {
    const char* rule;
    std::string entry;
    Question question;
  } rows[] = {
      {"P-20", kAccount, Question()},
      {"P-20", kRoot, Question().caller(kRoot)},
      {"P-21", kAlice, Question()},
      {"P-21", kAlice, Question().caller(kFederatedUser).issuer(kAlice)},
      {"P-22", kRole, Question().caller(kSession)},
      {"P-22", kRole, Question().caller(kRole)},
      {"P-23", kSession, Question().caller(kSession)},
      {"P-24", kFederatedUser, Question().caller(kFederatedUser)},
      {"P-25", R"({"Service": "sns.amazonaws.com"})", Question().service("sns.amazonaws.com")},
      {"P-26", R"({"Federated": "accounts.google.com"})",
       Question().federated("accounts.google.com")},
      {"P-27", "*", Question()},
      {"P-27", "*", Question().caller("*")},
      {"P-28", R"({"AWS": "*"})", Question()},
      {"P-30", R"({"CanonicalUser": ")" + canonical + "\"}",
       Question().canonical_user(std::string(64, 'C'))},
      {"P-30", R"({"CanonicalUser": ")" + canonical + "\"}", Question().canonical_id(canonical)},
      {"P-31", "AIDAALICE", Question().with("aws:userid", "AIDAALICE")},
      {"P-31", "AROAAPP", Question().caller(kSession).with("aws:userid", "AROAAPP:s1")},
      {"P-12", "[\"" + kBob + "\", \"" + kAlice + "\"]", Question()},
      {"P-60", "!" + kBob, Question()},
      {"P-60", "!" + user(3), Question().caller(kSession)},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(std::string(row.rule) + ' ' + row.entry);
    Statements statements = others;
    statements.push_back(deny_to(row.entry));
    Question question = row.question;
    EXPECT_EQ(answer(question.on_resource(statements)), denied);
  }
}

// C-20, C-61 to C-63: more values than are compared one after the other.
TEST(IndexTest, LongListsOfValues) {
  std::string values = "[";
  for (int i = 0; i < 40; ++i)
    values += (i == 0 ? "\"Value" : ", \"Value") + std::to_string(i) + '"';
  const auto test = [](const std::string& op, const std::string& list) {
    return "{\"" + op + R"(": {"k:a": )" + list + "}}";
  };
  const std::string listed = values + "]";
  const std::string liked = values + ", \"like*\"]";
  for (int i = 0; i < 40; ++i) {
    const std::string text = std::to_string(i);
    const Question same = Question().with("k:a", "Value" + text);
    const Question folded = Question().with("k:a", "vALUE" + text);
    EXPECT_EQ(truth(test("StringEquals", listed), same), 'T') << text;
    EXPECT_EQ(truth(test("StringEquals", listed), folded), 'F') << text;
    EXPECT_EQ(truth(test("StringNotEquals", listed), same), 'F') << text;
    EXPECT_EQ(truth(test("StringNotEquals", listed), folded), 'T') << text;
    EXPECT_EQ(truth(test("StringEqualsIgnoreCase", listed), folded), 'T') << text;
    EXPECT_EQ(truth(test("StringNotEqualsIgnoreCase", listed), folded), 'F') << text;
    EXPECT_EQ(truth(test("StringLike", liked), same), 'T') << text;
  }
  const Question other = Question().with("k:a", "likely");
  EXPECT_EQ(truth(test("StringEquals", liked), other), 'F');
  EXPECT_EQ(truth(test("StringLike", liked), other), 'T');
  EXPECT_EQ(truth(test("StringNotLike", liked), other), 'F');
  EXPECT_EQ(truth(test("StringEquals", listed), Question().with("k:a", "Value40")), 'F');
}

// M-27, E-3: patterns that differ only behind a star are found by their last segments.
TEST(IndexTest, EndingsAreToldApart) {
  Statements statements;
  for (int i = 0; i < 40; ++i) {
    statements.push_back(allow("s3:GetObject", kBucket + "/*/menu/item-" + std::to_string(i)));
  }
  statements.push_back(allow("s3:GetObject", kBucket + "/*/menu/"));
  statements.push_back(allow("s3:GetObject", kBucket + "/*/own/${aws:username}"));
  statements.push_back(allow("s3:GetObject", "arn:aws:s3:*:*:b/*/x:last"));
  for (const char* shared : {"a", "b", "c", "d", "e", "f"}) {
    statements.push_back(allow("s3:GetObject", kBucket + "/*/" + shared + "/same"));
  }
  const auto by = [&statements](const std::string& rest) {
    return answer(Question().action("s3:GetObject").resource(rest).identity(statements));
  };
  const auto number = [](int i) {
    return "allowed AllowedByIdentity identity 0/" + std::to_string(i);
  };
  EXPECT_EQ(by(kBucket + "/1/menu/item-0"), kByIdentity);
  EXPECT_EQ(by(kBucket + "/1/2:3/menu/item-39"), number(39));
  EXPECT_EQ(by(kBucket + "/1/menu/item-40"), kNoIdentity);
  EXPECT_EQ(by(kBucket + "/1/menu/x/item-1"), kNoIdentity);
  EXPECT_EQ(by(kBucket + "/1/menu/x:item-1"), kNoIdentity);
  EXPECT_EQ(by(kBucket + "/menu/item-1"), kNoIdentity);
  EXPECT_EQ(by(kBucket + "/1/menu/"), number(40));
  EXPECT_EQ(by("arn:aws:s3:::b/1/x:last"), number(42));
  EXPECT_EQ(by(kBucket + "/1/d/same"), number(46));
  EXPECT_EQ(by(kBucket + "same"), kNoIdentity);
  EXPECT_EQ(by("*"), kNoIdentity);
}

}  // namespace
}  // namespace writ::test
