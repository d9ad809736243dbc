// The grammar written by hand against the same grammar written as regular expressions, on random
// strings that are nearly right.
#include <gtest/gtest.h>
#include <re2/re2.h>

#include <algorithm>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "writ/impl/grammar.h"
#include "writ/impl/values.h"
#include "writ/impl/variables.h"

namespace writ::test {
namespace {

using detail::Refusal;

bool matches(const RE2& pattern, std::string_view text) {
  return RE2::FullMatch(re2::StringPiece(text.data(), text.size()), pattern);
}

bool occurs(const RE2& pattern, std::string_view text) {
  return RE2::PartialMatch(re2::StringPiece(text.data(), text.size()), pattern);
}

// Bytes instead of code points: what is folded or repeated must not depend on Unicode.
RE2::Options bytes() {
  RE2::Options options;
  options.set_encoding(RE2::Options::EncodingLatin1);
  options.set_dot_nl(true);
  return options;
}

// Strings that are a few edits away from good ones. Deterministic.
class NearMisses {
 public:
  NearMisses(std::vector<std::string> seeds, std::string alphabet)
      : seeds_(std::move(seeds)), alphabet_(std::move(alphabet)) {}

  std::string next() {
    std::string text = seeds_[below(seeds_.size())];
    for (std::size_t edits = below(4); edits > 0; --edits) edit(text);
    return text;
  }

 private:
  std::size_t below(std::size_t bound) { return random_() % bound; }

  void edit(std::string& text) {
    const std::size_t at = below(text.size() + 1);
    const std::size_t size =
        at == text.size() ? 0 : 1 + below(std::min<std::size_t>(3, text.size() - at));
    const char c = alphabet_[below(alphabet_.size())];
    switch (below(5)) {
      case 0:
        text.erase(at, size);
        break;
      case 1:
        text.insert(at, 1, c);
        break;
      case 2:
        if (at < text.size()) text[at] = c;
        break;
      case 3:
        text.insert(at, text.substr(at, size));
        break;
      default: {
        const std::string& other = seeds_[below(seeds_.size())];
        text = text.substr(0, at) + other.substr(below(other.size() + 1));
      }
    }
  }

  std::mt19937 random_{20121017};
  std::vector<std::string> seeds_;
  std::string alphabet_;
};

// Holds both grammars against each other; `skip` names texts that the expression does not cover.
template <class ByHand, class Expected, class Skip>
void compare(NearMisses texts, const ByHand& by_hand, const Expected& expected, const Skip& skip) {
  int good = 0;
  int bad = 0;
  for (int i = 0; i < 60'000; ++i) {
    const std::string text = texts.next();
    if (skip(text)) continue;
    const bool is_good = expected(text);
    ++(is_good ? good : bad);
    ASSERT_EQ(by_hand(text), is_good) << "`" << text << "`";
  }
  EXPECT_GT(good, 2'000);
  EXPECT_GT(bad, 2'000);
}

template <class ByHand, class Expected>
void compare(NearMisses texts, const ByHand& by_hand, const Expected& expected) {
  compare(std::move(texts), by_hand, expected, [](std::string_view) { return false; });
}

TEST(DocumentSecondMatcherTest, Actions) {
  // G-22 to G-25, G-27, G-29
  const NearMisses texts(
      {"*", "s3:GetObject", "s3:*", "access-analyzer:List_x-1", "s*:G?t", "ec2:Run9"},
      ":*?-_aZ0 ./,${}<\xc3\xa9\n");
  const RE2 any("\\*|[A-Za-z0-9*?-]+:[A-Za-z0-9_*?-]+", bytes());
  compare(
      texts, [](std::string_view text) { return !detail::check_action(text, PolicyType::Session); },
      [&any](std::string_view text) { return matches(any, text); });
  const RE2 named("\\*|[A-Za-z0-9-]+:[A-Za-z0-9_*?-]+", bytes());
  compare(
      texts,
      [](std::string_view text) {
        return !detail::check_action(text, PolicyType::ResourceControl);
      },
      [&named](std::string_view text) { return matches(named, text); });
  // Which of the two rules refuses depends on the shape alone.
  const RE2 shape("[^:]+:[^:]+", bytes());
  NearMisses again = texts;
  for (int i = 0; i < 20'000; ++i) {
    const std::string text = again.next();
    const std::optional<Refusal> refusal = detail::check_action(text, PolicyType::Session);
    if (!refusal) continue;
    EXPECT_EQ(refusal->rule, matches(shape, text) ? "G-25" : "G-22") << text;
  }
}

const std::vector<std::string>& arns() {
  static const std::vector<std::string> kArns = {
      "*",
      "arn:aws:s3:::bucket/key:x",
      "arn:aws-cn:sqs:us-east-1:111122223333:q",
      "arn:aws:sqs",
      "arn:*:kms:*:${aws:PrincipalAccount}:key/*",
      "arn:aws:s3:${aws:Region, 'eu'}::b",
      "arn:aws:s3:::${aws:username}/${*}x${?}",
      "arn:aws:s3::${Account}:b",
      "arn:aws:s3:::home/${aws:PrincipalTag/team, 'a: b'}/*",
      "arn:a?s:iam::1"};
  return kArns;
}

constexpr std::string_view kArnCharacters = ":::*?$}{,' aws-/\xc3\n";

TEST(DocumentSecondMatcherTest, ResourcesWithoutVariables) {
  // G-33 to G-36, G-40: `${` is text in documents of the old version.
  const NearMisses texts(arns(), std::string(kArnCharacters));
  const std::string head = "\\*|arn:(?:aws|aws-[^:]+|[^:]*[*?][^:]*):[^:*?]*";
  const RE2 filled(head + "(?::.*)?", bytes());
  const RE2 complete(head + ":[^:]*:[^:]*:.*", bytes());
  const auto by_hand = [](PolicyType type) {
    return [type](std::string_view text) { return !detail::check_resource(text, type, false); };
  };
  compare(texts, by_hand(PolicyType::IdentityBased),
          [&](std::string_view text) { return matches(filled, text); });
  compare(texts, by_hand(PolicyType::ServiceControl),
          [&](std::string_view text) { return matches(complete, text); });
}

// A variable with a key of the given characters. Dollars and braces inside are left to other tests.
std::string variable(std::string_view key) {
  return "\\$\\{" + std::string(key) + "(?:, '[^'}${]*')?\\}";
}

constexpr std::string_view kKey = "[^$}{,' \\t\\r\\n]+";
constexpr std::string_view kKeyWithColon = "[^$}{,' \\t\\r\\n]*:[^$}{,' \\t\\r\\n]*";

// Dollars and braces that neither begin nor end a variable.
bool has_stray_dollar(std::string text) {
  static const RE2 kVariable("\\$\\{\\$\\}|\\$\\{");
  RE2::GlobalReplace(&text, kVariable, "");
  return text.find_first_of("${") != std::string::npos;
}

bool has_escape_with_default(std::string_view text) {
  static const RE2 kPattern("\\$\\{[*?], ", bytes());
  return occurs(kPattern, text);
}

TEST(DocumentSecondMatcherTest, Variables) {
  // V-1, V-5, V-6, V-7
  const NearMisses texts(
      {"${aws:username}", "a${*}b${?}", "x ${aws:a, 'b c'} y", "${$}", "${k, ''}", "$5"},
      "${}$,' *?a:\t\n");
  const RE2 good("(?:[^$]|\\$\\{\\$\\}|" + variable(kKey) + ")*", bytes());
  compare(
      texts, [](std::string_view text) { return !detail::check_variables_of(text); },
      [&good](std::string_view text) {
        return matches(good, text) && !has_escape_with_default(text);
      },
      has_stray_dollar);
}

TEST(DocumentSecondMatcherTest, ResourcesWithVariables) {
  // G-34, G-37
  const NearMisses texts(arns(), std::string(kArnCharacters));
  const std::string head = "\\*|arn:(?:aws|aws-[^:$]+|[^:$]*[*?][^:$]*):[^:*?$]*";
  const std::string inner = ":(?:[^:$]|" + variable(kKeyWithColon) + ")*";
  const std::string last = ":(?:[^$]|\\$\\{\\$\\}|" + variable(kKey) + ")*";
  const RE2 filled(head + "(?:" + inner + "(?:" + inner + "(?:" + last + ")?)?)?", bytes());
  const RE2 complete(head + inner + inner + last, bytes());
  const auto by_hand = [](PolicyType type) {
    return [type](std::string_view text) { return !detail::check_resource(text, type, true); };
  };
  const auto expected = [](const RE2& pattern) {
    return [&pattern](std::string_view text) {
      return matches(pattern, text) && !has_escape_with_default(text);
    };
  };
  compare(texts, by_hand(PolicyType::PermissionsBoundary), expected(filled), has_stray_dollar);
  compare(texts, by_hand(PolicyType::Session), expected(complete), has_stray_dollar);
}

TEST(DocumentSecondMatcherTest, ConditionOperators) {
  // G-57, G-58: letters fold as ASCII only.
  const NearMisses texts(
      {"StringEquals", "ForAllValues:StringLikeIfExists", "foranyvalue:NULL", "BoolIfExists",
       "NumericLessThanEquals", "ForAnyValue:ArnNotLike", "NotIpAddress", "DateEquals"},
      ":eEsSkK\xc5\xbf ");
  const RE2 good(
      "(?i)(?:(?:ForAllValues|ForAnyValue):)?(?:(?:"
      "String(?:Not)?(?:Equals(?:IgnoreCase)?|Like)"
      "|(?:Numeric|Date)(?:(?:Not)?Equals|(?:Less|Greater)Than(?:Equals)?)"
      "|Bool|BinaryEquals|(?:Not)?IpAddress|Arn(?:Not)?(?:Equals|Like))(?:IfExists)?|Null)",
      bytes());
  compare(
      texts,
      [](std::string_view text) {
        ConditionTest test;
        return !detail::parse_condition_operator(text, test);
      },
      [&good](std::string_view text) { return matches(good, text); });
}

TEST(DocumentSecondMatcherTest, ConditionKeysAndSids) {
  // G-59, G-18
  const NearMisses keys({"aws:SourceIp", "a:b", ":", "x", "accounts.google.com:aud", "a::b"},
                        "::a/");
  const RE2 key(".+:.+", bytes());
  compare(
      keys, [](std::string_view text) { return !detail::check_condition_key(text); },
      [&key](std::string_view text) { return matches(key, text); });
  const NearMisses sids({"AllowRead", "a1", "", "x y"}, "aZ09 -_\xc3\n");
  const RE2 sid("[A-Za-z0-9]*", bytes());
  compare(
      sids, [](std::string_view text) { return detail::is_plain_sid(text); },
      [&sid](std::string_view text) { return matches(sid, text); });
}

TEST(DocumentSecondMatcherTest, Principals) {
  // G-49 to G-52, P-10
  const NearMisses aws(
      {"*", "111122223333", "arn:aws:iam::111122223333:root", "arn:aws:iam::111122223333:user/Ann",
       "arn:aws-cn:iam::111122223333:role/path/Read.Only",
       "arn:aws:iam::111122223333:role/a+=,.@_-", "arn:aws:sts::111122223333:assumed-role/R/s",
       "AROAEXAMPLE1", "arn:aws:iam::1:group/g"},
      "19:/*?aZ_-.=@+, \xc3\n");
  const RE2 entry(
      "\\*|[0-9]{12}|(?:AIDA|AROA)[A-Z0-9]+|arn:aws(?:-[A-Za-z0-9-]+)?:(?:"
      "iam::[0-9]{12}:(?:root|(?:user|role)/(?:[!-)+->@-~]+/)?[A-Za-z0-9+=,.@_-]+)"
      "|sts::[0-9]{12}:assumed-role/[A-Za-z0-9+=,.@_-]+/[A-Za-z0-9+=,.@_-]+"
      "|sts::[0-9]{12}:federated-user/[A-Za-z0-9+=,.@_-]+"
      "|iam::cloudfront:user/CloudFront Origin Access Identity [A-Za-z0-9]+)",
      bytes());
  const auto by_hand = [](PrincipalKind kind) {
    return [kind](std::string_view text) { return !detail::check_principal(kind, text); };
  };
  const auto expected = [](const RE2& pattern) {
    return [&pattern](std::string_view text) { return matches(pattern, text); };
  };
  compare(aws, by_hand(PrincipalKind::Aws), expected(entry));
  const NearMisses services({"ec2.amazonaws.com", "s3", "a_b-c.D9"}, "aZ09._-:*/ \xc3");
  const RE2 service("[A-Za-z0-9._-]+", bytes());
  compare(services, by_hand(PrincipalKind::Service), expected(service));
  const NearMisses users({std::string(64, 'a'), std::string(62, '0') + "F9"}, "09afAFgG-");
  const RE2 user("[0-9A-Fa-f]{64}", bytes());
  compare(users, by_hand(PrincipalKind::CanonicalUser), expected(user));
}

bool is_value(ConditionOperator op, std::string_view text) {
  ConditionValue value;
  value.text = text;
  return !detail::check_condition_value(op, value, false);
}

TEST(DocumentSecondMatcherTest, TypedValues) {
  // G-62, C-64, C-65, C-67, C-68, C-69, C-69e
  const auto by_hand = [](ConditionOperator op) {
    return [op](std::string_view text) { return is_value(op, text); };
  };
  const auto expected = [](const RE2& pattern) {
    return [&pattern](std::string_view text) { return matches(pattern, text); };
  };
  const RE2 number("[+-]?[0-9]+(?:\\.[0-9]+)?", bytes());
  compare(NearMisses({"1", "-12.50", "+007", "0.0"}, "0123456789+-.e "),
          by_hand(ConditionOperator::NumericEquals), expected(number));

  const RE2 truth("(?i)true|false", bytes());
  compare(NearMisses({"true", "FALSE", "False"}, "trueTRUEfalsFALS 1\xc5\xbf"),
          by_hand(ConditionOperator::Null), expected(truth));

  const RE2 binary("(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?", bytes());
  compare(NearMisses({"", "QQ==", "QUI=", "QUJD", "QUJDQUI="}, "QA+/=-_ "),
          by_hand(ConditionOperator::BinaryEquals), expected(binary));

  const RE2 arn("\\*|(?:[^:]*:){5}.*", bytes());
  compare(NearMisses({"*", "arn:aws:s3:::b", "a:b:c:d:e:f:g", "arn:aws:s3"}, "::*a"),
          by_hand(ConditionOperator::ArnLike), expected(arn));

  const std::string octet = "(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])";
  const RE2 ip("(?:" + octet + "\\.){3}" + octet + "(?:/(?:3[0-2]|[12]?[0-9]))?", bytes());
  compare(
      NearMisses({"10.0.0.0/8", "203.0.113.255", "0.0.0.0/0", "192.168.1.1/32"}, "0123456789./ "),
      by_hand(ConditionOperator::IpAddress), expected(ip));

  // The 29th of February is tested day by day elsewhere.
  const std::string day =
      "(?:02-(?:0[1-9]|1[0-9]|2[0-8])|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)"
      "|(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01]))";
  const std::string clock = "(?:[01][0-9]|2[0-3]):[0-5][0-9]";
  const RE2 date("[0-9]{5,}|[0-9]{4}(?:-(?:0[1-9]|1[0-2])|-" + day + "(?:T" + clock +
                     "(?::[0-5][0-9](?:\\.[0-9]+)?)?(?:Z|[+-]" + clock + "))?)?",
                 bytes());
  const RE2 leap_day("^[0-9]{4}-02-29", bytes());
  compare(NearMisses({"2020", "2020-02", "2020-12-31", "2020-11-30T23:59Z",
                      "1999-04-30T00:00:00+05:30", "2020-02-28T12:00:59.5-08:00", "1600000000"},
                     "0123456789-:TZtz+. "),
          by_hand(ConditionOperator::DateEquals), expected(date),
          [&leap_day](std::string_view text) { return occurs(leap_day, text); });
}

}  // namespace
}  // namespace writ::test
