// The C interface: the same decisions as the C++ one, errors as values, and nothing thrown.
#include "writ/c.h"

#include <gmock/gmock.h>

#include <array>
#include <cstddef>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

#include "cli/case_reader.h"
#include "writ/policy_stack.h"

namespace writ {
namespace {

using testing::HasSubstr;
using testing::StrEq;

constexpr std::string_view kAlice = "arn:aws:iam::111122223333:user/Alice";
constexpr std::string_view kReport = "arn:aws:s3:::reports/Alice/may.csv";
constexpr std::string_view kReadReports = R"({"Version": "2012-10-17", "Statement": [
  {"Effect": "Deny", "Action": "s3:DeleteObject", "Resource": "*"},
  {"Effect": "Allow", "Action": ["s3:GetObject", "s3:DeleteObject"],
   "Resource": "arn:aws:s3:::reports/${aws:username}/*"}]})";

// The layout that programs are compiled with: it changes with WRIT_C_VERSION only.
static_assert(sizeof(writ_error) == 1024);
static_assert(offsetof(writ_error, offset) == 4 && offsetof(writ_error, line) == 8 &&
              offsetof(writ_error, column) == 12 && offsetof(writ_error, name) == 16 &&
              offsetof(writ_error, rule) == 64 && offsetof(writ_error, json_pointer) == 80 &&
              offsetof(writ_error, message) == 336);
static_assert(sizeof(writ_decision) == 24 + 2 * sizeof(void*));
static_assert(offsetof(writ_decision, layer) == 4 && offsetof(writ_decision, level) == 8 &&
              offsetof(writ_decision, document) == 12 && offsetof(writ_decision, statement) == 16 &&
              offsetof(writ_decision, reason) == 24);
static_assert(WRIT_C_VERSION == 1 && WRIT_ALLOWED == 2 && WRIT_VPC_ENDPOINT == 7 &&
              WRIT_CALLER_CANONICAL_USER == 4 && WRIT_OUT_OF_MEMORY == 5);

writ_text text(std::string_view view) { return {view.data(), view.size()}; }

// What a test made, freed at its end.
class CTest : public testing::Test {
 protected:
  CTest() { EXPECT_EQ(writ_policies_new(&policies_, nullptr), WRIT_OK); }
  CTest(const CTest&) = delete;
  CTest& operator=(const CTest&) = delete;
  ~CTest() override {
    writ_policies_free(policies_);
    writ_request_builder_free(builder_);
    writ_request_free(request_);
  }

  writ_status add(writ_policy_type type, std::string_view name, std::string_view policy,
                  std::uint32_t level = 0) {
    writ_document* document = nullptr;
    writ_policy_set* set = nullptr;
    writ_status status = writ_parse(type, text(name), text(policy), &document, &error_);
    if (status == WRIT_OK) status = writ_compile(type, &document, 1, &set, &error_);
    if (status == WRIT_OK) status = writ_policies_add(policies_, set, level, &error_);
    writ_document_free(document);
    writ_policy_set_free(set);
    return status;
  }
  // A layer that is present and has no document.
  writ_status add_empty(writ_policy_type type, std::uint32_t level = 0) {
    writ_policy_set* set = nullptr;
    writ_status status = writ_compile(type, nullptr, 0, &set, &error_);
    if (status == WRIT_OK) status = writ_policies_add(policies_, set, level, &error_);
    writ_policy_set_free(set);
    return status;
  }
  void begin(std::string_view action, std::string_view resource,
             writ_caller_kind kind = WRIT_CALLER_ARN, std::string_view caller = kAlice) {
    writ_request_builder_free(builder_);
    ASSERT_EQ(writ_request_builder_new(kind, text(caller), text(action), text(resource), &builder_,
                                       nullptr),
              WRIT_OK);
  }
  writ_status build() {
    writ_request_free(request_);
    return writ_request_build(builder_, &request_, &error_);
  }
  // Alice asks for her report.
  writ_outcome ask(std::string_view action, std::string_view resource = kReport) {
    begin(action, resource);
    writ_request_set(builder_, text("aws:username"), text("Alice"));
    EXPECT_EQ(build(), WRIT_OK) << error_.message;
    return writ_evaluate(policies_, request_, &decision_);
  }

  writ_error error_ = {};
  writ_decision decision_ = {};
  writ_policies* policies_ = nullptr;
  writ_request_builder* builder_ = nullptr;
  writ_request* request_ = nullptr;
};

TEST_F(CTest, TellsItsVersions) {
  EXPECT_EQ(writ_c_version(), WRIT_C_VERSION);
  EXPECT_THAT(writ_version(), testing::MatchesRegex("[0-9]+\\.[0-9]+\\.[0-9]+"));
}

TEST_F(CTest, DecidesAndNamesTheStatement) {
  ASSERT_EQ(add(WRIT_IDENTITY_BASED, "ReadReports", kReadReports), WRIT_OK) << error_.message;
  EXPECT_EQ(ask("s3:GetObject"), WRIT_ALLOWED);
  EXPECT_EQ(decision_.outcome, WRIT_ALLOWED);
  EXPECT_EQ(decision_.layer, WRIT_IDENTITY_BASED);
  EXPECT_EQ(decision_.document, 0U);
  EXPECT_EQ(decision_.statement, 1U);
  EXPECT_THAT(decision_.reason, StrEq("AllowedByIdentity"));
  EXPECT_THAT(decision_.rule, StrEq("E-63"));
  EXPECT_EQ(ask("s3:DeleteObject"), WRIT_EXPLICIT_DENY);
  EXPECT_EQ(decision_.statement, 0U);
  EXPECT_EQ(ask("s3:PutObject"), WRIT_IMPLICIT_DENY);
  EXPECT_EQ(decision_.document, WRIT_NONE);
  EXPECT_EQ(decision_.statement, WRIT_NONE);
  EXPECT_THAT(decision_.reason, StrEq("NoIdentityAllow"));
}

TEST_F(CTest, ExplainsAsTheLibraryDoes) {
  ASSERT_EQ(add(WRIT_IDENTITY_BASED, "ReadReports", kReadReports), WRIT_OK);
  ASSERT_EQ(ask("s3:GetObject"), WRIT_ALLOWED);
  char* json = nullptr;
  std::size_t size = 0;
  ASSERT_EQ(writ_explain_json(policies_, request_, &json, &size, nullptr), WRIT_OK);
  PolicyStack stack;
  ASSERT_TRUE(stack.add(PolicyType::IdentityBased, "ReadReports", kReadReports));
  const Result<Caller> alice = Caller::from_arn(kAlice);
  RequestBuilder builder(*alice, "s3:GetObject", kReport);
  const Result<Request> request = builder.set("aws:username", "Alice").build();
  EXPECT_EQ(std::string_view(json, size), stack.explain(*request).to_json());
  EXPECT_EQ(json[size], '\0');
  writ_string_free(json);
}

TEST_F(CTest, PlacesErrors) {
  EXPECT_EQ(add(WRIT_IDENTITY_BASED, "Bad", "{\"Statement\": [\n {\"Effect\": \"Maybe\"}]}"),
            WRIT_INVALID_POLICY);
  EXPECT_EQ(error_.status, WRIT_INVALID_POLICY);
  EXPECT_EQ(error_.line, 2U);
  EXPECT_EQ(error_.column, 13U);
  EXPECT_EQ(error_.offset, 28U);
  EXPECT_THAT(error_.name, StrEq("INVALID_EFFECT"));
  EXPECT_THAT(error_.rule, StrEq("G-20"));
  EXPECT_THAT(error_.json_pointer, StrEq("/Statement/0/Effect"));
  EXPECT_THAT(error_.message, HasSubstr("Effect"));
}

TEST_F(CTest, CutsLongTextsOfErrorsAtACharacter) {
  // The unknown element's name ends up in the pointer; each character has two bytes.
  for (const std::size_t shift : {0U, 1U}) {
    std::string name(shift, 'x');
    for (int i = 0; i < 1000; ++i) name += "\u00e9";
    EXPECT_EQ(add(WRIT_IDENTITY_BASED, "Bad", "{\"" + name + "\": 1}"), WRIT_INVALID_POLICY);
    const std::string_view pointer = error_.json_pointer;
    ASSERT_LT(pointer.size(), sizeof error_.json_pointer);
    EXPECT_GE(pointer.size(), sizeof error_.json_pointer - 2);
    EXPECT_EQ(pointer.substr(1), name.substr(0, pointer.size() - 1));
    EXPECT_EQ((pointer.size() - 1 - shift) % 2, 0U);
  }
}

TEST_F(CTest, TextsMayHoldAnyByte) {
  // A zero byte does not end a value: the policy names `Alice`, the request `Alice\0Bob`.
  ASSERT_EQ(add(WRIT_IDENTITY_BASED, "Named", R"({"Version": "2012-10-17", "Statement": {
      "Effect": "Allow", "Action": "*", "Resource": "*",
      "Condition": {"StringEquals": {"aws:username": "Alice"}}}})"),
            WRIT_OK);
  using namespace std::literals;
  for (const auto& [name, outcome] :
       {std::pair{"Alice"sv, WRIT_ALLOWED}, std::pair{"Alice\0Bob"sv, WRIT_IMPLICIT_DENY}}) {
    begin("s3:GetObject", kReport);
    writ_request_set(builder_, text("aws:username"), text(name));
    ASSERT_EQ(build(), WRIT_OK);
    EXPECT_EQ(writ_evaluate(policies_, request_, nullptr), static_cast<writ_outcome>(outcome));
  }
  EXPECT_EQ(add(WRIT_IDENTITY_BASED, "Zero", "{\0}"sv), WRIT_INVALID_POLICY);
}

TEST_F(CTest, RequestsOwnTheirTexts) {
  ASSERT_EQ(add(WRIT_IDENTITY_BASED, "ReadReports", kReadReports), WRIT_OK);
  std::string caller(kAlice), action("s3:GetObject"), resource(kReport), key("aws:username"),
      value("Alice");
  begin(action, resource, WRIT_CALLER_ARN, caller);
  writ_request_set(builder_, text(key), text(value));
  for (std::string* each : {&caller, &action, &resource, &key, &value}) each->assign(99, '?');
  ASSERT_EQ(build(), WRIT_OK);
  writ_request_builder_free(builder_);
  builder_ = nullptr;
  EXPECT_EQ(writ_evaluate(policies_, request_, nullptr), WRIT_ALLOWED);
}

TEST_F(CTest, RefusesMalformedRequests) {
  begin("GetObject", kReport);
  EXPECT_EQ(build(), WRIT_INVALID_REQUEST);
  EXPECT_THAT(error_.rule, StrEq("M-14"));
  EXPECT_EQ(request_, nullptr);
  begin("s3:GetObject", "reports");
  EXPECT_EQ(build(), WRIT_INVALID_REQUEST);
  EXPECT_THAT(error_.rule, StrEq("M-32"));
  begin("s3:GetObject", kReport, WRIT_CALLER_ARN, "Alice");
  EXPECT_EQ(build(), WRIT_INVALID_REQUEST);
  EXPECT_THAT(error_.rule, StrEq("P-1"));
  for (const std::string_view account : {"", "12"}) {
    begin("s3:GetObject", kReport);
    writ_request_set_resource_account(builder_, text(account));
    EXPECT_EQ(build(), WRIT_INVALID_REQUEST);
    EXPECT_THAT(error_.rule, StrEq("E-80"));
  }
}

TEST_F(CTest, RefusesWhatIsNoArgument) {
  const writ_text none = {nullptr, 0};
  const writ_text broken = {nullptr, 1};
  writ_document* document = nullptr;
  writ_policy_set* set = nullptr;
  EXPECT_EQ(writ_parse(8, none, none, &document, &error_), WRIT_INVALID_ARGUMENT);
  EXPECT_THAT(error_.name, StrEq("INVALID_ARGUMENT"));
  EXPECT_EQ(writ_parse(0xffffffffU, none, none, &document, nullptr), WRIT_INVALID_ARGUMENT);
  EXPECT_EQ(writ_parse(WRIT_SESSION, none, broken, &document, nullptr), WRIT_INVALID_ARGUMENT);
  EXPECT_EQ(writ_parse(WRIT_SESSION, none, none, nullptr, nullptr), WRIT_INVALID_ARGUMENT);
  EXPECT_EQ(writ_parse(WRIT_SESSION, none, none, &document, nullptr), WRIT_INVALID_POLICY);
  EXPECT_EQ(writ_compile(WRIT_SESSION, nullptr, 1, &set, nullptr), WRIT_INVALID_ARGUMENT);
  EXPECT_EQ(writ_compile(WRIT_SESSION, &document, 1, &set, nullptr), WRIT_INVALID_ARGUMENT);
  EXPECT_EQ(writ_compile(99, nullptr, 0, &set, nullptr), WRIT_INVALID_ARGUMENT);
  EXPECT_EQ(writ_compile(WRIT_SESSION, nullptr, 0, nullptr, nullptr), WRIT_INVALID_ARGUMENT);
  EXPECT_EQ(writ_policies_new(nullptr, nullptr), WRIT_INVALID_ARGUMENT);
  EXPECT_EQ(writ_policies_add(policies_, nullptr, 0, nullptr), WRIT_INVALID_ARGUMENT);
  EXPECT_EQ(writ_request_builder_new(5, none, none, none, &builder_, nullptr),
            WRIT_INVALID_ARGUMENT);
  EXPECT_EQ(writ_request_builder_new(WRIT_CALLER_ARN, broken, none, none, &builder_, nullptr),
            WRIT_INVALID_ARGUMENT);
  EXPECT_EQ(writ_request_build(nullptr, &request_, nullptr), WRIT_INVALID_ARGUMENT);
  char* json = nullptr;
  EXPECT_EQ(writ_explain_json(policies_, nullptr, &json, nullptr, nullptr), WRIT_INVALID_ARGUMENT);
  EXPECT_EQ(writ_document_statement_count(nullptr), 0U);
  // Frees take null, setters too.
  writ_document_free(nullptr);
  writ_policy_set_free(nullptr);
  writ_policies_free(nullptr);
  writ_request_builder_free(nullptr);
  writ_request_free(nullptr);
  writ_string_free(nullptr);
  writ_request_set(nullptr, none, none);
}

TEST_F(CTest, SettersRememberForBuild) {
  const writ_text broken = {nullptr, 1};
  begin("s3:GetObject", kReport);
  writ_request_set(builder_, text("aws:username"), broken);
  writ_request_set(builder_, text("aws:username"), text("Alice"));
  EXPECT_EQ(build(), WRIT_INVALID_ARGUMENT);
  begin("s3:GetObject", kReport);
  writ_request_set_list(builder_, text("aws:TagKeys"), nullptr, 2);
  EXPECT_EQ(build(), WRIT_INVALID_ARGUMENT);
  begin("s3:GetObject", kReport);
  writ_request_set_resource_policy_required(builder_, 2);
  EXPECT_EQ(build(), WRIT_INVALID_ARGUMENT);
}

TEST_F(CTest, DeniesWithoutPoliciesOrRequest) {
  EXPECT_EQ(writ_evaluate(nullptr, nullptr, nullptr), WRIT_IMPLICIT_DENY);
  EXPECT_EQ(writ_evaluate(policies_, nullptr, &decision_), WRIT_IMPLICIT_DENY);
  EXPECT_THAT(decision_.reason, StrEq("NotARequest"));
  EXPECT_EQ(ask("s3:GetObject"), WRIT_IMPLICIT_DENY);
  EXPECT_EQ(writ_evaluate(nullptr, request_, nullptr), WRIT_IMPLICIT_DENY);
}

TEST_F(CTest, AnEmptySetCapsItsLayer) {
  ASSERT_EQ(add(WRIT_IDENTITY_BASED, "ReadReports", kReadReports), WRIT_OK);
  ASSERT_EQ(add_empty(WRIT_IDENTITY_BASED), WRIT_OK);
  EXPECT_EQ(ask("s3:GetObject"), WRIT_ALLOWED);
  ASSERT_EQ(add_empty(WRIT_PERMISSIONS_BOUNDARY), WRIT_OK);
  EXPECT_EQ(ask("s3:GetObject"), WRIT_IMPLICIT_DENY);
  EXPECT_THAT(decision_.reason, StrEq("NoBoundaryAllow"));
}

TEST_F(CTest, AResourceHasOnePolicyAndAnOrganizationFewLevels) {
  constexpr std::string_view kAll = R"({"Version": "2012-10-17", "Statement": {"Effect": "Allow",
      "Principal": "*", "Action": "*", "Resource": "*"}})";
  EXPECT_EQ(add(WRIT_RESOURCE_BASED, "Bucket", kAll), WRIT_OK);
  EXPECT_EQ(add(WRIT_RESOURCE_BASED, "Another", kAll), WRIT_LIMIT_EXCEEDED);
  EXPECT_EQ(add(WRIT_SERVICE_CONTROL, "Far", R"({"Version": "2012-10-17", "Statement": {
      "Effect": "Allow", "Action": "*", "Resource": "*"}})",
                70'000),
            WRIT_LIMIT_EXCEEDED);
  EXPECT_EQ(add_empty(WRIT_SERVICE_CONTROL, 70'000), WRIT_LIMIT_EXCEEDED);
}

TEST_F(CTest, DocumentsOfAnotherKindAreRefused) {
  writ_document* document = nullptr;
  writ_policy_set* set = nullptr;
  ASSERT_EQ(writ_parse(WRIT_IDENTITY_BASED, text("a"), text(kReadReports), &document, nullptr),
            WRIT_OK);
  EXPECT_EQ(writ_document_statement_count(document), 2U);
  EXPECT_EQ(writ_compile(WRIT_SESSION, &document, 1, &set, &error_), WRIT_INVALID_POLICY);
  EXPECT_THAT(error_.name, StrEq("DATA_TYPE_MISMATCH"));
  EXPECT_EQ(set, nullptr);
  writ_document_free(document);
}

// Every case of the examples, asked through C.

class CCasesTest : public CTest {
 protected:
  writ_status add_layers(const cli::Question& question) {
    constexpr std::array<writ_policy_type, kPolicyTypeCount> kTypes = {
        WRIT_SERVICE_CONTROL, WRIT_RESOURCE_CONTROL,     WRIT_RESOURCE_BASED, WRIT_ROLE_TRUST,
        WRIT_IDENTITY_BASED,  WRIT_PERMISSIONS_BOUNDARY, WRIT_SESSION,        WRIT_VPC_ENDPOINT};
    for (const cli::QuestionLayer& layer : question.layers) {
      const writ_policy_type type = kTypes[static_cast<std::size_t>(layer.type)];
      if (layer.documents.empty() && add_empty(type, layer.level) != WRIT_OK) return error_.status;
      for (const cli::QuestionDocument& document : layer.documents) {
        const writ_status status = add(type, document.name, document.text, layer.level);
        if (status != WRIT_OK) return status;
      }
    }
    return WRIT_OK;
  }
  void add_keys(const cli::Question& question) {
    for (const cli::QuestionKey& key : question.context) {
      if (!key.multivalued) {
        writ_request_set(builder_, text(key.name), text(key.single));
        continue;
      }
      std::vector<writ_text> values;
      for (const std::string_view value : key.values) values.push_back(text(value));
      writ_request_set_list(builder_, text(key.name), values.data(), values.size());
    }
    if (question.role_arn) writ_request_set_role_arn(builder_, text(*question.role_arn));
    if (question.issuer) writ_request_set_issuer(builder_, text(*question.issuer));
    if (question.resource_account) {
      writ_request_set_resource_account(builder_, text(*question.resource_account));
    }
    if (question.resource_policy_required) {
      writ_request_set_resource_policy_required(builder_, *question.resource_policy_required);
    }
  }
  std::string answer(const cli::Question& question) {
    writ_policies_free(policies_);
    EXPECT_EQ(writ_policies_new(&policies_, nullptr), WRIT_OK);
    if (add_layers(question) != WRIT_OK) return "error";
    begin(question.action, question.resource, static_cast<writ_caller_kind>(question.caller_form),
          question.caller);
    add_keys(question);
    if (build() != WRIT_OK) return "error";
    return writ_outcome_name(writ_evaluate(policies_, request_, nullptr));
  }
};

TEST_F(CCasesTest, ComeOutAsExpected) {
  int cases = 0;
  for (const char* name : {"partner-central", "portal"}) {
    std::ifstream file(std::string(WRIT_SOURCE_DIR) + "/examples/cases/" + name + ".jsonl");
    for (std::string line; std::getline(file, line);) {
      const Result<cli::Case> asked = cli::read_case(line);
      ASSERT_TRUE(asked) << asked.error().to_string();
      EXPECT_EQ(answer(asked->question), to_string(*asked->expect)) << asked->id;
      ++cases;
    }
  }
  EXPECT_GE(cases, 46);
}

}  // namespace
}  // namespace writ
