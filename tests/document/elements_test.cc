// Version, Id, Statement, Sid, Effect, and the rules of RCP statements (G-12 to G-20, E-31).
#include <gtest/gtest.h>

#include "support/refusals.h"

namespace writ::test {
namespace {

using enum PolicyType;

constexpr std::string_view kDeny = R"("Effect":"Deny","Action":"*","Resource":"*")";

std::string document(std::string_view members) {
  return "{" + std::string(members) + ",\n\"Statement\":{" + std::string(kDeny) + "}}";
}

TEST(DocumentTest, VersionIsOneOfTwoStrings) {
  // G-12
  for (const char* version :
       {"\"2012-10-18\"", "\"2012-10-17 \"", "\"\"", "\"2012\"", "20121017", "2012", "true", "[]",
        "[\"2012-10-17\"]", "{}", "\"2008-10-16\"", "\"latest\""}) {
    for (const PolicyType type : {IdentityBased, Session, ServiceControl}) {
      expect_refused(type, document("\"Version\":^" + std::string(version)),
                     {ErrorCode::InvalidVersion, "G-12", "/Version"});
    }
  }
  const Result<PolicyDocument> newer = parse_policy(document(R"("Version":"2012-10-17")"), Session);
  const Result<PolicyDocument> older = parse_policy(document(R"("Version":"2008-10-17")"), Session);
  ASSERT_TRUE(newer && older);
  EXPECT_EQ(newer->version(), PolicyVersion::V2012);
  EXPECT_EQ(older->version(), PolicyVersion::V2008);
  EXPECT_EQ(newer->type(), Session);
}

TEST(DocumentTest, VersionMayBeAbsent) {
  // G-13, G-14: variables are plain text then, so a malformed one is none.
  for (const std::string_view version : {R"("Version":"2008-10-17",)", ""}) {
    const Result<PolicyDocument> old =
        parse_policy("{" + std::string(version) +
                         R"("Statement":{"Effect":"Deny","Action":"*","Resource":"arn:aws:s3:::${",
            "Condition":{"StringEquals":{"a:b":"${}"},"Bool":{"a:c":true}}}})",
                     IdentityBased);
    ASSERT_TRUE(old) << old.error().to_string();
    EXPECT_FALSE(old->has_variables());
    EXPECT_EQ(old->version(), version.empty() ? PolicyVersion::Absent : PolicyVersion::V2008);
  }
  const Result<PolicyDocument> current =
      parse_policy(document(R"("Version":"2012-10-17")"), IdentityBased);
  ASSERT_TRUE(current);
  EXPECT_TRUE(current->has_variables());
  // A Bool value with a variable is known later, but only if it is a variable.
  const std::string members =
      R"("Effect":"Deny","Action":"*","Resource":"*","Condition":{"Bool":{"a:b":^"${a:c}"}})";
  expect_refused(IdentityBased, statement(members, "2008-10-17"),
                 {ErrorCode::InvalidConditionValue, "G-62", "/Statement/0/Condition/Bool/a:b"});
}

TEST(DocumentTest, ControlPoliciesHaveTheNewVersion) {
  // G-15
  const Refused rows[] = {
      {"SCP",
       ServiceControl,
       document(R"("Version":^"2008-10-17")"),
       {ErrorCode::InvalidVersion, "G-15", "/Version"}},
      {"RCP",
       ResourceControl,
       document(R"("Version":^"2008-10-17")"),
       {ErrorCode::InvalidVersion, "G-15", "/Version"}},
      {"variable in an SCP without version",
       ServiceControl,
       R"({"Statement":{"Effect":"Deny","Action":"*","Resource":^"arn:aws:s3:::${aws:username}"}})",
       {ErrorCode::MissingVersion, "G-15", "/Statement/Resource"}},
      {"variable in a value of an RCP without version",
       ResourceControl,
       R"({"Statement":{"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"*",
           "Condition":{"StringEquals":{"a:b":["x",^"${a:c}"]}}}})",
       {ErrorCode::MissingVersion, "G-15", "/Statement/Condition/StringEquals/a:b/1"}},
      {"in a name",
       ServiceControl,
       R"({"Statement":{"Effect":"Deny","Action":"*","Resource":"*",
           "Condition":{"StringEquals":{^"a:${b":"x"}}}})",
       {ErrorCode::MissingVersion, "G-15", "/Statement/Condition/StringEquals/a:${b"}},
      {"in a Sid",
       ServiceControl,
       R"({"Statement":{"Sid":^"${","Effect":"Deny","Action":"*","Resource":"*"}})",
       {ErrorCode::MissingVersion, "G-15", "/Statement/Sid"}},
  };
  expect_refused(rows);
  const Loaded loads[] = {
      {"absent", ServiceControl, R"({"Statement":{"Effect":"Deny","Action":"*","Resource":"*"}})"},
      {"absent in an RCP", ResourceControl,
       R"({"Statement":{"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"*"}})"},
      {"a dollar and a brace apart", ServiceControl,
       R"({"Statement":[{"Sid":"$","Effect":"Deny","Action":"*","Resource":"*"},
                        {"Sid":"{","Effect":"Deny","Action":"*","Resource":"*"}]})"},
      {"new version", ServiceControl,
       statement(R"("Effect":"Deny","Action":"*","Resource":"arn:aws:s3:::${aws:username}")")},
      {"other kinds take the old one", IdentityBased, document(R"("Version":"2008-10-17")")},
      {"and a variable without a version", Session,
       R"({"Statement":{"Effect":"Deny","Action":"*","Resource":"arn:aws:s3:::${aws:username}"}})"},
  };
  expect_loads(loads);
}

TEST(DocumentTest, IdIsAString) {
  // G-16: in every kind.
  for (const char* id : {"1", "null", "true", "[]", "{}", "[\"x\"]"}) {
    expect_refused(ServiceControl, document("\"Id\":^" + std::string(id)),
                   {ErrorCode::DataTypeMismatch, "G-16", "/Id"});
  }
  for (const PolicyType type : {IdentityBased, PermissionsBoundary, Session, ServiceControl}) {
    const Result<PolicyDocument> read = parse_policy(document(R"("Id":"my id")"), type);
    ASSERT_TRUE(read);
    EXPECT_TRUE(read->has_id());
    EXPECT_EQ(read->id().value, "my id");
  }
  const Result<PolicyDocument> empty = parse_policy(document(R"("Id":"")"), Session);
  ASSERT_TRUE(empty);
  EXPECT_TRUE(empty->has_id());
  const Result<PolicyDocument> without = parse_policy(statement(kDeny), Session);
  ASSERT_TRUE(without);
  EXPECT_FALSE(without->has_id());
}

TEST(DocumentTest, StatementIsOneOrMoreObjects) {
  // G-17
  const Refused rows[] = {
      {"missing", IdentityBased, "^{}", {ErrorCode::MissingStatement, "G-17", ""}},
      {"missing beside a version",
       ServiceControl,
       R"(^{"Version":"2012-10-17"})",
       {ErrorCode::MissingStatement, "G-17", ""}},
      {"empty list",
       IdentityBased,
       R"({"Statement":^[]})",
       {ErrorCode::MissingStatement, "G-17", "/Statement"}},
      {"string",
       IdentityBased,
       R"({"Statement":^"x"})",
       {ErrorCode::DataTypeMismatch, "G-17", "/Statement"}},
      {"number",
       IdentityBased,
       R"({"Statement":^1})",
       {ErrorCode::DataTypeMismatch, "G-17", "/Statement"}},
      {"Boolean",
       IdentityBased,
       R"({"Statement":^false})",
       {ErrorCode::DataTypeMismatch, "G-17", "/Statement"}},
      {"string in the list",
       IdentityBased,
       "{\"Statement\":[{" + std::string(kDeny) + "},^\"x\"]}",
       {ErrorCode::DataTypeMismatch, "G-17", "/Statement/1"}},
      {"empty object",
       IdentityBased,
       R"({"Statement":[^{}]})",
       {ErrorCode::MissingEffect, "G-20", "/Statement/0"}},
  };
  expect_refused(rows);
  const Result<PolicyDocument> three =
      parse_policy("{\"Statement\":[{" + std::string(kDeny) + "},\n{" + std::string(kDeny) +
                       "},\n {" + std::string(kDeny) + "}]}",
                   IdentityBased);
  ASSERT_TRUE(three);
  ASSERT_EQ(three->statements().size(), 3U);
  EXPECT_EQ(three->statements()[2].begin.line, 3U);
  EXPECT_EQ(three->statements()[2].begin.column, 2U);
  EXPECT_EQ(three->statements()[2].end.column, 2U + kDeny.size() + 2U);
}

TEST(DocumentTest, SidsAreStrings) {
  // G-18
  for (const char* sid : {"1", "true", "[]", "[\"a\"]", "{}"}) {
    for (const PolicyType type : {IdentityBased, VpcEndpoint}) {
      expect_refused(type, statement("\"Sid\":^" + std::string(sid)),
                     {ErrorCode::DataTypeMismatch, "G-18", "/Statement/0/Sid"});
    }
  }
}

TEST(DocumentTest, SidsOfIamAreLettersAndDigits) {
  // G-18
  const std::string trust = R"("Effect":"Deny","Principal":"*","Action":"sts:*")";
  for (const char* sid :
       {"a b", "a-b", "a_b", "a.b", "a:b", " ", "*", "a\\n", "\xc3\xa9", "a\\u0020"}) {
    for (const PolicyType type : {IdentityBased, PermissionsBoundary, Session, RoleTrust}) {
      expect_refused(type,
                     statement("\"Sid\":^\"" + std::string(sid) + "\"," +
                               (type == RoleTrust ? trust : std::string(kDeny))),
                     {ErrorCode::UnsupportedSid, "G-18", "/Statement/0/Sid"});
    }
    expect_loads(ServiceControl,
                 statement("\"Sid\":\"" + std::string(sid) + "\"," + std::string(kDeny)));
    const std::string everyone = "\"Principal\":\"*\",\"Sid\":\"" + std::string(sid) + "\",";
    expect_loads(ResourceBased, statement(everyone + std::string(kDeny)));
    expect_loads(VpcEndpoint, statement(everyone + std::string(kDeny)));
    expect_loads(ResourceControl,
                 statement(everyone + R"("Effect":"Deny","Action":"s3:*","Resource":"*")"));
  }
  for (const char* sid : {"", "a", "Z", "0", "AllowRead2"}) {
    expect_loads(IdentityBased,
                 statement("\"Sid\":\"" + std::string(sid) + "\"," + std::string(kDeny)));
  }
}

TEST(DocumentTest, SidsOfIamAreUnique) {
  // G-19
  const auto sids = [](std::initializer_list<const char*> list, std::string_view rest) {
    std::string text = "{\"Statement\":[";
    for (const char* sid : list) {
      const bool marked = *sid == '^';
      text += std::string(text.back() == '[' ? "" : ",") + "\n{\"Sid\":" + (marked ? "^" : "") +
              "\"" + (marked ? sid + 1 : sid) + "\"," + std::string(rest) + "}";
    }
    return text + "]}";
  };
  constexpr auto kCode = ErrorCode::UniqueSidsRequired;
  const Refused rows[] = {
      {"ID", IdentityBased, sids({"a", "^a"}, kDeny), {kCode, "G-19", "/Statement/1/Sid"}},
      {"PB",
       PermissionsBoundary,
       sids({"a", "b", "^a"}, kDeny),
       {kCode, "G-19", "/Statement/2/Sid"}},
      {"SP", Session, sids({"z", "a", "^a", "z"}, kDeny), {kCode, "G-19", "/Statement/2/Sid"}},
      {"TP",
       RoleTrust,
       sids({"a", "^a", "a"}, R"("Effect":"Deny","Principal":"*","Action":"sts:*")"),
       {kCode, "G-19", "/Statement/1/Sid"}},
  };
  expect_refused(rows);
  const Loaded loads[] = {
      {"letter case", IdentityBased, sids({"a", "A"}, kDeny)},
      {"empty ones", IdentityBased, sids({"", "", ""}, kDeny)},
      {"SCP", ServiceControl, sids({"a", "a"}, kDeny)},
      {"RB", ResourceBased, sids({"a", "a"}, R"("Effect":"Deny","Principal":"*","Action":"*")")},
  };
  expect_loads(loads);
}

TEST(DocumentTest, EffectIsAllowOrDeny) {
  // G-20
  for (const char* effect : {"\"allow\"", "\"ALLOW\"", "\"deny\"", "\"DENY\"", "\"Allow \"", "\"\"",
                             "\"Permit\"", "true", "1", "[\"Allow\"]", "{}"}) {
    expect_refused(
        IdentityBased,
        statement("\"Action\":\"*\",\"Resource\":\"*\",\n\"Effect\":^" + std::string(effect)),
        {ErrorCode::InvalidEffect, "G-20", "/Statement/0/Effect"});
  }
  std::string missing = statement(R"("Action":"*","Resource":"*")");
  missing.insert(missing.find("{\"Action"), "^");
  expect_refused(Session, missing, {ErrorCode::MissingEffect, "G-20", "/Statement/0"});
  const Result<PolicyDocument> both = parse_policy(
      R"({"Statement":[{"Effect":"Allow","Action":"*","Resource":"*"},
                       {"Effect":"Deny","Action":"*","Resource":"*"}]})",
      IdentityBased);
  ASSERT_TRUE(both);
  EXPECT_EQ(both->statements()[0].effect, Effect::Allow);
  EXPECT_EQ(both->statements()[1].effect, Effect::Deny);
}

TEST(DocumentTest, ResourceControlPoliciesAllowNothingOfTheirOwn) {
  // E-31: an Allow has exactly the shape of RCPFullAWSAccess.
  const Expected expected{ErrorCode::RcpSyntaxError, "E-31", "/Statement/0/Effect"};
  for (const char* rest :
       {R"("Action":"s3:*","Resource":"*")", R"("Action":["*","s3:*"],"Resource":"*")",
        R"("Action":["*","*"],"Resource":"*")", R"("Action":[],"Resource":"*")",
        R"("Action":"*","Resource":"arn:aws:s3:::b")", R"("Action":"*","Resource":["*","*"])",
        R"("Action":"*","Resource":[])", R"("Action":"*","NotResource":"*")",
        R"("Action":"*","Resource":"*","Condition":{})",
        R"("Action":"*","Resource":"*","Condition":{"Bool":{"a:b":true}})"}) {
    expect_refused(ResourceControl,
                   statement("\"Principal\":\"*\",\"Effect\":^\"Allow\"," + std::string(rest)),
                   expected);
  }
  const Loaded loads[] = {
      {"strings", ResourceControl,
       statement(R"("Effect":"Allow","Principal":"*","Action":"*","Resource":"*")")},
      {"lists of one, any Sid", ResourceControl,
       statement(
           R"("Sid":"My own","Effect":"Allow","Principal":"*","Action":["*"],"Resource":["*"])")},
      {"a Deny may be anything", ResourceControl,
       statement(
           R"("Effect":"Deny","Principal":"*","Action":["s3:*","sts:*"],"NotResource":["arn:aws:s3:::b"],
           "Condition":{"Bool":{"a:b":true}})")},
  };
  expect_loads(loads);
}

}  // namespace
}  // namespace writ::test
