#include "reference/case_reader.h"

#include "reference/json.h"

namespace writ::reference {
namespace {

using Kind = Json::Kind;

[[noreturn]] void not_a_case(const std::string& why) { throw Refused("not a case: " + why); }

const std::string& string_of(const Json& value, const std::string& field) {
  if (!value.is(Kind::String)) not_a_case(field + " is not a string");
  return value.text;
}

const std::vector<Json>& array_of(const Json& value, const std::string& field) {
  if (!value.is(Kind::Array)) not_a_case(field + " is not an array");
  return value.items;
}

Texts documents_of(const Json& value, const std::string& field) {
  Texts texts;
  for (const Json& document : array_of(value, field)) texts.push_back(write_json(document));
  return texts;
}

std::vector<Texts> levels_of(const Json& value, const std::string& field) {
  std::vector<Texts> levels;
  for (const Json& level : array_of(value, field)) levels.push_back(documents_of(level, field));
  return levels;
}

Principal principal_of(const Json& value) {
  if (value.is(Kind::Null)) return {};
  if (value.is(Kind::String)) {
    if (value.text == "*") return {};
    return {Principal::Kind::Arn, value.text};
  }
  if (!value.is(Kind::Object) || value.members.size() != 1) not_a_case("principal");
  const auto& [name, id] = value.members.front();
  if (name == "Service") return {Principal::Kind::Service, string_of(id, name)};
  if (name == "Federated") return {Principal::Kind::Federated, string_of(id, name)};
  if (name == "CanonicalUser") return {Principal::Kind::CanonicalUser, string_of(id, name)};
  not_a_case("principal");
}

std::vector<ContextEntry> context_of(const Json& value) {
  if (!value.is(Kind::Object)) not_a_case("context is not an object");
  std::vector<ContextEntry> entries;
  for (const auto& [key, given] : value.members) {
    if (given.is(Kind::Array)) {
      std::vector<std::string> list;
      for (const Json& item : given.items) list.push_back(string_of(item, "context"));
      entries.push_back({key, list});
    } else {
      entries.push_back({key, string_of(given, "context")});
    }
  }
  return entries;
}

// Puts `"name":value` lists together.
class ObjectWriter {
 public:
  void add(const std::string& name, const std::string& json) {
    text_ += text_.empty() ? "{" : ",";
    text_ += quote_json(name) + ":" + json;
  }
  [[nodiscard]] std::string finish() const { return text_.empty() ? "{}" : text_ + "}"; }

 private:
  std::string text_;
};

std::string write_list(const std::vector<std::string>& jsons) {
  std::string text = "[";
  for (const std::string& json : jsons) {
    if (text.size() > 1) text += ',';
    text += json;
  }
  return text + "]";
}

std::string write_levels(const std::vector<Texts>& levels) {
  std::vector<std::string> lists;
  for (const Texts& level : levels) lists.push_back(write_list(level));
  return write_list(lists);
}

}  // namespace

Case read_case(std::string_view line) {
  const Json json = parse_json(line, 256);
  if (!json.is(Kind::Object)) not_a_case("no object");
  Case read;
  for (const auto& [name, value] : json.members) {
    Question& question = read.question;
    PolicyTexts& policies = read.policies;
    if (name == "id") {
      read.id = string_of(value, name);
    } else if (name == "source") {
      static_cast<void>(string_of(value, name));
    } else if (name == "principal") {
      question.principal = principal_of(value);
    } else if (name == "action") {
      question.action = string_of(value, name);
    } else if (name == "resource") {
      question.resource = string_of(value, name);
    } else if (name == "resourceAccount") {
      question.resource_account = string_of(value, name);
    } else if (name == "context") {
      question.context = context_of(value);
    } else if (name == "identity") {
      policies.identity = documents_of(value, name);
    } else if (name == "resourcePolicy") {
      if (!value.is(Kind::Null)) policies.resource_policy = write_json(value);
    } else if (name == "boundary") {
      policies.boundary = documents_of(value, name);
    } else if (name == "session") {
      policies.session = documents_of(value, name);
    } else if (name == "scp") {
      policies.scp = levels_of(value, name);
    } else if (name == "rcp") {
      policies.rcp = levels_of(value, name);
    } else if (name == "endpoint") {
      policies.endpoint = documents_of(value, name);
    } else if (name == "roleArn") {
      question.role_arn = string_of(value, name);
    } else if (name == "issuer") {
      question.issuer = string_of(value, name);
    } else if (name == "resourcePolicyRequired") {
      if (!value.is(Kind::Boolean)) not_a_case("resourcePolicyRequired is not a boolean");
      question.resource_policy_required = value.text == "true";
    } else if (name == "expect") {
      read.expect = string_of(value, name);
    } else {
      not_a_case("unknown field " + name);
    }
  }
  if (read.id.empty()) not_a_case("no id");
  return read;
}

std::string write_case(const Case& written) {
  const Question& question = written.question;
  const PolicyTexts& policies = written.policies;
  ObjectWriter out;
  out.add("id", quote_json(written.id));
  const std::string id = quote_json(question.principal.id);
  switch (question.principal.kind) {
    case Principal::Kind::Anonymous:
      out.add("principal", "\"*\"");
      break;
    case Principal::Kind::Arn:
      out.add("principal", id);
      break;
    case Principal::Kind::Service:
      out.add("principal", "{\"Service\":" + id + "}");
      break;
    case Principal::Kind::Federated:
      out.add("principal", "{\"Federated\":" + id + "}");
      break;
    case Principal::Kind::CanonicalUser:
      out.add("principal", "{\"CanonicalUser\":" + id + "}");
      break;
  }
  if (question.role_arn) out.add("roleArn", quote_json(*question.role_arn));
  if (question.issuer) out.add("issuer", quote_json(*question.issuer));
  out.add("action", quote_json(question.action));
  out.add("resource", quote_json(question.resource));
  if (question.resource_account) {
    out.add("resourceAccount", quote_json(*question.resource_account));
  }
  if (question.resource_policy_required) {
    out.add("resourcePolicyRequired", *question.resource_policy_required ? "true" : "false");
  }
  if (!question.context.empty()) {
    ObjectWriter context;
    for (const ContextEntry& entry : question.context) {
      if (const auto* list = std::get_if<std::vector<std::string>>(&entry.value)) {
        std::vector<std::string> quoted;
        for (const std::string& value : *list) quoted.push_back(quote_json(value));
        context.add(entry.key, write_list(quoted));
      } else {
        context.add(entry.key, quote_json(std::get<std::string>(entry.value)));
      }
    }
    out.add("context", context.finish());
  }
  if (!policies.identity.empty()) out.add("identity", write_list(policies.identity));
  if (policies.resource_policy) out.add("resourcePolicy", *policies.resource_policy);
  if (policies.boundary) out.add("boundary", write_list(*policies.boundary));
  if (policies.session) out.add("session", write_list(*policies.session));
  if (!policies.scp.empty()) out.add("scp", write_levels(policies.scp));
  if (!policies.rcp.empty()) out.add("rcp", write_levels(policies.rcp));
  if (policies.endpoint) out.add("endpoint", write_list(*policies.endpoint));
  if (!written.expect.empty()) out.add("expect", quote_json(written.expect));
  return out.finish();
}

}  // namespace writ::reference
