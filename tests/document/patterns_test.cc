// Action, NotAction, Resource, NotResource and the variables in them (G-21 to G-41, V-7).
#include <gtest/gtest.h>

#include "support/refusals.h"

namespace writ::test {
namespace {

using enum PolicyType;

std::string action(std::string_view value) {
  return statement("\"Effect\":\"Deny\",\n\"Action\":" + std::string(value) +
                   ",\"Resource\":\"*\"");
}

std::string resource(std::string_view value, std::string_view version = "2012-10-17") {
  return statement("\"Effect\":\"Deny\",\"Action\":\"*\",\n\"Resource\":" + std::string(value),
                   version);
}

// The same in a resource-based policy.
std::string attached(std::string_view members) {
  return statement("\"Effect\":\"Deny\",\"Principal\":\"*\"," + std::string(members));
}

std::string quote(std::string_view text) { return "\"" + std::string(text) + "\""; }

TEST(DocumentTest, StatementsHaveOneOfActionAndNotAction) {
  // G-21
  const Refused rows[] = {
      {"none",
       IdentityBased,
       R"({"Statement":[^{"Effect":"Deny","Resource":"*"}]})",
       {ErrorCode::MissingAction, "G-21", "/Statement/0"}},
      {"none in a trust policy",
       RoleTrust,
       R"({"Statement":^{"Effect":"Deny","Principal":"*"}})",
       {ErrorCode::MissingAction, "G-21", "/Statement"}},
      {"both",
       IdentityBased,
       statement(R"("Effect":"Deny","Action":"*",^"NotAction":"a:b","Resource":"*")"),
       {ErrorCode::UnsupportedElementCombination, "G-21", "/Statement/0/NotAction"}},
      {"both, empty",
       IdentityBased,
       statement(R"("Effect":"Deny",^"NotAction":[],"Action":[],"Resource":"*")"),
       {ErrorCode::UnsupportedElementCombination, "G-21", "/Statement/0/NotAction"}},
  };
  expect_refused(rows);
  const Result<PolicyDocument> negated = parse_policy(
      statement(R"("Effect":"Deny","NotAction":["a:b","c:*"],"Resource":"*")"), Session);
  ASSERT_TRUE(negated);
  EXPECT_TRUE(negated->statements()[0].action.negated);
  EXPECT_EQ(negated->statements()[0].action.values.size(), 2U);
}

TEST(DocumentTest, ActionsHavePrefixAndName) {
  // G-22, G-23, G-24, G-27, G-28
  for (const char* value : {"", ":", "s3", "s3*", "**", "?", "s3:", ":Get", "s3:Get:Object",
                            "::", "s3::Get", "*:", ":*", "s3:GetObject:", "arn:aws:s3:::b"}) {
    expect_refused(IdentityBased, action("^" + quote(value)),
                   {ErrorCode::InvalidAction, "G-22", "/Statement/0/Action"});
    expect_refused(IdentityBased, action("[\"s3:*\",\n ^" + quote(value) + "]"),
                   {ErrorCode::InvalidAction, "G-22", "/Statement/0/Action/1"});
  }
  for (const char* value : {"1", "true", "{}", "{\"a\":\"s3:*\"}", "1.5"}) {
    expect_refused(IdentityBased, action("^" + std::string(value)),
                   {ErrorCode::DataTypeMismatch, "G-22", "/Statement/0/Action"});
  }
  for (const char* value : {"*", "s3:GetObject", "S3:getobject", "s3:*", "s3:Get*", "s3:*Object*",
                            "s3:Get?bject", "s3:????", "s3:**", "s*:Get*", "*:*", "?3:x",
                            "access-analyzer:List_x-1", "no-such:Action", "a:b", "1:2", "-:_"}) {
    for (const PolicyType type : {IdentityBased, PermissionsBoundary, Session, ServiceControl}) {
      expect_loads(type, action(quote(value)));
    }
  }
}

TEST(DocumentTest, ActionsTakeNoVariables) {
  // G-25: in both versions.
  const Refused rows[] = {
      {"name",
       IdentityBased,
       action(R"(^"s3:${aws:x}")"),
       {ErrorCode::InvalidAction, "G-22", "/Statement/0/Action"}},
      {"name without a colon",
       IdentityBased,
       action(R"(^"s3:${x}")"),
       {ErrorCode::VariableUnsupportedInElement, "G-25", "/Statement/0/Action"}},
      {"prefix",
       IdentityBased,
       action(R"(["a:b",^"${x}:Get"])"),
       {ErrorCode::VariableUnsupportedInElement, "G-25", "/Statement/0/Action/1"}},
      {"old version",
       IdentityBased,
       statement(R"("Effect":"Deny","Action":^"s3:${x}","Resource":"*")", "2008-10-17"),
       {ErrorCode::VariableUnsupportedInElement, "G-25", "/Statement/0/Action"}},
      {"escape",
       Session,
       action(R"(^"s3:Get${*}")"),
       {ErrorCode::VariableUnsupportedInElement, "G-25", "/Statement/0/Action"}},
  };
  expect_refused(rows);
}

TEST(DocumentTest, ActionsHaveFewCharacters) {
  // G-25
  for (const char* value :
       {"s3:Get Object", "s3:Get/Object", "s3:Get.Object", "s3:GetObject,PutObject", "s3:<name>",
        " s3:Get", "s3:Get ", "s3: Get", "s_3:Get", "s3:Get\xc3\xa9", "s\xc3\xa9:Get", "s3:Get\\n",
        "s3:Get\\\"", "s3:$", "s3:Get[ab]", "s3:(Get)", "s3:Get|Put", "s3:+", "s3:Get\x7f"}) {
    expect_refused(IdentityBased, action("^" + quote(value)),
                   {ErrorCode::InvalidAction, "G-25", "/Statement/0/Action"});
  }
  // A list written as one string is not a list.
  expect_refused(IdentityBased, action(R"(^"s3:GetObject,s3:PutObject")"),
                 {ErrorCode::InvalidAction, "G-22", "/Statement/0/Action"});
}

TEST(DocumentTest, EmptyActionListsMatchNothing) {
  // G-26
  expect_loads(IdentityBased, action("[]"));
  expect_refused(IdentityBased, statement(R"("Effect":"Deny","NotAction":^[],"Resource":"*")"),
                 {ErrorCode::EmptyNotElement, "G-26", "/Statement/0/NotAction"});
}

TEST(DocumentTest, ResourceControlPoliciesNameTheirServices) {
  // G-29
  const auto rcp = [](std::string_view members) {
    return statement("\"Effect\":\"Deny\",\"Principal\":\"*\",\"Resource\":\"*\"," +
                     std::string(members));
  };
  const Refused rows[] = {
      {"NotAction",
       ResourceControl,
       rcp(R"(^"NotAction":"s3:*")"),
       {ErrorCode::RcpSyntaxError, "G-29", "/Statement/0/NotAction"}},
      {"star",
       ResourceControl,
       rcp(R"("Action":^"*")"),
       {ErrorCode::RcpSyntaxError, "G-29", "/Statement/0/Action"}},
      {"star in a list",
       ResourceControl,
       rcp(R"("Action":["s3:*",^"*"])"),
       {ErrorCode::RcpSyntaxError, "G-29", "/Statement/0/Action/1"}},
      {"wildcard in the prefix",
       ResourceControl,
       rcp(R"("Action":^"s*:Get")"),
       {ErrorCode::RcpSyntaxError, "G-29", "/Statement/0/Action"}},
      {"only wildcards",
       ResourceControl,
       rcp(R"("Action":^"*:*")"),
       {ErrorCode::RcpSyntaxError, "G-29", "/Statement/0/Action"}},
      {"question mark",
       ResourceControl,
       rcp(R"("Action":^"s?:Get")"),
       {ErrorCode::RcpSyntaxError, "G-29", "/Statement/0/Action"}},
  };
  expect_refused(rows);
  expect_loads(ResourceControl, rcp(R"("Action":["s3:*","sts:Assume?ole*"])"));
}

TEST(DocumentTest, ServiceControlPoliciesTakeTheFullLanguage) {
  // G-30
  const Loaded rows[] = {
      {"NotAction with Allow", ServiceControl,
       statement(R"("Effect":"Allow","NotAction":"iam:*","Resource":"*")")},
      {"wildcards in the middle", ServiceControl,
       statement(R"("Effect":"Deny","Action":"s3:*Object?x","Resource":"*")")},
      {"Condition and ARNs with Allow", ServiceControl,
       statement(
           R"("Effect":"Allow","Action":"*","Resource":"arn:aws:s3:::b","Condition":{"Bool":{"a:b":true}})")},
      {"NotResource with Allow", ServiceControl,
       statement(R"("Effect":"Allow","Action":"*","NotResource":"arn:aws:s3:::b")")},
      {"NotResource with Deny", ServiceControl,
       statement(R"("Effect":"Deny","Action":"*","NotResource":"arn:aws:s3:::b")")},
  };
  expect_loads(rows);
}

TEST(DocumentTest, StatementsHaveOneOfResourceAndNotResource) {
  // G-31
  struct Case {
    PolicyType type;
    const char* start;
  };
  const Case cases[] = {
      {IdentityBased, R"("Effect":"Deny","Action":"s3:*")"},
      {PermissionsBoundary, R"("Effect":"Allow","Action":"s3:*")"},
      {Session, R"("Effect":"Allow","Action":"s3:*")"},
      {ServiceControl, R"("Effect":"Allow","Action":"s3:*")"},
      {ResourceControl, R"("Effect":"Deny","Principal":"*","Action":"s3:*")"},
      {VpcEndpoint, R"("Effect":"Allow","Principal":"*","Action":"s3:*")"},
  };
  for (const Case& c : cases) {
    std::string none = statement(c.start);
    none.insert(none.find("[{") + 1, "^");
    expect_refused(c.type, none, {ErrorCode::MissingResource, "G-31", "/Statement/0"});
    expect_refused(c.type,
                   statement(std::string(c.start) + R"(,"Resource":"*",^"NotResource":"*")"),
                   {ErrorCode::UnsupportedElementCombination, "G-31", "/Statement/0/NotResource"});
    expect_loads(c.type, statement(std::string(c.start) + R"(,"NotResource":"arn:aws:s3:::b")"));
  }
}

TEST(DocumentTest, RoleTrustPoliciesHaveNoResource) {
  // G-32
  const std::string start = R"("Effect":"Deny","Principal":"*","Action":"sts:*",)";
  const Refused rows[] = {
      {"Resource",
       RoleTrust,
       statement(start + R"(^"Resource":"*")"),
       {ErrorCode::UnsupportedResource, "G-32", "/Statement/0/Resource"}},
      {"NotResource",
       RoleTrust,
       statement(start + R"(^"NotResource":"*")"),
       {ErrorCode::UnsupportedResource, "G-32", "/Statement/0/NotResource"}},
  };
  expect_refused(rows);
  expect_loads(RoleTrust, statement(start + R"("Condition":{})"));
}

TEST(DocumentTest, ResourcesAreStarOrArn) {
  // G-33
  for (const char* value : {"", "bucket/*", "**", "?", "AR*", "*foo", "ARN:aws:s3:::b",
                            "Arn:aws:s3:::b", " arn:aws:s3:::b", "arn", "arn;aws:s3:::b",
                            "${aws:x}", "a*:aws:s3:::b", "arn*:aws:s3:::b", "* "}) {
    expect_refused(IdentityBased, resource("[\"*\",\n^" + quote(value) + "]"),
                   {ErrorCode::InvalidArnPrefix, "G-33", "/Statement/0/Resource/1"});
    expect_refused(ResourceBased, attached("\"Action\":\"*\",\"NotResource\":^" + quote(value)),
                   {ErrorCode::InvalidArnPrefix, "G-33", "/Statement/0/NotResource"});
  }
  for (const char* value : {"1", "false", "{}"}) {
    expect_refused(IdentityBased, resource("^" + std::string(value)),
                   {ErrorCode::DataTypeMismatch, "G-33", "/Statement/0/Resource"});
  }
  expect_loads(IdentityBased, resource(R"(["*","arn:aws:s3:::b"])"));
}

TEST(DocumentTest, ArnsHaveSixFields) {
  // G-34, G-38: further colons belong to the sixth, empty fields count.
  for (const char* value :
       {"arn:aws:sqs:us-east-1:111122223333:queue", "arn:aws:s3:::bucket",
        "arn:aws:s3:::", "arn:aws:logs:us-east-1:111122223333:log-group:name:log-stream:x",
        "arn:aws:iam::111122223333:role/path/name", "arn:aws-cn:s3:::b", "arn:*:s3:::b",
        "arn:aws:s3:*:*:*", "arn:aws::::"}) {
    for (const PolicyType type : {IdentityBased, PermissionsBoundary, Session, ServiceControl}) {
      expect_loads(type, resource(quote(value)));
    }
    expect_loads(ResourceBased, attached("\"Action\":\"*\",\"Resource\":" + quote(value)));
  }
}

TEST(DocumentTest, IncompleteArnsAreFilledWhereAwsFillsThem) {
  // G-35
  for (const char* value : {"arn:aws:sqs", "arn:aws:sqs:", "arn:aws:sqs:us-east-1",
                            "arn:aws:sqs:us-east-1:111122223333", "arn:aws:s3::bucket"}) {
    expect_loads(IdentityBased, resource(quote(value)));
    expect_loads(PermissionsBoundary, resource(quote(value)));
    const Expected expected{ErrorCode::MissingArnField, "G-35", "/Statement/0/Resource"};
    expect_refused(Session, resource("^" + quote(value)), expected);
    expect_refused(ServiceControl, resource("^" + quote(value)), expected);
    for (const PolicyType type : {ResourceBased, VpcEndpoint}) {
      expect_refused(type, attached("\"Action\":\"s3:*\",\"Resource\":^" + quote(value)), expected);
    }
    expect_refused(ResourceControl, attached("\"Action\":\"s3:*\",\"Resource\":^" + quote(value)),
                   expected);
  }
  for (const char* value : {"arn:", "arn:aws", "arn:*", "arn:${aws:x}"}) {
    for (const PolicyType type : {IdentityBased, PermissionsBoundary, Session}) {
      expect_refused(type, resource("^" + quote(value)),
                     {ErrorCode::MissingArnField, "G-35", "/Statement/0/Resource"});
    }
  }
}

TEST(DocumentTest, ServicesOfArnsAreNamed) {
  // G-36: wildcards are fine everywhere else.
  for (const char* value :
       {"arn:aws:*:::b", "arn:aws:s?:::b", "arn:aws:s3*:::b", "arn:*:*:*:*:*", "arn:aws:*"}) {
    expect_refused(IdentityBased, resource("^" + quote(value)),
                   {ErrorCode::InvalidArn, "G-36", "/Statement/0/Resource"});
  }
  for (const char* value : {"arn:*:s3:::b", "arn:a?s:s3:::b", "arn:aws:s3:u*-1:1?1:*x?"}) {
    expect_loads(IdentityBased, resource(quote(value)));
  }
}

TEST(DocumentTest, VariablesAreForTheSixthField) {
  // G-37
  constexpr auto kCode = ErrorCode::VariableUnsupportedInElement;
  for (const char* value :
       {"arn:${aws:x}:s3:::b", "arn:aws-${aws:x}:s3:::b", "arn:aws:${aws:x}:::b",
        "arn:aws:s${x}:::b", "arn:aws:${*}:::b", "arn:aws:s3:${*}::b", "arn:aws:s3:${?}::b",
        "arn:aws:s3::${$}:b", "arn:aws:s3:${Region}::b", "arn:aws:s3::${Account}:b",
        "arn:aws:s3:${a:b}-${Region}::b"}) {
    expect_refused(IdentityBased, resource("^" + quote(value)),
                   {kCode, "G-37", "/Statement/0/Resource"});
  }
  for (const char* value :
       {"arn:aws:s3:${aws:RequestedRegion}::b", "arn:aws:kms:*:${aws:PrincipalAccount}:key/*",
        "arn:aws:s3:::${Account}", "arn:aws:s3:::${aws:username}", "arn:aws:s3:::a${*}b${?}${$}",
        "arn:aws:s3:::b/${aws:PrincipalTag/team, 'a:b'}", "arn:aws:s3:${a:b, 'eu'}::b"}) {
    expect_loads(IdentityBased, resource(quote(value)));
  }
  // Plain text of the old version: colons inside the braces separate fields.
  expect_loads(IdentityBased, resource(R"("arn:aws:s3:${Region}::b")", "2008-10-17"));
  expect_loads(IdentityBased, resource(R"("arn:aws:${x}:::b")", "2008-10-17"));
}

TEST(DocumentTest, EmptyResourceListsMatchNothing) {
  // G-39
  expect_loads(IdentityBased, resource("[]"));
  expect_refused(IdentityBased, statement(R"("Effect":"Deny","Action":"*","NotResource":^[])"),
                 {ErrorCode::EmptyNotElement, "G-39", "/Statement/0/NotResource"});
}

TEST(DocumentTest, PartitionsBeginWithAws) {
  // G-40
  for (const char* value : {"arn:azure:s3:::b", "arn::s3:::b", "arn:AWS:s3:::b", "arn:aws-:s3:::b",
                            "arn:awscn:s3:::b", "arn: aws:s3:::b"}) {
    expect_refused(IdentityBased, resource("^" + quote(value)),
                   {ErrorCode::InvalidArn, "G-40", "/Statement/0/Resource"});
  }
  for (const char* value : {"arn:aws:s3:::b", "arn:aws-us-gov:s3:::b", "arn:aws-x:s3:::b",
                            "arn:az*:s3:::b", "arn:aws:no-such:nowhere:12:u*"}) {
    expect_loads(IdentityBased, resource(quote(value)));
  }
}

TEST(DocumentTest, ResourceBasedPoliciesMayLeaveOutTheResource) {
  // G-41
  expect_refused(ResourceBased, attached(R"("Action":"*","Resource":"*",^"NotResource":"*")"),
                 {ErrorCode::UnsupportedElementCombination, "G-41", "/Statement/0/NotResource"});
  const Result<PolicyDocument> without = parse_policy(attached(R"("Action":"*")"), ResourceBased);
  ASSERT_TRUE(without);
  EXPECT_FALSE(without->statements()[0].resource.present);
  expect_loads(ResourceBased, attached(R"("Action":"*","NotResource":"*")"));
}

TEST(DocumentTest, MalformedVariablesAreRefusedWhereTheyAreActive) {
  // V-7
  constexpr auto kCode = ErrorCode::InvalidVariable;
  for (const char* variable :
       {"${", "${aws:username", "${}", "${a b}", "${ aws:username}", "${aws:a, 'x}", "${aws:a,'x'}",
        "${aws:a, x}", "${aws:a'}", "${aws:${aws:b}}", "${aws:a, '${aws:b}'}", "${aws:a, 'x' }",
        "ok ${aws:a} ${}"}) {
    const std::string text(variable);
    expect_refused(IdentityBased, resource("[\"*\",^" + quote("arn:aws:s3:::" + text) + "]"),
                   {kCode, "V-7", "/Statement/0/Resource/1"});
    expect_refused(IdentityBased, resource("^" + quote("arn:aws:s3:" + text + "::b")),
                   {kCode, "V-7", "/Statement/0/Resource"});
    expect_loads(IdentityBased, resource(quote("arn:aws:s3:::" + text), "2008-10-17"));
    for (const char* op : {"StringEquals", "StringNotLikeIfExists", "Bool"}) {
      const std::string start =
          "\"Effect\":\"Deny\",\"Action\":\"*\",\"Resource\":\"*\",\"Condition\":{\"" +
          std::string(op) + "\":{\"k:v\":";
      expect_refused(IdentityBased, statement(start + "[\"true\",^" + quote(text) + "]}}"),
                     {kCode, "V-7", "/Statement/0/Condition/" + std::string(op) + "/k:v/1"});
    }
    const std::string start =
        R"("Effect":"Deny","Action":"*","Resource":"*","Condition":{"ArnLike":{"k:v":)";
    expect_refused(IdentityBased, statement(start + "^" + quote("arn:aws:s3:::" + text) + "}}"),
                   {kCode, "V-7", "/Statement/0/Condition/ArnLike/k:v"});
  }
  for (const char* text : {"$", "$ {a}", "a$b", "$$", "{a}", "}", "${aws:a, ''}", "${aws:a, 'x y'}",
                           "${noColon}", "$${a:b}"}) {
    expect_loads(IdentityBased, resource(quote("arn:aws:s3:::" + std::string(text))));
  }
  // V-2: not active in Sids, keys and operators.
  expect_loads(ServiceControl, statement(R"("Sid":"${","Effect":"Deny","Action":"*","Resource":"*",
                            "Condition":{"StringEquals":{"k:${":"x"}})"));
}

}  // namespace
}  // namespace writ::test
