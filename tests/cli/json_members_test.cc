// Every member that a command prints with --json stands in docs/json-output.md.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <set>
#include <string>

#include "cli/json_check.h"
#include "cli/run_tool.h"
#include "support/temporary_folder.h"

namespace writ::testing {
namespace {

void collect(const rapidjson::Value& value, std::set<std::string>& names) {
  if (value.IsArray()) {
    for (const auto& one : value.GetArray()) collect(one, names);
  }
  if (!value.IsObject()) return;
  for (const auto& member : value.GetObject()) {
    names.insert(member.name.GetString());
    collect(member.value, names);
  }
}

TEST(JsonMembersTest, AllAreDocumented) {
  const test::TemporaryFolder folder;
  const std::string policy = folder.write(
      "p.json",
      R"({"Statement": [{"Sid": "A", "Effect": "Allow", "Action": "s3:*", "Resource": "*",
          "Condition": {"StringEquals": {"aws:username": "${aws:userid}"}}}]})");
  folder.write("plain.json",
               R"({"Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}})");
  const std::string suite = folder.write(
      "a.suite.json", R"({"policies": {"p": "plain.json"}, "tests": [{"name": "a", "principal":
          "arn:aws:iam::111122223333:user/A", "action": "s3:GetObject", "expect": "denied"}]})");
  const std::string good_suite = folder.write(
      "b.suite.json", R"({"policies": {"p": "plain.json"}, "tests": [{"name": "a", "principal":
          "arn:aws:iam::111122223333:user/A", "action": "s3:GetObject", "expect": "allowed"}]})");
  const std::string cases =
      folder.write("c.jsonl", R"({"id": "a", "action": "s3:GetObject", "expect": "allowed"}
{"id": "b", "action": "s3:GetObject", "identity": [{}], "expect": "allowed"})");
  const std::string scenario = folder.write(
      "scenario.json", R"({"name": "x", "start": {}, "steps": [{"as": "a", "do": "ListUsers"}]})");
  folder.write("account/account.json", R"({"UserDetailList": [{"Path": "/", "UserName": "A",
      "UserId": "AIDA", "Arn": "arn:aws:iam::111122223333:user/A", "UserPolicyList":
      [{"PolicyName": "P", "PolicyDocument": {"Statement": {"Effect": "Allow", "Action": "s3:*",
      "Resource": "*"}}}]}], "GroupDetailList": [], "RoleDetailList": [], "Policies": []})");
  const std::string account = folder.path("account");
  const std::string image = folder.path("image");
  const std::vector<std::string> asked = {"--principal", "arn:aws:iam::111122223333:user/A",
                                          "--action",    "s3:GetObject",
                                          "--identity",  policy};
  const auto with = [&](const char* command) {
    std::vector<std::string> arguments = {command, "--json"};
    arguments.insert(arguments.end(), asked.begin(), asked.end());
    return arguments;
  };
  std::vector<std::string> allowed = with("eval");
  allowed.insert(allowed.end(), {"--context", "aws:username=a", "--context", "aws:userid=a"});
  const std::vector<std::vector<std::string>> calls = {
      allowed,
      with("explain"),
      {"check", "--json", "--coverage", suite, cases},
      {"mutate", "--json", good_suite},
      {"who-can", "--json", "--account", account, "s3:GetObject", "arn:aws:s3:::b/k"},
      {"what-can", "--json", "--account", account, "--action", "s3:GetObject"},
      {"can-assume", "--json", "--account", account},
      {"lint", "--json", policy},
      {"fmt", "--json", policy},
      {"dump", "--json", policy},
      {"graph", "--json", "--dot", policy},
      {"compile", "--json", policy, "-o", image},
      {"image", "--json", image},
      {"portal", "run", "--json", "--coverage", scenario},
      {"portal", "commands", "--json"},
      {"report", "--json", account, "--html", folder.path("page.html")},
      {"completion", "--json", "bash"},
      {"man", "--json"},
      {"help", "--json"},
      {"--version", "--json"},
      {"lint", "--json", "--bad"},
  };
  std::set<std::string> names;
  for (const std::vector<std::string>& call : calls) {
    const ToolRun run = run_tool(call);
    if (!run.out.empty()) {
      ASSERT_TRUE(is_json(run.out)) << call.front() << run.out;
      collect(parsed_json(run.out), names);
    } else {
      ASSERT_TRUE(is_json(run.err)) << call.front() << run.err;
      collect(parsed_json(run.err), names);
    }
  }
  EXPECT_GT(names.size(), 80U);
  std::ifstream page(std::string(WRIT_SOURCE_DIR) + "/docs/json-output.md");
  const std::string text((std::istreambuf_iterator<char>(page)), {});
  for (const std::string& name : names) {
    EXPECT_NE(text.find("`" + name + "`"), std::string::npos) << name;
  }
}

}  // namespace
}  // namespace writ::testing
