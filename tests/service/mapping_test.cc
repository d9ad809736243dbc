// How a proxy's HTTP request becomes a question, and what is refused: docs/service.md.
#include "mapping.h"

#include <gmock/gmock.h>

#include <optional>

#include "authorizer.h"
#include "path.h"

namespace authz {
namespace {

using Headers = std::vector<std::pair<std::string_view, std::string_view>>;

Template made(std::string_view text) { return Template::parse(text).value(); }

Mapping mapping() {
  Mapping mapping;
  mapping.principal = made("arn:aws:iam::111122223333:user/{header:X-User}");
  mapping.routes.push_back({"/docs/public/", {{"GET", "s3:GetObject"}}, made("*"), ""});
  mapping.routes.push_back({"/docs/",
                            {{"GET", "s3:GetObject"}, {"PUT", "s3:PutObject"}},
                            made("arn:aws:s3:::{header:X-Tenant}/{rest}"),
                            "111122223333"});
  mapping.context.push_back({"aws:SourceIp", made("{header:X-Real-IP}"), false});
  mapping.context.push_back({"app:groups", made("{header:X-Groups}"), true});
  return mapping;
}

Headers headers(std::string_view method, std::string_view uri) {
  return {{"X-Original-Method", method}, {"x-original-uri", uri},    {"X-User", "alice"},
          {"X-Tenant", "acme"},          {"X-Real-IP", "192.0.2.7"}, {"X-Groups", "a, b,,c "}};
}

Headers without(Headers headers, std::string_view name) {
  std::erase_if(headers, [&](const auto& header) { return header.first == name; });
  return headers;
}

Headers with(Headers headers, std::string_view name, std::string_view value) {
  headers = without(std::move(headers), name);
  headers.emplace_back(name, value);
  return headers;
}

/// Why the headers are refused, or nothing.
std::optional<Refusal> refusal(const Headers& headers, const Mapping& mapping = authz::mapping()) {
  RequestTexts texts(0);
  const auto request = mapping.request({headers}, texts);
  return request ? std::nullopt : std::optional(request.error());
}

TEST(MappingTest, MakesTheQuestionOfTheHeaders) {
  RequestTexts texts(1'772'323'200);
  const Mapping map = mapping();
  const auto request = map.request({headers("PUT", "/docs/a%20b/c?x=y")}, texts);
  ASSERT_TRUE(request);
  EXPECT_EQ(request->caller().id(), "arn:aws:iam::111122223333:user/alice");
  EXPECT_EQ(request->action().text(), "s3:PutObject");
  EXPECT_EQ(request->resource(), "arn:aws:s3:::acme/a b/c");
  EXPECT_EQ(request->resource_owner(), "111122223333");
  const auto value = [&](const char* key) { return request->find(key)->single; };
  EXPECT_EQ(value("aws:SourceIp"), "192.0.2.7");
  EXPECT_EQ(value("aws:username"), "alice");
  EXPECT_EQ(value("aws:PrincipalAccount"), "111122223333");
  EXPECT_EQ(value("aws:CurrentTime"), "2026-03-01T00:00:00Z");
  EXPECT_THAT(request->find("app:groups")->values, testing::ElementsAre("a", "b", "c"));
}

TEST(MappingTest, TakesTheFirstRouteThatFits) {
  EXPECT_EQ(refusal(headers("GET", "/docs/public/a")), std::nullopt);
  EXPECT_EQ(refusal(headers("PUT", "/docs/public/a")), Refusal::NoRoute)
      << "the wider route must not stand in";
  EXPECT_EQ(refusal(headers("GET", "/docs")), Refusal::NoRoute);
  EXPECT_EQ(refusal(headers("get", "/docs/a")), Refusal::NoRoute);
  EXPECT_EQ(refusal(headers("GET", "/")), Refusal::NoRoute);
}

TEST(MappingTest, LeavesOutKeysWithoutHeader) {
  RequestTexts texts(0);
  const Mapping map = mapping();
  const auto request = map.request({without(headers("GET", "/docs/a"), "X-Real-IP")}, texts);
  ASSERT_TRUE(request);
  EXPECT_EQ(request->find("aws:SourceIp"), nullptr);
}

TEST(MappingTest, RefusesWhatIsMissing) {
  const Headers all = headers("GET", "/docs/a");
  EXPECT_EQ(refusal(without(all, "X-User")), Refusal::NoPrincipal);
  EXPECT_EQ(refusal(with(all, "X-User", "")), Refusal::NoPrincipal);
  EXPECT_EQ(refusal(without(all, "X-Tenant")), Refusal::UnusableValue);
  EXPECT_EQ(refusal(without(all, "x-original-uri")), Refusal::UnusableUri);
  EXPECT_EQ(refusal(without(all, "X-Original-Method")), Refusal::NoRoute);
  EXPECT_EQ(refusal({}), Refusal::UnusableUri);
}

TEST(MappingTest, LetsAnonymousCallersInWhereToldTo) {
  Mapping map = mapping();
  map.anonymous = true;
  RequestTexts texts(0);
  const auto request = map.request({without(headers("GET", "/docs/a"), "X-User")}, texts);
  ASSERT_TRUE(request);
  EXPECT_EQ(request->caller().kind(), writ::CallerKind::Anonymous);
  EXPECT_EQ(refusal(with(headers("GET", "/docs/a"), "X-User", "*"), map), Refusal::UnusableValue);
}

TEST(MappingTest, RefusesHeadersThatAreThereTwice) {
  for (const char* name :
       {"X-User", "X-Tenant", "X-Real-IP", "X-Groups", "x-original-uri", "X-ORIGINAL-METHOD"}) {
    Headers twice = headers("GET", "/docs/a");
    twice.emplace_back(name, "alice");
    EXPECT_EQ(refusal(twice), Refusal::UnusableValue) << name;
  }
}

TEST(MappingTest, RefusesValuesThatWouldChangeTheShapeOfAnArn) {
  const Headers all = headers("GET", "/docs/a");
  for (const char* value : {"a/b", "a:b", "*", "a*", "?", "\x01", "a\x7f", "../b"}) {
    EXPECT_EQ(refusal(with(all, "X-User", value)), Refusal::UnusableValue) << value;
    EXPECT_EQ(refusal(with(all, "X-Tenant", value)), Refusal::UnusableValue) << value;
  }
  EXPECT_EQ(refusal(with(all, "X-User", "a b")), Refusal::InvalidRequest) << "no user name (P-1)";
  EXPECT_EQ(refusal(with(all, "X-Real-IP", "2001:db8::1")), std::nullopt) << "no part of an ARN";
  Mapping map = mapping();
  map.principal = made("{header:X-User}");
  EXPECT_EQ(refusal(with(all, "X-User", "arn:aws:iam::111122223333:user/a"), map), std::nullopt);
  EXPECT_EQ(refusal(with(all, "X-User", "alice"), map), Refusal::InvalidRequest);
  EXPECT_EQ(refusal(with(all, "X-User", "*"), map), Refusal::UnusableValue);
}

TEST(MappingTest, RefusesHeadersThatAreNotAllThatWasSent) {
  const Headers all = headers("GET", "/docs/a");
  Mapping map = mapping();
  map.anonymous = true;
  RequestTexts texts(0);
  EXPECT_EQ(map.request({all, false}, texts).error(), Refusal::UnusableValue);
  EXPECT_EQ(map.request({without(all, "X-User"), false}, texts).error(), Refusal::UnusableValue);
}

TEST(MappingTest, RefusesBodies) {
  Headers all = headers("GET", "/docs/a");
  EXPECT_EQ(refusal(with(all, "Content-Length", "0")), std::nullopt);
  EXPECT_EQ(refusal(with(all, "content-length", "3")), Refusal::Body);
  EXPECT_EQ(refusal(with(all, "Transfer-Encoding", "chunked")), Refusal::Body);
}

TEST(PathTest, DecodesOnce) {
  EXPECT_EQ(usable_path("/"), "/");
  EXPECT_EQ(usable_path("/a/b/"), "/a/b/");
  EXPECT_EQ(usable_path("/a%20b?c=/../"), "/a b");
  EXPECT_EQ(usable_path("/%2541"), "/%41");
  EXPECT_EQ(usable_path("/..a/.b/c.."), "/..a/.b/c..");
  EXPECT_EQ(usable_path("/%C3%A9"), "/\xC3\xA9");
  EXPECT_EQ(usable_path("/\xF0\x9F\x98\x80/b"), "/\xF0\x9F\x98\x80/b");
  EXPECT_EQ(usable_path("/a;b/..c;d/"), "/a;b/..c;d/");
}

TEST(PathTest, RefusesWhatCanBeReadInTwoWays) {
  for (const char* uri : {"",       "a",      "?",           "http://host/a", "/a/../b", "/..",
                          "/.",     "/a/./b", "/a/%2e%2E/b", "/a/.%2e",       "//",      "/a//b",
                          "/a%2fb", "/a%2Fb", "/a\\b",       "/a%5cb",        "/%00",    "/a%0d",
                          "/a\x7f", "/%",     "/%4",         "/%zz",          "/a#b"}) {
    EXPECT_EQ(usable_path(uri), std::nullopt) << uri;
  }
}

TEST(PathTest, RefusesWhatIsNoUtf8) {
  for (const char* uri : {"/%c0%ae%c0%ae/b", "/%ff", "/\xff", "/%e0%80%ae", "/%ed%a0%80", "/%c3",
                          "/%c3/%a9", "/%f4%90%80%80", "/%80"}) {
    EXPECT_EQ(usable_path(uri), std::nullopt) << uri;
  }
}

TEST(PathTest, RefusesSegmentsThatAreDotsOrEmptyInFrontOfParameters) {
  for (const char* uri :
       {"/a/..;/b", "/..;x=y", "/.;/a", "/a/%2e%2e;/b", "/a/..%3b/b", "/;/a", "/a/;x"}) {
    EXPECT_EQ(usable_path(uri), std::nullopt) << uri;
  }
}

TEST(AuthorizerTest, DeniesWhenAnythingIsThrown) {
  const Answer answer = answer_or_deny([]() -> Answer { throw std::bad_alloc(); });
  EXPECT_FALSE(answer.is_allowed());
  EXPECT_EQ(answer.refusal, Refusal::Internal);
  EXPECT_FALSE(answer_or_deny([]() -> Answer { throw 1; }).is_allowed());
  EXPECT_FALSE(Answer().is_allowed());
}

}  // namespace
}  // namespace authz
