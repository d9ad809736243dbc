// The nearest miss is held to its word: applied to the texts of the policies it flips the decision,
// and nothing smaller of the same kinds of change does.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "explanation/scenario.h"

namespace writ::test {
namespace {

using ::testing::HasSubstr;
using ::testing::SizeIs;
using Kind = Change::Kind;

[[nodiscard]] std::string describe(const Scenario& scenario) {
  std::string text = scenario.caller + " " + scenario.action + " " + scenario.resource + "\n";
  for (const auto& [key, value] : scenario.context) text += key + "=" + value + "\n";
  for (const auto& [type, level] : scenario.present) {
    text += std::string(to_string(type)) + std::to_string(level) + " present\n";
  }
  for (const Scenario::Doc& one : scenario.docs) {
    text += std::string(to_string(one.type)) + std::to_string(one.level) + " " + one.text + "\n";
  }
  return text;
}

[[nodiscard]] std::string describe(const std::vector<Change>& changes) {
  std::string text;
  for (const Change& change : changes) text += "  - " + change.text + "\n";
  return text;
}

/// Expects that the nearest miss has the size, and turns the decision.
NearestMiss expect_flips(const Scenario& scenario, std::size_t size) {
  const Explanation explanation = scenario.explain();
  EXPECT_FALSE(explanation.decision().is_allowed());
  const NearestMiss miss = explanation.nearest_miss();
  EXPECT_TRUE(miss.possible);
  EXPECT_THAT(miss.changes, SizeIs(size)) << describe(miss.changes);
  EXPECT_TRUE(Editor(scenario).apply(miss.changes).decide().is_allowed())
      << describe(scenario) << describe(miss.changes);
  return miss;
}

TEST(ExplanationTest, NearestMissOfAnAllowIsEmpty) {
  Scenario scenario;
  scenario.docs = {
      {PolicyType::IdentityBased, doc(R"({"Effect":"Allow","Action":"*","Resource":"*"})")}};
  const Explanation explanation = scenario.explain();
  EXPECT_TRUE(explanation.decision().is_allowed());  // E-63
  EXPECT_EQ(explanation.decision().reason, Reason::AllowedByIdentity);
  EXPECT_THAT(explanation.nearest_miss().changes, SizeIs(0));
}

TEST(ExplanationTest, NearestMissNamesTheElementThatFails) {
  // E-66
  const auto identity = [](const std::string& statement) {
    Scenario scenario;
    scenario.docs = {{PolicyType::IdentityBased, doc(statement)}};
    return scenario;
  };
  NearestMiss miss =
      expect_flips(identity(R"({"Effect":"Allow","Action":"s3:PutObject","Resource":"*"})"), 1);
  EXPECT_EQ(miss.changes[0].kind, Kind::MatchElement);
  EXPECT_EQ(miss.changes[0].element, Element::Action);
  EXPECT_THAT(miss.changes[0].text, HasSubstr("Action to cover `s3:GetObject`"));

  miss = expect_flips(
      identity(R"({"Effect":"Allow","NotAction":"s3:Get*","Resource":"arn:aws:s3:::b/*"})"), 1);
  EXPECT_THAT(miss.changes[0].text, HasSubstr("NotAction not to cover `s3:GetObject`"));

  miss = expect_flips(
      identity(R"({"Effect":"Allow","Action":"s3:*","NotResource":"arn:aws:s3:::b/*"})"), 1);
  EXPECT_EQ(miss.changes[0].element, Element::Resource);
  EXPECT_THAT(miss.changes[0].text, HasSubstr("NotResource not to cover `arn:aws:s3:::b/k`"));

  miss = expect_flips(identity(R"({"Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{
      "StringEquals":{"aws:PrincipalTag/a":"1","aws:PrincipalTag/b":"2"},
      "Null":{"aws:PrincipalTag/a":"true"}}})"),
                      2);
  EXPECT_EQ(miss.changes[0].element, Element::Condition);
  EXPECT_EQ(miss.changes[0].condition, 0U);
  EXPECT_EQ(miss.changes[1].condition, 1U);
  EXPECT_THAT(miss.changes[1].text, HasSubstr("the request does not have it"));
}

TEST(ExplanationTest, NearestMissRemovesEveryDenyThatApplies) {
  // E-2, E-3
  Scenario scenario;
  const std::string deny = R"({"Effect":"Deny","Action":"s3:*","Resource":"*"})";
  scenario.docs = {
      {PolicyType::IdentityBased, doc(deny + "," + deny)},
      {PolicyType::ServiceControl,
       doc(R"({"Effect":"Allow","Action":"*","Resource":"*"},)" + deny)},
      {PolicyType::IdentityBased, doc(R"({"Effect":"Allow","Action":"*","Resource":"*"})")}};
  const NearestMiss miss = expect_flips(scenario, 3);
  for (const Change& change : miss.changes) EXPECT_EQ(change.kind, Kind::RemoveDeny);
}

TEST(ExplanationTest, NearestMissAttachesWhereALayerHasNoAllow) {
  // E-1, E-21, E-36, E-41: every layer that must allow is asked.
  Scenario scenario;
  scenario.present = {{PolicyType::ServiceControl, 1},
                      {PolicyType::PermissionsBoundary, 0},
                      {PolicyType::Session, 0},
                      {PolicyType::VpcEndpoint, 0}};
  scenario.resource = "arn:aws:kms:eu-west-1:444455556666:key/1";
  scenario.action = "kms:Decrypt";
  const NearestMiss miss = expect_flips(scenario, 7);
  for (const Change& change : miss.changes) EXPECT_EQ(change.kind, Kind::AttachAllow);
  EXPECT_EQ(miss.changes[1].level, 1U);
}

TEST(ExplanationTest, NearestMissNamesTheBoundaryDocument) {
  // E-42: each must allow, so each is changed, and an Allow goes to the one that has none.
  Scenario scenario;
  scenario.docs = {
      {PolicyType::IdentityBased, doc(R"({"Effect":"Allow","Action":"*","Resource":"*"})")},
      {PolicyType::PermissionsBoundary, doc(R"({"Effect":"Allow","Action":"*","Resource":"*"})")},
      {PolicyType::PermissionsBoundary, doc(R"({"Effect":"Deny","Action":"a:B","Resource":"*"})")}};
  const NearestMiss miss = expect_flips(scenario, 1);
  EXPECT_EQ(miss.changes[0].kind, Kind::AttachAllow);
  EXPECT_EQ(miss.changes[0].layer, PolicyType::PermissionsBoundary);
  EXPECT_EQ(miss.changes[0].statement.document, 1U);
}

TEST(ExplanationTest, NearestMissAcrossAccountsNeedsBothSides) {
  // E-70, E-71, E-73
  Scenario scenario;
  scenario.resource_account = kOther;
  const NearestMiss miss = expect_flips(scenario, 2);
  EXPECT_EQ(miss.changes[0].layer, PolicyType::IdentityBased);
  EXPECT_EQ(miss.changes[1].layer, PolicyType::ResourceBased);
}

TEST(ExplanationTest, NearestMissOfATrustPolicyIsATrustPolicy) {
  // E-61, E-74
  Scenario scenario;
  scenario.action = "sts:AssumeRole";
  scenario.resource = "arn:aws:iam::111122223333:role/Target";
  const NearestMiss miss = expect_flips(scenario, 1);
  EXPECT_EQ(miss.changes[0].layer, PolicyType::RoleTrust);
}

TEST(ExplanationTest, NearestMissNamesTheCallerBesideItsAccount) {
  // P-52, E-64: the account is named already; to name the caller itself is one change, as is an
  // identity policy that allows, which is preferred.
  Scenario scenario;
  scenario.action = "kms:Decrypt";
  scenario.resource = "arn:aws:kms:eu-west-1:111122223333:key/1";
  scenario.docs = {
      {PolicyType::ResourceBased, doc(R"({"Effect":"Allow","Action":"kms:*","Resource":"*",
                            "Principal":{"AWS":"111122223333"}})")}};
  NearestMiss miss = expect_flips(scenario, 1);
  EXPECT_EQ(miss.changes[0].layer, PolicyType::IdentityBased);

  scenario.docs.push_back({PolicyType::IdentityBased,
                           doc(R"({"Effect":"Allow","Action":"a:B","Resource":"arn:aws:x:::y"})")});
  miss = expect_flips(scenario, 1);
  EXPECT_EQ(miss.changes[0].element, Element::Principal);
  EXPECT_THAT(miss.changes[0].text, HasSubstr("Principal to name the caller itself"));
}

TEST(ExplanationTest, NearestMissKnowsThatARoleWithoutSessionIsCapped) {
  // P-2, E-45: naming the role does not free it from the boundary.
  Scenario scenario;
  scenario.caller = kRole;
  scenario.present = {{PolicyType::PermissionsBoundary, 0}};
  scenario.docs = {
      {PolicyType::ResourceBased, doc(R"({"Effect":"Allow","Action":"s3:*","Resource":"*",
                            "Principal":{"AWS":"arn:aws:iam::111122223333:role/Other"}})")}};
  expect_flips(scenario, 2);
}

TEST(ExplanationTest, NearestMissLooksBeyondTheListedStatements) {
  // The statement that lacks only the action is one of many that are not listed.
  std::string statements;
  for (int i = 0; i < 20; ++i) {
    statements += R"({"Effect":"Allow","Action":"a:B","Resource":")";
    statements += i == 17 ? "*" : "arn:aws:x:::y";
    statements += i == 19 ? "\"}" : "\"},";
  }
  Scenario scenario;
  scenario.docs = {{PolicyType::IdentityBased, doc(statements)}};
  ExplainOptions few;
  few.max_unrelated_statements = 3;
  const Explanation explanation = scenario.explain(few);
  EXPECT_EQ(explanation.decision().reason, Reason::NoIdentityAllow);
  ASSERT_THAT(explanation.layers(), SizeIs(1));
  EXPECT_THAT(explanation.layers()[0].statements, SizeIs(3));
  EXPECT_EQ(explanation.layers()[0].unlisted, 17U);
  ASSERT_THAT(explanation.nearest_miss().changes, SizeIs(1));
  EXPECT_EQ(explanation.nearest_miss().changes[0].statement.statement, 17U);
  EXPECT_TRUE(Editor(scenario).apply(explanation.nearest_miss().changes).decide().is_allowed());
}

TEST(ExplanationTest, NearestMissOfAnEmptyResourcePolicyHandle) {
  // A handle without documents is a set that allows nothing (E-1).
  const Scenario scenario;
  const PolicySet empty;
  AppliedPolicies policies;
  policies.resource_policy = &empty;
  const Explanation explanation = explain(scenario.request(), policies);
  EXPECT_EQ(explanation.decision().reason, Reason::NoIdentityAllow);
  ASSERT_THAT(explanation.layers(), SizeIs(1));
  ASSERT_THAT(explanation.nearest_miss().changes, SizeIs(1));
  EXPECT_EQ(explanation.nearest_miss().changes[0].layer, PolicyType::IdentityBased);
}

// --- All small sets of changes, tried one after the other.

/// Every change that could be made to the policies of a scenario.
[[nodiscard]] std::vector<Change> all_changes(const Scenario& scenario) {
  std::vector<Change> changes;
  struct LayerFacts {
    PolicyType type;
    std::uint32_t level;
    std::uint32_t document;
    bool has_allow;
  };
  std::vector<LayerFacts> layers;
  const auto facts = [&layers](PolicyType type, std::uint32_t level,
                               std::uint32_t document) -> LayerFacts& {
    for (LayerFacts& one : layers) {
      if (one.type == type && one.level == level && one.document == document) return one;
    }
    layers.push_back({type, level, document, false});
    return layers.back();
  };
  constexpr std::uint32_t kNo = StatementId::kNone;
  std::vector<std::pair<PolicyType, std::uint32_t>> seen;
  const Request request = scenario.request();
  bool has_boundary_document = false;
  bool has_resource_policy = false;
  facts(PolicyType::IdentityBased, 0, kNo);
  if (scenario.who().kind() == CallerKind::FederatedUser) facts(PolicyType::Session, 0, kNo);
  for (const Scenario::Doc& one : scenario.docs) {
    has_boundary_document |= one.type == PolicyType::PermissionsBoundary;
    has_resource_policy |=
        one.type == PolicyType::ResourceBased || one.type == PolicyType::RoleTrust;
    StatementId id;
    id.layer = one.type;
    id.level = static_cast<std::uint16_t>(one.level);
    id.document = static_cast<std::uint32_t>(
        std::count(seen.begin(), seen.end(), std::pair(one.type, one.level)));
    seen.emplace_back(one.type, one.level);
    LayerFacts& layer =
        facts(one.type, one.level, one.type == PolicyType::PermissionsBoundary ? id.document : kNo);
    rapidjson::Document json;
    json.Parse(one.text.c_str());
    id.statement = 0;
    for (const rapidjson::Value& statement : json["Statement"].GetArray()) {
      const auto add = [&](Kind kind, Element element, std::uint32_t condition) {
        Change change;
        change.kind = kind;
        change.layer = one.type;
        change.level = one.level;
        change.statement = id;
        change.element = element;
        change.condition = condition;
        changes.push_back(change);
      };
      if (std::string_view(statement["Effect"].GetString()) == "Deny") {
        add(Kind::RemoveDeny, Element::Action, 0);
      } else {
        layer.has_allow = true;
        add(Kind::MatchElement, Element::Action, 0);
        if (one.type != PolicyType::RoleTrust) add(Kind::MatchElement, Element::Resource, 0);
        if (statement.HasMember("Principal")) add(Kind::MatchElement, Element::Principal, 0);
        std::uint32_t condition = 0;
        if (statement.HasMember("Condition")) {
          for (const auto& op : statement["Condition"].GetObject()) {
            for (auto key = op.value.MemberBegin(); key != op.value.MemberEnd(); ++key) {
              add(Kind::MatchElement, Element::Condition, condition++);
            }
          }
        }
      }
      ++id.statement;
    }
  }
  for (const auto& [type, level] : scenario.present) {
    if (type == PolicyType::PermissionsBoundary && has_boundary_document) continue;
    if (type == PolicyType::ServiceControl) {
      for (std::uint32_t i = 0; i <= level; ++i) facts(type, i, kNo);
    } else {
      facts(type, level, kNo);
    }
  }
  const Caller caller = scenario.who();
  const bool own = caller.has_account() && caller.account() == request.resource_owner();
  if (!has_resource_policy && (!own || request.resource_policy_required())) {
    facts(request.is_role_trust() ? PolicyType::RoleTrust : PolicyType::ResourceBased, 0, kNo);
  }
  for (const LayerFacts& layer : layers) {
    if (layer.has_allow || layer.type == PolicyType::ResourceControl) continue;
    Change change;
    change.kind = Kind::AttachAllow;
    change.layer = layer.type;
    change.level = layer.level;
    change.statement.document = layer.document;
    changes.push_back(change);
  }
  return changes;
}

/// Whether some `size` of the changes flip the decision.
[[nodiscard]] bool some_flip(const Scenario& scenario, const std::vector<Change>& changes,
                             std::size_t size, std::size_t from, std::vector<Change>& chosen) {
  if (size == 0) return Editor(scenario).apply(chosen).decide().is_allowed();
  for (std::size_t i = from; i + size <= changes.size(); ++i) {
    chosen.push_back(changes[i]);
    if (some_flip(scenario, changes, size - 1, i + 1, chosen)) return true;
    chosen.pop_back();
  }
  return false;
}

class Generator {
 public:
  explicit Generator(std::uint32_t seed) : random_(seed) {}

  [[nodiscard]] Scenario next() {
    Scenario scenario;
    scenario.caller = pick({kUser, kUser, kUser, kRoot, kSession, kSession, kRole, kFederatedUser,
                            "service:sns.amazonaws.com", "*", "federated:accounts.google.com",
                            "canonical:" + std::string(64, 'a')});
    const std::string owner = chance(70) ? kAccount : kOther;
    switch (pick(3)) {
      case 0:
        scenario.resource_account = owner;
        break;
      case 1:
        scenario.action = "kms:Decrypt";
        scenario.resource = "arn:aws:kms:eu-west-1:" + owner + ":key/1";
        break;
      default:
        scenario.action = chance(70) ? "sts:AssumeRole" : "sts:AssumeRoleWithWebIdentity";
        scenario.resource = "arn:aws:iam::" + owner + ":role/Target";
    }
    if (chance(5)) scenario.resource.replace(0, 7, "arn:aws-cn");
    scenario.context = {{"aws:PrincipalTag/a", "1"}, {"aws:MultiFactorAuthAge", "unreadable"}};
    scenario.star_bypasses = chance(75);
    resource_ = scenario.resource;
    action_ = scenario.action;
    who_ = principal_of(scenario.who());
    const PolicyType resource_type =
        scenario.request().is_role_trust() ? PolicyType::RoleTrust : PolicyType::ResourceBased;
    if (chance(60)) add(scenario, resource_type, 0);
    if (chance(60)) add(scenario, PolicyType::IdentityBased, 0);
    if (chance(20)) add(scenario, PolicyType::IdentityBased, 0);
    if (chance(30)) {
      add(scenario, PolicyType::PermissionsBoundary, 0);
      if (chance(30)) add(scenario, PolicyType::PermissionsBoundary, 0);
    } else if (chance(10)) {
      scenario.present.emplace_back(PolicyType::PermissionsBoundary, 0);
    }
    if (chance(25)) add(scenario, PolicyType::Session, 0);
    if (chance(10)) scenario.present.emplace_back(PolicyType::Session, 0);
    if (chance(20)) add(scenario, PolicyType::VpcEndpoint, 0);
    if (chance(25)) {
      add(scenario, PolicyType::ServiceControl, 0);
      if (chance(40)) add(scenario, PolicyType::ServiceControl, 1);
      if (chance(20)) scenario.present.emplace_back(PolicyType::ServiceControl, 1);
    }
    if (chance(20)) add(scenario, PolicyType::ResourceControl, 0);
    return scenario;
  }

 private:
  [[nodiscard]] std::uint32_t pick(std::uint32_t count) {
    return static_cast<std::uint32_t>(random_()) % count;
  }
  [[nodiscard]] bool chance(std::uint32_t percent) { return pick(100) < percent; }
  [[nodiscard]] std::string pick(const std::vector<std::string>& list) {
    return list[pick(static_cast<std::uint32_t>(list.size()))];
  }

  void add(Scenario& scenario, PolicyType type, std::uint32_t level) {
    std::string text = statement(type);
    if (chance(40)) text += "," + statement(type);
    scenario.docs.push_back({type, doc(text), level});
  }

  [[nodiscard]] std::string statement(PolicyType type) {
    const bool deny = type == PolicyType::ResourceControl || chance(20);
    const bool has_principal = type == PolicyType::ResourceBased || type == PolicyType::RoleTrust ||
                               type == PolicyType::VpcEndpoint ||
                               type == PolicyType::ResourceControl;
    std::string text = deny ? R"({"Effect":"Deny")" : R"({"Effect":"Allow")";
    const std::string service = action_.substr(0, action_.find(':'));
    if (type == PolicyType::ResourceControl) {
      text += R"(,"Principal":"*","Action":")" + pick({service + ":*", "ec2:Run*"}) + "\"";
    } else {
      const bool negated = chance(15);
      text += negated ? R"(,"NotAction":")" : R"(,"Action":")";
      text += pick({action_, service + ":*", "*", "ec2:RunInstances", "ec2:*"}) + "\"";
    }
    if (has_principal && type != PolicyType::ResourceControl) {
      const std::string whole = pick({who_, "\"*\"", R"({"AWS":"*"})", R"({"AWS":"111122223333"})",
                                      R"({"AWS":"arn:aws:iam::111122223333:role/Reader"})",
                                      R"({"AWS":"arn:aws:iam::111122223333:user/Other"})",
                                      R"({"Service":"ec2.amazonaws.com"})"});
      const bool negated =
          deny && type == PolicyType::ResourceBased && whole.find('*') == whole.npos && chance(40);
      text += (negated ? ",\"NotPrincipal\":" : ",\"Principal\":") + whole;
    }
    if (type != PolicyType::RoleTrust) {
      const bool negated = chance(15);
      text += negated ? R"(,"NotResource":")" : R"(,"Resource":")";
      text += pick({resource_, "*", "arn:aws:ec2:::x", "arn:aws:s3:::${aws:username}"}) + "\"";
    }
    if (chance(50)) {
      text += R"(,"Condition":)";
      text += pick({R"({"StringEquals":{"aws:PrincipalTag/a":"1"}})",
                    R"({"StringEquals":{"aws:PrincipalTag/a":"2"}})",
                    R"({"StringEquals":{"aws:PrincipalTag/a":"2","aws:PrincipalTag/b":"2"}})",
                    R"({"StringLike":{"aws:PrincipalTag/c":"*"},"Null":{"aws:username":"false"}})",
                    R"({"NumericLessThan":{"aws:MultiFactorAuthAge":"5"}})"});
    }
    return text + "}";
  }

  std::mt19937 random_;
  std::string resource_;
  std::string action_;
  std::string who_;
};

TEST(ExplanationTest, NearestMissFlipsAndNothingSmallerDoes) {
  // E-98: the explanation can be trusted.
  Generator generator(20261123);
  int checked = 0;
  int impossible = 0;
  std::array<int, 8> sizes = {};
  for (int round = 0; round < 6000 && checked < 500; ++round) {
    const Scenario scenario = generator.next();
    const Explanation explanation = scenario.explain();
    if (explanation.decision().is_allowed()) continue;
    const NearestMiss& miss = explanation.nearest_miss();
    const std::vector<Change> changes = all_changes(scenario);
    if (changes.size() > 14 || miss.changes.size() > 5) continue;
    ++checked;
    std::vector<Change> chosen;
    if (!miss.possible) {
      ++impossible;
      EXPECT_THAT(miss.changes, SizeIs(0));
      const Request request = scenario.request();
      const Caller& caller = request.caller();
      const bool e52 = caller.kind() == CallerKind::Root && scenario.action == "sts:AssumeRole";
      const bool e75 = caller.has_account() && request.resource_field(1) != caller.partition();
      const bool e82 =
          caller.kind() == CallerKind::Federated && scenario.action == "sts:AssumeRole";
      EXPECT_TRUE(e52 || e75 || e82) << describe(scenario);
      for (std::size_t size = 0; size <= 3; ++size) {
        EXPECT_FALSE(some_flip(scenario, changes, size, 0, chosen))
            << describe(scenario) << describe(chosen);
      }
      EXPECT_FALSE(Editor(scenario).apply(changes).decide().is_allowed()) << describe(scenario);
      continue;
    }
    ++sizes[miss.changes.size()];
    ASSERT_TRUE(Editor(scenario).apply(miss.changes).decide().is_allowed())
        << describe(scenario) << describe(miss.changes);
    for (std::size_t size = 0; size < miss.changes.size(); ++size) {
      ASSERT_FALSE(some_flip(scenario, changes, size, 0, chosen))
          << "smaller, " << chosen.size() << ":\n"
          << describe(scenario) << describe(miss.changes);
    }
  }
  EXPECT_GE(checked, 500);
  EXPECT_GE(impossible, 20);
  for (const std::size_t size : {1U, 2U, 3U, 4U}) EXPECT_GE(sizes[size], 20) << size;
}

}  // namespace
}  // namespace writ::test
