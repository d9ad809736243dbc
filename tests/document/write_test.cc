// write_policy: canonical text that says the same and stays the same.
#include "writ/write.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "support/corpus.h"
#include "support/documents.h"
#include "writ/parse.h"
#include "writ/policy_set.h"

namespace writ::test {
namespace {

using ::testing::HasSubstr;

std::string write(std::string_view text, PolicyType type) {
  const Result<PolicyDocument> document = parse_policy(text, type);
  EXPECT_TRUE(document) << (document ? std::string() : document.error().to_string()) << "\n"
                        << text;
  return document ? write_policy(*document) : std::string();
}

// The compiled document, without the places that its statements come from.
std::string dump(const PolicyDocument& document) {
  PolicySetBuilder builder(document.type());
  const Result<PolicySet> set = builder.attach("policy", document).build();
  EXPECT_TRUE(set) << (set ? std::string() : set.error().to_string());
  if (!set) return {};
  std::istringstream lines(set->dump());
  std::string text;
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("statement ")) line.erase(line.rfind(" at "));
    text += line + "\n";
  }
  return text;
}

// Writing gives the same meaning, and writing that gives the same text.
void expect_round_trip(std::string_view text, PolicyType type) {
  const Result<PolicyDocument> document = parse_policy(text, type);
  ASSERT_TRUE(document) << document.error().to_string() << "\n" << text;
  const std::string written = write_policy(*document);
  const Result<PolicyDocument> again = parse_policy(written, type);
  ASSERT_TRUE(again) << again.error().to_string() << "\n" << written;
  EXPECT_EQ(difference(*document, *again), "") << written;
  EXPECT_EQ(write_policy(*again), written);
  const std::string program = dump(*document);
  EXPECT_FALSE(program.empty());
  EXPECT_EQ(dump(*again), program) << written;
}

TEST(DocumentWriteTest, MembersComeInTheOrderOfTheGrammar) {
  // G-7, G-9: any order goes in, one order comes out; a list of one is its element.
  EXPECT_EQ(write(R"({"Statement":{"Condition":{"Bool":{"aws:SecureTransport":[true]}},
      "Resource":["arn:aws:s3:::b"],"Action":["s3:GetObject","s3:PutObject"],
      "Principal":{"AWS":["111122223333"]},"Effect":"Deny","Sid":"One"},
      "Id":"policy","Version":"2012-10-17"})",
                  PolicyType::ResourceBased),
            R"({
  "Version": "2012-10-17",
  "Id": "policy",
  "Statement": [
    {
      "Sid": "One",
      "Effect": "Deny",
      "Principal": {
        "AWS": "111122223333"
      },
      "Action": [
        "s3:GetObject",
        "s3:PutObject"
      ],
      "Resource": "arn:aws:s3:::b",
      "Condition": {
        "Bool": {
          "aws:SecureTransport": true
        }
      }
    }
  ]
})");
}

TEST(DocumentWriteTest, NegatedElementsKeepTheirNames) {
  EXPECT_EQ(write(R"({"Version":"2008-10-17","Statement":[{"NotResource":["arn:aws:s3:::a",
      "arn:aws:s3:::b"],"NotAction":"s3:*","NotPrincipal":{"Service":"ec2.amazonaws.com",
      "AWS":["111122223333","444455556666"]},"Effect":"Deny"}]})",
                  PolicyType::ResourceBased),
            R"({
  "Version": "2008-10-17",
  "Statement": [
    {
      "Effect": "Deny",
      "NotPrincipal": {
        "Service": "ec2.amazonaws.com",
        "AWS": [
          "111122223333",
          "444455556666"
        ]
      },
      "NotAction": "s3:*",
      "NotResource": [
        "arn:aws:s3:::a",
        "arn:aws:s3:::b"
      ]
    }
  ]
})");
}

TEST(DocumentWriteTest, EmptyListsAndObjectsAreKept) {
  // G-26, G-39, G-48, G-56, C-45: they load, and they mean something else than their absence.
  EXPECT_EQ(write(R"({"Statement":[{"Effect":"Allow","Principal":{},"Action":[],"Resource":[],
      "Condition":{}},{"Effect":"Allow","Principal":{"AWS":[]},"Action":"*",
      "Condition":{"StringEquals":{"a:b":[]}}}]})",
                  PolicyType::ResourceBased),
            R"({
  "Statement": [
    {
      "Effect": "Allow",
      "Principal": {},
      "Action": [],
      "Resource": [],
      "Condition": {}
    },
    {
      "Effect": "Allow",
      "Principal": {
        "AWS": []
      },
      "Action": "*",
      "Condition": {
        "StringEquals": {
          "a:b": []
        }
      }
    }
  ]
})");
}

TEST(DocumentWriteTest, EveryoneStaysAString) {
  // P-28: `"*"` and `{"AWS": "*"}` are not the same.
  EXPECT_THAT(write(R"({"Statement":{"Effect":"Allow","Principal":"*","Action":"*"}})",
                    PolicyType::ResourceBased),
              HasSubstr(R"("Principal": "*")"));
  EXPECT_THAT(write(R"({"Statement":{"Effect":"Allow","Principal":{"AWS":"*"},"Action":"*"}})",
                    PolicyType::ResourceBased),
              HasSubstr(R"("AWS": "*")"));
}

TEST(DocumentWriteTest, ConditionValuesKeepTheirSpelling) {
  // G-60: numbers and booleans are values of their own kind, and `1.50` is not `1.5`.
  const std::string text =
      write(R"({"Statement":{"Effect":"Deny","Action":"*","Resource":"*","Condition":{
      "NumericEquals":{"a:n":[1.50,"1.50",-0,100000000000000000000000000]},
      "Bool":{"a:b":[true,"TRUE",false]},
      "StringEquals":{"a:s":[1e400,-1.5E+3,true]}}}})",
            PolicyType::IdentityBased);
  EXPECT_THAT(text, HasSubstr("          \"a:n\": [\n            1.50,\n            \"1.50\",\n"
                              "            -0,\n            100000000000000000000000000\n"
                              "          ]\n"));
  EXPECT_THAT(text, HasSubstr("true,\n            \"TRUE\",\n            false\n"));
  EXPECT_THAT(text, HasSubstr("1e400,\n            -1.5E+3,\n            true\n"));
}

TEST(DocumentWriteTest, OperatorsAndKeysStayAsSpelledAndTogether) {
  // G-57, C-10, C-21: letter case is kept, and so are two objects of one operator.
  EXPECT_EQ(write(R"({"Statement":{"Effect":"Deny","Action":"*","Resource":"*","Condition":{
      "forallvalues:stringlikeIFEXISTS":{"AWS:TagKeys":["a","b*"],"aws:x":"c"},
      "StringEquals":{"k:a":"1"},"stringequals":{"k:b":"2"},
      "ForAnyValue:Null":{"k:c":"true"}}}})",
                  PolicyType::IdentityBased),
            R"({
  "Statement": [
    {
      "Effect": "Deny",
      "Action": "*",
      "Resource": "*",
      "Condition": {
        "forallvalues:stringlikeIFEXISTS": {
          "AWS:TagKeys": [
            "a",
            "b*"
          ],
          "aws:x": "c"
        },
        "StringEquals": {
          "k:a": "1"
        },
        "stringequals": {
          "k:b": "2"
        },
        "ForAnyValue:Null": {
          "k:c": "true"
        }
      }
    }
  ]
})");
}

TEST(DocumentWriteTest, StringsAreEscapedNoMoreThanJsonDemands) {
  // G-1, G-18: Sids of resource policies are any string.
  EXPECT_THAT(
      write(R"({"Id":"","Statement":{"Sid":"\u0000\u001f\b\t\n\f\r\"\\\/\u007f\u00e9中\ud83d\ude00",
      "Effect":"Deny","Principal":"*","Action":"*"}})",
            PolicyType::ResourceBased),
      HasSubstr("\"Sid\": \"\\u0000\\u001f\\b\\t\\n\\f\\r\\\"\\\\/\x7f\xc3\xa9\xe4\xb8\xad"
                "\xf0\x9f\x98\x80\","));
}

TEST(DocumentWriteTest, WritingIsStableAndKeepsTheMeaning) {
  constexpr std::string_view kTrue = R"("Effect":"Allow","Action":"*","Resource":"*")";
  const std::string texts[] = {
      "{\"Statement\":{" + std::string(kTrue) + "}}",
      "{\"Statement\":[{" + std::string(kTrue) + "}],\"Id\":\"\"}",
      "{\"Version\":\"2012-10-17\",\"Statement\":[{" + std::string(kTrue) + "},{\"Sid\":\"\"," +
          std::string(kTrue) + "},{\"Sid\":\"A1\"," + std::string(kTrue) + "}]}",
      R"({"Version":"2012-10-17","Statement":{"Effect":"Allow","NotAction":["iam:*","s*:G?t"],
         "NotResource":["arn:aws:s3:::b/${aws:username, 'a b'}/*","arn:aws:sqs"],
         "Condition":{"StringEquals":{"k:a":["${*}","${aws:userid}","é"]},
         "DateLessThan":{"k:d":[1,"2020-01-01T00:00:00Z","2020"]},
         "IpAddress":{"aws:SourceIp":["10.0.0.0/8","2001:db8::/32"]},
         "BinaryEquals":{"k:x":""},"ArnLike":{"k:arn":["*","arn:aws:*:*:*:*"]},
         "NumericLessThanIfExists":{"k:n":[0.50]},"Null":{"k:z":[true,"false"]},
         "ForAllValues:StringNotLike":{"k:t":"a*"}}}})",
  };
  for (const std::string& text : texts) expect_round_trip(text, PolicyType::IdentityBased);
}

TEST(DocumentWriteTest, EveryKindComesBack) {
  // D-5: the text that is written is legal for the kind that was read.
  struct Case {
    PolicyType type;
    std::string_view statement;
  };
  const Case cases[] = {
      {PolicyType::IdentityBased, R"("Effect":"Allow","Action":"a:b","Resource":"*")"},
      {PolicyType::PermissionsBoundary, R"("Effect":"Allow","Action":"a:b","Resource":"*")"},
      {PolicyType::Session, R"("Effect":"Deny","NotAction":"a:b","Resource":"*")"},
      {PolicyType::ResourceBased, R"("Effect":"Allow","Principal":{"AWS":["*"]},"Action":"a:b")"},
      {PolicyType::RoleTrust,
       R"("Effect":"Allow","Principal":{"Federated":"accounts.google.com"},"Action":"sts:*")"},
      {PolicyType::ServiceControl,
       R"("Effect":"Deny","Action":"a:b","NotResource":["arn:aws:a::1:b"])"},
      {PolicyType::ResourceControl,
       R"("Effect":"Deny","Principal":"*","Action":["s3:*"],"Resource":["*"])"},
      {PolicyType::ResourceControl,
       R"("Effect":"Allow","Principal":"*","Action":["*"],"Resource":["*"])"},
      {PolicyType::VpcEndpoint,
       R"("Sid":"a b","Effect":"Allow","Principal":"*","Action":"*","Resource":"*")"},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(std::string(to_string(c.type)));
    expect_round_trip("{\"Statement\":{" + std::string(c.statement) + "}}", c.type);
  }
}

TEST(DocumentWriteTest, EveryPublishedDocumentRoundTripsAndCompiles) {
  for (const char* name : {"corpus/aws-managed-policies.jsonl.gz",
                           "corpus/partner-central-managed.jsonl", "corpus/guide-examples.jsonl"}) {
    const std::string path = shared_file(name);
    if (path.empty()) GTEST_SKIP() << "skipped: ../shared/" << name << " is absent";
    for (const std::string& line : read_lines(path)) {
      const detail::JsonTree tree = read_object(line);
      if (!member_text(tree, "refusedBy").empty()) continue;
      SCOPED_TRACE(member_text(tree, "name"));
      const std::string kind = member_text(tree, "kind");
      expect_round_trip(member_source(tree, line, "document"),
                        kind.empty() ? PolicyType::IdentityBased : policy_type(kind));
    }
  }
}

TEST(DocumentWriteTest, OddDocumentsThatLoadRoundTrip) {
  const std::string path = shared_file("corpus/invalid.jsonl");
  if (path.empty()) GTEST_SKIP() << "skipped: ../shared/corpus/invalid.jsonl is absent";
  int loaded = 0;
  for (const std::string& line : read_lines(path)) {
    const detail::JsonTree tree = read_object(line);
    if (member_text(tree, "spec") != "load") continue;
    SCOPED_TRACE(member_text(tree, "name"));
    const bool encoded = tree.member(tree.root(), "base64") != nullptr;
    expect_round_trip(
        encoded ? decode_base64(member_text(tree, "base64")) : member_text(tree, "text"),
        policy_type(member_text(tree, "kind")));
    ++loaded;
  }
  EXPECT_GT(loaded, 0);
}

}  // namespace
}  // namespace writ::test
