#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

#include "cli/json_check.h"
#include "cli/run_tool.h"
#include "support/html_check.h"
#include "writ/decision.h"

namespace writ {
namespace {

using ::testing::HasSubstr;
using testing::is_json;
using testing::parsed_json;
using testing::run_tool;
using ::testing::StartsWith;
using testing::TemporaryFile;
using testing::ToolRun;

const std::string kAlice = "arn:aws:iam::111122223333:user/Alice";
const std::string kObject = "arn:aws:s3:::reports/2026.csv";

// `writ eval` or `writ explain` of Alice reading the object, with more arguments.
ToolRun ask(const std::string& command, const std::vector<std::string>& more,
            std::string_view input = "") {
  std::vector<std::string> arguments = {command,        "--principal", kAlice, "--action",
                                        "s3:GetObject", "--resource",  kObject};
  arguments.insert(arguments.end(), more.begin(), more.end());
  return run_tool(arguments, input);
}

std::string policy(std::string_view effect, std::string_view rest = "") {
  return "{\n  \"Version\": \"2012-10-17\",\n  \"Statement\": [\n    {\"Sid\": \"S1\", \"Effect\": "
         "\"" +
         std::string(effect) + R"(", "Action": "s3:*", "Resource": "*")" + std::string(rest) +
         "}\n  ]\n}\n";
}

TEST(EvalTest, SaysWhatDecidedAndWhere) {
  const TemporaryFile allow(policy("Allow"));
  const ToolRun run = ask("eval", {"--identity", allow.path()});
  EXPECT_EQ(run.code, 0);
  EXPECT_EQ(run.err, "");
  EXPECT_EQ(run.out, "allowed: the caller's own permissions allow it (E-63), statement 1 `S1` at " +
                         allow.path() + ":4:5\n");
}

TEST(EvalTest, ExitsWithOneWhenDenied) {
  const TemporaryFile allow(policy("Allow"));
  const TemporaryFile deny(policy("Deny"));
  const ToolRun explicit_deny = ask("eval", {"--identity", allow.path(), deny.path()});
  EXPECT_EQ(explicit_deny.code, 1);
  EXPECT_EQ(explicit_deny.out,
            "explicitDeny: a Deny statement applies (E-2), statement 1 `S1` at " + deny.path() +
                ":4:5\n");
  const ToolRun implicit_deny = ask("eval", {});
  EXPECT_EQ(implicit_deny.code, 1);
  EXPECT_EQ(implicit_deny.out,
            "implicitDeny: no identity-based policy has an Allow that applies (E-66)\n");
}

TEST(EvalTest, SpeaksJson) {
  const TemporaryFile allow(policy("Allow"));
  const ToolRun run = ask("eval", {"--json", "--identity", allow.path()});
  EXPECT_EQ(run.code, 0);
  ASSERT_TRUE(is_json(run.out));
  const rapidjson::Document answer = parsed_json(run.out);
  EXPECT_STREQ(answer["decision"].GetString(), "allowed");
  EXPECT_STREQ(answer["reason"].GetString(), "AllowedByIdentity");
  EXPECT_STREQ(answer["rule"].GetString(), "E-63");
  EXPECT_STREQ(answer["statement"]["sid"].GetString(), "S1");
  EXPECT_STREQ(answer["statement"]["file"].GetString(), allow.path().c_str());
  EXPECT_EQ(answer["statement"]["line"].GetInt(), 4);
  const ToolRun denied = ask("eval", {"--json"});
  EXPECT_TRUE(parsed_json(denied.out)["statement"].IsNull());
}

// E-98: both commands say why in the same members.
TEST(EvalTest, EvalAndExplainNameTheReasonAlike) {
  const TemporaryFile allow(policy("Allow"));
  const TemporaryFile deny(policy("Deny"));
  for (const std::string& identity : {allow.path(), deny.path(), std::string()}) {
    std::vector<std::string> arguments = {"--json"};
    if (!identity.empty()) arguments.insert(arguments.end(), {"--identity", identity});
    const rapidjson::Document eval = parsed_json(ask("eval", arguments).out);
    const rapidjson::Document explain = parsed_json(ask("explain", arguments).out);
    for (const char* member : {"decision", "reason", "rule", "message"}) {
      EXPECT_STREQ(eval[member].GetString(), explain[member].GetString()) << identity;
    }
  }
}

// Every reason stands in the table of docs/command-line.md with its rule and its sentence.
TEST(EvalTest, ReasonsAreDocumented) {
  std::ifstream page(std::string(WRIT_SOURCE_DIR) + "/docs/command-line.md");
  const std::string text((std::istreambuf_iterator<char>(page)), {});
  for (int i = 0; i <= static_cast<int>(Reason::AllowedForFederated); ++i) {
    const auto reason = static_cast<Reason>(i);
    std::string row = "| `" + std::string(name_of(reason)) + "` | " + std::string(rule_of(reason));
    row += " | " + std::string(to_string(reason)) + " |\n";
    EXPECT_THAT(text, HasSubstr(row));
  }
}

// Twice would make what asks for the key undecidable (C-12), silently.
TEST(EvalTest, AKeyThatOptionsGiveTwiceIsRefused) {
  const TemporaryFile allow(policy("Allow"));
  const TemporaryFile keys(R"({"aws:username": "Bob"})");
  const auto refused = [&](std::vector<std::string> context, std::string_view hint) {
    context.insert(context.end(), {"--identity", allow.path()});
    const ToolRun run = ask("eval", context);
    EXPECT_EQ(run.code, 2);
    EXPECT_THAT(run.err, HasSubstr(hint));
  };
  refused({"--context", "aws:TagKeys=a", "--context", "aws:TagKeys=b"},
          "the key `aws:TagKeys` is given twice; `--context-list aws:TagKeys=A,B` gives it several "
          "values\n");
  refused({"--context", "aws:username=a", "--context-list", "AWS:UserName=b"},
          "the key `AWS:UserName` is given twice; ");
  refused({"--context", "aws:username=a", "--context-file", keys.path()}, "is given twice");
  EXPECT_EQ(ask("eval", {"--context", "aws:username=a", "--context", "aws:userid=b", "--identity",
                         allow.path()})
                .code,
            0);
}

TEST(EvalTest, AnotherOwnerThanTheResourcesIsRefused) {
  const TemporaryFile allow(policy("Allow"));
  const auto with_owner = [&](const std::string& resource, const std::string& account) {
    return run_tool({"eval", "--principal", kAlice, "--action", "sns:Publish", "--resource",
                     resource, "--resource-account", account, "--identity", allow.path()});
  };
  const ToolRun run = with_owner("arn:aws:sns:eu-west-1:111122223333:t", "444455556666");
  EXPECT_EQ(run.code, 2);
  EXPECT_THAT(run.err, HasSubstr("the resource's ARN names its owner, `111122223333`, and "
                                 "`--resource-account` another, `444455556666`; leave it out"));
  EXPECT_NE(with_owner("arn:aws:sns:eu-west-1:111122223333:t", "111122223333").code, 2);
  EXPECT_NE(with_owner("arn:aws:s3:::b", "444455556666").code, 2);
  EXPECT_NE(with_owner("*", "444455556666").code, 2);
}

TEST(EvalTest, PoliciesOfNobodyAreToldNotToBind) {
  const TemporaryFile allow(policy("Allow"));
  const ToolRun run = run_tool({"eval", "--action", "s3:GetObject", "--identity", allow.path()});
  EXPECT_EQ(run.code, 1);
  EXPECT_EQ(
      run.err,
      "note: without --principal the caller is anonymous, and `--identity` does not bind it\n");
  EXPECT_EQ(ask("eval", {"--identity", allow.path()}).err, "");
  EXPECT_EQ(
      run_tool({"eval", "--action", "s3:GetObject", "--principal", "*", "--identity", allow.path()})
          .err,
      "");
  EXPECT_EQ(run_tool({"eval", "--action", "s3:GetObject", "--resource-policy", allow.path()})
                .err.find("note"),
            std::string::npos);
}

TEST(EvalTest, ReadsAPolicyFromStandardInput) {
  const ToolRun run = ask("eval", {"--identity", "-"}, policy("Allow"));
  EXPECT_EQ(run.code, 0);
  EXPECT_THAT(run.out, HasSubstr("at <stdin>:4:5"));
  const ToolRun twice = ask("eval", {"--identity", "-", "-"}, policy("Allow"));
  EXPECT_EQ(twice.code, 2);
  EXPECT_THAT(twice.err, HasSubstr("can be read only once"));
}

// C-13: KEY=VALUE is a single value, KEY=@[a,b] and --context-list several.
TEST(EvalTest, TakesContextInThreeForms) {
  const TemporaryFile single(
      policy("Allow", R"(, "Condition": {"StringEquals": {"aws:username": "a=b"}})"));
  EXPECT_EQ(ask("eval", {"--identity", single.path(), "--context", "aws:username=a=b"}).code, 0);
  const TemporaryFile list(policy(
      "Allow", R"(, "Condition": {"ForAllValues:StringEquals": {"aws:TagKeys": ["x", "y"]}})"));
  const auto with = [&list](const std::vector<std::string>& context) {
    std::vector<std::string> arguments = {"--identity", list.path()};
    arguments.insert(arguments.end(), context.begin(), context.end());
    return ask("eval", arguments).code;
  };
  EXPECT_EQ(with({"--context", "aws:TagKeys=@[x,y]"}), 0);
  EXPECT_EQ(with({"--context", "aws:TagKeys=@[x,z]"}), 1);
  EXPECT_EQ(with({"--context-list", "aws:TagKeys=y,x"}), 0);
  EXPECT_EQ(with({"--context-list", "aws:TagKeys=x,"}), 1);
  EXPECT_EQ(with({"--context-list", "aws:TagKeys="}), 0);
  const TemporaryFile context(R"({"aws:TagKeys": ["x"], "aws:username": "u"})");
  EXPECT_EQ(with({"--context-file", context.path()}), 0);
  const TemporaryFile wrong(R"({"aws:TagKeys": 7})");
  const ToolRun refused = ask("eval", {"--context-file", wrong.path()});
  EXPECT_EQ(refused.code, 2);
  EXPECT_THAT(refused.err, HasSubstr(wrong.path() + ":1:17: INVALID_INPUT"));
  EXPECT_EQ(with({"--context", "novalue"}), 2);
  // A key has one value or one list, letter case aside (C-10).
  const ToolRun twice = ask("eval", {"--context", "app:a=1", "--context-list", "APP:A=2"});
  EXPECT_EQ(twice.code, 2);
  EXPECT_THAT(twice.err, HasSubstr("the key `APP:A` is given twice; `--context-list APP:A=A,B`"));
  EXPECT_EQ(with({"--context", "aws:TagKeys=@[x,y]", "--context-file", context.path()}), 2);
  EXPECT_EQ(with({"--context-list", "=x"}), 2);
}

// E-21: each --scp is one level, commas separate the files of a level.
TEST(EvalTest, TakesOneScpOptionForEachLevel) {
  const TemporaryFile allow(policy("Allow"));
  const TemporaryFile other(
      R"({"Statement": {"Effect": "Allow", "Action": "ec2:*", "Resource": "*"}})");
  const auto with = [&allow](const std::vector<std::string>& levels) {
    std::vector<std::string> arguments = {"--identity", allow.path()};
    for (const std::string& level : levels) arguments.push_back("--scp=" + level);
    return ask("eval", arguments).out;
  };
  EXPECT_THAT(with({allow.path(), other.path() + "," + allow.path()}), StartsWith("allowed"));
  EXPECT_THAT(with({allow.path(), other.path()}), HasSubstr("(E-21)"));
  EXPECT_THAT(with({allow.path(), ""}), HasSubstr("(E-21)"));  // E-1: a level without policies
}

TEST(EvalTest, TakesAllOtherLayers) {
  const TemporaryFile allow(policy("Allow"));
  const TemporaryFile none(
      R"({"Statement": {"Effect": "Allow", "Action": "ec2:*", "Resource": "*"}})");
  const TemporaryFile resource(
      R"({"Statement": {"Effect": "Allow", "Principal": "*", "Action": "s3:*", "Resource": "*"}})");
  const TemporaryFile closed(
      R"({"Statement": {"Effect": "Allow", "Principal": "*", "Action": "ec2:*", "Resource": "*"}})");
  const TemporaryFile rcp(
      R"({"Statement": {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*"}})");
  EXPECT_THAT(ask("eval", {"--identity", allow.path(), "--boundary", none.path()}).out,
              HasSubstr("(E-45)"));
  EXPECT_THAT(ask("eval", {"--identity", allow.path(), "--session", none.path()}).out,
              HasSubstr("(E-43)"));
  EXPECT_THAT(ask("eval", {"--identity", allow.path(), "--endpoint", closed.path()}).out,
              HasSubstr("(E-36)"));
  EXPECT_THAT(ask("eval", {"--identity", allow.path(), "--rcp", rcp.path()}).out,
              StartsWith("explicitDeny"));
  EXPECT_THAT(ask("eval", {"--resource-policy", resource.path()}).out,
              StartsWith("allowed: the resource's policy"));
  EXPECT_THAT(
      ask("eval", {"--resource-policy", resource.path(), "--resource-account", "444455556666"}).out,
      HasSubstr("(E-71)"));
}

// P-1: the forms of --principal.
TEST(EvalTest, TakesPrincipalsOfAllForms) {
  const TemporaryFile resource(R"({"Statement": {"Effect": "Allow", "Principal":
      {"Service": "sns.amazonaws.com", "Federated": "accounts.google.com"},
      "Action": "sqs:*", "Resource": "*"}})");
  const auto with = [&resource](const std::string& principal) {
    return run_tool({"eval", "--principal", principal, "--action", "sqs:SendMessage", "--resource",
                     "arn:aws:sqs:eu-west-1:111122223333:q", "--resource-policy", resource.path()})
        .code;
  };
  EXPECT_EQ(with("Service=sns.amazonaws.com"), 0);
  EXPECT_EQ(with("Service=s3.amazonaws.com"), 1);
  EXPECT_EQ(with("Federated=accounts.google.com"), 0);
  EXPECT_EQ(with("CanonicalUser=" + std::string(64, 'a')), 1);
  EXPECT_EQ(with("*"), 1);
  EXPECT_EQ(with("Alice"), 2);
  EXPECT_EQ(with("CanonicalUser=a"), 2);
}

TEST(EvalTest, RefusesPoliciesAndRequestsWithAPlace) {
  const TemporaryFile broken(policy("Maybe"));
  const ToolRun refused = ask("eval", {"--identity", broken.path()});
  EXPECT_EQ(refused.code, 2);
  EXPECT_EQ(refused.out, "");
  EXPECT_THAT(refused.err, HasSubstr(broken.path() + ":4:29: INVALID_EFFECT"));
  EXPECT_THAT(refused.err, HasSubstr("[G-20 at /Statement/0/Effect]"));
  const ToolRun request = run_tool({"eval", "--action", "s3:Get*"});
  EXPECT_EQ(request.code, 2);
  EXPECT_THAT(request.err, HasSubstr("INVALID_REQUEST"));
  EXPECT_EQ(run_tool({"eval", "--resource", "*"}).code, 2);
  EXPECT_EQ(ask("eval", {"--identity", "/nowhere.json"}).code, 2);
}

TEST(EvalTest, TakesACase) {
  const std::string text = R"({
  "id": "x", "principal": "arn:aws:iam::111122223333:user/Alice", "action": "sns:Publish",
  "identity": [
    {"Statement": {"Effect": "Allow", "Action": "sns:*", "Resource": "*"}}]
})";
  const ToolRun run = run_tool({"eval", "--case", "-"}, text);
  EXPECT_EQ(run.code, 0);
  EXPECT_THAT(run.out, HasSubstr("identity[0] statement 1 at <stdin>:4:19"));
  const ToolRun both = run_tool({"eval", "--case", "-", "--action", "a:b"}, text);
  EXPECT_EQ(both.code, 2);
  EXPECT_THAT(both.err, HasSubstr("leave `--action` out"));
  const ToolRun broken = run_tool({"eval", "--case", "-"}, R"({"id":"x"})");
  EXPECT_EQ(broken.code, 2);
  EXPECT_THAT(broken.err, HasSubstr("<stdin>:1:1: INVALID_CASE: field `action` is missing"));
  const ToolRun refused =
      run_tool({"eval", "--case", "-"},
               "{\"id\":\"x\",\"action\":\"a:b\",\n\"identity\":[{\"Statement\":7}]}");
  EXPECT_EQ(refused.code, 2);
  EXPECT_THAT(refused.err, HasSubstr("<stdin>:2:26: "));
  EXPECT_THAT(refused.err, HasSubstr("(identity[0])"));
}

// E-98: explain says more, with the same decision and exit code.
TEST(ExplainTest, ExplainsInWordsAndJson) {
  const TemporaryFile allow(
      policy("Allow", R"(, "Condition": {"StringEquals": {"aws:username": "Bob"}})"));
  const ToolRun words = ask("explain", {"--identity", allow.path()});
  EXPECT_EQ(words.code, 1);
  EXPECT_THAT(words.out, HasSubstr("implicitDeny"));
  EXPECT_THAT(words.out, HasSubstr("aws:username"));
  EXPECT_THAT(words.out, HasSubstr(allow.path()));
  // The two commands say the same of the same decision.
  const std::string eval = ask("eval", {"--identity", allow.path()}).out;
  EXPECT_THAT(words.out, StartsWith(eval));
  const ToolRun json = ask("explain", {"--identity", allow.path(), "--json"});
  EXPECT_EQ(json.code, 1);
  EXPECT_TRUE(is_json(json.out)) << json.out;
  EXPECT_EQ(ask("explain", {"--identity", allow.path(), "--context", "aws:username=Bob"}).code, 0);
  EXPECT_EQ(ask("explain", {"--identity", "/nowhere"}).code, 2);
}

TEST(ExplainTest, WritesAPage) {
  const TemporaryFile allow(policy("Allow"));
  const TemporaryFile page("");
  const ToolRun plain = ask("explain", {"--identity", allow.path()});
  const ToolRun run = ask("explain", {"--identity", allow.path(), "--html", page.path()});
  EXPECT_EQ(run.code, 0);
  EXPECT_EQ(run.out, plain.out);
  const testing::HtmlPage read = testing::read_html(page.text());
  EXPECT_EQ(read.problem, "");
  EXPECT_THAT(read.text, HasSubstr("Allowed: s3:GetObject"));
  EXPECT_THAT(read.text, HasSubstr("\"Effect\": \"Allow\""));

  const ToolRun printed = ask("explain", {"--identity", allow.path(), "--html", "-"});
  EXPECT_EQ(printed.out, page.text());
  const ToolRun denied = ask("explain", {"--html", "-"});
  EXPECT_EQ(denied.code, 1);
  EXPECT_THAT(testing::read_html(denied.out).text, HasSubstr("Denied: s3:GetObject"));
}

TEST(ExplainTest, SaysWhyAPageCannotBeWritten) {
  const ToolRun run = ask("explain", {"--html", "/nowhere/page.html"});
  EXPECT_EQ(run.code, 2);
  EXPECT_THAT(run.err, HasSubstr("cannot write `/nowhere/page.html`: No such file"));
}

TEST(ExplainTest, ShowsThePoliciesOfACase) {
  const TemporaryFile asked(
      R"({"id":"a","action":"s3:GetObject","expect":"allowed","principal":")" + kAlice +
      R"(","identity":[{"Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"},)"
      R"({"Effect":"Deny","Action":"sns:*","Resource":"*"}]}]})");
  const ToolRun run = run_tool({"explain", "--case", asked.path(), "--html", "-"});
  EXPECT_EQ(run.code, 0);
  const testing::HtmlPage page = testing::read_html(run.out);
  EXPECT_EQ(page.problem, "");
  EXPECT_THAT(page.text, HasSubstr("Laid out anew"));
  EXPECT_THAT(page.text, HasSubstr("Allow applies, and decides"));
}

}  // namespace
}  // namespace writ
