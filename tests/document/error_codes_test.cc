// The page of error codes is complete: every code that exists is in docs/errors.md.
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <string>

#include "writ/error.h"

namespace writ {
namespace {

TEST(ErrorTest, EveryCodeIsDocumented) {
  std::ifstream file(WRIT_SOURCE_DIR "/docs/errors.md");
  const std::string page{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  ASSERT_FALSE(page.empty());
  int documented = 0;
  for (int code = 0; code < 256; ++code) {
    const std::string_view name = to_string(static_cast<ErrorCode>(code));
    if (name == "UNKNOWN") break;
    EXPECT_NE(page.find("| `" + std::string(name) + "` |"), std::string::npos) << name;
    ++documented;
  }
  EXPECT_EQ(documented, static_cast<int>(ErrorCode::InvalidFile) + 1);
}

TEST(ErrorTest, TextHasPositionCodeRuleAndPointer) {
  PolicyError error;
  error.code = ErrorCode::InvalidEffect;
  error.position = {40, 3, 14};
  error.rule = "G-20";
  error.json_pointer = "/Statement/0/Effect";
  error.message = "write `Allow` or `Deny`";
  EXPECT_EQ(error.to_string(),
            "3:14: INVALID_EFFECT: write `Allow` or `Deny` [G-20 at /Statement/0/Effect]");
}

}  // namespace
}  // namespace writ
