// Policy variables: section V of the rules.
#include <gtest/gtest.h>

#include <string>

#include "support/policies.h"

namespace writ::test {
namespace {

const std::string kDeniedBySecond = "explicitDeny ExplicitDeny identity 0/1";

/// An Allow with a Resource pattern below `arn:aws:s3:::b/`, asked about a resource below it.
[[nodiscard]] Question on(const std::string& pattern, const std::string& resource) {
  return Question()
      .identity({allow("*", kBucket + "/" + pattern)})
      .resource(kBucket + "/" + resource);
}

// V-1, C-10: the name of a variable is a condition key: any letter case, tag suffixes, other
// prefixes.
TEST(VariablesTest, NamesAreConditionKeys) {
  EXPECT_EQ(answer(on("${aws:username}/*", "Alice/f").with("aws:username", "Alice")), kByIdentity);
  EXPECT_EQ(answer(on("${AWS:USERNAME}/*", "Alice/f").with("aws:username", "Alice")), kByIdentity);
  EXPECT_EQ(answer(on("${aws:username}/*", "Alice/f").with("AWS:userName", "Alice")), kByIdentity);
  EXPECT_EQ(answer(on("${aws:PrincipalTag/team}", "red").with("aws:principaltag/TEAM", "red")),
            kByIdentity);
  EXPECT_EQ(answer(on("${aws:PrincipalTag/a:b/c}", "red").with("aws:PrincipalTag/a:b/c", "red")),
            kByIdentity);
  EXPECT_EQ(answer(on("${accounts.google.com:sub}", "7").with("accounts.google.com:sub", "7")),
            kByIdentity);
  EXPECT_EQ(answer(on("${aws:username}", "alice").with("aws:username", "Alice")), kNoIdentity);
  EXPECT_EQ(answer(on("${k:a}-${k:b}", "1-2").with("k:a", "1").with("k:b", "2")), kByIdentity);
  EXPECT_EQ(answer(on("${k:a}${k:a}", "11").with("k:a", "1")), kByIdentity);
  EXPECT_EQ(answer(on("${k:a}${k:b}", "12").with("k:a", "1")), kNoIdentity);
  // V-7: a name without a colon never resolves.
  EXPECT_EQ(answer(on("${username}", "Alice").with("username", "Alice")), kNoIdentity);
}

// G-14, G-13: only in documents of 2012-10-17; elsewhere the text stands for itself.
TEST(VariablesTest, OlderDocumentsHaveNone) {
  for (const char* version : {"", "2008-10-17"}) {
    const auto ask = [&](const std::string& resource) {
      return answer(Question()
                        .version(version)
                        .identity({allow("*", kBucket + "/${aws:username}/*")})
                        .resource(kBucket + "/" + resource)
                        .with("aws:username", "Alice"));
    };
    EXPECT_EQ(ask("Alice/f"), kNoIdentity);
    EXPECT_EQ(ask("${aws:username}/f"), kByIdentity);
    EXPECT_EQ(
        truth(R"({"StringEquals": {"k:b": "${*}"}})", Question().version(version).with("k:b", "*")),
        'F');
    EXPECT_EQ(answer(Question()
                         .version(version)
                         .identity({allow("*", "*", R"({"StringEquals": {"k:b": "${*}"}})")})
                         .with("k:b", "${*}")),
              kByIdentity);
  }
}

// V-5: escapes are single characters, never wildcards, never the beginning of a variable.
TEST(VariablesTest, EscapesAreLiteral) {
  EXPECT_EQ(answer(on("${*}", "*")), kByIdentity);
  EXPECT_EQ(answer(on("${*}", "x")), kNoIdentity);
  EXPECT_EQ(answer(on("${?}", "?")), kByIdentity);
  EXPECT_EQ(answer(on("${?}", "x")), kNoIdentity);
  EXPECT_EQ(answer(on("${$}", "$")), kByIdentity);
  EXPECT_EQ(answer(on("${$}{k:a}", "${k:a}").with("k:a", "x")), kByIdentity);
  EXPECT_EQ(answer(on("${$}{k:a}", "x").with("k:a", "x")), kNoIdentity);
  EXPECT_EQ(answer(on("a*${*}b", "axx*b")), kByIdentity);
  EXPECT_EQ(answer(on("a*${*}b", "axxb")), kNoIdentity);
  EXPECT_EQ(answer(on("a$b$", "a$b$")), kByIdentity);
  const Question star = Question().with("k:v", "a*?$");
  EXPECT_EQ(truth(R"({"StringLike": {"k:v": "a${*}${?}${$}"}})", star), 'T');
  EXPECT_EQ(truth(R"({"StringEquals": {"k:v": "a${*}${?}${$}"}})", star), 'T');
  EXPECT_EQ(truth(R"({"StringLike": {"k:v": "a${*}"}})", Question().with("k:v", "abc")), 'F');
}

// V-6: the default text stands in for a missing, empty or multi-valued value, literally.
TEST(VariablesTest, DefaultsStandInForMissingValues) {
  EXPECT_EQ(answer(on("${k:t, 'all'}/x", "all/x")), kByIdentity);
  EXPECT_EQ(answer(on("${k:t, 'all'}/x", "all/x").with("k:t", "")), kByIdentity);
  EXPECT_EQ(answer(on("${k:t, 'all'}/x", "all/x").with_list("k:t", {"a"})), kByIdentity);
  EXPECT_EQ(answer(on("${k:t, 'all'}/x", "all/x").with("k:t", "a").with("K:T", "b")), kByIdentity);
  EXPECT_EQ(answer(on("${k:t, 'all'}/x", "all/x").with("k:t", "red")), kNoIdentity);
  EXPECT_EQ(answer(on("${k:t, 'all'}/x", "red/x").with("k:t", "red")), kByIdentity);
  EXPECT_EQ(answer(on("a${k:t, ''}b", "ab")), kByIdentity);
  EXPECT_EQ(answer(on("${k:t, '*'}", "anything")), kNoIdentity);
  EXPECT_EQ(answer(on("${k:t, '*'}", "*")), kByIdentity);
  EXPECT_EQ(truth(R"({"StringLike": {"k:v": "${k:t, '*'}"}})", Question().with("k:v", "x")), 'F');
  EXPECT_EQ(truth(R"({"StringEquals": {"k:v": "${k:t, 'x'}"}})", Question().with("k:v", "x")), 'T');
  // V-11: also for an empty value in a Deny, where the empty text would otherwise be substituted.
  EXPECT_EQ(answer(Question()
                       .identity({allow(), deny("*", kBucket + "/${k:t, 'all'}*")})
                       .resource(kBucket + "/k")
                       .with("k:t", "")),
            kByIdentity);
}

// V-7: malformed variables are refused.
TEST(VariablesTest, MalformedVariablesAreRefused) {
  for (const char* text : {"${k:a", "${}", "${k:a,'x'}", "${k:a, x}", "${k :a}", "${k:a, 'x}",
                           "${k:${k:b}}", "${k:a, 'x' }"}) {
    EXPECT_EQ(answer(on(text, "x")), "error V-7") << text;
  }
}

// V-2: actions have none; V-4: nor have values of operators that compare numbers, dates, addresses.
TEST(VariablesTest, NotEverywhere) {
  EXPECT_EQ(answer(Question().identity({allow("s3:${a}")})), "error G-25");
  EXPECT_EQ(
      answer(Question().identity({allow("*", "*", R"({"NumericEquals": {"k:n": "${k:a}"}})")})),
      "error G-62");
  EXPECT_EQ(answer(Question().identity({allow("*", "*", R"({"IpAddress": {"k:n": "${k:a}"}})")})),
            "error G-62");
  EXPECT_EQ(answer(Question().identity({allow("*", "*", R"({"Null": {"k:n": "${k:a}"}})")})),
            "error G-62");
}

// V-10: no value: absent, multi-valued (one value or many), colliding.
TEST(VariablesTest, SomeKeysHaveNoValue) {
  EXPECT_EQ(answer(on("${k:t}", "x")), kNoIdentity);
  EXPECT_EQ(answer(on("${k:t}", "x").with_list("k:t", {"x"})), kNoIdentity);
  EXPECT_EQ(answer(on("${k:t}", "x").with_list("k:t", {})), kNoIdentity);
  EXPECT_EQ(answer(on("${k:t}", "x").with("k:t", "x").with("K:t", "x")), kNoIdentity);
  EXPECT_EQ(answer(on("${k:t}", "x").with("k:t", "x")), kByIdentity);
  // Not the empty text either, where that would be a value (V-11).
  Question with_list;
  with_list.identity({allow(), deny("*", kObject + "${k:t}")}).with_list("k:t", {"x"});
  EXPECT_EQ(answer(with_list), kByIdentity);
}

// V-11: an empty value is substituted where that reaches further in a Deny, and in the negated
// operators of an Allow; everywhere else it is no value.
TEST(VariablesTest, EmptyValuesClose) {
  const auto ask = [](const Statements& list) {
    return answer(
        Question().identity(list).resource(kBucket + "/k").with("k:t", "").with("k:v", ""));
  };
  const std::string resource = kBucket + "/${k:t}k";
  const std::string positive = R"({"StringEquals": {"k:v": "${k:t}"}})";
  const std::string negated = R"({"StringNotEquals": {"k:v": "${k:t}"}})";
  // Resource.
  EXPECT_EQ(ask({allow("*", resource)}), kNoIdentity);
  EXPECT_EQ(ask({allow(), deny("*", resource)}), kDeniedBySecond);
  // NotResource: unresolved (V-22), so the Allow is off and the Deny on.
  EXPECT_EQ(ask({allow("*", "!" + kBucket + "/${k:t}other")}), kNoIdentity);
  EXPECT_EQ(ask({allow(), deny("*", "!" + resource)}), kDeniedBySecond);
  // Positive operators.
  EXPECT_EQ(ask({allow("*", "*", positive)}), kNoIdentity);
  EXPECT_EQ(ask({allow(), deny("*", "*", positive)}), kDeniedBySecond);
  // Negated operators.
  EXPECT_EQ(ask({allow("*", "*", negated)}), kNoIdentity);
  EXPECT_EQ(ask({allow(), deny("*", "*", negated)}), kDeniedBySecond);
  // The same for ARN values, in any field.
  const auto with_arn = [](const Statements& list) {
    return answer(Question().identity(list).with("k:t", "").with("k:v", "arn:aws:s3:::x"));
  };
  const std::string arn = R"({"k:v": "arn:aws:s3:${k:t}::x"}})";
  EXPECT_EQ(with_arn({allow("*", "*", R"({"ArnLike": )" + arn)}), kNoIdentity);
  EXPECT_EQ(with_arn({allow(), deny("*", "*", R"({"ArnLike": )" + arn)}), kDeniedBySecond);
  EXPECT_EQ(with_arn({allow("*", "*", R"({"ArnNotLike": )" + arn)}), kNoIdentity);
  EXPECT_EQ(with_arn({allow(), deny("*", "*", R"({"ArnNotLike": )" + arn)}), kDeniedBySecond);
  // Under a set prefix the operator's polarity counts just so.
  EXPECT_EQ(
      answer(Question()
                 .identity({allow("*", "*", R"({"ForAnyValue:StringEquals": {"k:v": "${k:t}"}})")})
                 .with("k:t", "")
                 .with_list("k:v", {"", "x"})),
      kNoIdentity);
  EXPECT_EQ(answer(Question()
                       .identity({allow(), deny("*", "*",
                                                R"({"ForAnyValue:StringEquals":
                                                   {"k:v": "${k:t}"}})")})
                       .with("k:t", "")
                       .with_list("k:v", {"", "x"})),
            kDeniedBySecond);
}

// V-20, V-8: what is substituted is data: no wildcards, no separators, no further variables.
TEST(VariablesTest, ValuesAreNeverPatterns) {
  EXPECT_EQ(answer(on("${k:t}/x", "a/x").with("k:t", "*")), kNoIdentity);
  EXPECT_EQ(answer(on("${k:t}/x", "*/x").with("k:t", "*")), kByIdentity);
  EXPECT_EQ(answer(on("${k:t}/x", "a/x").with("k:t", "?")), kNoIdentity);
  EXPECT_EQ(answer(on("${k:t}", "${k:u}").with("k:t", "${k:u}").with("k:u", "z")), kByIdentity);
  EXPECT_EQ(answer(on("${k:t}", "z").with("k:t", "${k:u}").with("k:u", "z")), kNoIdentity);
  EXPECT_EQ(truth(R"({"StringLike": {"k:v": "${k:t}"}})",
                  Question().with("k:v", "abc").with("k:t", "a*")),
            'F');
  EXPECT_EQ(truth(R"({"ArnLike": {"k:v": "arn:aws:s3:::${k:t}"}})",
                  Question().with("k:v", "arn:aws:s3:::abc").with("k:t", "*")),
            'F');
}

// V-21: a value cannot shift fields; in the last one its colons are text.
TEST(VariablesTest, ColonsDoNotShiftFields) {
  EXPECT_EQ(answer(on("${k:t}", "a:b").with("k:t", "a:b")), kByIdentity);
  EXPECT_EQ(truth(R"({"ArnLike": {"k:v": "arn:aws:x:${k:t}:1:r"}})",
                  Question().with("k:v", "arn:aws:x:a:1:r").with("k:t", "a")),
            'T');
  EXPECT_EQ(truth(R"({"ArnLike": {"k:v": "arn:aws:x:${k:t}:*:*"}})",
                  Question().with("k:v", "arn:aws:x:a:1:r").with("k:t", "a:1")),
            'F');
  EXPECT_EQ(answer(Question().identity(
                {allow("*", "*", R"({"ArnLike": {"k:v": "arn:aws:x:${k:t}:r"}})")})),
            "error G-62");
}

// G-37: in the region and account fields of a Resource the variable is substituted; a value with a
// colon is none; in a NotResource nothing resolves.
TEST(VariablesTest, RegionAndAccountFields) {
  const auto ask = [](const Statements& list, const std::string& value) {
    return answer(Question()
                      .identity(list)
                      .action("kms:DescribeKey")
                      .resource("arn:aws:ec2:eu-west-1:111122223333:key/1")
                      .with("k:t", value));
  };
  const std::string account = "arn:*:ec2:*:${k:t}:key/*";
  const std::string region = "arn:aws:ec2:${k:t}:*:key/*";
  EXPECT_EQ(ask({allow("*", account)}, kAccount), kByIdentity);
  EXPECT_EQ(ask({allow("*", account)}, kOtherAccount), kNoIdentity);
  EXPECT_EQ(ask({allow("*", region)}, "eu-west-1"), kByIdentity);
  EXPECT_EQ(ask({allow("*", region)}, "eu-west-1:111122223333"), kNoIdentity);
  EXPECT_EQ(ask({allow(), deny("*", account)}, kAccount), kDeniedBySecond);
  EXPECT_EQ(ask({allow(), deny("*", account)}, "x:y"), kByIdentity);
  EXPECT_EQ(ask({allow("*", "!" + account)}, kOtherAccount), kNoIdentity);
  EXPECT_EQ(ask({allow(), deny("*", "!" + account)}, kAccount), kDeniedBySecond);
  EXPECT_EQ(ask({allow("*", "arn:aws:${k:t}:::x")}, "ec2"), "error G-37");
  EXPECT_EQ(ask({allow("*", "arn:aws:ec2:${*}::x")}, "ec2"), "error G-37");
  EXPECT_EQ(ask({allow("*", "arn:aws:ec2:${Region}::x")}, "ec2"), "error G-37");
}

// V-22: an unresolved pattern of a Resource matches nothing, the others of the list still count; in
// a NotResource it keeps an Allow off and a Deny on.
TEST(VariablesTest, UnresolvedResourcesClose) {
  const std::string missing = kBucket + "/${k:t}";
  const std::string list = "[\"" + missing + "\", \"" + kObject + "\"]";
  const auto ask = [](const Statements& statements) {
    return answer(Question().identity(statements));
  };
  EXPECT_EQ(ask({allow("*", missing)}), kNoIdentity);
  EXPECT_EQ(ask({allow(), deny("*", missing)}), kByIdentity);
  EXPECT_EQ(ask({allow("*", list)}), kByIdentity);
  EXPECT_EQ(ask({allow(), deny("*", list)}), kDeniedBySecond);
  EXPECT_EQ(ask({allow("*", "!" + missing)}), kNoIdentity);
  EXPECT_EQ(ask({allow(), deny("*", "!" + missing)}), kDeniedBySecond);
  EXPECT_EQ(ask({allow(), deny("*", "!" + list)}), kByIdentity);
  EXPECT_EQ(ask({allow("*", "![\"" + missing + "\", \"arn:aws:s3:::other\"]")}), kNoIdentity);
  // The explanation names what was missing.
  const Explanation explanation = Question().identity({allow("*", missing)}).ask();
  EXPECT_THAT(explanation.missing_keys(), ::testing::ElementsAre("k:t"));
}

// V-23, V-24, V-25: an unresolved value equals nothing, so negated operators hold on it; other
// values of the list are still compared; IfExists asks about the key, not about the variable.
TEST(VariablesTest, UnresolvedValuesEqualNothing) {
  const Question given = Question().with("k:v", "x");
  EXPECT_EQ(truth(R"({"StringEquals": {"k:v": "${k:t}"}})", given), 'F');
  EXPECT_EQ(truth(R"({"StringNotEquals": {"k:v": "${k:t}"}})", given), 'T');
  EXPECT_EQ(truth(R"({"StringLike": {"k:v": "*${k:t}*"}})", given), 'F');
  EXPECT_EQ(truth(R"({"StringNotLike": {"k:v": "*${k:t}*"}})", given), 'T');
  EXPECT_EQ(truth(R"({"StringEqualsIgnoreCase": {"k:v": ["${k:t}", "X"]}})", given), 'T');
  EXPECT_EQ(truth(R"({"StringNotEquals": {"k:v": ["${k:t}", "x"]}})", given), 'F');
  EXPECT_EQ(truth(R"({"StringEqualsIfExists": {"k:v": "${k:t}"}})", given), 'F');
  EXPECT_EQ(truth(R"({"StringNotEqualsIfExists": {"k:v": "${k:t}"}})", given), 'T');
  EXPECT_EQ(truth(R"({"StringEqualsIfExists": {"k:v": "${k:t}"}})", Question()), 'T');
  EXPECT_EQ(truth(R"({"StringEquals": {"k:v": "${k:t}"}})", Question()), 'F');
  const Question arn = Question().with("k:v", "arn:aws:s3:::x");
  EXPECT_EQ(truth(R"({"ArnEquals": {"k:v": "arn:aws:s3:::${k:t}"}})", arn), 'F');
  EXPECT_EQ(truth(R"({"ArnNotEquals": {"k:v": "arn:aws:s3:::${k:t}"}})", arn), 'T');
  EXPECT_EQ(truth(R"({"ForAllValues:StringEquals": {"k:l": ["${k:t}", "a"]}})",
                  Question().with_list("k:l", {"a", "a"})),
            'T');
  EXPECT_EQ(truth(R"({"ForAnyValue:StringNotEquals": {"k:l": "${k:t}"}})",
                  Question().with_list("k:l", {"a"})),
            'T');
}

// V-3: in Bool a variable is active; without a boolean value the comparison is indeterminate.
TEST(VariablesTest, BoolTakesVariables) {
  const std::string condition = R"({"Bool": {"k:b": "${k:t}"}})";
  const Question yes = Question().with("k:b", "true");
  const Question no = Question().with("k:b", "false");
  EXPECT_EQ(truth(condition, Question(yes).with("k:t", "TRUE")), 'T');
  EXPECT_EQ(truth(condition, Question(yes).with("k:t", "false")), 'F');
  EXPECT_EQ(truth(condition, Question(no).with("k:t", "False")), 'T');
  EXPECT_EQ(truth(condition, Question(no).with("k:t", "true")), 'F');
  EXPECT_EQ(truth(condition, Question(yes).with("k:t", "maybe")), 'I');
  EXPECT_EQ(truth(condition, Question(yes).with("k:t", "")), 'I');
  EXPECT_EQ(truth(condition, yes), 'I');
  EXPECT_EQ(truth(R"({"Bool": {"k:b": "${k:t, 'true'}"}})", yes), 'T');
  EXPECT_EQ(truth(R"({"Bool": {"k:b": "${k:t, 'true'}"}})", no), 'F');
  EXPECT_EQ(truth(R"({"Bool": {"k:b": "tr${k:t}"}})", Question(yes).with("k:t", "ue")), 'T');
  // C-71: a definite match settles the list.
  EXPECT_EQ(truth(R"({"Bool": {"k:b": ["${k:t}", "true"]}})", yes), 'T');
  EXPECT_EQ(truth(R"({"Bool": {"k:b": ["${k:t}", "true"]}})", no), 'I');
}

// V-26, M-41: wildcards around a variable stay wildcards.
TEST(VariablesTest, WildcardsAroundVariablesWork) {
  EXPECT_EQ(answer(on("*/${k:t}/*", "home/me/x").with("k:t", "me")), kByIdentity);
  EXPECT_EQ(answer(on("*/${k:t}/*", "home/you/x").with("k:t", "me")), kNoIdentity);
  EXPECT_EQ(answer(on("?${k:t}?", "-me-").with("k:t", "me")), kByIdentity);
  EXPECT_EQ(answer(on("*${k:t}*${k:t}", "me-me").with("k:t", "me")), kByIdentity);
  EXPECT_EQ(answer(on("*${k:t}*${k:t}", "me").with("k:t", "me")), kNoIdentity);
  EXPECT_EQ(truth(R"({"StringLike": {"k:v": "home/${k:t}/*"}})",
                  Question().with("k:v", "home/me/x").with("k:t", "me")),
            'T');
  EXPECT_EQ(truth(R"({"StringEqualsIgnoreCase": {"k:v": "A-${k:t}"}})",
                  Question().with("k:v", "a-ME").with("k:t", "me")),
            'T');
}

}  // namespace
}  // namespace writ::test
