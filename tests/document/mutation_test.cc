// Documents with random damage: nothing crashes, both modes of the reader agree, and what still
// loads is written, read and compiled as before.
#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

#include "support/documents.h"
#include "support/refusals.h"
#include "writ/impl/policy_reader.h"
#include "writ/policy_set.h"
#include "writ/write.h"

namespace writ::test {
namespace {

const std::vector<std::string>& seeds() {
  static const std::vector<std::string> kSeeds = {
      R"({"Version":"2012-10-17","Id":"x","Statement":[{"Sid":"One","Effect":"Allow",
        "Action":["s3:Get*","s3:List?x"],"Resource":"arn:aws:s3:::b/${aws:username, 'x'}/*",
        "Condition":{"StringLike":{"s3:prefix":["","home/*"]},"Bool":{"aws:SecureTransport":true},
        "ForAllValues:StringEqualsIfExists":{"aws:TagKeys":[]},"NumericLessThan":{"k:n":[1.5,"2"]},
        "IpAddress":{"aws:SourceIp":"10.0.0.0/8"},"DateLessThan":{"k:d":["2020-01-01",1600000000]},
        "ArnLike":{"k:a":"arn:aws:*:*:*:*"},"BinaryEquals":{"k:b":"QQ=="},"Null":{"k:z":"false"}}},
        {"Effect":"Deny","NotAction":"iam:*","NotResource":["arn:aws:sqs","*"]}]})",
      R"({"Statement":{"Effect":"Deny","NotPrincipal":{"AWS":["111122223333",
        "arn:aws:iam::111122223333:user/Bob"],"Service":"ec2.amazonaws.com"},"Action":"*",
        "Resource":"*"}})",
      R"({"Version":"2008-10-17","Statement":[{"Effect":"Allow","Principal":{"Federated":
        "accounts.google.com"},"Action":"sts:AssumeRoleWithWebIdentity","Condition":{}}]})",
      R"({"Version":"2012-10-17","Statement":[{"Sid":"a b","Effect":"Deny","Principal":"*",
        "Action":["s3:*"],"Resource":"*"}]})",
  };
  return kSeeds;
}

std::string damaged(std::mt19937& random) {
  static const std::string kPieces[] = {"{",
                                        "}",
                                        "[",
                                        "]",
                                        ",",
                                        ":",
                                        "\"",
                                        "null",
                                        "true",
                                        "1",
                                        "-1e9",
                                        "\\u0000",
                                        "\\ud800",
                                        "${",
                                        "}",
                                        "*",
                                        "?",
                                        "arn:",
                                        "\"Effect\"",
                                        "[]",
                                        "{}",
                                        "\"Allow\"",
                                        "\n",
                                        "\xc3\xa9",
                                        "\xff",
                                        "\\",
                                        " ",
                                        "\"Resource\":\"*\",",
                                        "\"Principal\":\"*\",",
                                        "\"Action\":\"*\","};
  std::string text = seeds()[random() % seeds().size()];
  for (std::size_t edits = random() % 4; edits > 0; --edits) {
    const std::size_t at = random() % (text.size() + 1);
    switch (random() % 4) {
      case 0:
        text.erase(at, random() % 12);
        break;
      case 1:
        text.insert(at, kPieces[random() % std::size(kPieces)]);
        break;
      case 2:
        text.insert(at, text.substr(random() % text.size(), random() % 40));
        break;
      default:
        if (at < text.size()) text[at] = static_cast<char>(32 + random() % 95);
    }
  }
  return text;
}

TEST(DocumentMutationTest, DamagedTextsAreReadOrRefusedAlike) {
  // G-1 to G-62: whatever the text, the answer has the same form.
  std::mt19937 random(20081017);
  int loaded = 0;
  for (int i = 0; i < 40'000; ++i) {
    const std::string text = damaged(random);
    const auto type = static_cast<PolicyType>(random() % kPolicyTypeCount);
    SCOPED_TRACE(text);
    const Result<PolicyDocument> document = parse_policy(text, type);
    Result<detail::JsonTree> tree = detail::JsonTree::parse(text);
    if (!tree) {
      ASSERT_FALSE(document);
      ASSERT_EQ(document.error().to_string(), tree.error().to_string());
      continue;
    }
    PolicyReader reader(std::move(tree).value(), type, {}, PolicyReader::Mode::CollectAll);
    reader.read();
    ASSERT_EQ(document.has_value(), reader.refusals().empty());
    for (const PolicyError& error : reader.refusals()) {
      ASSERT_FALSE(error.rule.empty() || error.message.empty());
      ASSERT_EQ(error.position, place_of(text, error.position.offset));
    }
    if (!document) {
      ASSERT_EQ(document.error().to_string(), reader.refusals().front().to_string());
      (void)write_policy(reader.take_document());
      continue;
    }
    ++loaded;
    const std::string written = write_policy(*document);
    const Result<PolicyDocument> again = parse_policy(written, type);
    ASSERT_TRUE(again) << again.error().to_string() << "\n" << written;
    ASSERT_EQ(difference(*document, *again), "") << written;
    ASSERT_EQ(write_policy(*again), written);
    PolicySetBuilder builder(type);
    ASSERT_TRUE(builder.attach("damaged", *document).build());
  }
  EXPECT_GT(loaded, 1'000);
}

}  // namespace
}  // namespace writ::test
