// What an explanation holds, element by element, and as JSON.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidjson/document.h>

#include "explanation/scenario.h"

namespace writ::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

[[nodiscard]] const StatementTrace& first_statement(const Explanation& explanation) {
  return explanation.layers().at(0).statements.at(0);
}

TEST(ExplanationTest, EveryReasonIsExplained) {
  struct Case {
    Reason reason;
    std::string_view rule;
    Scenario scenario;
  };
  const auto with = [](Scenario scenario, PolicyType type, const std::string& text) {
    scenario.docs.push_back({type, text});
    return scenario;
  };
  const auto present = [](Scenario scenario, PolicyType type) {
    scenario.present.emplace_back(type, 0);
    return scenario;
  };
  const Scenario nothing;
  const Scenario own = with_identity(kAllowAll);
  Scenario abroad = own;
  abroad.resource_account = kOther;
  Scenario abroad_alone = abroad;
  abroad_alone.docs.clear();
  Scenario key = own;
  key.action = "kms:Decrypt";
  key.resource = "arn:aws:kms:eu-west-1:111122223333:key/1";
  Scenario keyless = key;
  keyless.docs.clear();
  Scenario root;
  root.caller = kRoot;
  Scenario root_assumes = root;
  root_assumes.action = "sts:AssumeRole";
  root_assumes.resource = "arn:aws:iam::111122223333:role/Target";
  Scenario china = own;
  china.resource = "arn:aws-cn:s3:::b/k";
  Scenario anonymous;
  anonymous.caller = "*";
  Scenario service;
  service.caller = "service:sns.amazonaws.com";
  Scenario federated = root_assumes;
  federated.caller = "federated:accounts.google.com";
  federated.action = "sts:AssumeRoleWithWebIdentity";
  Scenario by_user = own;
  by_user.caller = "arn:aws:sts::111122223333:federated-user/Bob";
  by_user.issuer = kUser;
  Scenario by_root = by_user;
  by_root.issuer = kRoot;
  by_root.docs = {{PolicyType::Session, doc(kAllowAll)}};
  const PolicyType resource = PolicyType::ResourceBased;
  const std::string account = resource_allow(R"({"AWS":"111122223333"})");
  const std::string other = resource_allow(R"({"AWS":"999999999999"})");
  const std::string user = resource_allow("{\"AWS\":\"" + kUser + "\"}");
  const std::string everyone = resource_allow("\"*\"");
  const std::string provider =
      doc(R"({"Effect":"Allow","Principal":{"Federated":"accounts.google.com"},
              "Action":"sts:AssumeRoleWithWebIdentity"})");
  const std::vector<Case> cases = {
      {Reason::ExplicitDeny, "E-2", with_identity(kDenyAll)},
      {Reason::NoServiceControlAllow, "E-21", present(own, PolicyType::ServiceControl)},
      {Reason::NoEndpointAllow, "E-36", present(own, PolicyType::VpcEndpoint)},
      {Reason::NoAllowForService, "E-90", service},
      {Reason::NoAllowForAnonymous, "E-91", with(anonymous, resource, other)},
      {Reason::NoAllowForFederated, "E-82", federated},
      {Reason::RootCannotAssumeRole, "E-52", root_assumes},
      {Reason::PartitionMismatch, "E-75", china},
      {Reason::NoIdentityAllow, "E-66", nothing},
      {Reason::NoIdentityAllowAcrossAccounts, "E-71", with(abroad_alone, resource, user)},
      {Reason::NoIdentityAllowForDelegation, "E-64", with(keyless, resource, account)},
      {Reason::NoBoundaryAllow, "E-45", present(own, PolicyType::PermissionsBoundary)},
      {Reason::NoSessionPolicy, "E-44", by_user},
      {Reason::NoSessionAllow, "E-43", present(own, PolicyType::Session)},
      {Reason::NoResourcePolicy, "E-73", abroad},
      {Reason::NoResourceAllow, "E-70", with(abroad, resource, other)},
      {Reason::NoTrustOrKeyAllow, "E-64", key},
      {Reason::AllowedByIdentity, "E-63", own},
      {Reason::AllowedAsRoot, "E-50", root},
      {Reason::AllowedBySession, "E-44", by_root},
      {Reason::AllowedByResource, "E-63", with(nothing, resource, user)},
      {Reason::AllowedByTrustOrKey, "E-64", with(keyless, resource, user)},
      {Reason::AllowedByDelegation, "E-64", with(key, resource, account)},
      {Reason::AllowedAcrossAccounts, "E-70", with(abroad, resource, account)},
      {Reason::AllowedForService, "E-90", with(service, resource, everyone)},
      {Reason::AllowedForAnonymous, "E-91", with(anonymous, resource, everyone)},
      {Reason::AllowedForFederated, "E-82", with(federated, PolicyType::RoleTrust, provider)},
  };
  std::vector<std::string> texts;
  for (const Case& one : cases) {
    const Explanation explanation = one.scenario.explain();
    const Decision decision = explanation.decision();
    EXPECT_EQ(decision.reason, one.reason) << explanation.to_string();
    EXPECT_EQ(rule_of(decision.reason), one.rule);
    EXPECT_EQ(decision, one.scenario.decide());
    EXPECT_EQ(explanation.deciding_statement() != nullptr, decision.statement.exists());
    const std::string text = explanation.to_string();
    const std::string first = text.substr(0, text.find('\n'));
    EXPECT_THAT(first, HasSubstr(std::string(to_string(decision.outcome)) + ": "));
    EXPECT_THAT(first, HasSubstr("(" + std::string(rule_of(decision.reason)) + ")"));
    texts.push_back(first);
  }
  std::sort(texts.begin(), texts.end());
  EXPECT_EQ(std::adjacent_find(texts.begin(), texts.end()), texts.end())
      << "two reasons read alike";
  EXPECT_THAT(cases, SizeIs(27));
}

TEST(ExplanationTest, EachElementThatFailsIsTold) {
  // M-1
  Scenario scenario;
  scenario.docs = {{PolicyType::ResourceBased, doc(R"(
      {"Effect":"Allow","Principal":{"AWS":"444455556666"},"Action":"s3:*","Resource":"*"},
      {"Effect":"Allow","Principal":"*","Action":["s3:PutObject","s3:List*"],"Resource":"*"},
      {"Effect":"Allow","Principal":"*","Action":"s3:*","Resource":"arn:aws:s3:::b/${aws:username}"},
      {"Effect":"Allow","Principal":"*","Action":"s3:*","Resource":"*",
       "Condition":{"Bool":{"aws:SecureTransport":"true"}}},
      {"Effect":"Allow","Principal":{"AWS":"444455556666"},"NotAction":"s3:*",
       "NotResource":"arn:aws:s3:::b/*","Condition":{"Bool":{"aws:SecureTransport":"true"}}})")}};
  const Explanation explanation = scenario.explain();
  EXPECT_EQ(explanation.decision().outcome, Outcome::ImplicitDeny);
  EXPECT_EQ(explanation.decision().reason, Reason::NoIdentityAllow);
  const std::vector<StatementTrace>& statements = explanation.layers().at(0).statements;
  ASSERT_THAT(statements, SizeIs(5));
  for (const StatementTrace& one : statements) EXPECT_FALSE(one.applied);
  EXPECT_FALSE(statements[0].principal_matched);
  EXPECT_EQ(statements[0].failed_elements(), 1U);
  EXPECT_FALSE(statements[1].action_matched);
  EXPECT_THAT(statements[1].actions, ElementsAre("s3:PutObject", "s3:List*"));
  EXPECT_EQ(statements[1].failed_elements(), 1U);
  EXPECT_FALSE(statements[2].resource_matched);  // V-22
  EXPECT_THAT(statements[2].resources, ElementsAre("arn:aws:s3:::b/${aws:username}"));
  EXPECT_THAT(statements[2].unresolved, ElementsAre("aws:username"));
  EXPECT_EQ(statements[2].failed_elements(), 1U);
  EXPECT_EQ(statements[3].condition, Truth::False);
  EXPECT_EQ(statements[3].failed_elements(), 1U);
  EXPECT_TRUE(statements[4].not_action);
  EXPECT_TRUE(statements[4].not_resource);
  EXPECT_EQ(statements[4].failed_elements(), 4U);
  EXPECT_THAT(explanation.missing_keys(), ElementsAre("aws:SecureTransport", "aws:username"));
  const std::string text = explanation.to_string();
  EXPECT_THAT(text, HasSubstr("Principal (line 2) does not name the caller"));
  EXPECT_THAT(text, HasSubstr("2 statements do not cover the action"));
  EXPECT_THAT(text, HasSubstr("no value for `aws:username`"));
}

TEST(ExplanationTest, ConditionTraceTellsWhatWasAskedAndGiven) {
  Scenario scenario = with_identity(R"({"Effect":"Allow","Action":"*","Resource":"*","Condition":{
      "StringLike":{"aws:PrincipalTag/team":["a*","${aws:username}-x"]},
      "NumericLessThanIfExists":{"aws:MultiFactorAuthAge":3600},
      "ForAnyValue:StringEquals":{"aws:TagKeys":["k"]}}})");
  scenario.context = {{"AWS:principaltag/TEAM", "b1"}};
  const Explanation explanation = scenario.explain();
  EXPECT_EQ(explanation.decision().reason, Reason::NoIdentityAllow);
  const StatementTrace& statement = first_statement(explanation);
  ASSERT_THAT(statement.conditions, SizeIs(3));
  const ConditionTrace& like = statement.conditions[0];
  EXPECT_EQ(like.operator_text, "StringLike");
  EXPECT_EQ(like.key, "aws:PrincipalTag/team");  // as written
  EXPECT_THAT(like.asked, ElementsAre("a*", "${aws:username}-x"));
  EXPECT_TRUE(like.key_present);  // C-10
  EXPECT_FALSE(like.key_multivalued);
  EXPECT_THAT(like.given, ElementsAre("b1"));
  EXPECT_THAT(like.unresolved, ElementsAre("aws:username"));  // V-23
  EXPECT_EQ(like.result, Truth::False);
  EXPECT_EQ(statement.conditions[1].operator_text, "NumericLessThanIfExists");
  EXPECT_THAT(statement.conditions[1].asked, ElementsAre("3600"));  // G-60
  EXPECT_FALSE(statement.conditions[1].key_present);
  EXPECT_EQ(statement.conditions[1].result, Truth::True);  // C-25
  EXPECT_EQ(statement.conditions[2].operator_text, "ForAnyValue:StringEquals");
  EXPECT_EQ(statement.conditions[2].result, Truth::False);  // C-41
  EXPECT_THAT(explanation.missing_keys(),
              ElementsAre("aws:MultiFactorAuthAge", "aws:TagKeys", "aws:username"));
}

TEST(ExplanationTest, MissingKeysAreNamedOnceWhateverTheirLetterCase) {
  // C-10
  const Scenario scenario =
      with_identity(R"({"Effect":"Allow","Action":"*","Resource":"*","Condition":{
      "StringEquals":{"aws:PrincipalTag/team":"a"},"StringLike":{"AWS:principaltag/Team":"b"}}},
      {"Effect":"Allow","Action":"ec2:*","Resource":"*","Condition":{
      "StringEquals":{"ec2:Owner":"a"}}})");
  // The key of a statement about other actions is not missing.
  EXPECT_THAT(scenario.explain().missing_keys(), ElementsAre("aws:PrincipalTag/team"));
}

TEST(ExplanationTest, IndeterminateNamesTheKey) {
  // C-70: an Allow does not apply, a Deny does.
  const std::string condition =
      R"("Action":"*","Resource":"*","Condition":{"IpAddress":{"aws:SourceIp":"10.0.0.0/8"}}})";
  Scenario scenario = with_identity(kAllowAll + R"(,{"Effect":"Deny",)" + condition);
  scenario.context = {{"aws:SourceIp", "nonsense"}};
  Explanation explanation = scenario.explain();
  EXPECT_EQ(explanation.decision().outcome, Outcome::ExplicitDeny);
  EXPECT_EQ(explanation.decision().reason, Reason::ExplicitDeny);
  ASSERT_NE(explanation.deciding_statement(), nullptr);
  EXPECT_EQ(explanation.deciding_statement()->condition, Truth::Indeterminate);
  EXPECT_TRUE(explanation.deciding_statement()->applied);
  const std::string told =
      "IpAddress `aws:SourceIp` (line 1): asked `10.0.0.0/8`, given `nonsense`; cannot be told, so "
      "it counts against (C-70)";
  EXPECT_THAT(explanation.to_string(), HasSubstr(told));

  scenario.docs[0].text = doc(R"({"Effect":"Allow",)" + condition);
  explanation = scenario.explain();
  EXPECT_EQ(explanation.decision().reason, Reason::NoIdentityAllow);
  EXPECT_FALSE(first_statement(explanation).applied);
  EXPECT_EQ(first_statement(explanation).conditions[0].result, Truth::Indeterminate);
  EXPECT_THAT(explanation.to_string(), HasSubstr(told));
}

TEST(ExplanationTest, CollidingKeysAreTold) {
  // C-12
  Scenario scenario = with_identity(
      R"({"Effect":"Allow","Action":"*","Resource":"*","Condition":{
          "StringEquals":{"aws:PrincipalTag/a":"1"}}})");
  scenario.context = {{"aws:PrincipalTag/a", "1"}, {"aws:PrincipalTag/A", "1"}};
  const Explanation explanation = scenario.explain();
  EXPECT_EQ(explanation.decision().reason, Reason::NoIdentityAllow);
  const ConditionTrace& test = first_statement(explanation).conditions.at(0);
  EXPECT_TRUE(test.key_collided);
  EXPECT_EQ(test.result, Truth::Indeterminate);
  EXPECT_THAT(explanation.to_string(), HasSubstr("given twice in different letter case (C-12)"));
}

TEST(ExplanationTest, PositionsPointIntoTheText) {
  Scenario scenario;
  scenario.docs = {{PolicyType::IdentityBased, R"({
  "Statement": [
    {"Sid": "First", "Effect": "Deny", "Action": "ec2:*", "Resource": "*"},
    {
      "Effect": "Allow",
      "Action": [
        "s3:*"],
      "Resource": "*",
      "Condition": {
        "StringEquals": {"aws:username": "x"}
      }
    }]})",
                    0, "Own"}};
  const Explanation explanation = scenario.explain();
  EXPECT_EQ(explanation.decision().reason, Reason::NoIdentityAllow);
  const std::vector<StatementTrace>& statements = explanation.layers().at(0).statements;
  ASSERT_THAT(statements, SizeIs(2));
  EXPECT_EQ(statements[0].policy, "Own");
  EXPECT_EQ(statements[0].sid, "First");
  EXPECT_EQ(statements[0].effect, Effect::Deny);
  const auto at = [](const Position& position) {
    return std::pair(position.line, position.column);
  };
  EXPECT_EQ(at(statements[0].begin), std::pair(3U, 5U));
  EXPECT_EQ(at(statements[0].end), std::pair(3U, 75U));
  EXPECT_EQ(at(statements[1].begin), std::pair(4U, 5U));
  EXPECT_EQ(at(statements[1].end), std::pair(12U, 6U));
  EXPECT_EQ(at(statements[1].action_position), std::pair(6U, 17U));
  EXPECT_EQ(at(statements[1].resource_position), std::pair(8U, 19U));
  EXPECT_EQ(at(statements[1].conditions.at(0).position), std::pair(10U, 26U));
}

TEST(ExplanationTest, EveryDenyThatAppliesIsListed) {
  // E-3: in layer order; the first of them decides.
  Scenario scenario = with_identity(kDenyAll + "," + kAllowAll + "," + kDenyAll);
  scenario.docs.push_back({PolicyType::Session, doc(kDenyAll), 0, "Narrow"});
  scenario.docs.push_back({PolicyType::ServiceControl, doc(kAllowAll), 0, "Top"});
  scenario.docs.push_back({PolicyType::ServiceControl, doc(kDenyAll), 1, "Unit"});
  const Explanation explanation = scenario.explain();
  EXPECT_EQ(explanation.decision().outcome, Outcome::ExplicitDeny);
  EXPECT_EQ(explanation.decision().reason, Reason::ExplicitDeny);
  ASSERT_NE(explanation.deciding_statement(), nullptr);
  EXPECT_EQ(explanation.deciding_statement()->policy, "Unit");
  EXPECT_EQ(explanation.deciding_statement()->id.level, 1);
  std::vector<std::string> denies;
  for (const LayerTrace& layer : explanation.layers()) {
    for (const StatementTrace& one : layer.statements) {
      if (one.effect == Effect::Deny && one.applied) {
        denies.push_back(one.policy + std::to_string(one.id.statement));
      }
    }
  }
  EXPECT_THAT(denies, ElementsAre("Unit0", "Own0", "Own2", "Narrow0"));
  ASSERT_THAT(explanation.layers(), SizeIs(4));
  EXPECT_EQ(explanation.layers()[0].level, 0U);
  EXPECT_TRUE(explanation.layers()[0].allowed);
  EXPECT_FALSE(explanation.layers()[0].denied);
  EXPECT_EQ(explanation.layers()[1].level, 1U);
  EXPECT_TRUE(explanation.layers()[1].denied);
  EXPECT_TRUE(explanation.layers()[2].allowed);
  EXPECT_TRUE(explanation.layers()[2].denied);
}

TEST(ExplanationTest, OrganizationLayersThatDoNotBindSaySo) {
  // E-20: service control policies do not bind a service.
  Scenario scenario;
  scenario.caller = "service:sns.amazonaws.com";
  scenario.docs = {{PolicyType::ServiceControl, doc(kDenyAll)},
                   {PolicyType::ResourceBased, resource_allow("\"*\"")}};
  Explanation explanation = scenario.explain();
  EXPECT_EQ(explanation.decision().reason, Reason::AllowedForService);
  EXPECT_FALSE(explanation.layers().at(0).applies);
  EXPECT_FALSE(explanation.layers().at(0).denied);
  EXPECT_THAT(explanation.to_string(), HasSubstr("scp level 0 does not bind this request"));

  // E-30: resource control policies do not bind kms:RetireGrant.
  scenario = with_identity(kAllowAll);
  scenario.docs.push_back(
      {PolicyType::ResourceControl,
       doc(R"({"Effect":"Deny","Principal":"*","Action":["kms:*","s3:*"],"Resource":"*"})")});
  EXPECT_EQ(scenario.decide().reason, Reason::ExplicitDeny);
  scenario.action = "kms:RetireGrant";
  explanation = scenario.explain();
  EXPECT_EQ(explanation.decision().reason, Reason::AllowedByIdentity);
  EXPECT_FALSE(explanation.layers().at(0).applies);
  EXPECT_THAT(explanation.to_string(), HasSubstr("rcp level 0 does not bind this request"));
}

// E-50, E-82, E-90, E-91; E-44 for whom root issued.
TEST(ExplanationTest, CallersWithoutPoliciesOfTheirOwnAreNotToldToNeedThem) {
  const std::string unbound = "\nidentity does not bind this request\n";
  for (const char* caller : {"*", "service:sns.amazonaws.com", "federated:cognito.example"}) {
    SCOPED_TRACE(caller);
    Scenario scenario = with_identity(kAllowAll);
    scenario.caller = caller;
    EXPECT_FALSE(scenario.explain().layers().at(0).allow_counts);
    EXPECT_TRUE(scenario.explain().layers().at(0).allowed);
    EXPECT_THAT(scenario.explain().to_string(), HasSubstr(unbound));
    scenario = with_identity(kDenyAll);
    scenario.caller = caller;
    EXPECT_THAT(scenario.explain().to_string(), HasSubstr("\nidentity denies\n"));
  }

  Scenario root;
  root.caller = kRoot;
  EXPECT_THAT(root.explain().to_string(), HasSubstr("\nidentity allows root by default (E-50)\n"));
  root.docs = {{PolicyType::ServiceControl, doc(kDenyAll)}};
  EXPECT_THAT(root.explain().to_string(), HasSubstr(unbound));

  Scenario issued;
  issued.caller = kFederatedUser;
  issued.issuer = kRoot;
  issued.docs = {{PolicyType::Session, doc(kAllowAll)}};
  EXPECT_THAT(issued.explain().to_string(), HasSubstr(unbound));
  EXPECT_THAT(issued.explain().to_string(), HasSubstr("\nsession allows\n"));
  issued.issuer = kUser;
  EXPECT_THAT(issued.explain().to_string(), HasSubstr("\nidentity does not allow\n"));
}

// E-31: their Allow statements allow nothing.
TEST(ExplanationTest, ResourceControlPoliciesAreSaidNotToDeny) {
  Scenario scenario = with_identity(kAllowAll);
  scenario.docs.push_back({PolicyType::ResourceControl, resource_allow("\"*\"")});
  EXPECT_THAT(scenario.explain().to_string(), HasSubstr("\nrcp level 0 does not deny\n"));
}

TEST(ExplanationTest, UnrelatedStatementsAreCounted) {
  std::string statements = kAllowAll;
  for (int i = 0; i < 100; ++i) {
    statements += R"(,{"Effect":"Allow","Action":"a:B","Resource":"*"})";
  }
  const Scenario scenario = with_identity(statements);
  Explanation explanation = scenario.explain();
  EXPECT_EQ(explanation.decision().reason, Reason::AllowedByIdentity);
  EXPECT_THAT(explanation.layers().at(0).statements, SizeIs(65));
  EXPECT_EQ(explanation.layers().at(0).unlisted, 36U);
  EXPECT_THAT(explanation.to_string(), HasSubstr("100 statements do not cover the action"));
  ExplainOptions none;
  none.max_unrelated_statements = 0;
  explanation = scenario.explain(none);
  EXPECT_THAT(explanation.layers().at(0).statements, SizeIs(1));
  EXPECT_EQ(explanation.layers().at(0).unlisted, 100U);
}

// --- to_json().

[[nodiscard]] rapidjson::Document parsed(const Explanation& explanation) {
  const std::string text = explanation.to_json();
  rapidjson::Document json;
  json.Parse<rapidjson::kParseValidateEncodingFlag>(text.data(), text.size());
  EXPECT_FALSE(json.HasParseError()) << text;
  return json;
}

[[nodiscard]] std::vector<std::string> members(const rapidjson::Value& object) {
  std::vector<std::string> names;
  for (const auto& member : object.GetObject()) names.emplace_back(member.name.GetString());
  return names;
}

TEST(ExplanationTest, JsonHoldsEverything) {
  Scenario scenario = with_identity(
      kAllowAll + R"(,{"Sid":"No","Effect":"Deny","Action":"s3:*","NotResource":"arn:aws:s3:::c/*",
      "Condition":{"StringEquals":{"aws:username":"${aws:userid}"}}},)" +
      kDenyAll);
  scenario.context = {{"aws:username", "Alice"}};
  rapidjson::Document json = parsed(scenario.explain());
  EXPECT_THAT(members(json),
              ElementsAre("decision", "reason", "rule", "message", "principal", "action",
                          "resource", "decidingStatement", "layers", "nearestMiss", "missingKeys"));
  EXPECT_STREQ(json["decision"].GetString(), "explicitDeny");
  EXPECT_STREQ(json["reason"].GetString(), "ExplicitDeny");
  EXPECT_STREQ(json["rule"].GetString(), "E-2");
  EXPECT_STREQ(json["message"].GetString(), "a Deny statement applies");
  EXPECT_EQ(json["decidingStatement"]["statement"].GetUint(), 2U);
  const rapidjson::Value& layer = json["layers"][0];
  EXPECT_THAT(members(layer), ElementsAre("layer", "level", "applies", "allowCounts", "denied",
                                          "allowed", "unlisted", "statements"));
  EXPECT_STREQ(layer["layer"].GetString(), "identity");
  EXPECT_TRUE(layer["denied"].GetBool());
  const rapidjson::Value& statement = layer["statements"][1];
  EXPECT_THAT(
      members(statement),
      ElementsAre("policy", "layer", "level", "document", "statement", "sid", "effect", "begin",
                  "end", "applied", "principalMatched", "principalNote", "actionMatched",
                  "resourceMatched", "principalPosition", "actionPosition", "resourcePosition",
                  "notPrincipal", "notAction", "actions", "notResource", "resources", "unresolved",
                  "literalVariables", "condition", "conditions"));
  EXPECT_STREQ(statement["sid"].GetString(), "No");
  EXPECT_TRUE(statement["notResource"].GetBool());
  EXPECT_STREQ(statement["condition"].GetString(), "false");
  const rapidjson::Value& test = statement["conditions"][0];
  EXPECT_THAT(members(test), ElementsAre("operator", "key", "asked", "present", "multivalued",
                                         "collided", "given", "unresolved", "result", "position"));
  EXPECT_STREQ(test["unresolved"][0].GetString(), "aws:userid");
  EXPECT_EQ(test["position"]["line"].GetUint(), 2U);
  const rapidjson::Value& miss = json["nearestMiss"];
  EXPECT_TRUE(miss["possible"].GetBool());
  ASSERT_EQ(miss["changes"].Size(), 1U);
  EXPECT_STREQ(miss["changes"][0]["kind"].GetString(), "removeDeny");
  EXPECT_STREQ(json["missingKeys"][0].GetString(), "aws:userid");

  scenario = with_identity(
      R"({"Effect":"Allow","Action":"*","Resource":"*","Condition":{
          "Null":{"aws:username":"false"}}})");
  json = parsed(scenario.explain());
  EXPECT_FALSE(json.HasMember("decidingStatement"));
  EXPECT_STREQ(json["nearestMiss"]["changes"][0]["kind"].GetString(), "matchElement");
  EXPECT_STREQ(json["nearestMiss"]["changes"][0]["element"].GetString(), "Condition");
  EXPECT_EQ(json["nearestMiss"]["changes"][0]["condition"].GetUint(), 0U);

  json = parsed(Scenario().explain());
  EXPECT_STREQ(json["nearestMiss"]["changes"][0]["kind"].GetString(), "attachAllow");
  EXPECT_STREQ(json["nearestMiss"]["changes"][0]["layer"].GetString(), "identity");
}

TEST(ExplanationTest, JsonIsValidWhateverTheRequestHolds) {
  Scenario scenario = with_identity(
      R"({"Effect":"Allow","Action":"*","Resource":"*","Condition":{
          "StringEquals":{"aws:PrincipalTag/a":"\u00e9"}}})");
  scenario.docs[0].name = "a\"b\xff";
  const std::string bad = "\xef\xbf\xbd";
  const std::pair<std::string, std::string> values[] = {
      {"\"\\/\n\t\x01\x7f", "\"\\/\n\t\x01\x7f"},
      {std::string("a\0b", 3), std::string("a\0b", 3)},
      {"caf\xc3\xa9 \xe4\xb8\xad \xf0\x9f\x98\x80", "caf\xc3\xa9 \xe4\xb8\xad \xf0\x9f\x98\x80"},
      {"\xc3", bad},                                // cut off
      {"\xc3(", bad + "("},                         // no continuation
      {"\xc0\xaf", bad + bad},                      // overlong
      {"\xe0\x9f\xbf", bad + bad + bad},            // overlong
      {"\xed\xa0\x80", bad + bad + bad},            // a surrogate
      {"\xf4\x90\x80\x80", bad + bad + bad + bad},  // beyond U+10FFFF
      {"\xf0\x9f\x98", bad + bad + bad},            // cut off
      {"\x80"
       "a",
       bad + "a"},
      {"", ""},
  };
  for (const auto& [value, expected] : values) {
    scenario.context = {{"aws:PrincipalTag/a", value}};
    scenario.resource = "arn:aws:s3:::b/" + value;
    const rapidjson::Document json = parsed(scenario.explain());
    const rapidjson::Value& given = json["layers"][0]["statements"][0]["conditions"][0]["given"][0];
    EXPECT_EQ(std::string(given.GetString(), given.GetStringLength()), expected);
    const rapidjson::Value& resource = json["resource"];
    EXPECT_EQ(std::string(resource.GetString(), resource.GetStringLength()),
              "arn:aws:s3:::b/" + expected);
    EXPECT_EQ(json["layers"][0]["statements"][0]["policy"].GetString(), "a\"b" + bad);
  }
}

}  // namespace
}  // namespace writ::test
