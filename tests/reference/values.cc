#include "reference/values.h"

#include <vector>

namespace writ::reference {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

int number_of(std::string_view digits) {
  int value = 0;
  for (const char c : digits) value = value * 10 + (c - '0');
  return value;
}

std::string without_leading_zeros(std::string_view digits) {
  while (!digits.empty() && digits.front() == '0') digits.remove_prefix(1);
  return std::string(digits);
}

std::string without_trailing_zeros(std::string_view digits) {
  while (!digits.empty() && digits.back() == '0') digits.remove_suffix(1);
  return std::string(digits);
}

// Numbers without sign and leading zeros.
int compare_digits(const std::string& a, const std::string& b) {
  if (a.size() != b.size()) return a.size() < b.size() ? -1 : 1;
  return a.compare(b);
}

bool is_leap(int year) { return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0; }

int days_in_month(int year, int month) {
  constexpr int kDays[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  return month == 2 && is_leap(year) ? 29 : kDays[month - 1];
}

// Days from 1970-01-01, by counting.
std::int64_t day_number(int year, int month, int day) {
  std::int64_t days = 0;
  for (int y = 1970; y < year; ++y) days += is_leap(y) ? 366 : 365;
  for (int y = year; y < 1970; ++y) days -= is_leap(y) ? 366 : 365;
  for (int m = 1; m < month; ++m) days += days_in_month(year, m);
  return days + day - 1;
}

// Four decimal octets without leading zeros.
std::optional<std::vector<std::uint8_t>> parse_v4(std::string_view text) {
  std::vector<std::uint8_t> bytes;
  while (true) {
    const std::size_t dot = text.find('.');
    const std::string_view octet = text.substr(0, dot);
    if (octet.empty() || octet.size() > 3 || !all_digits(octet)) return std::nullopt;
    if (octet.size() > 1 && octet[0] == '0') return std::nullopt;
    if (number_of(octet) > 255) return std::nullopt;
    bytes.push_back(static_cast<std::uint8_t>(number_of(octet)));
    if (dot == std::string_view::npos) break;
    text.remove_prefix(dot + 1);
  }
  if (bytes.size() != 4) return std::nullopt;
  return bytes;
}

// Groups of a colon-separated run as bytes; only the last group of an address may be dotted.
std::optional<std::vector<std::uint8_t>> parse_groups(std::string_view text, bool ends_address) {
  std::vector<std::uint8_t> bytes;
  if (text.empty()) return bytes;
  while (true) {
    const std::size_t colon = text.find(':');
    const std::string_view group = text.substr(0, colon);
    const bool last = colon == std::string_view::npos;
    if (last && ends_address && group.find('.') != std::string_view::npos) {
      const auto v4 = parse_v4(group);
      if (!v4) return std::nullopt;
      bytes.insert(bytes.end(), v4->begin(), v4->end());
      return bytes;
    }
    if (group.empty() || group.size() > 4) return std::nullopt;
    int value = 0;
    for (const char c : fold(group)) {
      if (is_digit(c)) {
        value = value * 16 + (c - '0');
      } else if (c >= 'a' && c <= 'f') {
        value = value * 16 + (c - 'a' + 10);
      } else {
        return std::nullopt;
      }
    }
    bytes.push_back(static_cast<std::uint8_t>(value / 256));
    bytes.push_back(static_cast<std::uint8_t>(value % 256));
    if (last) return bytes;
    text.remove_prefix(colon + 1);
  }
}

std::optional<std::vector<std::uint8_t>> parse_v6(std::string_view text) {
  const std::size_t gap = text.find("::");
  if (gap == std::string_view::npos) {
    auto bytes = parse_groups(text, true);
    if (!bytes || bytes->size() != 16) return std::nullopt;
    return bytes;
  }
  const auto head = parse_groups(text.substr(0, gap), false);
  const auto tail = parse_groups(text.substr(gap + 2), true);
  // "::" stands for one group at least.
  if (!head || !tail || head->size() + tail->size() > 14) return std::nullopt;
  std::vector<std::uint8_t> bytes = *head;
  bytes.resize(16 - tail->size(), 0);
  bytes.insert(bytes.end(), tail->begin(), tail->end());
  return bytes;
}

bool is_mapped(const std::vector<std::uint8_t>& bytes) {
  for (std::size_t i = 0; i < 10; ++i) {
    if (bytes[i] != 0) return false;
  }
  return bytes[10] == 0xff && bytes[11] == 0xff;
}

}  // namespace

std::string fold(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return out;
}

bool all_digits(std::string_view text) {
  for (const char c : text) {
    if (!is_digit(c)) return false;
  }
  return !text.empty();
}

std::optional<Decimal> parse_decimal(std::string_view text) {
  Decimal value;
  if (!text.empty() && (text[0] == '+' || text[0] == '-')) {
    value.negative = text[0] == '-';
    text.remove_prefix(1);
  }
  const std::size_t point = text.find('.');
  const std::string_view whole = text.substr(0, point);
  if (!all_digits(whole)) return std::nullopt;
  if (point != std::string_view::npos) {
    const std::string_view fraction = text.substr(point + 1);
    if (!all_digits(fraction)) return std::nullopt;
    value.fraction = without_trailing_zeros(fraction);
  }
  value.whole = without_leading_zeros(whole);
  if (value.whole.empty() && value.fraction.empty()) value.negative = false;
  return value;
}

int compare(const Decimal& a, const Decimal& b) {
  if (a.negative != b.negative) return a.negative ? -1 : 1;
  int magnitude = compare_digits(a.whole, b.whole);
  if (magnitude == 0) magnitude = a.fraction.compare(b.fraction);
  return a.negative ? -magnitude : magnitude;
}

std::optional<Instant> parse_date(std::string_view text, bool json_number) {
  Instant instant;
  if (all_digits(text) && (json_number || text.size() >= 5)) {  // epoch seconds
    const std::string digits = without_leading_zeros(text);
    if (digits.size() > 18) {
      instant.huge = digits;
    } else {
      for (const char c : digits) instant.seconds = instant.seconds * 10 + (c - '0');
    }
    return instant;
  }
  if (json_number) return std::nullopt;

  // The rest is read from the front: each part either is there as it must be or ends the text.
  const auto take_digits = [&text](std::size_t count) -> std::optional<int> {
    if (text.size() < count || !all_digits(text.substr(0, count))) return std::nullopt;
    const int value = number_of(text.substr(0, count));
    text.remove_prefix(count);
    return value;
  };
  const auto take = [&text](char wanted) {
    if (text.empty() || text[0] != wanted) return false;
    text.remove_prefix(1);
    return true;
  };

  const auto year = take_digits(4);
  if (!year) return std::nullopt;
  int month = 1;
  int day = 1;
  bool has_day = false;
  if (take('-')) {
    const auto value = take_digits(2);
    if (!value || *value < 1 || *value > 12) return std::nullopt;
    month = *value;
    if (take('-')) {
      const auto day_value = take_digits(2);
      if (!day_value || *day_value < 1 || *day_value > days_in_month(*year, month)) {
        return std::nullopt;
      }
      day = *day_value;
      has_day = true;
    }
  }
  instant.seconds = day_number(*year, month, day) * 86400;
  if (text.empty()) return instant;
  if (!has_day || !take('T')) return std::nullopt;

  const auto hour = take_digits(2);
  if (!hour || *hour > 23 || !take(':')) return std::nullopt;
  const auto minute = take_digits(2);
  if (!minute || *minute > 59) return std::nullopt;
  int second = 0;
  if (take(':')) {
    const auto value = take_digits(2);
    if (!value || *value > 59) return std::nullopt;  // second 60 is unparsable
    second = *value;
    if (take('.')) {
      std::size_t count = 0;
      while (count < text.size() && is_digit(text[count])) ++count;
      if (count == 0) return std::nullopt;
      instant.fraction = without_trailing_zeros(text.substr(0, count));
      text.remove_prefix(count);
    }
  }
  instant.seconds += *hour * 3600 + *minute * 60 + second;

  if (take('Z')) return text.empty() ? std::optional(instant) : std::nullopt;
  const bool east = take('+');
  if (!east && !take('-')) return std::nullopt;  // a time needs its zone
  const auto zone_hour = take_digits(2);
  if (!zone_hour || *zone_hour > 23 || !take(':')) return std::nullopt;
  const auto zone_minute = take_digits(2);
  if (!zone_minute || *zone_minute > 59 || !text.empty()) return std::nullopt;
  const int offset = *zone_hour * 3600 + *zone_minute * 60;
  instant.seconds += east ? -offset : offset;
  return instant;
}

int compare(const Instant& a, const Instant& b) {
  if (!a.huge.empty() || !b.huge.empty()) return compare_digits(a.huge, b.huge);
  if (a.seconds != b.seconds) return a.seconds < b.seconds ? -1 : 1;
  return a.fraction.compare(b.fraction);
}

std::optional<bool> parse_bool(std::string_view text) {
  if (fold(text) == "true") return true;
  if (fold(text) == "false") return false;
  return std::nullopt;
}

std::optional<IpRange> parse_ip_range(std::string_view text) {
  const std::size_t slash = text.find('/');
  const std::string_view address = text.substr(0, slash);
  std::optional<int> prefix;
  if (slash != std::string_view::npos) {
    const std::string_view digits = text.substr(slash + 1);
    if (!all_digits(digits) || digits.size() > 3) return std::nullopt;
    if (digits.size() > 1 && digits[0] == '0') return std::nullopt;
    prefix = number_of(digits);
  }

  IpRange range;
  auto bytes = address.find(':') == std::string_view::npos ? parse_v4(address) : parse_v6(address);
  if (!bytes) return std::nullopt;
  range.is_v6 = bytes->size() == 16;
  const int bits = range.is_v6 ? 128 : 32;
  range.prefix = prefix.value_or(bits);
  if (range.prefix > bits) return std::nullopt;
  if (range.is_v6 && is_mapped(*bytes) && range.prefix >= 96) {  // C-68: mapped IPv4 is IPv4
    bytes->erase(bytes->begin(), bytes->begin() + 12);
    range.is_v6 = false;
    range.prefix -= 96;
  }
  for (std::size_t i = 0; i < bytes->size(); ++i) range.bytes[i] = (*bytes)[i];
  return range;
}

std::optional<IpRange> parse_ip_address(std::string_view text) {
  if (text.find('/') != std::string_view::npos) return std::nullopt;
  return parse_ip_range(text);
}

bool contains(const IpRange& range, const IpRange& address) {
  if (range.is_v6 != address.is_v6) return false;  // families never match each other
  for (int bit = 0; bit < range.prefix; ++bit) {
    const auto byte = static_cast<std::size_t>(bit / 8);
    const int mask = 128 >> (bit % 8);
    if ((range.bytes[byte] & mask) != (address.bytes[byte] & mask)) return false;
  }
  return true;
}

std::optional<std::string> decode_base64(std::string_view text) {
  constexpr std::string_view kAlphabet =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  if (text.size() % 4 != 0) return std::nullopt;
  std::size_t padding = 0;
  while (padding < 2 && padding < text.size() && text[text.size() - 1 - padding] == '=') ++padding;
  std::uint32_t bits = 0;
  int count = 0;
  std::string out;
  for (const char c : text.substr(0, text.size() - padding)) {
    const std::size_t value = kAlphabet.find(c);
    if (value == std::string_view::npos) return std::nullopt;
    bits = (bits << 6U) | static_cast<std::uint32_t>(value);
    count += 6;
    if (count >= 8) {
      count -= 8;
      out += static_cast<char>(static_cast<unsigned char>((bits >> count) & 0xffU));
    }
  }
  return out;
}

}  // namespace writ::reference
