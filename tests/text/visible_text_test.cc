#include "writ/impl/visible_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace writ::detail {
namespace {

TEST(VisibleTextTest, PlainTextStaysAsItIs) {
  for (const std::string_view text :
       {"", "arn:aws:iam::111122223333:user/Alice", "a\xc3\xa9\xe4\xb8\xad\xf0\x9f\x98\x80",
        "\\n is no line break", "\xc2\xa0\xe2\x80\x8b\xe2\x80\xaf"}) {
    EXPECT_EQ(visible_text(text), text);
  }
}

TEST(VisibleTextTest, ControlsAreSpelled) {
  EXPECT_EQ(visible_text("a\nb\rc\td"), "a\\nb\\rc\\td");
  EXPECT_EQ(visible_text("\x1b[31m"), "\\u001b[31m");
  EXPECT_EQ(visible_text(std::string_view("\0\x07\x7f", 3)), "\\u0000\\u0007\\u007f");
  // C1: a CSI of one character, and the next line.
  EXPECT_EQ(visible_text("\xc2\x9b"
                         "31m\xc2\x85"),
            "\\u009b31m\\u0085");
}

TEST(VisibleTextTest, MarksThatTurnTheOrderOfReadingRoundAreSpelled) {
  EXPECT_EQ(visible_text("user\xe2\x80\xaelimda"), "user\\u202elimda");
  EXPECT_EQ(visible_text("\xe2\x81\xa6\xe2\x81\xa9\xd8\x9c\xe2\x80\x8e\xe2\x80\x8f"),
            "\\u2066\\u2069\\u061c\\u200e\\u200f");
  EXPECT_EQ(visible_text("\xe2\x80\xa8\xe2\x80\xa9"), "\\u2028\\u2029");
}

TEST(VisibleTextTest, BytesThatAreNoCharacterAreReplaced) {
  EXPECT_EQ(visible_text("a\xff\xc2"), "a\xef\xbf\xbd\xef\xbf\xbd");
  EXPECT_EQ(visible_text("\x9b"), "\xef\xbf\xbd");  // CSI in Latin-1
}

}  // namespace
}  // namespace writ::detail
