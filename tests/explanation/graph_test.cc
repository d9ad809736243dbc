#include "writ/graph.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <list>
#include <string>
#include <vector>

#include "writ/parse.h"

namespace writ {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

PolicySet compiled(PolicyType type, const std::vector<std::string>& statements,
                   const std::string& name = "doc") {
  std::list<PolicyDocument> documents;
  PolicySetBuilder builder(type);
  for (const std::string& list : statements) {
    Result<PolicyDocument> document =
        parse_policy(R"({"Version":"2012-10-17","Statement":[)" + list + "]}", type);
    EXPECT_TRUE(document.has_value()) << list << document.error().message;
    documents.push_back(*std::move(document));
    builder.attach(name, documents.back());
  }
  return *builder.build();
}

std::string statement(const std::string& effect, const std::string& action,
                      const std::string& rest = R"("Resource":"*")") {
  return R"({"Effect":")" + effect + R"(","Action":)" + action + "," + rest + "}";
}

std::size_t count(std::string_view text, std::string_view word) {
  std::size_t found = 0;
  for (std::size_t at = text.find(word); at != std::string_view::npos;
       at = text.find(word, at + 1)) {
    ++found;
  }
  return found;
}

// Quotes and braces pair up outside of strings: what a label holds ends nothing.
bool is_balanced(std::string_view dot) {
  int braces = 0;
  bool quoted = false;
  for (std::size_t i = 0; i < dot.size(); ++i) {
    if (quoted && dot[i] == '\\') {
      ++i;
    } else if (dot[i] == '"') {
      quoted = !quoted;
    } else if (!quoted && (dot[i] == '{' || dot[i] == '[')) {
      ++braces;
    } else if (!quoted && (dot[i] == '}' || dot[i] == ']')) {
      --braces;
    }
  }
  return braces == 0 && !quoted;
}

TEST(GraphTest, LeadsFromActionsToStatements) {
  const Graph graph = to_dot(
      compiled(PolicyType::IdentityBased,
               {statement("Allow", R"(["s3:GetObject","S3:PutObject"])") + "," +
                statement("Deny", R"("s3:PutObject")") + "," + statement("Allow", R"("ec2:*")")}));
  EXPECT_EQ(graph.statements, 3U);
  EXPECT_EQ(graph.drawn, 3U);
  EXPECT_TRUE(is_balanced(graph.dot));
  // GetObject has the first statement, PutObject the first and the second, EC2 the third.
  EXPECT_THAT(graph.dot, HasSubstr("[label=\"s3:getobject\\l\""));
  EXPECT_THAT(graph.dot, HasSubstr("[label=\"s3:putobject\\l\""));
  EXPECT_THAT(graph.dot, HasSubstr("[label=\"ec2:*\\l\""));
  EXPECT_EQ(count(graph.dot, "allow -> statement0"), 2U);
  EXPECT_EQ(count(graph.dot, "deny -> statement1"), 1U);
  EXPECT_EQ(count(graph.dot, "allow -> statement2"), 1U);
  EXPECT_EQ(count(graph.dot, "-> statement"), 4U);
  EXPECT_EQ(graph.dot, to_dot(compiled(PolicyType::IdentityBased,
                                       {statement("Allow", R"(["s3:GetObject","S3:PutObject"])") +
                                        "," + statement("Deny", R"("s3:PutObject")") + "," +
                                        statement("Allow", R"("ec2:*")")}))
                           .dot);
}

TEST(GraphTest, DrawsEachStatementWhateverTheShapeOfItsActions) {
  std::string all;
  for (const char* action : {"\"*\"", "\"s3:*\"", "\"s3:Get*\"", "\"s3:*Tagging\"", "\"s?s:Send*\"",
                             "\"s3:**\"", "\"s3:Get?bject\"", "\"S3:getobject\""}) {
    all += (all.empty() ? "" : ",") + statement("Allow", action);
  }
  all += R"(,{"Effect":"Deny","NotAction":"iam:*","NotResource":"arn:aws:s3:::b/*"})";
  const Graph graph = to_dot(compiled(PolicyType::IdentityBased, {all}));
  for (std::uint32_t i = 0; i < graph.statements; ++i) {
    EXPECT_GE(count(graph.dot, "-> statement" + std::to_string(i) + "\n"), 1U) << i;
  }
  EXPECT_THAT(graph.dot, HasSubstr("all actions but\\liam:*\\l"));
  EXPECT_THAT(graph.dot, HasSubstr("on all but\\larn:aws:s3:::b/*\\l"));
}

TEST(GraphTest, SharesConditionTests) {
  const std::string condition =
      R"("Resource":"*","Condition":{"StringEquals":{"aws:RequestedRegion":"eu-west-1"}})";
  const Graph graph =
      to_dot(compiled(PolicyType::IdentityBased, {statement("Allow", "\"s3:*\"", condition) + "," +
                                                  statement("Deny", "\"sns:*\"", condition)}));
  EXPECT_EQ(count(graph.dot, "shape=note"), 1U);
  EXPECT_EQ(count(graph.dot, "-> term0"), 2U);
  EXPECT_THAT(graph.dot, HasSubstr("StringEquals\\laws:requestedregion\\leu-west-1\\l"));
}

TEST(GraphTest, TellsHowResourcesAreFound) {
  std::string resources;
  for (int i = 0; i < 20; ++i) {
    resources +=
        (i == 0 ? "\"" : ",\"") + std::string("arn:aws:s3:::b") + std::to_string(i) + "/*\"";
  }
  const Graph graph =
      to_dot(compiled(PolicyType::IdentityBased,
                      {statement("Allow", "\"s3:*\"", "\"Resource\":[" + resources + "]")}));
  EXPECT_THAT(graph.dot, HasSubstr("allow\\nby partition, service, region, account, beginning"));
  EXPECT_THAT(graph.dot, HasSubstr("and 14 more\\l"));
}

TEST(GraphTest, SaysWhatIsNotDrawn) {
  std::string all = statement("Allow", "\"s3:*\"");
  for (int i = 0; i < 9; ++i) all += "," + statement("Allow", "\"sns:*\"");
  GraphOptions options;
  options.max_statements = 3;
  const Graph graph = to_dot(compiled(PolicyType::IdentityBased, {all}), options);
  EXPECT_EQ(graph.statements, 10U);
  EXPECT_EQ(graph.drawn, 3U);
  EXPECT_THAT(graph.dot, HasSubstr("3 of 10 statements drawn"));
  EXPECT_THAT(graph.dot, HasSubstr("7 more statements\\nare not drawn"));
  EXPECT_THAT(graph.dot, HasSubstr("statement2"));
  EXPECT_THAT(graph.dot, Not(HasSubstr("statement3")));
}

TEST(GraphTest, KeepsHostileTextsLabels) {
  const std::string name = "x\"]; evil [label=\"\\\n<b>&lt;\xe2\x80\xae\xff";
  const Graph graph =
      to_dot(compiled(PolicyType::IdentityBased,
                      {statement("Allow", "\"s3:*\"",
                                 R"("Resource":"arn:aws:s3:::\"];evil[\\N","Condition":)"
                                 R"({"StringLike":{"aws:PrincipalTag/\"]}":"\\\"}\\"}})")},
                      name));
  EXPECT_TRUE(is_balanced(graph.dot)) << graph.dot;
  EXPECT_THAT(graph.dot, HasSubstr("x\\\"]; evil [label=\\\"\\\\ <b>&amp;lt;[U+202E]\xef\xbf\xbd"));
}

TEST(GraphTest, AnEmptySetIsAnEmptyPicture) {
  EXPECT_EQ(to_dot(PolicySet()).dot, "digraph writ {\n}\n");
}

// A prefix that a shorter one covers is not in the index: its box is that of the shorter one.
TEST(GraphTest, CoveredPrefixesStandWithWhatCoversThem) {
  const std::string dot =
      to_dot(compiled(PolicyType::IdentityBased,
                      {statement("Allow", R"(["s3:Get*","s3:GetObject*"])") + "," +
                       statement("Allow", R"(["ec2:Run*","ec2:RunInstances*"])")}))
          .dot;
  EXPECT_EQ(count(dot, "request -> class"), 2U) << dot;
  EXPECT_EQ(count(dot, "-> statement"), 2U) << dot;
  EXPECT_THAT(dot, AllOf(HasSubstr("s3:getobject*"), HasSubstr("ec2:runinstances*")));
}

}  // namespace
}  // namespace writ
