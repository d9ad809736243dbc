#include "portal/policies/portal_documents.h"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <utility>

namespace writ::test {

const std::vector<std::string> kPortalRoles = {"allianceLead",   "allianceTeam", "standardUser",
                                               "channelUser",    "cloudAdmin",   "marketingStaff",
                                               "technicalStaff", "aceManager",   "aceUser"};

std::string read_source_file(const std::string& path) {
  std::ifstream file(WRIT_SOURCE_DIR "/" + path, std::ios::binary);
  EXPECT_TRUE(file.is_open()) << path;
  return {std::istreambuf_iterator<char>(file), {}};
}

PortalTexts shipped_portal_texts() {
  PortalTexts texts;
  for (const char* name : {"base", "guardrails"}) {
    texts[name] = read_source_file(std::string("policies/portal/") + name + ".json");
  }
  for (const std::string& role : kPortalRoles) {
    texts[role] = read_source_file("policies/portal/roles/" + role + ".json");
  }
  return texts;
}

PortalDocuments::PortalDocuments(const PortalTexts& texts) {
  for (const auto& [name, text] : texts) {
    EXPECT_TRUE(replace(name, text)) << name << "\n" << text;
  }
}

bool PortalDocuments::replace(const std::string& name, const std::string& text) {
  Result<PolicyDocument> document = parse_policy(text, PolicyType::IdentityBased);
  if (!document) return false;
  documents_.insert_or_assign(name, std::move(*document));
  return true;
}

PolicyStack PortalDocuments::of(const std::vector<std::string>& roles,
                                Guardrails guardrails) const {
  std::vector<std::string> names = {"base", "standardUser"};
  for (const std::string& role : roles) {
    if (role != "standardUser") names.push_back(role);
  }
  if (guardrails == Guardrails::With) names.push_back("guardrails");
  PolicySetBuilder builder(PolicyType::IdentityBased);
  for (const std::string& name : names) builder.attach(name, documents_.at(name));
  const Result<PolicySet> set = builder.build();
  EXPECT_TRUE(set.has_value());
  PolicyStack stack;
  if (set) {
    EXPECT_TRUE(stack.add(*set).has_value());
  }
  return stack;
}

}  // namespace writ::test
