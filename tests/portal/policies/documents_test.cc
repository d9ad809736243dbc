// The shipped files themselves: canonical, without findings beyond those named here, and in
// agreement with each other.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "portal/policies/mutants.h"
#include "portal/policies/portal_documents.h"
#include "portal/policies/portal_question.h"
#include "support/corpus.h"
#include "writ/lint.h"
#include "writ/write.h"

namespace writ::test {
namespace {

const std::vector<std::string> kManaged = {
    "AWSMarketplaceSellerFullAccess",
    "AWSMarketplaceSellerOfferManagement",
    "AWSPartnerCentralFullAccess",
    "AWSPartnerCentralOpportunityManagement",
    "AWSPartnerCentralSandboxFullAccess",
    "AWSPartnerCentralSellingResourceSnapshotJobExecutionRolePolicy",
    "PartnerCentralAccountManagementUserRoleAssociation"};

/// The code of each finding.
[[nodiscard]] std::vector<std::string> findings(const std::string& text, PolicyType type) {
  std::vector<std::string> result;
  for (const Finding& finding : lint_policy(text, type)) result.emplace_back(finding.code);
  return result;
}

TEST(PortalDocumentsTest, PortalPoliciesHaveNoFindingsButTheLeadsLength) {
  for (const auto& [name, text] : shipped_portal_texts()) {
    const std::vector<std::string> expected =
        name == "allianceLead"
            ? std::vector<std::string>{"POLICY_SIZE_EXCEEDS_IDENTITY_POLICY_QUOTA"}
            : std::vector<std::string>{};
    EXPECT_EQ(findings(text, PolicyType::IdentityBased), expected) << name;
    const Result<PolicyDocument> document = parse_policy(text, PolicyType::IdentityBased);
    ASSERT_TRUE(document.has_value()) << name;
    EXPECT_EQ(write_policy(*document) + "\n", text) << name << ": writ fmt --write";
  }
}

// R-POL-1, R-LINK-11: the documents of the default roles are there and load.
TEST(PortalDocumentsTest, ManagedPoliciesLoad) {
  for (const std::string& name : kManaged) {
    const std::string text = read_source_file("policies/partner-central/managed/" + name + ".json");
    EXPECT_TRUE(parse_policy(text, PolicyType::IdentityBased).has_value()) << name;
  }
}

// R-LINK-14: the shipped document is the printed one with the service in lower case. The two files
// that say so are one document.
TEST(PortalDocumentsTest, TheCloudAdminDocumentIsThePrintedOneInLowerCase) {
  const std::string folder = "policies/partner-central/";
  const auto canonical = [&folder](const std::string& name) {
    return write_policy(
        parse_policy(read_source_file(folder + name + ".json"), PolicyType::IdentityBased).value());
  };
  const std::string shipped =
      canonical("managed/PartnerCentralAccountManagementUserRoleAssociation");
  EXPECT_EQ(canonical("cloud-admin-role-permissions-fixed"), shipped);
  std::string printed = canonical("cloud-admin-role-permissions");
  EXPECT_NE(printed, shipped);
  std::size_t capitals = 0;
  for (std::size_t place; (place = printed.find("Partnercentral")) != std::string::npos;) {
    printed[place] = 'p';
    ++capitals;
  }
  EXPECT_EQ(capitals, 3U);
  EXPECT_EQ(printed, shipped);
}

// The cases that people read hold the documents that are shipped.
TEST(PortalDocumentsTest, CasesHoldTheShippedDocuments) {
  std::set<std::string> shipped;
  for (const auto& [name, text] : shipped_portal_texts()) {
    rapidjson::Document json;
    json.Parse(text.c_str());
    shipped.insert(to_text(json));
  }
  std::istringstream lines(read_source_file("examples/cases/portal.jsonl"));
  std::size_t cases = 0;
  for (std::string line; std::getline(lines, line); ++cases) {
    rapidjson::Document json;
    json.Parse(line.c_str());
    ASSERT_FALSE(json.HasParseError()) << line.substr(0, 80);
    for (const rapidjson::Value& document : json["identity"].GetArray()) {
      rapidjson::Document copy;
      copy.CopyFrom(document, copy.GetAllocator());
      EXPECT_EQ(shipped.count(to_text(copy)), 1U) << json["id"].GetString();
    }
  }
  EXPECT_GE(cases, 20U);
}

[[nodiscard]] rapidjson::Document read_shared(const std::string& path) {
  rapidjson::Document json;
  std::ifstream file(path, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  json.Parse(text.c_str());
  EXPECT_FALSE(json.HasParseError()) << path;
  return json;
}

[[nodiscard]] std::set<std::string> names(const rapidjson::Value& list) {
  std::set<std::string> result;
  for (const rapidjson::Value& one : list.GetArray()) result.insert(one.GetString());
  return result;
}

// Our tables say what the shared data say, where these are present.
TEST(PortalDocumentsTest, TablesAgreeWithTheSharedData) {
  const std::string matrix_file = shared_file("data/role-matrix.json");
  const std::string menu_file = shared_file("data/menu-access.json");
  if (matrix_file.empty() || menu_file.empty()) GTEST_SKIP() << "no shared data here";
  const rapidjson::Document matrix = read_shared(matrix_file);
  const rapidjson::Document our_matrix = read_table("role_matrix");
  ASSERT_EQ(matrix["tasks"].Size(), our_matrix["rows"].Size());
  EXPECT_EQ(names(matrix["columns"]), names(our_matrix["columns"]));
  for (rapidjson::SizeType i = 0; i < matrix["tasks"].Size(); ++i) {
    EXPECT_STREQ(matrix["tasks"][i]["task"].GetString(), our_matrix["rows"][i]["task"].GetString());
    EXPECT_EQ(names(matrix["tasks"][i]["allowed"]), names(our_matrix["rows"][i]["marked"]));
  }
  const rapidjson::Document menu = read_shared(menu_file);
  const rapidjson::Document our_menu = read_table("menu");
  const std::set<std::string> everyone(kPortalRoles.begin(), kPortalRoles.end());
  ASSERT_EQ(menu["items"].Size(), 39U);
  for (rapidjson::SizeType i = 0; i < 39; ++i) {
    const rapidjson::Value& item = menu["items"][i];
    const rapidjson::Value& ours = our_menu["rows"][i];
    EXPECT_STREQ(item["id"].GetString(), ours["menu"].GetString());
    const std::set<std::string> roles = names(ours["allowed"]);
    EXPECT_EQ(names(item["roles"]), roles.count("everyone") != 0 ? everyone : roles);
    EXPECT_STREQ(item["minStage"].GetString(),
                 ours.HasMember("from") ? ours["from"].GetString() : "all");
    EXPECT_EQ(item["paths"].IsArray(), ours.HasMember("paths"));
    if (ours.HasMember("paths")) {
      EXPECT_EQ(names(item["paths"]), names(ours["paths"]));
    }
  }
}

}  // namespace
}  // namespace writ::test
