#include "cli/files.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/run_tool.h"

namespace writ::cli {
namespace {

using ::testing::HasSubstr;
using writ::testing::TemporaryFile;
using Status = LineReader::Status;

Console silent_console() { return {stdin, stdout, stderr}; }

TEST(LineReaderTest, ReadsLinesWithAndWithoutALastBreak) {
  for (const std::string_view text : {"one\n\nthree\n", "one\n\nthree"}) {
    const TemporaryFile file(text);
    Console console = silent_console();
    LineReader reader(console, file.path());
    ASSERT_TRUE(reader.is_open());
    ASSERT_EQ(reader.next(), Status::Line);
    EXPECT_EQ(reader.line(), "one");
    ASSERT_EQ(reader.next(), Status::Line);
    EXPECT_EQ(reader.line(), "");
    ASSERT_EQ(reader.next(), Status::Line);
    EXPECT_EQ(reader.line(), "three");
    EXPECT_EQ(reader.number(), 3U);
    EXPECT_EQ(reader.next(), Status::End);
    EXPECT_EQ(reader.next(), Status::End);
  }
}

TEST(LineReaderTest, ReadsLinesLongerThanOneChunk) {
  std::string text;
  for (int i = 0; i < 50; ++i) text += std::string(static_cast<std::size_t>(i) * 7919, 'x') + "\n";
  const TemporaryFile file(text);
  Console console = silent_console();
  LineReader reader(console, file.path());
  for (std::size_t i = 0; i < 50; ++i) {
    ASSERT_EQ(reader.next(), Status::Line);
    ASSERT_EQ(reader.line(), std::string(i * 7919, 'x'));
  }
  EXPECT_EQ(reader.next(), Status::End);
}

TEST(LineReaderTest, SkipsLinesThatAreTooLong) {
  const std::size_t max_line = 100'000;
  for (const std::string_view last_break : {"\n", ""}) {
    const std::string text = std::string(max_line, 'a') + "\n" + std::string(max_line + 1, 'b') +
                             "\nshort\n" + std::string(max_line * 9, 'c') + std::string(last_break);
    const TemporaryFile file(text);
    Console console = silent_console();
    LineReader reader(console, file.path(), max_line);
    ASSERT_EQ(reader.next(), Status::Line);
    EXPECT_EQ(reader.line().size(), max_line);
    EXPECT_EQ(reader.next(), Status::TooLong);
    ASSERT_EQ(reader.next(), Status::Line);
    EXPECT_EQ(reader.line(), "short");
    EXPECT_EQ(reader.number(), 3U);
    EXPECT_EQ(reader.next(), Status::TooLong);
    EXPECT_EQ(reader.next(), Status::End);
  }
}

TEST(LineReaderTest, SaysWhyAFileCannotBeRead) {
  Console console = silent_console();
  EXPECT_THAT(LineReader(console, "/nowhere").problem(), HasSubstr("cannot read `/nowhere`"));
  EXPECT_THAT(LineReader(console, "/tmp").problem(), HasSubstr("directory"));
}

TEST(ReadFileTest, ReadsStandardInputOnce) {
  std::FILE* input = std::tmpfile();
  std::fputs("text", input);
  std::rewind(input);
  Console console(input, stdout, stderr);
  const Result<std::string, Problem> first = read_file(console, "-");
  ASSERT_TRUE(first);
  EXPECT_EQ(*first, "text");
  const Result<std::string, Problem> second = read_file(console, "-");
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().text, "standard input (`-`) can be read only once");
  std::fclose(input);
}

TEST(ReadFileTest, RefusesFilesThatAreTooLong) {
  const TemporaryFile file(std::string(kMaxFileBytes + 1, ' '));
  Console console = silent_console();
  const Result<std::string, Problem> text = read_file(console, file.path());
  ASSERT_FALSE(text);
  EXPECT_THAT(text.error().text, HasSubstr("is longer than 67108864 bytes"));
}

}  // namespace
}  // namespace writ::cli
