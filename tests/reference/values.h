// The typed values of conditions (C-60 to C-69e), each read by hand and compared exactly.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace writ::reference {

/// ASCII letters to lower case; the only folding there is (C-62).
[[nodiscard]] std::string fold(std::string_view text);
[[nodiscard]] bool all_digits(std::string_view text);

/// C-64. No leading zeros in `whole`, no trailing zeros in `fraction`, zero is not negative.
struct Decimal {
  bool negative = false;
  std::string whole;
  std::string fraction;
};
[[nodiscard]] std::optional<Decimal> parse_decimal(std::string_view text);
/// Negative, zero or positive.
[[nodiscard]] int compare(const Decimal& a, const Decimal& b);

/// C-65. Seconds since 1970; `fraction` has no trailing zeros. An epoch value beyond eighteen
/// digits keeps its digits in `huge` and is later than everything without.
struct Instant {
  std::int64_t seconds = 0;
  std::string fraction;
  std::string huge;
};
/// `json_number`: the value is a JSON number and thus epoch seconds, however short.
[[nodiscard]] std::optional<Instant> parse_date(std::string_view text, bool json_number);
[[nodiscard]] int compare(const Instant& a, const Instant& b);

/// C-67.
[[nodiscard]] std::optional<bool> parse_bool(std::string_view text);

/// C-68. IPv4 uses the first four bytes.
struct IpRange {
  bool is_v6 = false;
  std::array<std::uint8_t, 16> bytes = {};
  int prefix = 0;
};
[[nodiscard]] std::optional<IpRange> parse_ip_range(std::string_view text);
/// An address only: a range of one.
[[nodiscard]] std::optional<IpRange> parse_ip_address(std::string_view text);
[[nodiscard]] bool contains(const IpRange& range, const IpRange& address);

/// C-69e.
[[nodiscard]] std::optional<std::string> decode_base64(std::string_view text);

}  // namespace writ::reference
