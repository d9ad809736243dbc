// DecisionLog: the lines of docs/decision-log.md, its bounds, and that nothing is dropped in
// silence.
#include "writ/decision_log.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <string>
#include <vector>

#include "writ/impl/json_tree.h"
#include "writ/policy_stack.h"
#include "writ/standard_keys.h"

namespace writ {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr std::string_view kPolicy = R"({"Version": "2012-10-17", "Statement": [
  {"Sid": "Read", "Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"},
  {"Effect": "Deny", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::secret/*"}]})";

std::int64_t noon() noexcept { return 1767225600000000 + 42; }

/// Takes lines; refuses them while told to, and stops until let go.
struct Lines {
  std::string text;
  std::atomic<bool> refuse = false;
  std::atomic<bool> hold = false;
  std::atomic<bool> held = false;

  static bool take(void* self, std::string_view lines) noexcept {
    auto& mine = *static_cast<Lines*>(self);
    while (mine.hold) mine.held = true;
    if (mine.refuse) return false;
    mine.text += lines;
    return true;
  }
  [[nodiscard]] std::vector<std::string> each() const {
    std::vector<std::string> lines;
    for (std::size_t at = 0; at < text.size();) {
      const std::size_t end = text.find('\n', at);
      lines.push_back(text.substr(at, end - at));
      at = end == std::string::npos ? text.size() : end + 1;
    }
    return lines;
  }
};

class DecisionLogTest : public ::testing::Test {
 protected:
  DecisionLogTest() {
    EXPECT_TRUE(policies_.add(PolicyType::IdentityBased, "ReadReports", kPolicy));
    options_.clock = noon;
  }
  [[nodiscard]] Request request(std::string_view resource = "arn:aws:s3:::reports/may.csv") {
    RequestBuilder builder(*Caller::from_arn("arn:aws:iam::111122223333:user/Alice"),
                           "s3:GetObject", resource);
    return builder.set("aws:username", "Alice").build().value();
  }
  bool record(DecisionLog& log, const Request& asked, std::string_view version = {}) {
    return log.record(asked, policies_.applied(), policies_.evaluate(asked), version);
  }
  std::vector<std::string> lines_of(const Request& asked, std::string_view version = {}) {
    DecisionLog log(Lines::take, &lines_, options_);
    EXPECT_TRUE(record(log, asked, version));
    log.close();
    return lines_.each();
  }

  PolicyStack policies_;
  DecisionLogOptions options_;
  Lines lines_;
};

TEST_F(DecisionLogTest, AnAllowedDecisionIsOneLine) {
  EXPECT_THAT(
      lines_of(request(), "policies-41"),
      ::testing::ElementsAre(
          R"({"log":"decision","time":"2026-01-01T00:00:00.000042Z","program":"policies-41",)"
          R"("principalType":"user","principal":"arn:aws:iam::111122223333:user/Alice",)"
          R"("action":"s3:GetObject","resource":"arn:aws:s3:::reports/may.csv",)"
          R"("resourceAccount":"111122223333","context":{"aws:username":"Alice"},)"
          R"("decision":"allowed","reason":"AllowedByIdentity","rule":"E-63",)"
          R"("statement":{"kind":"identity","level":0,"policy":"ReadReports","document":0,)"
          R"("statement":0,"sid":"Read","line":2,"column":3}})"));
}

TEST_F(DecisionLogTest, AnExplicitDenyNamesItsStatement) {
  EXPECT_THAT(lines_of(request("arn:aws:s3:::secret/x")).at(0),
              HasSubstr(R"("decision":"explicitDeny","reason":"ExplicitDeny","rule":"E-2",)"
                        R"("statement":{"kind":"identity","level":0,"policy":"ReadReports",)"
                        R"("document":0,"statement":1,"line":3,"column":3}})"));
}

TEST_F(DecisionLogTest, AnImplicitDenyHasNoStatement) {
  RequestBuilder builder(Caller::anonymous(), "s3:PutObject", "arn:aws:s3:::b/k");
  const std::string line = lines_of(builder.resource_account("111122223333").build().value()).at(0);
  EXPECT_THAT(line, HasSubstr(R"("principalType":"anonymous","principal":"*",)"));
  EXPECT_THAT(line, HasSubstr(R"("statement":null})"));
}

TEST_F(DecisionLogTest, TheSecondSetOfALayerIsCountedOn) {
  ASSERT_TRUE(policies_.add(PolicyType::IdentityBased, "More", R"({"Statement": [
    {"Sid": "Put", "Effect": "Allow", "Action": "s3:PutObject", "Resource": "*"}]})"));
  RequestBuilder builder(*Caller::from_arn("arn:aws:iam::111122223333:user/Alice"), "s3:PutObject",
                         "arn:aws:s3:::b/k");
  EXPECT_THAT(lines_of(builder.build().value()).at(0),
              HasSubstr(R"("policy":"More","document":1,"statement":0,"sid":"Put",)"));
}

TEST_F(DecisionLogTest, AServiceControlPolicyIsFoundByItsLevel) {
  ASSERT_TRUE(policies_.add(PolicyType::ServiceControl, "Root", R"({"Statement": [
    {"Effect": "Allow", "Action": "*", "Resource": "*"}]})",
                            0));
  ASSERT_TRUE(policies_.add(PolicyType::ServiceControl, "Unit", R"({"Statement": [
    {"Sid": "No", "Effect": "Deny", "Action": "s3:*", "Resource": "*"}]})",
                            1));
  EXPECT_THAT(lines_of(request()).at(0),
              HasSubstr(R"({"kind":"scp","level":1,"policy":"Unit","document":0,)"));
}

TEST_F(DecisionLogTest, WhatTheCallerWasToldIsKept) {
  const Caller session = *Caller::from_arn("arn:aws:sts::111122223333:assumed-role/Ops/eve")
                              ->with_role_arn("arn:aws:iam::111122223333:role/team/Ops");
  const std::array<std::string_view, 2> tags = {"a", "b\"\\\n"};
  RequestBuilder builder(session, "kms:Decrypt", "arn:aws:kms:eu-west-1:111122223333:key/k");
  builder.set_list("aws:TagKeys", tags);
  EXPECT_THAT(lines_of(builder.build().value()).at(0),
              HasSubstr(R"("principalType":"roleSession",)"
                        R"("principal":"arn:aws:sts::111122223333:assumed-role/Ops/eve",)"
                        R"("roleArn":"arn:aws:iam::111122223333:role/team/Ops",)"
                        R"("action":"kms:Decrypt",)"
                        R"("resource":"arn:aws:kms:eu-west-1:111122223333:key/k",)"
                        R"("resourceAccount":"111122223333","resourcePolicyRequired":true,)"
                        R"("context":{"aws:TagKeys":["a","b\"\\\n"]},)"));
}

TEST_F(DecisionLogTest, LinesAreJsonWhateverTheTextsAre) {
  std::string value;
  for (int byte = 1; byte < 256; ++byte) value += static_cast<char>(byte);
  for (const std::string_view tail : {"", "\xc3", "\xe2\x82", "\xe2\x82\xac", "\xf0\x9f\x98"}) {
    RequestBuilder builder(Caller::anonymous(), "s3:GetObject", "arn:aws:s3:::b/k");
    const std::string text = value + std::string(tail);
    lines_.text.clear();
    const std::string line = lines_of(builder.set("k:k", text).build().value()).at(0);
    EXPECT_TRUE(detail::JsonTree::parse(line)) << line;
  }
}

TEST_F(DecisionLogTest, NamesOrNothingInsteadOfValues) {
  options_.context = LoggedContext::Names;
  EXPECT_THAT(lines_of(request()).at(0), HasSubstr(R"("context":["aws:username"],"decision")"));
  options_.context = LoggedContext::None;
  lines_.text.clear();
  EXPECT_THAT(lines_of(request()).at(0), Not(HasSubstr("context")));
}

TEST_F(DecisionLogTest, KeysThatDoNotFitAreCountedInTheLine) {
  options_.record_bytes = 512;
  const std::string large(400, 'x');
  RequestBuilder builder(*Caller::from_arn("arn:aws:iam::111122223333:user/Alice"), "s3:GetObject",
                         "arn:aws:s3:::reports/may.csv");
  builder.set("k:large", large).set("k:larger", large + large).set("k:small", "y");
  EXPECT_THAT(lines_of(builder.build().value()).at(0),
              HasSubstr(R"("context":{"k:small":"y"},"contextLeftOut":2,)"));
}

TEST_F(DecisionLogTest, ManyKeysThatDoNotFitAreAllCounted) {
  options_.record_bytes = 512;
  constexpr int kKeys = 65537;
  std::vector<std::string> names;
  for (int i = 0; i < kKeys; ++i) names.push_back("k:" + std::to_string(i));
  const std::string large(400, 'x');
  RequestBuilder builder(*Caller::from_arn("arn:aws:iam::111122223333:user/Alice"), "s3:GetObject",
                         "arn:aws:s3:::reports/may.csv");
  for (const std::string& name : names) builder.set(name, large);
  EXPECT_THAT(lines_of(builder.build().value()).at(0), HasSubstr(R"("contextLeftOut":65537,)"));
}

TEST_F(DecisionLogTest, ARecordThatIsTooLongIsDroppedAndTold) {
  options_.record_bytes = 512;
  const std::string resource = "arn:aws:s3:::b/" + std::string(600, 'k');
  DecisionLog log(Lines::take, &lines_, options_);
  EXPECT_FALSE(record(log, request(resource)));
  EXPECT_TRUE(record(log, request()));
  log.close();
  EXPECT_EQ(log.counts().dropped_overlong, 1);
  EXPECT_THAT(
      lines_.text,
      HasSubstr(
          R"({"log":"gap","time":"2026-01-01T00:00:00.000042Z","full":0,"overlong":1,"refused":0})"));
}

TEST_F(DecisionLogTest, AFullRingDropsAndTellsHowMany) {
  options_.records = 8;
  lines_.hold = true;
  DecisionLog log(Lines::take, &lines_, options_);
  ASSERT_TRUE(record(log, request()));
  while (!lines_.held) {
  }
  int taken = 0;
  for (int i = 0; i < 20; ++i) taken += record(log, request()) ? 1 : 0;
  lines_.hold = false;
  log.close();
  EXPECT_EQ(taken, 8);
  EXPECT_EQ(log.counts().dropped_full, 12);
  EXPECT_EQ(log.counts().recorded, 9);
  EXPECT_EQ(log.counts().lines_written, 9);
  EXPECT_THAT(lines_.text, HasSubstr(R"("full":12,"overlong":0,"refused":0})"));
}

TEST_F(DecisionLogTest, TheRingGoesRoundManyTimes) {
  options_.records = 2;
  DecisionLog log(Lines::take, &lines_, options_);
  for (int i = 0; i < 1000; ++i) {
    ASSERT_TRUE(record(log, request(), std::to_string(i)));
    if (i % 2 == 1) log.flush();
  }
  log.close();
  const std::vector<std::string> lines = lines_.each();
  ASSERT_EQ(lines.size(), 1000);
  for (std::size_t i = 0; i < lines.size(); ++i) {
    ASSERT_THAT(lines[i], HasSubstr("\"program\":\"" + std::to_string(i) + "\""));
  }
}

TEST_F(DecisionLogTest, FlushHandsOverWhatWasRecorded) {
  DecisionLog log(Lines::take, &lines_, options_);
  log.flush();
  for (int i = 1; i < 100; ++i) {
    ASSERT_TRUE(record(log, request()));
    log.flush();
    EXPECT_EQ(log.counts().lines_written, i);
  }
}

TEST_F(DecisionLogTest, ASampleSaysWhatItStandsFor) {
  options_.allowed_one_in = 10;
  options_.denied_one_in = 0;
  DecisionLog log(Lines::take, &lines_, options_);
  for (int i = 0; i < 100; ++i) {
    EXPECT_TRUE(record(log, request()));
    EXPECT_TRUE(record(log, request("arn:aws:s3:::secret/x")));
  }
  log.close();
  EXPECT_EQ(lines_.each().size(), 10);
  EXPECT_THAT(lines_.text, Not(HasSubstr("Deny")));
  EXPECT_THAT(lines_.each().at(0), HasSubstr(R"("oneIn":10})"));
}

TEST_F(DecisionLogTest, ASinkThatRefusesLosesLinesAndIsAskedAgain) {
  DecisionLog log(Lines::take, &lines_, options_);
  lines_.refuse = true;
  ASSERT_TRUE(record(log, request()));
  log.flush();
  lines_.refuse = false;
  ASSERT_TRUE(record(log, request()));
  log.close();
  EXPECT_EQ(log.counts().lines_lost, 1);
  EXPECT_EQ(log.counts().lines_written, 1);
  EXPECT_THAT(lines_.each().at(0), HasSubstr(R"("full":0,"overlong":0,"refused":1})"));
}

// What was dropped while the sink took nothing is told once it does.
TEST_F(DecisionLogTest, AGapThatTheSinkRefusesIsToldLater) {
  options_.record_bytes = 512;
  DecisionLog log(Lines::take, &lines_, options_);
  lines_.refuse = true;
  EXPECT_FALSE(record(log, request("arn:aws:s3:::b/" + std::string(600, 'k'))));
  ASSERT_TRUE(record(log, request()));
  log.flush();
  lines_.refuse = false;
  log.close();
  ASSERT_EQ(lines_.each().size(), 1);
  EXPECT_THAT(lines_.text, HasSubstr(R"("full":0,"overlong":1,"refused":1})"));
}

TEST_F(DecisionLogTest, AfterCloseRecordsAreDroppedAndCounted) {
  DecisionLog log(Lines::take, &lines_, options_);
  ASSERT_TRUE(record(log, request()));
  log.close();
  log.close();
  EXPECT_FALSE(record(log, request()));
  log.flush();
  EXPECT_EQ(log.counts().dropped_closed, 1);
  EXPECT_EQ(log.counts().lines_written, 1);
}

TEST_F(DecisionLogTest, ADescriptorTakesEverythingThoughAPipeIsSlow) {
  std::array<int, 2> ends = {};
  ASSERT_EQ(::pipe(ends.data()), 0);
  ASSERT_EQ(::fcntl(ends[1], F_SETFL, O_NONBLOCK), 0);
  constexpr int kLines = 2000;
  std::string text;
  {
    DecisionLog log(ends[1], options_);
    for (int i = 0; i < kLines; ++i) ASSERT_TRUE(record(log, request()));
    std::array<char, 4096> part = {};
    while (std::count(text.begin(), text.end(), '\n') < kLines) {
      const ssize_t got = ::read(ends[0], part.data(), part.size());
      ASSERT_GT(got, 0);
      text.append(part.data(), static_cast<std::size_t>(got));
    }
    log.close();
    EXPECT_EQ(log.counts().lines_written, kLines);
  }
  ::close(ends[0]);
  ::close(ends[1]);
  EXPECT_EQ(text.back(), '\n');
}

TEST_F(DecisionLogTest, ADescriptorThatIsClosedLosesLines) {
  std::array<int, 2> ends = {};
  ASSERT_EQ(::pipe(ends.data()), 0);
  ::close(ends[0]);
  ::close(ends[1]);
  DecisionLog log(ends[1], options_);
  ASSERT_TRUE(record(log, request()));
  log.close();
  EXPECT_EQ(log.counts().lines_lost, 1);
}

// Writing raises SIGPIPE, which must not end the service.
TEST_F(DecisionLogTest, APipeWithoutAReaderLosesLines) {
  std::array<int, 2> ends = {};
  ASSERT_EQ(::pipe(ends.data()), 0);
  ::close(ends[0]);
  DecisionLog log(ends[1], options_);
  ASSERT_TRUE(record(log, request()));
  log.close();
  EXPECT_EQ(log.counts().lines_lost, 1);
  ::close(ends[1]);
}

}  // namespace
}  // namespace writ
