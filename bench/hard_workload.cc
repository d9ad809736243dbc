// Statements that no index of literal prefixes answers alone: inner wildcards, variables,
// NotAction and NotResource, ForAllValues, addresses and dates.
#include <memory>
#include <string>

#include "draw.h"
#include "questions.h"
#include "random.h"
#include "workload.h"

namespace writ::bench {

namespace {

constexpr const char* kVerbs[] = {"Get", "List", "Put", "Delete"};
constexpr const char* kTeams[] = {"payments", "search", "data", "web", "platform", "risk"};

std::string twelve_digits(std::size_t number) {
  std::string digits = std::to_string(100000000000ULL + number * 7919 % 899999999999ULL);
  return digits;
}

std::string account_of(const std::string& arn) {
  std::size_t begin = 0;
  for (int i = 0; i < 4; ++i) begin = arn.find(':', begin) + 1;
  return arn.substr(begin, arn.find(':', begin) - begin);
}

// Statement i. Alike ones share service, account and first path segment.
std::string hard_statement(std::size_t i, bool distinct) {
  const std::string number = std::to_string(i);
  // A third each differs in service, account, first path segment.
  std::string service = "vault";
  std::string account = "111122223333";
  std::string segment = "store";
  if (distinct) {
    if (i % 3 == 0) service += number;
    if (i % 3 == 1) account = twelve_digits(i);
    if (i % 3 == 2) segment += number;
  }
  const std::string action = service + ":" + kVerbs[i % 4] + "Record";
  const std::string arn = "arn:aws:" + service + ":eu-west-1:" + account + ":" + segment;
  const std::string team = kTeams[i % 6];
  const auto allow = [&](const std::string& resource, const std::string& condition) {
    return R"({"Effect":"Allow","Action":")" + action + R"(","Resource":")" + resource + "\"" +
           (condition.empty() ? "" : R"(,"Condition":{)" + condition + "}") + "}";
  };
  switch (i / 3 % 10) {
    case 0:
      return allow(arn + "/*/logs/" + number + "-*.gz", "");
    case 1:
      return allow(arn + "/${aws:username}/" + number + "/*", "");
    case 2:
      return allow(arn + "/" + number + "/*/${aws:PrincipalTag/team}-*",
                   R"("StringLike":{"aws:PrincipalTag/team":["pay*","*ear*","d?ta","risk"]})");
    case 3:
      return allow(arn + "/" + number + "/*",
                   R"("ForAllValues:StringLike":{"aws:TagKeys":["team","cost-*","x*"]},)"
                   R"("Null":{"aws:TagKeys":"false"})");
    case 4:
      return allow(arn + "/*/" + number + "/*/part-??.dat",
                   R"("IpAddress":{"aws:SourceIp":["203.0.113.0/24","198.51.100.64/26"]})");
    case 5:
      return allow(arn + "/" + number + "-*-" + team + "/*",
                   R"("DateLessThan":{"aws:CurrentTime":"2027-01-01T00:00:00Z"},)"
                   R"("DateGreaterThan":{"aws:CurrentTime":"2026-02-01T00:00:00Z"})");
    case 6:
      // Everything of one kind of resource, except writing.
      return R"({"Effect":"Allow","NotAction":[")" + service + R"(:Put*",")" + service +
             R"(:Delete*"],"Resource":")" + arn + "/open/" + number + R"(/*"})";
    case 7:
      return R"({"Effect":"Deny","Action":")" + service + R"(:Purge)" + number +
             R"(","NotResource":")" + arn + R"(/scratch/*"})";
    case 8:
      return R"({"Effect":"Deny","Action":")" + action + R"(","Resource":")" + arn + "/*/" +
             number + R"(-secret","Condition":{"NotIpAddress":{"aws:SourceIp":"203.0.113.0/25"}}})";
    default:
      return allow(arn + "/" + number + "/*",
                   R"("StringNotEquals":{"aws:PrincipalTag/team":"risk"},)"
                   R"("NumericLessThan":{"s3:max-keys":"100"},)"
                   R"("Bool":{"aws:SecureTransport":"true"})");
  }
}

}  // namespace

Workload hard(std::string_view variant, std::size_t statements) {
  Workload work;
  work.family = "hard";
  work.variant = variant;
  work.statements = statements;
  const bool distinct = variant == "distinct";
  // Small sets take their statements from everywhere, so that each kind is there.
  std::vector<std::string> texts;
  for (std::size_t i = 0; i < statements; ++i) {
    texts.push_back(hard_statement(statements < 30 ? i * 3 + i % 3 : i, distinct));
  }
  work.policies.push_back({"hard", PolicyType::IdentityBased, 0, document(texts)});
  work.apply_all();
  const auto text = std::make_shared<PolicyDocument>(parsed(work.policies.front()));
  Random random(statements + (distinct ? 1 : 2));
  fill_balanced(work, random, [&](Random& chance) {
    RequestText request;
    request.principal = "arn:aws:iam::111122223333:user/Alice";
    request.owner = "111122223333";
    request.action = std::string("vault:") + chance.pick(kVerbs) + "Record";
    request.resource = "arn:aws:vault:eu-west-1:111122223333:store/" + chance.word(2, 6) + "/" +
                       std::to_string(chance.below(1000)) + "/" + chance.word(3, 9);
    const auto set = [&request](const char* key, std::string value) {
      request.context.push_back({key, {std::move(value)}, false});
    };
    set("aws:username", "Alice");
    set("aws:PrincipalTag/team", chance.pick(kTeams));
    set("aws:SourceIp",
        (chance.per_mille(800) ? "203.0.113." : "192.0.2.") + std::to_string(chance.below(256)));
    set("aws:CurrentTime", (chance.per_mille(800) ? "2026-0" : "2027-0") +
                               std::to_string(chance.between(3, 9)) + "-11T08:30:00Z");
    set("aws:SecureTransport", "true");
    set("s3:max-keys", std::to_string(chance.below(120)));
    if (chance.per_mille(500)) {
      request.context.push_back(
          {"aws:TagKeys", {"team", chance.per_mille(700) ? "cost-center" : "owner"}, true});
    }
    if (chance.per_mille(900)) aim_at(*text, chance, request);
    // Across accounts the resource's policy would have to allow as well: the caller is at home
    // where the resource is.
    const std::string account = request.resource == "*" ? "" : account_of(request.resource);
    if (account.size() == 12) {
      request.principal = "arn:aws:iam::" + account + ":user/Alice";
      request.owner = account;
    }
    return request;
  });
  return work;
}

}  // namespace writ::bench
