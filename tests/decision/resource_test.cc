// Resource and NotResource: M-20 to M-34 of the rules.
#include <gtest/gtest.h>

#include <string>

#include "support/policies.h"

namespace writ::test {
namespace {

const std::string kDeniedBySecond = "explicitDeny ExplicitDeny identity 0/1";

struct Row {
  const char* rule;
  std::string pattern;
  std::string resource;
  bool matches;
};

/// Holds a pattern to what it matches in all four places: Resource and NotResource, Allow and Deny.
void check(const Row& row) {
  SCOPED_TRACE(std::string(row.rule) + " " + row.pattern.substr(0, 200) + " for " +
               row.resource.substr(0, 200));
  const auto ask = [&row](const Statements& list) {
    return answer(Question().identity(list).resource(row.resource));
  };
  const std::string negated = "!" + row.pattern;
  EXPECT_EQ(ask({allow("*", row.pattern)}), row.matches ? kByIdentity : kNoIdentity);
  EXPECT_EQ(ask({allow("*", negated)}), row.matches ? kNoIdentity : kByIdentity);
  EXPECT_EQ(ask({allow(), deny("*", row.pattern)}), row.matches ? kDeniedBySecond : kByIdentity);
  EXPECT_EQ(ask({allow(), deny("*", negated)}), row.matches ? kByIdentity : kDeniedBySecond);
}

TEST(ResourceTest, PatternsCompareOctets) {
  const Row rows[] = {
      {"M-28", kObject, kObject, true},
      {"M-28", kBucket, kObject, false},
      {"M-28", kBucket + "/*", kBucket, false},
      {"M-28", kBucket + "*", kBucket, true},
      {"M-28", kBucket + "/*", kBucket + "/", true},
      {"M-20", kObject, "arn:aws:s3:::b/K", false},
      {"M-20", kObject, "arn:aws:S3:::b/k", false},
      {"M-20", "arn:aws:iam::111122223333:user/alice", kAlice, false},
      {"M-20", kBucket + "/\u00e9", kBucket + "/\u00e9", true},
      {"M-20", kBucket + "/\u00e9", kBucket + "/e", false},
      {"M-33", kBucket + "/a/b", kBucket + "/a//b", false},
      {"M-33", kBucket + "/a/*", kBucket + "/a/../b", true},
      {"M-33", kBucket + "/a%20b", kBucket + "/a b", false},
      {"M-33", kBucket + "/a", kBucket + "/a/", false},
      {"M-23", kBucket + "/*", kBucket + "/*", true},
      {"M-23", kObject, kBucket + "/*", false},
      {"M-23", kObject, kBucket + "/?", false},
      {"M-23", kObject, kBucket + "*", false},
      {"M-24 G-38", "arn:aws:s3:::b", "arn:aws:s3:eu-west-1::b", false},
      {"M-24 G-38", "arn:aws:s3:eu-west-1::b", "arn:aws:s3:::b", false},
      {"M-24 G-38", "arn:aws:s3:*:*:b", "arn:aws:s3:::b", true},
      {"M-27", kBucket + "/*/test/*", kBucket + "/1/test/o", true},
      {"M-27", kBucket + "/*/test/*", kBucket + "/1/2/test/3/o", true},
      {"M-27", kBucket + "/*/test/*", kBucket + "//test/o", true},
      {"M-27", kBucket + "/*/test/*", kBucket + "/1/test/", true},
      {"M-27", kBucket + "/*/test/*", kBucket + "/1-test/o", false},
      {"M-27", kBucket + "/*/test/*", kBucket + "/test/o", false},
      {"M-27", kBucket + "/*/test/*", kBucket + "/1/2/test.jpg", false},
      {"M-34", kBucket + "/?", kBucket + "/k", true},
      {"M-34", kBucket + "/?", kBucket + "/", false},
      {"M-34", kBucket + "/?", kBucket + "/kk", false},
      {"M-34", kBucket + "/?", kBucket + "/\u00e9", true},
      {"M-34", kBucket + "/?", kBucket + "/\u4e2d", true},
      {"M-34", kBucket + "/?", kBucket + "/\U0001f600", true},
      {"M-34", kBucket + "/??", kBucket + "/\u00e9", false},
      {"M-34", kBucket + "/*?b", kBucket + "/\U0001f600b", true},
      {"M-34", kBucket + "/?*?", kBucket + "/\U0001f600", false},
      {"M-34", kBucket + "/?*?", kBucket + "/\U0001f600\u00e9", true},
      {"M-34", kBucket + "/a*?\u00e9", kBucket + "/ab\u00e9", true},
      {"G-35", "arn:aws:s3", kObject, true},
      {"G-35", "arn:aws:s3:::b", kObject, false},
      {"G-35", "arn:aws:sqs", kObject, false},
      {"G-35", "arn:aws:s3::b", kBucket, false},
      {"G-35", "arn:aws:s3:eu-west-1", "arn:aws:s3:eu-west-1:1:x:y", true},
  };
  for (const Row& row : rows) check(row);
}

// M-25, M-26: `*` at the end of a field may cross into the next ones, `*` elsewhere in the first
// five fields and `?` there may not, and in the last field everything goes.
TEST(ResourceTest, StarsCrossColonsFromTheEndOfAField) {
  const std::string group = "arn:aws:logs:eu-west-1:111122223333:log-group:foo";
  const Row rows[] = {
      {"M-26", "arn:aws:logs:*:log-group:foo", group, true},
      {"M-26", "arn:aws:logs:*:log-group:*", group, true},
      {"M-26", "arn:aws:logs:*:log-group:bar", group, false},
      {"M-26", "arn:aws:logs:eu-*:log-group:foo", group, true},
      {"M-26", "arn:aws:logs:us-*:log-group:foo", group, false},
      {"M-25", "arn:aws:logs:*:*:log-group:foo", group, true},
      {"M-25", "arn:aws:logs:*-1:111122223333:log-group:foo", group, true},
      {"M-25", "arn:aws:logs:e*-1:111122223333:log-group:foo", group, true},
      {"M-25", "arn:aws:logs:e*t-1:log-group:foo", group, false},
      {"M-25", "arn:aws:logs:e*3:log-group:foo", group, false},
      {"M-25", "arn:aws:logs:e*3333:log-group:foo", "arn:aws:logs:eu:111122223333:log-group:foo",
       false},
      {"M-25", "arn:aws:logs:eu-west-?:111122223333:log-group:foo", group, true},
      {"M-25", "arn:aws:logs:eu-west-1?111122223333:x:log-group:foo", group, false},
      {"M-25", "arn:aws:logs:eu-west-1:11112222333?:log-group:foo", group, true},
      {"M-25", "arn:aws:logs:eu-west-1:111122223333?:log-group:foo", group, false},
      {"M-25", "arn:aws:logs:eu-west-1:111122223333:*foo", group, true},
      {"M-25", "arn:aws:logs:eu-west-1:111122223333:log-group?foo", group, true},
      {"M-25", "arn:aws:logs:eu-west-1:111122223333:log*:foo", group, true},
      {"M-25", "arn:aws:logs:eu-west-1:1*:log-group:foo", group, true},
      {"M-25", "arn:*:logs:eu-west-1:111122223333:log-group:foo", group, true},
      {"M-25", "arn:aws*:logs:eu-west-1:111122223333:log-group:foo", group, true},
      {"M-25", "arn:a?s:logs:eu-west-1:111122223333:log-group:foo", group, true},
      {"M-25", "arn:*:foo:::x", "arn:aws:logs:eu:foo:::x", true},
      {"M-25", "arn:a*s:foo:::x", "arn:aws:logs:eu:foo:::x", false},
      {"M-25", "arn:aws:sns:us-*-1:111122223333:t", "arn:aws:sns:us-east-1:111122223333:t", true},
      {"M-25", "arn:aws:sns:us-*-1:111122223333:t", "arn:aws:sns:us-east-2:111122223333:t", false},
      {"M-25", "arn:aws:sns:us-*-1:111122223333:t", "arn:aws:sns:us:x-1:111122223333:t", false},
      // Stars that cross must leave what follows its place, and try later places too.
      {"M-25", "arn:aws:x:*:b:*:c:d", "arn:aws:x:a:b:1:c:d", true},
      {"M-25", "arn:aws:x:*:b:c", "arn:aws:x:b:b:b:c", true},
      {"M-25", "arn:aws:x:*:b:c", "arn:aws:x:b:c:b:d", false},
      {"M-25", "arn:aws:x:*:*:z", "arn:aws:x:1:2:3:4:z", true},
      {"M-25", "arn:aws:x:*:*:z", "arn:aws:x:1:z:y", false},
      {"M-25", "arn:aws:x:a*:*b*:z", "arn:aws:x:aa:1:2b:3:z", true},
      {"M-25", "arn:aws:x:a*:*b*:z", "arn:aws:x:aa:1:2c:3:z", false},
      {"M-25", "arn:aws:x:*:a?:z", "arn:aws:x:1:aa:ab:z", true},
      {"M-25", "arn:aws:x:*:a?:z", "arn:aws:x:1:aa:abc:z", false},
      {"M-25", "arn:aws:x:*:*:", "arn:aws:x:1:2:", true},
      {"M-25", "arn:aws:x:::*", "arn:aws:x:::", true},
      {"M-24", "arn:aws:x::*:y", "arn:aws:x:1:2:y", false},
      // Request ARNs with more than six fields keep the rest in the last one.
      {"M-25", "arn:aws:x:r:1:a:b:c", "arn:aws:x:r:1:a:b:c", true},
      {"M-25", "arn:aws:x:r:1:a:*", "arn:aws:x:r:1:a:b:c", true},
      {"M-25", "arn:aws:x:r:1:a", "arn:aws:x:r:1:a:b:c", false},
  };
  for (const Row& row : rows) check(row);
}

// M-21, M-22: the resource `*` is matched by the pattern `*` only.
TEST(ResourceTest, StarResourceNeedsStarPattern) {
  const Row rows[] = {
      {"M-21", "*", kObject, true},           {"M-21", "*", "*", true},
      {"M-22", "arn:aws:s3:::*", "*", false}, {"M-22", "arn:aws:s3", "*", false},
      {"M-22", "arn:*:s3:*:*:*", "*", false}, {"M-22", "arn:aws:s3:::*", "arn:aws:s3:::*", true},
  };
  for (const Row& row : rows) check(row);
  // M-22, V-22: in NotResource a pattern that cannot be resolved still keeps an Allow from
  // applying.
  EXPECT_EQ(answer(Question().identity({allow("*", "!" + kBucket + "/${k:t}")}).resource("*")),
            kNoIdentity);
  EXPECT_EQ(answer(Question()
                       .identity({allow("*", "!" + kBucket + "/${k:t}")})
                       .resource("*")
                       .with("k:t", "x")),
            kByIdentity);
  EXPECT_EQ(
      answer(Question().identity({allow(), deny("*", "!" + kBucket + "/${k:t}")}).resource("*")),
      kDeniedBySecond);
}

// M-29: any pattern of a Resource is enough; each pattern of a NotResource must fail. M-30:
// NotResource is not limited to one service.
TEST(ResourceTest, ListsAreOred) {
  const std::string list = R"(["arn:aws:s3:::a", "arn:aws:s3:::b/*", "arn:aws:sqs:*:*:q"])";
  const auto ask = [](const std::string& text, const std::string& resource) {
    return answer(Question().identity({allow("*", text)}).resource(resource));
  };
  EXPECT_EQ(ask(list, "arn:aws:s3:::a"), kByIdentity);
  EXPECT_EQ(ask(list, kObject), kByIdentity);
  EXPECT_EQ(ask(list, "arn:aws:sqs:eu:111122223333:q"), kByIdentity);
  EXPECT_EQ(ask(list, "arn:aws:s3:::c"), kNoIdentity);
  EXPECT_EQ(ask("!" + list, kObject), kNoIdentity);
  EXPECT_EQ(ask("!" + list, "arn:aws:s3:::c"), kByIdentity);
  EXPECT_EQ(ask("!" + list, kAlice), kByIdentity);
  EXPECT_EQ(ask("!" + list, "*"), kByIdentity);
  EXPECT_EQ(ask(R"(!["arn:aws:s3:::a", "*"])", "*"), kNoIdentity);
}

// G-39: no resources match nothing, for Deny too; a NotResource of nothing is refused.
TEST(ResourceTest, EmptyListMatchesNothing) {
  EXPECT_EQ(answer(Question().identity({allow("*", "[]")})), kNoIdentity);
  EXPECT_EQ(answer(Question().identity({allow("*", "[]")}).resource("*")), kNoIdentity);
  EXPECT_EQ(answer(Question().identity({allow(), deny("*", "[]")})), kByIdentity);
  EXPECT_EQ(answer(Question().identity({allow("*", "![]")})), "error G-39");
}

// G-41, G-42, M-31: without the element a resource's policy is about whatever it is attached to;
// with it only about what it names.
TEST(ResourceTest, PoliciesOfResources) {
  const std::string granted = "allowed AllowedByResource resource 0/0";
  EXPECT_EQ(answer(Question().on_resource({allow_to(kAlice, "*", "")})), granted);
  EXPECT_EQ(answer(Question().on_resource({allow_to(kAlice, "*", "")}).resource("*")), granted);
  EXPECT_EQ(answer(Question().on_resource({allow_to(kAlice, "*", kBucket)})), kNoIdentity);
  EXPECT_EQ(answer(Question().on_resource({allow_to(kAlice, "*", kObject)})), granted);
  EXPECT_EQ(answer(Question()
                       .trust({allow_to(kAlice, "sts:AssumeRole", "")})
                       .action("sts:AssumeRole")
                       .resource(kRole)),
            "allowed AllowedByTrustOrKey trust 0/0");
}

// G-33, G-36, G-40: what is no resource pattern never gets as far as a decision.
TEST(ResourceTest, ImpossiblePatternsAreRefused) {
  EXPECT_EQ(answer(Question().identity({allow("*", "b/*")})), "error G-33");
  EXPECT_EQ(answer(Question().identity({allow("*", "**")})), "error G-33");
  EXPECT_EQ(answer(Question().identity({allow("*", "arn:aws:s*:::b")})), "error G-36");
  EXPECT_EQ(answer(Question().identity({allow("*", "arn:azure:s3:::b")})), "error G-40");
}

// M-40: thousands of stars over a long resource. A backtracking matcher would not come back.
TEST(ResourceTest, ManyStarsFinish) {
  std::string stars;
  std::string questions;
  for (int i = 0; i < 5000; ++i) {
    stars += "*a";
    questions += "*?a";
  }
  const std::string resource = kBucket + "/" + std::string(65536, 'a');
  const Row rows[] = {
      {"M-40", kBucket + "/" + stars, resource, true},
      {"M-40", kBucket + "/" + stars + "*b", resource, false},
      {"M-40", kBucket + "/" + stars + "b*", resource, false},
      {"M-40", kBucket + "/" + questions, resource, true},
      {"M-40", kBucket + "/" + questions + "*?b", resource, false},
      {"M-40", kBucket + "/*" + std::string(5000, '?'), resource, true},
      {"M-40", kBucket + "/" + std::string(5000, '*'), resource, true},
      {"M-40", "arn:aws:x:*" + stars + "*:" + stars + "*:z",
       "arn:aws:x:" + std::string(32768, 'a') + ":" + std::string(32768, 'a') + ":z", true},
      {"M-40", "arn:aws:x:*" + stars + "*:" + stars + "*:z",
       "arn:aws:x:" + std::string(32768, 'a') + ":" + std::string(32768, 'a') + ":y", false},
  };
  for (const Row& row : rows) check(row);
  // Many segments for the stars that cross colons.
  std::string colons;
  for (int i = 0; i < 8192; ++i) colons += "a:";
  check({"M-40", "arn:aws:x:*:*b*:z", "arn:aws:x:" + colons + "z", false});
  check({"M-40", "arn:aws:x:*:*a*:z", "arn:aws:x:" + colons + "z", true});
}

}  // namespace
}  // namespace writ::test
