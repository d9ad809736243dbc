// Bytes as choices among words that nearly match each other: policies of every kind and a request.
// The engine reads, compiles and decides them; the reference must decide alike, the statement that
// decided included, and the explanation must name the same decision. Batches of requests like it
// must come to what each comes to alone.
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cli/case_reader.h"
#include "differential/engine.h"
#include "fuzz/agree.h"
#include "fuzz/require.h"
#include "reference/case_reader.h"
#include "reference/evaluator.h"
#include "reference/json.h"

namespace {

using writ::reference::Case;
using writ::reference::Texts;

// The input, eaten byte by byte; when it ends, zeros.
class Choices {
 public:
  Choices(const std::uint8_t* data, std::size_t size) : data_(data), size_(size) {}

  std::size_t below(std::size_t count) { return next() % count; }
  bool one_in(std::size_t count) { return below(count) == count - 1; }
  std::string pick(std::initializer_list<std::string_view> words) {
    return std::string(words.begin()[below(words.size())]);
  }
  // A few characters that matter to patterns.
  std::string soup() {
    std::string text;
    for (std::size_t i = below(7); i > 0; --i) text += "ab*?:/-."[below(8)];
    return text;
  }

 private:
  std::uint8_t next() { return used_ < size_ ? data_[used_++] : std::uint8_t{0}; }

  const std::uint8_t* data_;
  std::size_t size_;
  std::size_t used_ = 0;
};

std::string quoted(const std::string& text) { return writ::reference::quote_json(text); }

std::string key(Choices& choices) {
  return choices.pick({"k:a", "K:A", "k:list", "aws:username", "aws:PrincipalArn", "aws:TagKeys",
                       "aws:PrincipalTag/team", "aws:SourceIp", "aws:CurrentTime"});
}

std::string text_value(Choices& choices) {
  if (choices.one_in(4)) return choices.soup();
  return choices.pick({"a", "A", "ab", "", "*", "a*", "?", "${aws:username}", "${k:a}", "${k:list}",
                       "${k:a, 'ab'}", "${*}", "a${?}", "$", "Alice", "${AWS:UserName}*"});
}

std::string number_value(Choices& choices) {
  return choices.pick({"1", "1.0", "+1", "-1", "2", "9007199254740993", "9007199254740992", "010",
                       "0.50", ".5", "1e3", "ten", ""});
}

std::string date_value(Choices& choices) {
  return choices.pick({"2026", "2026-01", "2026-01-01T00:00:00Z", "2026-01-01T01:00+01:00",
                       "1767225600", "2026-02-30", "2025-12-31T23:59:59.999999999999Z",
                       "2026-01-01T00:00:60Z", "2026-1", "99999"});
}

std::string address_value(Choices& choices, bool range) {
  if (range && choices.one_in(2)) {
    return choices.pick({"10.0.0.0/8", "10.1.2.3/31", "::ffff:10.0.0.0/104", "2001:db8::/32",
                         "0.0.0.0/0", "::/0", "10.0.0.0/33", "10.0.0.0/08"});
  }
  return choices.pick({"10.1.2.3", "10.1.2.2", "::ffff:10.1.2.3", "2001:DB8::1",
                       "2001:db8:0:0:0:0:0:1", "fe80::1%eth0", "010.1.2.3", "::"});
}

std::string arn_value(Choices& choices, bool pattern) {
  if (pattern && choices.one_in(2)) {
    return choices.pick({"*", "arn:aws:iam::*:user/*", "arn:*:*:*:*:*", "arn:aws:s3:::b?/*",
                         "arn:aws:iam::111122223333:user/${aws:username}",
                         "arn:aws:s3:::", "a*:aws:s3:*::*b*", "arn:aws:sns:us-*-1:*:t"});
  }
  return choices.pick({"arn:aws:iam::111122223333:user/Alice", "arn:aws:s3:::b1/k",
                       "arn:aws:s3:::b1/k:x:y", "arn:aws:sns:us-east-1:111122223333:t",
                       "arn:aws:s3", "b1", "ARN:aws:s3:::b1/k"});
}

std::string condition(Choices& choices) {
  std::string json = "{";
  std::string separator;
  for (std::size_t operators = 1 + choices.below(2); operators > 0; --operators) {
    const auto op =
        static_cast<writ::ConditionOperator>(choices.below(writ::kConditionOperatorCount));
    std::string name = choices.pick({"", "", "", "ForAllValues:", "ForAnyValue:"});
    name += to_string(op);
    if (choices.one_in(4)) name += "IfExists";
    const auto value = [&]() -> std::string {
      if (choices.one_in(16)) return text_value(choices);
      switch (value_type(op)) {
        case writ::ValueType::String:
          return text_value(choices);
        case writ::ValueType::Numeric:
          return number_value(choices);
        case writ::ValueType::Date:
          return date_value(choices);
        case writ::ValueType::Bool:
        case writ::ValueType::Existence:
          return choices.pick({"true", "false", "TRUE", "${k:a}"});
        case writ::ValueType::Binary:
          return choices.pick({"YQ==", "YWI=", "", "YQ", "Y*=="});
        case writ::ValueType::Ip:
          return address_value(choices, true);
        case writ::ValueType::Arn:
          return arn_value(choices, true);
      }
      return "";
    };
    json += separator + quoted(name) + ":{" + quoted(key(choices)) + ":[";
    std::string comma;
    for (std::size_t values = choices.below(4); values > 0; --values) {
      json += comma + quoted(value());
      comma = ",";
    }
    json += "]}";
    separator = ",";
  }
  return json + "}";
}

std::string action(Choices& choices) {
  if (choices.one_in(8)) return "s3:" + choices.soup();
  return choices.pick({"*", "s3:*", "s3:Get*", "S3:getobject", "s3:Get?bject", "s3:PutObject",
                       "sts:*", "sts:AssumeRole", "kms:Decrypt", "s*:*", "s3:*Object"});
}

std::string resource(Choices& choices) {
  if (choices.one_in(8)) return "arn:aws:s3:::" + choices.soup();
  return choices.pick(
      {"*", "arn:aws:s3:::b1/*", "arn:aws:s3:::b1/k", "arn:aws:s3:::b?/${aws:username}*",
       "arn:aws:s3:::*/k", "arn:aws:s3:${k:a}:*:b1/k", "arn:aws:s3", "arn:*:s3:*:*:b*",
       "arn:aws:iam::*:role/App*", "arn:aws:kms:us-east-1:111122223333:key/*",
       "arn:aws:s3:::b1/${k:a, 'k'}", "arn:aws:sns:us-*-1:*:t", "arn:aws:s3:::b1/*/*"});
}

std::string principal(Choices& choices) {
  const std::string value = choices.pick(
      {"*", "111122223333", "arn:aws:iam::111122223333:root",
       "arn:aws:iam::111122223333:user/Alice", "arn:aws:iam::111122223333:role/App",
       "arn:aws:iam::111122223333:role/path/App", "arn:aws:sts::111122223333:assumed-role/App/s1",
       "444455556666", "arn:aws:sts::111122223333:federated-user/Al", "AIDAABCDEFGHIJKLMNOP",
       "arn:aws:iam::444455556666:user/Bob"});
  switch (choices.below(6)) {
    case 0:
      return "\"*\"";
    case 1:
      return R"({"Service":"sns.amazonaws.com"})";
    case 2:
      return R"({"Federated":"accounts.google.com","AWS":)" + quoted(value) + "}";
    case 3:
      return R"({"AWS":["arn:aws:iam::111122223333:role/App","111122223333",)" + quoted(value) +
             "]}";
    default:
      return R"({"AWS":)" + quoted(value) + "}";
  }
}

enum class Kind { Identity, Resource, Trust, Control };

std::string document(Choices& choices, Kind kind, bool is_rcp = false) {
  std::string json = "{";
  if (!choices.one_in(8)) json += R"("Version":"2012-10-17",)";
  json += R"("Statement":[)";
  std::string comma;
  for (std::size_t statements = 1 + choices.below(4); statements > 0; --statements) {
    json += comma + "{";
    comma = ",";
    const bool deny = is_rcp || choices.one_in(3);
    json += deny ? R"("Effect":"Deny")" : R"("Effect":"Allow")";
    if (is_rcp) {
      json += R"(,"Principal":"*")";
    } else if (kind == Kind::Resource || kind == Kind::Trust) {
      const bool negated = deny && kind == Kind::Resource && choices.one_in(3);
      json += negated ? R"(,"NotPrincipal":)" : R"(,"Principal":)";
      json += principal(choices);
    }
    json += !is_rcp && choices.one_in(4) ? R"(,"NotAction":[)" : R"(,"Action":[)";
    json += quoted(action(choices));
    if (choices.one_in(3)) json += "," + quoted(action(choices));
    json += "]";
    if (kind != Kind::Trust) {
      json += choices.one_in(4) ? R"(,"NotResource":[)" : R"(,"Resource":[)";
      json += quoted(resource(choices));
      if (choices.one_in(3)) json += "," + quoted(resource(choices));
      json += "]";
    }
    if (choices.one_in(2)) json += R"(,"Condition":)" + condition(choices);
    json += "}";
  }
  return json + "]}";
}

Texts documents(Choices& choices, Kind kind, std::size_t most, bool is_rcp = false) {
  Texts texts;
  for (std::size_t count = choices.below(most + 1); count > 0; --count) {
    texts.push_back(document(choices, kind, is_rcp));
  }
  return texts;
}

std::string asked_action(Choices& choices) {
  return choices.pick({"s3:GetObject", "S3:PUTOBJECT", "sts:AssumeRole", "kms:Decrypt",
                       "sts:AssumeRoleWithWebIdentity", "s3:ab", "iam:PassRole"});
}

std::string asked_resource(Choices& choices) {
  return choices.pick({"*", "arn:aws:s3:::b1/k", "arn:aws:s3:::b1/Alice/f", "arn:aws:s3:ab::b1/k",
                       "arn:aws:iam::111122223333:role/App",
                       "arn:aws:kms:us-east-1:111122223333:key/1", "arn:aws:s3:::ab",
                       "arn:aws:sns:us-east-1:444455556666:t", "arn:aws:s3:::b1/*",
                       "arn:aws-cn:s3:::b1/k"});
}

Case make_case(Choices& choices) {
  using Principal = writ::reference::Principal;
  Case made;
  made.id = "fuzzed";
  auto& question = made.question;
  switch (choices.below(8)) {
    case 0:
      question.principal = {Principal::Kind::Anonymous, ""};
      break;
    case 1:
      question.principal = {Principal::Kind::Service, "sns.amazonaws.com"};
      break;
    case 2:
      question.principal = {Principal::Kind::Federated, "accounts.google.com"};
      break;
    default:
      question.principal = {
          Principal::Kind::Arn,
          choices.pick({"arn:aws:iam::111122223333:user/Alice", "arn:aws:iam::111122223333:root",
                        "arn:aws:sts::111122223333:assumed-role/App/s1",
                        "arn:aws:iam::111122223333:role/path/App",
                        "arn:aws:sts::111122223333:federated-user/Al",
                        "arn:aws:iam::444455556666:user/Bob", "arn:aws-cn:iam::111122223333:user/X",
                        "arn:aws:iam::111122223333:user/p/Alice"})};
      break;
  }
  // A role's own ARN as the caller says already which role it is.
  if (choices.one_in(4) && question.principal.id.find(":role/") == std::string::npos)
    question.role_arn = "arn:aws:iam::111122223333:role/path/App";
  if (choices.one_in(4)) question.issuer = "arn:aws:iam::111122223333:user/Alice";
  question.action = asked_action(choices);
  question.resource = asked_resource(choices);
  if (choices.one_in(4)) question.resource_account = choices.pick({"444455556666", "111122223333"});
  if (choices.one_in(8)) question.resource_policy_required = choices.one_in(2);
  for (std::size_t keys = choices.below(5); keys > 0; --keys) {
    writ::reference::ContextEntry entry;
    entry.key = key(choices);
    const auto value = [&]() -> std::string {
      switch (choices.below(6)) {
        case 0:
          return number_value(choices);
        case 1:
          return date_value(choices);
        case 2:
          return address_value(choices, false);
        case 3:
          return arn_value(choices, false);
        case 4:
          return choices.pick({"true", "false", "YQ==", "AIDAABCDEFGHIJKLMNOP:x"});
        default:
          return text_value(choices);
      }
    };
    if (choices.one_in(3)) {
      std::vector<std::string> list;
      for (std::size_t count = choices.below(4); count > 0; --count) list.push_back(value());
      entry.value = list;
    } else {
      entry.value = value();
    }
    // One key in two spellings is a question (C-12); the same spelling twice is no case (G-3).
    bool repeated = false;
    for (const auto& other : question.context) repeated |= other.key == entry.key;
    if (!repeated) question.context.push_back(std::move(entry));
  }

  auto& policies = made.policies;
  policies.identity = documents(choices, Kind::Identity, 3);
  if (choices.one_in(2)) {
    policies.resource_policy =
        document(choices, asks_for_role(question) ? Kind::Trust : Kind::Resource);
  }
  if (choices.one_in(3)) policies.boundary = documents(choices, Kind::Identity, 2);
  if (choices.one_in(4)) policies.session = documents(choices, Kind::Identity, 2);
  for (std::size_t levels = choices.one_in(3) ? choices.below(4) : 0; levels > 0; --levels) {
    policies.scp.push_back(documents(choices, Kind::Control, 2));
  }
  for (std::size_t levels = choices.one_in(4) ? choices.below(3) : 0; levels > 0; --levels) {
    policies.rcp.push_back(documents(choices, Kind::Control, 1, true));
  }
  if (choices.one_in(5)) policies.endpoint = documents(choices, Kind::Resource, 2);
  return made;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using writ::fuzz::require;
  Choices choices(data, size);
  const Case made = make_case(choices);
  const std::string line = writ::reference::write_case(made);
  const writ::Result<writ::cli::Case> asked = writ::cli::read_case(line);
  require(asked.has_value(), "the line is a case",
          asked ? line : asked.error().to_string() + "\n" + line);

  writ::fuzz::require_agreement(*asked, writ::reference::evaluate(made), line);

  using writ::differential::Grouping;
  const auto engine = writ::differential::Engine::load(
      made.policies,
      asks_for_role(made.question) ? writ::PolicyType::RoleTrust : writ::PolicyType::ResourceBased,
      choices.one_in(2) ? Grouping::OneSet : Grouping::SetPerDocument);
  if (!engine) return 0;  // a document is refused, by both
  std::vector<writ::reference::Question> questions(1 + choices.below(4), made.question);
  for (std::size_t i = 1; i < questions.size(); ++i) {
    questions[i].action = asked_action(choices);
    questions[i].resource = asked_resource(choices);
  }
  const std::optional<std::string> found = engine->batch_difference(questions);
  require(!found.has_value(), "a batch decides as each alone", found.value_or("") + "\n" + line);
  return 0;
}
