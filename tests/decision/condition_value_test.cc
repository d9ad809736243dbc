// Typed values of conditions: C-60 to C-69e of the rules.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "support/policies.h"

namespace writ::test {
namespace {

struct Row {
  const char* op;
  std::string asked;
  std::string given;
  char expected;
};

void check(const Row& row) {
  EXPECT_EQ(truth("{\"" + std::string(row.op) + "\": {\"k:v\": " + json_string(row.asked) + "}}",
                  Question().with("k:v", row.given)),
            row.expected)
      << row.op << " asks `" << row.asked << "` of `" << row.given << "`";
}

/// Whether a policy value loads, and by which rule not.
[[nodiscard]] std::string load(const std::string& op, const std::string& value) {
  return answer(
      Question().identity({allow("*", "*", "{\"" + op + "\": {\"k:v\": " + value + "}}")}));
}

// C-60, C-61, C-62, C-63
TEST(ConditionValueTest, Strings) {
  const Row rows[] = {
      {"StringEquals", "a", "a", 'T'},
      {"StringEquals", "a", "A", 'F'},
      {"StringEquals", "a*", "ab", 'F'},
      {"StringEquals", "a*", "a*", 'T'},
      {"StringEquals", "a?", "ab", 'F'},
      {"StringEquals", "", "", 'T'},
      {"StringEquals", "\u00e9", "e\u0301", 'F'},  // no normalisation
      {"StringNotEquals", "a", "A", 'T'},
      {"StringEqualsIgnoreCase", "aZ", "Az", 'T'},
      {"StringEqualsIgnoreCase", "a*", "A*", 'T'},
      {"StringEqualsIgnoreCase", "a*", "AB", 'F'},
      {"StringEqualsIgnoreCase", "\u00e9", "\u00c9", 'F'},  // C-62: ASCII only
      {"StringEqualsIgnoreCase", "[", "{", 'F'},
      {"StringEqualsIgnoreCase", "@", "`", 'F'},
      {"StringNotEqualsIgnoreCase", "aZ", "Az", 'F'},
      {"StringLike", "a*", "a", 'T'},
      {"StringLike", "a*", "A", 'F'},
      {"StringLike", "a*c", "a/b:\n/c", 'T'},
      {"StringLike", "a*c", "acd", 'F'},
      {"StringLike", "a?c", "abc", 'T'},
      {"StringLike", "a?c", "ac", 'F'},
      {"StringLike", "a?c", "a\u00e9c", 'T'},
      {"StringLike", "a?c", "a\U0001f600c", 'T'},
      {"StringLike", "a??c", "a\u00e9c", 'F'},
      {"StringLike", "*", "", 'T'},
      {"StringLike", "?", "", 'F'},
      {"StringLike", "", "", 'T'},
      {"StringLike", "", "a", 'F'},
      {"StringLike", "b", "abc", 'F'},
      {"StringLike", "**a**", "bab", 'T'},
      {"StringNotLike", "a*", "abc", 'F'},
      {"StringNotLike", "a*", "bc", 'T'},
  };
  for (const Row& row : rows) check(row);
}

// C-64: exact decimals.
TEST(ConditionValueTest, Numbers) {
  const Row rows[] = {
      {"NumericEquals", "2", "2.0", 'T'},
      {"NumericEquals", "2", "+2.00", 'T'},
      {"NumericEquals", "2", "002", 'T'},
      {"NumericEquals", "0", "-0.0", 'T'},
      {"NumericEquals", "-1", "1", 'F'},
      {"NumericEquals", "9007199254740993", "9007199254740992", 'F'},
      {"NumericEquals", "0.1", "0.10000000000000000000000000001", 'F'},
      {"NumericEquals", "123456789012345678901234567890", "123456789012345678901234567890.0", 'T'},
      {"NumericNotEquals", "2", "2.0", 'F'},
      {"NumericNotEquals", "2", "3", 'T'},
      {"NumericLessThan", "10", "9", 'T'},
      {"NumericLessThan", "10", "9.99999999999999999999", 'T'},
      {"NumericLessThan", "10", "10", 'F'},
      {"NumericLessThan", "-10", "-9", 'F'},
      {"NumericLessThan", "-9", "-10", 'T'},
      {"NumericLessThan", "0", "-0.001", 'T'},
      {"NumericLessThan", "1.5", "1.49", 'T'},
      {"NumericLessThan", "1.05", "1.5", 'F'},
      {"NumericLessThanEquals", "10", "10.0", 'T'},
      {"NumericLessThanEquals", "10", "10.01", 'F'},
      {"NumericGreaterThan", "10", "100", 'T'},
      {"NumericGreaterThan", "10", "10", 'F'},
      {"NumericGreaterThan", "99999999999999999999", "100000000000000000000", 'T'},
      {"NumericGreaterThanEquals", "10", "10", 'T'},
      {"NumericGreaterThanEquals", "10", "9.9", 'F'},
  };
  for (const Row& row : rows) check(row);
  for (const char* text : {"", " 1", "1 ", "1e3", "0x10", "1,000", "1.", ".5", "+", "-", "NaN",
                           "Infinity", "--1", "1.2.3", "one"}) {
    check({"NumericEquals", "1", text, 'I'});
    EXPECT_EQ(load("NumericEquals", json_string(text)), "error G-62") << text;
  }
  EXPECT_EQ(load("NumericEquals", "1e3"), "error G-62");
}

// C-65, C-66: instants.
TEST(ConditionValueTest, Dates) {
  const Row rows[] = {
      {"DateEquals", "2020", "2020-01", 'T'},
      {"DateEquals", "2020", "2020-01-01", 'T'},
      {"DateEquals", "2020", "2020-01-01T00:00Z", 'T'},
      {"DateEquals", "2020", "2020-01-01T00:00:00Z", 'T'},
      {"DateEquals", "2020", "2020-01-01T00:00:00.000Z", 'T'},
      {"DateEquals", "2020", "2020-01-01T02:30:00+02:30", 'T'},
      {"DateEquals", "2020", "2019-12-31T23:00:00-01:00", 'T'},
      {"DateEquals", "2020", "1577836800", 'T'},
      {"DateEquals", "2020", "01577836800", 'T'},
      {"DateEquals", "2020", "2020-01-01T00:00:00.000000000001Z", 'F'},
      {"DateEquals", "2020-01-01T00:00:00.10Z", "2020-01-01T00:00:00.1Z", 'T'},
      {"DateEquals", "2020-02-29", "2020-03-01T00:00:00+24:00", 'I'},
      {"DateEquals", "1970-01-01T00:00:00Z", "00000", 'T'},
      {"DateEquals", "1969-12-31T23:59:59Z", "1970-01-01T00:00:59+00:01", 'T'},
      {"DateEquals", "2000-02-29", "951782400", 'T'},
      {"DateNotEquals", "2020", "2020-01-01", 'F'},
      {"DateNotEquals", "2020", "2021", 'T'},
      {"DateLessThan", "2020", "2019-12-31T23:59:59.999Z", 'T'},
      {"DateLessThan", "2020", "2020", 'F'},
      {"DateLessThan", "99999999999999999999", "9223372036854775807", 'T'},
      {"DateLessThan", "9999", "99999999999999999999", 'F'},
      {"DateLessThanEquals", "2020", "2020-01-01", 'T'},
      {"DateGreaterThan", "2020-01-01T00:00:00.5Z", "2020-01-01T00:00:00.51Z", 'T'},
      {"DateGreaterThan", "2020", "0000", 'F'},
      {"DateGreaterThanEquals", "2020", "2020-01-01T00:00:00.0001Z", 'T'},
      {"DateGreaterThanEquals", "2020", "2019", 'F'},
  };
  for (const Row& row : rows) check(row);
  for (const char* text : {"",
                           "202",
                           "2020-1",
                           "2020-13",
                           "2020-00",
                           "2020-02-30",
                           "2021-02-29",
                           "1900-02-29",
                           "2020-01-01T",
                           "2020-01-01T00Z",
                           "2020-01-01T00:00",
                           "2020-01-01T00:00:00",
                           "2020-01-01T00:00:60Z",
                           "2020-01-01T24:00:00Z",
                           "2020-01-01T00:60:00Z",
                           "2020-01-01t00:00:00Z",
                           "2020-01-01T00:00:00z",
                           "2020-01-01T00:00:00.Z",
                           "2020-01-01 00:00:00Z",
                           "2020-01-01T00:00:00+0100",
                           "2020-01-01T00:00:00+01:60",
                           "-1577836800",
                           "+1577836800",
                           "1577836800.5",
                           " 2020",
                           "2020Z",
                           "now"}) {
    check({"DateEquals", "2020", text, 'I'});
    EXPECT_EQ(load("DateEquals", json_string(text)), "error G-62") << text;
  }
  // A JSON number is epoch seconds however short; the same digits in quotes are a year.
  const std::string as_number = R"({"DateEquals": {"k:v": 2020}})";
  EXPECT_EQ(truth(as_number, Question().with("k:v", "2020")), 'F');
  EXPECT_EQ(truth(as_number, Question().with("k:v", "1970-01-01T00:33:40Z")), 'T');
  // C-66: the epoch may be compared as a number too.
  const RequestTime time(1600000000);
  const Question epoch = Question().with("aws:EpochTime", time.epoch());
  EXPECT_EQ(truth(R"({"NumericLessThan": {"aws:EpochTime": "1600000001"}})", epoch), 'T');
  EXPECT_EQ(truth(R"({"DateLessThan": {"aws:EpochTime": "2020-09-13T12:26:41Z"}})", epoch), 'T');
}

// C-67
TEST(ConditionValueTest, Booleans) {
  const Row rows[] = {
      {"Bool", "true", "true", 'T'},  {"Bool", "true", "TRUE", 'T'},
      {"Bool", "True", "false", 'F'}, {"Bool", "false", "False", 'T'},
      {"Bool", "false", "true", 'F'}, {"Bool", "true", "1", 'I'},
      {"Bool", "true", "yes", 'I'},   {"Bool", "true", "", 'I'},
      {"Bool", "true", " true", 'I'},
  };
  for (const Row& row : rows) check(row);
  EXPECT_EQ(truth(R"({"Bool": {"k:v": ["true", "false"]}})", Question().with("k:v", "false")), 'T');
  EXPECT_EQ(load("Bool", "\"1\""), "error G-62");
  EXPECT_EQ(load("Bool", "1"), "error G-62");
}

// C-68
TEST(ConditionValueTest, Addresses) {
  const Row rows[] = {
      {"IpAddress", "203.0.113.0/24", "203.0.113.255", 'T'},
      {"IpAddress", "203.0.113.0/24", "203.0.114.0", 'F'},
      {"IpAddress", "203.0.113.9/24", "203.0.113.1", 'T'},
      {"IpAddress", "203.0.113.9", "203.0.113.9", 'T'},
      {"IpAddress", "203.0.113.9", "203.0.113.8", 'F'},
      {"IpAddress", "203.0.113.8/31", "203.0.113.9", 'T'},
      {"IpAddress", "203.0.113.8/31", "203.0.113.10", 'F'},
      {"IpAddress", "128.0.0.0/1", "127.255.255.255", 'F'},
      {"IpAddress", "0.0.0.0/0", "1.2.3.4", 'T'},
      {"IpAddress", "0.0.0.0/0", "::1", 'F'},
      {"IpAddress", "::/0", "1.2.3.4", 'F'},
      {"IpAddress", "2001:DB8::/33", "2001:db8:7fff::1", 'T'},
      {"IpAddress", "2001:DB8::/33", "2001:db8:8000::1", 'F'},
      {"IpAddress", "2001:db8::1", "2001:0DB8:0:0:0:0:0:1", 'T'},
      {"IpAddress", "2001:db8::1", "2001:db8::2", 'F'},
      {"IpAddress", "10.0.0.0/8", "::ffff:10.1.2.3", 'T'},
      {"IpAddress", "10.0.0.0/8", "::FFFF:a01:203", 'T'},
      {"IpAddress", "::ffff:10.0.0.0/104", "10.1.2.3", 'T'},
      {"IpAddress", "::ffff:10.0.0.0/104", "11.1.2.3", 'F'},
      {"IpAddress", "::ffff:10.0.0.0/95", "10.1.2.3", 'F'},
      {"IpAddress", "::ffff:10.1.2.3", "10.1.2.3", 'T'},
      {"NotIpAddress", "203.0.113.0/24", "203.0.113.7", 'F'},
      {"NotIpAddress", "203.0.113.0/24", "198.51.100.7", 'T'},
      {"NotIpAddress", "203.0.113.0/24", "::ffff:203.0.113.7", 'F'},
      {"NotIpAddress", "203.0.113.0/24", "2001:db8::1", 'T'},
  };
  for (const Row& row : rows) check(row);
  for (const char* text :
       {"", "1.2.3", "1.2.3.4.5", "01.2.3.4", "256.1.1.1", "1.2.3.4 ", "1.2.3.4:80", "fe80::1%eth0",
        ":::", "1::2::3", "2001:db8::g", "12345::", "1.2.3.0/24", "here", "[::1]", "*"}) {
    check({"IpAddress", "1.2.3.4", text, 'I'});
  }
  for (const char* text : {"1.2.3.4/33", "1.2.3.4/", "1.2.3.4/08", "1.2.3.4/-1", "::/129",
                           "1.2.3/8", "1.2.3.*", "::1/064", "1.2.3.4/2 4"}) {
    EXPECT_EQ(load("IpAddress", json_string(text)), "error G-62") << text;
  }
}

// C-69 to C-69d
TEST(ConditionValueTest, Arns) {
  const Row rows[] = {
      {"ArnEquals", kBucket, kBucket, 'T'},
      {"ArnEquals", "arn:aws:s3:::B", kBucket, 'F'},
      {"ArnEquals", "arn:aws:s3:::*", kObject, 'T'},
      {"ArnLike", "arn:aws:s3:::?/k", kObject, 'T'},
      {"ArnLike", "arn:aws:sns:*:111122223333:t", "arn:aws:sns:eu-west-1:111122223333:t", 'T'},
      {"ArnLike", "arn:aws:sns:*:t", "arn:aws:sns:eu-west-1:111122223333:t", 'I'},  // never loads
      {"ArnLike", "arn:aws:sns:*:*:t", "arn:aws:sns:eu-west-1:111122223333:t:t", 'F'},
      {"ArnLike", "arn:aws:sns:*:*:*:t", "arn:aws:sns:eu-west-1:111122223333:t:t", 'T'},
      {"ArnLike", "arn:aws:sns:e*:*:t", "arn:aws:sns:eu-west-1:111122223333:t", 'T'},
      {"ArnLike", "arn:aws:sns:eu-west-1*:*:*", "arn:aws:sns:eu-west-2:111122223333:t", 'F'},
      {"ArnLike", "arn:*:*:*:*:*", kObject, 'T'},  // C-69c
      {"ArnLike", "*:aws:s3:::b", kBucket, 'T'},
      {"ArnLike", "urn:aws:s3:::b", kBucket, 'F'},  // C-69b
      {"ArnLike", "*", kBucket, 'T'},               // C-69a
      {"ArnLike", "*", "*", 'I'},
      {"ArnLike", "*", "arn:aws:s3", 'I'},
      {"ArnLike", "*", "urn:aws:s3:::b", 'I'},
      {"ArnLike", "*", "", 'I'},
      {"ArnEquals", "arn:aws:iam::111122223333:role/App", "arn:aws:iam::111122223333:role/path/App",
       'F'},  // C-69d
      {"ArnEquals", "arn:aws:iam::111122223333:role/*App",
       "arn:aws:iam::111122223333:role/path/App", 'T'},
      {"ArnNotEquals", kBucket, kBucket, 'F'},
      {"ArnNotEquals", kBucket, kObject, 'T'},
      {"ArnNotLike", "arn:aws:s3:::*", kObject, 'F'},
      {"ArnNotLike", "arn:aws:sqs:*:*:*", kObject, 'T'},
      {"ArnLike", "arn:aws:s3:::a:b:*", "arn:aws:s3:::a:b:c:d", 'T'},
      {"ArnLike", "arn:aws:s3:::\u00e9?", "arn:aws:s3:::\u00e9\u00e9", 'T'},
  };
  for (const Row& row : rows) {
    if (row.asked == "arn:aws:sns:*:t") {
      EXPECT_EQ(load(row.op, json_string(row.asked)), "error G-62");
    } else {
      check(row);
    }
  }
  for (const char* text : {"", "arn", "arn:aws:s3", "**", "b/*"}) {
    EXPECT_EQ(load("ArnLike", json_string(text)), "error G-62") << text;
  }
}

// C-69e
TEST(ConditionValueTest, Binaries) {
  const Row rows[] = {
      {"BinaryEquals", "QUJD", "QUJD", 'T'},
      {"BinaryEquals", "QUJD", "QUJE", 'F'},
      {"BinaryEquals", "QQ==", "QQ==", 'T'},
      {"BinaryEquals", "QQ==", "QR==", 'T'},  // the same byte
      {"BinaryEquals", "QUE=", "QUF=", 'T'},
      {"BinaryEquals", "QQ==", "QUE=", 'F'},
      {"BinaryEquals", "QQ==", "qq==", 'F'},
      {"BinaryEquals", "", "", 'T'},
      {"BinaryEquals", "QQ==", "QQ", 'I'},
      {"BinaryEquals", "QQ==", "QQ=", 'I'},
      {"BinaryEquals", "QQ==", "Q===", 'I'},
      {"BinaryEquals", "QQ==", "Q Q=", 'I'},
      {"BinaryEquals", "+/+/", "-_-_", 'I'},
  };
  for (const Row& row : rows) check(row);
  for (const char* text : {"QQ", "Q===", "====", "Q*==", "-_-_"}) {
    EXPECT_EQ(load("BinaryEquals", json_string(text)), "error G-62") << text;
  }
}

}  // namespace
}  // namespace writ::test
