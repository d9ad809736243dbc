// The typed values of conditions: which texts are values, and how they compare (C-60).
#include "writ/impl/values.h"

#include <gtest/gtest.h>

#include <random>
#include <string>

namespace writ::test {
namespace {

using detail::Decimal;
using detail::Instant;
using detail::IpRange;

// `<`, `=` or `>`, or why there is no answer.
std::string sign(int order) { return order < 0 ? "<" : (order > 0 ? ">" : "="); }

std::string compare_numbers(std::string_view a, std::string_view b) {
  Decimal x;
  Decimal y;
  if (!detail::parse_decimal(a, x)) return "no number: " + std::string(a);
  if (!detail::parse_decimal(b, y)) return "no number: " + std::string(b);
  return sign(detail::compare(x, y));
}

std::string compare_dates(std::string_view a, std::string_view b) {
  Instant x;
  Instant y;
  if (!detail::parse_instant(a, x)) return "no date: " + std::string(a);
  if (!detail::parse_instant(b, y)) return "no date: " + std::string(b);
  return sign(detail::compare(x, y));
}

std::string inside(std::string_view address, std::string_view range) {
  IpRange x;
  IpRange y;
  if (!detail::parse_ip_address(address, x)) return "no address: " + std::string(address);
  if (!detail::parse_ip_range(range, y)) return "no range: " + std::string(range);
  return detail::contains(y, x) ? "inside" : "outside";
}

bool is_number(std::string_view text) {
  Decimal value;
  return detail::parse_decimal(text, value);
}

bool is_date(std::string_view text, bool json_number = false) {
  Instant value;
  return detail::parse_instant(text, value, json_number);
}

bool is_range(std::string_view text) {
  IpRange value;
  return detail::parse_ip_range(text, value);
}

bool is_address(std::string_view text) {
  IpRange value;
  return detail::parse_ip_address(text, value);
}

TEST(TextTest, NumbersAreSignDigitsAndFraction) {
  // C-64
  for (const char* text : {"0", "7", "+7", "-7", "007", "1.5", "-0.5", "+00.50", "0.0", "10.",
                           "123456789012345678901234567890.000000000000000000000000000001"}) {
    EXPECT_EQ(is_number(text), text != std::string("10.")) << text;
  }
  for (const char* text :
       {"",    "+",    "-",   ".",        ".5",  "5.",    "+.5",      "--5",       "+-5",  "1e5",
        "1E5", "0x10", " 5",  "5 ",       "5\n", "1,000", "1_000",    "1.2.3",     "1.-2", "1.+2",
        "NaN", "nan",  "inf", "Infinity", "ten", "1/2",   "\xd9\xa5", "5\xc2\xa0", "1..2"}) {
    EXPECT_FALSE(is_number(text)) << text;
  }
  EXPECT_FALSE(is_number(std::string_view("5\0", 2)));
  EXPECT_TRUE(is_number(std::string(100'000, '9')));
}

TEST(TextTest, NumbersCompareExactly) {
  // C-64: as decimals, not as binary doubles.
  struct Case {
    const char* a;
    const char* b;
    const char* order;
  };
  const Case cases[] = {
      {"2", "2.0", "="},
      {"2", "+2.00", "="},
      {"002", "2", "="},
      {"0", "-0", "="},
      {"-0.0", "+0", "="},
      {"0.10", "0.1", "="},
      {"9007199254740993", "9007199254740992", ">"},
      {"0.1", "0.10000000000000000000000001", "<"},
      {"0.3", "0.30000000000000004", "<"},
      {"10", "9", ">"},
      {"10", "9.99", ">"},
      {"-10", "-9", "<"},
      {"-1", "1", "<"},
      {"1", "-1", ">"},
      {"0", "-0.0000001", ">"},
      {"0", "0.0000001", "<"},
      {"1.05", "1.5", "<"},
      {"1.5", "1.05", ">"},
      {"-1.05", "-1.5", ">"},
      {"0.9", "0.89", ">"},
      {"1.9", "1.10", ">"},
      {"100000000000000000000000000000", "99999999999999999999999999999.9", ">"},
      {"18446744073709551616", "0", ">"},
      {"-18446744073709551616", "0", "<"},
  };
  for (const Case& c : cases) {
    EXPECT_EQ(compare_numbers(c.a, c.b), c.order) << c.a << " " << c.b;
    const std::string opposite = *c.order == '<' ? ">" : (*c.order == '>' ? "<" : "=");
    EXPECT_EQ(compare_numbers(c.b, c.a), opposite) << c.b << " " << c.a;
  }
}

TEST(TextTest, NumbersCompareAsIntegersWhenScaled) {
  // C-64: against 64-bit arithmetic on thousandths.
  std::mt19937 random(64);
  std::uniform_int_distribution<int> pick(-3000, 3000);
  const auto spell = [](int thousandths) {
    const int size = thousandths < 0 ? -thousandths : thousandths;
    std::string fraction = std::to_string(1000 + size % 1000).substr(1);
    return std::string(thousandths < 0 ? "-" : "") + std::to_string(size / 1000) + "." + fraction;
  };
  for (int i = 0; i < 20'000; ++i) {
    const int a = pick(random);
    const int b = i % 5 == 0 ? a : pick(random);
    EXPECT_EQ(compare_numbers(spell(a), spell(b)), sign((a > b) - (a < b)));
  }
}

TEST(TextTest, DatesAreTheProfilesOfIso8601) {
  // C-65
  for (const char* text :
       {"2020", "0000", "9999", "2020-01", "2020-12", "2020-01-31", "2020-02-29", "2000-02-29",
        "2020-01-01T00:00Z", "2020-01-01T23:59+23:59", "2020-01-01T00:00:00Z",
        "2020-01-01T23:59:59-00:00", "2020-01-01T00:00:00.0Z", "2020-01-01T00:00:00.123456789012Z",
        "2020-01-01T00:00:00.5+01:00", "10000", "0000000000", "1600000000",
        "99999999999999999999999999"}) {
    EXPECT_TRUE(is_date(text)) << text;
  }
  for (const char* text : {"",
                           "1",
                           "12",
                           "123",
                           "202",
                           "20200",
                           "2020-",
                           "2020-1",
                           "2020-00",
                           "2020-13",
                           "2020-01-",
                           "2020-01-1",
                           "2020-01-00",
                           "2020-01-32",
                           "2020-04-31",
                           "2019-02-29",
                           "1900-02-29",
                           "2100-02-29",
                           "2020-02-30",
                           "2020-01T00:00Z",
                           "2020T00:00Z",
                           "2020-01-01T",
                           "2020-01-01T00Z",
                           "2020-01-01T00:00",
                           "2020-01-01T00:00:00",
                           "2020-01-01T00:00:00.Z",
                           "2020-01-01T00:00:00.5",
                           "2020-01-01T00:00.5Z",
                           "2020-01-01T24:00Z",
                           "2020-01-01T00:60Z",
                           "2020-01-01T00:00:60Z",
                           "2020-06-30T23:59:60Z",
                           "2020-01-01t00:00Z",
                           "2020-01-01T00:00z",
                           "2020-01-01 00:00Z",
                           "2020-01-01T00:00Z ",
                           " 2020",
                           "2020 ",
                           "2020-01-01T00:00+1:00",
                           "2020-01-01T00:00+0100",
                           "2020-01-01T00:00+01",
                           "2020-01-01T00:00+24:00",
                           "2020-01-01T00:00+00:60",
                           "2020-01-01T00:00:00Z+01:00",
                           "2020-01-01T00:00ZZ",
                           "-2020",
                           "+2020",
                           "-10000",
                           "+10000",
                           "10000.5",
                           "1e9",
                           "2020-W01",
                           "2020-001",
                           "20200101T000000Z",
                           "2020/01/01",
                           "01-01-2020",
                           "2020-01-01Z",
                           "tomorrow",
                           "*",
                           "2020-*",
                           "2020-01-01T00:00:00,5Z",
                           "2020-01-01T0:00Z"}) {
    EXPECT_EQ(is_date(text), std::string(text) == "20200") << text;
  }
}

TEST(TextTest, JsonNumbersAreEpochSecondsHoweverShort) {
  // C-65: `2020` in quotes is a year, without quotes it is a second of 1970.
  Instant year;
  Instant second;
  ASSERT_TRUE(detail::parse_instant("2020", year, false));
  ASSERT_TRUE(detail::parse_instant("2020", second, true));
  EXPECT_EQ(year.seconds, 1577836800);
  EXPECT_EQ(second.seconds, 2020);
  for (const char* text : {"0", "7", "12", "123", "1600000000"}) {
    EXPECT_TRUE(is_date(text, true)) << text;
  }
  for (const char* text : {"-1", "1.0", "1e3", "1E9", "-0", "0.5"}) {
    EXPECT_FALSE(is_date(text, true)) << text;
  }
}

TEST(TextTest, DatesCompareAsInstants) {
  // C-65
  struct Case {
    const char* a;
    const char* b;
    const char* order;
  };
  const Case cases[] = {
      {"1970-01-01T00:00:00Z", "00000", "="},
      {"2020", "2020-01", "="},
      {"2020", "2020-01-01", "="},
      {"2020-01-01", "2020-01-01T00:00Z", "="},
      {"2020-01-01T00:00Z", "2020-01-01T00:00:00.000Z", "="},
      {"2020-01-01T00:00:01Z", "2020-01-01T01:00:01+01:00", "="},
      {"2020-01-01T00:00Z", "2019-12-31T19:00-05:00", "="},
      {"2020-01-01T00:00Z", "2020-01-01T05:30+05:30", "="},
      {"2020-01-01T00:00-00:00", "2020-01-01T00:00+00:00", "="},
      {"2020-09-13T12:26:40Z", "1600000000", "="},
      {"2020-09-13T12:26:39Z", "1600000000", "<"},
      {"2020-09-13T12:26:39.999999999999999999Z", "1600000000", "<"},
      {"2020-09-13T12:26:40.000000000000000001Z", "1600000000", ">"},
      {"2020-01-01T00:00:00.5Z", "2020-01-01T00:00:00.50Z", "="},
      {"2020-01-01T00:00:00.5Z", "2020-01-01T00:00:00.05Z", ">"},
      {"2020-01-01T00:00:00.49Z", "2020-01-01T00:00:00.5Z", "<"},
      {"2020-02-29", "2020-03-01", "<"},
      {"2020-02-29T23:59:59Z", "2020-03-01T00:00Z", "<"},
      {"1969-12-31T23:59:59Z", "00000", "<"},
      {"0000", "0001", "<"},
      {"9999-12-31T23:59:59Z", "253402300799", "="},
      {"9999", "99999999999999999999999999", "<"},
      {"9223372036854775807", "9223372036854775808", "<"},
      {"9223372036854775808", "9223372036854775808", "="},
      {"009223372036854775808", "9223372036854775808", "="},
      {"9223372036854775809", "99999999999999999999", "<"},
      {"18446744073709551616", "9999", ">"},
      {"18446744073709551616", "9999-12-31T23:59:59.9Z", ">"},
      {"0000-01-01T00:00:00.9Z", "18446744073709551616", "<"},
  };
  for (const Case& c : cases) {
    EXPECT_EQ(compare_dates(c.a, c.b), c.order) << c.a << " " << c.b;
    const std::string opposite = *c.order == '<' ? ">" : (*c.order == '>' ? "<" : "=");
    EXPECT_EQ(compare_dates(c.b, c.a), opposite) << c.b << " " << c.a;
  }
}

TEST(TextTest, EveryDayFollowsTheOneBefore) {
  // C-65: leap years of four centuries, against counting.
  std::int64_t expected = 0;
  for (int year = 1970; year < 2405; ++year) {
    for (int month = 1; month <= 12; ++month) {
      for (int day = 1; day <= 31; ++day) {
        char text[16];
        std::snprintf(text, sizeof text, "%04d-%02d-%02d", year, month, day);
        Instant value;
        if (!detail::parse_instant(text, value)) {
          EXPECT_GT(day, 28) << text;
          continue;
        }
        EXPECT_EQ(value.seconds, expected) << text;
        expected += 86'400;
      }
    }
  }
  Instant value;
  ASSERT_TRUE(detail::parse_instant("0000-03-01", value));
  EXPECT_EQ(value.seconds, -62162035200);
}

TEST(TextTest, BooleansAreTrueAndFalse) {
  // C-67, C-51: in any letter case, and nothing else.
  bool value = false;
  for (const char* text : {"true", "TRUE", "True", "tRuE"}) {
    EXPECT_TRUE(detail::parse_bool(text, value) && value) << text;
  }
  for (const char* text : {"false", "FALSE", "False", "fALSe"}) {
    EXPECT_TRUE(detail::parse_bool(text, value) && !value) << text;
  }
  for (const char* text : {"", "1", "0", "yes", "no", "on", "t", "f", "truee", "tru", " true",
                           "true ", "falsE\n", "null",
                           "tr\xc3\xbc"
                           "e"}) {
    EXPECT_FALSE(detail::parse_bool(text, value)) << text;
  }
}

TEST(TextTest, AddressesAreStrict) {
  // C-68
  for (const char* text :
       {"0.0.0.0", "255.255.255.255", "203.0.113.7", "::", "::1", "1::", "2001:db8::1",
        "2001:DB8:0:0:0:0:0:1", "1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7::", "::2:3:4:5:6:7:8",
        "::ffff:1.2.3.4", "::1.2.3.4", "1:2:3:4:5:6:1.2.3.4", "64:ff9b::1.2.3.4", "fe80::1"}) {
    EXPECT_TRUE(is_address(text)) << text;
    EXPECT_TRUE(is_range(text)) << text;
  }
  for (const char* text : {"",
                           "1",
                           "1.2",
                           "1.2.3",
                           "1.2.3.4.5",
                           "1.2.3.",
                           ".1.2.3",
                           "1..2.3",
                           "256.0.0.1",
                           "1.2.3.999",
                           "01.2.3.4",
                           "1.2.3.04",
                           "00.0.0.0",
                           "0x1.2.3.4",
                           "1.2.3.4 ",
                           " 1.2.3.4",
                           "1.2.3.4:80",
                           "1.2.3.-4",
                           "1.2.3.+4",
                           "1.2.3.4\n",
                           "3405803783",
                           ":",
                           ":::",
                           "1:2",
                           "1:2:3:4:5:6:7",
                           "1:2:3:4:5:6:7:8:9",
                           "1::2::3",
                           "12345::",
                           "g::",
                           "::1%eth0",
                           "[::1]",
                           "::ffff:1.2.3",
                           "::ffff:1.2.3.256",
                           "::ffff:01.2.3.4",
                           "1.2.3.4::",
                           ":1:2:3:4:5:6:7:8",
                           "1:2:3:4:5:6:7:8:",
                           "localhost",
                           "*",
                           "1.2.3.*",
                           "0000:0000:0000:0000:0000:0000:0000:0000:0000:0000:0000:0000"}) {
    EXPECT_FALSE(is_address(text)) << text;
    EXPECT_FALSE(is_range(text)) << text;
  }
  EXPECT_FALSE(is_address(std::string_view("1.2.3.4\0", 8)));
  EXPECT_FALSE(is_address(std::string(100'000, '1')));
  EXPECT_FALSE(is_address("1.2.3.4/32")) << "a request's value is an address alone";
}

TEST(TextTest, PrefixLengthsAreStrict) {
  // C-68
  for (const char* text :
       {"0.0.0.0/0", "1.2.3.4/32", "1.2.3.4/9", "::/0", "::/128", "2001:db8::/32",
        "::ffff:1.2.3.4/96", "::ffff:1.2.3.4/95", "::ffff:1.2.3.4/128"}) {
    EXPECT_TRUE(is_range(text)) << text;
  }
  for (const char* text : {"1.2.3.4/",
                           "1.2.3.4/33",
                           "1.2.3.4/024",
                           "1.2.3.4/00",
                           "1.2.3.4/-1",
                           "1.2.3.4/+8",
                           "1.2.3.4/ 8",
                           "1.2.3.4/8 ",
                           "1.2.3.4/8/8",
                           "1.2.3.4/8.0",
                           "1.2.3.4/255.255.255.0",
                           "::/129",
                           "::/0128",
                           "::/999",
                           "::/1000",
                           "::/4294967296",
                           "/8",
                           "1.2.3.4//8",
                           "1.2.3/8",
                           "::ffff:1.2.3.4/129"}) {
    EXPECT_FALSE(is_range(text)) << text;
  }
}

TEST(TextTest, RangesContainByTheirPrefix) {
  // C-68
  struct Case {
    const char* address;
    const char* range;
    const char* place;
  };
  const Case cases[] = {
      {"203.0.113.7", "203.0.113.7", "inside"},
      {"203.0.113.8", "203.0.113.7", "outside"},
      {"203.0.113.255", "203.0.113.0/24", "inside"},
      {"203.0.114.0", "203.0.113.0/24", "outside"},
      {"203.0.112.255", "203.0.113.0/24", "outside"},
      {"203.0.113.200", "203.0.113.9/24", "inside"},  // bits behind the prefix are ignored
      {"10.128.0.1", "10.128.0.0/9", "inside"},
      {"10.127.255.255", "10.128.0.0/9", "outside"},
      {"10.0.0.3", "10.0.0.2/31", "inside"},
      {"10.0.0.4", "10.0.0.2/31", "outside"},
      {"255.255.255.255", "0.0.0.0/0", "inside"},
      {"128.0.0.0", "0.0.0.0/1", "outside"},
      {"2001:db8:1234:5678::9", "2001:DB8:1234:5678::/64", "inside"},
      {"2001:db8:1234:5679::9", "2001:DB8:1234:5678::/64", "outside"},
      {"2001:db8::1", "2001:db8::1", "inside"},
      {"2001:db8::2", "2001:db8::1", "outside"},  // one address, not AWS's literal /32
      {"2001:0db8:0:0::1", "2001:db8::1/128", "inside"},
      {"2001:db8::", "2001:db8::/33", "inside"},
      {"2001:db8:8000::", "2001:db8::/33", "outside"},
      {"ffff::", "::/0", "inside"},
      {"1.2.3.4", "::/0", "outside"},  // families never match each other
      {"::1", "0.0.0.0/0", "outside"},
      {"::1.2.3.4", "1.2.3.4", "outside"},  // compatible, not mapped
      {"::ffff:1.2.3.4", "1.2.3.4", "inside"},
      {"::FFFF:102:304", "1.2.3.0/24", "inside"},
      {"1.2.3.4", "::ffff:1.2.3.4", "inside"},
      {"1.2.3.9", "::ffff:1.2.3.4/120", "inside"},
      {"1.2.4.9", "::ffff:1.2.3.4/120", "outside"},
      {"99.2.3.4", "::ffff:1.2.3.4/96", "inside"},
      {"1.2.3.4", "::ffff:1.2.3.4/95", "outside"},  // stays IPv6
      {"::ffff:1.2.3.4", "::ffff:1.2.3.4/95", "outside"},
      {"::fffe:1.2.3.4", "::ffff:1.2.3.4/95", "inside"},
      {"::ffff:1.2.3.4", "::/0", "outside"},
  };
  for (const Case& c : cases) {
    EXPECT_EQ(inside(c.address, c.range), c.place) << c.address << " " << c.range;
  }
}

TEST(TextTest, RangesContainAsMasksSay) {
  // C-68: IPv4 against 32-bit arithmetic.
  std::mt19937 random(68);
  const auto spell = [](std::uint32_t address) {
    return std::to_string(address >> 24U) + "." + std::to_string(address >> 16U & 255U) + "." +
           std::to_string(address >> 8U & 255U) + "." + std::to_string(address & 255U);
  };
  for (int i = 0; i < 20'000; ++i) {
    const auto range = static_cast<std::uint32_t>(random());
    const auto prefix = static_cast<std::uint32_t>(random() % 33);
    const std::uint32_t address =
        i % 8 == 0 ? static_cast<std::uint32_t>(random()) : range ^ (1U << (random() % 32));
    const std::uint32_t mask = prefix == 0 ? 0 : ~0U << (32U - prefix);
    EXPECT_EQ(inside(spell(address), spell(range) + "/" + std::to_string(prefix)),
              (address & mask) == (range & mask) ? "inside" : "outside")
        << spell(address) << " " << spell(range) << "/" << prefix;
  }
}

TEST(TextTest, Base64IsPaddedStandardAlphabet) {
  // C-69e
  for (const char* text :
       {"", "QQ==", "QUI=", "QUJD", "+/+/", "QmluYXJ5VmFsdWVJbkJhc2U2NA==", "QR==", "QUJ="}) {
    EXPECT_TRUE(detail::is_base64(text)) << text;
  }
  for (const char* text :
       {"Q", "QQ", "QQ=", "QUI", "=", "==", "====", "Q===", "=QQ=", "QQ=Q", "QUJD=", "QUJDRA",
        "-_-_", "QU D", "QUJ\n", "QUJDQQ==\n", " QUJD", "QQ==QQ==", "Q\xc3\xa9Q"}) {
    EXPECT_FALSE(detail::is_base64(text)) << text;
  }
}

TEST(TextTest, Base64ComparesBytes) {
  // C-69e: bits that stand for no byte do not count.
  EXPECT_TRUE(detail::base64_equal("", ""));
  EXPECT_TRUE(detail::base64_equal("QUJD", "QUJD"));
  EXPECT_TRUE(detail::base64_equal("QQ==", "QR=="));
  EXPECT_TRUE(detail::base64_equal("QQ==", "Qf=="));
  EXPECT_FALSE(detail::base64_equal("QQ==", "Qg=="));
  EXPECT_TRUE(detail::base64_equal("QUI=", "QUJ="));
  EXPECT_TRUE(detail::base64_equal("QUI=", "QUL="));
  EXPECT_FALSE(detail::base64_equal("QUI=", "QUM="));
  EXPECT_FALSE(detail::base64_equal("QUJD", "QUJE"));
  EXPECT_FALSE(detail::base64_equal("QUJD", "qujd"));
  EXPECT_FALSE(detail::base64_equal("QQ==", "QQA="));
  EXPECT_FALSE(detail::base64_equal("", "QQ=="));
}

}  // namespace
}  // namespace writ::test
