// Policy variables in texts, and the fields of ARNs (V-1 to V-7, G-34).
#include "writ/impl/variables.h"

#include <gtest/gtest.h>

#include <string>

namespace writ::test {
namespace {

using detail::PatternPiece;
using detail::VariableMistake;

// The pieces of a text: `text`, `(character)`, `<key>` or `<key|default>`, separated by spaces.
std::string pieces(std::string_view text, bool active = true) {
  detail::PatternPieces rest(text, active);
  PatternPiece piece;
  std::string result;
  while (rest.next(piece)) {
    if (!result.empty()) result += ' ';
    switch (piece.kind) {
      case PatternPiece::Kind::Text:
        result += piece.text;
        break;
      case PatternPiece::Kind::Character:
        result += "(" + std::string(piece.text) + ")";
        break;
      case PatternPiece::Kind::Variable:
        result += "<" + std::string(piece.text);
        if (piece.has_default) result += "|" + std::string(piece.default_text);
        result += ">";
        break;
    }
  }
  return result;
}

// The fields of an ARN in brackets.
std::string fields(std::string_view text, bool active) {
  const detail::ArnFields arn = detail::split_arn(text, active);
  std::string result;
  for (std::size_t i = 0; i < arn.count; ++i) result += "[" + std::string(arn.field[i]) + "]";
  return result;
}

TEST(TextTest, TextsSplitAtTheirVariables) {
  // V-1, V-26
  EXPECT_EQ(pieces(""), "");
  EXPECT_EQ(pieces("plain*"), "plain*");
  EXPECT_EQ(pieces("${aws:username}"), "<aws:username>");
  EXPECT_EQ(pieces("home/${aws:username}/*"), "home/ <aws:username> /*");
  EXPECT_EQ(pieces("${a:b}${c:d}"), "<a:b> <c:d>");
  EXPECT_EQ(pieces("${aws:PrincipalTag/a/b:c}"), "<aws:PrincipalTag/a/b:c>");
  EXPECT_EQ(pieces("${Account}"), "<Account>");
}

TEST(TextTest, EscapesAreSingleCharacters) {
  // V-5
  EXPECT_EQ(pieces("a${*}b${?}c${$}"), "a (*) b (?) c ($)");
  EXPECT_EQ(pieces("${$}{a:b}"), "($) {a:b}") << "an escaped dollar begins no variable";
  EXPECT_EQ(pieces("${**}"), "<**>");
}

TEST(TextTest, DefaultsAreCommaSpaceAndQuotes) {
  // V-6
  EXPECT_EQ(pieces("${a:b, 'c d'}"), "<a:b|c d>");
  EXPECT_EQ(pieces("${a:b, ''}"), "<a:b|>");
  EXPECT_EQ(pieces("${a:b, '*, $ {x'}!"), "<a:b|*, $ {x> !");
}

TEST(TextTest, VariablesAreTextWhereTheyAreNotActive) {
  // G-14
  EXPECT_EQ(pieces("a${aws:username}b", false), "a${aws:username}b");
  EXPECT_EQ(pieces("${*}", false), "${*}");
}

TEST(TextTest, DollarsAloneAreText) {
  // V-7
  EXPECT_EQ(pieces("$"), "$");
  EXPECT_EQ(pieces("$5 {a:b} $${a:b}"), "$5 {a:b} $ <a:b>");
  EXPECT_EQ(detail::check_variables("$ $$ {} } {").mistake, VariableMistake::None);
}

TEST(TextTest, MalformedVariablesHaveTheirMistakes) {
  // V-7
  struct Case {
    const char* text;
    VariableMistake mistake;
    std::size_t offset;
  };
  const Case cases[] = {
      {"a${k:v}b", VariableMistake::None, 0},
      {"${k}", VariableMistake::None, 0},
      {"a${", VariableMistake::MissingBrace, 1},
      {"${k:v", VariableMistake::MissingBrace, 0},
      {"${k:v}${x", VariableMistake::MissingBrace, 6},
      {"${k:v, 'x", VariableMistake::MissingBrace, 0},
      {"${}", VariableMistake::Empty, 0},
      {"x${}${", VariableMistake::Empty, 1},
      {"${k v}", VariableMistake::Space, 0},
      {"${ k:v}", VariableMistake::Space, 0},
      {"${k:v }", VariableMistake::Space, 0},
      {"${k:v , 'x'}", VariableMistake::Space, 0},
      {"${ }", VariableMistake::Space, 0},
      {"${k\tv}", VariableMistake::Space, 0},
      {"${k:v, 'x}", VariableMistake::MissingQuote, 0},
      {"${k:v, x'}", VariableMistake::MissingQuote, 0},
      {"${k:v'}", VariableMistake::MissingQuote, 0},
      {"${k:v, 'it's'}", VariableMistake::MissingQuote, 0},
      {"${k:v,'x'}", VariableMistake::BadDefault, 0},
      {"${k:v,  'x'}", VariableMistake::BadDefault, 0},
      {"${k:v, x}", VariableMistake::BadDefault, 0},
      {"${k:v,}", VariableMistake::BadDefault, 0},
      {"${k:v, }", VariableMistake::BadDefault, 0},
      {"${k:v, 'x' }", VariableMistake::BadDefault, 0},
      {"${k:v, 'x', 'y'}", VariableMistake::BadDefault, 0},
      {"${k:v, ''''}", VariableMistake::BadDefault, 0},
      {"${k:v 'x'}", VariableMistake::Space, 0},
      {"${k:v'x'}", VariableMistake::BadDefault, 0},
      {"${k:v, \"x\"}", VariableMistake::BadDefault, 0},
      {"${, 'x'}", VariableMistake::BadDefault, 0},
      {"${*, 'x'}", VariableMistake::BadDefault, 0},
      {"${k:v, 'a}b'}", VariableMistake::MissingQuote, 0},
      {"${a${b:c}}", VariableMistake::Nested, 0},
      {"${a:b, '${c:d}'}", VariableMistake::Nested, 0},
      {"${${", VariableMistake::Nested, 0},
      {"ok ${a:b} ${c d}", VariableMistake::Space, 10},
  };
  for (const Case& c : cases) {
    const detail::VariableCheck check = detail::check_variables(c.text);
    EXPECT_EQ(static_cast<int>(check.mistake), static_cast<int>(c.mistake)) << c.text;
    EXPECT_EQ(check.offset, c.offset) << c.text;
  }
}

TEST(TextTest, ArnsSplitAtTheirFirstFiveColons) {
  // G-34
  EXPECT_EQ(fields("arn:aws:sqs:us-east-1:1:q", true), "[arn][aws][sqs][us-east-1][1][q]");
  EXPECT_EQ(fields("arn:aws:s3:::b/k", true), "[arn][aws][s3][][][b/k]");
  EXPECT_EQ(fields("arn:aws:logs:r:1:log-group:x:*", true),
            "[arn][aws][logs][r][1][log-group:x:*]");
  EXPECT_EQ(fields("arn:aws:s3:::", true), "[arn][aws][s3][][][]");
  EXPECT_EQ(fields("arn:aws:s3::", true), "[arn][aws][s3][][]");
  EXPECT_EQ(fields("*", true), "[*]");
  EXPECT_EQ(fields("", true), "[]");
}

TEST(TextTest, ColonsInsideVariablesSeparateNothing) {
  // G-34: only where variables are active.
  constexpr std::string_view kText = "arn:aws:s3:${aws:Region}::b/${a:b, 'c:d'}";
  EXPECT_EQ(fields(kText, true), "[arn][aws][s3][${aws:Region}][][b/${a:b, 'c:d'}]");
  EXPECT_EQ(fields(kText, false), "[arn][aws][s3][${aws][Region}][:b/${a:b, 'c:d'}]");
  EXPECT_EQ(fields("a:$:{b:c}:d:e", true), "[a][$][{b][c}][d][e]");
}

TEST(TextTest, ManyVariablesTakeTimeInProportion) {
  // V-7: a hundred thousand openings, none of them closed.
  std::string open;
  std::string closed;
  for (int i = 0; i < 100'000; ++i) {
    open += "${";
    closed += "${a:b}";
  }
  EXPECT_EQ(detail::check_variables(open).mistake, VariableMistake::Nested);
  EXPECT_EQ(detail::check_variables(closed).mistake, VariableMistake::None);
  EXPECT_EQ(detail::split_arn(open, true).count, 1U);
  detail::PatternPieces rest(closed, true);
  PatternPiece piece;
  int count = 0;
  while (rest.next(piece)) ++count;
  EXPECT_EQ(count, 100'000);
}

}  // namespace
}  // namespace writ::test
