// Holds the reference evaluator against the shared case files and the shared list of documents that
// must be refused. Both lie outside of the project; without them the tests are skipped.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "reference/case_reader.h"
#include "reference/evaluator.h"
#include "reference/json.h"

namespace writ::reference {
namespace {

std::filesystem::path shared_folder() {
  if (const char* given = std::getenv("WRIT_SHARED_DIR")) return given;
  return std::filesystem::path(WRIT_SOURCE_DIR) / ".." / "shared";
}

std::vector<std::string> lines_of(const std::filesystem::path& path) {
  std::vector<std::string> lines;
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) {
    if (!line.empty()) lines.push_back(line);
  }
  return lines;
}

TEST(ReferenceTest, AgreesWithTheSharedCases) {
  const auto folder = shared_folder() / "conformance";
  if (!std::filesystem::is_directory(folder)) GTEST_SKIP() << "skipped: " << folder << " is absent";
  int cases = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (entry.path().extension() != ".jsonl") continue;
    for (const std::string& line : lines_of(entry.path())) {
      if (parse_json(line, 256).find("check") != nullptr) continue;  // an analysis case
      const Case read = read_case(line);
      const auto decision = evaluate(read);
      const std::string got = decision ? std::string(to_string(decision->outcome)) : "error";
      EXPECT_EQ(got, read.expect) << read.id;
      // The same line, written and read again.
      const auto again = evaluate(read_case(write_case(read)));
      EXPECT_TRUE(again == decision) << read.id;
      ++cases;
    }
  }
  EXPECT_GT(cases, 0);
}

PolicyType type_of(const std::string& word) {
  for (int i = 0; i < kPolicyTypeCount; ++i) {
    const auto type = static_cast<PolicyType>(i);
    if (to_string(type) == word) return type;
  }
  ADD_FAILURE() << "unknown kind " << word;
  return PolicyType::IdentityBased;
}

TEST(ReferenceTest, RefusesWhatTheSharedListRefuses) {
  const auto path = shared_folder() / "corpus" / "invalid.jsonl";
  if (!std::filesystem::exists(path)) GTEST_SKIP() << "skipped: " << path << " is absent";
  for (const std::string& line : lines_of(path)) {
    const Json json = parse_json(line, 16);
    const Json* text = json.find("text");
    if (text == nullptr) continue;  // raw bytes
    const auto refused = refusal(text->text, type_of(json.find("kind")->text));
    const std::string& wanted = json.find("spec")->text;
    EXPECT_EQ(refused.has_value(), wanted != "load")
        << json.find("name")->text << ": wanted " << wanted << ", got " << refused.value_or("load");
  }
}

TEST(ReferenceTest, LoadsTheSharedExamples) {
  const auto path = shared_folder() / "corpus" / "guide-examples.jsonl";
  if (!std::filesystem::exists(path)) GTEST_SKIP() << "skipped: " << path << " is absent";
  for (const std::string& line : lines_of(path)) {
    const Json json = parse_json(line, 64);
    const auto refused =
        refusal(write_json(*json.find("document")), type_of(json.find("kind")->text));
    const Json* by = json.find("refusedBy");
    EXPECT_EQ(refused.has_value(), by != nullptr)
        << json.find("name")->text << ": wanted " << (by != nullptr ? by->text : "load") << ", got "
        << refused.value_or("load");
  }
}

}  // namespace
}  // namespace writ::reference
