// writ portal: scenarios and tables from the command line.
#include <gtest/gtest.h>

#include <string>

#include "cli/run_tool.h"

namespace writ::testing {
namespace {

constexpr std::string_view kStart = R"({"companies": [{"id": "2345678", "domains": ["acme.io"]}],
  "users": [{"email": "ada@acme.io", "roles": ["allianceLead"]}, {"email": "ben@acme.io"}]})";

std::string scenario(std::string_view name, std::string_view expect) {
  return R"({"name": ")" + std::string(name) + R"(", "start": )" + std::string(kStart) +
         R"(, "steps": [{"as": "ben@acme.io", "do": "ListUsers", "expect": ")" +
         std::string(expect) + R"("}]})";
}

TEST(PortalCommandTest, RunsScenariosAndCountsThem) {
  const TemporaryFile good(scenario("refused as it should be", "implicitDeny"));
  const TemporaryFile bad(scenario("hopes too much", "ok"));
  const ToolRun passed = run_tool({"portal", "run", good.path()});
  EXPECT_EQ(passed.code, 0);
  EXPECT_NE(passed.out.find("PASS"), std::string::npos);
  EXPECT_TRUE(passed.out.ends_with("1 passed, 0 failed\n")) << passed.out;
  const ToolRun failed = run_tool({"portal", "run", good.path(), bad.path()});
  EXPECT_EQ(failed.code, 1);
  EXPECT_NE(failed.out.find("step 1 at " + bad.path()), std::string::npos) << failed.out;
  EXPECT_NE(failed.out.find("expected ok, got implicitDeny"), std::string::npos) << failed.out;
  EXPECT_NE(failed.out.find("portal:ListUsers"), std::string::npos) << failed.out;
  EXPECT_TRUE(failed.out.ends_with("1 passed, 1 failed\n")) << failed.out;
  const ToolRun json = run_tool({"portal", "run", "--json", bad.path()});
  EXPECT_EQ(json.code, 1);
  EXPECT_NE(json.out.find(R"("passed":0,"failed":1})"), std::string::npos) << json.out;
}

TEST(PortalCommandTest, ScenariosComeFromStandardInputToo) {
  const ToolRun run = run_tool({"portal", "run", "-"}, scenario("from a pipe", "implicitDeny"));
  EXPECT_EQ(run.code, 0) << run.err;
}

TEST(PortalCommandTest, AFileThatIsNoneIsBadInput) {
  const TemporaryFile broken(
      R"({"name": "x", "start": {}, "steps": [{"do": "Fly", "expect": "ok"}]})");
  const ToolRun run = run_tool({"portal", "run", broken.path()});
  EXPECT_EQ(run.code, 2);
  EXPECT_NE(run.err.find("1:45"), std::string::npos) << run.err;
  EXPECT_NE(run.err.find("unknown command `Fly`"), std::string::npos) << run.err;
  EXPECT_EQ(run_tool({"portal", "run", "/nowhere.json"}).code, 2);
  EXPECT_EQ(run_tool({"portal", "run"}).code, 2);
}

TEST(PortalCommandTest, CoverageTellsWhatDecidedAStep) {
  const TemporaryFile file(scenario("one refusal", "implicitDeny"));
  const ToolRun none = run_tool({"portal", "run", "--min-coverage", "1", file.path()});
  EXPECT_EQ(none.code, 1) << "a refusal by no statement covers none";
  EXPECT_NE(none.err.find("0.0 % of statements are covered, fewer than 1 %"), std::string::npos)
      << none.err;
  const TemporaryFile allowed(
      R"({"name": "x", "start": )" + std::string(kStart) +
      R"(, "steps": [{"as": "ada@acme.io", "do": "ListUsers", "expect": "ok"}]})");
  const ToolRun table = run_tool({"portal", "run", "--coverage", allowed.path()});
  EXPECT_EQ(table.code, 0) << table.err;
  EXPECT_NE(table.out.find("policies/portal/roles/allianceLead.json"), std::string::npos);
  EXPECT_NE(table.out.find("% of statements covered\n1 passed, 0 failed\n"), std::string::npos)
      << table.out;
  const TemporaryFile tracefile("");
  const ToolRun json = run_tool(
      {"portal", "run", "--json", "--coverage", "--lcov", tracefile.path(), allowed.path()});
  EXPECT_EQ(json.code, 0) << json.err;
  EXPECT_NE(json.out.find(R"("coverage":{"statements":{"covered":)"), std::string::npos)
      << json.out;
  EXPECT_EQ(run_tool({"portal", "run", "--min-coverage", "x", allowed.path()}).code, 2);
  EXPECT_EQ(run_tool({"portal", "run", "--lcov", "/nowhere/x", allowed.path()}).code, 2);
}

TEST(PortalCommandTest, MutantsThatNoScenarioNoticesAreListed) {
  const TemporaryFile file(
      R"({"name": "x", "start": )" + std::string(kStart) +
      R"(, "steps": [{"as": "ada@acme.io", "do": "ListUsers", "expect": "ok"}]})");
  const ToolRun sample = run_tool({"portal", "mutate", "--every", "40", file.path()});
  EXPECT_EQ(sample.code, 1);
  EXPECT_NE(sample.out.find("policies/portal/guardrails.json:"), std::string::npos) << sample.out;
  EXPECT_NE(sample.out.find(": no test notices\n"), std::string::npos) << sample.out;
  EXPECT_EQ(run_tool({"portal", "mutate", "--every", "40", "--min-score", "0", file.path()}).code,
            0);
  const TemporaryFile bad(scenario("hopes too much", "ok"));
  const ToolRun failing = run_tool({"portal", "mutate", bad.path()});
  EXPECT_EQ(failing.code, 2);
  EXPECT_NE(failing.err.find("fails over the policies as they are"), std::string::npos)
      << failing.err;
  EXPECT_EQ(run_tool({"portal", "mutate"}).code, 2);
  EXPECT_EQ(run_tool({"portal", "mutate", "--every", "0", file.path()}).code, 2);
}

// R-MAT-1: 51 marks of 112 cells.
TEST(PortalCommandTest, PrintsTheMatrix) {
  const ToolRun run = run_tool({"portal", "matrix"});
  EXPECT_EQ(run.code, 0);
  EXPECT_TRUE(run.out.ends_with("51 of 112 cells allowed\n")) << run.out;
  const ToolRun json = run_tool({"portal", "matrix", "--json"});
  EXPECT_NE(json.out.find(R"("reassignAllianceLead":["allianceLead"])"), std::string::npos)
      << json.out;
}

// R-MENU-2: roles, paths and stages all count.
TEST(PortalCommandTest, PrintsTheMenu) {
  const auto opens = [](std::vector<std::string> options, std::string_view item) {
    options.insert(options.begin(), {"portal", "menu", "--json"});
    const ToolRun run = run_tool(options);
    EXPECT_EQ(run.code, 0) << run.err;
    return run.out.find("\"" + std::string(item) + "\"") != std::string::npos;
  };
  EXPECT_TRUE(
      opens({"--role", "channelUser", "--stage", "enrolled", "--path", "services"}, "channel"));
  EXPECT_FALSE(opens({"--role", "channelUser", "--stage", "enrolled"}, "channel"));
  EXPECT_FALSE(opens({"--role", "channelUser", "--path", "services"}, "channel"));
  EXPECT_FALSE(opens({"--stage", "enrolled", "--path", "services"}, "channel"));
  EXPECT_TRUE(opens({}, "my-profile-logout"));
  const ToolRun text = run_tool({"portal", "menu"});
  EXPECT_NE(text.out.find(" items open\n"), std::string::npos);
  EXPECT_EQ(run_tool({"portal", "menu", "--role", "emperor"}).code, 2);
}

TEST(PortalCommandTest, TheMenuKnowsRolesStagesAndPaths) {
  const auto problem = [](const std::vector<std::string>& options) {
    std::vector<std::string> arguments = {"portal", "menu"};
    arguments.insert(arguments.end(), options.begin(), options.end());
    const ToolRun run = run_tool(arguments);
    EXPECT_EQ(run.code, 2);
    return run.err.substr(0, run.err.find('\n'));
  };
  EXPECT_EQ(problem({"--stage", "validate"}),
            "writ portal: there is no stage `validate`; it is one of registered, enrolled, "
            "confirmed, validated");
  EXPECT_EQ(problem({"--path", "softwear"}),
            "writ portal: there is no path `softwear`; it is one of software, services, hardware, "
            "training, distribution");
  EXPECT_NE(problem({"--role", "emperor"}).find("it is one of allianceLead, "), std::string::npos);
}

TEST(PortalCommandTest, OptionsOfOtherWordsAreRefused) {
  const ToolRun matrix = run_tool({"portal", "matrix", "--role", "cloudAdmin"});
  EXPECT_EQ(matrix.code, 2);
  EXPECT_NE(matrix.err.find("`matrix` takes no `--role`; it is an option of menu\n"),
            std::string::npos)
      << matrix.err;
  EXPECT_EQ(run_tool({"portal", "menu", "--lcov", "x"}).code, 2);
  EXPECT_EQ(run_tool({"portal", "commands", "--policies", "policies"}).code, 2);
  const ToolRun mutate = run_tool({"portal", "mutate", "--coverage", "x.json"});
  EXPECT_NE(mutate.err.find("it is an option of run\n"), std::string::npos) << mutate.err;
  const ToolRun pair = run_tool({"portal", "commands", "--markdown", "--json"});
  EXPECT_EQ(pair.code, 2);
  EXPECT_NE(pair.err.find("choose one of `--markdown` and `--json`"), std::string::npos);
}

TEST(PortalCommandTest, ARunWithoutAScenarioIsNoSuccess) {
  const TemporaryFile none("[]");
  for (const char* word : {"run", "mutate"}) {
    const ToolRun run = run_tool({"portal", word, none.path()});
    EXPECT_EQ(run.code, 2) << word;
    EXPECT_NE(run.err.find("there is no scenario"), std::string::npos) << run.err;
  }
  const TemporaryFile broken("{");
  EXPECT_TRUE(
      run_tool({"portal", "run", broken.path()}).out.ends_with("0 passed, 0 failed, 1 error\n"));
}

TEST(PortalCommandTest, ListsCommands) {
  EXPECT_NE(run_tool({"portal", "commands"}).out.find("MapIamRole"), std::string::npos);
  EXPECT_NE(run_tool({"portal", "commands", "--markdown"}).out.find("\n### MapIamRole\n"),
            std::string::npos);
  EXPECT_NE(run_tool({"portal", "commands", "--json"}).out.find(R"("action":"portal:MapIamRole")"),
            std::string::npos);
}

TEST(PortalCommandTest, BadUsageIsTold) {
  EXPECT_EQ(run_tool({"portal", "dance"}).code, 2);
  EXPECT_EQ(run_tool({"portal"}).code, 2);
  EXPECT_EQ(run_tool({"portal", "matrix", "more"}).code, 2);
  const ToolRun run = run_tool({"portal", "matrix", "--policies", "/nowhere"});
  EXPECT_EQ(run.code, 2);
  EXPECT_NE(run.err.find("/nowhere"), std::string::npos) << run.err;
}

// Other policy files, other decisions.
TEST(PortalCommandTest, PoliciesComeFromADirectory) {
  const std::string directory = std::string(WRIT_SOURCE_DIR) + "/policies";
  const ToolRun own = run_tool({"portal", "matrix", "--json"});
  const ToolRun theirs = run_tool({"portal", "matrix", "--json", "--policies", directory});
  EXPECT_EQ(own.out, theirs.out);
}

}  // namespace
}  // namespace writ::testing
