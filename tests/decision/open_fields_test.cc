// Patterns with a star before their last field, where it may run over colons (M-25): each colon of
// a request's last field is a place where the pattern's last field may begin. Whatever the index
// tries there is what the walk without index finds, and the work is linear in the request's length.
#include <gtest/gtest.h>

#include <chrono>
#include <random>
#include <string>
#include <vector>

#include "support/policies.h"

namespace writ::test {
namespace {

const std::string kFunctions = "arn:aws:lambda:*:111122223333:";
const std::string kFunction = "arn:aws:lambda:eu-west-1:111122223333:";

[[nodiscard]] std::string repeated(const std::string& text, std::size_t times) {
  std::string result;
  result.reserve(text.size() * times);
  for (std::size_t i = 0; i < times; ++i) result += text;
  return result;
}

/// One statement for each last field.
[[nodiscard]] Statements statements(const std::vector<std::string>& tails) {
  Statements result;
  for (const std::string& tail : tails) result.push_back(allow("lambda:*", kFunctions + tail));
  return result;
}

[[nodiscard]] std::string by(std::size_t statement) {
  return "allowed AllowedByIdentity identity 0/" + std::to_string(statement);
}

[[nodiscard]] std::string asked(const Statements& identity, const std::string& tail) {
  return answer(Question().action("lambda:Invoke").identity(identity).resource(kFunction + tail));
}

struct Group {
  const char* name;
  std::vector<std::string> tails;  ///< of one group, more than are tried one by one
};

[[nodiscard]] std::vector<Group> groups() {
  std::vector<Group> all = {{"whole", {}},        {"long whole", {}},   {"segments", {}},
                            {"lengths", {}},      {"long lengths", {}}, {"endings", {}},
                            {"one beginning", {}}};
  for (int i = 0; i < 12; ++i) {
    const std::string n = std::to_string(i);
    const std::string size(static_cast<std::size_t>(i), 'x');
    all[0].tails.push_back("function:name" + n);
    all[1].tails.push_back(repeated("a:", 100) + n);
    all[2].tails.push_back("a" + n + "/b/c:d*z");
    all[3].tails.push_back(size + "a*z");
    all[4].tails.push_back(std::string(300, 'x') + size + "a*z");
    all[5].tails.push_back("function:*/end" + n);
    all[6].tails.push_back("a:*z" + n);
  }
  return all;
}

// Each of these took minutes where every colon had the rest of the request read again.
TEST(OpenFieldsTest, WorkIsLinearInTheColonsOfARequest) {
  constexpr std::size_t kColons = 200'000;
  const std::vector<std::string> tails = {
      repeated(":", kColons),
      repeated("a:", kColons),
      repeated("111122223333:a:", kColons / 2),  // every other placing finds a key
      repeated("111122223333:function:name0:", kColons / 2) + "/end12",
      repeated("a0/b/c:", kColons),
      repeated(":", kColons) + std::string(kColons, 'x'),  // a long ending
      std::string(400, 'x') + repeated(":", kColons)};
  const auto begin = std::chrono::steady_clock::now();
  for (const Group& group : groups()) {
    SCOPED_TRACE(group.name);
    PolicyStack stack;
    ASSERT_TRUE(stack.add(PolicyType::IdentityBased, "policy", document(statements(group.tails))));
    for (const std::string& tail : tails) {
      const Caller caller = *Caller::from_arn(kAlice);
      const std::string resource = kFunction + tail;
      const Result<Request> request =
          RequestBuilder(caller, ActionName("lambda:Invoke"), resource).build();
      ASSERT_TRUE(request);
      EXPECT_FALSE(stack.evaluate(*request).is_allowed());
      ASSERT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(20));
    }
  }
}

// Tails of one size whose last 64 bytes are the same share a key, and are told apart all the same.
TEST(OpenFieldsTest, LongTailsAreComparedToTheirBeginning) {
  std::vector<std::string> tails;
  for (char c = 'a'; c <= 'p'; ++c) tails.push_back(c + repeated("/x:y", 40));
  for (const std::size_t size : {62U, 63U, 64U, 65U, 66U}) tails.emplace_back(size, 'q');
  const Statements identity = statements(tails);
  for (std::size_t i = 0; i < tails.size(); ++i) {
    SCOPED_TRACE(i);
    EXPECT_EQ(asked(identity, tails[i]), by(i));
    EXPECT_EQ(asked(identity, "v:111122223333:" + tails[i]), by(i));
    EXPECT_EQ(asked(identity, "u:v:w:111122223333:" + tails[i]), by(i));
    EXPECT_EQ(asked(identity, "u:v:w:11112222333:" + tails[i]), kNoIdentity);
    EXPECT_EQ(asked(identity, "z" + tails[i]), kNoIdentity);
    EXPECT_EQ(asked(identity, "z" + tails[i].substr(1)), kNoIdentity);
  }
}

// Beginnings that differ behind their first 64 bytes only.
TEST(OpenFieldsTest, LongBeginningsAreComparedToTheirEnd) {
  std::vector<std::string> tails;
  for (char c = 'a'; c <= 'p'; ++c) {
    tails.push_back(std::string(80, 'x') + c + "*");
    tails.push_back(std::string(static_cast<std::size_t>(c - 'a') + 60, 'y') + "?z*");
  }
  const Statements identity = statements(tails);
  for (std::size_t i = 0; i < tails.size(); ++i) {
    SCOPED_TRACE(i);
    std::string tail = tails[i].substr(0, tails[i].size() - 1);
    for (char& c : tail) c = c == '?' ? 'k' : c;
    EXPECT_EQ(asked(identity, tail), by(i));
    EXPECT_EQ(asked(identity, "v:111122223333:" + tail + ":w"), by(i));
    EXPECT_EQ(asked(identity, "v:111122223333:" + tail.substr(0, tail.size() - 1)), kNoIdentity);
  }
}

// More keys than are gathered at once, each of which leads to a statement that does not match but
// for one.
TEST(OpenFieldsTest, EveryKeyThatIsFoundIsAsked) {
  constexpr std::size_t kKeys = 100;
  std::string tail;
  for (std::size_t i = 0; i < kKeys; ++i) {
    for (int twice = 0; twice < 2; ++twice) {
      tail += "111122223333:function:n" + std::to_string(i) + "/:";
    }
  }
  tail += "z";
  std::vector<std::string> tails;
  for (std::size_t i = 0; i < kKeys; ++i) {
    tails.push_back("function:n" + std::to_string(i) + "/*y");
  }
  EXPECT_EQ(asked(statements(tails), tail), kNoIdentity);
  for (std::size_t i = 0; i < kKeys; ++i) {
    SCOPED_TRACE(i);
    std::vector<std::string> one = tails;
    one[i].back() = 'z';
    EXPECT_EQ(asked(statements(one), tail), by(i));
  }
}

// Random patterns and requests of a few parts, short and long; the question compares the index with
// the walk that has none.
TEST(OpenFieldsTest, TheIndexFindsWhatAWalkFinds) {
  std::mt19937 random(25);  // its sequence is the same everywhere
  const auto pick = [&](const std::vector<std::string>& from) {
    return from[random() % from.size()];
  };
  const std::vector<std::string> parts = {"a",
                                          "b",
                                          "/",
                                          ":",
                                          ":",
                                          "111122223333:",
                                          "eu:",
                                          std::string(63, 'a'),
                                          std::string(64, 'b'),
                                          repeated("a:", 33),
                                          repeated("b/", 33)};
  const auto tail_of = [&](bool wildcards) {
    std::string tail;
    for (std::size_t i = 1 + random() % 5; i > 0; --i) {
      tail += wildcards && random() % 8 == 0 ? pick({"*", "?", "*"}) : pick(parts);
    }
    return tail;
  };
  std::size_t allowed = 0;
  std::size_t asked_of = 0;
  for (int world = 0; world < 60; ++world) {
    Statements identity;
    std::vector<std::string> tails;
    for (int i = 0; i < 40; ++i) {
      tails.push_back(tail_of(random() % 3 != 0));
      identity.push_back(allow(
          "lambda:*", "arn:" + pick({"aws", "aws", "*"}) + ":lambda:" + pick({"*", "eu*", "eu"}) +
                          ":" + pick({"111122223333", "11*", "1*3"}) + ":" + tails.back()));
    }
    for (int i = 0; i < 40; ++i) {
      std::string tail = random() % 2 == 0 ? tail_of(false) : tails[random() % tails.size()];
      for (std::size_t star = tail.find('*'); star != std::string::npos; star = tail.find('*')) {
        tail.replace(star, 1, pick({"", "a", ":", "b/"}));
      }
      for (char& c : tail) c = c == '?' ? 'a' : c;
      for (std::size_t before = random() % 3; before > 0; --before) {
        tail = pick({"111122223333:", "eu:111122223333:", "lambda:eu:111122223333:", "a:"}) + tail;
      }
      const Explanation explained = Question()
                                        .action("lambda:Invoke")
                                        .identity(identity)
                                        .resource("arn:aws:lambda:eu:111122223333:" + tail)
                                        .ask();
      allowed += explained.decision().is_allowed() ? 1 : 0;
      ++asked_of;
    }
    if (::testing::Test::HasFailure()) break;
  }
  EXPECT_GT(allowed, asked_of / 4);  // both answers come up
  EXPECT_LT(allowed, asked_of * 9 / 10);
}

}  // namespace
}  // namespace writ::test
