// The helpers that fill the global condition keys: section K of the rules, and P-1.
#include "writ/standard_keys.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "support/policies.h"

namespace writ::test {
namespace {

/// The key's value in a request that has only what `set_principal_keys` sets; `-` when it is
/// absent.
[[nodiscard]] std::string principal_key(const Result<Caller>& caller, const char* key) {
  EXPECT_TRUE(caller.has_value());
  RequestBuilder builder(*caller, "a:B");
  set_principal_keys(builder, *caller);
  const Result<Request> request = builder.build();
  const ContextEntry* entry = request->find(key);
  if (entry == nullptr) return "-";
  EXPECT_FALSE(entry->multivalued);
  EXPECT_FALSE(entry->collided);
  return std::string(entry->single);
}

// K-1, 3.1: what follows from the caller alone.
TEST(StandardKeysTest, PrincipalKeysFollowTheCaller) {
  const Result<Caller> session = Caller::from_arn(kSession);
  const std::string path_role = "arn:aws:iam::111122223333:role/p/App";
  const struct {
    Result<Caller> caller;
    const char* arn;
    const char* account;
    const char* type;
    const char* user_id;
    const char* user_name;
    const char* is_service;
    const char* service;
  } rows[] = {
      {Caller(), "-", "anonymous", "Anonymous", "anonymous", "-", "-", "-"},
      {Caller::from_arn(kRoot), kRoot.c_str(), "111122223333", "Account", "111122223333", "-",
       "false", "-"},
      {Caller::from_arn(kAlice), kAlice.c_str(), "111122223333", "User", "-", "Alice", "false",
       "-"},
      {session, "-", "111122223333", "AssumedRole", "-", "-", "false", "-"},
      {session->with_role_arn(path_role), path_role.c_str(), "111122223333", "AssumedRole", "-",
       "-", "false", "-"},
      {Caller::from_arn(kRole), kRole.c_str(), "111122223333", "AssumedRole", "-", "-", "false",
       "-"},
      {Caller::from_arn(kFederatedUser), kFederatedUser.c_str(), "111122223333", "FederatedUser",
       "-", "-", "false", "-"},
      {Caller::service("sns.amazonaws.com"), "-", "-", "-", "-", "-", "true", "sns.amazonaws.com"},
      {Caller::federated("accounts.google.com"), "-", "-", "-", "-", "-", "-", "-"},
      {Caller::canonical_user(
           std::string_view("0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef")),
       "-", "-", "-", "-", "-", "-", "-"},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(std::string(row.caller->id()));
    EXPECT_EQ(principal_key(row.caller, "aws:PrincipalArn"), row.arn);
    EXPECT_EQ(principal_key(row.caller, "aws:PrincipalAccount"), row.account);
    EXPECT_EQ(principal_key(row.caller, "aws:PrincipalType"), row.type);
    EXPECT_EQ(principal_key(row.caller, "aws:userid"), row.user_id);
    EXPECT_EQ(principal_key(row.caller, "aws:username"), row.user_name);
    EXPECT_EQ(principal_key(row.caller, "aws:PrincipalIsAWSService"), row.is_service);
    EXPECT_EQ(principal_key(row.caller, "aws:PrincipalServiceName"), row.service);
  }
}

// K-1, K-2: evaluation invents no key, not even one that is always there.
TEST(StandardKeysTest, EvaluationInventsNothing) {
  for (const StandardKey& key : standard_keys()) {
    std::string name(key.name);
    if (name.back() == '/') name += "tag";
    EXPECT_EQ(truth("{\"Null\": {\"" + name + "\": \"true\"}}", Question()), 'T') << name;
  }
}

// K-3, K-4, K-5: the table.
TEST(StandardKeysTest, TableKnowsTypesAndLists) {
  const auto find = [](const char* name) {
    const StandardKey* key = find_standard_key(name);
    EXPECT_NE(key, nullptr) << name;
    return key == nullptr ? StandardKey() : *key;
  };
  EXPECT_EQ(find("AWS:sourceip").type, ValueType::Ip);
  EXPECT_EQ(find("aws:PrincipalArn").type, ValueType::Arn);
  EXPECT_EQ(find("aws:CurrentTime").type, ValueType::Date);
  EXPECT_EQ(find("aws:MultiFactorAuthAge").type, ValueType::Numeric);
  EXPECT_EQ(find("aws:SecureTransport").type, ValueType::Bool);
  EXPECT_EQ(find("aws:principaltag/Team").name, "aws:PrincipalTag/");
  EXPECT_EQ(find_standard_key("aws:PrincipalTag/"), nullptr);
  EXPECT_EQ(find_standard_key("aws:PrincipalTag"), nullptr);
  EXPECT_EQ(find_standard_key("aws:SourceIpX"), nullptr);
  EXPECT_EQ(find_standard_key("s3:prefix"), nullptr);
  EXPECT_EQ(find_standard_key("aws:ARN"), nullptr);  // K-6
  for (const char* name : {"aws:TagKeys", "aws:PrincipalOrgPaths", "aws:CalledVia",
                           "aws:PrincipalServiceNamesList", "aws:ResourceOrgPaths"}) {
    EXPECT_TRUE(find(name).multivalued) << name;
  }
  for (const char* name : {"aws:PrincipalOrgID", "aws:SourceVpce", "aws:RequestTag/x"}) {
    EXPECT_FALSE(find(name).multivalued) << name;
  }
  int sensitive = 0;
  for (const StandardKey& key : standard_keys()) sensitive += key.sensitive ? 1 : 0;
  EXPECT_EQ(sensitive, 10);
  EXPECT_TRUE(find("aws:SourceVpc").sensitive);
  EXPECT_FALSE(find("aws:SourceArn").sensitive);
}

// K-6, K-7, C-14: obsolete and network keys are ordinary to evaluation.
TEST(StandardKeysTest, NoKeyIsSpecial) {
  EXPECT_EQ(truth(R"({"StringEquals": {"aws:ARN": "x"}})", Question().with("aws:arn", "x")), 'T');
  EXPECT_EQ(truth(R"({"NotIpAddress": {"aws:SourceIp": "10.0.0.0/8"},
                      "BoolIfExists": {"aws:ViaAWSService": "false"}})",
                  Question().with("aws:ViaAWSService", "true")),
            'F');
}

// K-5: paths of organizations keep their last slash.
TEST(StandardKeysTest, OrganizationPathsAreStrings) {
  const Question context = Question().with_list("aws:PrincipalOrgPaths", {"o-a/r-b/ou-c/ou-d/"});
  EXPECT_EQ(
      truth(R"({"ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": "o-a/r-b/ou-c/*"}})", context),
      'T');
  EXPECT_EQ(truth(R"({"ForAnyValue:StringEquals": {"aws:PrincipalOrgPaths": "o-a/r-b/ou-c/ou-d"}})",
                  context),
            'F');
}

// C-65, C-66: both forms of the time say the same instant, at the edges of the calendar too.
TEST(StandardKeysTest, TimesAreWrittenBothWays) {
  const struct {
    std::int64_t seconds;
    const char* iso;
    const char* epoch;
  } rows[] = {
      {1600000000, "2020-09-13T12:26:40Z", "1600000000"},
      {951782399, "2000-02-28T23:59:59Z", "951782399"},
      {951782400, "2000-02-29T00:00:00Z", "951782400"},
      {4107542399, "2100-02-28T23:59:59Z", "4107542399"},
      {4107542400, "2100-03-01T00:00:00Z", "4107542400"},
      {10000, "1970-01-01T02:46:40Z", "10000"},
      // Below five digits an epoch would read as a year, and it has no sign: the other form then.
      {9999, "1970-01-01T02:46:39Z", "1970-01-01T02:46:39Z"},
      {0, "1970-01-01T00:00:00Z", "1970-01-01T00:00:00Z"},
      {-1, "1969-12-31T23:59:59Z", "1969-12-31T23:59:59Z"},
      {-86400, "1969-12-31T00:00:00Z", "1969-12-31T00:00:00Z"},
      {253402300799, "9999-12-31T23:59:59Z", "253402300799"},
      {253402300800, "9999-12-31T23:59:59Z", "253402300799"},
      {std::numeric_limits<std::int64_t>::max(), "9999-12-31T23:59:59Z", "253402300799"},
      {-62167219200, "0000-01-01T00:00:00Z", "0000-01-01T00:00:00Z"},
      {std::numeric_limits<std::int64_t>::min(), "0000-01-01T00:00:00Z", "0000-01-01T00:00:00Z"},
  };
  for (const auto& row : rows) {
    const RequestTime time(row.seconds);
    EXPECT_EQ(time.iso8601(), row.iso) << row.seconds;
    EXPECT_EQ(time.epoch(), row.epoch) << row.seconds;
    // Read back by the conditions, both are the same instant.
    const Question context =
        Question().with("aws:CurrentTime", time.iso8601()).with("aws:EpochTime", time.epoch());
    EXPECT_EQ(truth("{\"DateEquals\": {\"aws:CurrentTime\": \"" + std::string(time.epoch()) +
                        "\", \"aws:EpochTime\": \"" + std::string(time.iso8601()) + "\"}}",
                    context),
              'T')
        << row.seconds;
  }
  const RequestTime time(1600000000);
  RequestBuilder builder(Caller(), "a:B");
  set_time(builder, time);
  const Result<Request> request = builder.build();
  ASSERT_NE(request->find("aws:currenttime"), nullptr);
  EXPECT_EQ(request->find("aws:currenttime")->single, "2020-09-13T12:26:40Z");
  EXPECT_EQ(request->find("aws:epochtime")->single, "1600000000");
}

// K-3, Q-14: keys made of tags; 128 characters of any size fit.
TEST(StandardKeysTest, TagsMakeKeys) {
  EXPECT_EQ(tag_key(TagFamily::PrincipalTag, "team").name(), "aws:PrincipalTag/team");
  EXPECT_EQ(tag_key(TagFamily::ResourceTag, "a:b/c").name(), "aws:ResourceTag/a:b/c");
  EXPECT_EQ(tag_key(TagFamily::RequestTag, "x").name(), "aws:RequestTag/x");
  EXPECT_EQ(tag_key(TagFamily::RequestTag, "").name(), "");
  EXPECT_EQ(tag_key(TagFamily::PrincipalTag, std::string(128, 't')).name().size(), 145U);
  std::string wide;
  for (int i = 0; i < 128; ++i) wide += "\U0001f600";
  EXPECT_EQ(tag_key(TagFamily::PrincipalTag, wide).name(), "aws:PrincipalTag/" + wide);
  EXPECT_EQ(tag_key(TagFamily::PrincipalTag, wide + wide).name(), "");
  const TagKey team = tag_key(TagFamily::PrincipalTag, "Team");
  EXPECT_EQ(truth(R"({"StringEquals": {"aws:PrincipalTag/team": "red"}})",
                  Question().with(team.name(), "red")),
            'T');
}

// C-13: the keys of tags are a list, of any length.
TEST(StandardKeysTest, TagKeysAreMultivalued) {
  const std::string_view tags[] = {"a"};
  for (const std::size_t count : {0U, 1U}) {
    RequestBuilder builder(Caller(), "a:B");
    set_tag_keys(builder, std::span<const std::string_view>(tags, count));
    const Result<Request> request = builder.build();
    const ContextEntry* entry = request->find("AWS:tagkeys");
    ASSERT_NE(entry, nullptr);
    EXPECT_TRUE(entry->multivalued);
    EXPECT_EQ(entry->size(), count);
  }
}

}  // namespace
}  // namespace writ::test
