// Every scenario file of the project, run over the policies of policies/. The names of scenarios
// and their `rules` say which rules they are about.
#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

#include "portal/portal_world.h"
#include "writ/portal/commands.h"

namespace writ::portal::testing {
namespace {

std::vector<std::string> scenario_files() {
  std::vector<std::string> files = project_files("tests/portal/scenarios", ".json");
  const std::vector<std::string> examples = project_files("examples/portal", ".json");
  files.insert(files.end(), examples.begin(), examples.end());
  return files;
}

std::vector<ScenarioResult> run(const std::string& text, const ScenarioWorld& world,
                                const std::string& file) {
  Result<std::vector<ScenarioResult>> results = run_scenarios(text, world);
  EXPECT_TRUE(results.has_value()) << file << ": " << (results ? "" : results.error().to_string());
  return results ? *std::move(results) : std::vector<ScenarioResult>();
}

class ScenarioFileTest : public ::testing::TestWithParam<std::string> {};

// R-EVT-3, with a fixed clock and fixed ids two runs give the same events, byte for byte.
TEST_P(ScenarioFileTest, PassesAndRepeats) {
  const std::string text = read_project_file(GetParam());
  const ScenarioWorld world = scenario_world();
  const std::vector<ScenarioResult> results = run(text, world, GetParam());
  const std::vector<ScenarioResult> again = run(text, world, GetParam());
  ASSERT_EQ(results.size(), again.size());
  EXPECT_FALSE(results.empty());
  for (std::size_t i = 0; i < results.size(); ++i) {
    EXPECT_TRUE(results[i].passed) << GetParam() << ":" << results[i].position.line << ": "
                                   << results[i].name << ": " << results[i].problem << "\n"
                                   << results[i].explanation;
    EXPECT_EQ(results[i].events, again[i].events) << results[i].name;
  }
}

std::string file_name(const ::testing::TestParamInfo<std::string>& info) {
  std::string name;
  for (const char c : info.param) name += std::isalnum(static_cast<unsigned char>(c)) ? c : '_';
  return name;
}

INSTANTIATE_TEST_SUITE_P(Files, ScenarioFileTest, ::testing::ValuesIn(scenario_files()), file_name);

/// `text` with every word that is a role id replaced by another role's id.
std::string shuffled(std::string_view text, const std::map<std::string, std::string>& names) {
  const auto is_letter = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
  };
  std::string result;
  std::size_t i = 0;
  while (i < text.size()) {
    if (!is_letter(text[i])) {
      result += text[i++];
      continue;
    }
    std::size_t end = i;
    while (end < text.size() && is_letter(text[end])) ++end;
    const std::string word(text.substr(i, end - i));
    const auto found = names.find(word);
    result += found == names.end() ? word : found->second;
    i = end;
  }
  return result;
}

// R-ARCH-1, R-ARCH-7: the code knows no role by its name. With the ids of all roles shuffled, in
// the catalogue, the policies and the scenarios alike, everything comes out the same.
TEST(ShuffledRolesTest, EveryScenarioPasses) {
  const std::vector<PortalRole> roles = RoleCatalog::standard().roles();
  for (const std::size_t shift : {1U, 4U, 7U}) {
    std::map<std::string, std::string> names;
    for (std::size_t i = 0; i < roles.size(); ++i) {
      names[roles[i].id] = roles[(i + shift) % roles.size()].id;
    }
    std::vector<PortalRole> renamed = roles;
    for (PortalRole& role : renamed) {
      role.id = names[role.id];
      if (!role.narrower.empty()) role.narrower = names[role.narrower];
    }
    Result<RoleCatalog> catalog = RoleCatalog::make(renamed);
    ASSERT_TRUE(catalog.has_value());
    PolicyTexts texts = policy_texts();
    texts.base = shuffled(texts.base, names);
    texts.guardrails = shuffled(texts.guardrails, names);
    for (NamedDocument& role : texts.roles) {
      role = {names[role.name], shuffled(role.text, names)};
    }
    Result<PortalPolicies> policies = PortalPolicies::load(*std::move(catalog), texts);
    ASSERT_TRUE(policies.has_value()) << policies.error().to_string();
    const ScenarioWorld world = {*std::move(policies), menu_items()};
    for (const std::string& file : scenario_files()) {
      for (const ScenarioResult& result :
           run(shuffled(read_project_file(file), names), world, file)) {
        EXPECT_TRUE(result.passed) << file << ": " << result.name << ": " << result.problem << "\n"
                                   << result.explanation;
      }
    }
  }
}

// --- What is no scenario is refused with its place

struct Malformed {
  const char* text;
  const char* message;
  std::uint32_t line;
};

class MalformedScenarioTest : public ::testing::TestWithParam<Malformed> {};

TEST_P(MalformedScenarioTest, IsRefusedWithItsPlace) {
  const Result<std::vector<ScenarioResult>> results =
      run_scenarios(GetParam().text, scenario_world());
  ASSERT_FALSE(results.has_value());
  EXPECT_NE(results.error().message.find(GetParam().message), std::string::npos)
      << results.error().to_string();
  EXPECT_EQ(results.error().position.line, GetParam().line) << results.error().to_string();
}

constexpr Malformed kMalformed[] = {
    {"{", "", 1},
    {"{\"name\": \"x\"}", "`start` is missing", 1},
    {"{\"name\": \"x\",\n \"start\": {}, \"steps\": [],\n \"colour\": 1}",
     "unknown member `colour`", 3},
    {"{\"name\": \"x\", \"start\": {},\n \"steps\": [{\"do\": \"Fly\", \"expect\": \"ok\"}]}",
     "unknown command `Fly`", 2},
    {"{\"name\": \"x\", \"start\": {}, \"steps\": [\n {\"do\": \"RequestCode\", \"expect\": "
     "\"ok\"}]}",
     "RequestCode needs the argument `email`", 2},
    {"{\"name\": \"x\", \"start\": {}, \"steps\": [{\"do\": \"RequestCode\", \"expect\": \"ok\",\n"
     " \"with\": {\"email\": \"a@b.io\", \"mail\": \"\"}}]}",
     "RequestCode has no argument `mail`", 2},
    {"{\"name\": \"x\", \"start\": {}, \"steps\": [{\"do\": \"RequestCode\", \"expect\": \"ok\",\n"
     " \"with\": {\"email\": 1}}]}",
     "a string is expected here", 2},
    {"{\"name\": \"x\", \"start\": {}, \"steps\": [{\"do\": \"RequestCode\", \"expect\": "
     "\"fine\",\n"
     " \"with\": {\"email\": \"a@b.io\"}}]}",
     "`fine` is no code", 1},
    {"{\"name\": \"x\", \"start\": {}, \"steps\": [{\"do\": \"ListUsers\", \"expect\": \"ok\"}]}",
     "ListUsers is called by a user", 1},
    {"{\"name\": \"x\", \"start\": {\"companies\": [\n{\"id\": \"1\", \"domains\": [\"a.io\"]}]}, "
     "\"steps\": []}",
     "0 alliance leads", 2},
    {"{\"name\": \"x\", \"start\": {\"users\": [\n{\"email\": \"a@a.io\"}]}, \"steps\": []}",
     "no company has the domain", 2},
    {"{\"name\": \"x\", \"start\": {}, \"documents\": [\n{\"name\": \"d\", \"document\": {}}], "
     "\"steps\": []}",
     "`d`", 2},
    {"{\"name\": \"x\", \"start\": {}, \"steps\": [],\n \"clock\": \"noon\"}",
     "a time is written 2025-01-15T10:00:00Z", 2},
    {"{\"name\": \"x\", \"start\": {}, \"steps\": [],\n \"clock\": 12}",
     "a string is expected here", 2},
    {"{\"name\": \"x\", \"name\": \"y\", \"start\": {}, \"steps\": []}", "twice", 1},
};
INSTANTIATE_TEST_SUITE_P(Texts, MalformedScenarioTest, ::testing::ValuesIn(kMalformed));

// A failed step says which, why and with the engine's words; the scenarios after it still run.
TEST(ScenarioTest, AFailureSaysWhichStepAndWhy) {
  const std::string text = R"([{"name": "a", "start": {
    "companies": [{"id": "2345678", "domains": ["acme.io"]}],
    "users": [{"email": "ada@acme.io", "roles": ["allianceLead"]}, {"email": "ben@acme.io"}]},
    "steps": [{"as": "ada@acme.io", "do": "ListUsers", "expect": "ok", "count": 2},
              {"as": "ben@acme.io", "do": "ListUsers", "expect": "ok"}]},
    {"name": "b", "start": {}, "steps": []}])";
  const Result<std::vector<ScenarioResult>> results = run_scenarios(text, scenario_world());
  ASSERT_TRUE(results.has_value()) << results.error().to_string();
  ASSERT_EQ(results->size(), 2U);
  EXPECT_FALSE(results->front().passed);
  EXPECT_EQ(results->front().steps, 2U);
  EXPECT_EQ(results->front().position.line, 5U);
  EXPECT_NE(results->front().problem.find("expected ok, got implicitDeny"), std::string::npos)
      << results->front().problem;
  EXPECT_NE(results->front().explanation.find("portal:ListUsers"), std::string::npos)
      << results->front().explanation;
  EXPECT_TRUE(results->back().passed);
}

}  // namespace
}  // namespace writ::portal::testing
