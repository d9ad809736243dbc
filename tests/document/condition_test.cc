// Condition: operators, keys and values at load (G-55 to G-62, V-3, V-4, V-21, C-48 to C-69e).
#include <gtest/gtest.h>

#include <cctype>
#include <span>
#include <utility>

#include "support/refusals.h"

namespace writ::test {
namespace {

using enum PolicyType;

std::string quote(std::string_view text) { return "\"" + std::string(text) + "\""; }

std::string condition(std::string_view object, std::string_view version = "2012-10-17") {
  return statement("\"Effect\":\"Deny\",\"Action\":\"*\",\"Resource\":\"*\",\n \"Condition\":" +
                       std::string(object),
                   version);
}

// The same with one operator, the key `k:v`, and its values.
std::string test(std::string_view op, std::string_view values,
                 std::string_view version = "2012-10-17") {
  return condition("{" + quote(op) + ":{\"k:v\":" + std::string(values) + "}}", version);
}

std::string pointer(std::string_view op, std::string_view rest = "/k:v") {
  return "/Statement/0/Condition/" + std::string(op) + std::string(rest);
}

// Whether the quoted texts are values of the operator, alone and in a list.
void expect_values(std::string_view op, std::initializer_list<const char*> texts) {
  for (const char* text : texts) {
    expect_loads(IdentityBased, test(op, quote(text)));
    expect_loads(ServiceControl, test(op, "[" + quote(text) + "," + quote(text) + "]"));
  }
}

void expect_no_values(std::string_view op, std::string_view good,
                      std::initializer_list<const char*> texts) {
  for (const char* text : texts) {
    expect_refused(IdentityBased, test(op, "^" + quote(text)),
                   {ErrorCode::InvalidConditionValue, "G-62", pointer(op)});
    expect_refused(Session, test(op, "[" + quote(good) + ",\n\t^" + quote(text) + "]"),
                   {ErrorCode::InvalidConditionValue, "G-62", pointer(op, "/k:v/1")});
  }
}

TEST(DocumentTest, ConditionIsAnObjectOfObjects) {
  // G-55
  for (const char* value : {"\"x\"", "1", "true", "[]", "[{}]", "[{\"Bool\":{\"a:b\":true}}]"}) {
    expect_refused(IdentityBased, condition("^" + std::string(value)),
                   {ErrorCode::DataTypeMismatch, "G-55", "/Statement/0/Condition"});
    expect_refused(IdentityBased, condition("{\"Bool\":^" + std::string(value) + "}"),
                   {ErrorCode::DataTypeMismatch, "G-55", pointer("Bool", "")});
  }
  expect_loads(IdentityBased, statement(R"("Effect":"Deny","Action":"*","Resource":"*")"));
}

TEST(DocumentTest, EmptyConditionsImposeNothing) {
  // G-56
  const Result<PolicyDocument> document = parse_policy(condition("{}"), IdentityBased);
  ASSERT_TRUE(document);
  EXPECT_TRUE(document->statements()[0].has_condition);
  EXPECT_TRUE(document->statements()[0].conditions.empty());
  expect_refused(IdentityBased, condition(R"({"StringEquals":^{}})"),
                 {ErrorCode::EmptyConditionOperator, "G-56", pointer("StringEquals", "")});
  expect_refused(IdentityBased, condition(R"({"Bool":{"a:b":true},"Null":^{}})"),
                 {ErrorCode::EmptyConditionOperator, "G-56", pointer("Null", "")});
}

// A value that the operator takes.
std::string_view good_value(ConditionOperator op) {
  switch (value_type(op)) {
    case ValueType::Numeric:
      return "1";
    case ValueType::Date:
      return "2020-01-01";
    case ValueType::Bool:
    case ValueType::Existence:
      return "true";
    case ValueType::Binary:
      return "QQ==";
    case ValueType::Ip:
      return "10.0.0.0/8";
    case ValueType::Arn:
      return "arn:aws:s3:::b";
    case ValueType::String:
      break;
  }
  return "x";
}

TEST(DocumentTest, OperatorsTakeQuantifierAndIfExists) {
  // G-57, C-1, C-2: every operator, with both, in any letter case.
  for (int i = 0; i < kConditionOperatorCount; ++i) {
    const auto op = static_cast<ConditionOperator>(i);
    for (const SetQuantifier quantifier :
         {SetQuantifier::None, SetQuantifier::ForAllValues, SetQuantifier::ForAnyValue}) {
      for (const bool if_exists : {false, true}) {
        if (if_exists && op == ConditionOperator::Null) continue;
        std::string name(to_string(quantifier));
        if (!name.empty()) name += ':';
        name += to_string(op);
        if (if_exists) name += "IfExists";
        std::string folded = name;
        for (char& c : folded)
          c = static_cast<char>(i % 2 == 0 ? std::tolower(c) : std::toupper(c));
        for (const std::string& spelling : {name, folded}) {
          const Result<PolicyDocument> document =
              parse_policy(test(spelling, quote(good_value(op))), IdentityBased);
          ASSERT_TRUE(document) << document.error().to_string();
          const ConditionTest& read = document->statements()[0].conditions[0];
          EXPECT_EQ(to_string(read.op), to_string(op)) << spelling;
          EXPECT_EQ(to_string(read.quantifier), to_string(quantifier)) << spelling;
          EXPECT_EQ(read.if_exists, if_exists) << spelling;
          EXPECT_EQ(read.operator_text.value, spelling);
          EXPECT_EQ(read.key.value, "k:v");
        }
      }
    }
  }
}

TEST(DocumentTest, ThereAreNoOtherOperators) {
  // G-57, C-3
  for (const char* name : {"",
                           "String",
                           "StringEqual",
                           "StringEqualsIfExist",
                           "StringLikeIgnoreCase",
                           "BinaryNotEquals",
                           "BoolNotEquals",
                           "StringMatches",
                           "NumericLike",
                           "DateBefore",
                           "IfExists",
                           "ForAllValues:",
                           "ForAnyValue:",
                           "ForAllValues",
                           "ForAllValues:IfExists",
                           "ForAllValue:Bool",
                           "ForAnyValues:Bool",
                           "ForAllValues:ForAnyValue:Bool",
                           "ForAllValues:ForAllValues:Bool",
                           "BoolIfExistsIfExists",
                           "IfExistsBool",
                           "Bool:ForAllValues",
                           "ForAllValues: Bool",
                           "ForAllValues.Bool",
                           " Bool",
                           "Bool ",
                           "ForAllValues:StringEqualsIfExistsX",
                           "Bool\\n",
                           "B\\u00f6ol",
                           "NotNull",
                           "StringEquals:IfExists",
                           "Stringequals "}) {
    std::string decoded(name);
    if (const auto at = decoded.find("\\n"); at != std::string::npos) decoded.replace(at, 2, "\n");
    if (const auto at = decoded.find("\\u00f6"); at != std::string::npos) {
      decoded.replace(at, 6, "\xc3\xb6");
    }
    expect_refused(IdentityBased, condition("{^" + quote(name) + ":{\"k:v\":\"true\"}}"),
                   {ErrorCode::InvalidConditionOperator, "G-57", pointer(decoded, "")});
  }
}

TEST(DocumentTest, NullTakesNoIfExists) {
  // G-58
  for (const char* name :
       {"NullIfExists", "nullifexists", "ForAllValues:NullIfExists", "ForAnyValue:NullIfExists"}) {
    expect_refused(IdentityBased, condition("{^" + quote(name) + ":{\"k:v\":\"true\"}}"),
                   {ErrorCode::NullWithIfExists, "G-58", pointer(name, "")});
  }
  expect_loads(IdentityBased, test("ForAllValues:Null", "\"true\""));
}

TEST(DocumentTest, KeysHaveAPrefixAndAName) {
  // G-59
  for (const char* key :
       {"", ":", "::", "key", "aws", ":name", "aws:", "a", "a/b", "aws.x", ":x:", ":x", "x:"}) {
    std::string escaped(key);
    if (const auto at = escaped.find('/'); at != std::string::npos) escaped.replace(at, 1, "~1");
    expect_refused(
        IdentityBased, condition("{\"StringEquals\":{\"k:v\":\"x\",\n ^" + quote(key) + ":\"x\"}}"),
        {ErrorCode::InvalidConditionKeyFormat, "G-59", pointer("StringEquals", "/" + escaped)});
  }
  for (const char* key : {"aws:SourceIp", "a:b", "aws:PrincipalTag/team", "aws:RequestTag/a:b/c",
                          "accounts.google.com:aud", "oidc.eks.eu-west-1.amazonaws.com/id/ABC:sub",
                          "a::", "::a", "a b:c d", ":x:y", "\xc3\xa9:\xc3\xa9"}) {
    expect_loads(IdentityBased, condition("{\"StringEquals\":{" + quote(key) + ":\"x\"}}"));
  }
}

TEST(DocumentTest, ValuesAreScalarsAndKeepTheirSpelling) {
  // G-60
  const Result<PolicyDocument> document =
      parse_policy(condition(R"({"StringEquals":{"k:a":[1.50,"1.50",true,false,-0,1e2]},
                    "NumericEquals":{"k:n":10}})"),
                   IdentityBased);
  ASSERT_TRUE(document) << document.error().to_string();
  const std::span<const ConditionTest> tests = document->statements()[0].conditions;
  ASSERT_EQ(tests.size(), 2U);
  ASSERT_EQ(tests[0].values.size(), 6U);
  const std::pair<std::string_view, ConditionValueKind> expected[] = {
      {"1.50", ConditionValueKind::Number},  {"1.50", ConditionValueKind::String},
      {"true", ConditionValueKind::Boolean}, {"false", ConditionValueKind::Boolean},
      {"-0", ConditionValueKind::Number},    {"1e2", ConditionValueKind::Number}};
  for (std::size_t i = 0; i < std::size(expected); ++i) {
    EXPECT_EQ(tests[0].values[i].text, expected[i].first);
    EXPECT_EQ(tests[0].values[i].kind, expected[i].second);
  }
  EXPECT_EQ(tests[0].group, 0U);
  EXPECT_EQ(tests[1].group, 1U);
  EXPECT_EQ(tests[1].values[0].text, "10");
  expect_refused(IdentityBased, test("StringEquals", "^{}"),
                 {ErrorCode::DataTypeMismatch, "G-60", pointer("StringEquals")});
  expect_refused(IdentityBased, test("StringEquals", "[\"a\",^{\"b\":\"c\"}]"),
                 {ErrorCode::DataTypeMismatch, "G-60", pointer("StringEquals", "/k:v/1")});
}

TEST(DocumentTest, EmptyValueListsNeedAPositiveOperator) {
  // G-61, C-45, C-48
  for (int i = 0; i < kConditionOperatorCount; ++i) {
    const auto op = static_cast<ConditionOperator>(i);
    for (const char* prefix : {"", "ForAllValues:", "ForAnyValue:"}) {
      for (const char* suffix : {"", "IfExists"}) {
        if (op == ConditionOperator::Null && *suffix != '\0') continue;
        const std::string name = prefix + std::string(to_string(op)) + suffix;
        if (is_negated(op)) {
          expect_refused(IdentityBased, test(name, "^[]"),
                         {ErrorCode::EmptyConditionValues, "C-48", pointer(name)});
        } else {
          expect_loads(IdentityBased, test(name, "[]"));
        }
      }
    }
  }
}

TEST(DocumentTest, VariablesStandUnderSomeOperatorsOnly) {
  // V-3, V-4: with the old version the braces are text, which is no value either.
  for (int i = 0; i < kConditionOperatorCount; ++i) {
    const auto op = static_cast<ConditionOperator>(i);
    const std::string name(to_string(op));
    const ValueType type = value_type(op);
    const std::string value =
        type == ValueType::Arn ? "arn:aws:s3:::${aws:username}" : "${aws:username}";
    if (takes_variables(op)) {
      expect_loads(IdentityBased, test(name, quote(value)));
    } else {
      expect_refused(IdentityBased,
                     test(name, "[" + quote(good_value(op)) + ",^" + quote(value) + "]"),
                     {ErrorCode::InvalidVariableForOperator, "G-62", pointer(name, "/k:v/1")});
    }
    if (type == ValueType::String || type == ValueType::Arn) {
      expect_loads(IdentityBased, test(name, quote(value), "2008-10-17"));
    } else {
      expect_refused(IdentityBased, test(name, "^" + quote(value), "2008-10-17"),
                     {ErrorCode::InvalidConditionValue, "G-62", pointer(name)});
    }
  }
  // A variable in part of a Bool value is known at evaluation as well.
  expect_loads(IdentityBased, test("Bool", R"("tr${k:x}")"));
  expect_refused(IdentityBased, test("Bool", R"(^"tr$")"),
                 {ErrorCode::InvalidConditionValue, "G-62", pointer("Bool")});
}

TEST(DocumentTest, StringValuesAreAnyString) {
  // C-61, C-63
  for (const char* op :
       {"StringEquals", "StringNotEqualsIgnoreCase", "StringLike", "ForAnyValue:StringNotLike"}) {
    expect_values(op, {"", " ", "*", "?", "a*b", "\\\"", "$", "{}", "1", "\xc3\xa9"});
    expect_loads(IdentityBased, test(op, "[1,true,\"x\"]"));
  }
}

TEST(DocumentTest, NumericValuesAreDecimals) {
  // C-64
  for (const char* op :
       {"NumericEquals", "NumericNotEquals", "NumericLessThan", "NumericLessThanEquals",
        "NumericGreaterThan", "ForAllValues:NumericGreaterThanEqualsIfExists"}) {
    expect_values(op, {"0", "-1", "+1", "007", "1.50", "9007199254740993"});
    expect_no_values(
        op, "1",
        {"", "abc", "1e5", "1.", ".5", " 1", "1 ", "0x1", "NaN", "1,5", "*", "--1", "true"});
    expect_loads(IdentityBased, test(op, "[1,-2.50,0]"));
    expect_refused(IdentityBased, test(op, "^1e5"),
                   {ErrorCode::InvalidConditionValue, "G-62", pointer(op)});
    expect_refused(IdentityBased, test(op, "[1,^true]"),
                   {ErrorCode::InvalidConditionValue, "G-62", pointer(op, "/k:v/1")});
  }
}

TEST(DocumentTest, DateValuesAreIsoOrEpoch) {
  // C-65
  for (const char* op : {"DateEquals", "DateNotEquals", "DateLessThan", "DateLessThanEquals",
                         "DateGreaterThan", "DateGreaterThanEqualsIfExists"}) {
    expect_values(op, {"2020", "2020-02", "2020-02-29", "2020-01-01T00:00Z",
                       "2020-01-01T00:00:00.5+01:00", "1600000000", "99999"});
    expect_no_values(
        op, "2020",
        {"", "123", "2019-02-29", "2020-13", "2020-01-01T00:00", "2020-01-01T00:00:60Z",
         "2020-01-01t00:00Z", "-2020", "1600000000.5", "now", "*", "2020-01-01T00:00Z "});
    // A JSON number is epoch seconds, digits only.
    expect_loads(IdentityBased, test(op, "[0,7,2020,1600000000]"));
    for (const char* number : {"-1", "1.0", "1e9", "-0"}) {
      expect_refused(IdentityBased, test(op, "^" + std::string(number)),
                     {ErrorCode::InvalidConditionValue, "G-62", pointer(op)});
    }
  }
}

TEST(DocumentTest, BoolValuesAreTrueAndFalse) {
  // C-67; C-51 for Null.
  for (const char* op : {"Bool", "BoolIfExists", "ForAnyValue:Bool", "Null", "ForAllValues:Null"}) {
    expect_values(op, {"true", "false", "TRUE", "False"});
    expect_no_values(op, "true", {"", "1", "0", "yes", "true ", "*", "tru"});
    expect_loads(IdentityBased, test(op, "[true,false]"));
    for (const char* value : {"1", "0"}) {
      expect_refused(IdentityBased, test(op, "^" + std::string(value)),
                     {ErrorCode::InvalidConditionValue, "G-62", pointer(op)});
    }
  }
}

TEST(DocumentTest, IpValuesAreAddressesOrBlocks) {
  // C-68
  for (const char* op : {"IpAddress", "NotIpAddress", "ForAnyValue:IpAddressIfExists"}) {
    expect_values(op, {"203.0.113.0/24", "203.0.113.9/24", "10.0.0.1", "0.0.0.0/0", "2001:DB8::/32",
                       "::1", "::ffff:1.2.3.4/100"});
    expect_no_values(op, "10.0.0.1",
                     {"", "10.0.0", "10.0.0.256", "10.0.0.01", "10.0.0.0/33", "10.0.0.0/08",
                      "10.0.0.0/", "::1/129", "fe80::1%eth0", "[::1]", "10.0.0.1:80", " 10.0.0.1",
                      "*", "10.0.0.*", "localhost"});
    expect_refused(IdentityBased, test(op, "^10"),
                   {ErrorCode::InvalidConditionValue, "G-62", pointer(op)});
  }
}

TEST(DocumentTest, ArnValuesHaveSixFields) {
  // C-69, C-69a, C-69c, V-21: filling is for resources, not for conditions.
  for (const char* op :
       {"ArnEquals", "ArnLike", "ArnNotEquals", "ForAllValues:ArnNotLikeIfExists"}) {
    expect_values(op, {"*", "arn:aws:iam::111122223333:role/R", "arn:*:*:*:*:*", "arn:aws:s?:::b",
                       "*:*:*:*:*:*", "a:b:c:d:e:f:g", ":::::", "arn:${aws:x}:s3:::${aws:y}",
                       "arn:aws:s3:::${aws:SourceArn, 'a:b'}"});
    expect_no_values(op, "*",
                     {"", "arn", "arn:*", "arn:aws:s3", "arn:aws:s3::", "a:b:c:d:e", "**", "?",
                      "role/R", "${aws:SourceArn}", "arn:aws:${a:b}:c:d"});
    // With the old version colons in braces separate.
    expect_loads(IdentityBased, test(op, R"("arn:aws:${a:b}:c:d")", "2008-10-17"));
  }
}

TEST(DocumentTest, BinaryValuesAreBase64) {
  // C-69e
  for (const char* op : {"BinaryEquals", "ForAnyValue:BinaryEqualsIfExists"}) {
    expect_values(op, {"", "QQ==", "QmluYXJ5VmFsdWVJbkJhc2U2NA==", "+/+/"});
    expect_no_values(op, "", {"Q", "QQ", "QQ=", "Q Q=", "-_-_", "QQ===", "*"});
    expect_refused(IdentityBased, test(op, "^12"),
                   {ErrorCode::InvalidConditionValue, "G-62", pointer(op)});
  }
}

TEST(DocumentTest, ConditionsAreTheSameInEveryKind) {
  // G-62: a value that is none stops every kind of policy.
  const std::string bad = R"("Condition":{"NumericEquals":{"k:n":^"abc"}})";
  const Expected expected{ErrorCode::InvalidConditionValue, "G-62",
                          pointer("NumericEquals", "/k:n")};
  const std::string attached = R"("Effect":"Deny","Principal":"*","Action":"s3:*",)";
  expect_refused(RoleTrust, statement(attached + bad), expected);
  expect_refused(ResourceBased, statement(attached + bad), expected);
  expect_refused(ResourceControl, statement(attached + "\"Resource\":\"*\"," + bad), expected);
  expect_refused(VpcEndpoint, statement(attached + "\"Resource\":\"*\"," + bad), expected);
  for (const PolicyType type : {IdentityBased, PermissionsBoundary, Session, ServiceControl}) {
    expect_refused(type, statement(R"("Effect":"Deny","Action":"*","Resource":"*",)" + bad),
                   expected);
  }
}

}  // namespace
}  // namespace writ::test
