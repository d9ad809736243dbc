// Asks whether a policy is refused as a rule says, by the library and by the reference's reader.
// The texts of tests mark the place that the refusal must point at with a `^`, which is taken out
// before the text is read.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <optional>
#include <ostream>
#include <string>
#include <string_view>

#include "reference/evaluator.h"
#include "writ/parse.h"

namespace writ::test {

/// The refusal that a text must get: its place is the text's mark.
struct Expected {
  ErrorCode code;
  std::string_view rule;
  std::string pointer;
};

/// One row of a table of refusals.
struct Refused {
  const char* name;
  PolicyType type;
  std::string text;
  Expected expected;
};

/// One row of a table of texts that load.
struct Loaded {
  const char* name;
  PolicyType type;
  std::string text;
};

[[nodiscard]] inline Position place_of(std::string_view text, std::size_t offset) {
  const std::string_view before = text.substr(0, offset);
  const std::size_t line_begin = before.rfind('\n') + 1;  // npos + 1 is 0
  return {static_cast<std::uint32_t>(offset),
          static_cast<std::uint32_t>(std::count(before.begin(), before.end(), '\n') + 1),
          static_cast<std::uint32_t>(offset - line_begin + 1)};
}

inline void expect_refused(PolicyType type, std::string text, const Expected& expected,
                           const ParseOptions& options = {}) {
  const std::size_t mark = text.find('^');
  ASSERT_NE(mark, std::string::npos) << "the place is not marked in " << text;
  text.erase(mark, 1);
  const Result<PolicyDocument> document = parse_policy(text, type, options);
  ASSERT_FALSE(document) << "loads as " << to_string(type) << ": " << text;
  const PolicyError& error = document.error();
  EXPECT_EQ(to_string(error.code), to_string(expected.code)) << error.to_string() << "\n" << text;
  EXPECT_EQ(error.rule, expected.rule) << error.to_string() << "\n" << text;
  EXPECT_EQ(error.json_pointer, expected.pointer) << error.to_string() << "\n" << text;
  EXPECT_EQ(error.position, place_of(text, mark)) << error.to_string() << "\n" << text;
  EXPECT_FALSE(error.message.empty());
  // The reference has no limits.
  if (!error.rule.empty() && error.code != ErrorCode::LimitExceeded &&
      error.code != ErrorCode::NestingTooDeep) {
    EXPECT_TRUE(reference::refusal(text, type)) << "the reference loads it:\n" << text;
  }
}

inline void expect_loads(PolicyType type, std::string_view text, const ParseOptions& options = {}) {
  const Result<PolicyDocument> document = parse_policy(text, type, options);
  EXPECT_TRUE(document) << to_string(type) << ": "
                        << (document ? std::string() : document.error().to_string()) << "\n"
                        << text;
  const std::optional<std::string> refusal = reference::refusal(text, type);
  EXPECT_FALSE(refusal) << "the reference refuses it: " << refusal.value_or("") << "\n" << text;
}

template <std::size_t N>
void expect_refused(const Refused (&rows)[N]) {
  for (const Refused& row : rows) {
    SCOPED_TRACE(row.name);
    expect_refused(row.type, row.text, row.expected);
  }
}

template <std::size_t N>
void expect_loads(const Loaded (&rows)[N]) {
  for (const Loaded& row : rows) {
    SCOPED_TRACE(row.name);
    expect_loads(row.type, row.text);
  }
}

/// A document of one statement, on the third line, with the given members.
[[nodiscard]] inline std::string statement(std::string_view members,
                                           std::string_view version = "2012-10-17") {
  return "{\n  \"Version\": \"" + std::string(version) + "\",\n  \"Statement\": [{" +
         std::string(members) + "}]\n}\n";
}

}  // namespace writ::test

namespace writ::inline v0 {

inline void PrintTo(const Position& position, std::ostream* out) {
  *out << position.line << ":" << position.column << " (byte " << position.offset << ")";
}

}  // namespace writ::inline v0
