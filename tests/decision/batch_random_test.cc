// Batches over random policies decide exactly as one `evaluate` each.
#include <gtest/gtest.h>

#include <array>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "support/policies.h"
#include "writ/batch.h"

namespace writ::test {
namespace {

using Texts = std::vector<std::string>;

// Any policies, any lists. The engine against the reference is for the differential tests.
TEST(BatchRandomTest, AgreesWithSingleDecisions) {
  std::mt19937 random(20260501);
  const auto below = [&](std::size_t count) { return random() % count; };
  const auto pick = [&](const Texts& texts) { return texts[below(texts.size())]; };
  const Texts action_patterns = {"*",        "s3:*",           "s3:Get*",      "s3:*Object",
                                 "!s3:Put*", "!kms:*",         "s3:GetObject", "kms:*",
                                 "sts:*",    "!sts:AssumeRole"};
  const Texts resource_patterns = {"*",
                                   "arn:aws:s3:::b/*",
                                   kObject,
                                   "!arn:aws:s3:::b/*",
                                   kKey,
                                   "arn:aws:s3:::*/${k:a}",
                                   "arn:aws:iam::*:role/*",
                                   "!" + kKey};
  const Texts conditions = {"",
                            "",
                            R"({"StringEquals": {"k:a": "k"}})",
                            R"({"StringNotLike": {"k:b": "x*"}})",
                            R"({"Bool": {"k:c": "true"}})",
                            R"({"NumericLessThan": {"k:a": "5"}})"};
  const Texts principals = {"*", kAlice, kAccount, kOtherAccount, kRole, kSession};
  const std::vector<ActionName> names = {"s3:GetObject", "s3:PutObject",   "s3:ListBucket",
                                         "kms:Decrypt",  "sts:AssumeRole", "iam:PassRole",
                                         "S3:getobject", "sts:TagSession", "x:Y"};
  const std::vector<std::string_view> arns = {kObject,
                                              "*",
                                              kKey,
                                              kRole,
                                              "arn:aws:s3:::c/k",
                                              "arn:aws:s3:::b/other",
                                              "arn:aws-cn:s3:::b/k",
                                              "arn:aws:sqs:eu-west-1:444455556666:q"};
  const ActionList actions = *ActionList::make(names);
  const ResourceList resources = *ResourceList::make(arns);
  std::array<int, 3> outcomes = {};
  int documents = 0;
  for (int world = 0; world < 400; ++world) {
    PolicyStack stack;
    const auto add = [&](PolicyType type, bool has_principal, std::uint32_t level) {
      Statements statements;
      // Else hardly anything gets through all layers.
      if (!has_principal && below(4) != 0) statements.push_back(allow());
      for (std::size_t i = 0; i <= below(6); ++i) {
        const bool denies = type == PolicyType::ResourceControl || below(25) == 0;
        const std::string principal = type == PolicyType::ResourceControl ? "*"
                                      : has_principal                     ? pick(principals)
                                                                          : "";
        statements.push_back(statement(denies ? "Deny" : "Allow", principal, pick(action_patterns),
                                       pick(resource_patterns), pick(conditions)));
      }
      // Not every combination is a policy of every kind.
      if (stack.add(type, "policy", document(statements), level)) ++documents;
    };
    for (std::size_t i = 0; i <= below(11); ++i) add(PolicyType::IdentityBased, false, 0);
    for (std::size_t i = below(3); i > 0; --i) add(PolicyType::PermissionsBoundary, false, 0);
    if (below(3) == 0) add(PolicyType::Session, false, 0);
    if (below(2) == 0) add(PolicyType::ResourceBased, true, 0);
    if (below(4) == 0) add(PolicyType::VpcEndpoint, true, 0);
    for (std::size_t i = below(3); i > 0; --i) {
      add(PolicyType::ServiceControl, false, static_cast<std::uint32_t>(i - 1));
    }
    if (below(4) == 0) add(PolicyType::ResourceControl, true, 0);

    const std::string arn = pick({kAlice, kSession, kStranger, kRoot, kRole});
    const Caller caller = *Caller::from_arn(arn);
    const bool told = below(3) == 0;
    const bool has_key = below(2) == 0;
    const auto build = [&](ActionName action, std::string_view resource) {
      RequestBuilder builder(caller, action, resource);
      if (told) builder.resource_account(kOtherAccount);
      if (has_key) builder.set("k:a", "k");
      builder.set("k:c", "true");
      return *builder.build();
    };
    std::vector<Request> requests;
    for (const ActionName& action : names) {
      for (const std::string_view resource : arns) requests.push_back(build(action, resource));
    }
    std::vector<Decision> singles;
    for (const Request& request : requests) {
      singles.push_back(stack.evaluate(request));
      ++outcomes[static_cast<std::size_t>(singles.back().outcome)];
    }
    std::vector<Decision> decisions(requests.size());
    evaluate_many(requests, stack.applied(), decisions);
    ASSERT_EQ(decisions, singles) << "world " << world;
    std::vector<Decision> for_actions(names.size());
    std::vector<Decision> for_resources(arns.size());
    for (std::size_t r = 0; r < arns.size(); ++r) {
      evaluate_actions(requests[r], actions, stack.applied(), for_actions);
      for (std::size_t a = 0; a < names.size(); ++a) {
        ASSERT_EQ(for_actions[a], singles[a * arns.size() + r])
            << "world " << world << ": " << names[a].text() << " on " << arns[r];
      }
    }
    for (std::size_t a = 0; a < names.size(); ++a) {
      evaluate_resources(requests[a * arns.size()], resources, stack.applied(), for_resources);
      for (std::size_t r = 0; r < arns.size(); ++r) {
        ASSERT_EQ(for_resources[r], singles[a * arns.size() + r])
            << "world " << world << ": " << names[a].text() << " on " << arns[r];
      }
    }
  }
  for (const int count : outcomes) EXPECT_GT(count, 1000);
  EXPECT_GT(documents, 2000);
}

}  // namespace
}  // namespace writ::test
