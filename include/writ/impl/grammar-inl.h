// Not API, may change in any release. The grammar of actions, resources and variables.
//
// Documents consist mostly of actions and resources, so their legal forms are recognised by tables
// and searches; only when something is wrong does the slow path find out what.
#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>

#include "writ/hash.h"
#include "writ/impl/grammar.h"
#include "writ/impl/utf8.h"
#include "writ/impl/variables.h"

namespace writ::inline v0 {
namespace detail {

enum : std::uint8_t {
  kPrefixCharacter = 1,  // of a service prefix in an action
  kNameCharacter = 2,    // of an action's name
  kSidCharacter = 4,
  kDigit = 8,
  kHexDigit = 16,
  kEntityCharacter = 32,   // of the name of a user or role
  kServiceCharacter = 64,  // of a service principal
};

inline constexpr std::array<std::uint8_t, 256> kCharacterClasses = [] {
  std::array<std::uint8_t, 256> classes{};
  const auto add = [&classes](char first, char last, int bits) {
    for (int c = first; c <= last; ++c) {
      const auto i = static_cast<std::size_t>(c);
      classes[i] = static_cast<std::uint8_t>(classes[i] | bits);
    }
  };
  constexpr int kLetter =
      kPrefixCharacter | kNameCharacter | kSidCharacter | kEntityCharacter | kServiceCharacter;
  add('a', 'z', kLetter);
  add('A', 'Z', kLetter);
  add('0', '9', kLetter | kDigit | kHexDigit);
  add('a', 'f', kHexDigit);
  add('A', 'F', kHexDigit);
  add('-', '-', kPrefixCharacter | kNameCharacter | kEntityCharacter | kServiceCharacter);
  add('_', '_', kNameCharacter | kEntityCharacter | kServiceCharacter);
  add('.', '.', kEntityCharacter | kServiceCharacter);
  for (const char c : {'+', '=', ',', '@'}) add(c, c, kEntityCharacter);
  add('*', '*', kPrefixCharacter | kNameCharacter);
  add('?', '?', kPrefixCharacter | kNameCharacter);
  return classes;
}();

[[nodiscard]] inline bool is_of_class(char c, std::uint8_t bits) noexcept {
  return (kCharacterClasses[static_cast<unsigned char>(c)] & bits) != 0;
}

[[nodiscard]] inline bool consists_of(std::string_view text, std::uint8_t bits) noexcept {
  return std::all_of(text.begin(), text.end(), [bits](char c) { return is_of_class(c, bits); });
}

// The high bit of each byte that is not an ASCII letter.
[[nodiscard]] constexpr std::uint64_t mark_others(std::uint64_t word) noexcept {
  constexpr std::uint64_t kOnes = 0x0101010101010101ULL;
  const std::uint64_t low7 = (word | (kOnes * 0x20)) & (kOnes * 0x7f);
  const std::uint64_t at_least_a = low7 + kOnes * (0x80 - 'a');
  const std::uint64_t above_z = low7 + kOnes * (0x80 - 'z' - 1);
  return (~at_least_a | above_z | word) & (kOnes * 0x80);
}

// `service:name` of legal characters: where its colon is, or 0. Actions are nearly all letters, so
// these are passed eight at a time; the last eight may overlap those before.
[[nodiscard]] inline std::size_t find_action_colon(std::string_view text) noexcept {
  std::size_t colon = 0;
  const auto accept = [&text, &colon](std::size_t at) {
    if (text[at] == ':') {
      if (colon != 0 || at == 0 || at + 1 == text.size()) return false;
      colon = at;
      return true;
    }
    return is_of_class(text[at], colon == 0 ? kPrefixCharacter : kNameCharacter);
  };
  if (text.size() < 8) {
    for (std::size_t at = 0; at < text.size(); ++at) {
      if (!accept(at)) return 0;
    }
    return colon;
  }
  const std::size_t last = text.size() - 8;
  std::size_t at = 0;
  std::uint64_t fresh = ~std::uint64_t{0};  // the bytes that were not seen before
  for (;;) {
    std::uint64_t others = mark_others(load_word(text.data() + at, 8)) & fresh;
    for (; others != 0; others &= others - 1) {
      if (!accept(at + static_cast<std::size_t>(std::countr_zero(others)) / 8)) return 0;
    }
    if (at == last) return colon;
    if (at + 8 > last) fresh <<= 8 * (at + 8 - last);
    at = std::min(at + 8, last);
  }
}

[[nodiscard]] inline bool has_wildcard(std::string_view text) noexcept {
  return text.find_first_of("*?") != std::string_view::npos;
}

WRIT_FUNC bool is_plain_sid(std::string_view text) noexcept {
  return consists_of(text, kSidCharacter);
}

WRIT_FUNC std::string quoted(std::string_view text) {
  constexpr std::size_t kLongest = 120;
  if (text.size() <= kLongest) return fmt::format("`{}`", text);
  return fmt::format("`{}...`", text.substr(0, cut_at(text, kLongest)));
}

// Why `text` is no action.
[[nodiscard]] inline Refusal refuse_action(std::string_view text) {
  const std::size_t colon = text.find(':');
  const std::string_view prefix = text.substr(0, colon);
  const std::string_view name =
      colon == std::string_view::npos ? std::string_view() : text.substr(colon + 1);
  if (prefix.empty() || name.empty() || name.find(':') != std::string_view::npos) {
    return Refusal{ErrorCode::InvalidAction, "G-22",
                   fmt::format("{} is not an action: write `service:name` with one colon, or `*`",
                               quoted(text))};
  }
  if (has_variable(text)) {
    return Refusal{
        ErrorCode::VariableUnsupportedInElement, "G-25",
        fmt::format("remove the variable from the action {}: actions take none", quoted(text))};
  }
  return Refusal{ErrorCode::InvalidAction, "G-25",
                 fmt::format("the action {} has a character that no action has: use letters, "
                             "digits, `-`, `_`, `*` and `?`",
                             quoted(text))};
}

WRIT_FUNC std::optional<Refusal> check_action(std::string_view text, PolicyType type) {
  if (const std::size_t colon = find_action_colon(text); colon != 0) {
    if (type != PolicyType::ResourceControl || !has_wildcard(text.substr(0, colon))) {
      return std::nullopt;
    }
    return Refusal{
        ErrorCode::RcpSyntaxError, "G-29",
        fmt::format("write out the service prefix of {}: a resource control policy takes "
                    "no wildcards there",
                    quoted(text))};
  }
  if (text == "*") return std::nullopt;
  return refuse_action(text);
}

WRIT_FUNC std::optional<Refusal> check_variables_of(std::string_view text) {
  const VariableCheck check = check_variables(text);
  if (check.mistake == VariableMistake::None) return std::nullopt;
  const std::string rest = quoted(text.substr(check.offset));
  const auto refuse = [](std::string message) {
    return Refusal{ErrorCode::InvalidVariable, "V-7", std::move(message)};
  };
  switch (check.mistake) {
    case VariableMistake::MissingBrace:
      return refuse(fmt::format("close the variable at {} with a brace", rest));
    case VariableMistake::MissingQuote:
      return refuse(
          fmt::format("put the default value of the variable at {} between two single "
                      "quotes",
                      rest));
    case VariableMistake::Space:
      return refuse(fmt::format("remove the space from the key of the variable at {}", rest));
    case VariableMistake::Empty:
      return refuse(fmt::format("name a condition key in the empty variable at {}", rest));
    case VariableMistake::Nested:
      return refuse(
          fmt::format("take the variable inside the variable at {} out: variables do not "
                      "nest",
                      rest));
    case VariableMistake::BadDefault:
    case VariableMistake::None:
      break;
  }
  return refuse(
      fmt::format("write the variable at {} as `${{key}}` or `${{key, 'default'}}`", rest));
}

// G-37: what may stand in the region and account fields.
[[nodiscard]] inline std::optional<Refusal> check_inner_variables(std::string_view field,
                                                                  std::string_view text) {
  PatternPieces pieces(field, true);
  PatternPiece piece;
  while (pieces.next(piece)) {
    if (piece.kind == PatternPiece::Kind::Text) continue;
    if (piece.kind == PatternPiece::Kind::Variable &&
        piece.text.find(':') != std::string_view::npos) {
      continue;
    }
    return Refusal{ErrorCode::VariableUnsupportedInElement, "G-37",
                   fmt::format("replace {} in {}: the region and account fields of a resource take "
                               "no such variable",
                               detail::quoted(fmt::format("${{{}}}", piece.text)), quoted(text))};
  }
  return std::nullopt;
}

WRIT_FUNC std::optional<Refusal> check_resource(std::string_view text, PolicyType type,
                                                bool variables) {
  if (text == "*") return std::nullopt;
  if (text.substr(0, 4) != "arn:") {
    return Refusal{ErrorCode::InvalidArnPrefix, "G-33",
                   fmt::format("{} is not a resource: write `*` or an ARN that begins with `arn:`",
                               quoted(text))};
  }
  const bool with_variables = variables && has_variable(text);
  if (with_variables) {
    if (std::optional<Refusal> refusal = check_variables_of(text)) return refusal;
  }
  const ArnFields arn = split_arn(text, with_variables);
  if (arn.count < 3) {
    return Refusal{ErrorCode::MissingArnField, "G-35",
                   fmt::format("the ARN {} names no service: write "
                               "`arn:partition:service:region:account:resource`",
                               quoted(text))};
  }
  const std::string_view partition = arn.field[1];
  const std::string_view service = arn.field[2];
  if (with_variables && (has_variable(partition) || has_variable(service))) {
    return Refusal{
        ErrorCode::VariableUnsupportedInElement, "G-37",
        fmt::format("remove the variable from the partition or service field of {}", quoted(text))};
  }
  const bool is_partition =
      partition == "aws" || (partition.size() > 4 && partition.substr(0, 4) == "aws-");
  if (!is_partition && !has_wildcard(partition)) {
    return Refusal{
        ErrorCode::InvalidArn, "G-40",
        fmt::format("{} in {} is not a partition: write `aws`, `aws-cn`, `aws-us-gov` or "
                    "a wildcard",
                    quoted(partition), quoted(text))};
  }
  if (has_wildcard(service)) {
    return Refusal{
        ErrorCode::InvalidArn, "G-36",
        fmt::format("name the service in {}: its field takes no wildcards", quoted(text))};
  }
  if (arn.count < 6 && type != PolicyType::IdentityBased &&
      type != PolicyType::PermissionsBoundary) {
    return Refusal{ErrorCode::MissingArnField, "G-35",
                   fmt::format("the ARN {} has {} of six fields: add the missing ones",
                               quoted(text), arn.count)};
  }
  if (with_variables) {
    for (const std::string_view field : {arn.field[3], arn.field[4]}) {
      if (std::optional<Refusal> refusal = check_inner_variables(field, text)) return refusal;
    }
  }
  return std::nullopt;
}

}  // namespace detail
}  // namespace writ::inline v0
