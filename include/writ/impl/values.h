// Not API, may change in any release. The typed values of conditions (C-60): the same parsers check
// policy values when a document is read and request values when a request is decided, so they
// neither allocate nor fail otherwise than by saying no. Results borrow the text.
#pragma once

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <compare>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "writ/config.h"
#include "writ/hash.h"

namespace writ::inline v0 {
namespace detail {

[[nodiscard]] constexpr bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }

[[nodiscard]] constexpr bool all_digits(std::string_view text) noexcept {
  for (const char c : text) {
    if (!is_digit(c)) return false;
  }
  return !text.empty();
}

[[nodiscard]] constexpr std::string_view without_leading_zeros(std::string_view digits) noexcept {
  const std::size_t first = digits.find_first_not_of('0');
  return first == std::string_view::npos ? std::string_view() : digits.substr(first);
}

[[nodiscard]] constexpr std::string_view without_trailing_zeros(std::string_view digits) noexcept {
  const std::size_t last = digits.find_last_not_of('0');
  return last == std::string_view::npos ? std::string_view() : digits.substr(0, last + 1);
}

// Compares two numbers of digits without leading zeros.
[[nodiscard]] constexpr int compare_digits(std::string_view a, std::string_view b) noexcept {
  if (a.size() != b.size()) return a.size() < b.size() ? -1 : 1;
  const int order = a.compare(b);
  return order < 0 ? -1 : (order > 0 ? 1 : 0);
}

[[nodiscard]] constexpr int sign_of(int value) noexcept { return (value > 0) - (value < 0); }

// C-64: a decimal number, exact.
struct Decimal {
  bool negative = false;             // never for zero
  std::string_view integer_digits;   // no leading zeros
  std::string_view fraction_digits;  // no trailing zeros
};

[[nodiscard]] constexpr bool parse_decimal(std::string_view text, Decimal& value) noexcept {
  bool negative = false;
  if (!text.empty() && (text.front() == '+' || text.front() == '-')) {
    negative = text.front() == '-';
    text.remove_prefix(1);
  }
  const std::size_t dot = text.find('.');
  const std::string_view whole = text.substr(0, dot);
  if (!all_digits(whole)) return false;
  std::string_view fraction;
  if (dot != std::string_view::npos) {
    fraction = text.substr(dot + 1);
    if (!all_digits(fraction)) return false;
  }
  value.integer_digits = without_leading_zeros(whole);
  value.fraction_digits = without_trailing_zeros(fraction);
  value.negative = negative && !(value.integer_digits.empty() && value.fraction_digits.empty());
  return true;
}

// Below, at or above zero as `a` is less than, equal to or greater than `b`.
[[nodiscard]] constexpr int compare(const Decimal& a, const Decimal& b) noexcept {
  if (a.negative != b.negative) return a.negative ? -1 : 1;
  int order = compare_digits(a.integer_digits, b.integer_digits);
  if (order == 0) order = sign_of(a.fraction_digits.compare(b.fraction_digits));
  return a.negative ? -order : order;
}

// C-65: a point in time, exact.
struct Instant {
  std::int64_t seconds = 0;   // since 1970-01-01T00:00:00Z
  std::string_view fraction;  // of the second, no trailing zeros
  std::string_view big;       // an epoch value beyond int64: its digits, no leading zeros
};

// Days since 1970-01-01 of a day of the proleptic Gregorian calendar.
[[nodiscard]] constexpr std::int64_t days_from_civil(std::int64_t year, int month,
                                                     int day) noexcept {
  year -= month <= 2 ? 1 : 0;
  const std::int64_t era = (year >= 0 ? year : year - 399) / 400;
  const std::int64_t year_of_era = year - era * 400;
  const std::int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
  const std::int64_t day_of_era =
      year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
  return era * 146097 + day_of_era - 719468;
}

[[nodiscard]] constexpr int days_in_month(int year, int month) noexcept {
  constexpr int kDays[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
  return month == 2 && leap ? 29 : kDays[month - 1];
}

// Takes `count` digits, and then `after` unless it is 0, off the front.
[[nodiscard]] constexpr bool take_digits(std::string_view& text, std::size_t count,
                                         int& number) noexcept {
  if (text.size() < count || !all_digits(text.substr(0, count))) return false;
  number = 0;
  for (std::size_t i = 0; i < count; ++i) number = number * 10 + (text[i] - '0');
  text.remove_prefix(count);
  return true;
}

[[nodiscard]] constexpr bool take_char(std::string_view& text, char c) noexcept {
  if (text.empty() || text.front() != c) return false;
  text.remove_prefix(1);
  return true;
}

// Epoch seconds: digits only.
[[nodiscard]] constexpr bool parse_epoch(std::string_view text, Instant& value) noexcept {
  if (!all_digits(text)) return false;
  value = Instant{};
  const std::string_view digits = without_leading_zeros(text);
  if (compare_digits(digits, "9223372036854775807") > 0) {
    value.big = digits;
    return true;
  }
  for (const char c : digits) value.seconds = value.seconds * 10 + (c - '0');
  return true;
}

// `json_number`: the text is the spelling of a JSON number, which is epoch seconds however short.
[[nodiscard]] constexpr bool parse_instant(std::string_view text, Instant& value,
                                           bool json_number = false) noexcept {
  if (json_number || (text.size() > 4 && all_digits(text))) return parse_epoch(text, value);
  int year = 0;
  int month = 1;
  int day = 1;
  int hour = 0;
  int minute = 0;
  int second = 0;
  std::int64_t offset_minutes = 0;
  value = Instant{};
  if (!take_digits(text, 4, year)) return false;
  if (!text.empty()) {
    if (!take_char(text, '-') || !take_digits(text, 2, month)) return false;
    if (month < 1 || month > 12) return false;
  }
  bool with_day = false;
  if (!text.empty()) {
    if (!take_char(text, '-') || !take_digits(text, 2, day)) return false;
    if (day < 1 || day > days_in_month(year, month)) return false;
    with_day = true;
  }
  if (with_day && !text.empty()) {
    if (!take_char(text, 'T') || !take_digits(text, 2, hour) || !take_char(text, ':') ||
        !take_digits(text, 2, minute)) {
      return false;
    }
    if (take_char(text, ':')) {
      if (!take_digits(text, 2, second)) return false;
      if (take_char(text, '.')) {
        const std::size_t size = std::min(text.find_first_not_of("0123456789"), text.size());
        if (size == 0) return false;
        value.fraction = without_trailing_zeros(text.substr(0, size));
        text.remove_prefix(size);
      }
    }
    if (hour > 23 || minute > 59 || second > 59) return false;
    if (!take_char(text, 'Z')) {
      if (text.empty() || (text.front() != '+' && text.front() != '-')) return false;
      const bool west = text.front() == '-';
      int offset_hour = 0;
      int offset_minute = 0;
      text.remove_prefix(1);
      if (!take_digits(text, 2, offset_hour) || !take_char(text, ':') ||
          !take_digits(text, 2, offset_minute) || offset_hour > 23 || offset_minute > 59) {
        return false;
      }
      offset_minutes = offset_hour * 60 + offset_minute;
      if (west) offset_minutes = -offset_minutes;
    }
  }
  if (!text.empty()) return false;
  value.seconds =
      ((days_from_civil(year, month, day) * 24 + hour) * 60 + minute - offset_minutes) * 60 +
      second;
  return true;
}

[[nodiscard]] constexpr int compare(const Instant& a, const Instant& b) noexcept {
  if (!a.big.empty() || !b.big.empty()) return compare_digits(a.big, b.big);
  if (a.seconds != b.seconds) return a.seconds < b.seconds ? -1 : 1;
  return sign_of(a.fraction.compare(b.fraction));
}

// C-68: an address range. IPv4 uses the first four bytes.
struct IpRange {
  std::array<std::uint8_t, 16> bytes{};
  std::uint8_t prefix = 0;  // bits that count
  bool v6 = false;
};

// An address, its prefix the whole length; IPv4-mapped IPv6 is not yet made IPv4.
[[nodiscard]] inline bool parse_ip_literal(std::string_view text, IpRange& value) noexcept {
  char copy[INET6_ADDRSTRLEN];
  if (text.empty() || text.size() >= sizeof copy) return false;
  if (text.find_first_not_of("0123456789abcdefABCDEF:.") != std::string_view::npos) return false;
  std::memcpy(copy, text.data(), text.size());
  copy[text.size()] = '\0';
  value = IpRange{};
  value.v6 = text.find(':') != std::string_view::npos;
  value.prefix = value.v6 ? 128 : 32;
  return inet_pton(value.v6 ? AF_INET6 : AF_INET, copy, value.bytes.data()) == 1;
}

// `::ffff:a.b.c.d/n` with n >= 96 becomes `a.b.c.d/n-96`, so that no family hides an address.
inline void unmap_ip(IpRange& value) noexcept {
  constexpr std::uint8_t kMapped[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
  if (!value.v6 || value.prefix < 96 || std::memcmp(value.bytes.data(), kMapped, 12) != 0) return;
  std::array<std::uint8_t, 16> bytes{};
  std::copy_n(value.bytes.begin() + 12, 4, bytes.begin());
  value.bytes = bytes;
  value.prefix = static_cast<std::uint8_t>(value.prefix - 96);
  value.v6 = false;
}

// A request's value: an address, no prefix length.
[[nodiscard]] inline bool parse_ip_address(std::string_view text, IpRange& value) noexcept {
  if (!parse_ip_literal(text, value)) return false;
  unmap_ip(value);
  return true;
}

// A policy's value: an address or a CIDR block.
[[nodiscard]] inline bool parse_ip_range(std::string_view text, IpRange& value) noexcept {
  const std::size_t slash = text.find('/');
  if (!parse_ip_literal(text.substr(0, slash), value)) return false;
  if (slash != std::string_view::npos) {
    std::string_view digits = text.substr(slash + 1);
    if (!all_digits(digits) || digits.size() > 3) return false;
    if (digits.size() > 1 && digits.front() == '0') return false;
    int prefix = 0;
    for (const char c : digits) prefix = prefix * 10 + (c - '0');
    if (prefix > (value.v6 ? 128 : 32)) return false;
    value.prefix = static_cast<std::uint8_t>(prefix);
  }
  unmap_ip(value);
  return true;
}

[[nodiscard]] inline bool contains(const IpRange& range, const IpRange& address) noexcept {
  if (range.v6 != address.v6) return false;
  const std::size_t whole = range.prefix / 8U;
  if (std::memcmp(range.bytes.data(), address.bytes.data(), whole) != 0) return false;
  const unsigned rest = range.prefix % 8U;
  if (rest == 0) return true;
  return (static_cast<unsigned>(range.bytes[whole] ^ address.bytes[whole]) >> (8U - rest)) == 0;
}

// C-67, C-51: `true` or `false` in any letter case.
[[nodiscard]] constexpr bool parse_bool(std::string_view text, bool& value) noexcept {
  value = equals_folded(text, "true");
  return value || equals_folded(text, "false");
}

// The six bits of a base64 digit, or -1.
[[nodiscard]] constexpr int base64_digit(char c) noexcept {
  if (c >= 'A' && c <= 'Z') return c - 'A';
  if (c >= 'a' && c <= 'z') return c - 'a' + 26;
  if (is_digit(c)) return c - '0' + 52;
  return c == '+' ? 62 : (c == '/' ? 63 : -1);
}

// The digits of a base64 text, without its padding.
[[nodiscard]] constexpr std::string_view base64_digits(std::string_view text) noexcept {
  for (int i = 0; i < 2 && !text.empty() && text.back() == '='; ++i) text.remove_suffix(1);
  return text;
}

// C-69e: RFC 4648 with padding; may be empty. Padding bits need not be zero.
[[nodiscard]] constexpr bool is_base64(std::string_view text) noexcept {
  if (text.size() % 4 != 0) return false;
  for (const char c : base64_digits(text)) {
    if (base64_digit(c) < 0) return false;
  }
  return true;
}

// Whether two valid base64 texts stand for the same bytes.
[[nodiscard]] constexpr bool base64_equal(std::string_view a, std::string_view b) noexcept {
  const std::string_view x = base64_digits(a);
  const std::string_view y = base64_digits(b);
  if (x.size() != y.size() || a.size() != b.size()) return false;
  if (x.empty()) return true;
  const std::size_t last = x.size() - 1;
  if (x.substr(0, last) != y.substr(0, last)) return false;
  const std::size_t padding = a.size() - x.size();
  return base64_digit(x[last]) >> (2 * padding) == base64_digit(y[last]) >> (2 * padding);
}

}  // namespace detail
}  // namespace writ::inline v0
