#include "differential/world.h"

#include <variant>

namespace writ::differential {
namespace {

using reference::Principal;
using reference::Question;

constexpr char kCanonical[] = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

Question caller(Principal::Kind kind, const char* id, const char* role_arn = nullptr,
                const char* issuer = nullptr) {
  Question question;
  question.principal = {kind, id};
  if (role_arn != nullptr) question.role_arn = role_arn;
  if (issuer != nullptr) question.issuer = issuer;
  return question;
}

std::string make_action(Random& random, bool trust) {
  if (trust) {
    return "sts:" + random.pick({"AssumeRole", "AssumeRole", "AssumeRoleWithSAML",
                                 "AssumeRoleWithWebIdentity", "TagSession", "SetSourceIdentity",
                                 "AssumeRoot", "GetFederationToken"});
  }
  const std::string service = random.pick({"s3", "s3", "sqs", "kms", "iam", "sts", "s", "x-y"});
  if (service == "kms" && random.chance(70)) {
    return "kms:" + random.pick({"Decrypt", "RetireGrant", "CreateGrant"});
  }
  if (service == "sts") return "sts:" + random.pick({"AssumeRole", "TagSession"});
  return service + ":" +
         random.pick({"GetObject", "GetObjectAcl", "GetObjectTagging", "PutObject", "Get", "Ge",
                      "ListBucket", "A", "AA", "AB", "Do_It", "get-object"});
}

std::string make_resource(Random& random, bool trust) {
  if (random.chance(6)) return "*";
  const std::string partition = random.chance(92) ? "aws" : "aws-cn";
  if (trust) {
    return "arn:" + partition + ":iam::" + random.pick({"111122223333", "444455556666"}) +
           ":role/" +
           random.pick({"App", "App", "path/App", "app", "Ap", "aws-service-role/x.com/Linked"});
  }
  const std::string service = random.pick({"s3", "s3", "sqs", "kms", "iam", "logs", "s", ""});
  const std::string region = random.pick({"", "", "us-east-1", "us-east-2", "eu-west-1", "us"});
  const std::string account =
      random.pick({"", "", "111122223333", "111122223333", "444455556666", "12"});
  std::string resource = random.pick({"b",
                                      "b",
                                      "b/k",
                                      "b/k",
                                      "b/k/x",
                                      "b//k",
                                      "b/",
                                      "",
                                      "a:b",
                                      "b:x:y",
                                      ":b",
                                      "b:",
                                      "::",
                                      "b/*",
                                      "b/?",
                                      "b/k*",
                                      "user/Alice",
                                      "user/path/Alice",
                                      "log-group:foo:*",
                                      "log-group:foo",
                                      "ab/ac",
                                      "aaaaaaab",
                                      "aXbXc",
                                      "b/${aws:username}",
                                      "b/Alice/f",
                                      "b/\xc3\xa9/k",
                                      "B/k",
                                      "q"});
  if (service == "kms")
    resource = random.pick({"key/1", "key/", "key/1:2", "alias/key/1", "Key/1"});
  if (service == "iam" && random.chance(50)) {
    resource = random.pick({"role/App", "role/path/App", "role/aws-service-role/x.com/Linked"});
  }
  return "arn:" + partition + ":" + service + ":" + region + ":" + account + ":" + resource;
}

const std::vector<std::string>& values_of(ValueKind kind) {
  static const std::vector<std::string> kText = {
      "",       "",         "a",     "a",    "A",         "ab",           "abc",      "aXbXc",
      "a*",     "a?c",      "*",     "b",    "b/k",       "x:y",          "\xc3\xa9", "\xc3\x89",
      "Alice",  "Alice",    "alice", "team", "us-east-1", "111122223333", "k",        "$",
      "${k:s}", "aaaaaaab", "a\nb"};
  static const std::vector<std::string> kNumber = {"0",
                                                   "-0",
                                                   "+0",
                                                   "0.0",
                                                   "1",
                                                   "1.0",
                                                   "01",
                                                   "+1",
                                                   "10",
                                                   "9",
                                                   "-1",
                                                   "-1.5",
                                                   "-1.50",
                                                   "1.5",
                                                   "0.1",
                                                   "0.10",
                                                   "9007199254740993",
                                                   "9007199254740992",
                                                   "18446744073709551616",
                                                   "-18446744073709551617",
                                                   "99999999999999999999.00000000000000000001"};
  static const std::vector<std::string> kDate = {"2020",
                                                 "2020-01",
                                                 "2020-01-01",
                                                 "2020-01-01T00:00:00Z",
                                                 "2020-01-01T00:00Z",
                                                 "2020-01-01T01:00:00+01:00",
                                                 "2019-12-31T19:00:00-05:00",
                                                 "2019-12-31T23:59:59.999Z",
                                                 "2020-01-01T00:00:00.5Z",
                                                 "2020-01-01T00:00:00.50Z",
                                                 "2020-01-01T00:00:00.000000000001Z",
                                                 "1577836800",
                                                 "01577836800",
                                                 "1577836799",
                                                 "1577836801",
                                                 "99999",
                                                 "10000",
                                                 "2020-02-29",
                                                 "0000",
                                                 "9999-12-31T23:59:59Z",
                                                 "0000-01-01T00:00:00+23:59",
                                                 "99999999999999999999",
                                                 "1969-12-31T23:59:59Z",
                                                 "1970",
                                                 "00000",
                                                 "2000-02-29T12:00Z",
                                                 "253402300799"};
  static const std::vector<std::string> kBool = {"true", "true", "TRUE", "false", "false", "False"};
  static const std::vector<std::string> kBinary = {"",     "QQ==", "QR==", "QUI=", "QUJ=", "QUJD",
                                                   "Zm9v", "+/+/", "////", "AAAA", "AA=="};
  static const std::vector<std::string> kIp = {"10.0.0.1",
                                               "10.0.0.1",
                                               "10.0.0.255",
                                               "10.0.1.1",
                                               "11.0.0.1",
                                               "::1",
                                               "::",
                                               "::ffff:10.0.0.1",
                                               "::FFFF:a00:1",
                                               "2001:db8::1",
                                               "2001:DB8:0:0:0:0:0:1",
                                               "2001:db8:8000::1",
                                               "0.0.0.0",
                                               "255.255.255.255",
                                               "1:2:3:4:5:6:7::",
                                               "::2:3:4:5:6:7:8",
                                               "1:2:3:4:5:6:1.2.3.4",
                                               "::fffe:10.0.0.1",
                                               "::10.0.0.1"};
  static const std::vector<std::string> kArn = {"arn:aws:s3:::b",
                                                "arn:aws:s3:::b",
                                                "arn:aws:s3:::b:c",
                                                "arn:aws:s3:::",
                                                "arn:aws:s3:us-east-1:111122223333:a/b",
                                                "arn:aws:iam::111122223333:role/App",
                                                "arn:aws:iam::111122223333:role/path/App",
                                                "arn:aws-cn:s3:::b",
                                                "arn:aws:s3:::ab/ac"};
  switch (kind) {
    case ValueKind::Text:
      return kText;
    case ValueKind::Number:
      return kNumber;
    case ValueKind::Date:
      return kDate;
    case ValueKind::Bool:
      return kBool;
    case ValueKind::Binary:
      return kBinary;
    case ValueKind::Ip:
      return kIp;
    case ValueKind::Arn:
      return kArn;
  }
  return kText;
}

// Values that look like one of the type and are none.
const std::vector<std::string>& near_misses_of(ValueKind kind) {
  static const std::vector<std::string> kNone = {""};
  static const std::vector<std::string> kNumber = {"",  "abc", "1e3",  " 1",    "1 ",  ".5",   "5.",
                                                   "+", "--1", "0x10", "1,000", "NaN", "1.2.3"};
  static const std::vector<std::string> kDate = {"",
                                                 "123",
                                                 "2020-02-30",
                                                 "2019-02-29",
                                                 "2020-13",
                                                 "2020-00",
                                                 "2020-01-00",
                                                 "2020-1-1",
                                                 "2020-01-01T00:00:60Z",
                                                 "2020-01-01t00:00:00Z",
                                                 "2020-01-01T00:00:00z",
                                                 "-1577836800",
                                                 "2020-01-01T00:00:00",
                                                 "1577836800.5",
                                                 "2020-01-01T24:00:00Z",
                                                 "2020-01-01T00:60Z",
                                                 "2020-01-01T00Z",
                                                 "2020-01T00:00Z",
                                                 "2020-01-01T00:00:00.Z",
                                                 "2020-01-01T00:00:00+0100",
                                                 "2020-01-01T00:00:00+24:00",
                                                 "2020-01-01T00:00:00+01:60",
                                                 "2020-01-01 00:00:00Z",
                                                 "+2020",
                                                 "1900-02-29",
                                                 "2020-01-01Z",
                                                 "20200-01-01"};
  static const std::vector<std::string> kBool = {"", "1", "yes", "tru", "true ", "truefalse"};
  static const std::vector<std::string> kBinary = {
      "Q===", "QQ=", "QQ", "QQ= ", "-_==", "=QQ=", "QQ==QQ==", "====", "Q Q=", "Q=Q="};
  static const std::vector<std::string> kIp = {"",
                                               "10.0.0.01",
                                               "10.0.0",
                                               "10.0.0.1.1",
                                               "10.0.0.256",
                                               "fe80::1%eth0",
                                               "1::2::3",
                                               "1:2:3:4:5:6:7:8::",
                                               "1:2:3:4:5:6:7",
                                               "1:2:3:4:5:6:7:8:9",
                                               "::12345",
                                               "::ffff:10.0.0.01",
                                               "10.0.0.1:80",
                                               "[::1]",
                                               " 10.0.0.1",
                                               ":::",
                                               ":1:2:3:4:5:6:7",
                                               "1:2:3:4:5:6:7:",
                                               "1.2.3.4::",
                                               "::1.2.3.4:1",
                                               "10.0.0.1/",
                                               "10.0.0.1/33",
                                               "10.0.0.1/024",
                                               "::1/129",
                                               "::1/-1"};
  static const std::vector<std::string> kArn = {
      "", "x", "arn:aws:s3", "arn:aws:s3::b", "ARN:aws:s3:::b", "a:b:c:d:e:f"};
  switch (kind) {
    case ValueKind::Text:
      return kNone;
    case ValueKind::Number:
      return kNumber;
    case ValueKind::Date:
      return kDate;
    case ValueKind::Bool:
      return kBool;
    case ValueKind::Binary:
      return kBinary;
    case ValueKind::Ip:
      return kIp;
    case ValueKind::Arn:
      return kArn;
  }
  return kNone;
}

}  // namespace

World make_world(Random& random, std::size_t size) {
  World world;
  world.trust = random.chance(15);
  for (std::size_t i = 0; i < size; ++i) {
    world.actions.push_back(make_action(random, world.trust));
    world.resources.push_back(make_resource(random, world.trust));
    // Neighbours of what is there already.
    if (random.chance(30) && !world.trust) {
      world.resources.push_back(misspell(random, world.resources.back(), 11));
    }
  }
  const std::size_t count = random.between(1, 3);
  for (std::size_t i = 0; i < count; ++i) {
    // The first four are ordinary callers with an account: they meet more rules. The last three
    // are no callers at all.
    const auto& known = all_callers();
    std::size_t which = random.chance(35) ? random.below(4) : random.below(known.size());
    if (which + 3 >= known.size() && random.chance(80)) which = 0;
    world.callers.push_back(known[which]);
  }
  return world;
}

const std::vector<Question>& all_callers() {
  using Kind = Principal::Kind;
  static const std::vector<Question> kCallers = {
      caller(Kind::Arn, "arn:aws:iam::111122223333:user/Alice"),
      caller(Kind::Arn, "arn:aws:sts::111122223333:assumed-role/App/s1"),
      caller(Kind::Arn, "arn:aws:sts::111122223333:assumed-role/App/s1",
             "arn:aws:iam::111122223333:role/path/App"),
      caller(Kind::Arn, "arn:aws:iam::111122223333:root"),
      caller(Kind::Arn, "arn:aws:iam::111122223333:user/path/Alice"),
      caller(Kind::Arn, "arn:aws:iam::111122223333:user/Bob"),
      caller(Kind::Arn, "arn:aws:sts::111122223333:assumed-role/App/s2",
             "arn:aws:iam::111122223333:role/App"),
      caller(Kind::Arn, "arn:aws:iam::111122223333:role/App"),
      caller(Kind::Arn, "arn:aws:iam::111122223333:role/path/App"),
      caller(Kind::Arn, "arn:aws:iam::444455556666:root"),
      caller(Kind::Arn, "arn:aws:iam::444455556666:user/Alice"),
      caller(Kind::Arn, "arn:aws:sts::444455556666:assumed-role/App/s1"),
      caller(Kind::Arn, "arn:aws:sts::111122223333:federated-user/Al", nullptr,
             "arn:aws:iam::111122223333:user/Alice"),
      caller(Kind::Arn, "arn:aws:sts::111122223333:federated-user/Al", nullptr,
             "arn:aws:iam::111122223333:root"),
      caller(Kind::Arn, "arn:aws:sts::111122223333:federated-user/Al"),
      caller(Kind::Arn, "arn:aws-cn:iam::111122223333:user/Alice"),
      caller(Kind::Arn, "arn:aws:sts::111122223333:assumed-role/Linked/s1",
             "arn:aws:iam::111122223333:role/aws-service-role/x.com/Linked"),
      caller(Kind::Arn, "arn:aws:iam::111122223333:role/aws-service-role/x.com/Linked"),
      caller(Kind::Service, "sns.amazonaws.com"),
      caller(Kind::Service, "s3.amazonaws.com"),
      caller(Kind::Service, "s3.ap-east-1.amazonaws.com"),
      caller(Kind::Federated, "accounts.google.com"),
      caller(Kind::Federated, "arn:aws:iam::111122223333:saml-provider/P"),
      caller(Kind::CanonicalUser, kCanonical),
      caller(Kind::Anonymous, ""),
      // No callers at all (P-1).
      caller(Kind::Arn, "arn:aws:iam::11112222333:user/Alice"),
      caller(Kind::Arn, "arn:aws:iam::111122223333:group/G"),
      caller(Kind::Arn, "arn:aws:sts::111122223333:assumed-role/App"),
  };
  return kCallers;
}

const std::vector<std::string>& aws_principals() {
  static const std::vector<std::string> kPrincipals = {
      "*",
      "111122223333",
      "444455556666",
      "arn:aws:iam::111122223333:root",
      "arn:aws-cn:iam::111122223333:root",
      "arn:aws:iam::444455556666:root",
      "arn:aws:iam::111122223333:user/Alice",
      "arn:aws:iam::111122223333:user/path/Alice",
      "arn:aws:iam::111122223333:user/Bob",
      "arn:aws:iam::111122223333:user/alice",
      "arn:aws:iam::444455556666:user/Alice",
      "arn:aws-cn:iam::111122223333:user/Alice",
      "arn:aws:iam::111122223333:role/App",
      "arn:aws:iam::111122223333:role/path/App",
      "arn:aws:iam::111122223333:role/other/App",
      "arn:aws:iam::444455556666:role/App",
      "arn:aws-cn:iam::111122223333:role/App",
      "arn:aws:iam::111122223333:role/aws-service-role/x.com/Linked",
      "arn:aws:sts::111122223333:assumed-role/App/s1",
      "arn:aws:sts::111122223333:assumed-role/App/s2",
      "arn:aws:sts::444455556666:assumed-role/App/s1",
      "arn:aws:sts::111122223333:federated-user/Al",
      "arn:aws:sts::111122223333:federated-user/Bo",
      "AIDAALICE",
      "AIDABOB",
      "AROAAPP",
      "arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity E1",
  };
  return kPrincipals;
}

const std::vector<std::string>& service_principals() {
  static const std::vector<std::string> kServices = {
      "sns.amazonaws.com", "s3.amazonaws.com", "s3.ap-east-1.amazonaws.com", "S3.amazonaws.com"};
  return kServices;
}

const std::vector<std::string>& providers() {
  static const std::vector<std::string> kProviders = {
      "accounts.google.com", "graph.facebook.com", "arn:aws:iam::111122223333:saml-provider/P",
      "arn:aws:iam::111122223333:oidc-provider/idp.example.com/x", "idp.example.com/x"};
  return kProviders;
}

const std::vector<std::string>& canonical_ids() {
  static const std::vector<std::string> kIds = {
      kCanonical, "0123456789ABCDEF0123456789ABCDEF0123456789ABCDEF0123456789ABCDEF",
      "1123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"};
  return kIds;
}

const std::vector<std::string>& condition_keys() {
  static const std::vector<std::string> kKeys = {
      "k:s",   "k:s",       "k:t",         "k:n",
      "k:d",   "k:b",       "k:ip",        "k:arn",
      "k:bin", "k:list",    "aws:TagKeys", "aws:username",
      "k:x/y", "s3:prefix", "aws:userid",  "aws:PrincipalTag/team:a/b"};
  return kKeys;
}

ValueKind usual_kind(const std::string& key) {
  if (key == "k:n") return ValueKind::Number;
  if (key == "k:d") return ValueKind::Date;
  if (key == "k:b") return ValueKind::Bool;
  if (key == "k:bin") return ValueKind::Binary;
  if (key == "k:ip") return ValueKind::Ip;
  if (key == "k:arn") return ValueKind::Arn;
  return ValueKind::Text;
}

std::string request_value(Random& random, const World& world, ValueKind kind) {
  if (kind == ValueKind::Arn && random.chance(40)) return random.pick(world.resources);
  if (kind != ValueKind::Text && random.chance(12)) return random.pick(near_misses_of(kind));
  if (random.chance(4)) {
    return random.pick(values_of(static_cast<ValueKind>(random.below(7))));
  }
  return random.pick(values_of(kind));
}

std::string policy_value(Random& random, const World& world, ValueKind kind) {
  if (kind != ValueKind::Text && random.chance(1)) return random.pick(near_misses_of(kind));
  if (kind == ValueKind::Ip) {
    if (random.chance(60)) {
      return random.pick({"10.0.0.0/24", "10.0.0.0/8", "10.0.0.9/31", "0.0.0.0/0", "10.0.0.1/32",
                          "::/0", "::ffff:0:0/96", "::ffff:10.0.0.0/120", "::ffff:10.0.0.0/95",
                          "::ffff:0:0/0", "2001:db8::/32", "2001:DB8::/33", "::1/128", "::/1",
                          "::ffff:10.0.0.1/128", "10.0.0.254/25"});
    }
  }
  if (kind == ValueKind::Arn && random.chance(30)) {
    const std::string& resource = random.pick(world.resources);
    if (resource != "*") return resource;
  }
  return random.pick(values_of(kind));
}

std::string flip_case(Random& random, std::string text) {
  const std::size_t one_in = random.between(2, 6);
  for (char& c : text) {
    if (random.below(one_in) != 0) continue;
    if (c >= 'a' && c <= 'z') {
      c = static_cast<char>(c - 'a' + 'A');
    } else if (c >= 'A' && c <= 'Z') {
      c = static_cast<char>(c - 'A' + 'a');
    }
  }
  return text;
}

namespace {
// Bytes in the middle of a character are no place to cut at.
bool is_inside_character(const std::string& text, std::size_t at) {
  return at < text.size() && (static_cast<unsigned char>(text[at]) & 0xc0U) == 0x80;
}
}  // namespace

std::string wildcardize(Random& random, std::string text, std::size_t keep) {
  const std::size_t times = random.chance(70) ? 1 : random.between(2, 5);
  for (std::size_t i = 0; i < times && text.size() > keep; ++i) {
    const std::size_t begin = random.between(keep, text.size());
    const std::size_t longest = text.size() - begin;
    std::size_t length = longest == 0 ? 0 : random.below(longest + 1);
    if (random.chance(50)) length = length < 3 ? length : length % 3;
    if (random.chance(25)) length = longest;
    if (is_inside_character(text, begin) || is_inside_character(text, begin + length)) continue;
    std::string wild = random.pick({"*", "*", "*", "*", "?", "?", "**", "*?", "?*", "*?*"});
    if (random.chance(25)) {
      wild = std::string(length, '?');
      if (random.chance(15)) wild += '?';
    }
    if (random.chance(10)) wild += text.substr(begin, length) + "*";
    text = text.substr(0, begin) + wild + text.substr(begin + length);
  }
  return text;
}

std::string misspell(Random& random, std::string text, std::size_t keep) {
  if (text.size() <= keep) return text;
  const std::size_t at = random.between(keep, text.size() - 1);
  if (is_inside_character(text, at) || is_inside_character(text, at + 1)) return text;
  switch (random.below(3)) {
    case 0:
      return text.substr(0, at) + random.pick({"a", "b", "/", ":", "-", "1"}) + text.substr(at);
    case 1:
      return text.substr(0, at) + text.substr(at + 1);
    default:
      return text.substr(0, at) + random.pick({"a", "B", "x", "0"}) + text.substr(at + 1);
  }
}

std::string variable(Random& random) {
  if (random.chance(15)) return random.pick({"${*}", "${?}", "${$}"});
  if (random.chance(3)) {
    return random.pick({"${k:s", "${}", "${k s}", "${k:s,'x'}", "${k:s, x}", "${k:s, 'x}",
                        "${a${k:s}}", "${k:s, 'a'b'}", "${, 'x'}", "$", "$x", "$$", "}"});
  }
  std::string key = random.chance(4) ? "plain" : random.pick(condition_keys());
  if (random.chance(8)) key = "k:none";
  if (random.chance(15)) key = flip_case(random, key);
  if (random.chance(25)) {
    return "${" + key + ", '" + random.pick({"", "a", "Alice", "b", "*", "a?c", "x:y", "b/k"}) +
           "'}";
  }
  return "${" + key + "}";
}

}  // namespace writ::differential
