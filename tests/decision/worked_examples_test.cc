// The worked examples of the rules, W-1 to W-99: grammar, actions, resources, variables,
// conditions. Each is held to outcome, reason and canonical statement.
#include <gtest/gtest.h>

#include <string>

#include "support/policies.h"

namespace writ::test {
namespace {

const std::string kAllowUnder = kBucket + "/*";
const std::string kDeniedBySecond = "explicitDeny ExplicitDeny identity 0/1";

[[nodiscard]] Question raw(const std::string& text) {
  return Question().text(PolicyType::IdentityBased, text);
}

TEST(WorkedExamplesTest, Grammar) {
  // W-1: G-9, G-17, M-25, E-63
  EXPECT_EQ(answer(raw(R"({"Version": "2012-10-17", "Statement": {"Effect": "Allow",
                           "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*"}})")),
            kByIdentity);
  // W-2
  EXPECT_EQ(answer(Question().identity({statement("allow", "", "*", "*", "")})), "error G-20");
  // W-3
  EXPECT_EQ(answer(Question().version("2012-10-18").identity({allow()})), "error G-12");
  // W-4
  EXPECT_EQ(answer(raw(R"({"Statement": [{"Effect": "Allow", "Action": "*", "NotAction": "a:b",
                           "Resource": "*"}]})")),
            "error G-21");
  // W-5
  EXPECT_EQ(answer(Question().identity({allow("*", "")})), "error G-31");
  // W-6
  EXPECT_EQ(answer(Question().identity({allow_to("*")})), "error G-44");
  // W-7
  EXPECT_EQ(answer(raw(R"({"Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*",
                           "Conditions": {"Bool": {"k:b": "true"}}}]})")),
            "error G-6");
  // W-8
  EXPECT_EQ(answer(raw(R"({"Statement": [{"Effect": "Allow", "Effect": "Allow", "Action": "*",
                           "Resource": "*"}]})")),
            "error G-3");
  // W-9: G-26
  EXPECT_EQ(answer(Question().identity({allow("[]")})), kNoIdentity);
  // W-10
  EXPECT_EQ(answer(Question().identity({allow("s3:GetObject", "mybucket/*")})), "error G-33");
  // W-11: G-35, M-25
  const std::string queue = "arn:aws:sqs:eu-west-1:111122223333:q";
  EXPECT_EQ(answer(Question()
                       .identity({allow("sqs:*", "arn:aws:sqs")})
                       .action("sqs:SendMessage")
                       .resource(queue)),
            kByIdentity);
  // W-12
  EXPECT_EQ(answer(Question()
                       .caller(kSession)
                       .identity({allow("sqs:*")})
                       .session({allow("sqs:*", "arn:aws:sqs")})
                       .action("sqs:SendMessage")
                       .resource(queue)),
            "error G-35");
  // W-13
  EXPECT_EQ(answer(Question()
                       .trust({allow_to(kAlice, "sts:AssumeRole", "*")})
                       .action("sts:AssumeRole")
                       .resource(kRole)),
            "error G-32");
  // W-14
  EXPECT_EQ(
      answer(Question().on_resource({allow_to("!" + kOtherAccount, "s3:GetObject", kAllowUnder)})),
      "error G-54");
  // W-15
  EXPECT_EQ(answer(Question().on_resource({allow_to("arn:aws:iam::111122223333:user/*")})),
            "error G-49");
  // W-16
  EXPECT_EQ(answer(Question().identity({allow(
                "*", "*", R"({"StringEquals": {"aws:SourceVpc": "v1", "AWS:sourcevpc": "v2"}})")})),
            "error G-4");
  // W-17
  EXPECT_EQ(answer(Question().identity({allow("*", "*", R"({"NullIfExists": {"k:a": "true"}})")})),
            "error G-58");
  // W-18
  EXPECT_EQ(answer(Question().identity({allow()}).rcp(0, {allow_to("*", "s3:*", "*")})),
            "error E-31");
}

TEST(WorkedExamplesTest, ActionsAndResources) {
  const std::string bob_keys = "arn:aws:iam::111122223333:user/Bob";
  const struct {
    const char* id;
    std::string action_pattern;
    std::string resource_pattern;
    std::string action;
    std::string resource;
    std::string expected;
  } rows[] = {
      {"W-20", "IAM:listaccesskeys", "*", "iam:ListAccessKeys", bob_keys, kByIdentity},
      {"W-21", "iam:*AccessKey*", "*", "iam:UpdateAccessKey", bob_keys, kByIdentity},
      {"W-22", "s3:Get?bject", kBucket + "/*", "s3:GetObject", kObject, kByIdentity},
      {"W-23", "s3:GetObject", kBucket + "/*", "s3:GetObject", "arn:aws:s3:::B/k", kNoIdentity},
      {"W-24", "s3:*", kBucket, "s3:GetObject", kObject, kNoIdentity},
      {"W-25", "s3:GetObject", kBucket + "/*/test/*", "s3:GetObject", kBucket + "/1/2/test/3/o",
       kByIdentity},
      {"W-26", "s3:GetObject", kBucket + "/*/test/*", "s3:GetObject", kBucket + "/test/o",
       kNoIdentity},
      {"W-27", "!s3:DeleteBucket", "arn:aws:s3:::*", "s3:PutObject", kObject, kByIdentity},
      {"W-28", "!s3:DeleteBucket", "arn:aws:s3:::*", "s3:DeleteBucket", kBucket, kNoIdentity},
      {"W-29", "!s3:DeleteBucket", "arn:aws:s3:::*", "ec2:RunInstances",
       "arn:aws:ec2:eu-west-1:111122223333:instance/i-1", kNoIdentity},
      {"W-30", "!s3:DeleteBucket", "arn:aws:s3:::*", "s3:ListAllMyBuckets", "*", kNoIdentity},
      {"W-33", "logs:*", "arn:aws:logs:*:log-group:foo", "logs:PutLogEvents",
       "arn:aws:logs:eu-west-1:111122223333:log-group:foo", kByIdentity},
      {"W-34", "sns:*", "arn:aws:sns:us-*-1:111122223333:t", "sns:Publish",
       "arn:aws:sns:us-east-1:111122223333:t", kByIdentity},
      {"W-35", "s3:GetObject", kBucket + "/*", "s3:GetObject", kBucket + "/*", kByIdentity},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.id);
    EXPECT_EQ(answer(Question()
                         .identity({allow(row.action_pattern, row.resource_pattern)})
                         .action(row.action)
                         .resource(row.resource)),
              row.expected);
  }
  // W-31, W-32: M-29, D-9
  const Statements payroll = {
      allow(),
      deny("s3:*", R"(!["arn:aws:s3:::HRBucket/Payroll", "arn:aws:s3:::HRBucket/Payroll/*"])")};
  EXPECT_EQ(answer(Question().identity(payroll).resource("arn:aws:s3:::HRBucket/Other")),
            kDeniedBySecond);
  EXPECT_EQ(answer(Question().identity(payroll).resource("arn:aws:s3:::HRBucket/Payroll/x")),
            kByIdentity);
}

TEST(WorkedExamplesTest, Variables) {
  const auto on = [](const std::string& pattern, const std::string& resource) {
    return Question()
        .identity({allow("s3:GetObject", kBucket + pattern)})
        .resource(kBucket + resource);
  };
  // W-40, W-41: V-2
  EXPECT_EQ(answer(on("/${aws:username}/*", "/Alice/f").with("aws:username", "Alice")),
            kByIdentity);
  EXPECT_EQ(answer(on("/${aws:username}/*", "/Bob/f").with("aws:username", "Alice")), kNoIdentity);
  // W-42: G-13; W-43: G-14
  const std::string home = kBucket + "/${aws:username}/*";
  EXPECT_EQ(answer(Question()
                       .version("")
                       .identity({allow("s3:GetObject", home)})
                       .resource(kBucket + "/Alice/f")
                       .with("aws:username", "Alice")),
            kNoIdentity);
  EXPECT_EQ(answer(Question()
                       .version("2008-10-17")
                       .identity({allow("s3:GetObject", home)})
                       .resource(kBucket + "/${aws:username}/f")),
            kByIdentity);
  // W-44: V-22; W-45: V-20
  EXPECT_EQ(answer(on("/${aws:username}/*", "/x/f")), kNoIdentity);
  EXPECT_EQ(answer(on("/${aws:username}/*", "/Bob/f").with("aws:username", "*")), kNoIdentity);
  // W-46, W-47: V-6
  const std::string team = "-${aws:PrincipalTag/team, 'company-wide'}/*";
  EXPECT_EQ(answer(on(team, "-company-wide/f")), kByIdentity);
  EXPECT_EQ(answer(on(team, "-company-wide/f").with("aws:PrincipalTag/team", "yellow")),
            kNoIdentity);
  // W-48, W-49: V-5
  EXPECT_EQ(answer(on("/${*}/f", "/*/f")), kByIdentity);
  EXPECT_EQ(answer(on("/${*}/f", "/x/f")), kNoIdentity);
  // W-50: V-23
  EXPECT_EQ(answer(Question()
                       .identity({allow(), deny("s3:GetObject", kAllowUnder,
                                                R"({"StringNotEquals": {"s3:ExistingObjectTag/Team":
                                                   "${aws:PrincipalTag/Team}"}})")})
                       .with("s3:ExistingObjectTag/Team", "red")),
            kDeniedBySecond);
  // W-51: C-25
  EXPECT_EQ(answer(Question().identity({allow("s3:GetObject", "*",
                                              R"({"StringEquals": {"s3:ExistingObjectTag/owner":
                                                 "${aws:PrincipalTag/owner}"}})")})),
            kNoIdentity);
  // W-52: G-37
  EXPECT_EQ(answer(Question()
                       .identity({allow("s3:*", "arn:aws:s3:${aws:RequestedRegion}::b")})
                       .action("s3:ListBucket")
                       .resource("arn:aws:s3:eu-west-1::b")
                       .with("aws:RequestedRegion", "eu-west-1")),
            kByIdentity);
  // W-53: V-10
  EXPECT_EQ(answer(Question()
                       .identity({allow("ec2:DeleteTags", "*",
                                        R"({"StringEquals": {"aws:username": "${aws:TagKeys}"}})")})
                       .action("ec2:DeleteTags")
                       .resource("*")
                       .with("aws:username", "a")
                       .with_list("aws:TagKeys", {"a"})),
            kNoIdentity);
  // W-54: V-1, C-10
  EXPECT_EQ(answer(on("/${AWS:UserName}/*", "/Alice/f").with("aws:username", "Alice")),
            kByIdentity);
}

TEST(WorkedExamplesTest, Conditions) {
  const Question none = Question().action("x:Do").resource("*");
  const auto given = [&none](const char* key, const char* value) {
    return Question(none).with(key, value);
  };
  const auto listed = [&none](const char* key, std::vector<std::string> values) {
    return Question(none).with_list(key, std::move(values));
  };
  const std::string tag_keys =
      R"({"ForAllValues:StringEquals": {"aws:TagKeys": ["environment", "cost-center"]}})";
  const std::string guarded_tag_keys =
      R"({"ForAllValues:StringEquals": {"aws:TagKeys": ["environment", "cost-center"]},
          "Null": {"aws:TagKeys": "false"}})";
  const std::string two_keys = R"({"StringEquals": {"k:a": ["1", "2"], "k:b": "3"}})";
  const std::string mfa = R"({"aws:MultiFactorAuthPresent": "false"}})";
  const std::string finance = "arn:aws:someservice:*:111122223333:finance/*";
  const char* const store =
      "arn:aws:someservice:us-east-2:999999999999:store/abc:111122223333:finance/document.txt";
  const struct {
    const char* id;
    std::string effect;
    std::string condition;
    Question question;
    std::string expected;
  } rows[] = {
      {"W-60", "A", R"({"StringEquals": {"aws:PrincipalTag/job-category": "iamuser-admin"}})", none,
       kNoIdentity},
      {"W-61", "A", R"({"StringEquals": {"aws:username": "johndoe"}})",
       given("aws:username", "JohnDoe"), kNoIdentity},
      {"W-62", "A", R"({"StringEqualsIgnoreCase": {"aws:username": "johndoe"}})",
       given("aws:username", "JohnDoe"), kByIdentity},
      {"W-63", "A", R"({"StringEquals": {"AWS:PrincipalTAG/Team": "x"}})",
       given("aws:principaltag/team", "x"), kByIdentity},
      {"W-64", "A", two_keys, given("k:a", "2").with("k:b", "3"), kByIdentity},
      {"W-65", "A", two_keys, given("k:a", "2"), kNoIdentity},
      {"W-66", "A", R"({"StringNotEquals": {"k:a": ["1", "2"]}})", given("k:a", "2"), kNoIdentity},
      {"W-67", "A", R"({"StringNotEquals": {"k:a": ["1", "2"]}})", none, kByIdentity},
      {"W-68", "D", R"({"StringNotEqualsIfExists": {"aws:PrincipalTag/t": "x"}})", none,
       kDeniedBySecond},
      {"W-69", "A", R"({"StringLikeIfExists": {"ec2:InstanceType": ["t1.*", "t2.*"]}})",
       given("ec2:InstanceType", "m2.micro"), kNoIdentity},
      {"W-70", "A", R"({"StringLikeIfExists": {"ec2:InstanceType": ["t1.*", "t2.*"]}})", none,
       kByIdentity},
      {"W-71", "A", R"({"StringLike": {"s3:prefix": ["", "home/"]}})", given("s3:prefix", ""),
       kByIdentity},
      {"W-72", "A", R"({"StringEquals": {"k:a": "a*"}})", given("k:a", "abc"), kNoIdentity},
      {"W-73", "D", R"({"Bool": )" + mfa, none, kByIdentity},
      {"W-74", "D", R"({"BoolIfExists": )" + mfa, none, kDeniedBySecond},
      {"W-75", "A", tag_keys, listed("aws:TagKeys", {"environment", "dept"}), kNoIdentity},
      {"W-76", "A", tag_keys, none, kByIdentity},
      {"W-77", "A", guarded_tag_keys, none, kNoIdentity},
      {"W-78", "A", R"({"ForAnyValue:StringEquals": {"aws:TagKeys": ["environment"]}})",
       listed("aws:TagKeys", {"environment", "dept"}), kByIdentity},
      {"W-79", "D", R"({"ForAnyValue:StringNotEquals": {"aws:TagKeys": ["a"]}})", none,
       kByIdentity},
      {"W-80", "D", R"({"ForAnyValue:StringNotEquals": {"aws:TagKeys": ["a"]}})",
       listed("aws:TagKeys", {"a", "b"}), kDeniedBySecond},
      {"W-81", "D",
       R"({"ForAllValues:StringNotLike": {"aws:ResourceOrgPaths": ["o-1/r-1/ou-a/*"]}})",
       listed("aws:ResourceOrgPaths", {"o-1/r-1/ou-a/x/"}), kByIdentity},
      {"W-82", "A", R"({"Null": {"aws:TokenIssueTime": "true"}})", none, kByIdentity},
      {"W-83", "A", R"({"NumericLessThanEquals": {"s3:max-keys": "10"}})",
       given("s3:max-keys", "10.0"), kByIdentity},
      {"W-84", "A", R"({"NumericLessThanEquals": {"s3:max-keys": "10"}})",
       given("s3:max-keys", "ten"), kNoIdentity},
      {"W-85", "D", R"({"NumericGreaterThan": {"k:n": "5"}})", given("k:n", "abc"),
       kDeniedBySecond},
      {"W-86", "A", R"({"DateGreaterThan": {"aws:TokenIssueTime": "2020-01-01T00:00:01Z"}})",
       given("aws:TokenIssueTime", "2020-01-01T01:00:01+01:00"), kNoIdentity},
      {"W-87", "A", R"({"DateLessThan": {"aws:CurrentTime": "1600000000"}})",
       given("aws:CurrentTime", "2020-09-13T12:26:39Z"), kByIdentity},
      {"W-88", "A",
       R"({"IpAddress": {"aws:SourceIp": ["203.0.113.0/24", "2001:DB8:1234:5678::/64"]}})",
       given("aws:SourceIp", "2001:db8:1234:5678::9"), kByIdentity},
      {"W-89", "D", R"({"NotIpAddress": {"aws:SourceIp": "203.0.113.0/24"}})", none,
       kDeniedBySecond},
      {"W-90", "A", R"({"ArnLike": {"aws:SourceArn": ")" + finance + "\"}}",
       given("aws:SourceArn", store), kNoIdentity},
      {"W-91", "A", R"({"StringLike": {"aws:SourceArn": ")" + finance + "\"}}",
       given("aws:SourceArn", store), kByIdentity},
      {"W-92", "A", R"({"ArnEquals": {"aws:PrincipalArn": "arn:aws:iam::*:role/App*"}})",
       given("aws:PrincipalArn", "arn:aws:iam::111122223333:role/AppX"), kByIdentity},
      {"W-93", "A", R"({"BinaryEquals": {"k:x": "QmluYXJ5VmFsdWVJbkJhc2U2NA=="}})",
       given("k:x", "QmluYXJ5VmFsdWVJbkJhc2U2NA=="), kByIdentity},
      {"W-94", "A", R"({"StringEquals": {"aws:TagKeys": "a"}})", listed("aws:TagKeys", {"a", "b"}),
       kNoIdentity},
      {"W-95", "A", R"({"NumericEquals": {"k:n": "abc"}})", none, "error G-62"},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.id);
    Question question = row.question;
    if (row.effect == "A") {
      question.identity({allow("x:Do", "*", row.condition)});
    } else {
      question.identity({allow(), deny("x:Do", "*", row.condition)});
    }
    EXPECT_EQ(answer(question), row.expected);
  }
}

}  // namespace
}  // namespace writ::test
