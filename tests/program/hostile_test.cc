// Policies written to confuse: what one document holds must not change what another means, and no
// document makes a program out of proportion.
#include <gtest/gtest.h>

#include <string>
#include <utility>

#include "writ/parse.h"
#include "writ/policy_stack.h"

namespace writ::test {
namespace {

constexpr const char* kAlice = "arn:aws:iam::111122223333:user/Alice";

[[nodiscard]] Decision decide_with_key(const std::string& first, const std::string& second) {
  PolicyStack stack;
  const std::string all =
      R"({"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}})";
  EXPECT_TRUE(stack.add(PolicyType::IdentityBased, "all", all).has_value());
  PolicySetBuilder builder(PolicyType::ServiceControl);
  const Result<PolicyDocument> a = parse_policy(first, PolicyType::ServiceControl);
  const Result<PolicyDocument> b = parse_policy(second, PolicyType::ServiceControl);
  builder.attach("first", *a).attach("second", *b);
  EXPECT_TRUE(stack.add(*builder.build()).has_value());
  const Caller alice = *Caller::from_arn(kAlice);
  RequestBuilder request(alice, "s3:GetObject");
  request.set("k:t", "x");
  return stack.evaluate(*request.build());
}

// D-2, D-9: a key that spells out another test's key and value is still another test.
TEST(CompileTest, TermsOfDifferentKeysAreNeverOne) {
  const std::string trick =
      R"({"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*",
          "Condition":{"ForAnyValue:StringEquals":{"k:t\u000001:x":[]}}}})";
  const std::string guard =
      R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"},
          {"Effect":"Deny","Action":"*","Resource":"*",
           "Condition":{"ForAnyValue:StringEquals":{"k:t":"x"}}}]})";
  EXPECT_EQ(decide_with_key(trick, guard).outcome, Outcome::ExplicitDeny);
  EXPECT_EQ(decide_with_key(guard, trick).outcome, Outcome::ExplicitDeny);
}

/// One statement with `n` actions, resources and principals, and `n` that split its actions.
[[nodiscard]] std::string crossed(int n) {
  std::string actions;
  std::string resources;
  std::string principals;
  std::string singles;
  for (int i = 0; i < n; ++i) {
    const std::string comma = i == 0 ? "" : ",";
    const std::string number = std::to_string(i);
    actions += comma + "\"s3:A" + number + "\"";
    resources += comma + "\"arn:aws:s3:::*" + number + "\"";
    principals += comma + "\"arn:aws:iam::111122223333:user/u" + number + "\"";
    singles += R"(,{"Effect":"Allow","Principal":"*","Resource":"arn:aws:s3:::c","Action":"s3:A)" +
               number + "\"}";
  }
  return R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":[)" +
         principals + "]},\"Action\":[" + actions + "],\"Resource\":[" + resources + "]}" +
         singles + "]}";
}

TEST(CompileTest, CrossedListsMakeNoProgramOutOfProportion) {
  const std::string text = crossed(400);
  const Result<PolicySet> set = compile_policy(text, PolicyType::ResourceBased);
  ASSERT_TRUE(set.has_value());
  EXPECT_LT(set->size_bytes(), 40 * text.size());
  // The index has fewer branches, and the answers are the same.
  PolicyStack stack;
  ASSERT_TRUE(stack.add(*set).has_value());
  const auto ask = [&stack](const char* user, const char* action, const char* resource) {
    const Result<Caller> caller = Caller::from_arn(user);
    return stack.evaluate(
        *RequestBuilder(*caller, action, resource).resource_account("111122223333").build());
  };
  EXPECT_TRUE(ask("arn:aws:iam::111122223333:user/u399", "s3:A7", "arn:aws:s3:::x17").is_allowed());
  EXPECT_TRUE(ask(kAlice, "s3:A399", "arn:aws:s3:::c").is_allowed());
  EXPECT_FALSE(
      ask("arn:aws:iam::111122223333:user/u400", "s3:A7", "arn:aws:s3:::x17").is_allowed());
  EXPECT_FALSE(
      ask("arn:aws:iam::111122223333:user/u1", "s3:A7", "arn:aws:s3:::x400y").is_allowed());
}

/// A statement whose leaves share their terms: all hold but for the last, which wants `k:last`.
[[nodiscard]] std::string sharing(const char* effect, const char* resources, const char* test) {
  std::string terms;
  for (int i = 0; i < 8; ++i) terms += "\"k:none" + std::to_string(i) + "\":\"true\",";
  terms.pop_back();
  return std::string("{\"Effect\":\"") + effect + R"(","Action":"s3:GetObject","Resource":[)" +
         resources + R"(],"Condition":{"Null":{)" + terms + "}," + test + "}}";
}

// C-20, C-70: terms that stand in one place are terms of their statement alone.
TEST(CompileTest, LeavesThatShareTermsTestThemAll) {
  const char* wants_x = R"("StringEquals":{"k:last":"x"})";
  const char* wants_y = R"("StringEquals":{"k:last":"y"})";
  const char* wants_number = R"("NumericLessThan":{"k:last":"7"})";
  const char* all = R"("arn:aws:s3:::*a","arn:aws:s3:::*b*","arn:aws:s3:::b?","arn:aws:s3:::b/*")";
  const auto ask = [](const std::string& statements, const char* resource, const char* last) {
    PolicyStack stack;
    EXPECT_TRUE(stack
                    .add(PolicyType::IdentityBased, "sharing",
                         R"({"Version":"2012-10-17","Statement":[)" + statements + "]}")
                    .has_value());
    const Caller alice = *Caller::from_arn(kAlice);
    RequestBuilder request(alice, "s3:GetObject", resource);
    request.set("k:last", last);
    return stack.evaluate(*request.build()).outcome;
  };
  const std::string one = sharing("Allow", all, wants_x);
  EXPECT_EQ(ask(one, "arn:aws:s3:::ba", "x"), Outcome::Allowed);
  EXPECT_EQ(ask(one, "arn:aws:s3:::b/a", "x"), Outcome::Allowed);
  EXPECT_EQ(ask(one, "arn:aws:s3:::ba", "y"), Outcome::ImplicitDeny);
  EXPECT_EQ(ask(one, "arn:aws:s3:::cc", "x"), Outcome::ImplicitDeny);
  // What one statement's terms come out as says nothing of another's.
  const std::string two = one + "," + sharing("Allow", all, wants_y);
  EXPECT_EQ(ask(two, "arn:aws:s3:::ba", "x"), Outcome::Allowed);
  EXPECT_EQ(ask(two, "arn:aws:s3:::ba", "y"), Outcome::Allowed);
  EXPECT_EQ(ask(two, "arn:aws:s3:::ba", "z"), Outcome::ImplicitDeny);
  const std::string denied = two + "," + sharing("Deny", all, wants_number);
  EXPECT_EQ(ask(denied, "arn:aws:s3:::b/a", "6"), Outcome::ExplicitDeny);
  EXPECT_EQ(ask(denied, "arn:aws:s3:::b/a", "x"), Outcome::ExplicitDeny);  // C-70: no number
  EXPECT_EQ(ask(denied, "arn:aws:s3:::b/a", "8"), Outcome::ImplicitDeny);
  EXPECT_EQ(ask(sharing("Allow", all, wants_number), "arn:aws:s3:::b/a", "x"),
            Outcome::ImplicitDeny);
}

}  // namespace
}  // namespace writ::test
