#include "differential/generator.h"

#include <optional>
#include <utility>
#include <variant>
#include <vector>

#include "reference/json.h"
#include "reference/values.h"

namespace writ::differential {
namespace {

using reference::ContextEntry;
using reference::PolicyTexts;
using reference::Principal;
using reference::Question;
using reference::quote_json;

bool is_organization(PolicyType type) {
  return type == PolicyType::ServiceControl || type == PolicyType::ResourceControl;
}

// What one document is made with.
struct Draft {
  Random& random;
  const World& world;
  PolicyType type;
  bool variables;  // whether to write any
};

std::string quoted(Random& random, const std::string& text) {
  std::string json = quote_json(text);
  if (!random.chance(2) || text.empty()) return json;
  // One character as an escape: the same string in other words.
  const std::size_t at = random.between(1, json.size() - 2);
  const char c = json[at];
  const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == ':' || c == '*';
  if (!plain || json[at - 1] == '\\') return json;
  constexpr char kHex[] = "0123456789abcdef";
  const auto byte = static_cast<unsigned char>(c);
  return json.substr(0, at) + "\\u00" + kHex[byte >> 4U] + kHex[byte & 15U] + json.substr(at + 1);
}

std::string space(Random& random) {
  return random.chance(3) ? random.pick({" ", "\n", "\t "}) : "";
}

// G-9: a list of one may be written without brackets.
std::string list(Random& random, const std::vector<std::string>& jsons) {
  if (jsons.size() == 1 && random.chance(60)) return jsons[0];
  std::string text = "[";
  for (const std::string& json : jsons) {
    if (text.size() > 1) text += ',';
    text += space(random) + json;
  }
  return text + "]";
}

using Members = std::vector<std::pair<std::string, std::string>>;

std::string object(Random& random, Members members) {
  random.shuffle(members);  // G-7
  std::string text = "{";
  for (const auto& [name, json] : members) {
    if (text.size() > 1) text += ',';
    text += space(random) + quote_json(name) + ":" + space(random) + json;
  }
  return text + "}";
}

std::string action_pattern(Draft& draft) {
  Random& random = draft.random;
  const bool rcp = draft.type == PolicyType::ResourceControl;
  std::string action = random.pick(draft.world.actions);
  const std::size_t prefix = action.find(':') + 1;
  if (random.chance(rcp ? 0 : 18)) return "*";
  if (random.chance(15)) action = misspell(random, action, prefix);
  if (random.chance(40)) {
    action = wildcardize(random, action, prefix);
  } else if (random.chance(15)) {
    action = action.substr(0, prefix) + "*";
  } else if (!rcp && random.chance(8)) {  // G-24
    action = random.pick({"*:*", "*:", "s*:", "?3:", "s?:", "*s*:", "k?s:", "**:"}) +
             action.substr(prefix);
    if (action == "*:**:") action = "*:*";
    if (action.back() == ':') action += "*";
    const std::size_t colon = action.find(':');
    if (action.find(':', colon + 1) != std::string::npos) action = "*:*";
  }
  if (action.size() == prefix) action += "*";
  for (std::size_t i = prefix; i < action.size(); ++i) {  // misspell knows more characters
    if (action[i] == ':' || action[i] == '/') action[i] = '-';
  }
  if (random.chance(20)) action = flip_case(random, action);
  return action;
}

bool has_six_fields(const std::string& pattern, bool variables) {
  int colons = 0;
  int depth = 0;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    if (variables && pattern.compare(i, 2, "${") == 0) ++depth;
    if (depth > 0 && pattern[i] == '}') --depth;
    if (pattern[i] == ':' && depth == 0) ++colons;
  }
  return colons >= 5;
}

std::size_t begin_of_field(const std::string& arn, int field) {
  std::size_t at = 0;
  for (int i = 0; i < field && at != std::string::npos; ++i) {
    at = arn.find(':', at);
    if (at != std::string::npos) ++at;
  }
  return at == std::string::npos ? arn.size() : at;
}

std::string resource_pattern(Draft& draft) {
  Random& random = draft.random;
  if (random.chance(22)) return "*";
  std::string arn = random.pick(draft.world.resources);
  if (arn == "*") arn = "arn:aws:s3:::b/k";
  const std::size_t region = begin_of_field(arn, 3);
  const std::size_t resource = begin_of_field(arn, 5);
  if (draft.variables && random.chance(18)) {
    if (random.chance(6)) {  // G-37
      const std::size_t at = random.chance(50) ? region : begin_of_field(arn, 4);
      arn.insert(at, variable(random));
    } else {
      const std::size_t at = random.between(resource, arn.size());
      const std::size_t rest = random.chance(50) ? arn.size() : at + random.below(4);
      std::string tail = rest < arn.size() ? arn.substr(rest) : "";
      if (!tail.empty() && (static_cast<unsigned char>(tail[0]) & 0xc0U) == 0x80) tail.clear();
      std::string head = arn.substr(0, at);
      while (!head.empty() && (static_cast<unsigned char>(head.back()) & 0x80U) != 0) {
        head.pop_back();
      }
      arn = head + variable(random) + tail;
      if (random.chance(30)) arn += random.pick({"*", "/*", "?", "/f", "${*}"});
    }
    return arn;
  }
  if (random.chance(12)) arn = misspell(random, arn, region);
  switch (random.below(8)) {
    case 0:
    case 1:
      arn = wildcardize(random, arn, begin_of_field(arn, 5));
      break;
    case 2:  // anywhere after the service: stars that swallow fields (M-26)
      arn = wildcardize(random, arn, begin_of_field(arn, 3));
      break;
    case 3: {  // one field of its own
      const int field = static_cast<int>(random.between(3, 4));
      const std::size_t begin = begin_of_field(arn, field);
      const std::size_t end = begin_of_field(arn, field + 1) - 1;
      if (end >= begin && end <= arn.size()) {
        arn =
            arn.substr(0, begin) +
            random.pick({"*", "*", "us-*", "us-*-1", "*-1", "?\?-east-?", "**", "*1*", "?", "1*"}) +
            arn.substr(end);
      }
      break;
    }
    case 4:
      arn = arn.substr(0, begin_of_field(arn, 5)) + "*";
      break;
    case 5:
      if (random.chance(40)) {  // the partition
        arn = "arn:" + random.pick({"*", "aws*", "a?s", "aw*s", "*s", "aws-*"}) +
              arn.substr(arn.find(':', 4));
      }
      break;
    default:
      break;
  }
  const bool filled =
      draft.type == PolicyType::IdentityBased || draft.type == PolicyType::PermissionsBoundary;
  if (filled && random.chance(3)) {  // G-35
    arn = arn.substr(0, begin_of_field(arn, static_cast<int>(random.between(3, 5))) - 1);
    return arn;
  }
  // (An unclosed variable swallows every colon: then there never are six.)
  for (int i = 0; i < 6 && !has_six_fields(arn, draft.variables); ++i) {
    if (filled && random.chance(50)) break;
    arn += random.pick({":*", ":", ":b"});
  }
  return arn;
}

std::string principal_object(Draft& draft, const std::vector<std::string>& aws) {
  Random& random = draft.random;
  Members members;
  const auto add = [&](const char* name, const std::vector<std::string>& values) {
    std::vector<std::string> jsons;
    for (const std::string& value : values) jsons.push_back(quoted(random, value));
    members.emplace_back(name, list(random, jsons));
  };
  if (!aws.empty()) add("AWS", aws);
  if (random.chance(25)) add("Service", {random.pick(service_principals())});
  if (random.chance(15)) {
    add("Federated", random.chance(50)
                         ? std::vector<std::string>{random.pick(providers())}
                         : std::vector<std::string>{random.pick(providers()), providers()[0]});
  }
  if (random.chance(12)) add("CanonicalUser", {random.pick(canonical_ids())});
  if (members.empty()) add("AWS", {random.pick(aws_principals())});
  return object(random, members);
}

// Entries that name one of the world's callers in some way.
std::vector<std::string> entries_for(Draft& draft) {
  Random& random = draft.random;
  const Question& caller = random.pick(draft.world.callers);
  std::vector<std::string> entries;
  const auto is_entry = [](const std::string& arn) {
    for (const std::string& known : aws_principals()) {
      if (known == arn) return true;
    }
    return false;
  };
  if (caller.principal.kind == Principal::Kind::Arn) {
    if (random.chance(50) && is_entry(caller.principal.id)) entries.push_back(caller.principal.id);
    if (caller.role_arn && random.chance(50)) entries.push_back(*caller.role_arn);
    if (caller.issuer && random.chance(50)) entries.push_back(*caller.issuer);
    if (random.chance(40)) {
      entries.push_back(random.pick({"111122223333", "arn:aws:iam::111122223333:root"}));
    }
    if (caller.principal.id.find("assumed-role/App") != std::string::npos && random.chance(50)) {
      entries.push_back(random.pick({"arn:aws:iam::111122223333:role/App",
                                     "arn:aws:iam::111122223333:role/path/App", "AROAAPP"}));
    }
  }
  return entries;
}

Members principal_element(Draft& draft, bool deny) {
  Random& random = draft.random;
  if (draft.type == PolicyType::ResourceControl) return {{"Principal", "\"*\""}};
  const bool may_negate = draft.type != PolicyType::RoleTrust && deny;
  if (may_negate && random.chance(35)) {
    std::vector<std::string> chain = entries_for(draft);
    if (random.chance(60)) {  // a whole chain
      const Question& caller = random.pick(draft.world.callers);
      if (caller.principal.kind == Principal::Kind::Arn) {
        chain = {random.pick({"111122223333", "111122223333", "arn:aws:iam::111122223333:root"}),
                 random.pick({"arn:aws:iam::111122223333:user/Alice",
                              "arn:aws:iam::111122223333:role/App", "AIDAALICE", "AROAAPP",
                              "arn:aws:sts::111122223333:federated-user/Al"}),
                 random.pick({"arn:aws:sts::111122223333:assumed-role/App/s1",
                              "arn:aws:iam::111122223333:role/path/App"})};
        if (random.chance(30)) chain.pop_back();
        if (random.chance(15)) chain.erase(chain.begin());
      }
    }
    if (random.chance(1)) chain.push_back("*");
    return {{"NotPrincipal", principal_object(draft, chain)}};
  }
  if (random.chance(25)) return {{"Principal", "\"*\""}};
  if (random.chance(1)) return {{"Principal", random.pick({"{}", "{\"AWS\":[]}"})}};
  if (random.chance(12)) {  // delegation alone
    return {{"Principal", R"({"AWS":")" + random.pick({"111122223333", "444455556666"}) + "\"}"}};
  }
  std::vector<std::string> entries = entries_for(draft);
  while (random.chance(30)) entries.push_back(random.pick(aws_principals()));
  return {{"Principal", principal_object(draft, entries)}};
}

struct OperatorChoice {
  std::string name;
  ValueKind kind;
  bool negated;
  bool like;      // wildcards are active
  bool variable;  // variables are active
  bool null;
};

OperatorChoice make_operator(Random& random) {
  static const std::vector<OperatorChoice> kOperators = {
      {"StringEquals", ValueKind::Text, false, false, true, false},
      {"StringEquals", ValueKind::Text, false, false, true, false},
      {"StringNotEquals", ValueKind::Text, true, false, true, false},
      {"StringEqualsIgnoreCase", ValueKind::Text, false, false, true, false},
      {"StringNotEqualsIgnoreCase", ValueKind::Text, true, false, true, false},
      {"StringLike", ValueKind::Text, false, true, true, false},
      {"StringLike", ValueKind::Text, false, true, true, false},
      {"StringNotLike", ValueKind::Text, true, true, true, false},
      {"NumericEquals", ValueKind::Number, false, false, false, false},
      {"NumericNotEquals", ValueKind::Number, true, false, false, false},
      {"NumericLessThan", ValueKind::Number, false, false, false, false},
      {"NumericLessThanEquals", ValueKind::Number, false, false, false, false},
      {"NumericGreaterThan", ValueKind::Number, false, false, false, false},
      {"NumericGreaterThanEquals", ValueKind::Number, false, false, false, false},
      {"DateEquals", ValueKind::Date, false, false, false, false},
      {"DateNotEquals", ValueKind::Date, true, false, false, false},
      {"DateLessThan", ValueKind::Date, false, false, false, false},
      {"DateLessThanEquals", ValueKind::Date, false, false, false, false},
      {"DateGreaterThan", ValueKind::Date, false, false, false, false},
      {"DateGreaterThanEquals", ValueKind::Date, false, false, false, false},
      {"Bool", ValueKind::Bool, false, false, true, false},
      {"BinaryEquals", ValueKind::Binary, false, false, false, false},
      {"IpAddress", ValueKind::Ip, false, false, false, false},
      {"NotIpAddress", ValueKind::Ip, true, false, false, false},
      {"ArnEquals", ValueKind::Arn, false, true, true, false},
      {"ArnLike", ValueKind::Arn, false, true, true, false},
      {"ArnNotEquals", ValueKind::Arn, true, true, true, false},
      {"ArnNotLike", ValueKind::Arn, true, true, true, false},
      {"Null", ValueKind::Bool, false, false, false, true},
      {"Null", ValueKind::Bool, false, false, false, true},
  };
  return random.pick(kOperators);
}

std::string with_variable(Draft& draft, const OperatorChoice& op, const std::string& value) {
  Random& random = draft.random;
  const std::string name = variable(random);
  if (op.kind == ValueKind::Arn) {
    std::size_t at = begin_of_field(value, static_cast<int>(random.below(6)));
    if (random.chance(60)) at = begin_of_field(value, 5);
    const bool rest = random.chance(50);
    return value.substr(0, at) + name +
           (rest                    ? value.substr(at)
            : at < value.size() / 2 ? value.substr(at)
                                    : "");
  }
  switch (random.below(4)) {
    case 0:
      return value + name;
    case 1:
      return name + value;
    default:
      return name;
  }
}

std::string condition_value(Draft& draft, const OperatorChoice& op) {
  Random& random = draft.random;
  std::string value = policy_value(random, draft.world, op.kind);
  if (op.kind == ValueKind::Arn && random.chance(35)) {
    value = random.chance(20)
                ? random.pick({"*", "arn:*:*:*:*:*", "*:*:*:*:*:*", "a*:aws:s3:::*",
                               "arn:aws:?3:*:*:*", "arn:aws:s3:::*:c", "arn:aws:iam::*:role/App*"})
                : wildcardize(random, value, begin_of_field(value, 5));
    if (value != "*" && !has_six_fields(value, draft.variables)) value = "arn:aws:*:*:*:b*";
    return quoted(random, value);
  }
  if (op.like && op.kind == ValueKind::Text && random.chance(50))
    value = wildcardize(random, value);
  if (op.variable && draft.variables && random.chance(25)) value = with_variable(draft, op, value);
  if (op.kind == ValueKind::Bool && random.chance(20) && (value == "true" || value == "false")) {
    return value;  // a JSON boolean
  }
  if (op.kind == ValueKind::Number && random.chance(15)) {
    return random.pick({"1", "10", "-1", "1.5", "1.50", "0", "-0", "9007199254740993"});
  }
  if (op.kind == ValueKind::Date && random.chance(10)) {
    return random.pick({"1577836800", "0", "5", "2020", "99999999999999999999"});
  }
  return quoted(random, value);
}

std::string condition_element(Draft& draft) {
  Random& random = draft.random;
  if (random.chance(1)) return "{}";
  Members operators;
  const std::size_t count = random.chance(75) ? 1 : random.between(2, 3);
  for (std::size_t i = 0; i < count; ++i) {
    const OperatorChoice op = make_operator(random);
    std::string name = op.name;
    if (random.chance(30)) name = random.pick({"ForAllValues:", "ForAnyValue:"}) + name;
    if (!op.null && random.chance(25)) name += "IfExists";
    if (random.chance(5)) name = flip_case(random, name);

    Members keys;
    const std::size_t key_count = random.chance(85) ? 1 : 2;
    for (std::size_t k = 0; k < key_count; ++k) {
      std::string key = random.pick(condition_keys());
      for (int tries = 0; tries < 6 && usual_kind(key) != op.kind && !op.null; ++tries) {
        key = random.pick(condition_keys());
      }
      if (random.chance(15)) key = flip_case(random, key);
      std::vector<std::string> values;
      const bool empty = random.chance(4) && (!op.negated || random.chance(10));
      if (!empty) {
        do {
          values.push_back(condition_value(draft, op));
        } while (random.chance(30));
      }
      bool repeated = false;
      for (const auto& [known, json] : keys) {
        if (reference::fold(known) == reference::fold(key)) repeated = true;
      }
      if (!repeated) keys.emplace_back(key, empty ? "[]" : list(random, values));
    }
    bool repeated = false;
    for (const auto& [known, json] : operators) repeated = repeated || known == name;
    if (!repeated) operators.emplace_back(name, object(random, keys));
  }
  return object(random, operators);
}

// A small mistake: both readers have to see it.
void spoil(Random& random, Members& members) {
  switch (random.below(9)) {
    case 0:
      members.emplace_back("Conditions", "{}");
      break;
    case 1:
      members.pop_back();
      break;
    case 2:
      members.emplace_back("NotAction", "[\"s3:GetObject\"]");
      break;
    case 3:
      members.emplace_back("NotResource", "\"arn:aws:s3:::b\"");
      break;
    case 4:
      members[0].second = random.pick({"null", "\"allow\"", "[]", "1", "{}", "[[\"*\"]]"});
      break;
    case 5:
      members.emplace_back(members[random.below(members.size())]);
      break;
    case 6:
      members.emplace_back("Principal", "{\"AWS\":\"*\"}");
      break;
    case 7:
      members.emplace_back("Sid", random.pick({"\"a b\"", "\"\"", "7", "\"\\u4e2d\""}));
      break;
    default:
      members.emplace_back("Condition", "{\"StringEquals\":{\"k:s\":[null]}}");
      break;
  }
}

std::string make_statement(Draft& draft, std::size_t index) {
  Random& random = draft.random;
  const bool rcp = draft.type == PolicyType::ResourceControl;
  if (rcp && random.chance(10)) {  // E-31
    return object(random, {{"Effect", "\"Allow\""},
                           {"Principal", "\"*\""},
                           {"Action", random.pick({"\"*\"", "[\"*\"]"})},
                           {"Resource", "\"*\""}});
  }
  const bool deny = rcp || random.chance(30);
  Members members = {{"Effect", deny ? "\"Deny\"" : "\"Allow\""}};

  std::vector<std::string> actions;
  const bool not_action = !rcp && random.chance(12);
  if (not_action || !random.chance(1)) {
    do {
      actions.push_back(quoted(random, action_pattern(draft)));
    } while (random.chance(35));
  }
  members.emplace_back(not_action ? "NotAction" : "Action",
                       actions.empty() ? "[]" : list(random, actions));

  if (draft.type != PolicyType::RoleTrust &&
      !(draft.type == PolicyType::ResourceBased && random.chance(8))) {
    const bool not_resource = random.chance(14);
    std::vector<std::string> resources;
    if (not_resource || !random.chance(1)) {
      do {
        resources.push_back(quoted(random, resource_pattern(draft)));
      } while (random.chance(35));
    }
    members.emplace_back(not_resource ? "NotResource" : "Resource",
                         resources.empty() ? "[]" : list(random, resources));
  }
  if (draft.type == PolicyType::ResourceBased || draft.type == PolicyType::RoleTrust ||
      draft.type == PolicyType::VpcEndpoint || rcp) {
    for (auto& member : principal_element(draft, deny)) members.push_back(member);
  }
  if (random.chance(deny ? 60 : 40)) members.emplace_back("Condition", condition_element(draft));
  if (random.chance(10)) members.emplace_back("Sid", "\"S" + std::to_string(index) + "\"");
  if (random.chance(1) && random.chance(40)) spoil(random, members);
  return object(random, members);
}

std::string full_access(PolicyType type) {
  std::string text = R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*")";
  if (type != PolicyType::RoleTrust) text += R"(,"Resource":"*")";
  if (type == PolicyType::VpcEndpoint || type == PolicyType::ResourceControl ||
      type == PolicyType::ResourceBased || type == PolicyType::RoleTrust) {
    text += R"(,"Principal":"*")";
  }
  return text + "}]}";
}

reference::Texts make_layer(Random& random, const World& world, PolicyType type) {
  reference::Texts texts;
  if (random.chance(55)) texts.push_back(full_access(type));
  while (random.chance(55)) {
    texts.push_back(make_document(random, world, type, random.between(1, 3)));
  }
  random.shuffle(texts);
  return texts;
}

std::vector<ContextEntry> make_context(Random& random, const World& world) {
  std::vector<ContextEntry> context;
  const std::size_t count = random.chance(10) ? random.between(10, 24) : random.between(0, 7);
  for (std::size_t i = 0; i < count; ++i) {
    std::string key = random.pick(condition_keys());
    bool known = false;  // a collision (C-12) only now and then
    for (const ContextEntry& entry : context) {
      if (reference::fold(entry.key) == reference::fold(key)) known = true;
    }
    if (known && !random.chance(5)) {
      if (count < 10) continue;
      key = "k:extra" + std::to_string(i);
    }
    if (random.chance(25)) key = flip_case(random, key);
    if (reference::fold(key) == "aws:userid" && random.chance(80)) {
      context.push_back({key, random.pick({"AIDAALICE", "AIDAALICE:x", "AROAAPP:s1", "AIDABOB",
                                           "AROAAPP", "aidaalice", "111122223333", ":AIDAALICE"})});
      continue;
    }
    const ValueKind kind = usual_kind(key);
    const bool list = random.chance(key == "k:list" || key == "aws:TagKeys" ? 90 : 12);
    if (list) {
      std::vector<std::string> values;
      while (random.chance(60)) {
        values.push_back(random.chance(15) ? "" : request_value(random, world, kind));
      }
      context.push_back({key, values});
    } else {
      context.push_back({key, request_value(random, world, kind)});
    }
  }
  return context;
}

}  // namespace

std::string make_document(Random& random, const World& world, PolicyType type,
                          std::size_t statements) {
  std::string version = "2012-10-17";
  if (random.chance(18)) version = random.chance(50) ? "" : "2008-10-17";
  if (is_organization(type) && version == "2008-10-17" && random.chance(95)) version = "";
  const bool writes_variables = !is_organization(type) || !version.empty() || random.chance(2);
  Draft draft{random, world, type, writes_variables};

  std::vector<std::string> texts;
  for (std::size_t i = 0; i < statements; ++i) texts.push_back(make_statement(draft, i));
  Members members = {{"Statement", list(random, texts)}};
  if (!version.empty()) members.emplace_back("Version", quote_json(version));
  if (random.chance(5)) members.emplace_back("Id", "\"an id\"");
  return space(random) + object(random, members) + space(random);
}

PolicyTexts make_policies(Random& random, const World& world, std::size_t identity_statements) {
  PolicyTexts policies;
  if (identity_statements > 0) {
    policies.identity.push_back(
        make_document(random, world, PolicyType::IdentityBased, identity_statements));
    policies.resource_policy = make_document(
        random, world, world.trust ? PolicyType::RoleTrust : PolicyType::ResourceBased,
        identity_statements / 2 + 1);
    return policies;
  }
  if (random.chance(80)) {
    policies.identity = make_layer(random, world, PolicyType::IdentityBased);
  }
  if (random.chance(60)) {
    policies.resource_policy = make_document(
        random, world, world.trust ? PolicyType::RoleTrust : PolicyType::ResourceBased,
        random.between(1, 4));
  }
  if (random.chance(30)) {
    policies.boundary = make_layer(random, world, PolicyType::PermissionsBoundary);
  }
  if (random.chance(30)) policies.session = make_layer(random, world, PolicyType::Session);
  if (random.chance(15)) policies.endpoint = make_layer(random, world, PolicyType::VpcEndpoint);
  if (random.chance(25)) {
    const std::size_t levels = random.between(1, 3);
    for (std::size_t i = 0; i < levels; ++i) {
      policies.scp.push_back(make_layer(random, world, PolicyType::ServiceControl));
      if (random.chance(60)) policies.scp.back().push_back(full_access(PolicyType::ServiceControl));
    }
  }
  if (random.chance(20)) {
    const std::size_t levels = random.between(1, 3);
    for (std::size_t i = 0; i < levels; ++i) {
      policies.rcp.push_back(make_layer(random, world, PolicyType::ResourceControl));
    }
  }
  return policies;
}

Question make_question(Random& random, const World& world) {
  Question question = random.pick(world.callers);
  question.action = random.pick(world.actions);
  if (random.chance(10)) {
    question.action = misspell(random, question.action, question.action.find(':') + 1);
  }
  if (random.chance(20)) question.action = flip_case(random, question.action);
  question.resource = random.pick(world.resources);
  if (random.chance(15)) {  // a neighbour, sometimes with a wildcard as plain characters (M-23)
    question.resource = random.chance(80) ? misspell(random, question.resource, 11)
                                          : wildcardize(random, question.resource, 11);
  }
  if (random.chance(30)) {
    question.resource_account = random.pick(
        {"111122223333", "111122223333", "444455556666", "444455556666", "555566667777"});
  }
  if (random.chance(1) && random.chance(20)) question.resource_account = "12";
  if (random.chance(12)) question.resource_policy_required = random.chance(60);
  question.context = make_context(random, world);
  if (reference::asks_for_role(question) != world.trust) {
    question.action = world.trust ? "sts:AssumeRole" : "s3:GetObject";
    if (world.trust) question.resource = "arn:aws:iam::111122223333:role/App";
  }
  return question;
}

}  // namespace writ::differential
