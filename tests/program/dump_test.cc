// Programs as text, held to files that were read and found right. WRIT_UPDATE_GOLDEN=1 writes them
// anew: then read the difference.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <list>
#include <string>
#include <utility>
#include <vector>

#include "writ/parse.h"
#include "writ/policy_set.h"

namespace writ::test {
namespace {

[[nodiscard]] std::string dumped(PolicyType type, const std::vector<std::string>& statements) {
  std::list<PolicyDocument> documents;
  PolicySetBuilder builder(type);
  int number = 0;
  for (const std::string& list : statements) {
    Result<PolicyDocument> document =
        parse_policy(R"({"Version":"2012-10-17","Statement":[)" + list + "]}", type);
    EXPECT_TRUE(document.has_value()) << list << document.error().message;
    documents.push_back(*std::move(document));
    builder.attach("Doc" + std::to_string(number++), documents.back());
  }
  return builder.build()->dump();
}

void expect_golden(const std::string& name, const std::string& text) {
  const std::string path = WRIT_SOURCE_DIR "/tests/program/golden/" + name + ".txt";
  if (std::getenv("WRIT_UPDATE_GOLDEN") != nullptr) {
    std::ofstream(path, std::ios::binary) << text;
    return;
  }
  std::ifstream file(path, std::ios::binary);
  ASSERT_TRUE(file.is_open()) << path;
  EXPECT_EQ(text, std::string(std::istreambuf_iterator<char>(file), {})) << name;
}

[[nodiscard]] std::string allow(const std::string& action, const std::string& resource) {
  return R"({"Effect":"Allow","Action":)" + action + R"(,"Resource":)" + resource + "}";
}

TEST(DumpTest, ActionsOfEachShape) {
  // M-10, M-11: exact, prefix, whole service, general, any service, everything.
  expect_golden(
      "actions",
      dumped(PolicyType::IdentityBased,
             {allow(R"(["s3:GetObject","S3:PutObject"])", R"("*")") + "," +
              allow(R"(["s3:Get*","s3:GetObject*"])", R"("*")") + "," +
              allow(R"("ec2:*")", R"("*")") + "," + allow(R"("s3:*Tagging")", R"("*")") + "," +
              allow(R"("s?s:Send*")", R"("*")") + "," + allow(R"("*")", R"("*")")}));
}

TEST(DumpTest, NotActionStandsWithEverything) {
  // M-12
  expect_golden(
      "not_action",
      dumped(PolicyType::IdentityBased,
             {R"({"Sid":"All","Effect":"Deny","NotAction":["iam:*","sts:Get*"],"Resource":"*"},)" +
              allow(R"("*")", R"("arn:aws:s3:::b/*")")}));
}

TEST(DumpTest, StatementsOfTheSameActionsShareAClass) {
  expect_golden("classes",
                dumped(PolicyType::IdentityBased,
                       {allow(R"(["s3:GetObject","s3:PutObject"])", R"("arn:aws:s3:::a/*")"),
                        allow(R"(["s3:PutObject","s3:GetObject"])", R"("arn:aws:s3:::b/*")") + "," +
                            allow(R"("s3:PutObject")", R"("arn:aws:s3:::c")")}));
}

TEST(DumpTest, ResourcesAreGroupedByShape) {
  // M-24, M-25: literal fields, exact and prefix tails, lengths, stars that cross colons.
  expect_golden(
      "groups",
      dumped(PolicyType::IdentityBased,
             {allow(R"("*")",
                    R"(["arn:aws:s3:::bucket","arn:aws:s3:::bucket/key","arn:aws:s3:::bucket/*",
                        "arn:aws:s3:::b*","arn:aws:sqs:*:111122223333:queue",
                        "arn:aws:sqs:eu-*:111122223333:q*","arn:aws:logs:*:log-group:x",
                        "arn:*:sns:*:*:topic","arn:aws:ec2:eu-??-1:111122223333:instance/*",
                        "arn:aws:s3:::${aws:username}/*"])")}));
}

TEST(DumpTest, FewResourcesStayFlat) {
  expect_golden("flat",
                dumped(PolicyType::IdentityBased,
                       {allow(R"("s3:*")", R"(["arn:aws:s3:::b","arn:aws:s3:::b/*"])") +
                        R"(,{"Effect":"Allow","Action":"s3:*","NotResource":"arn:aws:s3:::c"})"}));
}

TEST(DumpTest, ManyPrincipalsBranch) {
  // P-12, P-20 to P-27: stars and NotPrincipal stay before the switch.
  std::string statements =
      R"({"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::b/*"},
         {"Effect":"Deny","NotPrincipal":{"AWS":"111122223333"},"Action":"s3:GetObject",
          "Resource":"arn:aws:s3:::b/*"})";
  // Without Resource the statement is about the resource itself (G-41).
  for (int i = 0; i < 9; ++i) {
    statements += R"(,{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:user/u)" +
                  std::to_string(i) + R"("},"Action":"s3:GetObject"})";
  }
  expect_golden("principals", dumped(PolicyType::ResourceBased, {statements}));
}

TEST(DumpTest, TermsAreSharedBetweenStatementsAndDocuments) {
  // C-10: the key's letter case makes no other term, nor does the operator's (G-57).
  const std::string same =
      R"({"Effect":"Allow","Action":"s3:*","Resource":"*","Condition":
          {"StringEquals":{"aws:PrincipalTag/a":["1","2"]}}})";
  expect_golden("terms",
                dumped(PolicyType::IdentityBased,
                       {same + R"(,{"Effect":"Deny","Action":"s3:*","Resource":"*","Condition":
          {"stringequals":{"AWS:principaltag/a":["1","2"]},
           "ForAllValues:StringNotLikeIfExists":{"aws:TagKeys":"x*"},
           "NumericLessThan":{"aws:MultiFactorAuthAge":3600}}})",
                        same}));
}

TEST(DumpTest, TrustPoliciesHaveNoResource) {
  // G-32
  expect_golden("trust", dumped(PolicyType::RoleTrust,
                                {R"({"Effect":"Allow","Action":"sts:AssumeRole","Principal":
          {"AWS":["111122223333","arn:aws:iam::444455556666:role/p/R"],
           "Service":"ec2.amazonaws.com","Federated":"accounts.google.com"}})"}));
}

TEST(DumpTest, DumpsAreTheSameEachTime) {
  const auto once = [] {
    return dumped(PolicyType::IdentityBased,
                  {allow(R"(["a:B","c:D*","e:*","f:*G"])", R"("*")") + "," +
                   allow(R"("a:B")", R"(["arn:aws:s3:::x","arn:aws:s3:::y"])")});
  };
  EXPECT_EQ(once(), once());
  EXPECT_EQ(PolicySet().dump(), "empty\n");
}

}  // namespace
}  // namespace writ::test
