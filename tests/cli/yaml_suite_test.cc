// Suites in YAML: the tree that a text becomes, what is refused and where, and the commands.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstddef>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>

#include "cli/run_tool.h"
#include "cli/yaml_tree.h"
#include "support/temporary_folder.h"

namespace writ::cli {
namespace {

using detail::JsonKind;
using detail::JsonNode;
using detail::JsonTree;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::StartsWith;
using writ::testing::run_tool;
using writ::testing::ToolRun;

class YamlTest : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!reads_yaml()) GTEST_SKIP() << "built without libyaml (Debian: libyaml-dev)";
  }
};

std::string place_of(const Position& position) {
  return std::to_string(position.line) + ':' + std::to_string(position.column);
}

// `LINE:COLUMN CODE: message`, or the tree as one line.
std::string shown(const JsonTree& tree, const JsonNode& node) {
  std::string text;
  switch (node.kind) {
    case JsonKind::Object:
    case JsonKind::Array:
      text = node.kind == JsonKind::Object ? "{" : "[";
      for (const auto* one = tree.first_child(node); one != nullptr; one = tree.next(*one)) {
        if (one != tree.first_child(node)) text += ", ";
        if (node.kind == JsonKind::Object) text += std::string(one->name) + "=";
        text += shown(tree, *one);
      }
      return text + (node.kind == JsonKind::Object ? "}" : "]");
    case JsonKind::Null:
      return "null";
    default:
      return "<" + std::string(node.text) + ">";
  }
}
std::string shown(std::string_view text, const YamlOptions& options = {}) {
  const Result<JsonTree> tree = read_yaml(text, options);
  if (tree) return shown(*tree, tree->root());
  const PolicyError& error = tree.error();
  return place_of(error.position) + ' ' + std::string(to_string(error.code)) + ": " + error.message;
}

std::string block_of_page(std::string_view language) {
  std::ifstream file(std::filesystem::path(WRIT_SOURCE_DIR) / "docs" / "testing-policies.md");
  const std::string page{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  const std::string fence = "```" + std::string(language) + "\n";
  const std::size_t begin = page.find(fence) + fence.size();
  return page.substr(begin, page.find("```", begin) - begin);
}

TEST_F(YamlTest, TheTwoSuitesOfTheDocumentationAreOne) {
  const Result<JsonTree> json = JsonTree::parse(block_of_page("json"));
  ASSERT_TRUE(json.has_value());
  EXPECT_EQ(shown(block_of_page("yaml")), shown(*json, json->root()));
}

TEST_F(YamlTest, ScalarsAreTextAsSpelled) {
  EXPECT_EQ(shown("[012345678901, 1.10, 1e3, 0x1F, true, Yes, no, 2012-10-17, .inf, 12:30:45]"),
            "[<012345678901>, <1.10>, <1e3>, <0x1F>, <true>, <Yes>, <no>, <2012-10-17>, <.inf>, "
            "<12:30:45>]");
  EXPECT_EQ(shown("[null, Null, NULL, ~, nULL, \"null\", '~', '']"),
            "[null, null, null, null, <nULL>, <null>, <~>, <>]");
  EXPECT_EQ(shown("a:\nb: # nothing\nc: ''\n"), "{a=null, b=null, c=<>}");
  EXPECT_EQ(shown("true: 1\n5: x\n'null': y\n"), "{true=<1>, 5=<x>, null=<y>}");
  EXPECT_EQ(shown("a: |\n  two\n  lines\nb: >-\n  one\n  line\nc: two\n  words\n"),
            "{a=<two\nlines\n>, b=<one line>, c=<two words>}");
  EXPECT_EQ(shown(R"(["\L\L\L\L\L\L", "\u00e9\n", "\0"])"),
            "[<\xe2\x80\xa8\xe2\x80\xa8\xe2\x80\xa8\xe2\x80\xa8\xe2\x80\xa8\xe2\x80\xa8>, "
            "<\xc3\xa9\n>, <" +
                std::string(1, '\0') + ">]");
  EXPECT_EQ(shown("actions: [s3:Get*, arn:aws:s3:::b/*]\ncontext: {aws:SourceIp: 10.0.0.0/8}"),
            "{actions=[<s3:Get*>, <arn:aws:s3:::b/*>], context={aws:SourceIp=<10.0.0.0/8>}}");
}

TEST_F(YamlTest, OneDocumentMayHaveItsMarksAndComments) {
  EXPECT_EQ(shown("# first\n---\na: b\n...\n# last\n"), "{a=<b>}");
  EXPECT_EQ(shown("--- [a]"), "[<a>]");
  EXPECT_EQ(shown("a"), "<a>");
  EXPECT_EQ(shown("{\"a\": [\"b\", null]}"), "{a=[<b>, null]}");
}

TEST_F(YamlTest, NodesHaveTheirPlaces) {
  const std::string text =
      "# \xc3\xa9t\xc3\xa9\r\n"
      "\xc3\xa9\xc3\xa9: [\xe2\x82\xac, x ] # list\r\n"
      "tests:\n"
      "- name:  'a b'\n"
      "  sid: 5\n"
      "\n"
      "-\n"
      "  name:\n";
  const Result<JsonTree> tree = read_yaml(text);
  ASSERT_TRUE(tree.has_value()) << tree.error().message;
  std::string places;
  for (std::uint32_t i = 0; i < tree->size(); ++i) {
    const JsonNode& node = tree->node(i);
    places += tree->pointer(node) + ' ';
    if (!node.name.empty()) places += place_of(node.name_position) + ' ';
    places += place_of(node.begin) + '-' + place_of(node.end) + '\n';
    if (node.kind == JsonKind::String && text[node.begin.offset] != '\'') {
      EXPECT_EQ(text.substr(node.begin.offset, node.end.offset - node.begin.offset), node.text);
    }
  }
  EXPECT_EQ(places,
            " 2:1-8:8\n"
            "/\xc3\xa9\xc3\xa9 2:1 2:7-2:16\n"
            "/\xc3\xa9\xc3\xa9/0 2:8-2:11\n"
            "/\xc3\xa9\xc3\xa9/1 2:13-2:14\n"
            "/tests 3:1 4:1-8:8\n"
            "/tests/0 4:3-5:9\n"
            "/tests/0/name 4:3 4:10-4:15\n"
            "/tests/0/sid 5:3 5:8-5:9\n"
            "/tests/1 8:3-8:8\n"
            "/tests/1/name 8:3 8:8-8:8\n");
}

TEST_F(YamlTest, WhatMeansMoreThanItShowsIsRefused) {
  const std::pair<std::string, std::string> cases[] = {
      {"a: &x b\n", "1:4 INVALID_CASE: anchors are not taken"},
      {"a: &x [b]\n", "1:4 INVALID_CASE: anchors are not taken"},
      {"a: &x\n  b: c\n", "1:4 INVALID_CASE: anchors are not taken"},
      {"&k a: b\n", "1:1 INVALID_CASE: anchors are not taken"},
      {"a:\n  - *x\n", "2:5 INVALID_CASE: aliases are not taken"},
      {"*x : a\n", "1:1 INVALID_CASE: aliases are not taken"},
      {"a: 1\n<<: {b: c}\n", "2:1 INVALID_CASE: merge keys are not taken"},
      {"a: !!str 5\n", "1:4 INVALID_CASE: tags are not taken"},
      {"a: !!python/object/apply:os.system [x]\n", "1:4 INVALID_CASE: tags are not taken"},
      {"a: ! 5\n", "1:4 INVALID_CASE: tags are not taken"},
      {"a: ! 'x'\n", "1:4 INVALID_CASE: tags are not taken"},
      {"a: ! [x]\n", "1:4 INVALID_CASE: tags are not taken"},
      {"a: !<tag:yaml.org,2002:int> 5\n", "1:4 INVALID_CASE: tags are not taken"},
      {"! a: b\n", "1:1 INVALID_CASE: tags are not taken"},
      {"# x\n%YAML 1.2\n---\na: b\n", "2:1 INVALID_CASE: remove the directive"},
      {"\n%TAG ! tag:x,2000:\n---\na: b\n", "2:1 INVALID_CASE: remove the directive"},
      {"a: b\n---\nc: d\n", "2:1 INVALID_CASE: remove what follows the first document"},
      {"a: b\n...\n# x\nc: d\n", "4:1 INVALID_CASE: remove what follows the first document"},
      {"a: b\n...\n# x\r---\r", "3:5 INVALID_CASE: remove what follows the first document"},
      {"a: b\n...\n%TAG ! x\n", "3:1 INVALID_CASE: remove what follows the first document"},
      {"a: 1\n\"a\": 2\n", "2:1 INVALID_CASE: member `a` is given twice"},
      {"x: {b: 1, c: 2, b: 3}\n", "1:17 INVALID_CASE: member `b` is given twice"},
      {"? [a]\n: b\n", "1:3 INVALID_CASE: a key is text, not a mapping"},
      {"{{a: b}: c}\n", "1:2 INVALID_CASE: a key is text, not a mapping"},
      {"~: b\n", "1:1 INVALID_CASE: a key is text: put it into quotation marks"},
      {"?\n: b\n", "1:2 INVALID_CASE: a key is text: put it into quotation marks"},
      {"\xef\xbb\xbf"
       "a: b\n",
       "1:1 INVALID_CASE: remove the byte order mark"},
      {"", "1:1 INVALID_CASE: the text is empty"},
      {"# only\n", "1:1 INVALID_CASE: the text is empty"},
  };
  for (const auto& [text, message] : cases) {
    EXPECT_THAT(shown(text), StartsWith(message)) << text;
  }
}

TEST_F(YamlTest, WhatIsNoYamlIsRefusedWithItsPlace) {
  EXPECT_EQ(shown("a: b\n\tc: d\n").substr(0, 36), "2:1 INVALID_CASE: this is not YAML: ");
  EXPECT_THAT(shown("a: [b\nc: d\n"),
              StartsWith("2:2 INVALID_CASE: this is not YAML: did not find"));
  EXPECT_THAT(shown("\xc3\xa9: \"x"), StartsWith("1:7 INVALID_CASE: this is not YAML: found"));
  EXPECT_THAT(shown("a: b: c\n"), HasSubstr("mapping values are not allowed in this context"));
  EXPECT_THAT(shown("a: \xc3\xa9\nb: \xff\n"), StartsWith("2:4 INVALID_CASE: this is not YAML: "));
  EXPECT_THAT(shown("a: \xed\xa0\x80\n"), StartsWith("1:4 INVALID_CASE: this is not YAML: "));
  EXPECT_THAT(shown("a: \xc0\xaf\n"), StartsWith("1:4 INVALID_CASE: this is not YAML: "));
  EXPECT_THAT(shown(std::string("a: b") + '\0' + "c"),
              StartsWith("1:5 INVALID_CASE: this is not YAML: "));
  EXPECT_THAT(shown(std::string_view("\xff\xfe"
                                     "a\0",
                                     4)),
              StartsWith("1:1 INVALID_CASE: "));
}

TEST_F(YamlTest, SizeAndDepthAreBounded) {
  EXPECT_EQ(shown("a: [b]", {.max_bytes = 6}), "{a=[<b>]}");
  EXPECT_THAT(shown("a: [b]\n", {.max_bytes = 6}), StartsWith("0:0 LIMIT_EXCEEDED: "));
  const auto nested = [](std::size_t depth) {
    return std::string(depth, '[') + std::string(depth, ']');
  };
  EXPECT_THAT(shown(nested(16)), StartsWith("[[["));
  EXPECT_THAT(shown(nested(17)), StartsWith("1:17 NESTING_TOO_DEEP: "));
  EXPECT_THAT(shown(std::string(1U << 20U, '[')), StartsWith("1:17 NESTING_TOO_DEEP: "));
  std::string dashes;
  for (int i = 0; i < 100'000; ++i) dashes += "- ";
  EXPECT_THAT(shown(dashes), StartsWith("1:33 NESTING_TOO_DEEP: "));
  // A billion laughs end at the first.
  EXPECT_THAT(shown("a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n"), StartsWith("1:4 "));
  // libyaml compares each %TAG with those before.
  std::string tags;
  for (int i = 0; i < 100'000; ++i) tags += "%TAG !" + std::to_string(i) + "! x\n";
  EXPECT_THAT(shown(tags + "--- a\n"), StartsWith("1:1 INVALID_CASE: remove the directive"));
  EXPECT_THAT(shown("a\n...\n" + tags + "--- a\n"), StartsWith("3:1 INVALID_CASE: remove what"));
}

constexpr std::string_view kPolicy =
    R"({"Statement": {"Sid": "Read", "Effect": "Allow", "Action": ["s3:GetObject", "s3:PutObject"], "Resource": "*"}})";

// What scalars as spelled mean to a suite: account, context values, the level.
constexpr std::string_view kSuite = R"(suite: By YAML
policies:
  reader: p.json
  guard: {file: p.json, kind: scp, level: 0}
contexts:
  mfa: {aws:MultiFactorAuthPresent: true, aws:TagKeys: [1, no]}
defaults: {principal: arn:aws:iam::012345678901:user/A, contexts: [mfa]}
tests:
  - name: reads
    action: s3:GetObject
    resource: arn:aws:s3:::b/k
    resourceAccount: 012345678901
    resourcePolicyRequired: false
    context: {aws:TagKeys: ~}
    expect: allowed
    sid: Read
  - name: no lists
    action: s3:ListBucket
    resource: "*"
    expect: implicitDeny
)";

TEST_F(YamlTest, CheckRunsSuitesInYaml) {
  const test::TemporaryFolder folder;
  folder.write("p.json", kPolicy);
  const std::string file = folder.write("a.suite.yaml", kSuite);
  folder.write("deep/b.suite.yml",
               "policies: {p: ../p.json}\n"
               "tests:\n"
               "  - {name: writes, action: s3:PutObject, expect: explicitDeny,\n"
               "     principal: arn:aws:iam::012345678901:user/A}\n");
  const ToolRun all = run_tool({"check", folder.path()});
  EXPECT_EQ(all.code, 1) << all.err;
  EXPECT_THAT(all.out, StartsWith("writes: expected explicitDeny, got allowed ("));
  EXPECT_THAT(all.out, EndsWith("deep/b.suite.yml:3:5]\n2 passed, 1 failed\n"));
  EXPECT_EQ(run_tool({"check", file}).out, "2 passed, 0 failed\n");
  const ToolRun mutants = run_tool({"mutate", file});
  EXPECT_EQ(mutants.code, 1) << mutants.err;
  EXPECT_THAT(mutants.out, HasSubstr("survived"));
}

TEST_F(YamlTest, MistakesOfASuiteHaveFileAndPlace) {
  const test::TemporaryFolder folder;
  folder.write("p.json", kPolicy);
  const auto error_of = [&folder](std::string_view text) {
    const std::string file = folder.write("a.suite.yaml", text);
    const ToolRun run = run_tool({"check", file});
    EXPECT_EQ(run.code, 2);
    return run.err.substr(file.size() + 1);
  };
  EXPECT_EQ(
      error_of("policies: {p: p.json}\ntests:\n- name: a\n  actoin: s3:A\n  expect: denied\n"),
      "4:3: INVALID_CASE: unknown member `actoin`; did you mean `action`? "
      "[at /tests/0/actoin]\n");
  EXPECT_THAT(error_of("policies: {p: p.json}\ntests:\n- {name: a, action: s3:A, expect: }\n"),
              StartsWith("3:35: INVALID_CASE: this has to be a string [at /tests/0/expect]"));
  EXPECT_THAT(error_of("policies: {p: {file: p.json, kind: scp, level: 1.5}}\ntests: []\n"),
              StartsWith("1:48: INVALID_CASE: a level is a number from 0"));
  EXPECT_THAT(error_of("policies: {p: {file: p.json, kind: scp, level: ''}}\ntests: []\n"),
              StartsWith("1:48: INVALID_CASE: a level is a number from 0"));
  EXPECT_THAT(error_of("policies: {p: none.json}\ntests: []\n"),
              StartsWith("1:15: INVALID_CASE: cannot read `"));
  EXPECT_THAT(error_of("a: [\n"), StartsWith("2:1: INVALID_CASE: this is not YAML: "));
}

TEST_F(YamlTest, RepeatedMembersHaveAPointer) {
  const Result<JsonTree> tree = read_yaml("a: [1, {b/c: 1, d: 2, b/c: 3}]\n");
  ASSERT_FALSE(tree.has_value());
  EXPECT_EQ(tree.error().json_pointer, "/a/1/b~1c");
}

}  // namespace
}  // namespace writ::cli
