#include "cli/case_reader.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace writ::cli {
namespace {

using ::testing::HasSubstr;

constexpr std::string_view kAllow =
    R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]})";

// One case of Alice reading an object, with more fields and an expectation.
std::string case_line(std::string_view fields, std::string_view expect) {
  return R"({"id":"x","principal":"arn:aws:iam::111122223333:user/Alice","action":"s3:GetObject",)"
         R"("resource":"arn:aws:s3:::b/k",)" +
         std::string(fields) + R"("expect":")" + std::string(expect) + "\"}";
}

CaseOutcome outcome_of(std::string_view line) {
  const Result<Case> asked = read_case(line);
  EXPECT_TRUE(asked) << asked.error().to_string();
  return asked ? run_case(*asked) : CaseOutcome{};
}

CaseOutcome outcome_with(std::string_view fields) {
  return outcome_of(case_line(fields, "allowed"));
}

PolicyError error_of(std::string_view line) {
  const Result<Case> asked = read_case(line);
  EXPECT_FALSE(asked) << line;
  return asked ? PolicyError{} : asked.error();
}

std::string allow(std::string_view layer) { return fmt::format("\"{}\":[{}],", layer, kAllow); }

TEST(CaseReaderTest, DecidesByIdentityPolicy) {
  const std::string line = case_line(allow("identity"), "allowed");
  const CaseOutcome outcome = outcome_of(line);
  EXPECT_EQ(outcome.got, Expectation::Allowed);
  EXPECT_EQ(outcome.decision.reason, Reason::AllowedByIdentity);
  EXPECT_EQ(outcome.policy, "identity[0]");
  ASSERT_TRUE(outcome.position);
  // The place of the statement's brace in the line.
  EXPECT_EQ(line.substr(outcome.position->offset, 10), "{\"Effect\":");
}

// E-1: present but empty allows nothing, absent imposes nothing; `"scp": []` is none.
TEST(CaseReaderTest, KeepsPresentButEmptyApartFromAbsent) {
  EXPECT_EQ(outcome_with(allow("identity") + "\"scp\":[],\"rcp\":[],").got, Expectation::Allowed);
  const CaseOutcome boundary = outcome_with(allow("identity") + "\"boundary\":[],");
  EXPECT_EQ(boundary.got, Expectation::ImplicitDeny);
  EXPECT_EQ(boundary.decision.reason, Reason::NoBoundaryAllow);
  const CaseOutcome session = outcome_with(allow("identity") + "\"session\":[],");
  EXPECT_EQ(session.decision.reason, Reason::NoSessionAllow);
  const CaseOutcome level = outcome_with(allow("identity") + "\"scp\":[[]],");
  EXPECT_EQ(level.decision.reason, Reason::NoServiceControlAllow);
  const CaseOutcome endpoint = outcome_with(allow("identity") + "\"endpoint\":[],");
  EXPECT_EQ(endpoint.decision.reason, Reason::NoEndpointAllow);
  // E-31: the implicit RCPFullAWSAccess keeps an empty level of resource control policies open.
  EXPECT_EQ(outcome_with(allow("identity") + "\"rcp\":[[]],").got, Expectation::Allowed);
}

// E-21: every level counts, and the position names the level.
TEST(CaseReaderTest, ReadsLevelsInOrder) {
  const std::string deny =
      R"({"Version":"2012-10-17","Statement":{"Effect":"Deny","Action":"*","Resource":"*"}})";
  const std::string levels = fmt::format("\"scp\":[[{}],[{},{}]],", kAllow, kAllow, deny);
  const CaseOutcome outcome = outcome_with(allow("identity") + levels);
  EXPECT_EQ(outcome.got, Expectation::ExplicitDeny);
  EXPECT_EQ(outcome.policy, "scp[1][1]");
}

// C-13: a string is a single value, an array several, and an empty array a key without values.
TEST(CaseReaderTest, ReadsContextValues) {
  const auto with_test = [](std::string_view condition, std::string_view context) {
    return outcome_with(R"("identity":[{"Version":"2012-10-17","Statement":[{"Effect":"Allow",)"
                        R"("Action":"*","Resource":"*","Condition":)" +
                        std::string(condition) + "}]}],\"context\":" + std::string(context) + ",")
        .got;
  };
  EXPECT_EQ(
      with_test(R"({"StringEquals":{"aws:username":"Alice"}})", R"({"aws:username":"Alice"})"),
      Expectation::Allowed);
  EXPECT_EQ(with_test(R"({"ForAnyValue:StringEquals":{"aws:TagKeys":"b"}})",
                      R"({"aws:TagKeys":["a","b"]})"),
            Expectation::Allowed);
  EXPECT_EQ(with_test(R"({"Null":{"aws:TagKeys":"true"}})", R"({"aws:TagKeys":[]})"),
            Expectation::Allowed);
  EXPECT_EQ(with_test(R"({"StringEquals":{"aws:username":"\u00e9"}})", R"({"aws:username":"é"})"),
            Expectation::Allowed);
}

// P-1: the forms of a principal; no principal is anonymous.
TEST(CaseReaderTest, ReadsPrincipals) {
  const auto with_principal = [](std::string_view principal) {
    return outcome_of(
        R"({"id":"x","action":"s3:GetObject","resource":"arn:aws:s3:::b/k","resourceAccount":"111122223333",)" +
        std::string(principal) +
        R"("resourcePolicy":{"Version":"2012-10-17","Statement":[
           {"Effect":"Allow","Principal":{"Service":"sns.amazonaws.com"},"Action":"*","Resource":"*"},
           {"Effect":"Allow","Principal":{"Federated":"accounts.google.com"},"Action":"*","Resource":"*"}]}})");
  };
  EXPECT_EQ(with_principal(R"("principal":{"Service":"sns.amazonaws.com"},)").got,
            Expectation::Allowed);
  EXPECT_EQ(with_principal(R"("principal":{"Federated":"accounts.google.com"},)").got,
            Expectation::Allowed);
  EXPECT_EQ(with_principal("").got, Expectation::ImplicitDeny);
  EXPECT_EQ(with_principal(R"("principal":null,)").got, Expectation::ImplicitDeny);
  EXPECT_EQ(with_principal(R"("principal":"*",)").got, Expectation::ImplicitDeny);
  EXPECT_EQ(with_principal(R"("principal":"arn:aws:iam::1:user/A",)").got, Expectation::Error);
  EXPECT_EQ(with_principal(R"("principal":"arn:aws:iam::1:user/A",)").error->rule, "P-1");
}

// P-22: roleArn gives a session the path of its role.
TEST(CaseReaderTest, ReadsTheRoleOfASession) {
  const std::string with_path =
      outcome_of(
          R"({"id":"x","principal":"arn:aws:sts::111122223333:assumed-role/R/s","roleArn":"arn:aws:iam::111122223333:role/p/R",)"
          R"("action":"s3:GetObject","resource":"arn:aws:s3:::b/k","resourcePolicy":{"Version":"2012-10-17","Statement":[)"
          R"({"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:role/other/R"},"Action":"*","Resource":"*"}]},"expect":"implicitDeny"})")
          .policy;
  EXPECT_EQ(with_path, "");
}

// The trust policy: action of `sts:` in any case, resource a role.
TEST(CaseReaderTest, ReadsATrustPolicyForRolesOnly) {
  EXPECT_TRUE(asks_for_role("STS:AssumeRole", "arn:aws:iam::111122223333:role/R"));
  EXPECT_FALSE(asks_for_role("sts:AssumeRole", "arn:aws:iam::111122223333:user/R"));
  EXPECT_FALSE(asks_for_role("sts:AssumeRole", "arn:aws:s3:::role/R"));
  EXPECT_FALSE(asks_for_role("sts:AssumeRole", "*"));
  EXPECT_FALSE(asks_for_role("s3:GetObject", "arn:aws:iam::111122223333:role/R"));
  // G-32: a trust policy has no Resource, so this document is refused.
  const CaseOutcome outcome = outcome_of(
      R"({"id":"x","principal":"*","action":"sts:AssumeRole","resource":"arn:aws:iam::111122223333:role/R",)"
      R"("resourcePolicy":{"Statement":{"Effect":"Allow","Principal":"*","Action":"sts:AssumeRole","Resource":"*"}}})");
  EXPECT_EQ(outcome.got, Expectation::Error);
  EXPECT_EQ(outcome.error->rule, "G-32");
  EXPECT_EQ(outcome.policy, "resourcePolicy");
}

// E-61: resourcePolicyRequired overrides what action and ARN say.
TEST(CaseReaderTest, ReadsResourcePolicyRequired) {
  EXPECT_EQ(outcome_with(allow("identity") + "\"resourcePolicyRequired\":true,").got,
            Expectation::ImplicitDeny);
  EXPECT_EQ(outcome_with(allow("identity") + "\"resourcePolicyRequired\":false,").got,
            Expectation::Allowed);
}

// D-7, G-1, G-3, G-11: a mistake inside a document is that document's, not the line's.
TEST(CaseReaderTest, LeavesMistakesInDocumentsToTheDocuments) {
  const auto rule_of_document = [](std::string_view document) {
    const CaseOutcome outcome = outcome_with(fmt::format("\"identity\":[{}],", document));
    EXPECT_EQ(outcome.got, Expectation::Error) << document;
    return outcome.error ? std::string(outcome.error->rule) : "none";
  };
  EXPECT_EQ(rule_of_document(R"({"Statement":[],"Statement":[]})"), "G-3");
  EXPECT_EQ(rule_of_document(R"({"Version":"\ud800"})"), "G-1");
  EXPECT_EQ(rule_of_document("{\"Version\":\"\xff\"}"), "G-1");
  EXPECT_EQ(rule_of_document("{\"Statement\":" + std::string(100'000, '[') +
                             std::string(100'000, ']') + "}"),
            "G-11");
  EXPECT_NE(rule_of_document("7"), "none");
  EXPECT_NE(rule_of_document("null"), "none");
}

// G-2: documents in a case are tested by their decoded strings only.
TEST(CaseReaderTest, TestsDecodedCharacters) {
  const std::string with_id =
      R"("identity":[{"Version":"2012-10-17","Id":"\u4e2d","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}],)";
  EXPECT_EQ(outcome_with(with_id).error->rule, "G-2");
}

TEST(CaseReaderTest, RefusesWhatIsNotACase) {
  const PolicyError misspelt = error_of(R"({"id":"x","action":"a:b","boundry":[]})");
  EXPECT_EQ(misspelt.code, ErrorCode::InvalidCase);
  EXPECT_EQ(misspelt.message, "unknown field `boundry`; did you mean `boundary`?");
  EXPECT_EQ(misspelt.position.column, 26U);
  EXPECT_EQ(error_of(R"({"id":"x"})").message, "field `action` is missing");
  EXPECT_EQ(error_of(R"({"action":"a:b"})").message, "field `id` is missing");
  EXPECT_EQ(error_of(R"({"id":"x","id":"y","action":"a:b"})").message, "field `id` is given twice");
  EXPECT_EQ(error_of(R"({"id":"x","i\u0064":"y","action":"a:b"})").message,
            "field `id` is given twice");
  EXPECT_EQ(error_of(R"({"id":7,"action":"a:b"})").json_pointer, "/id");
  EXPECT_EQ(error_of(R"({"id":"x","action":"a:b","principal":{"AWS":"x"}})").json_pointer,
            "/principal");
  EXPECT_EQ(error_of(R"({"id":"x","action":"a:b","context":{"k":7}})").json_pointer, "/context/k");
  EXPECT_EQ(error_of(R"({"id":"x","action":"a:b","context":{"k":"1","k":"2"}})").message,
            "this key is given twice");
  EXPECT_EQ(error_of(R"({"id":"x","action":"a:b","identity":{}})").json_pointer, "/identity");
  EXPECT_EQ(error_of(R"({"id":"x","action":"a:b","scp":[{}]})").json_pointer, "/scp/0");
  EXPECT_EQ(error_of(R"({"id":"x","action":"a:b","expect":"denied"})").json_pointer, "/expect");
  EXPECT_EQ(error_of(R"({"id":"x","action":"a:b","resourcePolicyRequired":"true"})").json_pointer,
            "/resourcePolicyRequired");
  EXPECT_EQ(error_of("{\"id\":\"\xff\",\"action\":\"a:b\"}").code, ErrorCode::InvalidCase);
  EXPECT_EQ(error_of(R"({"id":"x","action":"a:b")").code, ErrorCode::JsonSyntaxError);
}

TEST(CaseReaderTest, RecognisesAnalysisCases) {
  const PolicyError known = error_of(R"({"id":"x","check":"noNewAccess","existing":{},"new":{}})");
  EXPECT_THAT(known.message, HasSubstr("this is an analysis case (`noNewAccess`)"));
  EXPECT_EQ(error_of(R"({"id":"x","check":"noAccess"})").message, "unknown analysis `noAccess`");
}

// M-14, M-32, E-80: an invalid request is an error, not a decision.
TEST(CaseReaderTest, InvalidRequestsAreErrors) {
  for (const std::string_view line :
       {R"({"id":"x","action":"s3:Get*"})", R"({"id":"x","action":"s3:GetObject","resource":"b"})",
        R"({"id":"x","action":"s3:GetObject","resourceAccount":"1"})",
        R"({"id":"x","action":"s3:GetObject","resourceAccount":""})",
        R"({"id":"x","action":""})"}) {
    const CaseOutcome outcome = outcome_of(line);
    EXPECT_EQ(outcome.got, Expectation::Error) << line;
    EXPECT_EQ(outcome.error->code, ErrorCode::InvalidRequest) << line;
    EXPECT_FALSE(outcome.position) << line;
  }
}

}  // namespace
}  // namespace writ::cli
