// How long documents made for the purpose take to compile: sizes whose products would take minutes.
#include <gtest/gtest.h>

#include <string>

#include "writ/parse.h"
#include "writ/policy_set.h"

namespace writ::test {
namespace {

void expect_compiles(const std::string& statements) {
  const std::string text = R"({"Version":"2012-10-17","Statement":[)" + statements + "]}";
  const Result<PolicySet> set = compile_policy(text, PolicyType::IdentityBased);
  ASSERT_TRUE(set.has_value()) << set.error().to_string();
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
    expect_compiles(R"({"Effect":"Allow","Action":[)" + actions + R"(],"Resource":[)" + resources +
                    "]}" + classes);
  }
}

}  // namespace
}  // namespace writ::test
