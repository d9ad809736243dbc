// Requests that a resource's own policy takes part in: role trust, other accounts' buckets; and the
// printed Partner Central policies.
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "draw.h"
#include "questions.h"
#include "random.h"
#include "workload.h"

namespace writ::bench {

namespace {

constexpr const char* kAccounts[] = {"111122223333", "222233334444", "333344445555",
                                     "444455556666"};
constexpr const char* kServices[] = {"ec2.amazonaws.com", "lambda.amazonaws.com",
                                     "ecs-tasks.amazonaws.com", "states.amazonaws.com"};

std::string user_arn(Random& random) {
  return std::string("arn:aws:iam::") + random.pick(kAccounts) + ":user/u" +
         std::to_string(random.below(50));
}

std::string trust_statement(std::size_t role, Random& random) {
  const std::string assume = R"("Action":"sts:AssumeRole")";
  switch (random.below(5)) {
    case 0:
      return std::string(R"({"Effect":"Allow","Principal":{"Service":")") + random.pick(kServices) +
             R"("},)" + assume + "}";
    case 1:
      return std::string(R"({"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::)") +
             random.pick(kAccounts) + R"(:root"},)" + assume +
             R"(,"Condition":{"StringEquals":{"sts:ExternalId":"ext-)" +
             std::to_string(role % 100) + R"("}}})";
    case 2:
      return R"({"Effect":"Allow","Principal":{"AWS":[")" + user_arn(random) + R"(",")" +
             user_arn(random) + R"("]},)" + assume + "}";
    case 3:
      return R"({"Effect":"Allow","Principal":{"AWS":"*"},)" + assume +
             R"(,"Condition":{"StringEquals":{"aws:PrincipalOrgID":"o-a1b2c3d4e5"},)"
             R"("StringLike":{"sts:RoleSessionName":"app-*"}}})";
    default:
      return R"({"Effect":"Deny","Principal":{"AWS":")" + user_arn(random) + R"("},)" + assume +
             "}";
  }
}

}  // namespace

Workload trust(std::size_t roles) {
  Workload work;
  work.family = "trust";
  work.variant = "roles";
  work.shared = true;
  Random random(roles);
  std::vector<PolicyDocument> texts;
  constexpr std::uint32_t kIdentities = 20;
  for (std::uint32_t i = 0; i < kIdentities; ++i) {
    work.policies.push_back(
        {"identity-" + std::to_string(i), PolicyType::IdentityBased, 0,
         document({R"({"Effect":"Allow","Action":"sts:AssumeRole","Resource":)"
                   R"(["arn:aws:iam::*:role/app-*","arn:aws:iam::*:role/ops/team-)" +
                   std::to_string(i) + R"(/*"]})"})});
  }
  for (std::size_t i = 0; i < roles; ++i) {
    std::vector<std::string> statements(random.between(1, 4));
    for (std::string& text : statements) text = trust_statement(i, random);
    work.policies.push_back(
        {"role-" + std::to_string(i), PolicyType::RoleTrust, 0, document(statements)});
    texts.push_back(parsed(work.policies.back()));
    work.statements += statements.size();
    AppliedText applied;
    applied.identity = {static_cast<std::uint32_t>(i % kIdentities)};
    applied.resource = static_cast<std::uint32_t>(work.policies.size() - 1);
    work.applied.push_back(applied);
  }
  fill_balanced(work, random, [&](Random& chance) {
    RequestText request;
    const std::size_t role = chance.below(roles);
    request.applied = static_cast<std::uint32_t>(role);
    request.principal = user_arn(chance);
    request.action = chance.per_mille(950) ? "sts:AssumeRole" : "sts:TagSession";
    request.resource = "arn:aws:iam::111122223333:role/app-" + std::to_string(role);
    request.owner = "111122223333";
    const Statement& statement = chance.pick(texts[role].statements());
    if (!statement.principal.members.empty() && chance.per_mille(700)) {
      const PrincipalMember& member = statement.principal.members.front();
      const std::string_view id = chance.pick(member.values).value;
      if (id.ends_with(":root")) {
        request.principal =
            std::string(id.substr(0, id.size() - 4)) + "user/u" + std::to_string(chance.below(50));
      } else if (id != "*") {
        request.principal = std::string(id);
      }
    }
    const auto set = [&request](const char* key, std::string value) {
      request.context.push_back({key, {std::move(value)}, false});
    };
    set("sts:RoleSessionName", (chance.per_mille(800) ? "app-" : "job-") + chance.word(3, 8));
    if (chance.per_mille(700)) {
      const std::size_t right = chance.per_mille(800) ? role % 100 : chance.below(100);
      set("sts:ExternalId", "ext-" + std::to_string(right));
    }
    if (chance.per_mille(700)) set("aws:PrincipalOrgID", "o-a1b2c3d4e5");
    return request;
  });
  return work;
}

Workload cross_account(std::size_t statements) {
  Workload work;
  work.family = "cross_account";
  work.variant = "bucket_policy";
  work.statements = statements;
  Random random(statements);
  std::vector<std::string> texts;
  for (std::size_t i = 0; i < statements; ++i) {
    const std::string tenant = "tenant-" + std::to_string(i);
    std::string text = i % 10 == 9 ? R"({"Effect":"Deny","Principal":{"AWS":")"
                                   : R"({"Effect":"Allow","Principal":{"AWS":")";
    text += i % 3 == 0 ? std::string("arn:aws:iam::") + random.pick(kAccounts) + ":root"
                       : user_arn(random);
    text += R"("},"Action":["s3:GetObject","s3:PutObject"],"Resource":"arn:aws:s3:::shared-data/)" +
            tenant + "/";
    text += i % 10 == 9 ? R"(locked/*")" : R"(*")";
    if (i % 4 == 1) text += R"(,"Condition":{"StringEquals":{"aws:PrincipalTag/team":"data"}})";
    texts.push_back(text + "}");
  }
  work.policies.push_back({"bucket", PolicyType::ResourceBased, 0, document(texts)});
  work.policies.push_back(
      {"readers", PolicyType::IdentityBased, 0,
       document({R"({"Effect":"Allow","Action":"s3:Get*","Resource":"arn:aws:s3:::shared-*"})",
                 R"({"Effect":"Allow","Action":"s3:PutObject","Resource":)"
                 R"("arn:aws:s3:::shared-data/tenant-*/in/*"})"})});
  work.apply_all();
  const PolicyDocument text = parsed(work.policies.front());
  fill_balanced(work, random, [&](Random& chance) {
    RequestText request;
    request.owner = "999988887777";
    request.principal = user_arn(chance);
    request.action = "s3:GetObject";
    request.resource = "arn:aws:s3:::shared-data/tenant-" +
                       std::to_string(chance.below(statements)) + "/" + chance.word(3, 9);
    request.context.push_back(
        {"aws:PrincipalTag/team", {chance.per_mille(700) ? "data" : "web"}, false});
    const Statement& statement = chance.pick(text.statements());
    if (chance.per_mille(800)) {
      request.resource = std::string(statement.resource.values.front().value);
      request.resource.pop_back();
      if (chance.per_mille(300)) request.resource += "in/";
      request.resource += chance.word(3, 9) + "/" + chance.word(3, 9);
      if (chance.per_mille(200)) request.action = "s3:PutObject";
      if (chance.per_mille(800)) {
        const std::string_view id = statement.principal.members.front().values.front().value;
        request.principal = id.ends_with(":root") ? std::string(id.substr(0, id.size() - 4)) +
                                                        "user/u" + std::to_string(chance.below(50))
                                                  : std::string(id);
      }
    }
    return request;
  });
  return work;
}

Workload partner_central(const std::string& folder) {
  Workload work;
  work.family = "partner_central";
  work.variant = "identity";
  std::vector<PolicyDocument> texts;
  for (const char* name : {"account-linking-prerequisites", "ace-private-offers-minimal",
                           "cloud-admin-role-permissions-fixed"}) {
    std::ifstream file(folder + "/partner-central/" + name + ".json");
    std::string json{std::istreambuf_iterator<char>(file), {}};
    work.policies.push_back({name, PolicyType::IdentityBased, 0, std::move(json)});
    texts.push_back(parsed(work.policies.back()));
    work.statements += texts.back().statements().size();
  }
  work.apply_all();
  Random random(3);
  fill_balanced(work, random, [&texts](Random& chance) {
    RequestText request;
    request.principal = "arn:aws:iam::111122223333:user/" + chance.word(4, 10);
    request.owner = "111122223333";
    request.action = "iam:GetRole";
    request.resource = "arn:aws:iam::111122223333:role/PartnerCentralRoleFor" + chance.word(3, 8);
    aim_at(chance.pick(texts), chance, request);
    return request;
  });
  return work;
}

}  // namespace writ::bench
