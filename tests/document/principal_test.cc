// Principal and NotPrincipal (G-43 to G-54, P-10, P-64).
#include <gtest/gtest.h>

#include "support/refusals.h"

namespace writ::test {
namespace {

using enum PolicyType;

constexpr std::string_view kRest = R"("Action":"sts:*")";

std::string quote(std::string_view text) { return "\"" + std::string(text) + "\""; }

std::string principal(std::string_view value) {
  return statement("\"Effect\":\"Deny\",\n \"Principal\":" + std::string(value) + "," +
                   std::string(kRest));
}

std::string not_principal(std::string_view value) {
  return statement("\"Effect\":\"Deny\",\n \"NotPrincipal\":" + std::string(value) + "," +
                   std::string(kRest));
}

std::string member(std::string_view kind, std::string_view value) {
  return principal("{" + quote(kind) + ":" + std::string(value) + "}");
}

TEST(DocumentTest, SomeKindsHaveOneOfPrincipalAndNotPrincipal) {
  // G-43
  for (const PolicyType type : {ResourceBased, RoleTrust, VpcEndpoint}) {
    const std::string rest =
        std::string(kRest) + (type == VpcEndpoint ? ",\"Resource\":\"*\"" : "");
    std::string none = statement("\"Effect\":\"Deny\"," + rest);
    none.insert(none.find("[{") + 1, "^");
    expect_refused(type, none, {ErrorCode::MissingPrincipal, "G-43", "/Statement/0"});
    expect_refused(type,
                   statement(R"("Effect":"Deny","Principal":"*",
                             ^"NotPrincipal":{"AWS":"111122223333"},)" +
                             rest),
                   {ErrorCode::UnsupportedElementCombination, "G-43", "/Statement/0/NotPrincipal"});
    expect_loads(type, statement("\"Effect\":\"Deny\",\"Principal\":\"*\"," + rest));
    if (type == RoleTrust) continue;
    expect_loads(type,
                 statement(R"("Effect":"Deny","NotPrincipal":{"AWS":"111122223333"},)" + rest));
  }
}

TEST(DocumentTest, AttachedPoliciesHaveNoPrincipal) {
  // G-44
  for (const PolicyType type : {IdentityBased, PermissionsBoundary, Session, ServiceControl}) {
    for (const char* name : {"Principal", "NotPrincipal"}) {
      expect_refused(
          type,
          statement("\"Effect\":\"Deny\",\"Action\":\"*\",\"Resource\":\"*\",\n^" + quote(name) +
                    ":\"*\""),
          {ErrorCode::UnsupportedPrincipal, "G-44", "/Statement/0/" + std::string(name)});
    }
    expect_loads(type, statement(R"("Effect":"Deny","Action":"*","Resource":"*")"));
  }
}

TEST(DocumentTest, ResourceControlPoliciesSpeakToEverybody) {
  // G-45
  const auto rcp = [](std::string_view members) {
    return statement("\"Effect\":\"Deny\",\"Action\":\"s3:*\",\"Resource\":\"*\"," +
                     std::string(members));
  };
  constexpr auto kCode = ErrorCode::RcpSyntaxError;
  const Refused rows[] = {
      {"object",
       ResourceControl,
       rcp(R"("Principal":^{"AWS":"*"})"),
       {kCode, "G-45", "/Statement/0/Principal"}},
      {"account",
       ResourceControl,
       rcp(R"("Principal":^"111122223333")"),
       {kCode, "G-45", "/Statement/0/Principal"}},
      {"list",
       ResourceControl,
       rcp(R"("Principal":^["*"])"),
       {kCode, "G-45", "/Statement/0/Principal"}},
      {"NotPrincipal",
       ResourceControl,
       rcp(R"(^"NotPrincipal":"*")"),
       {kCode, "G-45", "/Statement/0/NotPrincipal"}},
      {"both",
       ResourceControl,
       rcp(R"("Principal":"*",^"NotPrincipal":"*")"),
       {kCode, "G-45", "/Statement/0/NotPrincipal"}},
      {"none",
       ResourceControl,
       R"({"Statement":^{"Effect":"Deny","Action":"s3:*","Resource":"*"}})",
       {kCode, "G-45", "/Statement"}},
  };
  expect_refused(rows);
  expect_loads(ResourceControl, rcp(R"("Principal":"*")"));
}

TEST(DocumentTest, PrincipalIsStarOrAnObjectOfFourKinds) {
  // G-46
  for (const char* value :
       {R"("111122223333")", R"("")", R"("**")", R"("arn:aws:iam::111122223333:root")", R"("AWS")",
        "[\"*\"]", "[]", "1", "true", R"([{"AWS":"*"}])"}) {
    expect_refused(ResourceBased, principal("^" + std::string(value)),
                   {ErrorCode::InvalidPrincipalFormat, "G-46", "/Statement/0/Principal"});
    expect_refused(RoleTrust, principal("^" + std::string(value)),
                   {ErrorCode::InvalidPrincipalFormat, "G-46", "/Statement/0/Principal"});
  }
  expect_refused(ResourceBased, not_principal(R"(^"111122223333")"),
                 {ErrorCode::InvalidPrincipalFormat, "G-46", "/Statement/0/NotPrincipal"});
  for (const char* name : {"aws", "Aws", "AWS ", "", "service", "Services", "federated",
                           "Canonical", "canonicalUser", "*", "User"}) {
    expect_refused(
        ResourceBased, principal("{\"AWS\":\"*\",^" + quote(name) + ":\"*\"}"),
        {ErrorCode::InvalidPrincipalKey, "G-46", "/Statement/0/Principal/" + std::string(name)});
  }
}

TEST(DocumentTest, MembersOfPrincipalAreStringsOrLists) {
  // G-47
  const Result<PolicyDocument> document =
      parse_policy(principal(R"({"AWS":["111122223333","*"],"Service":"ec2.amazonaws.com",
                    "Federated":["accounts.google.com"]})"),
                   ResourceBased);
  ASSERT_TRUE(document) << document.error().to_string();
  const PrincipalElement& element = document->statements()[0].principal;
  EXPECT_TRUE(element.present && !element.negated && !element.everyone);
  ASSERT_EQ(element.members.size(), 3U);
  EXPECT_EQ(element.members[0].kind, PrincipalKind::Aws);
  ASSERT_EQ(element.members[0].values.size(), 2U);
  EXPECT_EQ(element.members[0].values[1].value, "*");
  EXPECT_EQ(element.members[1].kind, PrincipalKind::Service);
  EXPECT_FALSE(element.members[1].is_list);
  EXPECT_EQ(element.members[2].values[0].value, "accounts.google.com");
  EXPECT_TRUE(element.members[2].is_list);
  for (const char* value : {"1", "111122223333", "true", "{}", "{\"a\":\"*\"}"}) {
    expect_refused(ResourceBased, member("AWS", "^" + std::string(value)),
                   {ErrorCode::DataTypeMismatch, "G-47", "/Statement/0/Principal/AWS"});
  }
}

TEST(DocumentTest, EmptyPrincipalsAreNobody) {
  // G-48
  const Loaded rows[] = {
      {"object", ResourceBased, principal("{}")},
      {"list", ResourceBased, member("AWS", "[]")},
      {"two lists", RoleTrust, principal(R"({"AWS":[],"Service":[]})")},
      {"one list of a NotPrincipal", ResourceBased,
       not_principal(R"({"AWS":[],"Service":"ec2.amazonaws.com"})")},
  };
  expect_loads(rows);
  const Expected expected{ErrorCode::EmptyNotElement, "G-48", "/Statement/0/NotPrincipal"};
  expect_refused(ResourceBased, not_principal("^{}"), expected);
  expect_refused(ResourceBased, not_principal(R"(^{"AWS":[]})"), expected);
  expect_refused(ResourceBased, not_principal(R"(^{"AWS":[],"Service":[]})"), expected);
}

TEST(DocumentTest, AwsPrincipalsHaveTheFormsOfTheTable) {
  // G-49, P-10
  for (const char* value :
       {"*",
        "111122223333",
        "000000000000",
        "AIDAEXAMPLE",
        "AROA1",
        "AIDA0123456789ABCDEFG",
        "arn:aws:iam::111122223333:root",
        "arn:aws-cn:iam::111122223333:root",
        "arn:aws-us-gov:iam::111122223333:user/Bob",
        "arn:aws:iam::111122223333:user/Bob",
        "arn:aws:iam::111122223333:user/a/b/Bob",
        "arn:aws:iam::111122223333:user/a+=,.@_-Z9",
        "arn:aws:iam::111122223333:user/p:!~/Bob",
        "arn:aws:iam::111122223333:user/a//Bob",
        "arn:aws:iam::111122223333:role/R",
        "arn:aws:iam::111122223333:role/service-role/R",
        "arn:aws:sts::111122223333:assumed-role/R/S",
        "arn:aws:sts::111122223333:assumed-role/R/user@example.com",
        "arn:aws:sts::111122223333:federated-user/Al",
        "arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity E1ABC"}) {
    expect_loads(ResourceBased, member("AWS", quote(value)));
    expect_loads(RoleTrust, member("AWS", "[" + quote(value) + "]"));
    if (std::string_view(value) == "*") continue;
    expect_loads(VpcEndpoint,
                 statement(R"("Effect":"Deny","Action":"*","Resource":"*","NotPrincipal":{"AWS":)" +
                           quote(value) + "}"));
  }
  for (const char* value : {"",
                            " ",
                            "11112222333",
                            "1111222233334",
                            "1111-2222-3333",
                            " 111122223333",
                            "111122223333 ",
                            "AIDA",
                            "AROA",
                            "aidaEXAMPLE",
                            "AIDAexample",
                            "AIDA-1",
                            "ASIAEXAMPLE",
                            "AGPAEXAMPLE",
                            "Bob",
                            "root",
                            "user/Bob",
                            "arn:aws:iam::111122223333",
                            "arn:aws:iam:::root",
                            "arn:aws:iam::111122223333:root/",
                            "arn:aws:iam::111122223333:roots",
                            "arn:aws:iam:us-east-1:111122223333:root",
                            "arn:aws:iam::11112222333:root",
                            "arn:aws:iam::111122223333:user/",
                            "arn:aws:iam::111122223333:user",
                            "arn:aws:iam::111122223333:user/a b",
                            "arn:aws:iam::111122223333:user/a/",
                            "arn:aws:iam::111122223333:user//Bob",
                            "arn:aws:iam::111122223333:User/Bob",
                            "arn:aws:iam::111122223333:role/a:b",
                            "arn:aws:iam::111122223333:policy/P",
                            "arn:aws:iam::111122223333:assumed-role/R/S",
                            "arn:aws:iam::111122223333:instance-profile/P",
                            "arn:aws:sts::111122223333:role/R",
                            "arn:aws:sts::111122223333:assumed-role/R",
                            "arn:aws:sts::111122223333:assumed-role/R/",
                            "arn:aws:sts::111122223333:assumed-role/a/R/S",
                            "arn:aws:sts::111122223333:federated-user/a/b",
                            "arn:aws:sts::111122223333:federated-user/",
                            "arn:aws:s3:::bucket",
                            "arn:azure:iam::111122223333:root",
                            "arn:aws-:iam::111122223333:root",
                            "arn::iam::111122223333:root",
                            "ARN:aws:iam::111122223333:root",
                            "arn:aws:iam::111122223333:user/${aws:username}",
                            "${aws:username}",
                            "arn:aws:iam::111122223333:user/a/${x}/Bob",
                            "arn:aws:iam::111122223333:user/B\\u00f6b",
                            "arn:aws:iam::111122223333:user/Bob\\n",
                            "ec2.amazonaws.com",
                            "arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity ",
                            "arn:aws:iam::cloudfront:user/Bob",
                            "arn:aws:iam::cloudfront:root"}) {
    const Expected expected{ErrorCode::InvalidPrincipalFormat, "P-10",
                            "/Statement/0/Principal/AWS"};
    expect_refused(ResourceBased, member("AWS", "^" + quote(value)), expected);
    expect_refused(RoleTrust, member("AWS", "[\"*\",^" + quote(value) + "]"),
                   {expected.code, expected.rule, "/Statement/0/Principal/AWS/1"});
  }
}

TEST(DocumentTest, WildcardsStandAloneInPrincipals) {
  // G-49
  for (const char* value :
       {"**", "?", "1111*", "*111122223333", "arn:aws:iam::111122223333:user/*",
        "arn:aws:iam::*:root", "arn:*:iam::111122223333:root", "AIDA*",
        "arn:aws:sts::111122223333:assumed-role/R/*", "arn:aws:iam::111122223333:role/R?",
        "arn:aws:iam::111122223333:group/*"}) {
    expect_refused(
        RoleTrust, member("AWS", "^" + quote(value)),
        {ErrorCode::UnsupportedWildcardInPrincipal, "G-49", "/Statement/0/Principal/AWS"});
  }
}

TEST(DocumentTest, GroupsAreNoPrincipals) {
  // G-49
  for (const char* value :
       {"arn:aws:iam::111122223333:group/Admins", "arn:aws:iam::111122223333:group/a/b"}) {
    expect_refused(ResourceBased, member("AWS", "^" + quote(value)),
                   {ErrorCode::InvalidPrincipalFormat, "G-49", "/Statement/0/Principal/AWS"});
  }
}

TEST(DocumentTest, ServicePrincipalsAreNames) {
  // G-50
  for (const char* value : {"ec2.amazonaws.com", "s3.ap-east-1.amazonaws.com", "no_such-service",
                            "x", "EC2.amazonaws.com"}) {
    expect_loads(RoleTrust, member("Service", quote(value)));
  }
  for (const char* value :
       {"", "ec2 amazonaws.com", "ec2/amazonaws.com", "ec2:amazonaws.com",
        "https://ec2.amazonaws.com", "${aws:x}", "\\u00e9.amazonaws.com", "a,b"}) {
    expect_refused(RoleTrust, member("Service", "^" + quote(value)),
                   {ErrorCode::InvalidPrincipalFormat, "G-50", "/Statement/0/Principal/Service"});
  }
  for (const char* value : {"*", "*.amazonaws.com", "ec2.amazonaws.?"}) {
    expect_refused(
        RoleTrust, member("Service", "[^" + quote(value) + "]"),
        {ErrorCode::UnsupportedWildcardInPrincipal, "G-50", "/Statement/0/Principal/Service/0"});
  }
}

TEST(DocumentTest, FederatedPrincipalsAreDomainsOrProviders) {
  // G-51
  for (const char* value :
       {"cognito-identity.amazonaws.com", "www.amazon.com", "graph.facebook.com",
        "accounts.google.com", "idp.example.org", "idp.example.org/tenant/a:1", "a.b",
        "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com",
        "arn:aws:iam::111122223333:oidc-provider/oidc.eks.eu-west-1.amazonaws.com/id/ABC",
        "arn:aws-cn:iam::111122223333:saml-provider/Corp"}) {
    expect_loads(RoleTrust, member("Federated", quote(value)));
    expect_loads(ResourceBased, member("Federated", quote(value)));
  }
  for (const char* value : {"",
                            "*",
                            "*.google.com",
                            "accounts.google.?",
                            "google",
                            "accounts google.com",
                            ".com",
                            "a.",
                            "a..b",
                            "https://accounts.google.com",
                            "accounts.google.com/*",
                            "accounts.google.com/a b",
                            "arn:aws:iam::111122223333:saml-provider/",
                            "arn:aws:iam::111122223333:saml-provider/*",
                            "arn:aws:iam::1111:saml-provider/Corp",
                            "arn:aws:iam::111122223333:role/R",
                            "arn:aws:iam::111122223333:mfa-provider/x",
                            "arn:azure:iam::111122223333:saml-provider/Corp",
                            "accounts.google.com/${aws:x}",
                            "arn:aws:iam::111122223333:saml-provider/${x}"}) {
    expect_refused(RoleTrust, member("Federated", "^" + quote(value)),
                   {ErrorCode::InvalidPrincipalFormat, "G-51", "/Statement/0/Principal/Federated"});
  }
}

TEST(DocumentTest, CanonicalUsersAreSixtyFourHexadecimalDigits) {
  // G-52
  const std::string id = "79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be";
  expect_loads(ResourceBased, member("CanonicalUser", quote(id)));
  expect_loads(ResourceBased, member("CanonicalUser", quote(std::string(64, 'A'))));
  for (const std::string& value :
       {std::string(), id.substr(1), id + "0", id.substr(1) + "g", id.substr(1) + " ",
        std::string("*"), std::string("111122223333")}) {
    expect_refused(
        ResourceBased, member("CanonicalUser", "^" + quote(value)),
        {ErrorCode::InvalidPrincipalFormat, "G-52", "/Statement/0/Principal/CanonicalUser"});
  }
}

TEST(DocumentTest, RoleTrustPoliciesHaveNoNotPrincipal) {
  // G-53: and their Principal may be everybody.
  const Refused rows[] = {
      {"Deny",
       RoleTrust,
       statement(R"("Effect":"Deny",^"NotPrincipal":{"AWS":"111122223333"},"Action":"sts:*")"),
       {ErrorCode::UnsupportedPrincipal, "G-53", "/Statement/0/NotPrincipal"}},
      {"Allow",
       RoleTrust,
       statement(R"("Effect":"Allow",^"NotPrincipal":{"AWS":"111122223333"},"Action":"sts:*")"),
       {ErrorCode::UnsupportedPrincipal, "G-53", "/Statement/0/NotPrincipal"}},
  };
  expect_refused(rows);
  const Loaded loads[] = {
      {"star", RoleTrust, statement(R"("Effect":"Allow","Principal":"*","Action":"sts:*")")},
      {"AWS star", RoleTrust,
       statement(R"("Effect":"Allow","Principal":{"AWS":"*"},"Action":"sts:*")")},
  };
  expect_loads(loads);
}

TEST(DocumentTest, NotPrincipalGoesWithDenyOnly) {
  // G-54: wherever Effect stands.
  const Refused rows[] = {
      {"RB",
       ResourceBased,
       statement(R"("Effect":"Allow",^"NotPrincipal":{"AWS":"111122223333"},"Action":"*")"),
       {ErrorCode::UnsupportedPrincipal, "G-54", "/Statement/0/NotPrincipal"}},
      {"VEP, Effect last",
       VpcEndpoint,
       statement(
           R"(^"NotPrincipal":{"AWS":"111122223333"},"Action":"*","Resource":"*","Effect":"Allow")"),
       {ErrorCode::UnsupportedPrincipal, "G-54", "/Statement/0/NotPrincipal"}},
  };
  expect_refused(rows);
  expect_loads(ResourceBased, not_principal(R"({"AWS":"111122223333"})"));
}

TEST(DocumentTest, NotPrincipalNamesItsPrincipals) {
  // P-64
  constexpr auto kCode = ErrorCode::UnsupportedWildcardInPrincipal;
  const Refused rows[] = {
      {"star",
       ResourceBased,
       not_principal(R"(^"*")"),
       {kCode, "P-64", "/Statement/0/NotPrincipal"}},
      {"AWS star",
       ResourceBased,
       not_principal(R"({"AWS":^"*"})"),
       {kCode, "P-64", "/Statement/0/NotPrincipal/AWS"}},
      {"AWS star in a list",
       ResourceBased,
       not_principal(R"({"AWS":["111122223333",^"*"]})"),
       {kCode, "P-64", "/Statement/0/NotPrincipal/AWS/1"}},
  };
  expect_refused(rows);
  expect_loads(ResourceBased,
               not_principal(R"({"AWS":["111122223333","arn:aws:iam::111122223333:user/Bob"],
                                 "Service":"ec2.amazonaws.com"})"));
}

}  // namespace
}  // namespace writ::test
