// What every policy must be before its elements are looked at (G-1 to G-11).
#include <gtest/gtest.h>

#include "support/refusals.h"

namespace writ::test {
namespace {

using enum PolicyType;

constexpr PolicyType kAllKinds[] = {ServiceControl, ResourceControl, ResourceBased,
                                    RoleTrust,      IdentityBased,   PermissionsBoundary,
                                    Session,        VpcEndpoint};

TEST(DocumentTest, ADocumentIsOneJsonObject) {
  // G-1: in any kind of document.
  struct Case {
    const char* name;
    std::string text;
  };
  const Case cases[] = {
      {"nothing", "^"},
      {"white space", " \n\t^"},
      {"an array", "\n ^[]"},
      {"a string", "^\"{}\""},
      {"a number", "^1"},
      {"null", "^null"},
      {"two objects", "{\"Statement\":[]} ^{}"},
      {"a comment", "{^/* */}"},
      {"a trailing comma", "{\"Statement\":[],^}"},
      {"a byte order mark", "^\xef\xbb\xbf{}"},
      {"NaN", "{\"Statement\":^NaN}"},
      {"invalid UTF-8", "{\"Id\":\"^\xff\"}"},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.name);
    for (const PolicyType type : kAllKinds) {
      if (std::string_view(c.name) == "invalid UTF-8") continue;  // its place is a matter of taste
      expect_refused(type, c.text, {ErrorCode::JsonSyntaxError, "G-1", ""});
    }
  }
  const Result<PolicyDocument> document = parse_policy("{\"Id\":\"\xff\"}", IdentityBased);
  ASSERT_FALSE(document);
  EXPECT_EQ(document.error().rule, "G-1");
  EXPECT_EQ(document.error().position.line, 1U);
  expect_loads(
      IdentityBased,
      " \r\n\t{\"Statement\":{\"Effect\":\"Deny\",\"Action\":\"*\",\"Resource\":\"*\"}}\n ");
}

TEST(DocumentTest, RefusalsTellTheirPlace) {
  // G-20: line and column, not only by the mark of the other tests.
  const Result<PolicyDocument> document = parse_policy(
      "{\r\n\t\"Statement\": [\r\n\t\t{\"Sid\": \"\xc3\xa9\", \"Effect\": \"allow\"}]}",
      ResourceBased);
  ASSERT_FALSE(document);
  EXPECT_EQ(document.error().position, (Position{46, 3, 27}));
  EXPECT_EQ(document.error().json_pointer, "/Statement/0/Effect");
  EXPECT_EQ(document.error().to_string().substr(0, 21), "3:27: INVALID_EFFECT:");
}

TEST(DocumentTest, CharactersAreLatin1InPoliciesOfIam) {
  // G-2
  const auto with_sid = [](std::string_view members) { return statement(members); };
  const std::string good = R"("Effect":"Deny","Action":"*","Resource":"arn:aws:s3:::)";
  for (const PolicyType type : {IdentityBased, PermissionsBoundary, Session}) {
    SCOPED_TRACE(std::string(to_string(type)));
    const Expected expected{ErrorCode::UnsupportedCharacter, "G-2", "/Statement/0/Resource"};
    for (const char* character : {"\\u0000", "\\u0001", "\\u0008", "\\u000b", "\\u000c", "\\u001f",
                                  "\\u0100", "\\u4e2d", "\\ufeff", "\\uffff", "\\ud83d\\ude00",
                                  "\xc4\x80", "\xe4\xb8\xad", "\xf0\x9f\x98\x80", "\xe2\x80\xa8"}) {
      std::string text = with_sid(good + character + "\"");
      text.insert(text.find("\"arn:"), "^");
      expect_refused(type, text, expected);
    }
    for (const char* character : {"\\u0009", "\\u000a", "\\u000d", " ", "~", "\\u007f", "\x7f",
                                  "\\u0080", "\\u00ff", "\xc2\x80", "\xc3\xbf", "\xc3\xa9"}) {
      expect_loads(type, with_sid(good + character + "\""));
    }
  }
  // Names are tested like values, and before elements are.
  expect_refused(IdentityBased, statement("^\"\\u4e2d\":1"),
                 {ErrorCode::UnsupportedCharacter, "G-2", "/Statement/0/\xe4\xb8\xad"});
  expect_refused(RoleTrust,
                 statement(R"("Effect":"Deny","Principal":"*","Action":"sts:*","Sid":^"\u0100")"),
                 {ErrorCode::UnsupportedCharacter, "G-2", "/Statement/0/Sid"});
  // Services and Organizations have their own character sets.
  expect_loads(ResourceBased,
               statement(R"("Sid":"\u4e2d","Effect":"Deny","Principal":"*","Action":"*")"));
  expect_loads(
      VpcEndpoint,
      statement(R"("Sid":"中","Effect":"Deny","Principal":"*","Action":"*","Resource":"*")"));
  expect_loads(ServiceControl,
               statement(R"("Sid":"\u0000","Effect":"Deny","Action":"*","Resource":"*")"));
  expect_loads(
      ResourceControl,
      statement(
          R"("Sid":"\u4e2d","Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"*")"));
}

TEST(DocumentTest, EmbeddedTextsAreTestedByTheirDecodedStrings) {
  // G-2: which is all that there is to test in any text.
  ParseOptions embedded;
  embedded.decoded_characters_only = true;
  const std::string start = R"("Effect":"Deny","Action":"*","Resource":)";
  for (const char* character : {"\\u4e2d", "\xe4\xb8\xad", "\\u0000"}) {
    const std::string text = statement(start + "^\"arn:aws:s3:::" + character + "\"");
    for (const ParseOptions& options : {ParseOptions{}, embedded}) {
      expect_refused(IdentityBased, text,
                     {ErrorCode::UnsupportedCharacter, "G-2", "/Statement/0/Resource"}, options);
    }
  }
  expect_loads(IdentityBased, statement(start + "\"arn:aws:s3:::\xc3\xa9\\u00e9\""), embedded);
}

TEST(DocumentTest, NoMemberOccursTwice) {
  // G-3: at any depth, by decoded name, in any kind.
  constexpr auto kCode = ErrorCode::DuplicateMember;
  const Refused rows[] = {
      {"Version",
       ServiceControl,
       R"({"Version":"2012-10-17",^"Version":"2012-10-17"})",
       {kCode, "G-3", "/Version"}},
      {"escaped name",
       IdentityBased,
       R"({"Statement":[],^"\u0053tatement":[]})",
       {kCode, "G-3", "/Statement"}},
      {"Effect",
       IdentityBased,
       statement(R"("Effect":"Allow",^"Effect":"Deny")"),
       {kCode, "G-3", "/Statement/0/Effect"}},
      {"unknown element",
       ResourceBased,
       statement(R"("x":1,^"x":1)"),
       {kCode, "G-3", "/Statement/0/x"}},
      {"Principal member",
       ResourceBased,
       statement(R"("Principal":{"AWS":"*",^"AWS":"*"})"),
       {kCode, "G-3", "/Statement/0/Principal/AWS"}},
      {"operator",
       IdentityBased,
       statement(R"("Condition":{"Bool":{},^"Bool":{}})"),
       {kCode, "G-3", "/Statement/0/Condition/Bool"}},
      {"key with a slash",
       IdentityBased,
       statement(R"("Condition":{"Bool":{"a:b/c":1,
         ^"a:b/c":1}})"),
       {kCode, "G-3", "/Statement/0/Condition/Bool/a:b~1c"}},
      {"below what is not looked at",
       IdentityBased,
       statement(R"("Sid":{"a":[{"b":1,^"b":2}]})"),
       {kCode, "G-3", "/Statement/0/Sid/a/0/b"}},
  };
  expect_refused(rows);
  expect_loads(IdentityBased,
               R"({"Statement":[{"Sid":"a","Effect":"Deny","Action":"*","Resource":"*"},
                                {"Sid":"b","Effect":"Deny","Action":"*","Resource":"*"}]})");
}

TEST(DocumentTest, KeysOfOneOperatorDifferByMoreThanCase) {
  // G-4
  const auto condition = [](std::string_view object) {
    return statement("\"Effect\":\"Deny\",\"Action\":\"*\",\"Resource\":\"*\",\"Condition\":" +
                     std::string(object));
  };
  const Refused rows[] = {
      {"two",
       IdentityBased,
       condition(R"({"StringEquals":{"aws:SourceIp":"a",^"AWS:SourceIP":"b"}})"),
       {ErrorCode::DuplicateKeysWithDifferentCase, "G-4",
        "/Statement/0/Condition/StringEquals/AWS:SourceIP"}},
      {"two of many",
       ServiceControl,
       condition(R"({"StringEquals":{"k:z":"a","k:a/B":"a","k:c":"b",^"K:A/b":"c"}})"),
       {ErrorCode::DuplicateKeysWithDifferentCase, "G-4",
        "/Statement/0/Condition/StringEquals/K:A~1b"}},
  };
  expect_refused(rows);
  const Loaded loads[] = {
      {"two operators", IdentityBased,
       condition(R"({"StringEquals":{"k:a":"1"},"StringLike":{"K:A":"1"}})")},
      {"one operator in two cases", IdentityBased,
       condition(R"({"StringEquals":{"k:a":"1"},"stringequals":{"K:A":"1"}})")},
      {"other letters than ASCII", IdentityBased,
       condition(R"({"StringEquals":{"k:\u00e9":"1","k:\u00c9":"1"}})")},
  };
  expect_loads(loads);
}

TEST(DocumentTest, ElementNamesAreExact) {
  // G-5, G-6
  constexpr auto kCode = ErrorCode::InvalidPolicyElement;
  for (const char* name : {"version", "VERSION", "Statements", "statement", "ID", "id", "Version ",
                           "", "Effect", "Comment", "$schema"}) {
    expect_refused(IdentityBased, "{^\"" + std::string(name) + "\":1,\"Statement\":[]}",
                   {kCode, "G-6", "/" + std::string(name)});
  }
  for (const char* name : {"sid", "SID", "effect", "principal", "Principals", "notPrincipal",
                           "action", "Actions", "Notaction", "resource", "Resources", "condition",
                           "Conditions", "Condition ", "Version", "Statement", "Id", ""}) {
    for (const PolicyType type : kAllKinds) {
      expect_refused(type, statement("\"Effect\":\"Deny\",^\"" + std::string(name) + "\":1"),
                     {kCode, "G-6", "/Statement/0/" + std::string(name)});
    }
  }
}

TEST(DocumentTest, ElementsComeInAnyOrder) {
  // G-7
  const Loaded rows[] = {
      {"document", ResourceBased,
       R"({"Statement":{"Action":"*","Principal":"*","Effect":"Deny"},"Id":"x","Version":"2012-10-17"})"},
      {"statement", ResourceBased,
       statement(
           R"("Condition":{},"Resource":"*","Action":"*","Principal":"*","Effect":"Deny","Sid":"x")")},
  };
  expect_loads(rows);
  // The version counts wherever it stands: variables are active, so this one is malformed.
  expect_refused(IdentityBased,
                 R"({"Statement":{"Effect":"Deny","Action":"*","Resource":^"arn:aws:s3:::${}"},
                     "Version":"2012-10-17"})",
                 {ErrorCode::InvalidVariable, "V-7", "/Statement/Resource"});
}

TEST(DocumentTest, NullIsNoValue) {
  // G-8: each element refuses it under the rule of its type.
  const Refused rows[] = {
      {"Version",
       IdentityBased,
       R"({"Version":^null})",
       {ErrorCode::InvalidVersion, "G-12", "/Version"}},
      {"Id", IdentityBased, R"({"Id":^null})", {ErrorCode::DataTypeMismatch, "G-16", "/Id"}},
      {"Statement",
       IdentityBased,
       R"({"Statement":^null})",
       {ErrorCode::DataTypeMismatch, "G-17", "/Statement"}},
      {"in Statement",
       IdentityBased,
       R"({"Statement":[^null]})",
       {ErrorCode::DataTypeMismatch, "G-17", "/Statement/0"}},
      {"Sid",
       IdentityBased,
       statement(R"("Sid":^null)"),
       {ErrorCode::DataTypeMismatch, "G-18", "/Statement/0/Sid"}},
      {"Effect",
       IdentityBased,
       statement(R"("Effect":^null)"),
       {ErrorCode::InvalidEffect, "G-20", "/Statement/0/Effect"}},
      {"Principal",
       ResourceBased,
       statement(R"("Effect":"Deny","Principal":^null)"),
       {ErrorCode::InvalidPrincipalFormat, "G-46", "/Statement/0/Principal"}},
      {"Action",
       IdentityBased,
       statement(R"("Effect":"Deny","Action":^null)"),
       {ErrorCode::DataTypeMismatch, "G-22", "/Statement/0/Action"}},
      {"in Action",
       IdentityBased,
       statement(R"("Effect":"Deny","Action":["a:b",^null])"),
       {ErrorCode::DataTypeMismatch, "G-10", "/Statement/0/Action/1"}},
      {"Resource",
       IdentityBased,
       statement(R"("Effect":"Deny","Action":"*","Resource":^null)"),
       {ErrorCode::DataTypeMismatch, "G-33", "/Statement/0/Resource"}},
      {"Condition",
       IdentityBased,
       statement(R"("Effect":"Deny","Action":"*","Resource":"*","Condition":^null)"),
       {ErrorCode::DataTypeMismatch, "G-55", "/Statement/0/Condition"}},
      {"operator",
       IdentityBased,
       statement(R"("Effect":"Deny","Action":"*","Resource":"*","Condition":{"Bool":^null})"),
       {ErrorCode::DataTypeMismatch, "G-55", "/Statement/0/Condition/Bool"}},
      {"value",
       IdentityBased,
       statement(
           R"("Effect":"Deny","Action":"*","Resource":"*","Condition":{"Bool":{"a:b":^null}})"),
       {ErrorCode::DataTypeMismatch, "G-8", "/Statement/0/Condition/Bool/a:b"}},
      {"in values",
       IdentityBased,
       statement(
           R"("Effect":"Deny","Action":"*","Resource":"*","Condition":{"Bool":{"a:b":[true,^null]}})"),
       {ErrorCode::DataTypeMismatch, "G-8", "/Statement/0/Condition/Bool/a:b/1"}},
  };
  expect_refused(rows);
}

TEST(DocumentTest, OneValueIsAListOfOne) {
  // G-9
  const Result<PolicyDocument> one = parse_policy(
      R"({"Statement":{"Effect":"Deny","Principal":{"AWS":"*"},"Action":"a:b","Resource":"*",
          "Condition":{"Bool":{"k:b":true}}}})",
      ResourceBased);
  const Result<PolicyDocument> list = parse_policy(
      R"({"Statement":[{"Effect":"Deny","Principal":{"AWS":["*"]},"Action":["a:b"],
          "Resource":["*"],"Condition":{"Bool":{"k:b":[true]}}}]})",
      ResourceBased);
  ASSERT_TRUE(one && list);
  EXPECT_FALSE(one->statement_is_list());
  EXPECT_TRUE(list->statement_is_list());
  for (const PolicyDocument* document : {&*one, &*list}) {
    const bool is_list = document == &*list;
    ASSERT_EQ(document->statements().size(), 1U);
    const Statement& statement = document->statements().front();
    EXPECT_EQ(statement.action.is_list, is_list);
    EXPECT_EQ(statement.resource.is_list, is_list);
    EXPECT_EQ(statement.principal.members[0].is_list, is_list);
    EXPECT_EQ(statement.conditions[0].is_list, is_list);
    EXPECT_EQ(statement.action.values.size(), 1U);
    EXPECT_EQ(statement.action.values[0].value, "a:b");
    EXPECT_EQ(statement.conditions[0].values.size(), 1U);
  }
}

TEST(DocumentTest, ListsHoldNoLists) {
  // G-10
  constexpr auto kCode = ErrorCode::DataTypeMismatch;
  const Refused rows[] = {
      {"Statement", IdentityBased, R"({"Statement":[^[]]})", {kCode, "G-17", "/Statement/0"}},
      {"Action",
       IdentityBased,
       statement(R"("Effect":"Deny","Action":[^["a:b"]])"),
       {kCode, "G-10", "/Statement/0/Action/0"}},
      {"number in Action",
       IdentityBased,
       statement(R"("Effect":"Deny","Action":["a:b",^1])"),
       {kCode, "G-10", "/Statement/0/Action/1"}},
      {"Resource",
       IdentityBased,
       statement(R"("Effect":"Deny","Action":"*","Resource":["*",^["*"]])"),
       {kCode, "G-10", "/Statement/0/Resource/1"}},
      {"object in NotResource",
       IdentityBased,
       statement(R"("Effect":"Deny","Action":"*","NotResource":[^{}])"),
       {kCode, "G-10", "/Statement/0/NotResource/0"}},
      {"Principal",
       ResourceBased,
       statement(R"("Effect":"Deny","Principal":{"AWS":[^["*"]]})"),
       {kCode, "G-10", "/Statement/0/Principal/AWS/0"}},
      {"Boolean in Principal",
       ResourceBased,
       statement(R"("Effect":"Deny","Principal":{"AWS":["*",^true]})"),
       {kCode, "G-10", "/Statement/0/Principal/AWS/1"}},
      {"condition values",
       IdentityBased,
       statement(
           R"("Effect":"Deny","Action":"*","Resource":"*","Condition":{"Bool":{"a:b":[^[true]]}})"),
       {kCode, "G-60", "/Statement/0/Condition/Bool/a:b/0"}},
  };
  expect_refused(rows);
}

TEST(DocumentTest, NestingHasSixteenLevels) {
  // G-11
  const std::string deep = statement("\"x\":" + std::string(13, '[') + "^" + std::string(14, '[') +
                                     std::string(27, ']'));
  for (const PolicyType type : kAllKinds) {
    expect_refused(type, deep, {ErrorCode::NestingTooDeep, "G-11", ""});
  }
  // One less is only an unknown element.
  expect_refused(IdentityBased, statement("^\"x\":" + std::string(13, '[') + std::string(13, ']')),
                 {ErrorCode::InvalidPolicyElement, "G-6", "/Statement/0/x"});
}

}  // namespace
}  // namespace writ::test
