// How long documents made for the purpose take to compile: sizes whose products would take minutes.
#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <vector>

#include "writ/hash.h"
#include "writ/parse.h"
#include "writ/writ.h"

namespace writ::test {
namespace {

[[nodiscard]] PolicySet expect_compiles(const std::string& statements) {
  const std::string text = R"({"Version":"2012-10-17","Statement":[)" + statements + "]}";
  const Result<PolicySet> set = compile_policy(text, PolicyType::IdentityBased);
  EXPECT_TRUE(set.has_value()) << (set ? std::string() : set.error().to_string());
  return set ? *set : PolicySet();
}

// A resource's text is not hashed for each class of actions that leads to it: here, for 10,000 of
// half a megabyte in all, that would be 5 GB, some ten times over.
TEST(CompileTimeTest, TextsOfResourcesTimesClasses) {
  constexpr int kClasses = 10000;
  std::string actions;
  std::string classes;
  for (int i = 0; i < kClasses; ++i) {
    const std::string action = "\"s3:A" + std::to_string(i) + '"';
    actions += (i > 0 ? "," : "") + action;
    classes += R"(,{"Effect":"Allow","Resource":"*","Action":)" + action + "}";
  }
  for (const char* ending : {"*", "*/end"}) {
    std::string resources;
    for (int i = 0; i < 5; ++i) {
      resources += (i > 0 ? ",\"arn:aws:s3:::" : "\"arn:aws:s3:::") +
                   std::string(100000, i % 2 == 0 ? 'x' : '/') + std::to_string(i) + ending + '"';
    }
    const PolicySet set = expect_compiles(R"({"Effect":"Allow","Action":[)" + actions +
                                          R"(],"Resource":[)" + resources + "]}" + classes);
    EXPECT_EQ(set.statement_count(), kClasses + 1U);
  }
}

// Names whose hashes end with the same bits: where slots went by those, each would step over half
// of the others, twenty thousand million steps.
TEST(CompileTimeTest, ActionsChosenByTheirHashes) {
  constexpr std::size_t kNames = 200000;
  std::string actions;
  std::size_t found = 0;
  std::string other;  // of the same bits, and not listed
  std::vector<std::string> some;
  for (std::uint64_t number = 0; other.empty(); ++number) {
    std::string name = "s3:";
    for (std::uint64_t rest = number; rest != 0; rest /= 26) {
      name += static_cast<char>('a' + rest % 26);
    }
    if (number == 0 || (hash_folded(name) & 0x78000U) != 0) continue;
    if (found == kNames) {
      other = name;
      break;
    }
    if (found % 10000 == 0) some.push_back(name);
    if (found++ > 0) actions += ',';
    actions.append("\"").append(name).append("\"");
  }
  const PolicySet set =
      expect_compiles(R"({"Effect":"Allow","Resource":"*","Action":[)" + actions + "]}");
  const Caller alice = *Caller::from_arn("arn:aws:iam::111122223333:user/Alice");
  AppliedPolicies applied;
  applied.identity = {&set, 1};
  const auto ask = [&](const std::string& action) {
    return evaluate(*RequestBuilder(alice, ActionName(action), "*").build(), applied).is_allowed();
  };
  for (const std::string& name : some) EXPECT_TRUE(ask(name)) << name;
  EXPECT_FALSE(ask(other));
}

}  // namespace
}  // namespace writ::test
