// Section 8: every NAME.input.json of this folder, and of principal/ for writ simulate-principal,
// gives NAME.expected.json, byte for byte after formatting. The expected outputs are written from
// the rules, not recorded from the program.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "cli/json_check.h"
#include "cli/run_tool.h"
#include "cli/simulation.h"

namespace writ {
namespace {

using ::testing::HasSubstr;
using testing::pretty_json;
using testing::run_tool;
using testing::ToolRun;

const std::filesystem::path kFolder = WRIT_SOURCE_DIR "/tests/simulate";
const std::filesystem::path kPrincipalFolder = kFolder / "principal";
constexpr std::string_view kInputSuffix = ".input.json";

std::vector<std::string> simulation_names(const std::filesystem::path& folder) {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    const std::string file = entry.path().filename().string();
    if (file.ends_with(kInputSuffix)) {
      names.push_back(file.substr(0, file.size() - kInputSuffix.size()));
    }
  }
  std::ranges::sort(names);
  return names;
}

std::string file_text(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

// Runs the command on an input of a folder and compares.
void expect_output(const std::filesystem::path& folder, const std::string& name,
                   std::vector<std::string> command) {
  const std::string expected = file_text(folder / (name + ".expected.json"));
  command.insert(command.end(),
                 {"--cli-input-json", (folder / (name + std::string(kInputSuffix))).string()});
  const ToolRun run = run_tool(command);
  EXPECT_EQ(pretty_json(run.out), pretty_json(expected));
  const bool is_error = expected.find("\"Error\"") != std::string::npos;
  EXPECT_EQ(run.code, is_error ? 2 : 0);
  EXPECT_EQ(run.err.empty(), !is_error) << run.err;
}

std::string test_name(const ::testing::TestParamInfo<std::string>& info) {
  std::string name = info.param;
  std::ranges::replace(name, '-', '_');
  return name;
}

class SimulateTest : public ::testing::TestWithParam<std::string> {};

// S-1 types of context keys, S-3 errors, S-4 strict input, S-10 one result an action, S-11 paging,
// S-12 missing keys, S-13 a missing key is absent, S-14 and S-15 sources, S-16 positions, S-17
// details, S-18 what is not simulated.
TEST_P(SimulateTest, GivesTheExpectedOutput) { expect_output(kFolder, GetParam(), {"simulate"}); }

INSTANTIATE_TEST_SUITE_P(Files, SimulateTest, ::testing::ValuesIn(simulation_names(kFolder)),
                         test_name);

class SimulatePrincipalTest : public ::testing::TestWithParam<std::string> {};

// S-2: whose policies, boundaries and levels; who calls by default. S-3: NoSuchEntity. S-14, S-15:
// the names of stored policies. E-20: nothing binds the management account. S-19: no key is given
// but by the input.
TEST_P(SimulatePrincipalTest, GivesTheExpectedOutput) {
  expect_output(kPrincipalFolder, GetParam(),
                {"simulate-principal", "--account", (kPrincipalFolder / "account").string()});
}

INSTANTIATE_TEST_SUITE_P(Files, SimulatePrincipalTest,
                         ::testing::ValuesIn(simulation_names(kPrincipalFolder)), test_name);

// Acceptance: at least 20, each with its output.
TEST(SimulateFilesTest, EveryInputHasAnExpectedOutput) {
  for (const std::filesystem::path& folder : {kFolder, kPrincipalFolder}) {
    const std::vector<std::string> names = simulation_names(folder);
    EXPECT_GE(names.size(), 24U);
    for (const std::string& name : names) {
      EXPECT_TRUE(std::filesystem::exists(folder / (name + ".expected.json"))) << name;
    }
  }
}

constexpr std::string_view kSmallInput =
    R"({"PolicyInputList": [], "ActionNames": ["s3:GetObject"]})";

// Section 8: standard input, and the `file://` that the AWS CLI writes.
TEST(SimulateCommandTest, ReadsStandardInputAndFileUrls) {
  const ToolRun from_input = run_tool({"simulate", "--cli-input-json", "-"}, kSmallInput);
  EXPECT_EQ(from_input.code, 0);
  const testing::TemporaryFile file(kSmallInput);
  const ToolRun from_url = run_tool({"simulate", "--cli-input-json", "file://" + file.path()});
  EXPECT_EQ(from_url.code, 0);
  EXPECT_EQ(from_url.out, from_input.out);
  EXPECT_THAT(from_input.out, HasSubstr("\"EvalDecision\": \"implicitDeny\""));
}

TEST(SimulateCommandTest, FailsWithoutAnInput) {
  const ToolRun no_option = run_tool({"simulate"});
  EXPECT_EQ(no_option.code, 2);
  EXPECT_THAT(no_option.err, HasSubstr("`--cli-input-json` is missing"));
  const ToolRun no_file = run_tool({"simulate", "--cli-input-json", "/nowhere/input.json"});
  EXPECT_EQ(no_file.code, 2);
  EXPECT_THAT(no_file.err, HasSubstr("cannot read `/nowhere/input.json`"));
}

// S-2: the principal is looked up in a directory; without one there is no answer.
TEST(SimulateCommandTest, FailsWithoutAnAccount) {
  const std::string input = (kPrincipalFolder / "user.input.json").string();
  const ToolRun none = run_tool({"simulate-principal", "--cli-input-json", input});
  EXPECT_EQ(none.code, 2);
  EXPECT_THAT(none.err, HasSubstr("`--account` is missing"));
  const ToolRun empty =
      run_tool({"simulate-principal", "--account", "/nowhere", "--cli-input-json", input});
  EXPECT_EQ(empty.code, 2);
  EXPECT_THAT(empty.err, HasSubstr("the account is refused"));
}

// PolicySourceArn is no member of SimulateCustomPolicy.
TEST(SimulateCommandTest, CustomPoliciesHaveNoSource) {
  const ToolRun run = run_tool(
      {"simulate", "--cli-input-json", (kPrincipalFolder / "policies-added.input.json").string()});
  EXPECT_EQ(run.code, 2);
  EXPECT_THAT(run.out, HasSubstr("PolicySourceArn: unknown member"));
}

std::string input_with_policy(std::string_view policy) {
  return R"({"ActionNames": ["s3:GetObject"], "PolicyInputList": [")" + std::string(policy) +
         "\"]}";
}

// S-4: a policy has at most 131,072 characters, white space included, counted as characters.
TEST(SimulateCommandTest, CountsThePolicyInCharacters) {
  const std::string policy =
      R"({\"Statement\":{\"Effect\":\"Allow\",\"Action\":\"s3:*\",\"Resource\":\"*\",\"Sid\":\"\"}})";
  const std::size_t characters = 72;  // of the policy without its JSON escapes
  const std::string longest = policy + std::string(131'072 - characters, ' ');
  const Result<std::string> fits = cli::simulate(input_with_policy(longest));
  ASSERT_TRUE(fits) << fits.error().message;
  const Result<std::string> too_long = cli::simulate(input_with_policy(longest + " "));
  ASSERT_FALSE(too_long);
  EXPECT_EQ(too_long.error().code, ErrorCode::InvalidInput);
  EXPECT_THAT(too_long.error().message, HasSubstr("131073 characters"));
}

// S-4: characters, not bytes: 128 letters of two bytes each are within an action's length, and then
// the action is refused for what it is.
TEST(SimulateCommandTest, CountsNamesInCharacters) {
  std::string action = "s3:";
  for (int i = 0; i < 125; ++i) action += "\xc3\xa9";
  const Result<std::string> answer =
      cli::simulate(R"({"PolicyInputList": [], "ActionNames": [")" + action + "\"]}");
  ASSERT_FALSE(answer);
  EXPECT_THAT(answer.error().message, HasSubstr("is not of the form"));
}

// S-11: following the markers gives every action once, in order.
TEST(SimulateCommandTest, PagesCoverAllActions) {
  std::string actions;
  for (int i = 0; i < 250; ++i) {
    actions += (i == 0 ? "\"" : ",\"") + ("s3:Action" + std::to_string(i)) + "\"";
  }
  const auto ask = [&actions](const std::string& rest) {
    return testing::parsed_json(
        *cli::simulate(R"({"PolicyInputList": [], "ActionNames": [)" + actions + "]" + rest + "}"));
  };
  std::string rest;
  int seen = 0;
  for (const int page : {100, 100, 50}) {
    const rapidjson::Document answer = ask(rest);
    const auto& results = answer["EvaluationResults"];
    ASSERT_EQ(static_cast<int>(results.Size()), page);
    for (const auto& result : results.GetArray()) {
      EXPECT_EQ(result["EvalActionName"].GetString(), "s3:Action" + std::to_string(seen));
      ++seen;
    }
    EXPECT_EQ(answer["IsTruncated"].GetBool(), seen < 250);
    EXPECT_EQ(answer.HasMember("Marker"), seen < 250);
    if (answer.HasMember("Marker")) {
      rest = std::string(R"(,"Marker":")") + answer["Marker"].GetString() + "\"";
    }
  }
}

}  // namespace
}  // namespace writ
