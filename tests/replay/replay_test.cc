// writ replay: what it says of a change, how certain it is, and within which bounds.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cstdlib>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "cli/replay_decider.h"
#include "cli/run_tool.h"
#include "replay/replay_case.h"
#include "support/temporary_folder.h"
#include "writ/decision_log.h"
#include "writ/policy_stack.h"

#if defined(WRIT_TEST_ZLIB)
#include <zlib.h>
#endif

namespace writ {
namespace {

using test::event;
using test::kAll;
using test::policy;
using test::ReplayTest;
using test::statement;
using test::TemporaryFolder;
using ::testing::HasSubstr;
using ::testing::Not;
using testing::run_tool;
using testing::ToolRun;

TEST_F(ReplayTest, NothingChangesUnderTheSamePolicies) {
  const ToolRun run = replay(kAll, kAll, event("GetObject"));
  EXPECT_EQ(run.code, 0) << run.out << run.err;
  EXPECT_THAT(run.out, HasSubstr("unchanged: 1 still allowed"));
}

TEST_F(ReplayTest, ANewDenialIsGroupedAndItsStatementNamed) {
  const std::string after = policy(
      {statement("Allow", "s3:*", "*"), statement("Deny", "s3:PutObject", "*", "", "NoPut")});
  const ToolRun run =
      replay(kAll, after, event("PutObject", "", "1") + event("PutObject") + event("GetObject"));
  EXPECT_EQ(run.code, 1);
  EXPECT_THAT(run.out, HasSubstr("would be denied: 2\n"));
  EXPECT_THAT(run.out, HasSubstr("         2  arn:aws:iam::123456789012:user/Alice  s3:PutObject"));
  EXPECT_THAT(run.out, HasSubstr("old: " + folder_.path("old/p.json") + ":1:14 statement 1 `All`"));
  EXPECT_THAT(run.out,
              HasSubstr("new: " + folder_.path("new/p.json") + ":2:1 statement 2 `NoPut`"));
  EXPECT_THAT(run.out, HasSubstr("first: arn:aws:s3:::b/1 at " + folder_.path("events") + ":1"));
  EXPECT_THAT(run.out, HasSubstr("1 still allowed"));
}

TEST_F(ReplayTest, ANewAllowanceIsToldAndItsStatementNamed) {
  const std::string before = policy({statement("Allow", "s3:PutObject", "*")});
  const ToolRun run = replay(before, kAll, event("GetObject", R"(,"errorCode":"AccessDenied")"));
  EXPECT_EQ(run.code, 1);
  EXPECT_THAT(run.out, HasSubstr("would be allowed: 1\n"));
  EXPECT_THAT(run.out, HasSubstr("old: no identity-based policy has an Allow that applies (E-66)"));
}

TEST_F(ReplayTest, AKeyThatTheLogDoesNotTellMakesTheOutcomeDepend) {
  const std::string after = policy(
      {statement("Allow", "s3:*", "*"),
       statement("Deny", "s3:*", "*", R"({"StringNotEquals":{"aws:PrincipalOrgID":"o-1"}})", "D")});
  const ToolRun run = replay(kAll, after, event("GetObject"));
  EXPECT_EQ(run.code, 1);
  EXPECT_THAT(run.out, HasSubstr("depends on: aws:PrincipalOrgID\n"));
  EXPECT_THAT(run.out, HasSubstr("0 would be denied, 0 would be allowed, 1 depend"));
}

TEST_F(ReplayTest, AnOpenTestThatTheChangeLeavesAloneDoesNotBlurIt) {
  const std::string open =
      statement("Deny", "s3:*", "*", R"({"StringNotEquals":{"aws:PrincipalOrgID":"o-1"}})", "D");
  const std::string before = policy({statement("Allow", "s3:*", "*"), open});
  EXPECT_THAT(
      replay(before, policy({statement("Allow", "s3:*", "*"), open}) + "\n", event("GetObject"))
          .out,
      HasSubstr("1 still allowed"));
  EXPECT_THAT(
      replay(before, policy({statement("Allow", "s3:G*", "*"), open}), event("PutObject")).out,
      HasSubstr("would be denied: 1"));
  // Nobody knows how a call ended that failed for another reason.
  EXPECT_THAT(replay(before, before, event("GetObject", R"(,"errorCode":"NoSuchKey")")).out,
              HasSubstr("1 the same either way"));
}

// G-13, G-14: without the version a variable is plain text, and the condition another one.
TEST_F(ReplayTest, AVersionThatChangesChangesConditionsWithVariables) {
  const std::string before = policy(
      {statement("Allow", "s3:GetObject", "*", R"({"StringLike":{"app:x":"${aws:username}/*"}})")});
  std::string after = before;
  const std::string version = R"("Version":"2012-10-17",)";
  after.erase(after.find(version), version.size());
  EXPECT_THAT(replay(before, after, event("GetObject")).out, HasSubstr("depends on: app:x\n"));
}

TEST_F(ReplayTest, AResourceThatTheLogDoesNotTellIsAKeyToo) {
  const std::string asked = R"({"userIdentity":{"arn":"arn:aws:iam::123456789012:user/Alice"},)"
                            R"("eventSource":"ec2.amazonaws.com","eventName":"RunInstances"})";
  const std::string after =
      policy({statement("Allow", "ec2:*", "arn:aws:ec2:*:123456789012:instance/*")});
  EXPECT_THAT(replay(kAll, after, asked).out, HasSubstr("depends on: RESOURCE\n"));
  EXPECT_THAT(replay(kAll, policy({statement("Allow", "ec2:*", "*")}), asked).out,
              HasSubstr("1 still allowed"));
}

TEST_F(ReplayTest, ValuesThatTheLogTellsAreDecidedUpon) {
  const std::string after =
      policy({statement("Allow", "s3:*", "*", R"({"IpAddress":{"aws:SourceIp":"192.0.2.0/24"}})")});
  EXPECT_THAT(replay(kAll, after, event("GetObject")).out, HasSubstr("1 still allowed"));
  const std::string elsewhere = policy(
      {statement("Allow", "s3:*", "*", R"({"IpAddress":{"aws:SourceIp":"198.51.100.0/24"}})")});
  EXPECT_THAT(replay(kAll, elsewhere, event("GetObject")).out, HasSubstr("would be denied: 1"));
}

// C-70: the guide's `192.0.0.2/24` is no address; an Allow that tests it does not apply.
TEST_F(ReplayTest, AnAddressThatIsNoneIsIndeterminate) {
  const std::string asked =
      R"({"userIdentity":{"arn":"arn:aws:iam::123456789012:user/Alice"},"sourceIPAddress":"192.0.0.2/24",)"
      R"("eventSource":"partnercentral-account-management.amazonaws.com",)"
      R"("eventName":"AssociatePartnerAccount"})";
  const std::string after = policy({statement("Allow", "partnercentral-account-management:*", "*",
                                              R"({"IpAddress":{"aws:SourceIp":"192.0.0.0/8"}})")});
  EXPECT_THAT(replay(kAll, after, asked).out, HasSubstr("would be denied: 1"));
}

TEST_F(ReplayTest, TheLogSaysWhereTheOldPoliciesAreNotAllThereWas) {
  const std::string before = policy({statement("Allow", "s3:PutObject", "*")});
  EXPECT_THAT(replay(before, before, event("GetObject")).out,
              HasSubstr("1 requests came out otherwise in the log than the old policies decide"));
}

TEST_F(ReplayTest, BoundariesAndServiceControlPoliciesOfAPlainFolderCap) {
  folder_.write("old/boundary/b.json", policy({statement("Allow", "s3:*", "*")}));
  folder_.write("new/boundary/b.json", policy({statement("Allow", "s3:Get*", "*")}));
  folder_.write("new/scp/0/root.json", policy({statement("Allow", "s3:*", "*")}));
  const ToolRun run = replay(kAll, kAll, event("GetObject") + event("PutObject"));
  EXPECT_THAT(run.out, HasSubstr("would be denied: 1"));
  EXPECT_THAT(run.out, HasSubstr("new: the permissions boundary has no Allow that applies (E-45)"));
  EXPECT_THAT(run.out, HasSubstr("1 still allowed"));
}

// E-21: each level has to allow. Folders are laid out as a PolicyDirectory's.
TEST_F(ReplayTest, LevelsOfAPlainFolderCapOneByOne) {
  folder_.write("new/scp/0/root.json", policy({statement("Allow", "s3:Get*", "*")}));
  folder_.write("new/scp/1/unit.json", policy({statement("Allow", "s3:Put*", "*")}));
  EXPECT_THAT(replay(kAll, kAll, event("GetObject") + event("PutObject")).out,
              HasSubstr("would be denied: 2"));
}

// E-45: a boundary that is there and empty allows nothing.
TEST_F(ReplayTest, ALayerOfAPlainFolderThatIsThereMayBeEmpty) {
  folder_.write("new/boundary/.keep", "");
  EXPECT_THAT(replay(kAll, kAll, event("GetObject")).out, HasSubstr("would be denied: 1"));
}

TEST_F(ReplayTest, HiddenFilesOfAPlainFolderAreNotRead) {
  folder_.write("new/..data/p.json", "no policy");
  folder_.write("new/.p.json", "no policy");
  folder_.write("new/identity/p.json~", "no policy");
  EXPECT_THAT(replay(kAll, kAll, event("GetObject")).out, HasSubstr("1 still allowed"));
}

TEST_F(ReplayTest, WhatHasNoPlaceInAPlainFolderIsRefused) {
  const auto error = [](const std::string& path) {
    TemporaryFolder folder;
    folder.write("p/a.json", kAll);
    folder.write("p/" + path, kAll);
    return run_tool({"replay", "--old", folder.path("p"), "--new", folder.path("p"), "-"}).err;
  };
  EXPECT_THAT(error("boundry/p.json"), HasSubstr("/p/boundry`: no policy belongs here; policies "));
  EXPECT_THAT(error("boundry/p.json"), HasSubstr("did you mean `boundary`?"));
  EXPECT_THAT(error("scp/p.json"), HasSubstr("/p/scp/p.json`: no policy belongs here"));
  EXPECT_THAT(error("scp/1/p.json"), HasSubstr("/p/scp/0`: this level is missing"));
  EXPECT_THAT(error("identity/team/p.json"), HasSubstr("folders of a layer do not nest"));
  EXPECT_THAT(error("identity/p.jsn"), HasSubstr("names of policies end in `.json`"));
}

TEST_F(ReplayTest, AnAccountGivesEachCallerItsOwnPolicies) {
  const auto account = [](std::string_view action) {
    return R"({"UserDetailList":[{"UserName":"Alice","Path":"/","UserId":"AIDAX",)"
           R"("Arn":"arn:aws:iam::123456789012:user/Alice","CreateDate":"2020-01-01T00:00:00Z",)"
           R"("GroupList":[],"AttachedManagedPolicies":[],"UserPolicyList":[)"
           "\n"
           R"({"PolicyName":"Own","PolicyDocument":)" +
           policy({statement("Allow", action, "*")}) +
           R"(}]}],"GroupDetailList":[],"RoleDetailList":[],"Policies":[],"IsTruncated":false})";
  };
  folder_.write("a/account.json", account("s3:*"));
  folder_.write("b/account.json", account("s3:Get*"));
  std::string bob = event("PutObject");
  bob.replace(bob.find("Alice"), 5, "Robert");
  const ToolRun run =
      run_tool({"replay", "--old", folder_.path("a"), "--new", folder_.path("b"),
                folder_.write("events", event("PutObject") + event("GetObject") + bob)});
  EXPECT_EQ(run.code, 1) << run.err;
  EXPECT_THAT(run.out, HasSubstr("would be denied: 1"));
  EXPECT_THAT(run.out,
              HasSubstr("old: " + folder_.path("a/account.json") + ":2:75 Own statement 1 `S`"));
  EXPECT_THAT(run.out, HasSubstr("not asked: 1 (neither folder has the user or role)"));
}

TEST_F(ReplayTest, EachMistakeOfAnAccountHasALine) {
  folder_.write("a/account.json", R"({"UserDetailList":1,"GroupDetailList":2})");
  const ToolRun run = run_tool({"replay", "--old", folder_.path("a"), "--new", folder_.path("a"),
                                folder_.write("events", event("GetObject"))});
  EXPECT_EQ(run.code, 2);
  EXPECT_THAT(run.err, HasSubstr("/UserDetailList"));
  EXPECT_THAT(run.err, HasSubstr("/GroupDetailList"));
  EXPECT_THAT(run.err, Not(HasSubstr("\\n")));
}

TEST_F(ReplayTest, ADecisionLogIsReplayed) {
  PolicyStack policies;
  ASSERT_TRUE(policies.add(PolicyType::IdentityBased, "P", kAll));
  std::string lines;
  {
    DecisionLog log(
        [](void* to, std::string_view text) noexcept {
          static_cast<std::string*>(to)->append(text);
          return true;
        },
        &lines, {.record_bytes = 512});
    for (const std::string_view team : {"a", "b"}) {
      RequestBuilder builder(*Caller::from_arn("arn:aws:iam::123456789012:user/Alice"),
                             "s3:GetObject", "arn:aws:s3:::b/k");
      const Request request = builder.set("app:team", team).build().value();
      log.record(request, policies.applied(), policies.evaluate(request));
    }
    const std::string large(600, 'x');
    RequestBuilder builder(*Caller::from_arn("arn:aws:iam::123456789012:user/Alice"),
                           "s3:GetObject", "arn:aws:s3:::b/k");
    const Request request = builder.set("app:other", large).build().value();
    log.record(request, policies.applied(), policies.evaluate(request));
  }
  lines += R"({"log":"gap","time":"2026-01-01T00:00:00.000000Z","full":3,"overlong":1,"refused":0})"
           "\n";
  const std::string after =
      policy({statement("Allow", "s3:*", "*", R"({"StringEquals":{"app:team":"a"}})")});
  const ToolRun run = replay(kAll, after, lines);
  EXPECT_EQ(run.code, 1) << run.err;
  // A key that the line does not have was not there, unless keys were left out of it.
  EXPECT_THAT(run.out,
              HasSubstr("3 events, 3 requests: 1 would be denied, 0 would be allowed, 1 depend"));
  EXPECT_THAT(run.out, HasSubstr("depends on: app:team"));
  EXPECT_THAT(run.out, HasSubstr("the log itself says that it lost 4 decisions"));
}

TEST_F(ReplayTest, MistakesAreToldWithTheirPlaceAndCounted) {
  const ToolRun run = replay(kAll, kAll,
                             event("GetObject") + "{\"a\": tru}\n" + "{\"cut\": {\n" +
                                 event("GetObject") + "{\"eventName\": \"x\"}\n");
  EXPECT_EQ(run.code, 2);
  const std::string file = folder_.path("events");
  EXPECT_THAT(run.err, HasSubstr(file + ":2:10: JSON_SYNTAX_ERROR"));
  EXPECT_THAT(run.err, HasSubstr(file + ":4:1: a bracket opens where none can be; 10 bytes"));
  EXPECT_THAT(run.err, HasSubstr(file + ":5:1: INVALID_INPUT"));
  EXPECT_THAT(run.out, HasSubstr("2 events, 2 requests"));
  EXPECT_THAT(run.out, HasSubstr("3 mistakes"));
}

TEST_F(ReplayTest, JsonHasTheSame) {
  const ToolRun run = replay(kAll, policy({statement("Deny", "s3:*", "*")}),
                             event("GetObject") + "nonsense\n", {"--json"});
  EXPECT_EQ(run.code, 2);
  EXPECT_TRUE(detail::JsonTree::parse(run.out)) << run.out;
  EXPECT_THAT(run.out, HasSubstr(R"("wouldBeDenied":1,"wouldBeAllowed":0,"depends":0)"));
  EXPECT_THAT(run.out, HasSubstr(R"("change":"wouldBeDenied","principal":"arn:aws:iam::)"));
  EXPECT_THAT(run.out, HasSubstr(R"("mistakes":1,"mistakeList":[{"file":")"));
}

TEST_F(ReplayTest, BadUsageAndBadPoliciesAreRefused) {
  EXPECT_EQ(run_tool({"replay", "x"}).code, 2);
  EXPECT_THAT(run_tool({"replay", "--old", "/nowhere", "--new", "/nowhere", "x"}).err,
              HasSubstr("`/nowhere` is no folder"));
  EXPECT_THAT(replay(kAll, R"({"Statement":[{}]})", "").err,
              HasSubstr(folder_.path("new/p.json") + ":1:15: MISSING_EFFECT"));
  EXPECT_THAT(replay(kAll, kAll, "", {"--limit", "x"}).err,
              HasSubstr("`--limit x`: write a number, 0 or more"));
  folder_.write("new/resource/b.json", "{}");
  EXPECT_THAT(replay(kAll, kAll, "").err, HasSubstr("whose policy it is cannot be told"));
}

TEST_F(ReplayTest, ALogWithoutAnEventIsNoSuccess) {
  const ToolRun run = replay(kAll, kAll, "[]");
  EXPECT_EQ(run.code, 2);
  EXPECT_THAT(run.err, HasSubstr("writ replay: there is no event to replay"));
}

TEST_F(ReplayTest, AnEventFileThatIsNotThereIsAMistake) {
  folder_.write("old/p.json", kAll);
  const ToolRun run = run_tool(
      {"replay", "--old", folder_.path("old"), "--new", folder_.path("old"), folder_.path("none")});
  EXPECT_EQ(run.code, 2);
  EXPECT_THAT(run.err, HasSubstr("cannot read `" + folder_.path("none") + "`"));
}

#if defined(WRIT_TEST_ZLIB)
std::string packed(std::string_view text) {
  z_stream stream = {};
  EXPECT_EQ(deflateInit2(&stream, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
  std::string input(text);
  std::string out(deflateBound(&stream, input.size()) + 64, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(input.data());
  stream.avail_in = static_cast<uInt>(input.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  EXPECT_EQ(deflate(&stream, Z_FINISH), Z_STREAM_END);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

TEST_F(ReplayTest, PackedFilesOfOneOrSeveralMembersAreRead) {
  const std::string one = packed(event("GetObject"));
  EXPECT_THAT(replay(kAll, kAll, one).out, HasSubstr("1 events"));
  EXPECT_THAT(replay(kAll, kAll, one + one + std::string(512, '\0')).out, HasSubstr("2 events"));
  const ToolRun run = replay(kAll, kAll, one + "tail");
  EXPECT_EQ(run.code, 2);
  EXPECT_THAT(run.err, HasSubstr("what follows the gzip data at byte " +
                                 std::to_string(one.size()) + " is no gzip data; 1 events"));
}

TEST_F(ReplayTest, ATruncatedPackTellsHowFarItGot) {
  std::string text;
  for (int i = 0; i < 3000; ++i) text += event("GetObject", "", std::to_string(i * 7919));
  const std::string whole = packed(text);
  const std::string cut = whole.substr(0, whole.size() / 2);
  const ToolRun run = replay(kAll, kAll, cut);
  EXPECT_EQ(run.code, 2);
  EXPECT_THAT(run.err, HasSubstr("the file ends in the middle of its gzip data, at byte " +
                                 std::to_string(cut.size()) + "; "));
  // The events before the cut are reported: more than a third, fewer than two thirds.
  const std::size_t at = run.out.find(" events");
  const std::size_t begin = run.out.rfind('\n', at);
  const int events = std::atoi(run.out.c_str() + (begin == std::string::npos ? 0 : begin + 1));
  EXPECT_GT(events, 1000);
  EXPECT_LT(events, 2000);
  EXPECT_THAT(run.err, HasSubstr("; " + std::to_string(events) + " events were read from it"));

  std::string damaged = whole;
  damaged[damaged.size() / 2] = static_cast<char>(damaged[damaged.size() / 2] ^ 0x55);
  const ToolRun bad = replay(kAll, kAll, damaged);
  EXPECT_EQ(bad.code, 2);
}
#endif

// Writes a long log into a pipe, so that it takes no room anywhere; every question is another one.
TEST_F(ReplayTest, ALongLogStaysWithin200Megabytes) {
  const char* wanted = std::getenv("WRIT_REPLAY_EVENTS");
  const long count = wanted != nullptr ? std::atol(wanted) : 60'000;
  const std::string after =
      policy({statement("Allow", "s3:*", "*"),
              statement("Deny", "s3:*", "arn:aws:s3:::b/1*",
                        R"({"NotIpAddress":{"aws:SourceIp":"192.0.2.0/24"}})", "D")});
  folder_.write("old/p.json", kAll);
  folder_.write("new/p.json", after);
  const std::string pipe = folder_.path("log");
  ASSERT_EQ(mkfifo(pipe.c_str(), 0600), 0);
  std::atomic<bool> done = false;
  std::thread writer([&] {
    int descriptor = -1;
    // Until the reader has opened it, or has given up.
    while (descriptor < 0 && !done) descriptor = ::open(pipe.c_str(), O_WRONLY | O_NONBLOCK);
    if (descriptor < 0) return;
    ::fcntl(descriptor, F_SETFL, 0);
    std::FILE* file = ::fdopen(descriptor, "wb");
    for (long i = 0; i < count; ++i) {
      const std::string line = event("GetObject", "", std::to_string(i));
      std::fwrite(line.data(), 1, line.size(), file);
    }
    std::fclose(file);
  });
  const ToolRun run = run_tool(
      {"replay", "--old", folder_.path("old"), "--new", folder_.path("new"), pipe, "--limit", "1"});
  done = true;
  writer.join();
  EXPECT_EQ(run.code, 0) << run.out.substr(0, 500) << run.err.substr(0, 500);
  EXPECT_THAT(run.out, HasSubstr(std::to_string(count) + " events"));
  rusage usage = {};
  getrusage(RUSAGE_SELF, &usage);
#if !defined(__SANITIZE_ADDRESS__) && !defined(WRIT_TEST_SANITIZED)
  EXPECT_LT(usage.ru_maxrss, 200'000);
#endif
}

// Whatever replay calls certain is so for every value of the keys that the log does not tell.
TEST(ReplayCertaintyTest, NothingIsCalledCertainThatAnyContextContradicts) {
  std::mt19937 random(20260102);
  const auto pick = [&random](std::initializer_list<std::string_view> words) {
    return std::string(*(words.begin() + random() % words.size()));
  };
  const auto condition = [&]() -> std::string {
    if (random() % 3 == 0) return "";
    const std::string key = pick({"k:a", "k:b"});
    switch (random() % 3) {
      case 0:
        return R"({"Null":{")" + key + R"(":")" + pick({"true", "false"}) + "\"}}";
      case 1:
        return R"({")" + pick({"StringEquals", "StringNotEquals", "StringEqualsIfExists"}) +
               R"(":{")" + key + R"(":")" + pick({"x", "y", "${k:b}"}) + "\"}}";
      default:
        return R"({"StringLike":{"k:a":"x"},"StringNotEquals":{"k:b":["x","y"]}})";
    }
  };
  const auto random_policy = [&] {
    std::vector<std::string> statements;
    for (std::size_t i = 0, n = 1 + random() % 3; i < n; ++i) {
      std::string one =
          statement(pick({"Allow", "Allow", "Deny"}), pick({"s3:GetObject", "s3:*"}),
                    pick({"*", "arn:aws:s3:::b/*", "arn:aws:s3:::${k:a}/*", "arn:aws:s3:::c/*"}),
                    condition(), "S" + std::to_string(i));
      if (random() % 4 == 0) one.replace(one.find("\"Resource\""), 10, "\"NotResource\"");
      statements.push_back(one);
    }
    return policy(statements);
  };
  std::array<int, cli::kChangeCount> seen = {};
  for (int round = 0; round < 150; ++round) {
    const TemporaryFolder folder;
    const std::string old_text = random_policy();
    folder.write("old/p.json", old_text);
    folder.write("new/p.json", round % 5 == 0   ? std::string(kAll)
                               : round % 5 == 1 ? old_text + "\n"
                                                : random_policy());
    cli::AtomTable table;
    auto before = cli::ReplayPolicies::load(folder.path("old"), table);
    auto after = cli::ReplayPolicies::load(folder.path("new"), table);
    ASSERT_TRUE(before) << before.error().text;
    ASSERT_TRUE(after) << after.error().text;
    cli::ReplayDecider decider(*before, *after, table);
    cli::ReplayedEvent asked;
    asked.caller = *Caller::from_arn("arn:aws:iam::123456789012:user/Alice");
    asked.requests.push_back({"s3:GetObject", "arn:aws:s3:::b/k", true, ""});
    const cli::ReplayAnswer answer = decider.decide(asked, asked.requests[0]);
    ++seen[static_cast<std::size_t>(answer.change)];
    // All contexts.
    unsigned pairs = 0;
    for (const std::string_view a : {"", "x", "y", "b"}) {
      for (const std::string_view b : {"", "x", "y", "b"}) {
        RequestBuilder builder(asked.caller, "s3:GetObject", "arn:aws:s3:::b/k");
        if (!a.empty()) builder.set("k:a", a);
        if (!b.empty()) builder.set("k:b", b);
        const Request request = builder.build().value();
        std::array<bool, 2> allowed = {};
        for (const bool is_new : {false, true}) {
          PolicyStack stack;
          const std::string text = folder.text(is_new ? "new/p.json" : "old/p.json");
          ASSERT_TRUE(stack.add(PolicyType::IdentityBased, "p", text));
          allowed[is_new ? 1 : 0] = stack.evaluate(request).is_allowed();
        }
        pairs |= 1U << ((allowed[0] ? 2U : 0U) + (allowed[1] ? 1U : 0U));
      }
    }
    unsigned claimed = 15;
    if (answer.change == cli::Change::StillDenied) claimed = 1;
    if (answer.change == cli::Change::WouldBeAllowed) claimed = 2;
    if (answer.change == cli::Change::WouldBeDenied) claimed = 4;
    if (answer.change == cli::Change::StillAllowed) claimed = 8;
    if (answer.change == cli::Change::SameEitherWay) claimed = 9;
    ASSERT_EQ(pairs & ~claimed, 0) << cli::to_string(answer.change) << " in round " << round << '\n'
                                   << folder.text("old/p.json") << '\n'
                                   << folder.text("new/p.json");
    ASSERT_TRUE(answer.change != cli::Change::Depends || !answer.keys.empty());
  }
  for (const int count : seen) EXPECT_GT(count, 0);
}

}  // namespace
}  // namespace writ
