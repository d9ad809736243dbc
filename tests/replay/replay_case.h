// What the tests of `writ replay` share: events, policies, and a run over two folders.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "cli/run_tool.h"
#include "support/temporary_folder.h"

namespace writ::test {

using testing::run_tool;
using testing::ToolRun;

inline constexpr std::string_view kAll =
    R"({"Statement":{"Sid":"All","Effect":"Allow","Action":"*","Resource":"*"}})";

[[nodiscard]] inline std::string event(std::string_view name, std::string_view more = "",
                                       std::string_view key = "k") {
  return R"({"userIdentity":{"type":"IAMUser","arn":"arn:aws:iam::123456789012:user/Alice"},)"
         R"("eventTime":"2026-01-02T03:04:05Z","eventSource":"s3.amazonaws.com","eventName":")" +
         std::string(name) +
         R"(","sourceIPAddress":"192.0.2.1","requestParameters":{"bucketName":)" +
         R"("b","key":")" + std::string(key) + R"("})" + std::string(more) + "}\n";
}

[[nodiscard]] inline std::string call(std::string_view service, std::string_view name,
                                      std::string_view parameters, std::string_view more = "") {
  return R"({"userIdentity":{"type":"IAMUser","arn":"arn:aws:iam::123456789012:user/Alice"},)"
         R"("eventTime":"2026-01-02T03:04:05Z","awsRegion":"eu-west-1","eventSource":")" +
         std::string(service) + R"(.amazonaws.com","eventName":")" + std::string(name) +
         R"(","recipientAccountId":"123456789012","requestParameters":)" + std::string(parameters) +
         std::string(more) + "}\n";
}

[[nodiscard]] inline std::string statement(std::string_view effect, std::string_view action,
                                           std::string_view resource,
                                           std::string_view condition = "",
                                           std::string_view sid = "S") {
  return R"({"Sid":")" + std::string(sid) + R"(","Effect":")" + std::string(effect) +
         R"(","Action":")" + std::string(action) + R"(","Resource":")" + std::string(resource) +
         "\"" + (condition.empty() ? "" : R"(,"Condition":)" + std::string(condition)) + "}";
}
[[nodiscard]] inline std::string policy(const std::vector<std::string>& statements) {
  std::string text = R"({"Version":"2012-10-17","Statement":[)";
  for (const std::string& one : statements) text += (text.back() == '[' ? "" : ",\n") + one;
  return text + "]}";
}

class ReplayTest : public ::testing::Test {
 protected:
  ToolRun replay(std::string_view before, std::string_view after, std::string_view events,
                 const std::vector<std::string>& more = {}) {
    folder_.write("old/p.json", before);
    folder_.write("new/p.json", after);
    std::vector<std::string> arguments = {"replay",
                                          "--old",
                                          folder_.path("old"),
                                          "--new",
                                          folder_.path("new"),
                                          folder_.write("events", events)};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return run_tool(arguments);
  }

  TemporaryFolder folder_;
};

}  // namespace writ::test
