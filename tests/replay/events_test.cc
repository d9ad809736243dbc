// What a log's events stand for: section 11 of the portal's rules, and docs/replay.md.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "cli/event_splitter.h"
#include "cli/log_file.h"
#include "cli/replayed_event.h"
#include "cli/run_tool.h"
#include "cli/trail_tables.h"
#include "support/corpus.h"

namespace writ::cli {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

// A key's value; `(absent)` where the event tells that there was none, `(unknown)` where it does
// not tell.
std::string value_of(const ReplayedEvent& event, std::string_view name) {
  for (const ReplayedKey& key : event.keys) {
    if (key.name == name) return key.absent ? "(absent)" : std::string(key.single);
  }
  return event.complete ? "(absent)" : "(unknown)";
}

ReplayedEvent read(std::string_view text) {
  Result<ReplayedEvent> event = read_event(text);
  EXPECT_TRUE(event) << event.error().to_string();
  return std::move(event).value();
}

ReplayedEvent s3(std::string_view name, std::string_view parameters) {
  return read(
      R"({"userIdentity":{"type":"IAMUser","arn":"arn:aws:iam::123456789012:user/Alice"},)"
      R"("eventTime":"2026-01-02T03:04:05Z","eventSource":"s3.amazonaws.com","eventName":")" +
      std::string(name) + R"(","requestParameters":)" + std::string(parameters) + "}");
}

// Section 11: the first printed event, with its source address that is none.
TEST(ReplayedEventTest, TheFirstPrintedEventIsAliceLinkingTheAccount) {
  const ReplayedEvent event = read(R"({
    "eventVersion": "1.08",
    "userIdentity": {"type": "IAMUser", "principalId": "EX_PRINCIPAL_ID",
      "arn": "arn:aws:iam::123456789012:user/Alice", "accountId": "123456789012",
      "accessKeyId": "EXAMPLE_KEY_ID", "userName": "Alice"},
    "eventTime": "2023-10-11T20:57:35Z",
    "eventSource": "partnercentral-account-management.amazonaws.com",
    "eventName": "AssociatePartnerAccount", "awsRegion": "us-east-1",
    "sourceIPAddress": "192.0.0.2/24", "userAgent": "Mozilla/5.0",
    "requestParameters": {"value": "HIDDEN_DUE_TO_SECURITY_REASONS"}, "responseElements": null,
    "requestID": "F9PAD7MAYFGV73S4T7B3", "eventID": "fe2a5873-773c-462a-b7c8-810d224de821",
    "readOnly": false, "eventType": "AwsApiCall", "managementEvent": true,
    "recipientAccountId": "123456789012", "eventCategory": "Management"})");
  EXPECT_EQ(event.skip, Skip::None);
  EXPECT_EQ(event.caller.kind(), CallerKind::User);
  EXPECT_EQ(event.principal, "arn:aws:iam::123456789012:user/Alice");
  ASSERT_EQ(event.requests.size(), 1);
  // R-EVT-4, R-LINK-15: none of the three actions takes a resource's ARN.
  EXPECT_EQ(event.requests[0].action, "partnercentral-account-management:AssociatePartnerAccount");
  EXPECT_EQ(event.requests[0].resource, "*");
  EXPECT_TRUE(event.requests[0].resource_known);
  EXPECT_EQ(event.evidence, Evidence::Allowed);
  EXPECT_EQ(value_of(event, "aws:SourceIp"), "192.0.0.2/24");
  EXPECT_EQ(value_of(event, "aws:username"), "Alice");
  EXPECT_EQ(value_of(event, "aws:userid"), "EX_PRINCIPAL_ID");
  EXPECT_EQ(value_of(event, "aws:UserAgent"), "Mozilla/5.0");
  EXPECT_EQ(value_of(event, "aws:RequestedRegion"), "us-east-1");
  EXPECT_EQ(value_of(event, "aws:CurrentTime"), "2023-10-11T20:57:35Z");
  EXPECT_EQ(value_of(event, "aws:EpochTime"), "1697057855");
  EXPECT_EQ(value_of(event, "aws:ViaAWSService"), "false");
  EXPECT_EQ(value_of(event, "aws:CalledVia"), "(absent)");
  EXPECT_EQ(value_of(event, "aws:MultiFactorAuthPresent"), "(unknown)");
  EXPECT_EQ(value_of(event, "aws:SourceVpce"), "(unknown)");
}

// R-EVT-6: the second one, which stands under the heading of another event: its own name counts.
// Its identity carries a role's ARN, not a session's.
TEST(ReplayedEventTest, TheSecondPrintedEventIsTheServiceMappingAUserAsTheRole) {
  const ReplayedEvent event = read(R"({
    "eventVersion": "1.09",
    "userIdentity": {"type": "AssumedRole", "principalId": "EX_PRINCIPAL_ID",
      "arn": "arn:aws:iam::123456789012:role/PartnerCentralRoleForCloudAdmin-1234",
      "accountId": "123456789012", "accessKeyId": "EXAMPLE_KEY_ID",
      "invokedBy": "partnercentral-account-management.amazonaws.com"},
    "eventTime": "2023-10-11T20:57:35Z",
    "eventSource": "partnercentral-account-management.amazonaws.com",
    "eventName": "AssociatePartnerUser", "awsRegion": "us-east-1",
    "sourceIPAddress": "partnercentral-account-management.amazonaws.com",
    "userAgent": "partnercentral-account-management.amazonaws.com",
    "requestParameters": {"partnerUserId": "005123456789012345",
      "iamRoleArn": "arn:aws:iam::123456789012:role/PartnerCentralRoleForUser-1234",
      "partnerAccountId": "1234567"}, "responseElements": null,
    "requestID": "655832a6-8452-4088-9a0f-17212fa55765",
    "eventID": "f7394769-4a3b-4101-9b00-ee0b86a77d89", "readOnly": false,
    "eventType": "AwsApiCall", "managementEvent": true, "recipientAccountId": "123456789012",
    "eventCategory": "Management"})");
  EXPECT_EQ(event.skip, Skip::None);
  EXPECT_EQ(event.caller.kind(), CallerKind::Role);  // P-2
  EXPECT_EQ(event.principal, "arn:aws:iam::123456789012:role/PartnerCentralRoleForCloudAdmin-1234");
  ASSERT_EQ(event.requests.size(), 1);
  EXPECT_EQ(event.requests[0].action, "partnercentral-account-management:AssociatePartnerUser");
  EXPECT_EQ(event.requests[0].resource, "*");
  EXPECT_TRUE(event.requests[0].resource_known);
  EXPECT_EQ(value_of(event, "aws:SourceIp"), "(unknown)");
  EXPECT_EQ(value_of(event, "aws:UserAgent"), "(unknown)");
  EXPECT_EQ(value_of(event, "aws:ViaAWSService"), "(unknown)");
  EXPECT_EQ(value_of(event, "aws:CalledVia"), "(unknown)");
  EXPECT_EQ(value_of(event, "aws:username"), "(absent)");
  EXPECT_EQ(value_of(event, "aws:PrincipalArn"),
            "arn:aws:iam::123456789012:role/PartnerCentralRoleForCloudAdmin-1234");
}

// R-ARCH-2, R-EVT-7.
TEST(ReplayedEventTest, ThePortalsOwnEventsNameTheCompanysUser) {
  const ReplayedEvent event = read(
      R"({"eventVersion":"1.09","userIdentity":{"type":"PartnerUser",)"
      R"("principalId":"005000000000000002","arn":"arn:aws:iam::000002345678:user/005000000000000002",)"
      R"("accountId":"000002345678"},"eventTime":"2025-01-15T10:00:00Z","eventSource":"portal.model",)"
      R"("eventName":"AssignRole","awsRegion":"us-east-1","sourceIPAddress":"192.0.2.1",)"
      R"("userAgent":"portal.model","errorCode":"explicitDeny","errorMessage":"no",)"
      R"("requestParameters":{"partnerUserId":"005000000000000001","role":"standardUser"},)"
      R"("eventType":"AwsApiCall"})");
  ASSERT_EQ(event.requests.size(), 1);
  EXPECT_EQ(event.requests[0].action, "portal:AssignRole");
  EXPECT_EQ(event.requests[0].resource, "arn:aws:portal:::partner/2345678/user/005000000000000001");
  EXPECT_EQ(event.requests[0].resource_account, "000002345678");
  EXPECT_EQ(event.evidence, Evidence::Denied);
  EXPECT_EQ(value_of(event, "portal:PartnerAccountId"), "2345678");
  EXPECT_EQ(value_of(event, "portal:TargetRole"), "standardUser");
  EXPECT_EQ(value_of(event, "portal:TargetIsSelf"), "false");
  EXPECT_EQ(value_of(event, "portal:UserStatus"), "(unknown)");
  EXPECT_EQ(value_of(event, "aws:userid"), "005000000000000002");
}

TEST(ReplayedEventTest, ASessionKnowsItsRoleAndItsOrigin) {
  const ReplayedEvent event = read(
      R"({"userIdentity":{"type":"AssumedRole","principalId":"AROAX:eve",)"
      R"("arn":"arn:aws:sts::123456789012:assumed-role/Ops/eve","accountId":"123456789012",)"
      R"("sessionContext":{"sessionIssuer":{"arn":"arn:aws:iam::123456789012:role/team/Ops"},)"
      R"("attributes":{"mfaAuthenticated":"true","creationDate":"2026-01-01T00:00:00Z"},)"
      R"("sourceIdentity":"eve","ec2RoleDelivery":"2.0"}},"eventTime":"2026-01-02T03:04:05Z",)"
      R"("eventSource":"dynamodb.amazonaws.com","eventName":"GetItem","awsRegion":"eu-west-1",)"
      R"("sourceIPAddress":"10.0.0.1","vpcEndpointId":"vpce-1","recipientAccountId":"123456789012",)"
      R"("tlsDetails":{"tlsVersion":"TLSv1.3"},"requestParameters":{"tableName":"Orders"}})");
  EXPECT_EQ(event.principal, "arn:aws:iam::123456789012:role/team/Ops");
  EXPECT_EQ(event.caller.role_arn(), "arn:aws:iam::123456789012:role/team/Ops");
  EXPECT_EQ(event.requests.at(0).resource, "arn:aws:dynamodb:eu-west-1:123456789012:table/Orders");
  EXPECT_EQ(value_of(event, "aws:MultiFactorAuthPresent"), "true");
  EXPECT_EQ(value_of(event, "aws:TokenIssueTime"), "2026-01-01T00:00:00Z");
  EXPECT_EQ(value_of(event, "aws:SourceIdentity"), "eve");
  EXPECT_EQ(value_of(event, "ec2:RoleDelivery"), "2.0");
  EXPECT_EQ(value_of(event, "aws:SourceVpce"), "vpce-1");
  EXPECT_EQ(value_of(event, "aws:SecureTransport"), "true");
  EXPECT_EQ(value_of(event, "s3:TlsVersion"), "1.3");
  EXPECT_EQ(value_of(event, "aws:userid"), "AROAX:eve");
}

TEST(ReplayedEventTest, ATimeThatIsNoneIsNotKnown) {
  const auto time = [](const std::string& spelled) {
    return read(R"({"userIdentity":{"type":"IAMUser","arn":"arn:aws:iam::123456789012:user/A"},)"
                R"("eventSource":"s3.amazonaws.com","eventName":"ListBuckets","eventTime":")" +
                spelled + "\"}");
  };
  EXPECT_EQ(value_of(time("2024-02-29T23:59:59Z"), "aws:EpochTime"), "1709251199");
  for (const char* wrong :
       {"2023-02-29T00:00:00Z", "2024-13-01T00:00:00Z", "2024-01-01", "1709251199"}) {
    EXPECT_EQ(value_of(time(wrong), "aws:CurrentTime"), "(unknown)") << wrong;
    EXPECT_EQ(value_of(time(wrong), "aws:EpochTime"), "(unknown)") << wrong;
  }
}

TEST(ReplayedEventTest, CallersOfEveryTypeAreThemselvesOrCounted) {
  const auto caller = [](std::string_view identity) {
    return read(R"({"eventSource":"sts.amazonaws.com","eventName":"AssumeRole","userIdentity":)" +
                std::string(identity) +
                R"(,"requestParameters":{"roleArn":"arn:aws:iam::123456789012:role/R",)"
                R"("principalArn":"arn:aws:iam::123456789012:saml-provider/idp"}})");
  };
  EXPECT_EQ(caller(R"({"type":"Root","arn":"arn:aws:iam::123456789012:root"})").caller.kind(),
            CallerKind::Root);
  const ReplayedEvent federated = caller(
      R"({"type":"FederatedUser","arn":"arn:aws:sts::123456789012:federated-user/Bob",)"
      R"("sessionContext":{"sessionIssuer":{"arn":"arn:aws:iam::123456789012:user/Alice"}}})");
  EXPECT_EQ(federated.caller.kind(), CallerKind::FederatedUser);
  EXPECT_EQ(federated.caller.issuer(), "arn:aws:iam::123456789012:user/Alice");
  const ReplayedEvent service =
      caller(R"({"type":"AWSService","invokedBy":"lambda.amazonaws.com"})");
  EXPECT_EQ(service.principal, "lambda.amazonaws.com");
  EXPECT_EQ(service.requests.at(0).resource, "arn:aws:iam::123456789012:role/R");
  EXPECT_EQ(caller(R"({"type":"WebIdentityUser","identityProvider":"accounts.google.com"})")
                .caller.kind(),
            CallerKind::Federated);
  EXPECT_EQ(caller(R"({"type":"SAMLUser","identityProvider":"x"})").principal,
            "arn:aws:iam::123456789012:saml-provider/idp");
  EXPECT_EQ(caller(R"({"type":"AWSAccount","accountId":"anonymous"})").caller.kind(),
            CallerKind::Anonymous);
  EXPECT_EQ(caller(R"({"type":"AWSAccount","accountId":"123456789012"})").skip,
            Skip::UnnamedCaller);
  EXPECT_EQ(caller(R"({"type":"IdentityCenterUser","accountId":"1"})").skip, Skip::UnnamedCaller);
  EXPECT_EQ(caller(R"({"type":"Unknown"})").skip, Skip::UnnamedCaller);
  EXPECT_EQ(caller(R"({"type":"IAMUser","arn":"arn:aws:iam::12:user/A"})").skip,
            Skip::InvalidRequest);
}

TEST(ReplayedEventTest, ActionsAreIamsNamesForWhatEventsAreCalled) {
  const auto action = [](std::string_view source, std::string_view name) {
    return trail_action(source, name, false).text;
  };
  EXPECT_EQ(action("ec2.amazonaws.com", "RunInstances"), "ec2:RunInstances");
  EXPECT_EQ(action("monitoring.amazonaws.com", "PutMetricData"), "cloudwatch:PutMetricData");
  EXPECT_EQ(action("portal.model", "AssignRole"), "portal:AssignRole");
  EXPECT_EQ(action("lambda.amazonaws.com", "GetFunction20150331v2"), "lambda:GetFunction");
  EXPECT_EQ(action("lambda.amazonaws.com", "ListFunctions20150331"), "lambda:ListFunctions");
  EXPECT_EQ(action("lambda.amazonaws.com", "Invoke"), "lambda:InvokeFunction");
  EXPECT_EQ(action("cloudfront.amazonaws.com", "CreateDistribution2020_05_31"),
            "cloudfront:CreateDistribution");
  EXPECT_EQ(action("s3.amazonaws.com", "HeadObject"), "s3:GetObject");
  EXPECT_EQ(action("s3.amazonaws.com", "ListObjects"), "s3:ListBucket");
  EXPECT_EQ(action("s3.amazonaws.com", "DeleteBucketLifecycle"), "s3:PutLifecycleConfiguration");
  EXPECT_EQ(action("sqs.amazonaws.com", "SendMessageBatch"), "sqs:SendMessage");
  EXPECT_EQ(trail_action("s3.amazonaws.com", "HeadObject", true).text, "s3:GetObjectVersion");
  EXPECT_EQ(trail_action("s3.amazonaws.com", "GetObjectAcl", true).text, "s3:GetObjectVersionAcl");
  EXPECT_EQ(trail_action("s3.amazonaws.com", "CopyObject", false).skip, Skip::SeveralActions);
  EXPECT_EQ(trail_action("sts.amazonaws.com", "GetCallerIdentity", false).skip, Skip::NoPermission);
  EXPECT_EQ(trail_action("apigateway.amazonaws.com", "CreateRestApi", false).skip,
            Skip::NoSuchAction);
}

TEST(ReplayedEventTest, ResourcesComeFromParametersThenFromTheList) {
  EXPECT_EQ(s3("GetObject", R"({"bucketName":"b","key":"a/k"})").requests.at(0).resource,
            "arn:aws:s3:::b/a/k");
  EXPECT_EQ(s3("ListObjects", R"({"bucketName":"b"})").requests.at(0).resource, "arn:aws:s3:::b");
  EXPECT_FALSE(s3("GetObject", "null").requests.at(0).resource_known);
  const ReplayedEvent listed = read(
      R"({"userIdentity":{"arn":"arn:aws:iam::123456789012:user/A"},"eventSource":"kms.amazonaws.com",)"
      R"("eventName":"Decrypt","requestParameters":{"keyId":"alias/x"},"resources":[)"
      R"({"ARN":"arn:aws:kms:eu-west-1:111122223333:key/1","accountId":"111122223333"},)"
      R"({"ARN":"arn:aws:s3:::other"},{"ARN":"arn:aws:kms:eu-west-1:111122223333:key/2"}]})");
  ASSERT_EQ(listed.requests.size(), 2);
  EXPECT_EQ(listed.requests[0].resource, "arn:aws:kms:eu-west-1:111122223333:key/1");
  EXPECT_EQ(listed.requests[0].resource_account, "111122223333");
  EXPECT_EQ(listed.requests[1].resource, "arn:aws:kms:eu-west-1:111122223333:key/2");
}

ReplayedEvent call(std::string_view service, std::string_view name, std::string_view parameters,
                   std::string_view more = "") {
  return read(R"({"userIdentity":{"type":"IAMUser","arn":"arn:aws:iam::123456789012:user/A"},)"
              R"("awsRegion":"eu-west-1","recipientAccountId":"123456789012","eventSource":")" +
              std::string(service) + R"(.amazonaws.com","eventName":")" + std::string(name) +
              R"(","requestParameters":)" + std::string(parameters) + std::string(more) + "}");
}
// The resources of an event's requests, `?` where they are not known.
std::vector<std::string> resources_of(const ReplayedEvent& event) {
  std::vector<std::string> resources;
  for (const ReplayedRequest& asked : event.requests) {
    resources.push_back(asked.resource_known ? asked.resource : "?");
  }
  return resources;
}
std::vector<std::string> actions_of(const ReplayedEvent& event) {
  std::vector<std::string> actions;
  for (const ReplayedRequest& asked : event.requests) actions.push_back(asked.action);
  return actions;
}

TEST(ReplayedEventTest, KeysAreNamedByTheirOwnArn) {
  const std::string key = "arn:aws:kms:eu-west-1:123456789012:key/1";
  const std::string listed = R"(,"resources":[{"ARN":")" + key + "\"}]";
  const std::string alias = R"({"keyId":"arn:aws:kms:eu-west-1:123456789012:alias/a"})";
  EXPECT_THAT(resources_of(call("kms", "Encrypt", alias, listed)), ElementsAre(key));
  EXPECT_THAT(resources_of(call("kms", "Encrypt", R"({"keyId":"alias/a"})", listed)),
              ElementsAre(key));
  EXPECT_THAT(resources_of(call("kms", "Encrypt", alias)), ElementsAre("?"));
  EXPECT_THAT(resources_of(call("kms", "Encrypt", R"({"keyId":")" + key + "\"}")),
              ElementsAre(key));
  EXPECT_THAT(resources_of(call("kms", "DeleteAlias", R"({"aliasName":"alias/a"})", listed)),
              ElementsAre("?", key));
}

TEST(ReplayedEventTest, SomeCallsOfKeysAskForNone) {
  const std::string made = R"(,"resources":[{"ARN":"arn:aws:kms:eu-west-1:123456789012:key/1"}])";
  EXPECT_THAT(resources_of(call("kms", "CreateKey", "null", made)), ElementsAre("*"));
  EXPECT_THAT(resources_of(call("kms", "ListAliases", R"({"keyId":"1"})", made)), ElementsAre("*"));
  EXPECT_THAT(resources_of(call("kms", "GenerateRandom", "null")), ElementsAre("*"));
}

TEST(ReplayedEventTest, AnAliasThatIsMovedAsksForBothKeys) {
  const std::string key = "arn:aws:kms:eu-west-1:123456789012:key/";
  const auto listed = [&key](std::string_view more) {
    return R"(,"resources":[{"ARN":")" + key + "1\"}" + std::string(more) + "]";
  };
  EXPECT_THAT(resources_of(call("kms", "UpdateAlias", "null", listed(""))),
              ElementsAre("?", key + "1", "?"));
  EXPECT_THAT(
      resources_of(call("kms", "UpdateAlias", "null", listed(R"(,{"ARN":")" + key + "2\"}"))),
      ElementsAre("?", key + "1", key + "2"));
}

TEST(ReplayedEventTest, ReEncryptAsksForBothKeys) {
  const ReplayedEvent event =
      call("kms", "ReEncrypt", R"({"destinationKeyId":"2"})",
           R"(,"resources":[{"ARN":"arn:aws:kms:eu-west-1:123456789012:key/1"},)"
           R"({"ARN":"arn:aws:kms:eu-west-1:123456789012:key/2"}])");
  EXPECT_THAT(actions_of(event), ElementsAre("kms:ReEncryptFrom", "kms:ReEncryptTo"));
  EXPECT_THAT(resources_of(event), ElementsAre("arn:aws:kms:eu-west-1:123456789012:key/1",
                                               "arn:aws:kms:eu-west-1:123456789012:key/2"));
  EXPECT_THAT(resources_of(call("kms", "ReEncrypt", "null")), ElementsAre("?", "?"));
}

TEST(ReplayedEventTest, FunctionsAreNamedInSeveralWays) {
  const std::string arn = "arn:aws:lambda:eu-west-1:123456789012:function:F";
  const auto get = [](std::string_view name, std::string_view more = "") {
    return resources_of(
        call("lambda", "GetFunction20150331v2",
             R"({"functionName":")" + std::string(name) + "\"" + std::string(more) + "}"));
  };
  const auto invoke = [](std::string_view name, std::string_view more = "") {
    return resources_of(
        call("lambda", "Invoke",
             R"({"functionName":")" + std::string(name) + "\"" + std::string(more) + "}"));
  };
  for (const std::string& name : {std::string("F"), std::string("123456789012:function:F"), arn}) {
    EXPECT_THAT(get(name), ElementsAre(arn));
    EXPECT_THAT(invoke(name, R"(,"qualifier":"prod")"), ElementsAre(arn + ":prod"));
    EXPECT_THAT(invoke(name + ":prod"), ElementsAre(arn + ":prod"));
    // Whether the function or its version is asked for, the event does not tell.
    EXPECT_THAT(get(name + ":prod"), ElementsAre("?"));
    EXPECT_THAT(get(name, R"(,"qualifier":"prod")"), ElementsAre("?"));
  }
  EXPECT_THAT(get("999999999999:function:F"),
              ElementsAre("arn:aws:lambda:eu-west-1:999999999999:function:F"));
  for (const char* odd : {"function:F", "123456789012:F", "F:a:b", "arn:aws:lambda:F"}) {
    EXPECT_THAT(get(odd), ElementsAre("?")) << odd;
  }
  EXPECT_THAT(
      resources_of(call("lambda", "CreateEventSourceMapping20150331", R"({"functionName":"F"})")),
      ElementsAre("?"));
}

TEST(ReplayedEventTest, ARepositoryIsItsRegistrys) {
  EXPECT_THAT(resources_of(call("ecr", "BatchGetImage", R"({"repositoryName":"r"})")),
              ElementsAre("arn:aws:ecr:eu-west-1:123456789012:repository/r"));
  EXPECT_THAT(resources_of(call("ecr", "BatchGetImage",
                                R"({"repositoryName":"r","registryId":"111122223333"})")),
              ElementsAre("arn:aws:ecr:eu-west-1:111122223333:repository/r"));
}

TEST(ReplayedEventTest, AnIndexIsAskedForItself) {
  EXPECT_THAT(resources_of(call("dynamodb", "Query", R"({"tableName":"T","indexName":"I"})")),
              ElementsAre("arn:aws:dynamodb:eu-west-1:123456789012:table/T/index/I"));
  EXPECT_THAT(resources_of(call("dynamodb", "ListStreams", R"({"tableName":"T"})")),
              ElementsAre("?"));
}

// What a call names a secret by may lack its random ending.
TEST(ReplayedEventTest, SecretsAreNamedByWhatTheServiceSays) {
  const std::string arn = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:My-a1b2c3";
  const std::string given = R"({"secretId":")" + arn + "\"}";
  EXPECT_THAT(resources_of(call("secretsmanager", "GetSecretValue", R"({"secretId":"My"})")),
              ElementsAre("?"));
  EXPECT_THAT(resources_of(call("secretsmanager", "GetSecretValue", given)), ElementsAre("?"));
  EXPECT_THAT(resources_of(call("secretsmanager", "GetSecretValue", given,
                                R"(,"resources":[{"ARN":")" + arn + "\"}]")),
              ElementsAre(arn));
  EXPECT_THAT(resources_of(call("secretsmanager", "PutSecretValue", R"({"secretId":"My"})",
                                R"(,"responseElements":{"arn":")" + arn + "\"}")),
              ElementsAre(arn));
}

TEST(ReplayedEventTest, ObjectsAreKnownWithTheirKeyAndNotThroughAccessPoints) {
  EXPECT_FALSE(s3("GetObject", R"({"bucketName":"b"})").requests.at(0).resource_known);
  EXPECT_FALSE(s3("GetObject",
                  R"({"bucketName":"arn:aws:s3:eu-west-1:123456789012:accesspoint/a","key":"k"})")
                   .requests.at(0)
                   .resource_known);
  EXPECT_FALSE(
      s3("GetObject", R"({"bucketName":"a-x1-s3alias","key":"k"})").requests.at(0).resource_known);
  EXPECT_THAT(resources_of(call(
                  "s3", "GetObject", R"({"bucketName":"b","key":"k"})",
                  R"(,"resources":[{"ARN":"arn:aws:s3:eu-west-1:123456789012:accesspoint/a"}])")),
              ElementsAre("?"));
  EXPECT_FALSE(s3("CreateAccessPoint", R"({"bucketName":"b"})").requests.at(0).resource_known);
}

TEST(ReplayedEventTest, EventsThatAreCalledOtherwiseThanTheirActions) {
  const auto action = [](std::string_view service, std::string_view name) {
    return trail_action(std::string(service) + ".amazonaws.com", name, false).text;
  };
  EXPECT_EQ(action("s3", "DeleteObjects"), "s3:DeleteObject");
  EXPECT_EQ(action("s3", "PostObject"), "s3:PutObject");
  EXPECT_EQ(action("s3", "DeleteBucketOwnershipControls"), "s3:PutBucketOwnershipControls");
  EXPECT_EQ(action("s3", "GetBucketIntelligentTieringConfiguration"),
            "s3:GetIntelligentTieringConfiguration");
  EXPECT_EQ(action("s3", "DeleteBucketInventoryConfiguration"), "s3:PutInventoryConfiguration");
  EXPECT_EQ(action("s3", "PutBucketNotificationConfiguration"), "s3:PutBucketNotification");
  EXPECT_EQ(action("bedrock", "Converse"), "bedrock:InvokeModel");
  EXPECT_EQ(action("bedrock", "ConverseStream"), "bedrock:InvokeModelWithResponseStream");
  EXPECT_EQ(action("budgets", "CreateBudget"), "budgets:ModifyBudget");
  EXPECT_EQ(action("amazonmq", "CreateBroker"), "mq:CreateBroker");
  EXPECT_EQ(trail_action("autoscaling.amazonaws.com", "PutScalingPolicy", false,
                         "application-autoscaling")
                .text,
            "application-autoscaling:PutScalingPolicy");
  EXPECT_THAT(actions_of(s3("GetObjectAttributes", R"({"bucketName":"b","key":"k"})")),
              ElementsAre("s3:GetObjectAttributes", "s3:GetObject"));
  EXPECT_THAT(
      actions_of(s3("GetObjectAttributes", R"({"bucketName":"b","key":"k","versionId":"v"})")),
      ElementsAre("s3:GetObjectVersionAttributes", "s3:GetObjectVersion"));
  // S3's names are all known: what is none of them is no action.
  EXPECT_EQ(s3("OptionsObject", "null").skip, Skip::NoSuchAction);
  EXPECT_EQ(call("bedrock", "InvokeModelWithBidirectionalStream", "null").skip, Skip::NoSuchAction);
  const ReplayedEvent many = s3("DeleteObjects", R"({"bucketName":"b","delete":""})");
  EXPECT_THAT(resources_of(many), ElementsAre("?"));
  EXPECT_EQ(many.requests[0].other_action, "s3:DeleteObjectVersion");
  EXPECT_EQ(many.evidence, Evidence::None);  // each object is refused for itself
}

// Every action that the tables give is one that its service has.
TEST(ReplayedEventTest, TheTablesGiveActionsOfTheCatalogue) {
  const std::string path = test::shared_file("corpus/service-catalog.jsonl.gz");
  if (path.empty()) GTEST_SKIP() << "the service catalogue is not here";
  std::set<std::string> actions;
  for (const std::string& line : test::read_lines(path)) {
    const detail::JsonTree tree = test::read_object(line);
    const detail::JsonNode* list = tree.member(tree.root(), "actions");
    for (const detail::JsonNode* action = tree.first_child(*list); action != nullptr;
         action = tree.next(*action)) {
      actions.insert(test::member_text(tree, "service") + ":" + std::string(action->name));
    }
  }
  for (const std::string& action : trail_table_actions()) {
    EXPECT_TRUE(actions.contains(action)) << action;
  }
}

TEST(ReplayedEventTest, AnAddressBehindAnEndpointIsTheVpcs) {
  const auto from = [](std::string_view more) { return call("ec2", "RunInstances", "null", more); };
  const ReplayedEvent behind = from(R"(,"sourceIPAddress":"10.0.0.1","vpcEndpointId":"vpce-1")");
  EXPECT_EQ(value_of(behind, "aws:SourceIp"), "(absent)");
  EXPECT_EQ(value_of(behind, "aws:VpcSourceIp"), "10.0.0.1");
  EXPECT_EQ(value_of(behind, "aws:SourceVpce"), "vpce-1");
  const ReplayedEvent other = from(R"(,"sourceIPAddress":"192.0.2.1")");
  EXPECT_EQ(value_of(other, "aws:SourceIp"), "192.0.2.1");
  EXPECT_EQ(value_of(other, "aws:VpcSourceIp"), "(unknown)");
}

TEST(ReplayedEventTest, ANewSessionTellsWhatItIsGiven) {
  const std::string role = R"("roleArn":"arn:aws:iam::123456789012:role/R","roleSessionName":"s")";
  const ReplayedEvent bare = call("sts", "AssumeRole", "{" + role + "}");
  EXPECT_THAT(actions_of(bare), ElementsAre("sts:AssumeRole"));
  EXPECT_EQ(value_of(bare, "sts:RoleSessionName"), "s");
  for (const char* key : {"sts:ExternalId", "sts:SourceIdentity", "aws:TagKeys"}) {
    EXPECT_EQ(value_of(bare, key), "(unknown)") << key;
  }
  const ReplayedEvent given =
      call("sts", "AssumeRole",
           "{" + role +
               R"(,"externalId":"e","sourceIdentity":"alice","transitiveTagKeys":["team"],)"
               R"("tags":[{"key":"team","value":"a"},{"key":"cost","value":"1"}]})");
  EXPECT_THAT(actions_of(given),
              ElementsAre("sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"));
  EXPECT_EQ(given.requests[2].resource, "arn:aws:iam::123456789012:role/R");
  EXPECT_EQ(value_of(given, "sts:ExternalId"), "e");
  EXPECT_EQ(value_of(given, "sts:SourceIdentity"), "alice");
  EXPECT_EQ(value_of(given, "aws:RequestTag/team"), "a");
  for (const ReplayedKey& key : given.keys) {
    if (key.name == "aws:TagKeys") {
      EXPECT_THAT(key.values, ElementsAre("team", "cost"));
    }
    if (key.name == "sts:TransitiveTagKeys") {
      EXPECT_THAT(key.values, ElementsAre("team"));
    }
  }
  const ReplayedEvent saml =
      call("sts", "AssumeRoleWithSAML", "{" + role + R"(,"principalTags":{"team":"a"}})");
  EXPECT_THAT(actions_of(saml), ElementsAre("sts:AssumeRoleWithSAML", "sts:TagSession"));
  EXPECT_EQ(value_of(saml, "aws:RequestTag/team"), "a");
}

TEST(ReplayedEventTest, WhatServicesDoAndSignInsAreNoCalls) {
  EXPECT_EQ(read(R"({"userIdentity":{"type":"IAMUser"},"eventSource":"signin.amazonaws.com",)"
                 R"("eventName":"ConsoleLogin","eventType":"AwsConsoleSignIn"})")
                .skip,
            Skip::NoCall);
}

TEST(ReplayedEventTest, LookupEventsWrapsEventsInStrings) {
  const ReplayedEvent event =
      read(R"({"EventId":"1","CloudTrailEvent":"{\"userIdentity\":{\"arn\":)"
           R"(\"arn:aws:iam::123456789012:user/A\"},\"eventSource\":\"ec2.amazonaws.com\",)"
           R"(\"eventName\":\"RunInstances\"}"})");
  EXPECT_EQ(event.requests.at(0).action, "ec2:RunInstances");
}

TEST(ReplayedEventTest, MistakesHaveAPlace) {
  const auto error = [](std::string_view text) { return read_event(text).error(); };
  EXPECT_EQ(error(R"({"eventName":"x"})").code, ErrorCode::InvalidInput);
  EXPECT_EQ(error(R"({"a":1,"a":2})").code, ErrorCode::DuplicateMember);
  EXPECT_EQ(error("{\"a\":tru}").code, ErrorCode::JsonSyntaxError);
  EXPECT_EQ(error(R"({"log":"poem"})").code, ErrorCode::InvalidInput);
  EXPECT_THAT(error(R"({"log":"decision","principal":"x","principalType":"user"})").message,
              HasSubstr("x"));
}

// The events of a text, `!` for a mistake, and where each stands.
std::vector<std::string> split(std::string_view text) {
  const testing::TemporaryFile file(text);
  Console console(nullptr, nullptr, nullptr);
  LogFile source(console, file.path());
  EventSplitter splitter(source);
  std::vector<std::string> parts;
  for (;;) {
    const EventSplitter::Status status = splitter.next();
    if (status == EventSplitter::Status::End) return parts;
    const std::string place = "@" + std::to_string(splitter.place().line) + ":" +
                              std::to_string(splitter.place().column) + ":" +
                              std::to_string(splitter.place().offset);
    parts.push_back((status == EventSplitter::Status::Event ? std::string(splitter.text()) : "!") +
                    place);
  }
}

TEST(EventSplitterTest, EventsInEveryArrangement) {
  EXPECT_THAT(split("{\"a\":1}\n\n {\"b\":2}"), ElementsAre("{\"a\":1}@1:1:0", "{\"b\":2}@3:2:10"));
  EXPECT_THAT(split("{}{}"), ElementsAre("{}@1:1:0", "{}@1:3:2"));
  EXPECT_THAT(split("{\n \"a\": {}\n}\n"), ElementsAre("{\n \"a\": {}\n}@1:1:0"));
  EXPECT_THAT(split("[{}, {}]"), ElementsAre("{}@1:2:1", "{}@1:6:5"));
  EXPECT_THAT(split("{\"Records\":[{\"a\":[]},{}]}"),
              ElementsAre("{\"a\":[]}@1:13:12", "{}@1:22:21"));
  EXPECT_THAT(split("{ \"Events\" : [ {} ] , \"NextToken\" : \"]}{\\\"\" }\n{}"),
              ElementsAre("{}@1:16:15", "{}@2:1:46"));
  EXPECT_THAT(split("{\"Records\":[]}{\"Records\":[{}]}"), ElementsAre("{}@1:27:26"));
  EXPECT_THAT(split("\xef\xbb\xbf{}"), ElementsAre("{}@1:4:3"));
  EXPECT_THAT(split("{\"a\":\"}{\\\\\\\"\"}"), ElementsAre("{\"a\":\"}{\\\\\\\"\"}@1:1:0"));
  EXPECT_THAT(split(""), ElementsAre());
  EXPECT_THAT(split("{\"Recordings\":1}"), ElementsAre("{\"Recordings\":1}@1:1:0"));
}

TEST(EventSplitterTest, ALineThatIsCutOffCostsOnlyItself) {
  EXPECT_THAT(split("{\"a\":{\"b\":1,\n{\"c\":1}\n"), ElementsAre("!@2:1:13", "{\"c\":1}@2:1:13"));
  EXPECT_THAT(split("{\"a\":\"x\n{\"c\":1}\n"), ElementsAre("!@1:8:7", "{\"c\":1}@2:1:8"));
  EXPECT_THAT(split("{\"a\":\n{\"c\":1}\n{}\n"),
              ElementsAre("!@3:1:14", "{\"c\":1}@2:1:6", "{}@3:1:14"));
  EXPECT_THAT(split("{\"c\":1}\n{\"a\":"), ElementsAre("{\"c\":1}@1:1:0", "!@2:6:13"));
  EXPECT_THAT(split("nonsense\n{}"), ElementsAre("!@1:1:0", "{}@2:1:9"));
  EXPECT_THAT(split("{]\n{}"), ElementsAre("!@1:2:1", "{}@2:1:3"));
  EXPECT_THAT(split("{\"Records\":[\n{\"a\":\"\n{}\n]}\n{}"),
              ElementsAre("!@2:7:19", "{}@3:1:20", "{}@5:1:26"));
  EXPECT_THAT(split("[{},"), ElementsAre("{}@1:2:1", "!@1:5:4"));
  EXPECT_THAT(split("[{} {}]"), ElementsAre("{}@1:2:1", "!@1:5:4"));
}

TEST(EventSplitterTest, HugeAndDeepEventsAreMistakes) {
  const std::string huge = "{\"a\":\"" + std::string(2U << 20U, 'x') + "\"}\n{}";
  EXPECT_THAT(split(huge), ElementsAre(HasSubstr("!@1:"), HasSubstr("{}@2:1:")));
  const std::string deep = std::string(65, '[') + "\n{}";
  EXPECT_THAT(split("{\"a\":" + deep), ElementsAre("!@1:69:68", "{}@2:1:71"));
  const std::string large = "{\"a\":\"" + std::string(900000, 'x') + "\"}";
  EXPECT_EQ(split(large + large).size(), 2);
}

}  // namespace
}  // namespace writ::cli
