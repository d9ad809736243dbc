// A request with its policies as texts, so that tests can edit the texts as a nearest miss says.
#pragma once

#include <gtest/gtest.h>
#include <rapidjson/document.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "writ/explain.h"
#include "writ/policy_stack.h"
#include "writ/request.h"

namespace writ::test {

inline const std::string kAccount = "111122223333";
inline const std::string kOther = "444455556666";
inline const std::string kUser = "arn:aws:iam::111122223333:user/Alice";
inline const std::string kRoot = "arn:aws:iam::111122223333:root";
inline const std::string kRole = "arn:aws:iam::111122223333:role/Reader";
inline const std::string kSession = "arn:aws:sts::111122223333:assumed-role/Reader/s1";
inline const std::string kFederatedUser = "arn:aws:sts::111122223333:federated-user/Bob";

struct Scenario {
  struct Doc {
    PolicyType type = PolicyType::IdentityBased;
    std::string text;
    std::uint32_t level = 0;
    std::string name = "policy";
  };

  std::string caller = kUser;  ///< an ARN, `*`, `service:NAME`, `federated:NAME`, `canonical:ID`
  std::string issuer;          ///< of a federated user: who issued its session
  std::string action = "s3:GetObject";
  std::string resource = "arn:aws:s3:::b/k";
  std::vector<std::pair<std::string, std::string>> context;
  std::string resource_account;
  std::vector<Doc> docs;
  std::vector<std::pair<PolicyType, std::uint32_t>> present;  ///< layers without documents
  bool star_bypasses = true;                                  ///< P-51

  [[nodiscard]] Caller who() const {
    const auto after = [this](std::string_view prefix) {
      return std::string_view(caller).substr(prefix.size());
    };
    if (caller.rfind("service:", 0) == 0) return Caller::service(after("service:")).value();
    if (caller.rfind("federated:", 0) == 0) return Caller::federated(after("federated:")).value();
    if (caller.rfind("canonical:", 0) == 0) {
      return Caller::canonical_user(after("canonical:")).value();
    }
    const Caller plain = Caller::from_arn(caller).value();
    return issuer.empty() ? plain : plain.with_issuer(issuer).value();
  }

  /// Borrows from the scenario.
  [[nodiscard]] Request request() const {
    RequestBuilder builder(who(), std::string_view(action), resource);
    for (const auto& [key, value] : context) builder.set(std::string_view(key), value);
    if (!resource_account.empty()) builder.resource_account(resource_account);
    Result<Request> built = builder.build();
    EXPECT_TRUE(built.has_value()) << action << " on " << resource;
    return *built;
  }

  [[nodiscard]] PolicyStack stack() const {
    PolicyStack stack;
    for (const auto& [type, level] : present) stack.make_present(type, level);
    for (const Doc& doc : docs) {
      const Result<bool> added = stack.add(doc.type, doc.name, doc.text, doc.level);
      EXPECT_TRUE(added.has_value()) << doc.text << "\n"
                                     << (added ? std::string() : added.error().message);
    }
    return stack;
  }

  [[nodiscard]] EvaluateOptions options() const {
    EvaluateOptions options;
    options.wildcard_principal_bypasses_boundary = star_bypasses;
    return options;
  }
  [[nodiscard]] Decision decide() const {
    const PolicyStack policies = stack();
    return policies.evaluate(request(), options());
  }
  [[nodiscard]] Explanation explain(const ExplainOptions& explain_options = {}) const {
    const PolicyStack policies = stack();
    return writ::explain(request(), policies.applied(), options(), explain_options);
  }
};

/// A document of the given statements.
[[nodiscard]] inline std::string doc(const std::string& statements) {
  return R"({"Version":"2012-10-17","Statement":[)" + statements + "]}";
}

inline const std::string kAllowAll = R"({"Effect":"Allow","Action":"*","Resource":"*"})";
inline const std::string kDenyAll = R"({"Effect":"Deny","Action":"*","Resource":"*"})";

/// The document of a resource that allows everything to a principal.
[[nodiscard]] inline std::string resource_allow(const std::string& principal) {
  return doc(R"({"Effect":"Allow","Action":"*","Resource":"*","Principal":)" + principal + "}");
}

/// Alice, with one policy of her own.
[[nodiscard]] inline Scenario with_identity(const std::string& statements) {
  Scenario scenario;
  scenario.docs = {{PolicyType::IdentityBased, doc(statements), 0, "Own"}};
  return scenario;
}

/// What `Principal` names the caller by.
[[nodiscard]] inline std::string principal_of(const Caller& caller) {
  const auto named = [&caller](const char* kind) {
    return std::string("{\"") + kind + "\":\"" + std::string(caller.id()) + "\"}";
  };
  switch (caller.kind()) {
    case CallerKind::Anonymous:
      return "\"*\"";
    case CallerKind::Service:
      return named("Service");
    case CallerKind::Federated:
      return named("Federated");
    case CallerKind::CanonicalUser:
      return named("CanonicalUser");
    default:
      return named("AWS");
  }
}

/// Applies changes to the texts of a scenario's policies, as explain.h defines them.
class Editor {
 public:
  explicit Editor(Scenario scenario) : scenario_(std::move(scenario)) {}

  [[nodiscard]] Scenario apply(std::vector<Change> changes) {
    // Tests are removed from the last to the first, statements last of all: indices stay true.
    std::sort(changes.begin(), changes.end(), [](const Change& a, const Change& b) {
      const auto rank = [](const Change& change) {
        return change.kind == Change::Kind::RemoveDeny    ? 2
               : change.kind == Change::Kind::AttachAllow ? 1
                                                          : 0;
      };
      if (rank(a) != rank(b)) return rank(a) < rank(b);
      if (a.condition != b.condition) return a.condition > b.condition;
      return a.statement.statement > b.statement.statement;
    });
    for (const Change& change : changes) apply_one(change);
    return std::move(scenario_);
  }

 private:
  using Json = rapidjson::Document;

  [[nodiscard]] std::size_t find(PolicyType type, std::uint32_t level, std::uint32_t index) const {
    for (std::size_t i = 0; i < scenario_.docs.size(); ++i) {
      const Scenario::Doc& one = scenario_.docs[i];
      if (one.type == type && one.level == level && index-- == 0) return i;
    }
    return scenario_.docs.size();
  }

  void apply_one(const Change& change) {
    if (change.kind == Change::Kind::AttachAllow) return attach(change);
    const std::size_t place =
        find(change.statement.layer, change.statement.level, change.statement.document);
    ASSERT_LT(place, scenario_.docs.size());
    std::string& text = scenario_.docs[place].text;
    Json json = parse(text);
    rapidjson::Value& statement = json["Statement"][change.statement.statement];
    if (change.kind == Change::Kind::RemoveDeny) {
      rapidjson::Value& all = json["Statement"];
      if (all.Size() > 1) {
        all.Erase(all.Begin() + change.statement.statement);
      } else {
        // A document needs a statement: one that concerns nobody.
        set(json, statement, "Action", "\"writ:Nothing\"");
        statement.RemoveMember("NotAction");
      }
    } else {
      match(change, json, statement);
    }
    text = print(json);
  }

  void match(const Change& change, Json& json, rapidjson::Value& statement) {
    switch (change.element) {
      case Element::Action:
        statement.RemoveMember("NotAction");
        return set(json, statement, "Action", "\"" + scenario_.action + "\"");
      case Element::Resource:
        statement.RemoveMember("NotResource");
        return set(json, statement, "Resource", "\"*\"");
      case Element::Principal:
        return set(json, statement, "Principal", principal_of(scenario_.who()));
      case Element::Condition:
        break;
    }
    std::uint32_t index = 0;
    rapidjson::Value& tests = statement["Condition"];
    for (std::ptrdiff_t i = 0; i < std::ptrdiff_t{tests.MemberCount()}; ++i) {
      const auto op = tests.MemberBegin() + i;
      for (std::ptrdiff_t k = 0; k < std::ptrdiff_t{op->value.MemberCount()}; ++k) {
        if (index++ != change.condition) continue;
        op->value.EraseMember(op->value.MemberBegin() + k);
        if (op->value.ObjectEmpty()) tests.EraseMember(op);
        return;
      }
    }
    FAIL() << "no condition " << change.condition;
  }

  void attach(const Change& change) {
    std::string allow = R"({"Effect":"Allow","Action":"*")";
    if (change.layer != PolicyType::RoleTrust) allow += R"(,"Resource":"*")";
    if (change.layer == PolicyType::ResourceBased || change.layer == PolicyType::RoleTrust) {
      allow += ",\"Principal\":" + principal_of(scenario_.who());
    }
    if (change.layer == PolicyType::VpcEndpoint) allow += R"(,"Principal":"*")";
    allow += "}";
    const std::uint32_t index = change.statement.exists() ? change.statement.document : 0;
    const std::size_t place = find(change.layer, change.level, index);
    if (place == scenario_.docs.size()) {
      scenario_.docs.push_back({change.layer, doc(allow), change.level});
      return;
    }
    Json json = parse(scenario_.docs[place].text);
    rapidjson::Value statement;
    statement.CopyFrom(parse(allow), json.GetAllocator());
    json["Statement"].PushBack(statement, json.GetAllocator());
    scenario_.docs[place].text = print(json);
  }

  [[nodiscard]] static Json parse(const std::string& text) {
    Json json;
    json.Parse(text.c_str());
    EXPECT_FALSE(json.HasParseError()) << text;
    return json;
  }
  [[nodiscard]] static std::string print(const Json& json) {
    rapidjson::StringBuffer buffer;
    rapidjson::Writer<rapidjson::StringBuffer> writer(buffer);
    json.Accept(writer);
    return buffer.GetString();
  }
  static void set(Json& json, rapidjson::Value& object, const char* name, const std::string& text) {
    rapidjson::Value value;
    value.CopyFrom(parse(text), json.GetAllocator());
    object.RemoveMember(name);
    object.AddMember(rapidjson::StringRef(name), value, json.GetAllocator());
  }

  Scenario scenario_;
};

}  // namespace writ::test
