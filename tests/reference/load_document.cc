// Documents and statements: G-1 to G-45, E-31.
#include <set>

#include "reference/document.h"
#include "reference/json.h"

namespace writ::reference {
namespace {

using Kind = Json::Kind;

bool is_identity_like(PolicyType type) {
  return type == PolicyType::IdentityBased || type == PolicyType::PermissionsBoundary;
}
bool is_organization(PolicyType type) {
  return type == PolicyType::ServiceControl || type == PolicyType::ResourceControl;
}
// Kinds that IAM itself stores (G-2, G-18, G-19).
bool is_iam_kind(PolicyType type) {
  return is_identity_like(type) || type == PolicyType::Session || type == PolicyType::RoleTrust;
}

// G-3 at any depth, and every string, member names too, to `visit`.
template <class Visit>
void walk(const Json& value, const Visit& visit) {
  if (value.is(Kind::String)) visit(value.text);
  for (const Json& item : value.items) walk(item, visit);
  std::set<std::string> names;
  for (const auto& [name, member] : value.members) {
    if (!names.insert(name).second) throw Refused("G-3: `" + name + "` occurs twice");
    visit(name);
    walk(member, visit);
  }
}

void check_characters(const std::string& text) {  // G-2
  for (const char32_t c : decode_utf8(text)) {
    const bool control = c < 0x20 && c != 0x09 && c != 0x0a && c != 0x0d;
    if (control || c > 0xff) throw Refused("G-2: a character that IAM does not accept");
  }
}

void load_actions(const Json& value, PolicyType type, Statement& statement) {
  const auto texts = list_of_strings(value, "G-22");
  if (texts.empty() && statement.not_action) throw Refused("G-26: NotAction lists nothing");
  for (const std::string& text : texts) {
    if (text != "*" && !is_action(text, "*?")) throw Refused("G-22: not an action");
    if (type == PolicyType::ResourceControl && statement.effect == Effect::Deny) {  // G-29
      const std::string prefix = text.substr(0, text.find(':'));
      if (prefix.find_first_of("*?") != std::string::npos) {
        throw Refused("G-29: an RCP names the service");
      }
    }
    // M-10: letter case does not matter.
    statement.actions.push_back(parse_pattern(fold(text), {.wildcards = true}).symbols);
  }
}

// E-31: the only Allow in a resource control policy.
void check_full_access_shape(const Json& json) {
  const auto is_star = [](const Json* value) {
    if (value == nullptr) return false;
    if (value->is(Kind::Array) && value->items.size() == 1) value = &value->items[0];
    return value->is(Kind::String) && value->text == "*";
  };
  if (!is_star(json.find("Action")) || !is_star(json.find("Resource")) ||
      json.find("Condition") != nullptr) {
    throw Refused("E-31: an Allow that is not RCPFullAWSAccess");
  }
}

void load_principal_element(const Json& json, PolicyType type, Statement& statement) {
  const Json* principal = json.find("Principal");
  const Json* not_principal = json.find("NotPrincipal");
  switch (type) {
    case PolicyType::IdentityBased:
    case PolicyType::PermissionsBoundary:
    case PolicyType::Session:
    case PolicyType::ServiceControl:
      if (principal != nullptr || not_principal != nullptr) throw Refused("G-44: Principal");
      return;
    case PolicyType::ResourceControl:
      if (not_principal != nullptr || principal == nullptr || !principal->is(Kind::String) ||
          principal->text != "*") {
        throw Refused("G-45: the principal of an RCP is `*`");
      }
      break;
    case PolicyType::ResourceBased:
    case PolicyType::RoleTrust:
    case PolicyType::VpcEndpoint:
      if ((principal == nullptr) == (not_principal == nullptr)) {
        throw Refused("G-43: exactly one of Principal and NotPrincipal");
      }
      break;
  }
  statement.has_principal = true;
  statement.not_principal = not_principal != nullptr;
  if (statement.not_principal) {
    if (type == PolicyType::RoleTrust) throw Refused("G-53: NotPrincipal in a trust policy");
    if (statement.effect == Effect::Allow) throw Refused("G-54: NotPrincipal with Allow");
  }
  statement.principals = load_principals(statement.not_principal ? *not_principal : *principal,
                                         statement.not_principal);
}

void load_resource_element(const Json& json, PolicyType type, bool variables,
                           Statement& statement) {
  const Json* resource = json.find("Resource");
  const Json* not_resource = json.find("NotResource");
  if (resource != nullptr && not_resource != nullptr) throw Refused("G-31: Resource and its Not");
  if (type == PolicyType::RoleTrust) {
    if (resource != nullptr || not_resource != nullptr) throw Refused("G-32: Resource in a TP");
    return;
  }
  if (resource == nullptr && not_resource == nullptr) {
    if (type == PolicyType::ResourceBased) return;  // G-41
    throw Refused("G-31: no Resource");
  }
  statement.has_resource = true;
  statement.not_resource = not_resource != nullptr;
  const auto texts = list_of_strings(statement.not_resource ? *not_resource : *resource, "G-33");
  if (texts.empty() && statement.not_resource) throw Refused("G-39: NotResource lists nothing");
  for (const std::string& text : texts) {
    statement.resources.push_back(load_resource(text, type, variables));
  }
}

Statement load_statement(const Json& json, PolicyType type, bool variables) {
  if (!json.is(Kind::Object)) throw Refused("G-17: a statement is an object");
  static const std::set<std::string> kElements = {"Sid",          "Effect",      "Principal",
                                                  "NotPrincipal", "Action",      "NotAction",
                                                  "Resource",     "NotResource", "Condition"};
  for (const auto& [name, member] : json.members) {
    if (!kElements.contains(name)) throw Refused("G-6: unknown element " + name);
  }
  if (const Json* sid = json.find("Sid")) {
    if (!sid->is(Kind::String)) throw Refused("G-18: Sid is a string");
    if (is_iam_kind(type)) {
      for (const char c : sid->text) {
        const bool digit = c >= '0' && c <= '9';
        const char low = fold(std::string(1, c))[0];
        if (!digit && (low < 'a' || low > 'z')) throw Refused("G-18: Sid takes letters and digits");
      }
    }
  }

  Statement statement;
  const Json* effect = json.find("Effect");
  if (effect == nullptr || !effect->is(Kind::String) ||
      (effect->text != "Allow" && effect->text != "Deny")) {
    throw Refused("G-20: Effect is Allow or Deny");
  }
  statement.effect = effect->text == "Allow" ? Effect::Allow : Effect::Deny;
  if (type == PolicyType::ResourceControl && statement.effect == Effect::Allow) {
    check_full_access_shape(json);
  }

  load_principal_element(json, type, statement);

  const Json* action = json.find("Action");
  const Json* not_action = json.find("NotAction");
  if ((action == nullptr) == (not_action == nullptr)) {
    throw Refused("G-21: exactly one of Action and NotAction");
  }
  statement.not_action = not_action != nullptr;
  if (statement.not_action && type == PolicyType::ResourceControl) throw Refused("G-29: NotAction");
  load_actions(statement.not_action ? *not_action : *action, type, statement);

  load_resource_element(json, type, variables, statement);
  if (const Json* condition = json.find("Condition")) {
    statement.condition = load_condition(*condition, variables);
  }
  return statement;
}

void check_sids(const std::vector<Json>& statements) {  // G-19
  std::set<std::string> seen;
  for (const Json& statement : statements) {
    const Json* sid = statement.find("Sid");
    if (sid == nullptr || sid->text.empty()) continue;
    if (!seen.insert(sid->text).second) throw Refused("G-19: two statements have one Sid");
  }
}

}  // namespace

std::vector<std::string> list_of_strings(const Json& value, const char* rule) {
  std::vector<std::string> texts;
  const auto add = [&](const Json& item) {
    if (!item.is(Kind::String)) throw Refused(std::string(rule) + ": strings are wanted");
    texts.push_back(item.text);
  };
  if (value.is(Kind::Array)) {
    for (const Json& item : value.items) add(item);
  } else {
    add(value);
  }
  return texts;
}

bool is_action(std::string_view text, std::string_view wildcards) {
  const std::string letters_and_digits =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
  const std::string prefix_set = letters_and_digits + "-" + std::string(wildcards);
  const std::string name_set = letters_and_digits + "-_" + std::string(wildcards);
  const std::size_t colon = text.find(':');
  if (colon == std::string_view::npos) return false;
  const std::string_view prefix = text.substr(0, colon);
  const std::string_view name = text.substr(colon + 1);  // a second colon is no name character
  return !prefix.empty() && !name.empty() &&
         prefix.find_first_not_of(prefix_set) == std::string_view::npos &&
         name.find_first_not_of(name_set) == std::string_view::npos;
}

ResourcePattern load_resource(const std::string& text, PolicyType type, bool variables_active) {
  ResourcePattern result;
  if (text == "*") {
    result.is_star = true;
    return result;
  }
  if (!text.starts_with("arn:")) throw Refused("G-33: neither `*` nor an ARN");
  Pattern pattern = parse_pattern(text, {.variables = variables_active, .wildcards = true});
  auto fields = split_fields(pattern.symbols);
  if (fields.size() < 6) {  // G-35
    if (!is_identity_like(type) || fields.size() < 3) throw Refused("G-35: incomplete ARN");
    while (fields.size() < 6) fields.push_back({{.kind = Symbol::Kind::AnyRun}});
  }

  // What stands in the first five fields as text: G-36, G-37, G-40.
  std::vector<std::string> written(1);
  int braces = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (variables_active && text.compare(i, 2, "${") == 0) ++braces;
    if (braces > 0 && text[i] == '}') --braces;
    if (text[i] == ':' && braces == 0 && written.size() < 6) {
      written.emplace_back();
    } else {
      written.back() += text[i];
    }
  }
  written.resize(6);
  const std::string& partition = written[1];
  const std::string& service = written[2];
  const auto has = [](const std::string& field, std::string_view part) {
    return field.find(part) != std::string::npos;
  };
  if (variables_active && (has(partition, "${") || has(service, "${"))) {
    throw Refused("G-37: variable in the partition or service");
  }
  if (has(service, "*") || has(service, "?")) throw Refused("G-36: wildcard in the service");
  const bool named = partition.starts_with("aws-") && partition.size() > std::string("aws-").size();
  if (!has(partition, "*") && !has(partition, "?") && partition != "aws" && !named) {
    throw Refused("G-40: not a partition");
  }
  for (const std::size_t field : {std::size_t{3}, std::size_t{4}}) {
    if (!variables_active || !has(written[field], "${")) continue;
    for (const std::string_view escape : {"${*}", "${?}", "${$}"}) {
      if (has(written[field], escape)) throw Refused("G-37: escape before the resource field");
    }
    for (Symbol& symbol : fields[field]) {
      if (symbol.kind != Symbol::Kind::Variable) continue;
      if (!has(pattern.variables[symbol.variable].key, ":")) {
        throw Refused("G-37: placeholder before the resource field");
      }
      symbol.kind = Symbol::Kind::VariableInField;
      result.variable_before_resource_field = true;
    }
  }

  // M-25: the translation.
  for (std::size_t field = 0; field < 6; ++field) {
    if (field > 0) result.symbols.push_back({.kind = Symbol::Kind::Character, .character = U':'});
    for (std::size_t i = 0; i < fields[field].size(); ++i) {
      Symbol symbol = fields[field][i];
      const bool last = i + 1 == fields[field].size();
      if (field < 5) {
        if (symbol.kind == Symbol::Kind::AnyRun && !last) symbol.kind = Symbol::Kind::RunInField;
        if (symbol.kind == Symbol::Kind::AnyOne) symbol.kind = Symbol::Kind::OneInField;
      }
      result.symbols.push_back(symbol);
    }
  }
  result.variables = std::move(pattern.variables);
  return result;
}

Document load_document(std::string_view text, PolicyType type) {
  const Json json = parse_json(text, 16);  // G-1, G-11
  if (!json.is(Kind::Object)) throw Refused("G-1: a document is an object");
  bool mentions_variable = false;
  walk(json, [&](const std::string& string) {
    if (is_iam_kind(type)) check_characters(string);
    if (string.find("${") != std::string::npos) mentions_variable = true;
  });
  for (const auto& [name, member] : json.members) {
    if (name != "Version" && name != "Id" && name != "Statement") {
      throw Refused("G-6: unknown element " + name);
    }
  }

  std::string version;
  if (const Json* element = json.find("Version")) {
    if (!element->is(Kind::String)) throw Refused("G-12: Version is a string");
    version = element->text;
    if (version != "2012-10-17" && version != "2008-10-17") throw Refused("G-12: no such version");
  }
  if (is_organization(type)) {
    if (version == "2008-10-17") throw Refused("G-15: old version");
    if (version.empty() && mentions_variable) throw Refused("G-15: a variable without a version");
  }
  const bool variables = version == "2012-10-17";  // G-13, G-14

  if (const Json* id = json.find("Id"); id != nullptr && !id->is(Kind::String)) {
    throw Refused("G-16: Id is a string");
  }
  const Json* element = json.find("Statement");
  if (element == nullptr) throw Refused("G-17: no Statement");
  std::vector<Json> statements;
  if (element->is(Kind::Array)) {
    statements = element->items;
    if (statements.empty()) throw Refused("G-17: Statement lists nothing");
  } else {
    statements.push_back(*element);
  }

  Document document;
  document.type = type;
  for (const Json& statement : statements) {
    document.statements.push_back(load_statement(statement, type, variables));
  }
  if (is_iam_kind(type)) check_sids(statements);
  return document;
}

}  // namespace writ::reference
