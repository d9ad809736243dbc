// Many principals that share documents: each principal's set is a handful of handles.
#include <memory>
#include <string>

#include "draw.h"
#include "questions.h"
#include "random.h"
#include "workload.h"

namespace writ::bench {

Workload fleet(std::size_t principals) {
  constexpr std::size_t kDocuments = 1000;
  constexpr std::size_t kBoundaries = 20;
  constexpr std::size_t kUnits = 50;
  Workload work;
  work.family = "fleet";
  work.variant = "principals";
  work.shared = true;
  std::vector<std::string> documents = managed_documents(kDocuments, 77);
  std::vector<PolicyDocument> texts;
  const auto add = [&work](std::string name, PolicyType type, std::uint32_t level,
                           std::string json) {
    work.policies.push_back({std::move(name), type, level, std::move(json)});
    return static_cast<std::uint32_t>(work.policies.size() - 1);
  };
  for (std::size_t i = 0; i < kDocuments; ++i) {
    add("managed-" + std::to_string(i), PolicyType::IdentityBased, 0, documents[i]);
    texts.push_back(parsed(work.policies.back()));
    work.statements += texts.back().statements().size();
  }
  const std::string allow_all = R"({"Effect":"Allow","Action":"*","Resource":"*"})";
  std::vector<std::uint32_t> boundaries;
  for (std::size_t i = 0; i < kBoundaries; ++i) {
    boundaries.push_back(
        add("boundary-" + std::to_string(i), PolicyType::PermissionsBoundary, 0,
            document({allow_all, R"({"Effect":"Deny","Action":["iam:Create*","iam:Put*"],)"
                                 R"("Resource":"arn:aws:iam::*:role/aws-team)" +
                                     std::to_string(i) + R"(*"})"})));
  }
  const std::uint32_t root =
      add("scp-root", PolicyType::ServiceControl, 0,
          document({allow_all,
                    R"({"Effect":"Deny","Action":["organizations:Delete*","backup:Delete*"],)"
                    R"("Resource":"*"})"}));
  std::vector<std::uint32_t> units;
  for (std::size_t i = 0; i < kUnits; ++i) {
    units.push_back(
        add("scp-unit-" + std::to_string(i), PolicyType::ServiceControl, 1,
            document({allow_all, R"({"Effect":"Deny","NotAction":["iam:*","route53:*"],)"
                                 R"("Resource":"*","Condition":{"StringEquals":)"
                                 R"({"aws:RequestedRegion":"ap-southeast-2"},)"
                                 R"("StringNotEquals":{"aws:PrincipalTag/unit":"u)" +
                                     std::to_string(i) + R"("}}})"})));
  }
  Random random(5);
  for (std::size_t i = 0; i < principals; ++i) {
    AppliedText applied;
    for (std::size_t j = random.between(3, 10); j > 0; --j) {
      // Few documents are attached often, many rarely.
      const std::size_t range = random.per_mille(600) ? kDocuments / 10 : kDocuments;
      applied.identity.push_back(static_cast<std::uint32_t>(random.below(range)));
    }
    if (random.per_mille(500)) applied.boundary.push_back(random.pick(boundaries));
    applied.service_control = {{root}, {random.pick(units)}};
    work.applied.push_back(std::move(applied));
  }
  fill_balanced(work, random, [&](Random& chance) {
    RequestText request = managed_request(chance);
    request.applied = static_cast<std::uint32_t>(chance.below(principals));
    request.principal = "arn:aws:iam::111122223333:user/u" + std::to_string(request.applied);
    if (chance.per_mille(850)) {
      aim_at(texts[chance.pick(work.applied[request.applied].identity)], chance, request);
    }
    return request;
  });
  return work;
}

}  // namespace writ::bench
