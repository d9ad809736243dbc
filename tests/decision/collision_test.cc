// Names and ARNs made to have one hash: the hash is not keyed, so whoever writes requests or
// policies can make them. Answers stay right and evaluation allocates nothing.
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "decision/allocation_count.h"
#include "writ/hash.h"
#include "writ/writ.h"

namespace writ::test {
namespace {

constexpr std::size_t kCount = 18;
const std::string kAlice = "arn:aws:iam::111122223333:user/Alice";

std::uint64_t hash_of(const std::string& text, bool folded) {
  return folded ? hash_folded(text) : hash_bytes(text);
}

// Texts of one length and one hash that differ: `prefix`, filled up to whole words, then eight
// letters, then the eight bytes that equal the hash's state and so collapse it, then `suffix`.
// Letters are tried until those bytes are lower-case letters and digits.
std::vector<std::string> colliding(std::string prefix, const std::string& suffix, bool folded) {
  while (prefix.size() % 8 != 0) prefix += 'x';
  const std::size_t size = prefix.size() + 16 + suffix.size();
  std::uint64_t start = size * detail::kHashB;
  for (std::size_t i = 0; i < prefix.size(); i += 8) {
    const std::uint64_t word = detail::load_word(prefix.data() + i, 8);
    start = detail::mix(start ^ (folded ? detail::fold_word(word) : word), detail::kHashA);
  }
  std::vector<std::string> texts;
  for (std::uint64_t number = 0; texts.size() < kCount; ++number) {
    // Eight letters out of 16, from the bits of the number.
    std::uint64_t letters = 0;
    for (int i = 0; i < 8; ++i) letters |= (('a' + ((number >> (4 * i)) & 15)) << (8 * i));
    const std::uint64_t state = detail::mix(start ^ letters, detail::kHashA);
    if ((state & 0x8080808080808080U) != 0) continue;  // most of them
    std::string middle;
    for (const std::uint64_t word : {letters, state}) {
      for (int i = 0; i < 8; ++i) middle += static_cast<char>((word >> (8 * i)) & 0xff);
    }
    if (middle.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789") == std::string::npos) {
      texts.push_back(prefix + middle + suffix);
    }
  }
  return texts;
}

void expect_colliding(const std::vector<std::string>& texts, bool folded) {
  for (std::size_t i = 1; i < texts.size(); ++i) {
    ASSERT_NE(texts[i], texts[0]);
    ASSERT_EQ(hash_of(texts[i], folded), hash_of(texts[0], folded)) << "no longer a collision";
  }
}

// ARNs that collide as whole texts, and ARNs whose last fields do.
std::vector<std::vector<std::string>> colliding_arns(const std::string& head,
                                                     const std::string& field, bool folded) {
  std::vector<std::vector<std::string>> families = {colliding(head + field, "", folded),
                                                    colliding(field, "", folded)};
  expect_colliding(families[0], folded);
  expect_colliding(families[1], folded);
  for (std::string& text : families[1]) text.insert(0, head);
  return families;
}

std::string statement(const std::string& effect, const std::string& rest) {
  return R"({"Effect": ")" + effect + "\", " + rest + "}";
}

std::string document(const std::vector<std::string>& statements) {
  std::string text = R"({"Version": "2012-10-17", "Statement": [)";
  for (const std::string& one : statements) text += (&one == statements.data() ? "" : ", ") + one;
  return text + "]}";
}

// Statement i is an Allow for even, a Deny for odd i; each third text has none.
enum class Kind { Allow, Deny, None };
Kind kind_of(std::size_t i) {
  if (i % 3 == 2) return Kind::None;
  return i % 2 == 0 ? Kind::Allow : Kind::Deny;
}

// One statement for each text that has one; `element` says what is asked of it.
template <class Element>
PolicyStack stack_of(PolicyType type, const std::vector<std::string>& texts, Element element) {
  std::vector<std::string> statements;
  for (std::size_t i = 0; i < texts.size(); ++i) {
    if (kind_of(i) == Kind::None) continue;
    statements.push_back(
        statement(kind_of(i) == Kind::Allow ? "Allow" : "Deny", element(texts[i])));
  }
  PolicyStack stack;
  const Result<bool> added = stack.add(type, "colliding", document(statements));
  EXPECT_TRUE(added.has_value()) << (added ? "" : added.error().to_string());
  return stack;
}

// The answer is that of the text's own statement, the explanation agrees, nothing is allocated.
void expect_own_answer(const PolicyStack& stack, const Request& request, std::size_t i) {
  const std::size_t before = allocation_count;
  const Decision decision = stack.evaluate(request);
  EXPECT_EQ(allocation_count, before);
  const Outcome expected[] = {Outcome::Allowed, Outcome::ExplicitDeny, Outcome::ImplicitDeny};
  EXPECT_EQ(decision.outcome, expected[static_cast<int>(kind_of(i))]) << i;
  if (kind_of(i) != Kind::None) {
    EXPECT_EQ(decision.statement.statement, i - i / 3) << i;
  }
  EXPECT_EQ(stack.explain(request).decision(), decision) << i;
}

Request request_of(const std::string& caller, const std::string& action,
                   const std::string& resource) {
  const Result<Request> request =
      RequestBuilder(*Caller::from_arn(caller), ActionName(action), resource).build();
  EXPECT_TRUE(request.has_value()) << (request ? "" : request.error().to_string());
  return *request;
}

// M-10
TEST(CollisionTest, Actions) {
  std::vector<std::string> whole = colliding("svc:Do", "", true);
  std::vector<std::string> names = colliding("Do", "Now", true);
  expect_colliding(whole, true);
  expect_colliding(names, true);
  for (std::string& name : names) name.insert(0, "svc:");
  for (const std::vector<std::string>& texts : {whole, names}) {
    for (const std::string& wildcard : {std::string(), std::string("*")}) {
      const PolicyStack stack = stack_of(PolicyType::IdentityBased, texts, [&](const auto& text) {
        return R"("Resource": "*", "Action": ")" + text + wildcard + '"';
      });
      for (std::size_t i = 0; i < texts.size(); ++i) {
        expect_own_answer(stack, request_of(kAlice, texts[i], "*"), i);
      }
    }
  }
}

// M-10: services that collide, each with an action of its own.
TEST(CollisionTest, Services) {
  std::vector<std::string> texts = colliding("service", "", true);
  expect_colliding(texts, true);
  for (std::string& text : texts) text += ":Get";
  const PolicyStack stack = stack_of(PolicyType::IdentityBased, texts, [](const auto& text) {
    return R"("Resource": "*", "Action": ")" + text.substr(0, text.size() - 3) + "*\"";
  });
  for (std::size_t i = 0; i < texts.size(); ++i) {
    expect_own_answer(stack, request_of(kAlice, texts[i], "*"), i);
  }
}

// M-30
TEST(CollisionTest, Resources) {
  for (const std::vector<std::string>& texts : colliding_arns("arn:aws:s3:::", "bucket/", false)) {
    for (const std::string& wildcard : {std::string(), std::string("*")}) {
      const PolicyStack stack = stack_of(PolicyType::IdentityBased, texts, [&](const auto& text) {
        return R"("Action": "s3:*", "Resource": ")" + text + wildcard + '"';
      });
      for (std::size_t i = 0; i < texts.size(); ++i) {
        expect_own_answer(stack, request_of(kAlice, "s3:GetObject", texts[i]), i);
      }
    }
  }
}

// P-20: users by ARN, and roles behind their sessions.
TEST(CollisionTest, Principals) {
  for (const bool folded : {false, true}) {
    for (const std::vector<std::string>& texts :
         colliding_arns("arn:aws:iam::111122223333:", "user/", folded)) {
      const PolicyStack stack = stack_of(PolicyType::ResourceBased, texts, [](const auto& text) {
        return R"("Action": "s3:*", "Resource": "*", "Principal": {"AWS": ")" + text + "\"}";
      });
      for (std::size_t i = 0; i < texts.size(); ++i) {
        expect_own_answer(stack, request_of(texts[i], "s3:GetObject", "arn:aws:s3:::b/k"), i);
      }
    }
  }
}

// C-10, C-12: keys that collide are not the same key. A policy asks for each, a request holds all,
// more than it has room for without spilling.
TEST(CollisionTest, ConditionKeys) {
  for (const std::string& prefix : {std::string("svc:key"), std::string("aws:RequestTag/key")}) {
    const std::vector<std::string> keys = colliding(prefix, "", true);
    expect_colliding(keys, true);
    const PolicyStack stack = stack_of(PolicyType::IdentityBased, keys, [](const auto& key) {
      return R"("Action": "*", "Resource": "*", "Condition": {"StringEquals": {")" + key +
             R"(": "yes"}})";
    });
    const auto ask = [&](std::size_t count, std::size_t which) {
      RequestBuilder builder(*Caller::from_arn(kAlice), "s3:GetObject");
      for (std::size_t k = 0; k < count; ++k) {
        builder.set(std::string_view(keys[k]), k == which ? "yes" : "no");
      }
      const Result<Request> request = builder.build();
      ASSERT_TRUE(request.has_value());
      for (std::size_t k = 0; k < count; ++k) {
        const ContextEntry* entry = request->find(std::string_view(keys[k]));
        ASSERT_NE(entry, nullptr) << k;
        EXPECT_EQ(entry->single, k == which ? "yes" : "no");
        EXPECT_FALSE(entry->collided) << k;
      }
      if (count < kCount) {
        EXPECT_EQ(request->find(std::string_view(keys[count])), nullptr);
      }
      expect_own_answer(stack, *request, which);
    };
    for (std::size_t which = 0; which < kCount; ++which) ask(kCount, which);
    for (std::size_t which = 0; which < 12; ++which) ask(12, which);
  }
}

// E-2, E-97: names whose hash is a constant of the hash function, so that a product with it is
// zero. An Allow is never found in place of a Deny.
TEST(CollisionTest, ADenyBehindAllowsOfANameThatHidesItsKey) {
  const std::vector<std::string> tenants = {"tenant000u3lzaah2fnc0l3",
                                            "tenant000oy62abd0ep1k2u",
                                            "acme",
                                            "globex",
                                            "initech",
                                            "umbrella",
                                            "hooli"};
  ASSERT_EQ(hash_bytes("shared/" + tenants[0] + "/"), detail::kHashB);
  std::vector<std::string> statements;
  for (const auto& [effect, folder] :
       {std::pair("Allow", "*"), std::pair("Allow", "public/*"), std::pair("Deny", "secret/*")}) {
    for (const std::string& tenant : tenants) {
      statements.push_back(
          statement(effect, R"("Action": "s3:GetObject", "Resource": "arn:aws:s3:::shared/)" +
                                tenant + "/" + folder + "\""));
    }
  }
  PolicyStack stack;
  ASSERT_TRUE(stack.add(PolicyType::IdentityBased, "tenants", document(statements)));
  for (const std::string& tenant : tenants) {
    const auto outcome = [&](const std::string& object) {
      const std::string resource = "arn:aws:s3:::shared/" + tenant + "/" + object;
      RequestBuilder builder(*Caller::from_arn(kAlice), "s3:GetObject", resource);
      return stack.evaluate(*builder.build()).outcome;
    };
    EXPECT_EQ(outcome("secret/k"), Outcome::ExplicitDeny) << tenant;
    EXPECT_EQ(outcome("public/k"), Outcome::Allowed) << tenant;
  }
}

// Two classes that list such a resource each: the keys differ, and the set compiles.
TEST(CollisionTest, ClassesWithANameThatHidesItsKey) {
  std::vector<std::string> statements;
  for (const auto& [action, name] : {std::pair("s3:GetObject", "b/ebodaaaaaaaaaaupkV`6V"),
                                     std::pair("s3:PutObject", "b/b8mwaaaaaaaaaa-9K^j~'")}) {
    ASSERT_EQ(hash_bytes(name), detail::kHashB);
    std::string resources = "\"arn:aws:s3:::" + std::string(name) + "\"";
    for (const char* other : {"c0/x", "c1/x", "c2/x", "c3/x"}) {
      resources += ", \"arn:aws:s3:::" + std::string(other) + "\"";
    }
    statements.push_back(statement(
        "Allow", R"("Action": ")" + std::string(action) + R"(", "Resource": [)" + resources + "]"));
  }
  PolicyStack stack;
  EXPECT_TRUE(stack.add(PolicyType::IdentityBased, "names", document(statements)));
}

// C-11, C-20: values that collide are told apart, in a list that is looked up by hash.
TEST(CollisionTest, ConditionValues) {
  for (const bool folded : {false, true}) {
    const std::vector<std::string> texts = colliding("value", "", folded);
    expect_colliding(texts, folded);
    std::string values;
    for (std::size_t i = 0; i < texts.size(); i += 3) {
      for (std::size_t k = i; k < std::min(i + 2, texts.size()); ++k) {
        values += (values.empty() ? "\"" : ", \"") + texts[k] + '"';
      }
    }
    PolicyStack stack;
    const Result<bool> added =
        stack.add(PolicyType::IdentityBased, "colliding",
                  document({statement(
                      "Allow", R"("Action": "*", "Resource": "*", "Condition": {")" +
                                   std::string(folded ? "StringEqualsIgnoreCase" : "StringEquals") +
                                   R"(": {"k:a": [)" + values + "]}}")}));
    ASSERT_TRUE(added.has_value());
    for (std::size_t i = 0; i < texts.size(); ++i) {
      RequestBuilder builder(*Caller::from_arn(kAlice), "s3:GetObject");
      const Result<Request> request = builder.set("k:a", texts[i]).build();
      ASSERT_TRUE(request.has_value());
      EXPECT_EQ(stack.evaluate(*request).is_allowed(), i % 3 != 2) << i;
    }
  }
}

}  // namespace
}  // namespace writ::test
