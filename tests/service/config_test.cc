// The configuration's members, and where its mistakes are said to be.
#include "config.h"

#include <gmock/gmock.h>

namespace authz {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

std::string problem(std::string_view text) {
  const auto config = parse_config("etc/authz.json", text);
  return config ? "no error" : config.error().to_string();
}

/// A whole configuration; `limits` stands where its last members do.
std::string with(std::string_view more, std::string_view principal = "{header:X-User}") {
  return R"({"listen": "127.0.0.1:0", "policies": "policies",
 "mapping": {"principal": ")" +
         std::string(principal) + R"(",
  "routes": [{"prefix": "/a/", "actions": {"GET": "s3:GetObject"}, "resource": "*"}]})" +
         std::string(more) + "}";
}

TEST(ConfigTest, ReadsAllMembers) {
  const auto config = parse_config("etc/authz.json", with(R"(,
 "log": {"file": "/var/log/authz", "required": true}, "rescanSeconds": 9,
 "limits": {"threads": 3, "connections": 7, "requestBytes": 2048, "idleSeconds": 4},
 "stop": {"drainSeconds": 1, "closeSeconds": 2})"));
  ASSERT_TRUE(config) << config.error().to_string();
  EXPECT_EQ(config->policies, "etc/policies");
  EXPECT_EQ(config->log, "/var/log/authz");
  EXPECT_TRUE(config->log_required);
  EXPECT_EQ(config->threads, 3U);
  EXPECT_EQ(config->connections, 7U);
  EXPECT_EQ(config->request_bytes, 2048U);
  EXPECT_EQ(config->idle_seconds, 4U);
  EXPECT_EQ(config->drain_seconds, 1U);
  EXPECT_EQ(config->stop_seconds, 2U);
  EXPECT_EQ(config->rescan_seconds, 9U);
  ASSERT_EQ(config->mapping.routes.size(), 1U);
}

TEST(ConfigTest, TakesPathsFromItsOwnFolder) {
  const auto listen = [](std::string_view file, std::string_view where) {
    std::string text = with("");
    text.replace(text.find("127.0.0.1:0"), 11, where);
    return parse_config(file, text).value().listen;
  };
  EXPECT_EQ(listen("etc/authz.json", "unix:run/a.sock"), "unix:etc/run/a.sock");
  EXPECT_EQ(listen("etc/authz.json", "unix:/run/a.sock"), "unix:/run/a.sock");
  EXPECT_EQ(listen("authz.json", "unix:a.sock"), "unix:a.sock");
  EXPECT_EQ(listen("etc/authz.json", "[::1]:80"), "[::1]:80");
}

TEST(ConfigTest, SaysWhereAMistakeIs) {
  EXPECT_THAT(problem("{"), StartsWith("etc/authz.json:1:2: JSON_SYNTAX_ERROR"));
  EXPECT_THAT(problem("[]"), StartsWith("etc/authz.json:1:1: INVALID_INPUT"));
  EXPECT_THAT(problem("{}"), HasSubstr("`listen` is missing"));
  EXPECT_THAT(
      problem(with(",\n \"limit\": {}")),
      testing::AllOf(StartsWith("etc/authz.json:4:11:"), HasSubstr("unknown member `limit`")));
  EXPECT_THAT(problem(with(", \"listen\": \"\"")), HasSubstr("twice"));
  EXPECT_THAT(problem(with(",\n \"limits\": {\"threads\": 0}")),
              StartsWith("etc/authz.json:4:24:"));
  EXPECT_THAT(problem(with(",\n \"limits\": {\"threads\": 1.5}")), HasSubstr("whole number"));
  EXPECT_THAT(problem(with(", \"log\": {\"file\": 3}")), HasSubstr("`file` is a string"));
  EXPECT_THAT(problem(with(", \"log\": []")), HasSubstr("`log` is an object"));
  EXPECT_THAT(problem(with("", "{header}")), testing::AllOf(StartsWith("etc/authz.json:2:27:"),
                                                            HasSubstr("unknown place `{header}`")));
  EXPECT_THAT(problem(with("", "a}b")), HasSubstr("brace"));
  EXPECT_THAT(problem(with("", "{header:a")), HasSubstr("brace"));
}

std::string with_route(std::string_view route, std::string_view context = "{}") {
  return R"({"listen": "a:1", "policies": "p", "mapping": {"principal": "x", "routes": [)" +
         std::string(route) + R"(], "context": )" + std::string(context) + "}}";
}

TEST(ConfigTest, ChecksRoutesAndKeys) {
  constexpr std::string_view kGood =
      R"({"prefix": "/", "actions": {"GET": "a:B"}, "resource": "*"})";
  EXPECT_EQ(problem(with_route(kGood, R"({"app:x": {"list": "{header:X}"}})")), "no error");
  EXPECT_THAT(problem(with_route("")), HasSubstr("not empty"));
  EXPECT_THAT(problem(with_route(R"({"prefix": "/a", "actions": {}, "resource": "*"})")),
              HasSubstr("a prefix begins and ends"));
  EXPECT_THAT(problem(with_route(R"({"prefix": "/", "actions": {"GET": "B"}, "resource": "*"})")),
              HasSubstr("an action is"));
  EXPECT_THAT(problem(with_route(
                  R"({"prefix": "/", "actions": {}, "resource": "*", "resourceAccount": "1"})")),
              HasSubstr("twelve digits"));
  EXPECT_THAT(problem(with_route("1")), HasSubstr("an object is needed"));
  EXPECT_THAT(problem(with_route(kGood, R"({"AWS:username": "x"})")),
              HasSubstr("the service sets this key itself"));
  EXPECT_THAT(problem(with_route(kGood, R"({"app:x": 1})")), HasSubstr("is a string"));
}

}  // namespace
}  // namespace authz
