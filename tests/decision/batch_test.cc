// Batches decide exactly as one `evaluate` each, whatever is remembered between their decisions.
#include <gtest/gtest.h>

#include <array>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "decision/allocation_count.h"
#include "support/policies.h"
#include "writ/batch.h"

namespace writ::test {
namespace {

using Texts = std::vector<std::string>;

// Policies and a caller; single requests and batches are made of the same parts.
class BatchTest : public testing::Test {
 protected:
  void add(PolicyType type, const Statements& statements, std::uint32_t level = 0) {
    const std::string text = document(statements);
    const Result<bool> added = stack_.add(type, "policy", text, level);
    ASSERT_TRUE(added.has_value()) << added.error().to_string() << "\n" << text;
  }
  // Documents that are compiled together.
  void add_set(PolicyType type, const std::vector<Statements>& documents) {
    PolicySetBuilder builder(type);
    std::vector<PolicyDocument> parsed;
    parsed.reserve(documents.size());
    for (const Statements& statements : documents) {
      Result<PolicyDocument> one = parse_policy(document(statements), type);
      ASSERT_TRUE(one.has_value()) << one.error().to_string();
      parsed.push_back(*std::move(one));
    }
    for (const PolicyDocument& one : parsed) builder.attach("policy", one);
    const Result<PolicySet> set = builder.build();
    ASSERT_TRUE(set.has_value()) << set.error().to_string();
    ASSERT_TRUE(stack_.add(*set).has_value());
  }

  [[nodiscard]] Request request(std::string_view action, std::string_view resource) const {
    const Result<Caller> caller =
        provider_.empty() ? Caller::from_arn(caller_) : Caller::federated(provider_);
    EXPECT_TRUE(caller.has_value());
    RequestBuilder builder(*caller, action, resource);
    if (context_) context_(builder);
    Result<Request> built = builder.build();
    EXPECT_TRUE(built.has_value()) << built.error().to_string();
    return *std::move(built);
  }

  // One letter for each decision: `A`llowed, `D`enied, `-` neither; checked against single ones.
  std::string actions(std::string_view resource, const Texts& texts) {
    const std::vector<ActionName> names(texts.begin(), texts.end());
    const Result<ActionList> list = ActionList::make(names);
    EXPECT_TRUE(list.has_value());
    // The request's own action is replaced: it must not leave a trace.
    const Request asked = request("own:Action", resource);
    return check(
        texts.size(),
        [&](std::span<Decision> decisions) {
          evaluate_actions(asked, *list, stack_.applied(), decisions, options_);
        },
        [&](std::size_t i) { return request(texts[i], resource); });
  }
  std::string resources(std::string_view action, const Texts& texts,
                        std::string_view own = "arn:aws:own:eu-west-1:999999999999:key/own") {
    const std::vector<std::string_view> arns(texts.begin(), texts.end());
    const Result<ResourceList> list = ResourceList::make(arns);
    EXPECT_TRUE(list.has_value());
    const Request asked = request(action, own);
    return check(
        texts.size(),
        [&](std::span<Decision> decisions) {
          evaluate_resources(asked, *list, stack_.applied(), decisions, options_);
        },
        [&](std::size_t i) { return request(action, texts[i]); });
  }
  std::string many(std::span<const Request> requests) {
    return check(
        requests.size(),
        [&](std::span<Decision> decisions) {
          evaluate_many(requests, stack_.applied(), decisions, options_);
        },
        [&](std::size_t i) { return requests[i]; });
  }

  std::string caller_ = kAlice;
  std::string provider_;  // asks in place of the caller
  std::function<void(RequestBuilder&)> context_;
  EvaluateOptions options_;
  PolicyStack stack_;

 private:
  template <class Decide, class RequestOf>
  std::string check(std::size_t count, const Decide& decide, const RequestOf& request_of) {
    std::vector<Decision> decisions(count);
    const std::size_t before = allocation_count;
    decide(decisions);
    EXPECT_EQ(allocation_count - before, 0U) << "a batch allocated";
    std::string letters;
    for (std::size_t i = 0; i < count; ++i) {
      const Request single = request_of(i);
      EXPECT_EQ(decisions[i], stack_.evaluate(single, options_))
          << single.action().text() << " on " << single.resource();
      letters += decisions[i].is_allowed()                       ? 'A'
                 : decisions[i].outcome == Outcome::ExplicitDeny ? 'D'
                                                                 : '-';
    }
    return letters;
  }
};

TEST_F(BatchTest, NothingAskedIsNothingDecided) {
  add(PolicyType::IdentityBased, {allow()});
  EXPECT_EQ(actions(kObject, {}), "");
  EXPECT_EQ(resources("s3:GetObject", {}), "");
  EXPECT_EQ(many({}), "");
}

// D-10: whatever is granted, such a request asks for nothing.
TEST_F(BatchTest, ARequestOfNoBuilderIsAllowedNoAction) {
  PolicyStack stack;
  ASSERT_TRUE(stack.add(PolicyType::ResourceBased, "open", R"({"Version": "2012-10-17",
      "Statement": {"Effect": "Allow", "Principal": "*", "Action": "s3:*", "Resource": "*"}})"));
  const std::array<ActionName, 1> names = {ActionName("s3:GetObject")};
  const auto list = ActionList::make(names);
  ASSERT_TRUE(list);
  std::array<Decision, 1> decisions;
  evaluate_actions(Request(), *list, stack.applied(), decisions);
  EXPECT_FALSE(decisions[0].is_allowed());
  EXPECT_EQ(decisions[0].reason, Reason::NotARequest);
}

TEST_F(BatchTest, WithoutPoliciesNothingIsAllowed) {
  EXPECT_EQ(actions(kObject, {"s3:GetObject", "s3:PutObject"}), "--");
  EXPECT_EQ(resources("s3:GetObject", {kObject, "*"}), "--");
}

// D-2: classes that several actions share are asked once, and answer each action as before.
TEST_F(BatchTest, ActionsOfOneStatement) {
  add(PolicyType::IdentityBased, {allow(R"(["s3:Get*", "s3:PutObject"])", "arn:aws:s3:::b/*"),
                                  deny("s3:GetObjectAcl"), allow("s3:*Tagging", kObject)});
  EXPECT_EQ(actions(kObject, {"s3:GetObject", "s3:PutObject", "s3:GetObjectAcl", "s3:DeleteObject",
                              "S3:GETOBJECT", "s3:PutObjectTagging", "ec2:RunInstances"}),
            "AAD-AA-");
}

// M-12: NotAction depends on the action that is asked.
TEST_F(BatchTest, NotAction) {
  add(PolicyType::IdentityBased,
      {allow("!s3:Delete*", "arn:aws:s3:::b/*"), deny(R"(!["s3:*", "ec2:Describe*"])"),
       deny("!s3:Get*", "arn:aws:s3:::b/secret")});
  const Texts asked = {"s3:GetObject",      "s3:DeleteObject", "iam:PassRole",
                       "ec2:DescribeHosts", "s3:PutObject",    "ec2:RunInstances"};
  EXPECT_EQ(actions(kObject, asked), "A-DAAD");
  EXPECT_EQ(actions("arn:aws:s3:::b/secret", asked), "ADDDDD");
  EXPECT_EQ(resources("s3:PutObject", {kObject, "arn:aws:s3:::b/secret", "arn:aws:s3:::c/k"}),
            "AD-");
}

// E-42: each document of a boundary must allow.
TEST_F(BatchTest, BoundaryOfSeveralDocuments) {
  add(PolicyType::IdentityBased, {allow()});
  add_set(PolicyType::PermissionsBoundary,
          {{allow("s3:*"), deny("s3:DeleteObject")}, {allow("s3:Get*"), allow("s3:Delete*")}});
  add(PolicyType::PermissionsBoundary, {allow("*", "arn:aws:s3:::b/*")});
  EXPECT_EQ(actions(kObject, {"s3:GetObject", "s3:PutObject", "s3:DeleteObject", "s3:GetObjectAcl",
                              "ec2:RunInstances"}),
            "A-DA-");
  EXPECT_EQ(resources("s3:GetObject", {kObject, "arn:aws:s3:::c/k", "*", kObject}), "A--A");
}

TEST_F(BatchTest, BoundaryOfMoreThan64Documents) {
  add(PolicyType::IdentityBased, {allow()});
  std::vector<Statements> documents;
  for (int i = 0; i < 150; ++i) {
    documents.push_back({allow("s3:Get*", "arn:aws:s3:::b/*"), deny("s3:GetObjectAcl")});
  }
  documents[70].push_back(allow("s3:PutObject"));
  documents[149] = {allow("s3:*", kObject)};
  add_set(PolicyType::PermissionsBoundary, documents);
  EXPECT_EQ(actions(kObject, {"s3:GetObject", "s3:PutObject", "s3:GetObjectAcl", "s3:GetObject"}),
            "A-DA");
  EXPECT_EQ(resources("s3:GetObject", {kObject, "arn:aws:s3:::b/other", "arn:aws:s3:::c/k"}),
            "A--");
}

// M-12, E-42: those behind the first 64 are asked about each action, too.
TEST_F(BatchTest, NotActionInABoundaryOfMoreThan64Documents) {
  add(PolicyType::IdentityBased, {allow()});
  std::vector<Statements> documents(70, {allow()});
  documents[66] = {allow("!s3:Get*")};
  add_set(PolicyType::PermissionsBoundary, documents);
  EXPECT_EQ(actions(kObject, {"s3:GetObject", "s3:PutObject", "s3:GetObjectAcl"}), "-A-");
}

// E-50, E-60: what the root user may not do is told by the action.
TEST_F(BatchTest, RootDoesNotAssumeRoles) {
  caller_ = "arn:aws:iam::111122223333:root";
  EXPECT_EQ(actions("*", {"s3:GetObject", "sts:AssumeRole", "sts:TagSession", "sts:AssumeRole"}),
            "A-A-");
}

// Answers that come to the same, but for the statement that is named.
TEST_F(BatchTest, EachActionNamesItsOwnStatement) {
  add(PolicyType::IdentityBased,
      {allow("s3:GetObject"), allow(R"(["s3:PutObject", "s3:ListBucket"])"), allow("ec2:*")});
  add(PolicyType::ServiceControl, {allow("s3:*"), deny("s3:ListBucket")});
  add(PolicyType::Session, {allow("s3:Put*"), allow("s3:GetObject"), allow("iam:*")});
  EXPECT_EQ(actions(kObject, {"s3:GetObject", "ec2:RunInstances", "s3:PutObject", "iam:PassRole",
                              "s3:ListBucket", "s3:PutObjectAcl", "s3:GetObject"}),
            "A-A-D-A");
}

// E-61: whether the key's own policy must allow follows from action and resource.
TEST_F(BatchTest, KmsKeys) {
  add(PolicyType::IdentityBased, {allow()});
  add(PolicyType::ResourceBased, {allow_to(kAlice, R"(["kms:Decrypt", "s3:GetObject"])")});
  EXPECT_EQ(actions(kKey, {"kms:Encrypt", "kms:Decrypt", "tag:GetResources", "KMS:ENCRYPT"}),
            "-AA-");
  EXPECT_EQ(resources("kms:Encrypt", {kKey, "arn:aws:kms:eu-west-1:111122223333:alias/a", kKey}),
            "-A-");
}
TEST_F(BatchTest, WhatTheCallerSaysOfKmsKeysStays) {
  add(PolicyType::IdentityBased, {allow()});
  context_ = [](RequestBuilder& builder) { builder.resource_policy_required(false); };
  EXPECT_EQ(actions(kKey, {"kms:Encrypt", "tag:GetResources"}), "AA");
  context_ = [](RequestBuilder& builder) { builder.resource_policy_required(true); };
  EXPECT_EQ(actions(kKey, {"kms:Encrypt", "tag:GetResources"}), "--");
  EXPECT_EQ(resources("s3:GetObject", {"arn:aws:s3:::b/k", kKey}), "--");
}

// E-61: a role's trust policy decides who may ask for the role, and nothing else does.
TEST_F(BatchTest, RoleTrust) {
  add(PolicyType::IdentityBased, {allow()});
  const Result<bool> added =
      stack_.add(PolicyType::RoleTrust, "trust",
                 R"({"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Principal":
                    {"AWS": "arn:aws:iam::111122223333:user/Alice"}, "Action": "sts:AssumeRole"}})");
  ASSERT_TRUE(added.has_value());
  EXPECT_EQ(actions(kRole, {"iam:GetRole", "sts:AssumeRole", "sts:TagSession", "iam:PassRole",
                            "STS:ASSUMEROLE"}),
            "AA-AA");
  EXPECT_EQ(resources("sts:AssumeRole", {kRole, kObject, kRole, "*"}).size(), 4U);
}

// E-82: a provider asks with every action of the statement but plain sts:AssumeRole, whether that
// comes first, in between or last.
TEST_F(BatchTest, FederatedCallersDoNotAssumeRolesPlainly) {
  provider_ = "accounts.google.com";
  const Result<bool> added =
      stack_.add(PolicyType::RoleTrust, "trust",
                 R"({"Version": "2012-10-17", "Statement": {"Effect": "Allow",
          "Principal": {"Federated": "accounts.google.com"},
          "Action": ["sts:AssumeRole", "sts:AssumeRoleWithWebIdentity", "sts:TagSession"]}})");
  ASSERT_TRUE(added.has_value()) << added.error().to_string();
  EXPECT_EQ(actions(kRole, {"sts:AssumeRoleWithWebIdentity", "sts:AssumeRole", "sts:TagSession"}),
            "A-A");
  EXPECT_EQ(actions(kRole, {"STS:assumerole", "sts:TagSession", "sts:AssumeRole"}), "-A-");
  EXPECT_EQ(resources("sts:AssumeRole", {kRole, kRole}), "--");
}

// E-80: the ARN's account, else what was said, else the caller's.
TEST_F(BatchTest, ResourcesWithoutAccount) {
  add(PolicyType::IdentityBased, {allow()});
  const Texts asked = {kObject, "arn:aws:sqs:eu-west-1:444455556666:q",
                       "arn:aws:sqs:eu-west-1:111122223333:q", "*", kObject};
  EXPECT_EQ(resources("x:Do", asked), "A-AAA");
  context_ = [](RequestBuilder& builder) { builder.resource_account(kOtherAccount); };
  EXPECT_EQ(resources("x:Do", asked), "--A--");
  EXPECT_EQ(actions(kObject, {"s3:GetObject", "s3:PutObject"}), "--");
  add(PolicyType::ResourceBased, {allow_to(kAlice, "x:Do", kObject)});
  EXPECT_EQ(resources("x:Do", asked), "A-A-A");
}

// E-75: another partition than the caller's.
TEST_F(BatchTest, ResourcesOfOtherPartitions) {
  add(PolicyType::IdentityBased, {allow()});
  EXPECT_EQ(resources("s3:GetObject", {"arn:aws-cn:s3:::b/k", kObject, "arn:aws-cn:s3:::b/k"}),
            "-A-");
}

TEST_F(BatchTest, AllResources) {
  add(PolicyType::IdentityBased,
      {allow("s3:*"), deny("s3:*", "!arn:aws:s3:::b/*"), allow("ec2:*", "arn:aws:ec2:*:*:*")});
  EXPECT_EQ(actions("*", {"s3:ListAllMyBuckets", "ec2:RunInstances"}), "D-");
  EXPECT_EQ(resources("s3:GetObject", {"*", kObject, "arn:aws:s3:::c", "*"}, "*"), "DADD");
}

// E-1, E-21, E-33: every layer, more sets than are remembered.
TEST_F(BatchTest, MoreSetsThanAreRemembered) {
  for (int i = 0; i < 13; ++i) {
    const std::string number = std::to_string(i);
    add(PolicyType::IdentityBased,
        {allow("x:Do" + number, "*"), allow("x:All", "arn:aws:s3:::b" + number + "/*"),
         deny("x:Do" + number, "arn:aws:s3:::b" + std::to_string(i + 1) + "/*",
              R"({"StringEquals": {"k:a": ")" + number + R"("}})")});
  }
  add(PolicyType::PermissionsBoundary, {allow("x:*")});
  add(PolicyType::Session, {allow("x:*")});
  add(PolicyType::ServiceControl, {allow()}, 0);
  add(PolicyType::ServiceControl, {allow(), deny("x:Do7")}, 1);
  add(PolicyType::ResourceControl, {deny_to("*", "x:Do9")});
  add(PolicyType::VpcEndpoint, {allow_to("*", "*", "*"), deny_to("*", "x:Do8")});
  context_ = [](RequestBuilder& builder) { builder.set("k:a", "3"); };
  Texts asked;
  for (int i = 0; i < 14; ++i) asked.push_back("x:Do" + std::to_string(i));
  EXPECT_EQ(actions("arn:aws:s3:::b4/k", asked), "AAADAAADDDAAA-");
  Texts arns;
  for (int i = 0; i < 14; ++i) arns.push_back("arn:aws:s3:::b" + std::to_string(i) + "/k");
  EXPECT_EQ(resources("x:All", arns), "AAAAAAAAAAAAA-");
  EXPECT_EQ(resources("x:Do3", arns), "AAAADAAAAAAAAA");
}

TEST_F(BatchTest, ResourceControlOfSomeServices) {
  add(PolicyType::IdentityBased, {allow()});
  add(PolicyType::ResourceControl, {deny_to("*", R"(["s3:*", "x:*"])")});
  const std::array<std::string_view, 1> services = {"s3"};
  options_.resource_control_services = services;
  EXPECT_EQ(actions(kObject, {"s3:GetObject", "x:Do", "s3:PutObject"}), "DAD");
}

// P-51
TEST_F(BatchTest, OptionsHold) {
  add(PolicyType::ResourceBased, {allow_to("*", "s3:Get*", "arn:aws:s3:::b/*")});
  add(PolicyType::PermissionsBoundary, {allow("s3:List*")});
  for (const bool bypasses : {true, false}) {
    options_.wildcard_principal_bypasses_boundary = bypasses;
    actions(kObject, {"s3:GetObject", "s3:ListBucket", "s3:GetObjectAcl"});
    resources("s3:GetObject", {kObject, kBucket, "*"});
  }
}

// One action that more classes list than are kept, with and without conditions.
TEST_F(BatchTest, MoreClassesThanAreRemembered) {
  Statements statements;
  for (int i = 0; i < 24; ++i) {
    const std::string number = std::to_string(i);
    // A different list of actions each, so that each is a class of its own.
    statements.push_back(allow(R"(["x:Do", "x:Only)" + number + R"("])",
                               "arn:aws:s3:::b/" + number + "/*",
                               i % 3 == 0 ? R"({"StringLike": {"k:a": "a*"}})" : ""));
    statements.push_back(deny("x:D*" + number, "arn:aws:s3:::b/" + number + "/secret/*"));
  }
  add(PolicyType::IdentityBased, statements);
  context_ = [](RequestBuilder& builder) { builder.set("k:a", "b"); };
  Texts arns;
  for (int i = 0; i < 26; ++i) arns.push_back("arn:aws:s3:::b/" + std::to_string(i) + "/k");
  EXPECT_EQ(resources("x:Do", arns), "-AA-AA-AA-AA-AA-AA-AA-AA--");
  arns.clear();
  for (int i = 0; i < 24; ++i) arns.push_back("arn:aws:s3:::b/" + std::to_string(i) + "/secret/k");
  resources("x:Do7", arns);
  Texts asked = {"x:Do"};
  for (int i = 0; i < 24; ++i) asked.push_back("x:Only" + std::to_string(i));
  for (int i = 0; i < 24; ++i) asked.push_back("x:Do" + std::to_string(i));
  actions("arn:aws:s3:::b/7/secret/k", asked);
  actions("arn:aws:s3:::b/7/k", asked);
}

// More classes than the memory has places: they push each other out.
TEST_F(BatchTest, ClassesShareAPlace) {
  Statements statements;
  Texts asked;
  for (int i = 0; i < 300; ++i) {
    const std::string number = std::to_string(i);
    statements.push_back(
        (i % 5 == 0 ? deny : allow)("x:A" + number, i % 2 == 0 ? kObject : "*", ""));
    asked.push_back("x:A" + number);
  }
  add(PolicyType::IdentityBased, statements);
  asked.insert(asked.end(), {"x:A0", "x:A1", "x:A2", "x:A5"});
  const std::string letters = actions(kObject, asked);
  EXPECT_EQ(letters.substr(0, 11), "DAAAADAAAAD");
  EXPECT_EQ(letters.substr(300), "DAAD");
}

// C-10: contexts that spilled, and keys that are there twice.
TEST_F(BatchTest, ContextOfMoreThan16Keys) {
  add(PolicyType::IdentityBased,
      {allow("s3:*", "*", R"({"StringEquals": {"k:key3": "v", "k:key39": "v"}})"),
       deny("s3:Put*", "*", R"({"StringEquals": {"k:twice": "v"}})")});
  Texts names;
  for (int i = 0; i < 40; ++i) names.push_back("k:key" + std::to_string(i));
  context_ = [&](RequestBuilder& builder) {
    for (const std::string& name : names) builder.set(ConditionKey(name), "v");
    builder.set("k:twice", "a");
    builder.set("K:TWICE", "b");
  };
  EXPECT_EQ(actions(kObject, {"s3:GetObject", "s3:PutObject", "ec2:RunInstances"}), "AD-");
  EXPECT_EQ(resources("s3:GetObject", {kObject, "*", kBucket}), "AAA");
  names.pop_back();
  EXPECT_EQ(actions(kObject, {"s3:GetObject", "s3:PutObject"}), "-D");
}

// V-1: variables in resources and in values.
TEST_F(BatchTest, Variables) {
  add(PolicyType::IdentityBased,
      {allow("s3:*", "arn:aws:s3:::b/${aws:username}/*"),
       allow("s3:Get*", "arn:aws:s3:::b/${k:team, 'none'}/*"),
       deny("s3:Delete*", "*", R"({"StringLike": {"aws:username": "${k:team}*"}})")});
  const Texts arns = {"arn:aws:s3:::b/Alice/k", "arn:aws:s3:::b/none/k", "arn:aws:s3:::b/Bob/k",
                      "arn:aws:s3:::b/Al/k"};
  context_ = [](RequestBuilder& builder) { builder.set("aws:username", "Alice"); };
  EXPECT_EQ(resources("s3:GetObject", arns), "AA--");
  context_ = [](RequestBuilder& builder) {
    builder.set("aws:username", "Alice").set("k:team", "Al");
  };
  EXPECT_EQ(resources("s3:GetObject", arns), "A--A");
  EXPECT_EQ(resources("s3:DeleteObject", arns), "DDDD");
  EXPECT_EQ(actions(arns[3], {"s3:GetObject", "s3:PutObject", "s3:DeleteObject"}), "A-D");
}

// P-20: principals that are neither users nor roles.
TEST_F(BatchTest, OtherCallers) {
  add(PolicyType::IdentityBased, {allow("s3:*")});
  add(PolicyType::ResourceBased,
      {allow_to("*", "s3:Get*", "arn:aws:s3:::b/*"), deny_to("!" + kAlice, "s3:Put*", kObject)});
  for (const std::string& caller : {std::string("*"), kRoot, kSession, kFederatedUser, kStranger}) {
    caller_ = caller;
    actions(kObject, {"s3:GetObject", "s3:PutObject", "s3:ListBucket"});
    resources("s3:GetObject", {kObject, kBucket, "*", "arn:aws:s3:::b/other"});
  }
}

TEST_F(BatchTest, ManyRequests) {
  add(PolicyType::IdentityBased, {allow("s3:Get*"), deny("s3:*", "arn:aws:s3:::c/*")});
  std::vector<Request> requests = {request("s3:GetObject", kObject),
                                   request("s3:GetObject", "arn:aws:s3:::c/k")};
  caller_ = kStranger;
  requests.push_back(request("s3:PutObject", kObject));
  requests.emplace_back();  // M-14, D-10
  EXPECT_EQ(many(requests), "AD--");
}

// M-14
TEST_F(BatchTest, ListsRefuseWhatIsNoAction) {
  for (const char* text : {"", "s3", "s3:", ":Get", "s3:Get*", "s3:Get Object", "*"}) {
    const std::array<ActionName, 3> names = {"s3:GetObject", text, "s3:PutObject"};
    const Result<ActionList> list = ActionList::make(names);
    ASSERT_FALSE(list.has_value()) << text;
    EXPECT_EQ(list.error().code, ErrorCode::InvalidRequest);
    EXPECT_EQ(list.error().rule, "M-14");
  }
}
// M-32
TEST_F(BatchTest, ListsRefuseWhatIsNoResource) {
  for (const char* text : {"", "bucket", "arn:aws:s3", "arn:aws:s3:::", "ARN:aws:s3:::b", "**"}) {
    const std::array<std::string_view, 2> arns = {kObject, text};
    const Result<Request> single = RequestBuilder(Caller(), "s3:GetObject", text).build();
    const Result<ResourceList> list = ResourceList::make(arns);
    ASSERT_EQ(list.has_value(), single.has_value()) << text;
    if (list) continue;
    EXPECT_EQ(list.error().code, ErrorCode::InvalidRequest);
    EXPECT_EQ(list.error().rule, "M-32");
  }
}
TEST_F(BatchTest, ListsTellWhatTheyHold) {
  const std::array<ActionName, 2> names = {"s3:GetObject", "s3:PutObject"};
  const std::array<std::string_view, 2> arns = {kObject, "*"};
  const ActionList actions = *ActionList::make(names);
  const ResourceList resources = *ResourceList::make(arns);
  ASSERT_EQ(actions.size(), 2U);
  EXPECT_EQ(actions.actions()[1].text(), "s3:PutObject");
  ASSERT_EQ(resources.size(), 2U);
  EXPECT_EQ(resources[0], kObject);
  EXPECT_EQ(ActionList().size() + ResourceList().size(), 0U);
}

// Too few places for decisions: those that there are get filled; debug builds stop.
TEST_F(BatchTest, TooFewPlaces) {
  add(PolicyType::IdentityBased, {allow()});
  const std::array<ActionName, 3> names = {"s3:GetObject", "s3:PutObject", "s3:ListBucket"};
  const std::array<std::string_view, 3> arns = {kObject, kBucket, "*"};
  const ActionList actions = *ActionList::make(names);
  const ResourceList resources = *ResourceList::make(arns);
  const Request asked = request("s3:GetObject", kObject);
  const std::vector<Request> requests(3, asked);
  std::array<Decision, 3> decisions;
  const std::span<Decision> two(decisions.data(), 2);
#if defined(NDEBUG)
  const auto filled = [&] {
    const std::array<bool, 3> result = {decisions[0].is_allowed(), decisions[1].is_allowed(),
                                        decisions[2].is_allowed()};
    decisions = {};
    return result;
  };
  const std::array<bool, 3> expected = {true, true, false};
  evaluate_many(requests, stack_.applied(), two);
  EXPECT_EQ(filled(), expected);
  evaluate_actions(asked, actions, stack_.applied(), two);
  EXPECT_EQ(filled(), expected);
  evaluate_resources(asked, resources, stack_.applied(), two);
  EXPECT_EQ(filled(), expected);
#else
  EXPECT_DEATH(evaluate_many(requests, stack_.applied(), two), "");
  EXPECT_DEATH(evaluate_actions(asked, actions, stack_.applied(), two), "");
  EXPECT_DEATH(evaluate_resources(asked, resources, stack_.applied(), two), "");
#endif
}

// E-33: that a service-linked role is assumed is told of each action, also where E-61 is told.
TEST_F(BatchTest, ResourceControlIsAskedByEachAction) {
  add(PolicyType::IdentityBased, {allow()});
  add(PolicyType::ResourceControl, {deny_to("*", R"(["iam:*", "sts:*"])")});
  context_ = [](RequestBuilder& builder) { builder.resource_policy_required(false); };
  EXPECT_EQ(actions("arn:aws:iam::111122223333:role/aws-service-role/x.amazonaws.com/Linked",
                    {"iam:GetRole", "sts:AssumeRole", "iam:GetRole", "sts:AssumeRole"}),
            "DADA");
}

// What NotAction leaves open, and what variables make of NotResource, is the same as alone.
TEST_F(BatchTest, WhatStaysOpenIsAskedEachTime) {
  add(PolicyType::IdentityBased,
      {allow(), deny("!s3:*"), deny("s3:PutObject", "!" + kBucket + "/${aws:username}/*")});
  context_ = [](RequestBuilder& builder) { builder.set("aws:username", "alice"); };
  EXPECT_EQ(
      actions(kObject, {"s3:GetObject", "ec2:RunInstances", "s3:PutObject", "ec2:StopInstances"}),
      "ADDD");
  EXPECT_EQ(resources("s3:PutObject", {kBucket + "/alice/x", kBucket + "/bob/x", "*"}), "ADD");
  EXPECT_EQ(resources("ec2:RunInstances", {kObject, "*"}), "DD");
}

TEST_F(BatchTest, VariablesOfResourcesAreReplacedOnce) {
  add(PolicyType::IdentityBased, {allow("s3:GetObject", kBucket + "/${aws:username}"),
                                  allow("s3:GetObject", kBucket + "/${aws:username}/*"),
                                  allow("s3:*", "!arn:aws:s3:::${none:such}/*")});
  context_ = [](RequestBuilder& builder) { builder.set("aws:username", "alice"); };
  EXPECT_EQ(resources("s3:GetObject", {kBucket + "/alice", kBucket + "/alice/1", kBucket + "/bob",
                                       kBucket + "/alice2", kBucket + "/alic", "*"}),
            "AA----");
}

// M-22, M-29: what all resources begin with settles patterns for all of them.
TEST_F(BatchTest, ResourcesBeginAlike) {
  context_ = [](RequestBuilder& builder) { builder.set("k:bucket", "b"); };
  add(PolicyType::IdentityBased,
      {allow("s3:Get*", R"(["arn:aws:s3:::${k:bucket}/*", "arn:aws:s3:::c/*"])"),
       deny("s3:Get*", R"(!["arn:aws:s3:::${k:bucket}", "arn:aws:s3:::${k:bucket}/d*"])"),
       allow("s3:Put*", "!arn:aws:s3:::c/*"),
       deny("s3:Put*", R"(!["arn:aws:s3:::b/d", "arn:aws:s3:::b/dir/*", "arn:aws:s3:::x*"])"),
       allow("s3:List*", "!arn:aws:s3:::b/di*")});
  const Texts alike = {"arn:aws:s3:::b/d", "arn:aws:s3:::b/dir/k", "arn:aws:s3:::b/dir/",
                       "arn:aws:s3:::b/di"};
  EXPECT_EQ(resources("s3:GetObject", alike), "AAAA");
  EXPECT_EQ(resources("s3:PutObject", alike), "AAAD");
  EXPECT_EQ(resources("s3:ListBucket", alike), "A---");
  const Texts others = {"arn:aws:s3:::b/k", "arn:aws:s3:::b", "arn:aws:s3:::c/k",
                        "arn:aws:s3:::b/d"};
  EXPECT_EQ(resources("s3:GetObject", others), "D-DA");
  EXPECT_EQ(resources("s3:PutObject", others), "DDDA");
  EXPECT_EQ(resources("s3:ListBucket", others), "AAAA");
  for (const std::string& one : {alike[0], alike[1], alike[3], others[1], std::string("*")}) {
    resources("s3:GetObject", {one});
    resources("s3:PutObject", {one, one});
    resources("s3:ListBucket", {one, "*"});
  }
}

// More actions than go through the layers together, decided in each of these.
TEST_F(BatchTest, MoreActionsThanGoTogether) {
  const auto numbered = [](std::initializer_list<int> numbers) {
    std::string list;
    for (const int i : numbers)
      list += (list.empty() ? "\"x:Do" : ", \"x:Do") + std::to_string(i) + "\"";
    return "[" + list + "]";
  };
  add(PolicyType::ServiceControl, {allow(), deny(numbered({0, 31}))}, 0);
  add(PolicyType::ServiceControl, {allow("!" + numbered({1, 32}))}, 1);
  add(PolicyType::ResourceControl, {deny_to("*", numbered({2, 33}))});
  add(PolicyType::ResourceBased,
      {deny_to("*", numbered({3, 34}), "*"), allow_to(kAlice, numbered({4, 35, 70}), "*")});
  add(PolicyType::IdentityBased, {allow("x:Do1*"), deny(numbered({5, 36}))});
  add(PolicyType::IdentityBased, {allow("x:*"), deny(numbered({6, 37}))});
  add_set(PolicyType::PermissionsBoundary,
          {{allow("!" + numbered({7, 63}))}, {allow(), deny(numbered({8, 64}))}});
  add(PolicyType::Session, {allow("!" + numbered({9, 65})), deny(numbered({10, 66}))});
  add(PolicyType::VpcEndpoint,
      {allow_to("*", "!" + numbered({11, 67}), "*"), deny_to("*", numbered({12, 68}), "*")});
  Texts asked;
  for (int i = 0; i < 72; ++i) asked.push_back("x:Do" + std::to_string(i));
  asked.push_back("y:Do");
  const std::string letters = actions(kObject, asked);
  EXPECT_EQ(letters.substr(0, 14), "D-DDADD-D-D-DA");
  EXPECT_EQ(letters.substr(30, 9), "AD-DDADDA");
  EXPECT_EQ(letters.substr(62), "A-D-D-DAAA-");
}

// What follows from a resource for the caller is worked out again where it may be another.
TEST_F(BatchTest, ResourcesThatDifferInMoreThanTheirTail) {
  add(PolicyType::IdentityBased, {allow()});
  add(PolicyType::ResourceBased, {allow_to("222233334444", "*", "*")});
  const std::string queue = "arn:aws:sqs:eu-west-1:111122223333:";
  EXPECT_EQ(resources("sqs:SendMessage",
                      {queue + "a", queue + "b", "arn:aws:sqs:eu-west-1:444455556666:a",
                       "arn:aws:sqs:eu-west-1:444455556666:b", queue + "a:b", "*", "*", queue + "c",
                       "arn:aws-cn:sqs:eu-west-1:111122223333:c"}),
            "AA--AAAA-");
  EXPECT_EQ(resources("kms:Decrypt", {"arn:aws:kms:eu-west-1:111122223333:key/a",
                                      "arn:aws:kms:eu-west-1:111122223333:alias/a",
                                      "arn:aws:kms:eu-west-1:111122223333:key/b"}),
            "-A-");
}

}  // namespace
}  // namespace writ::test
