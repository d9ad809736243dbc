// The worked examples of the rules, W-100 to W-156: how the kinds of policy combine.
#include <gtest/gtest.h>

#include <string>

#include "support/policies.h"

namespace writ::test {
namespace {

const std::string kUnder = kBucket + "/*";
const std::string kByResource = "allowed AllowedByResource resource 0/0";
const std::string kByDelegation = "allowed AllowedByDelegation trust 0/0";
const std::string kNoResource = "implicitDeny NoResourceAllow none";

/// Alice, or another caller, with an identity policy that allows one action on all resources.
[[nodiscard]] Question who_may(const std::string& action) {
  return Question().identity({allow(action)});
}

TEST(WorkedExamplesTest, OneAccount) {
  // W-100: D-8
  EXPECT_EQ(answer(Question()), kNoIdentity);
  // W-101: D-9, E-2
  EXPECT_EQ(answer(Question()
                       .identity({allow("iam:Get*"), deny("iam:*Report")})
                       .action("iam:GetOrganizationsAccessReport")
                       .resource("*")),
            "explicitDeny ExplicitDeny identity 0/1");
  // W-102: E-63
  const auto put = [] { return Question().action("s3:PutObject"); };
  EXPECT_EQ(answer(put().on_resource({allow_to(kAlice, "s3:PutObject", kUnder)})), kByResource);
  // W-103: P-52; W-104: E-65
  EXPECT_EQ(answer(put().on_resource({allow_to(kAccount, "s3:PutObject", kUnder)})), kNoIdentity);
  EXPECT_EQ(answer(put()
                       .on_resource({allow_to(kAccount, "s3:PutObject", kUnder)})
                       .identity({allow("s3:*")})),
            kByIdentity);
  // W-105: E-45
  EXPECT_EQ(answer(put()
                       .identity({allow("iam:*")})
                       .boundary({allow("iam:*")})
                       .on_resource({allow_to(kAlice, "s3:Put*", "arn:aws:s3:::production/*")})
                       .resource("arn:aws:s3:::production/Test")),
            kByResource);
  // W-106 to W-109: E-62, P-23
  const auto session = [] { return Question().caller(kSession); };
  const Statements to_role = {allow_to(kRole, "s3:GetObject", kUnder)};
  const Statements to_session = {allow_to(kSession, "s3:GetObject", kUnder)};
  const Statements only_ec2 = {allow("ec2:*")};
  EXPECT_EQ(answer(session().on_resource(to_role).boundary(only_ec2)), kNoIdentity);
  EXPECT_EQ(answer(session().on_resource(to_session).boundary(only_ec2)), kByResource);
  EXPECT_EQ(answer(Question()
                       .caller("arn:aws:sts::111122223333:assumed-role/App/s2")
                       .on_resource(to_session)),
            kNoIdentity);
  EXPECT_EQ(answer(session().on_resource(to_role).session({allow("s3:ListBucket")})), kNoIdentity);
  // W-110: E-41, E-43
  EXPECT_EQ(answer(session().identity({allow("s3:*")}).session({allow("s3:ListBucket")})),
            "implicitDeny NoSessionAllow none");
  // W-111: P-51; W-112: E-45
  const Statements everyone = {
      allow_to("*", "s3:GetObject", kUnder,
               R"({"ArnEquals": {"aws:PrincipalArn": "arn:aws:iam::111122223333:role/App"}})")};
  const auto app = [&] { return session().on_resource(everyone).with("aws:PrincipalArn", kRole); };
  EXPECT_EQ(answer(app().boundary(only_ec2)), kByResource);
  EXPECT_EQ(answer(app().boundary({allow("ec2:*"), deny("s3:*")})),
            "explicitDeny ExplicitDeny boundary 0/1");
  // W-113: E-41
  EXPECT_EQ(answer(who_may("iam:CreateUser")
                       .boundary({allow(R"(["s3:*", "cloudwatch:*", "ec2:*"])")})
                       .action("iam:CreateUser")
                       .resource("*")),
            "implicitDeny NoBoundaryAllow none");
}

TEST(WorkedExamplesTest, Guardrails) {
  const std::string no_scp = "implicitDeny NoServiceControlAllow none";
  // W-114: E-21, E-23
  EXPECT_EQ(answer(who_may("*").scp(0, {allow()}).scp(1, {allow("ec2:*")})), no_scp);
  // W-115
  EXPECT_EQ(answer(who_may("*")
                       .scp(0, {allow(R"(["iam:*", "ec2:*"])")})
                       .scp(0, {allow("s3:*")})
                       .scp(1, {allow()})),
            kByIdentity);
  // W-116: E-22
  EXPECT_EQ(answer(who_may("*").scp(0, {allow(), deny("s3:*")}).scp(1, {allow("s3:*")})),
            "explicitDeny ExplicitDeny scp@0 0/1");
  // W-117: E-20
  EXPECT_EQ(answer(Question()
                       .on_resource({allow_to(kAlice, "s3:GetObject", kUnder)})
                       .scp(0, {allow("ec2:*")})),
            no_scp);
  // W-118: E-72. The policies of account 1 bind its own principals; none is given for account 2.
  EXPECT_EQ(answer(who_may("s3:*").caller(kStranger).owner(kAccount).on_resource(
                {allow_to(kOtherAccount, "s3:GetObject", kUnder)})),
            "allowed AllowedAcrossAccounts resource 0/0");
  // W-119: E-32; W-120: E-31
  const Statements tls = {
      deny_to("*", "s3:*", "*", R"({"BoolIfExists": {"aws:SecureTransport": "false"}})")};
  EXPECT_EQ(answer(who_may("*").rcp(0, tls).with("aws:SecureTransport", "false")),
            "explicitDeny ExplicitDeny rcp@0 0/0");
  EXPECT_EQ(answer(who_may("*").rcp(0, tls).with("aws:SecureTransport", "true")), kByIdentity);
  // W-121, W-122: E-50
  EXPECT_EQ(answer(Question().caller(kRoot).owner(kAccount)), kAsRoot);
  EXPECT_EQ(answer(Question().caller(kRoot).owner(kAccount).scp(0, {allow(), deny()})),
            "explicitDeny ExplicitDeny scp@0 0/1");
}

TEST(WorkedExamplesTest, AcrossAccounts) {
  const auto put = [] { return Question().action("s3:PutObject").owner(kOtherAccount); };
  const Statements to_alice = {allow_to(kAlice, "s3:PutObject", kUnder)};
  // W-123: E-70; W-124: E-71; W-125: E-73
  EXPECT_EQ(answer(put().identity({allow("s3:*")}).on_resource(to_alice)),
            "allowed AllowedAcrossAccounts resource 0/0");
  EXPECT_EQ(answer(put().on_resource(to_alice)), kNoIdentityAcross);
  EXPECT_EQ(answer(put().identity({allow("s3:*")})), kNoResourcePolicy);
  // W-126, W-127: E-71
  EXPECT_EQ(
      answer(put().caller(kSession).on_resource({allow_to(kSession, "s3:PutObject", kUnder)})),
      kNoIdentityAcross);
  EXPECT_EQ(
      answer(Question().owner(kOtherAccount).on_resource({allow_to("*", "s3:GetObject", kUnder)})),
      kNoIdentityAcross);
}

TEST(WorkedExamplesTest, CallersWithoutAnAccount) {
  // W-128: E-91; W-129: P-20
  EXPECT_EQ(answer(Question().caller("*").on_resource({allow_to("*", "s3:GetObject", kUnder)})),
            kForAnonymous);
  EXPECT_EQ(
      answer(Question().caller("*").on_resource({allow_to(kAccount, "s3:GetObject", kUnder)})),
      kNoneForAnonymous);
  // W-130: E-90; W-131, W-132: P-25
  const std::string queue = "arn:aws:sqs:eu-west-1:111122223333:q";
  const std::string topic = "arn:aws:sns:eu-west-1:111122223333:t";
  const auto send = [&] {
    return Question()
        .on_resource({allow_to(R"({"Service": "sns.amazonaws.com"})", "sqs:SendMessage", queue,
                               R"({"ArnEquals": {"aws:SourceArn": ")" + topic + "\"}}")})
        .action("sqs:SendMessage")
        .resource(queue)
        .with("aws:SourceArn", topic);
  };
  EXPECT_EQ(answer(send().service("sns.amazonaws.com")), kForService);
  EXPECT_EQ(answer(send()), kNoIdentity);
  EXPECT_EQ(answer(Question()
                       .service("s3.ap-east-1.amazonaws.com")
                       .on_resource(
                           {allow_to(R"({"Service": "s3.amazonaws.com"})", "sns:Publish", topic)})
                       .action("sns:Publish")
                       .resource(topic)),
            kNoneForService);
  // W-139: E-82
  EXPECT_EQ(answer(Question()
                       .federated("accounts.google.com")
                       .trust({allow_to(R"({"Federated": "accounts.google.com"})",
                                        "sts:AssumeRoleWithWebIdentity", "",
                                        R"({"StringEquals": {"accounts.google.com:aud": "app"}})")})
                       .action("sts:AssumeRoleWithWebIdentity")
                       .resource(kRole)
                       .with("accounts.google.com:aud", "app")),
            "allowed AllowedForFederated trust 0/0");
}

TEST(WorkedExamplesTest, RolesAndKeys) {
  const auto assume = [] { return Question().action("sts:AssumeRole").resource(kRole); };
  const auto trusting = [](const std::string& principal, const std::string& condition = "") {
    return Statements{allow_to(principal, "sts:AssumeRole", "", condition)};
  };
  // W-133 to W-136: E-64, E-81
  EXPECT_EQ(answer(assume().trust(trusting(kAlice))), "allowed AllowedByTrustOrKey trust 0/0");
  EXPECT_EQ(answer(assume().trust(trusting(kAccount))), kNoIdentityDelegated);
  EXPECT_EQ(answer(assume().trust(trusting(kAccount)).identity({allow("sts:AssumeRole", kRole)})),
            kByDelegation);
  EXPECT_EQ(answer(assume()
                       .trust(trusting(R"({"Service": "ec2.amazonaws.com"})"))
                       .identity({allow("sts:AssumeRole")})),
            kNoTrustOrKey);
  // W-137, W-138: E-74, E-83
  const auto external = [&] {
    return assume()
        .caller(kStranger)
        .identity({allow("sts:AssumeRole", kRole)})
        .trust(trusting(kOtherAccount, R"({"StringEquals": {"sts:ExternalId": "42"}})"));
  };
  EXPECT_EQ(answer(external().with("sts:ExternalId", "42")),
            "allowed AllowedAcrossAccounts trust 0/0");
  EXPECT_EQ(answer(external()), kNoResource);
  // W-140, W-141: E-61, E-64
  const auto decrypt = [] {
    return Question().action("kms:Decrypt").resource(kKey).identity({allow("kms:Decrypt", kKey)});
  };
  EXPECT_EQ(answer(decrypt().on_resource({allow_to(kRoot, "kms:*")})),
            "allowed AllowedByDelegation resource 0/0");
  EXPECT_EQ(
      answer(decrypt().on_resource({allow_to("arn:aws:iam::111122223333:role/Admin", "kms:*")})),
      kNoTrustOrKey);
}

TEST(WorkedExamplesTest, NotPrincipal) {
  const std::string denied = "explicitDeny ExplicitDeny resource 0/0";
  const auto listing = [](const std::string& entries) {
    return who_may("s3:*").on_resource({deny_to("!" + entries, "s3:*", kUnder)});
  };
  const std::string both = "[\"" + kAlice + "\", \"" + kRoot + "\"]";
  // W-142 to W-145: P-61, P-63
  EXPECT_EQ(answer(listing(both)), kByIdentity);
  EXPECT_EQ(answer(listing(both).caller(kBob)), denied);
  EXPECT_EQ(answer(listing(both).boundary({allow()})), denied);
  EXPECT_EQ(answer(listing(kAlice)), denied);
}

TEST(WorkedExamplesTest, FinePoints) {
  // W-146: E-2, C-25
  EXPECT_EQ(answer(Question()
                       .identity({allow("s3:GetObject", kUnder)})
                       .on_resource({deny_to("*", "s3:*", kUnder,
                                             R"({"StringNotEquals":
                                                {"aws:SourceVpce": "vpce-1"}})")})
                       .with("aws:SourceVpce", "vpce-1")),
            kByIdentity);
  // W-147: E-44
  EXPECT_EQ(answer(who_may("s3:*").caller(kFederatedUser)), kNoSessionPolicy);
  // W-148: E-1
  EXPECT_EQ(answer(who_may("*").empty(PolicyType::PermissionsBoundary)),
            "implicitDeny NoBoundaryAllow none");
  // W-149: E-75
  EXPECT_EQ(answer(who_may("s3:*").on_resource({allow_to("*")}).resource("arn:aws-cn:s3:::b/k")),
            "implicitDeny PartitionMismatch none");
  // W-150: E-40, D-2
  EXPECT_EQ(answer(Question()
                       .identity({allow("s3:GetObject", kUnder)})
                       .identity({allow("s3:GetObject", kUnder),
                                  deny("s3:GetObject", kBucket + "/secret/*")})
                       .resource(kBucket + "/secret/x")),
            "explicitDeny ExplicitDeny identity 1/1");
  // W-151, W-152: V-11
  EXPECT_EQ(answer(Question().identity({allow("s3:*", kBucket + "/${k:t}*")}).with("k:t", "")),
            kNoIdentity);
  EXPECT_EQ(
      answer(Question().identity({allow(), deny("s3:*", kBucket + "/${k:t}*")}).with("k:t", "")),
      "explicitDeny ExplicitDeny identity 0/1");
  // W-153: C-45
  EXPECT_EQ(answer(Question()
                       .identity({allow(), deny("s3:*", "*", R"({"StringEquals": {"k:v": []}})")})
                       .with("k:v", "x")),
            "explicitDeny ExplicitDeny identity 0/1");
  // W-154: C-52
  EXPECT_EQ(answer(Question()
                       .identity({allow("s3:*", "*", R"({"Null": {"s3:prefix": "false"}})")})
                       .with("s3:prefix", "")),
            kByIdentity);
  // W-155: C-42, C-52, C-70
  EXPECT_EQ(answer(Question()
                       .identity({allow("s3:*", "*",
                                        R"({"Null": {"aws:TagKeys": "false"},
                                            "ForAllValues:StringEquals":
                                              {"aws:TagKeys": ["team"]}})")})
                       .with_list("aws:TagKeys", {""})),
            kNoIdentity);
  // W-156: V-11
  EXPECT_EQ(answer(Question()
                       .identity({allow("s3:*", "*", R"({"StringNotEquals": {"k:v": "${k:t}"}})")})
                       .with("k:t", "")
                       .with("k:v", "")),
            kNoIdentity);
}

}  // namespace
}  // namespace writ::test
