// Condition: how operators, keys and values combine; sections 6.2 to 6.6 of the rules.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "support/policies.h"

namespace writ::test {
namespace {

const std::string kDeniedBySecond = "explicitDeny ExplicitDeny identity 0/1";

/// A policy value of an operator, a request value for which the positive comparison holds, and one
/// for which it does not.
struct Sample {
  ConditionOperator op;
  std::string policy;
  std::string match;
  std::string other;
};

[[nodiscard]] std::vector<Sample> samples() {
  using enum ConditionOperator;
  const std::string ten = "10";
  const std::string year = "2020-01-01T00:00:00Z";
  const std::string before = "2019-12-31T23:59:59Z";
  const std::string after = "2020-01-01T00:00:01Z";
  const std::string arn = "arn:aws:s3:::b*";
  const std::string other_arn = "arn:aws:s3:::a";
  return {
      {StringEquals, "x", "x", "y"},
      {StringNotEquals, "x", "x", "y"},
      {StringEqualsIgnoreCase, "x", "X", "y"},
      {StringNotEqualsIgnoreCase, "x", "X", "y"},
      {StringLike, "x*", "xyz", "y"},
      {StringNotLike, "x*", "xyz", "y"},
      {NumericEquals, ten, "10.0", "9"},
      {NumericNotEquals, ten, "10.0", "9"},
      {NumericLessThan, ten, "9", "10"},
      {NumericLessThanEquals, ten, "10", "11"},
      {NumericGreaterThan, ten, "11", "10"},
      {NumericGreaterThanEquals, ten, "10", "9"},
      {DateEquals, year, "2020", after},
      {DateNotEquals, year, "2020", after},
      {DateLessThan, year, before, year},
      {DateLessThanEquals, year, year, after},
      {DateGreaterThan, year, after, year},
      {DateGreaterThanEquals, year, year, before},
      {Bool, "true", "TRUE", "false"},
      {BinaryEquals, "QQ==", "QQ==", "QUE="},
      {IpAddress, "10.0.0.0/8", "10.1.2.3", "11.0.0.1"},
      {NotIpAddress, "10.0.0.0/8", "10.1.2.3", "11.0.0.1"},
      {ArnEquals, arn, kBucket, other_arn},
      {ArnLike, arn, kBucket, other_arn},
      {ArnNotEquals, arn, kBucket, other_arn},
      {ArnNotLike, arn, kBucket, other_arn},
  };
}

/// The states of a key that the tables below go through.
[[nodiscard]] std::vector<Question> states(const Sample& sample) {
  const Question none;
  return {
      none,                                                           // absent
      Question(none).with("k:v", sample.match),                       // matches
      Question(none).with("k:v", sample.other),                       // does not
      Question(none).with("k:v", ""),                                 // empty string
      Question(none).with_list("k:v", {}),                            // empty list
      Question(none).with_list("k:v", {sample.match}),                // list of one
      Question(none).with_list("k:v", {sample.other}),                // list of one other
      Question(none).with_list("k:v", {sample.match, sample.other}),  // list of both
      Question(none).with_list("k:v", {""}),                          // list of an empty string
      Question(none).with_list("k:v", {sample.match, ""}),            // mixed list
      Question(none).with("k:v", sample.match).with("K:V", "x"),      // collision
  };
}

[[nodiscard]] std::string truths(const std::string& operator_text, const std::string& values,
                                 const std::vector<Question>& contexts) {
  std::string result;
  for (const Question& context : contexts) {
    result += truth("{\"" + operator_text + "\": {\"k:v\": " + values + "}}", context);
  }
  return result;
}

// C-1, C-2, C-12, C-25, C-30, C-31, C-40 to C-43, C-69b, C-70, C-72: every operator, with IfExists
// and both set prefixes, over every state of the key. In the tables `x` is what an empty string
// comes to, which only strings and binaries can read: for the others the test is Indeterminate.
TEST(ConditionTest, EveryOperatorOverEveryStateOfAKey) {
  // absent, match, other, "", [], [match], [other], [both], [""], [match, ""], collision
  const struct {
    const char* prefix;
    const char* suffix;
    const char* positive;
    const char* negated;
  } forms[] = {
      {"", "", "FTFxFTFIxII", "TFTxTFTIxII"},
      {"", "IfExists", "TTFxTTFIxII", "TFTxTFTIxII"},
      {"ForAllValues:", "", "TTFTTTFFTxI", "TFTTTFTFTFI"},
      {"ForAllValues:", "IfExists", "TTFTTTFFTxI", "TFTTTFTFTFI"},
      {"ForAnyValue:", "", "FTFFFTFTFTI", "FFTFFFTTFxI"},
      {"ForAnyValue:", "IfExists", "TTFFFTFTFTI", "TFTFFFTTFxI"},
  };
  int operators = 0;
  for (const Sample& sample : samples()) {
    ++operators;
    const ValueType type = value_type(sample.op);
    const bool reads_empty = type == ValueType::String || type == ValueType::Binary;
    const std::vector<Question> contexts = states(sample);
    for (const auto& form : forms) {
      const std::string name = form.prefix + std::string(to_string(sample.op)) + form.suffix;
      std::string expected = is_negated(sample.op) ? form.negated : form.positive;
      for (char& c : expected) {
        if (c == 'x') c = !reads_empty ? 'I' : is_negated(sample.op) ? 'T' : 'F';
      }
      EXPECT_EQ(truths(name, json_string(sample.policy), contexts), expected) << name;
    }
  }
  EXPECT_EQ(operators + 1, kConditionOperatorCount);
}

// C-49, C-51, C-52, C-12: Null asks whether the key is there.
TEST(ConditionTest, NullAsksForPresence) {
  const std::vector<Question> contexts = states({ConditionOperator::Null, "", "a", "b"});
  EXPECT_EQ(truths("Null", "\"true\"", contexts), "TFFFTFFFIFI");
  EXPECT_EQ(truths("Null", "\"false\"", contexts), "FTTTFTTTITI");
  EXPECT_EQ(truths("Null", "true", contexts), "TFFFTFFFIFI");
  EXPECT_EQ(truths("Null", "\"FALSE\"", contexts), "FTTTFTTTITI");
  EXPECT_EQ(truths("Null", R"(["true", "true"])", contexts), "TFFFTFFFIFI");
  const std::string both = truths("Null", R"(["true", "false"])", contexts);
  EXPECT_EQ(both.substr(0, 10), "TTTTTTTTTT");
  EXPECT_EQ(truths("ForAllValues:Null", "\"true\"", contexts), "TTTTTTTTTTI");
  EXPECT_EQ(truths("ForAllValues:Null", "\"false\"", contexts), "TTTTTTTTTTI");
  EXPECT_EQ(truths("ForAnyValue:Null", "\"true\"", contexts), "FFFFFFFFFFI");
  EXPECT_EQ(truths("ForAnyValue:Null", "\"false\"", contexts), "FFFFFFFFFFI");
}

// C-45, C-46, C-47, C-61 (G-61): no policy values at all.
TEST(ConditionTest, EmptyPolicyLists) {
  const Question none;
  const std::vector<Question> contexts = {none,
                                          Question(none).with("k:v", "x"),
                                          Question(none).with_list("k:v", {}),
                                          Question(none).with_list("k:v", {"x"}),
                                          Question(none).with_list("k:v", {""}),
                                          Question(none).with("k:v", "x").with("K:V", "x")};
  for (const std::string name : {"StringEquals", "StringEqualsIgnoreCase", "StringLike"}) {
    EXPECT_EQ(truths(name, "[]", contexts), "IIIIII") << name;
    EXPECT_EQ(truths(name + "IfExists", "[]", contexts), "TFTFFI") << name;
    EXPECT_EQ(truths("ForAllValues:" + name, "[]", contexts), "TFTFTI") << name;
    EXPECT_EQ(truths("ForAllValues:" + name + "IfExists", "[]", contexts), "TFTFTI") << name;
    EXPECT_EQ(truths("ForAnyValue:" + name, "[]", contexts), "FFFFFI") << name;
    EXPECT_EQ(truths("ForAnyValue:" + name + "IfExists", "[]", contexts), "TFFFFI") << name;
  }
  // C-70: where the request's value cannot be read as the operator's type, nothing can be told.
  for (const std::string name :
       {"NumericLessThan", "DateEquals", "Bool", "BinaryEquals", "IpAddress", "ArnEquals"}) {
    EXPECT_EQ(truths(name, "[]", contexts), "IIIIII") << name;
    // The empty text is readable as base64 (C-69e), and as nothing else here.
    EXPECT_EQ(truths(name + "IfExists", "[]", contexts),
              name == "BinaryEquals" ? "TITIFI" : "TITIII")
        << name;
    EXPECT_EQ(truths("ForAllValues:" + name, "[]", contexts), "TITITI") << name;
    EXPECT_EQ(truths("ForAllValues:" + name + "IfExists", "[]", contexts), "TITITI") << name;
    EXPECT_EQ(truths("ForAnyValue:" + name, "[]", contexts), "FIFIFI") << name;
    EXPECT_EQ(truths("ForAnyValue:" + name + "IfExists", "[]", contexts), "TIFIFI") << name;
  }
  EXPECT_EQ(truths("Null", "[]", contexts), "IIIIII");
  // C-48
  for (const char* op : {"StringNotEquals", "ForAnyValue:StringNotLike", "NotIpAddressIfExists"}) {
    EXPECT_EQ(answer(Question().identity(
                  {allow("*", "*", "{\"" + std::string(op) + R"(": {"k:v": []}})")})),
              "error C-48")
        << op;
  }
}

// C-10, C-11, C-14, K-3: names of keys fold as a whole, values do not; no key is special.
TEST(ConditionTest, KeyNamesFold) {
  const auto one = [](const std::string& asked, const std::string& given) {
    return truth("{\"StringEquals\": {\"" + asked + "\": \"v\"}}", Question().with(given, "v"));
  };
  EXPECT_EQ(one("aws:PrincipalTag/Team", "AWS:principaltag/team"), 'T');
  EXPECT_EQ(one("aws:PrincipalTag/Team", "aws:PrincipalTag/Teams"), 'F');
  EXPECT_EQ(one("aws:PrincipalTag/a:b/c", "aws:principaltag/A:B/C"), 'T');
  EXPECT_EQ(one("nobody:KnowsThis", "nobody:knowsthis"), 'T');
  // Only ASCII letters fold.
  EXPECT_EQ(one("aws:PrincipalTag/\u00e9", "aws:PrincipalTag/\u00c9"), 'F');
  EXPECT_EQ(one("aws:PrincipalTag/[x]", "aws:PrincipalTag/{x}"), 'F');
  EXPECT_EQ(truth(R"({"StringEquals": {"k:v": "Value"}})", Question().with("k:v", "value")), 'F');
}

// C-12: keys that collide make every test of them indeterminate, in both forms of a request.
TEST(ConditionTest, CollidingKeysAreIndeterminate) {
  Question few = Question().with("aws:ResourceTag/ec2", "1").with("aws:ResourceTag/EC2", "2");
  Question many = few;
  for (int i = 0; i < 20; ++i) many.with("k:filler" + std::to_string(i), "x");
  for (const Question& context : {few, many}) {
    for (const char* condition :
         {R"({"StringEquals": {"aws:ResourceTag/ec2": "1"}})",
          R"({"StringNotEquals": {"aws:ResourceTag/Ec2": "3"}})",
          R"({"StringEqualsIfExists": {"aws:ResourceTag/ec2": "1"}})",
          R"({"ForAnyValue:StringEquals": {"aws:ResourceTag/ec2": "1"}})",
          R"({"ForAllValues:StringEquals": {"aws:ResourceTag/ec2": ["1", "2"]}})",
          R"({"Null": {"aws:ResourceTag/ec2": "false"}})",
          R"({"Null": {"aws:ResourceTag/ec2": "true"}})"}) {
      EXPECT_EQ(truth(condition, context), 'I') << condition;
    }
  }
  EXPECT_EQ(truth(R"({"StringEquals": {"k:filler7": "x"}})", many), 'T');
}

// C-20, C-21, C-70: operators and keys are ANDed: false dominates, then Indeterminate.
TEST(ConditionTest, TestsAreAnded) {
  const std::string t = R"("StringEquals": {"k:s": "a"})";
  const std::string f = R"("StringNotEquals": {"k:s": "a"})";
  const std::string i = R"("NumericEquals": {"k:s": "1"})";
  const std::string i2 = R"("Bool": {"k:s": "true"})";
  const Question context = Question().with("k:s", "a").with("k:t", "b");
  const auto ask = [&context](const std::string& a, const std::string& b) {
    return truth("{" + a + ", " + b + "}", context);
  };
  EXPECT_EQ(truth("{" + t + "}", context), 'T');
  EXPECT_EQ(ask(t, f), 'F');
  EXPECT_EQ(ask(f, t), 'F');
  EXPECT_EQ(ask(t, i), 'I');
  EXPECT_EQ(ask(i, t), 'I');
  EXPECT_EQ(ask(f, i), 'F');
  EXPECT_EQ(ask(i, f), 'F');
  EXPECT_EQ(ask(i, i2), 'I');
  // Keys of one operator; the same key under two operators (C-21).
  EXPECT_EQ(truth(R"({"StringEquals": {"k:s": "a", "k:t": "b"}})", context), 'T');
  EXPECT_EQ(truth(R"({"StringEquals": {"k:s": "a", "k:t": "c"}})", context), 'F');
  EXPECT_EQ(truth(R"({"StringLike": {"k:s": "a*"}, "StringEquals": {"k:s": "a"}})", context), 'T');
  EXPECT_EQ(truth(R"({"StringLike": {"k:s": "a*"}, "StringEquals": {"k:s": "ab"}})", context), 'F');
  // G-56: no tests at all.
  EXPECT_EQ(truth("{}", context), 'T');
}

// C-20: values of a positive operator are ORed, of a negated one NORed.
TEST(ConditionTest, ValuesAreOred) {
  const Question b = Question().with("k:v", "b");
  EXPECT_EQ(truth(R"({"StringEquals": {"k:v": ["a", "b"]}})", b), 'T');
  EXPECT_EQ(truth(R"({"StringEquals": {"k:v": ["a", "c"]}})", b), 'F');
  EXPECT_EQ(truth(R"({"StringNotEquals": {"k:v": ["a", "b"]}})", b), 'F');
  EXPECT_EQ(truth(R"({"StringNotEquals": {"k:v": ["a", "c"]}})", b), 'T');
  EXPECT_EQ(truth(R"({"NotIpAddress": {"k:i": ["10.0.0.0/8", "11.0.0.0/8"]}})",
                  Question().with("k:i", "11.1.1.1")),
            'F');
  EXPECT_EQ(truth(R"({"NumericLessThan": {"k:n": ["1", "100"]}})", Question().with("k:n", "50")),
            'T');
}

// C-22: a statement whose condition is false does nothing, even if it is a Deny.
TEST(ConditionTest, FalseDenyAllowsNothing) {
  EXPECT_EQ(answer(Question().identity({deny("*", "*", R"({"StringEquals": {"k:v": "x"}})")})),
            kNoIdentity);
}

// C-40, C-41: over several values; C-50: by the definition, not by the table that contradicts it.
TEST(ConditionTest, SetOperatorsQuantify) {
  const auto ask = [](const std::string& op, const std::vector<std::string>& values) {
    return truth("{\"" + op + R"(": {"aws:TagKeys": ["a", "b"]}})",
                 Question().with_list("aws:TagKeys", values));
  };
  EXPECT_EQ(ask("ForAllValues:StringEquals", {"a", "b", "a"}), 'T');
  EXPECT_EQ(ask("ForAllValues:StringEquals", {"a", "c"}), 'F');
  EXPECT_EQ(ask("ForAllValues:StringNotEquals", {"c", "d"}), 'T');
  EXPECT_EQ(ask("ForAllValues:StringNotEquals", {"c", "a"}), 'F');
  EXPECT_EQ(ask("ForAnyValue:StringEquals", {"c", "a"}), 'T');
  EXPECT_EQ(ask("ForAnyValue:StringEquals", {"c", "d"}), 'F');
  EXPECT_EQ(ask("ForAnyValue:StringNotEquals", {"a", "c"}), 'T');
  EXPECT_EQ(ask("ForAnyValue:StringNotEquals", {"a", "b"}), 'F');
  // C-42: empty strings among others are values.
  EXPECT_EQ(ask("ForAllValues:StringEquals", {"", ""}), 'T');
  EXPECT_EQ(ask("ForAllValues:StringEquals", {"", "a"}), 'F');
  EXPECT_EQ(ask("ForAnyValue:StringNotEquals", {"", "a"}), 'T');
  const auto paths = [](const std::string& path) {
    return truth(R"({"ForAllValues:StringNotLike": {"aws:PrincipalOrgPaths":
                     ["o-1/r-1/ou-m/", "o-1/r-1/ou-s/*"]}})",
                 Question().with_list("aws:PrincipalOrgPaths", {path}));
  };
  EXPECT_EQ(paths("o-1/r-1/ou-s/ou-c/"), 'F');
  EXPECT_EQ(paths("o-1/r-1/ou-m/ou-c/"), 'T');
}

// C-44: presence is asked for beside ForAllValues.
TEST(ConditionTest, NullGuardsForAllValues) {
  const std::string guarded = R"({"ForAllValues:StringEquals": {"aws:TagKeys": "a"},
                                  "Null": {"aws:TagKeys": "false"}})";
  EXPECT_EQ(truth(guarded, Question()), 'F');
  EXPECT_EQ(truth(guarded, Question().with_list("aws:TagKeys", {})), 'F');
  EXPECT_EQ(truth(guarded, Question().with_list("aws:TagKeys", {"a"})), 'T');
  EXPECT_EQ(truth(guarded, Question().with_list("aws:TagKeys", {""})), 'I');
  EXPECT_EQ(truth(guarded, Question().with_list("aws:TagKeys", {"b"})), 'F');
}

// C-70, C-71: within a set a definite answer beats an unreadable value, else the latter wins.
TEST(ConditionTest, UnreadableValuesInSets) {
  const auto ask = [](const std::string& op, const std::vector<std::string>& values) {
    return truth("{\"" + op + R"(": {"k:n": "1"}})", Question().with_list("k:n", values));
  };
  EXPECT_EQ(ask("ForAllValues:NumericEquals", {"1", "one"}), 'I');
  EXPECT_EQ(ask("ForAllValues:NumericEquals", {"2", "one"}), 'F');
  EXPECT_EQ(ask("ForAllValues:NumericEquals", {"one", "2"}), 'F');
  EXPECT_EQ(ask("ForAnyValue:NumericEquals", {"one", "1"}), 'T');
  EXPECT_EQ(ask("ForAnyValue:NumericEquals", {"1", "one"}), 'T');
  EXPECT_EQ(ask("ForAnyValue:NumericEquals", {"2", "one"}), 'I');
  EXPECT_EQ(ask("ForAllValues:NumericNotEquals", {"1", "one"}), 'F');
  EXPECT_EQ(ask("ForAllValues:NumericNotEquals", {"2", "one"}), 'I');
  EXPECT_EQ(ask("ForAnyValue:NumericNotEquals", {"2", "one"}), 'T');
  EXPECT_EQ(ask("ForAnyValue:NumericNotEquals", {"1", "one"}), 'I');
}

// C-70, C-72: an unreadable value is Indeterminate: it keeps an Allow off and a Deny on, IfExists
// or not, and the explanation names the key.
TEST(ConditionTest, UnreadableValuesClose) {
  for (const char* op :
       {"NumericEquals", "NumericNotEquals", "NumericEqualsIfExists", "DateLessThan",
        "BoolIfExists", "IpAddress", "NotIpAddress", "ArnLike", "ArnNotLike"}) {
    const std::string name = op;
    const std::string value = name.substr(0, 1) == "N" && name.substr(0, 3) != "Not" ? "1"
                              : name.substr(0, 4) == "Date"                          ? "2020"
                              : name.substr(0, 4) == "Bool"                          ? "true"
                              : name.find("Ip") != std::string::npos                 ? "10.0.0.1"
                                                                                     : "*";
    EXPECT_EQ(truth("{\"" + name + "\": {\"k:v\": \"" + value + "\"}}",
                    Question().with("k:v", "not readable")),
              'I')
        << name;
  }
  const Explanation explanation =
      Question()
          .identity({allow(), deny("*", "*", R"({"NumericLessThan": {"k:Age": "5"}})")})
          .with("k:age", "young")
          .ask();
  EXPECT_THAT(explanation, IsExplicitDeny(ByStatement("identity 0/1")));
  ASSERT_NE(explanation.deciding_statement(), nullptr);
  const ConditionTrace& test = explanation.deciding_statement()->conditions.at(0);
  EXPECT_EQ(test.result, Truth::Indeterminate);
  EXPECT_EQ(test.key, "k:Age");
  EXPECT_THAT(test.given, ::testing::ElementsAre("young"));
}

// C-31, C-32: IfExists and negation under a Deny.
TEST(ConditionTest, MissingKeysUnderDeny) {
  const auto ask = [](const std::string& condition) {
    return answer(Question().identity({allow(), deny("*", "*", condition)}));
  };
  EXPECT_EQ(ask(R"({"StringNotEquals": {"k:v": "x"}})"), kDeniedBySecond);
  EXPECT_EQ(ask(R"({"StringNotEqualsIfExists": {"k:v": "x"}})"), kDeniedBySecond);
  EXPECT_EQ(ask(R"({"Bool": {"aws:MultiFactorAuthPresent": "false"}})"), kByIdentity);
  EXPECT_EQ(ask(R"({"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}})"), kDeniedBySecond);
  EXPECT_EQ(ask(R"({"ForAnyValue:StringNotEquals": {"k:v": "x"}})"), kByIdentity);
}

// G-57: operators in any letter case; G-60: numbers and booleans as their spelling.
TEST(ConditionTest, SpellingsOfOperatorsAndValues) {
  EXPECT_EQ(truth(R"({"foranyvalue:stringlikeIFEXISTS": {"k:v": "a*"}})",
                  Question().with_list("k:v", {"ab"})),
            'T');
  EXPECT_EQ(truth(R"({"StringEquals": {"k:v": 1.50}})", Question().with("k:v", "1.50")), 'T');
  EXPECT_EQ(truth(R"({"StringEquals": {"k:v": 1.50}})", Question().with("k:v", "1.5")), 'F');
  EXPECT_EQ(truth(R"({"StringEquals": {"k:v": true}})", Question().with("k:v", "true")), 'T');
  EXPECT_EQ(truth(R"({"NumericEquals": {"k:v": [1, "2"]}})", Question().with("k:v", "2.0")), 'T');
  EXPECT_EQ(truth(R"({"Bool": {"k:v": true}})", Question().with("k:v", "true")), 'T');
  // C-3
  EXPECT_EQ(answer(Question().identity({allow("*", "*", R"({"BinaryNotEquals": {"k:v": ""}})")})),
            "error G-57");
}

// Terms that many statements share are evaluated once, and more than sixty-four of them still
// right.
TEST(ConditionTest, ManyTermsStayApart) {
  Statements list;
  for (int i = 0; i < 200; ++i) {
    const std::string number = std::to_string(i);
    list.push_back(
        allow("*", "*",
              R"({"StringEquals": {"k:v": ")" + number + R"("}, "StringLike": {"k:w": "a*"}})"));
  }
  for (const int i : {0, 63, 64, 65, 127, 128, 199}) {
    EXPECT_EQ(answer(Question().identity(list).with("k:v", std::to_string(i)).with("k:w", "abc")),
              "allowed AllowedByIdentity identity 0/" + std::to_string(i));
  }
  EXPECT_EQ(answer(Question().identity(list).with("k:v", "200").with("k:w", "abc")), kNoIdentity);
}

}  // namespace
}  // namespace writ::test
