// Requests and callers: what is one, what it holds, and how names are hashed.
#include "writ/request.h"

#include <gtest/gtest.h>

#include <array>
#include <string>
#include <utility>
#include <vector>

#include "support/policies.h"

namespace writ::test {
namespace {

// M-14, G-25: an action is `prefix:name`, no wildcards, no other characters.
TEST(RequestTest, ActionsAreChecked) {
  for (const char* action : {"s3:GetObject", "S3:getobject", "a-1:B_2-c", "1:2"}) {
    EXPECT_EQ(answer(Question().identity({allow()}).action(action)), kByIdentity) << action;
  }
  for (const char* action :
       {"", "*", ":", "s3", "s3:", ":Get", "s3:*", "s3:Get?bject", "s3:Get:x", "s_3:Get",
        "s3:Get Object", "s3:Get/x", "s3:Get.x", "s3:${a}", "s3:Gét", " s3:Get", "s3:Get\n"}) {
    EXPECT_EQ(answer(Question().identity({allow()}).action(action)), "error M-14") << action;
  }
}

// M-32: a resource is `*` or begins with `arn:` and has six fields; nothing else is asked of it.
TEST(RequestTest, ResourcesAreChecked) {
  for (const char* resource : {"*", "arn:aws:s3:::b", "arn:::::", "arn:a:b:c:d:e:f",
                               "arn:aws:s3:::", "arn:aws:s3:::a b\xff"}) {
    const Result<Explanation> result =
        Question().caller("*").on_resource({allow_to("*")}).resource(resource).try_ask();
    ASSERT_TRUE(result.has_value()) << resource;
    EXPECT_THAT(*result, IsAllowed(ByReason(Reason::AllowedForAnonymous))) << resource;
  }
  for (const char* resource : {"", "**", "b", "arn", "arn:aws:s3::b", "ARN:aws:s3:::b",
                               "xarn:aws:s3:::b", " arn:aws:s3:::b", "urn:aws:s3:::b"}) {
    EXPECT_EQ(answer(Question().identity({allow()}).resource(resource)), "error M-32") << resource;
  }
}

// P-1, P-2: who can call.
TEST(RequestTest, CallersAreChecked) {
  const struct {
    std::string arn;
    CallerKind kind;
    std::string account;
    std::string name;
  } callers[] = {
      {"*", CallerKind::Anonymous, "", ""},
      {kRoot, CallerKind::Root, kAccount, ""},
      {kAlice, CallerKind::User, kAccount, "Alice"},
      {"arn:aws:iam::111122223333:user/a/b!/Al+=,.@_-", CallerKind::User, kAccount, "Al+=,.@_-"},
      {"arn:aws-cn:iam::111122223333:role/x/App", CallerKind::Role, kAccount, "App"},
      {kSession, CallerKind::RoleSession, kAccount, "App"},
      {kFederatedUser, CallerKind::FederatedUser, kAccount, "Al"},
  };
  for (const auto& row : callers) {
    const Result<Caller> caller = Caller::from_arn(row.arn);
    ASSERT_TRUE(caller.has_value()) << row.arn;
    EXPECT_EQ(caller->kind(), row.kind) << row.arn;
    EXPECT_EQ(caller->account(), row.account) << row.arn;
    EXPECT_EQ(caller->name(), row.name) << row.arn;
    EXPECT_EQ(caller->has_account(), !row.account.empty()) << row.arn;
  }
  for (const char* arn : {"",
                          "Alice",
                          "111122223333",
                          "arn:aws:iam::11112222333:user/A",
                          "arn:aws:iam::1111222233334:user/A",
                          "arn:aws:iam::aws:user/A",
                          "arn:aws:iam::111122223333:",
                          "arn:aws:iam::111122223333:user/",
                          "arn:aws:iam::111122223333:user/a/",
                          "arn:aws:iam::111122223333:user/A B",
                          "arn:aws:iam::111122223333:group/G",
                          "arn:aws:iam:eu:111122223333:user/A",
                          "arn:azure:iam::111122223333:user/A",
                          "arn:aws:sts::111122223333:assumed-role/App",
                          "arn:aws:sts::111122223333:assumed-role/A/b/c",
                          "arn:aws:sts::111122223333:assumed-role//s",
                          "arn:aws:sts::111122223333:federated-user/",
                          "arn:aws:sts::111122223333:user/A",
                          "arn:aws:s3:::b",
                          "arn:aws:iam::111122223333:root/x"}) {
    EXPECT_EQ(answer(Question().caller(arn)), "error P-1") << arn;
    EXPECT_THAT(Caller::from_arn(arn), FailsWith(ErrorCode::InvalidRequest)) << arn;
  }
  EXPECT_THAT(Caller::service(""), FailsWith(ErrorCode::InvalidRequest));
  EXPECT_THAT(Caller::service("*"), FailsWith(ErrorCode::InvalidRequest));
  EXPECT_THAT(Caller::federated(""), FailsWith(ErrorCode::InvalidRequest));
  EXPECT_THAT(Caller::federated("*"), FailsWith(ErrorCode::InvalidRequest));
  EXPECT_THAT(Caller::canonical_user("abc"), FailsWith(ErrorCode::InvalidRequest));
  EXPECT_THAT(Caller::canonical_user(std::string(64, 'g')), FailsWith(ErrorCode::InvalidRequest));
  EXPECT_EQ(Caller().kind(), CallerKind::Anonymous);
}

// P-1, P-22, E-44: what is said of a caller besides must fit it.
TEST(RequestTest, AdditionsMustFitTheCaller) {
  const std::string path_role = "arn:aws:iam::111122223333:role/p/App";
  EXPECT_EQ(answer(Question().caller(kSession).role_arn(path_role)), kNoIdentity);
  for (const std::string& role :
       {std::string("arn:aws:iam::111122223333:role/p/Other"),
        std::string("arn:aws:iam::444455556666:role/App"),
        std::string("arn:aws-cn:iam::111122223333:role/App"), kAlice, std::string("App")}) {
    EXPECT_EQ(answer(Question().caller(kSession).role_arn(role)), "error P-22") << role;
  }
  EXPECT_EQ(answer(Question().caller(kAlice).role_arn(kRole)), "error P-22");
  EXPECT_EQ(answer(Question().caller(kRole).role_arn(path_role)), "error P-22");
  EXPECT_EQ(answer(Question().caller(kFederatedUser).issuer(kRole)), "error E-44");
  EXPECT_EQ(answer(Question().caller(kFederatedUser).issuer(kStranger)), "error E-44");
  EXPECT_EQ(answer(Question().caller(kAlice).issuer(kAlice)), "error E-44");
  EXPECT_EQ(answer(Question().canonical_id("1")), "error P-30");
}

// E-80
TEST(RequestTest, AccountsHaveTwelveDigits) {
  for (const char* account : {"1", "11112222333x", "1111222233334", " 11112222333"}) {
    EXPECT_EQ(answer(Question().owner(account)), "error E-80") << account;
  }
}

TEST(RequestTest, FieldsOfTheResource) {
  const Result<Request> request =
      RequestBuilder(Caller(), "logs:PutLogEvents", "arn:aws:logs:eu:111122223333:log-group:foo")
          .build();
  ASSERT_TRUE(request.has_value());
  const char* fields[] = {"arn", "aws", "logs", "eu", "111122223333", "log-group:foo"};
  for (int i = 0; i < 6; ++i) EXPECT_EQ(request->resource_field(i), fields[i]);
  EXPECT_TRUE(request->has_extra_colons());
  EXPECT_FALSE(request->resource_is_star());
  EXPECT_EQ(request->resource_owner(), "111122223333");
  const Result<Request> star = RequestBuilder(Caller(), "a:B").build();
  ASSERT_TRUE(star.has_value());
  EXPECT_TRUE(star->resource_is_star());
  EXPECT_EQ(star->resource_field(5), "");
  EXPECT_EQ(star->resource_owner(), "");
}

// C-13: any number of keys, found whatever their letter case; a copy of a request is as good.
TEST(RequestTest, KeysAreFoundBeforeAndAfterTheSpill) {
  std::vector<std::string> names;
  for (int i = 0; i < 100; ++i) names.push_back("k:Key" + std::to_string(i));
  RequestBuilder builder(Caller(), "a:B");
  for (std::size_t count = 0; count <= names.size(); ++count) {
    const Result<Request> built = builder.build();
    ASSERT_TRUE(built.has_value());
    const Request request = *built;
    EXPECT_EQ(request.context().size(), count);
    for (std::size_t i = 0; i < names.size(); ++i) {
      const std::string upper = "K:KEY" + std::to_string(i);
      const ContextEntry* entry = request.find(ConditionKey(upper));
      ASSERT_EQ(entry != nullptr, i < count) << count << ' ' << i;
      if (entry == nullptr) continue;
      EXPECT_EQ(entry->single, names[i]);
      EXPECT_FALSE(entry->collided);
    }
    if (count < names.size()) builder.set(std::string_view(names[count]), names[count]);
  }
}

// C-12: a key that comes twice collides, in whatever spelling, place or form of the request.
TEST(RequestTest, RepeatedKeysCollide) {
  std::vector<std::string> names;
  for (int i = 0; i < 40; ++i) names.push_back("k:filler" + std::to_string(i));
  for (const std::size_t fillers : {0U, 5U, 13U, 14U, 15U, 16U, 40U}) {
    RequestBuilder builder(Caller(), "a:B");
    builder.set("k:twice", "1");
    for (std::size_t i = 0; i < fillers; ++i) builder.set(std::string_view(names[i]), "x");
    builder.set("K:Twice", "1");
    const Result<Request> request = builder.build();
    ASSERT_TRUE(request.has_value());
    ASSERT_NE(request->find("k:TWICE"), nullptr);
    EXPECT_TRUE(request->find("k:TWICE")->collided) << fillers;
    for (std::size_t i = 0; i < fillers; ++i) {
      EXPECT_FALSE(request->find(std::string_view(names[i]))->collided) << fillers;
    }
    // Three times is no better than twice, and single- beside multi-valued neither.
    const std::string_view list[] = {"1"};
    builder.set_list("k:TwIcE", list);
    const Result<Request> again = builder.build();
    ASSERT_TRUE(again.has_value());
    EXPECT_TRUE(again->find("k:twice")->collided) << fillers;
  }
}

// M-10, C-10: names known to the compiler hash as they do at run time, in any letter case.
constexpr ActionName kGetObject("s3:GetObject");
constexpr ConditionKey kUserName("aws:username");
static_assert(kGetObject.hash() == ActionName("S3:GETOBJECT").hash());
static_assert(kGetObject.hash() != ActionName("s3:GetObjects").hash());
static_assert(kGetObject.service_hash() == ActionName("S3:PutObject").service_hash());
static_assert(kGetObject.service() == "s3");
static_assert(kUserName.hash() == ConditionKey("AWS:UserName").hash());
static_assert(kUserName.hash() != ConditionKey("aws:userid").hash());
static_assert(hash_bytes("abc") != hash_bytes("ABC"));
static_assert(hash_folded("abc") == hash_folded("ABC"));
// Only letters fold: the neighbours of `A`, `Z`, `a`, `z` in ASCII do not, nor do bytes above it.
static_assert(hash_folded("@@@@@@@@") != hash_folded("````````"));
static_assert(hash_folded("[[[[[[[[") != hash_folded("{{{{{{{{"));
static_assert(hash_folded("\xc3\x89") != hash_folded("\xc3\xa9"));

constexpr std::string_view kLong =
    "AWS:PrincipalTag/@AZ[`az{ \x7f\x80\xc1\xda\xe1\xfa\xff-0123456789-MixedCaseAndMore";

template <std::size_t... Sizes>
constexpr std::array<std::uint64_t, sizeof...(Sizes)> compiled_hashes(
    std::index_sequence<Sizes...>) {
  return {hash_folded(kLong.substr(0, Sizes))...};
}
template <std::size_t... Sizes>
constexpr std::array<std::uint64_t, sizeof...(Sizes)> compiled_exact_hashes(
    std::index_sequence<Sizes...>) {
  return {hash_bytes(kLong.substr(0, Sizes), 7)...};
}

TEST(RequestTest, CompileTimeHashesAreRunTimeHashes) {
  using AllSizes = std::make_index_sequence<kLong.size() + 1>;
  constexpr auto kFolded = compiled_hashes(AllSizes());
  constexpr auto kExact = compiled_exact_hashes(AllSizes());
  for (std::size_t size = 0; size < kFolded.size(); ++size) {
    std::string text(kLong.substr(0, size));
    EXPECT_EQ(hash_folded(text), kFolded[size]) << size;
    EXPECT_EQ(hash_bytes(text, 7), kExact[size]) << size;
    for (char& c : text) c = fold_ascii(c);
    EXPECT_EQ(hash_folded(text), kFolded[size]) << size;
    EXPECT_EQ(hash_bytes(text), hash_folded(std::string(kLong.substr(0, size)))) << size;
    // Each length has its own hash.
    for (std::size_t other = 0; other < size; ++other) EXPECT_NE(kFolded[size], kFolded[other]);
  }
  std::string name = "S3:getobject";
  EXPECT_EQ(ActionName(std::string_view(name)).hash(), kGetObject.hash());
  name = "AWS:USERNAME";
  EXPECT_EQ(ConditionKey(std::string_view(name)).hash(), kUserName.hash());
}

// The builder can be used again, and a failed build changes nothing.
TEST(RequestTest, BuildersCanBeUsedAgain) {
  RequestBuilder builder(Caller(), "a:B", "nonsense");
  EXPECT_THAT(builder.build(), FailsWith(ErrorCode::InvalidRequest));
  EXPECT_THAT(builder.build(), FailsWith(ErrorCode::InvalidRequest));
  RequestBuilder good(Caller(), "a:B");
  good.set("k:a", "1");
  EXPECT_EQ(good.build()->context().size(), 1U);
  good.set("k:b", "2");
  EXPECT_EQ(good.build()->context().size(), 2U);
}

}  // namespace
}  // namespace writ::test
