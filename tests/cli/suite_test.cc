// Suites: reading and expanding them, running them, coverage, mutants.
#include "cli/suite.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <string>

#include "cli/coverage.h"
#include "cli/json_check.h"
#include "cli/mutant.h"
#include "cli/run_tool.h"
#include "cli/suite_run.h"
#include "support/temporary_folder.h"
#include "writ/parse.h"

namespace writ::cli {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;
using writ::testing::run_tool;
using writ::testing::ToolRun;

constexpr std::string_view kReader = R"({
  "Version": "2012-10-17",
  "Statement": [
    {"Sid": "Read", "Effect": "Allow", "Action": ["s3:GetObject", "s3:HeadObject"],
     "Resource": "arn:aws:s3:::b/*"},
    {"Sid": "NoSecrets", "Effect": "Deny", "Action": "s3:*",
     "Resource": ["arn:aws:s3:::b/secret/*", "arn:aws:s3:::b/key"],
     "Condition": {"StringNotEquals": {"aws:username": "Root"}}}
  ]
})";

/// Files in memory.
class SuiteTestFixture : public ::testing::Test {
 protected:
  Result<Suite, DocumentError> read(std::string text) {
    files_["dir/a.suite.json"] = std::move(text);
    shelf_ = std::make_unique<PolicyShelf>([this](const std::string& path) {
      const auto found = files_.find(path);
      return found == files_.end()
                 ? Result<std::string, Problem>(Problem{"cannot read `" + path + "`"})
                 : Result<std::string, Problem>(found->second);
    });
    return Suite::read("dir/a.suite.json", *shelf_);
  }
  /// A suite over the reader policy with these tests and further members.
  Result<Suite, DocumentError> read_tests(const std::string& tests,
                                          const std::string& members = "") {
    return read("{\"policies\": {\"p\": \"p.json\"},\n" + members + "\"tests\": [" + tests + "]}");
  }
  std::string error_of(const std::string& text) {
    const Result<Suite, DocumentError> suite = read(text);
    return suite ? "no error" : suite.error().to_string();
  }
  std::string error_of_tests(const std::string& tests, const std::string& members = "") {
    const Result<Suite, DocumentError> suite = read_tests(tests, members);
    return suite ? "no error" : suite.error().to_string();
  }
  static std::vector<std::string> names(const Suite& suite) {
    std::vector<std::string> names;
    for (const SuiteTest& test : suite.tests()) names.push_back(suite.name_of(test));
    return names;
  }

  std::map<std::string, std::string> files_ = {{"dir/p.json", std::string(kReader)}};
  std::unique_ptr<PolicyShelf> shelf_;
};

// E-44: a federated user's session has what its issuer has; E-61: keys ask for a policy of theirs.
TEST_F(SuiteTestFixture, IssuerAndRequiredResourcePolicyAreTaken) {
  files_["dir/p.json"] = R"({"Statement": [
    {"Effect": "Allow", "Action": "kms:*", "Resource": "*"}]})";
  const std::string test =
      R"({"name": "n", "principal": "arn:aws:sts::111122223333:federated-user/F",)"
      R"( "issuer": "arn:aws:iam::111122223333:user/U", "action": "kms:Encrypt",)"
      R"( "resource": "arn:aws:kms:eu-west-1:111122223333:key/1", "expect": "allowed")";
  const Result<Suite, DocumentError> suite =
      read_tests(test + R"(, "resourcePolicyRequired": false})");
  ASSERT_TRUE(suite) << suite.error().to_string();
  const Request& request = suite->tests()[0].request;
  EXPECT_EQ(request.caller().issuer(), "arn:aws:iam::111122223333:user/U");
  EXPECT_FALSE(request.resource_policy_required());
  const Result<Suite, DocumentError> plain = read_tests(test + "}");
  ASSERT_TRUE(plain);
  EXPECT_TRUE(plain->tests()[0].request.resource_policy_required());
  EXPECT_THAT(error_of_tests(test + R"(, "resourcePolicyRequired": "false"})"),
              HasSubstr("this has to be true or false"));
}

TEST_F(SuiteTestFixture, TablesExpandOverTheCatalogueAndTheResources) {
  const Result<Suite, DocumentError> suite = read_tests(
      R"({"name": "t", "actions": ["s3:get*", "ec2:Run"], "resources": ["arn:*/k?", "*"],
          "principals": ["arn:aws:iam::111122223333:user/A", "*"], "expect": "denied"})",
      R"("actions": ["s3:GetObject", "s3:PutObject"], "resources": ["arn:aws:s3:::b/k1", "arn:aws:s3:::b/x"],)");
  ASSERT_TRUE(suite.has_value()) << suite.error().to_string();
  EXPECT_THAT(names(*suite),
              ElementsAre("t [arn:aws:iam::111122223333:user/A, s3:GetObject, arn:aws:s3:::b/k1]",
                          "t [arn:aws:iam::111122223333:user/A, s3:GetObject, *]",
                          "t [arn:aws:iam::111122223333:user/A, ec2:Run, arn:aws:s3:::b/k1]",
                          "t [arn:aws:iam::111122223333:user/A, ec2:Run, *]",
                          "t [*, s3:GetObject, arn:aws:s3:::b/k1]", "t [*, s3:GetObject, *]",
                          "t [*, ec2:Run, arn:aws:s3:::b/k1]", "t [*, ec2:Run, *]"));
}

TEST_F(SuiteTestFixture, WithoutACatalogueThePoliciesNameTheActions) {
  files_["dir/p.json"] =
      R"({"Statement": {"Effect": "Allow", "Action": ["s3:GetObject", "s3:getobject", "s3:PutObject"], "Resource": "*"}})";
  const Result<Suite, DocumentError> suite =
      read_tests(R"({"name": "t", "actions": ["S3:G*"], "expect": "denied"})");
  ASSERT_TRUE(suite.has_value()) << suite.error().to_string();
  EXPECT_THAT(names(*suite), ElementsAre("t [*, s3:GetObject, *]"));
}

TEST_F(SuiteTestFixture, AmbiguousPatternsAreRefused) {
  EXPECT_THAT(
      error_of_tests(R"({"name": "t", "actions": ["s3:Get*"], "expect": "denied"})"),
      StartsWith("dir/a.suite.json:2:37: INVALID_CASE: `s3:Get*` cannot be expanded without "
                 "a catalogue in the suite's `actions`: `s3:*` at dir/p.json:6"));
  EXPECT_THAT(error_of_tests(R"({"name": "t", "actions": ["ec2:*"], "expect": "denied"})"),
              HasSubstr("`ec2:*` covers no action of the policies [at /tests/0/actions/0]"));
  EXPECT_THAT(
      error_of_tests(
          R"({"name": "t", "action": "ec2:A", "resources": ["arn:x*"], "expect": "denied"})"),
      HasSubstr("`arn:x*` covers none of the suite's `resources`"));
  files_["dir/p.json"] =
      R"({"Statement": {"Effect": "Allow", "NotAction": "s3:GetObject", "Resource": "*"}})";
  EXPECT_THAT(error_of_tests(R"({"name": "t", "actions": ["s3:*"], "expect": "denied"})"),
              HasSubstr("has a NotAction"));
}

TEST_F(SuiteTestFixture, ContextsGoOverEachOther) {
  const Result<Suite, DocumentError> suite = read_tests(
      R"({"name": "a", "action": "s3:A", "expect": "denied"},
         {"name": "b", "action": "s3:A", "contexts": ["two"], "context": {"K3": null, "k4": ["x", "y"]}, "expect": "denied"})",
      R"("contexts": {"one": {"k1": "one"}, "two": {"K2": "two"}},
         "defaults": {"contexts": ["one"], "context": {"k2": "default", "k3": "default"}},)");
  ASSERT_TRUE(suite.has_value()) << suite.error().to_string();
  const Request& a = suite->tests()[0].request;
  EXPECT_EQ(a.find("k1")->single, "one");
  EXPECT_EQ(a.find("k2")->single, "default");
  const Request& b = suite->tests()[1].request;
  EXPECT_EQ(b.find("k1"), nullptr);
  EXPECT_EQ(b.find("k2")->single, "two");
  EXPECT_EQ(b.find("k3"), nullptr);
  EXPECT_EQ(b.find("k4")->values.size(), 2U);
  EXPECT_THAT(
      error_of_tests(
          R"({"name": "a", "action": "s3:A", "contexts": ["one", "two"], "expect": "denied"})",
          R"("contexts": {"one": {"k": "1"}, "two": {"K": "2"}},)"),
      HasSubstr("key `K` of context `two` is in another one of the list already"));
}

TEST_F(SuiteTestFixture, MistakesHaveAPlaceAndAPointer) {
  EXPECT_THAT(error_of("{"), StartsWith("dir/a.suite.json:1:2: JSON_SYNTAX_ERROR"));
  EXPECT_THAT(error_of("[]"), HasSubstr(":1:1: INVALID_CASE: this has to be an object"));
  EXPECT_THAT(
      error_of(R"({"policies": {}, "test": []})"),
      HasSubstr(":1:18: INVALID_CASE: unknown member `test`; did you mean `tests`? [at /test]"));
  EXPECT_THAT(error_of(R"({"policies": {}, "policies": {}, "tests": []})"),
              HasSubstr("member `policies` is given twice"));
  EXPECT_THAT(error_of(R"({"tests": []})"), HasSubstr("member `policies` is missing"));
  EXPECT_THAT(error_of(R"({"policies": {"x": "x.json"}, "tests": []})"),
              HasSubstr(":1:20: INVALID_CASE: cannot read `dir/x.json` [at /policies/x]"));
  EXPECT_THAT(
      error_of(R"({"policies": {"x": {"file": "p.json", "kind": "idenity"}}, "tests": []})"),
      HasSubstr("unknown kind `idenity`; kinds are identity, resource"));
  EXPECT_THAT(error_of(R"({"policies": {"x": {"file": "p.json", "level": 1}}, "tests": []})"),
              HasSubstr("only kinds scp and rcp have levels"));
  const std::string gap = R"({"policies": {"a": {"file": "p.json", "kind": "scp"},
"b": {"file": "p.json", "kind": "scp", "level": 3},
"d": {"file": "p.json", "kind": "scp", "level": 1}}, "tests": []})";
  EXPECT_THAT(error_of(gap),
              HasSubstr(":2:49: INVALID_CASE: no policy of kind scp is of level 2, so that nothing "
                        "would be allowed; levels count from 0, the root's, without a gap"));
  files_["dir/bad.json"] = "{\"Statement\":\n []}";
  EXPECT_THAT(error_of(R"({"policies": {"x": "bad.json"}, "tests": []})"),
              StartsWith("dir/bad.json:2:2: MISSING_STATEMENT"));
  EXPECT_THAT(error_of_tests(R"({"action": "s3:A", "expect": "denied"})"),
              HasSubstr("member `name` is missing [at /tests/0]"));
  EXPECT_THAT(error_of_tests(R"({"name": "t", "expect": "denied"})"),
              HasSubstr("member `action` or `actions` is missing"));
  EXPECT_THAT(
      error_of_tests(R"({"name": "t", "action": "s3:A", "actions": ["s3:A"], "expect": "denied"})"),
      HasSubstr("give `action` or `actions`, not both [at /tests/0/actions]"));
  EXPECT_THAT(error_of_tests(R"({"name": "t", "action": "s3:A"})"),
              HasSubstr("`expect` is missing"));
  EXPECT_THAT(error_of_tests(R"({"name": "t", "action": "s3:A", "expect": "yes"})"),
              HasSubstr("`yes` is none of allowed, denied, explicitDeny, implicitDeny"));
  EXPECT_THAT(error_of_tests(R"({"name": "t", "action": "s3:*", "expect": "denied"})"),
              HasSubstr(":2:35: INVALID_REQUEST: "));
  EXPECT_THAT(
      error_of_tests(R"({"name": "t", "action": "s3:A", "resource": "b", "expect": "denied"})"),
      HasSubstr("[M-32 at /tests/0/resource]"));
  EXPECT_THAT(
      error_of_tests(R"({"name": "t", "principal": "x", "action": "s3:A", "expect": "denied"})"),
      HasSubstr("[P-1 at /tests/0/principal]"));
  EXPECT_THAT(
      error_of_tests(R"({"name": "t", "action": "s3:A", "policies": ["q"], "expect": "denied"})"),
      HasSubstr("there is no policy `q` in the suite"));
  EXPECT_THAT(
      error_of_tests(R"({"name": "t", "action": "s3:A", "contexts": ["q"], "expect": "denied"})"),
      HasSubstr("there is no context `q` in the suite"));
  EXPECT_THAT(error_of_tests("", R"("actions": {"file": "none"},)"),
              HasSubstr("cannot read `dir/none` [at /actions/file]"));
  EXPECT_THAT(error_of_tests("", R"("actions": ["s3:*"],)"), HasSubstr("`s3:*` is a pattern"));
  EXPECT_THAT(
      error_of_tests(R"({"name": "t", "action": "s3:A", "context": {"k": 1}, "expect": "denied"})"),
      HasSubstr("a string, an array of strings or null [at /tests/0/context/k]"));
}

TEST_F(SuiteTestFixture, ATableTooLargeIsRefused) {
  std::string many;
  for (int i = 0; i < 1001; ++i) many += (i == 0 ? "\"s3:A" : ", \"s3:A") + std::to_string(i) + '"';
  std::string arns;
  for (int i = 0; i < 1001; ++i)
    arns += (i == 0 ? "\"arn:aws:s3:::" : ", \"arn:aws:s3:::") + std::to_string(i) + '"';
  EXPECT_THAT(error_of_tests("{\"name\": \"t\", \"actions\": [" + many + "], \"resources\": [" +
                             arns + "], \"expect\": \"denied\"}"),
              HasSubstr("LIMIT_EXCEEDED: the suite asks more than 1000000 requests"));
}

TEST_F(SuiteTestFixture, TestsLookAtOutcomeSidAndRule) {
  const Result<Suite, DocumentError> suite = read_tests(
      R"({"name": "a", "action": "s3:GetObject", "resource": "arn:aws:s3:::b/k", "expect": "allowed", "sid": "Read", "rule": "E-63"},
         {"name": "b", "action": "s3:GetObject", "resource": "arn:aws:s3:::b/key", "expect": "explicitDeny", "sid": "NoSecrets"},
         {"name": "c", "action": "s3:PutObject", "resource": "arn:aws:s3:::b/k", "expect": "implicitDeny"},
         {"name": "d", "action": "s3:PutObject", "resource": "arn:aws:s3:::b/k", "expect": "denied"},
         {"name": "e", "action": "s3:GetObject", "resource": "arn:aws:s3:::b/k", "expect": "denied"},
         {"name": "f", "action": "s3:GetObject", "resource": "arn:aws:s3:::b/k", "expect": "allowed", "sid": "Other"},
         {"name": "g", "action": "s3:GetObject", "resource": "arn:aws:s3:::b/k", "expect": "allowed", "rule": "E-1"})",
      R"("defaults": {"principal": "arn:aws:iam::111122223333:user/A"},)");
  ASSERT_TRUE(suite.has_value()) << suite.error().to_string();
  std::string passed;
  for (const SuiteTest& test : suite->tests()) {
    const SuiteStack& stack = suite->stacks()[test.stack];
    if (run_test(test, stack, stack.policies, *shelf_).passed) passed += suite->name_of(test);
  }
  EXPECT_EQ(passed, "abcd");
}

TEST_F(SuiteTestFixture, CoverageTellsWhatDecided) {
  const std::string members = R"("defaults": {"principal": "arn:aws:iam::111122223333:user/A"},)";
  const auto notes = [&](const std::string& tests) {
    std::vector<Suite> suites;
    Result<Suite, DocumentError> suite = read_tests(tests, members);
    EXPECT_TRUE(suite.has_value());
    suites.push_back(*std::move(suite));
    Coverage coverage(covered_policies(*shelf_));
    static_cast<void>(run_suites(suites, *shelf_, 2, &coverage, [](std::size_t) {}));
    std::vector<std::string> messages;
    for (const ReportNote& note : coverage.notes()) {
      messages.push_back(std::to_string(note.position.line) + ": " + note.message);
    }
    return messages;
  };
  // An Allow that applies in a denied request decides nothing.
  EXPECT_THAT(
      notes(
          R"({"name": "a", "action": "s3:GetObject", "resource": "arn:aws:s3:::b/key", "expect": "denied"})"),
      ElementsAre(
          "4: statement 1 `Read` decides no test",
          "7: Resource `arn:aws:s3:::b/secret/*` of statement 2 `NoSecrets` decides no test",
          "8: value `Root` of StringNotEquals `aws:username` of statement 2 `NoSecrets` "
          "decides no test"));
  // The value of a negated operator decides where it holds the Deny off.
  EXPECT_THAT(
      notes(
          R"({"name": "a", "action": "s3:GetObject", "resource": "arn:aws:s3:::b/key", "expect": "denied"},
               {"name": "b", "action": "s3:GetObject", "resource": "arn:aws:s3:::b/secret/k", "expect": "denied"},
               {"name": "c", "action": "s3:GetObject", "resource": "arn:aws:s3:::b/key", "context": {"aws:username": "Root"}, "expect": "allowed"})"),
      ElementsAre("4: Action `s3:HeadObject` of statement 1 `Read` decides no test"));
}

TEST_F(SuiteTestFixture, CoverageOfNotElementsAndSetOperators) {
  files_["dir/p.json"] = R"({"Version": "2012-10-17", "Statement": [
{"Effect": "Allow", "NotAction": ["s3:A", "s3:B"], "NotResource": ["arn:aws:s3:::x", "arn:aws:s3:::${aws:username}"]},
{"Effect": "Deny", "Action": "*", "Resource": "*",
 "Condition": {"ForAnyValue:StringEquals": {"aws:TagKeys": ["a", "b"]}, "StringEqualsIfExists": {"x:k": ["v", "w"]}}}]})";
  std::vector<Suite> suites;
  Result<Suite, DocumentError> suite = read_tests(
      R"({"name": "a", "actions": ["s3:C", "s3:A"], "resource": "arn:aws:s3:::y", "expect": "denied"},
         {"name": "b", "action": "s3:C", "resource": "arn:aws:s3:::me", "context": {"aws:username": "me"}, "expect": "denied"},
         {"name": "c", "action": "s3:B", "resource": "arn:aws:s3:::x", "expect": "denied"},
         {"name": "d", "action": "s3:C", "resource": "arn:aws:s3:::y", "context": {"aws:TagKeys": ["z", "b"]}, "expect": "denied"})",
      R"("defaults": {"principal": "arn:aws:iam::111122223333:user/A", "context": {"aws:username": "you"}},)");
  ASSERT_TRUE(suite.has_value()) << suite.error().to_string();
  suites.push_back(*std::move(suite));
  Coverage coverage(covered_policies(*shelf_));
  static_cast<void>(run_suites(suites, *shelf_, 1, &coverage, [](std::size_t) {}));
  std::vector<std::string> missing;
  for (const ReportNote& note : coverage.notes()) missing.push_back(note.message);
  EXPECT_THAT(
      missing,
      ElementsAre(
          "NotAction `s3:B` of statement 1 decides no test",
          "NotResource `arn:aws:s3:::x` of statement 1 decides no test",
          "value `a` of ForAnyValue:StringEquals `aws:TagKeys` of statement 2 decides no test",
          "value `v` of StringEqualsIfExists `x:k` of statement 2 decides no test",
          "value `w` of StringEqualsIfExists `x:k` of statement 2 decides no test"));
}

std::vector<std::string> steps_of(std::string_view text,
                                  PolicyType type = PolicyType::IdentityBased) {
  const Result<PolicyDocument> document = parse_policy(text, type);
  EXPECT_TRUE(document.has_value());
  std::vector<std::string> steps;
  for (const Mutant& mutant : mutants_of(text, *document)) {
    EXPECT_TRUE(parse_policy(mutant.text, type).has_value()) << mutant.text;
    steps.push_back(std::to_string(mutant.position.line) + ": " +
                    std::string(to_string(mutant.kind)) + " " + mutant.what);
  }
  return steps;
}

TEST(MutantTest, EachStepIsOneSmallChange) {
  EXPECT_THAT(
      steps_of(R"({"Version": "2012-10-17", "Statement": [
{"Effect": "Allow", "Action": ["s3:GetObject", "s3:List*"], "Resource": "arn:aws:s3:::b/${aws:username}/*"},
{"Effect": "Deny", "Action": "*", "Resource": "*",
 "Condition": {"ForAllValues:StringLike": {"aws:TagKeys": ["a", "b"]}, "Bool": {"aws:SecureTransport": false},
  "NumericLessThan": {"s3:max-keys": "10"}}}]})"),
      ElementsAre(
          "2: dropStatement dropped", "2: flipEffect Effect `Allow` becomes `Deny`",
          "2: removePattern Action `s3:GetObject` removed",
          "2: widenPattern Action `s3:GetObject` becomes `s3:*`",
          "2: widenPattern Action `s3:GetObject` becomes `s3:Get*`",
          "2: narrowPattern Action `s3:GetObject` becomes `s3:GetObjectx`",
          "2: removePattern Action `s3:List*` removed",
          "2: widenPattern Action `s3:List*` becomes `s3:*`",
          "2: narrowPattern Action `s3:List*` becomes `s3:Listx*`",
          "2: widenPattern Resource `arn:aws:s3:::b/${aws:username}/*` becomes `*`",
          "2: widenPattern Resource `arn:aws:s3:::b/${aws:username}/*` becomes "
          "`arn:aws:s3:::b/*/*`",
          "2: narrowPattern Resource `arn:aws:s3:::b/${aws:username}/*` becomes "
          "`arn:aws:s3:::b/${aws:username}/x*`",
          "3: dropStatement dropped", "3: flipEffect Effect `Deny` becomes `Allow`",
          "3: narrowPattern Action `*` becomes `writ:Nothing`",
          "3: narrowPattern Resource `*` becomes `arn:aws:writ:::nothing`",
          "4: dropCondition ForAllValues:StringLike `aws:TagKeys` dropped",
          "4: negateOperator ForAllValues:StringLike `aws:TagKeys` becomes "
          "ForAllValues:StringNotLike",
          "4: swapQuantifier ForAllValues:StringLike `aws:TagKeys` becomes ForAnyValue:StringLike",
          "4: removeValue value \"a\" of ForAllValues:StringLike `aws:TagKeys` removed",
          "4: removeValue value \"b\" of ForAllValues:StringLike `aws:TagKeys` removed",
          "4: dropCondition Bool `aws:SecureTransport` dropped",
          "4: negateOperator Bool `aws:SecureTransport` becomes true",
          "5: dropCondition NumericLessThan `s3:max-keys` dropped",
          "5: negateOperator NumericLessThan `s3:max-keys` becomes NumericGreaterThanEquals"));
}

TEST(MutantTest, PrincipalsAreRemovedAndWidened) {
  EXPECT_THAT(
      steps_of(
          R"({"Statement": {"Effect": "Allow", "Principal": {"AWS": ["111122223333", "444455556666"], "Service": "sns.amazonaws.com"}, "Action": "s3:A", "Resource": "arn:aws:s3:::b"}})",
          PolicyType::ResourceBased),
      ::testing::AllOf(
          ::testing::Contains("1: widenPrincipal Principal becomes `*`"),
          ::testing::Contains("1: removePrincipal Principal AWS `111122223333` removed"),
          ::testing::Contains("1: removePrincipal Principal Service `sns.amazonaws.com` removed")));
}

// Operators of one condition object are joined, never doubled.
TEST(MutantTest, ARenamedOperatorJoinsItsNamesake) {
  const std::string_view text =
      R"({"Statement": {"Effect": "Allow", "Action": "s3:A", "Resource": "*", "Condition": {"StringEquals": {"a:b": "1", "a:c": "2"}, "StringNotEquals": {"a:d": "3", "a:c": "4"}}}})";
  const Result<PolicyDocument> document = parse_policy(text, PolicyType::IdentityBased);
  ASSERT_TRUE(document.has_value());
  int negated = 0;
  for (const Mutant& mutant : mutants_of(text, *document)) {
    if (mutant.kind != MutationKind::NegateOperator) continue;
    ++negated;
    EXPECT_THAT(mutant.text, HasSubstr("\"1\""));
    EXPECT_THAT(mutant.text, HasSubstr("\"2\""));
    EXPECT_THAT(mutant.text, HasSubstr("\"3\""));
    EXPECT_THAT(mutant.text, HasSubstr("\"4\""));
  }
  EXPECT_EQ(negated, 2);  // `a:c` cannot be tested twice by one operator
}

constexpr std::string_view kHalfTested = R"({"suite": "half", "policies": {"p": "p.json"},
"defaults": {"principal": "arn:aws:iam::111122223333:user/A"},
"tests": [
{"name": "reads", "action": "s3:GetObject", "resource": "arn:aws:s3:::b/k", "expect": "allowed"},
{"name": "wrong", "action": "s3:PutObject", "resource": "arn:aws:s3:::b/k", "expect": "allowed"}
]})";

TEST(SuiteCommandTest, CheckReportsFailuresEverywhere) {
  const test::TemporaryFolder folder;
  folder.write("p.json", kReader);
  const std::string suite = folder.write("a.suite.json", kHalfTested);
  const ToolRun run =
      run_tool({"check", folder.path(), "--junit", folder.path() + "/j.xml", "--sarif",
                folder.path() + "/s.sarif", "--annotations", "github", "--jobs", "2"});
  EXPECT_EQ(run.code, 1);
  EXPECT_THAT(run.out, StartsWith("wrong: expected allowed, got implicitDeny (no identity-based "
                                  "policy has an Allow that applies (E-66)) [" +
                                  suite + ":5:1]\n::error file=" + suite +
                                  ",line=5,col=1,title=wrong::expected allowed"));
  EXPECT_THAT(run.out, ::testing::EndsWith("1 passed, 1 failed\n"));
  EXPECT_THAT(folder.text("j.xml"),
              HasSubstr("<testsuite name=\"half\" tests=\"2\" failures=\"1\" errors=\"0\""));
  EXPECT_TRUE(writ::testing::is_json(folder.text("s.sarif")));
  EXPECT_THAT(folder.text("s.sarif"), HasSubstr("\"startLine\":5"));
  const ToolRun json = run_tool({"check", suite, "--json", "--coverage"});
  const rapidjson::Document answer = writ::testing::parsed_json(json.out);
  EXPECT_STREQ(answer["failures"][0]["id"].GetString(), "wrong");
  EXPECT_EQ(answer["coverage"]["statements"]["covered"].GetInt(), 1);
  EXPECT_EQ(answer["coverage"]["statements"]["total"].GetInt(), 2);
}

TEST(SuiteCommandTest, MinimumsAndBadOptionsAreExitCodes) {
  const test::TemporaryFolder folder;
  folder.write("p.json", kReader);
  const std::string suite = folder.write(
      "a.suite.json",
      R"({"policies": {"p": "p.json"}, "tests": [{"name": "n", "action": "s3:A", "expect": "denied"}]})");
  EXPECT_EQ(run_tool({"check", suite}).code, 0);
  const ToolRun low = run_tool({"check", suite, "--min-coverage", "50"});
  EXPECT_EQ(low.code, 1);
  EXPECT_THAT(low.err, HasSubstr("0.0 % of statements are covered, fewer than 50 %"));
  EXPECT_EQ(run_tool({"check", suite, "--min-coverage", "0"}).code, 0);
  EXPECT_EQ(run_tool({"check", suite, "--min-coverage", "101"}).code, 2);
  EXPECT_EQ(run_tool({"check", suite, "--jobs", "0"}).code, 2);
  EXPECT_THAT(run_tool({"mutate", suite, "--min-score", "nan"}).err,
              HasSubstr("`--min-score nan`: write a percentage from 0 to 100"));
  EXPECT_THAT(run_tool({"mutate", suite, "--jobs", "1025"}).err,
              HasSubstr("`--jobs 1025`: write a number from 1 to 1024"));
  EXPECT_EQ(run_tool({"check", suite, "--annotations", "gitlab"}).code, 2);
  EXPECT_EQ(run_tool({"check", suite, "--junit", "/nowhere/x"}).code, 2);
  const test::TemporaryFolder empty;
  EXPECT_THAT(run_tool({"check", empty.path()}).err, HasSubstr("there is no suite"));
  const ToolRun mutants = run_tool({"mutate", suite});
  EXPECT_EQ(mutants.code, 1);
  EXPECT_THAT(mutants.out, HasSubstr("p.json:4:5: statement 1 `Read`: dropped: no test notices\n"));
  EXPECT_EQ(run_tool({"mutate", suite, "--min-score", "0"}).code, 0);
  const ToolRun json = run_tool({"mutate", suite, "--json"});
  const rapidjson::Document answer = writ::testing::parsed_json(json.out);
  EXPECT_EQ(answer["noticed"].GetInt(), 0);
  EXPECT_STREQ(answer["survivors"][0]["kind"].GetString(), "dropStatement");
  // A suite that fails tells nothing of mutants.
  folder.write("a.suite.json", kHalfTested);
  EXPECT_EQ(run_tool({"mutate", suite}).code, 2);
}

}  // namespace
}  // namespace writ::cli
