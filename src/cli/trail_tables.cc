#include "cli/trail_tables.h"

#include <algorithm>
#include <iterator>

#include "cli/trail_s3.h"

namespace writ::cli {
namespace {

struct Renamed {
  std::string_view from;
  std::string_view to;
};

// Event sources, without `.amazonaws.com`, whose actions have another prefix. Sorted.
constexpr Renamed kServices[] = {
    {"amazonmq", "mq"},           {"cloudcontrolapi", "cloudformation"}, {"email", "ses"},
    {"iotdata", "iot"},           {"marketplace", "aws-marketplace"},    {"models.lex", "lex"},
    {"monitoring", "cloudwatch"}, {"pinpoint", "mobiletargeting"},       {"portal.model", "portal"},
    {"runtime.lex", "lex"},       {"streams.dynamodb", "dynamodb"},      {"tagging", "tag"},
};

// Names of events whose actions are called otherwise, by prefix of the action. Sorted.
constexpr Renamed kActions[] = {
    {"bedrock:Converse", "InvokeModel"},
    {"bedrock:ConverseStream", "InvokeModelWithResponseStream"},
    {"bedrock:StartAsyncInvoke", "InvokeModel"},
    {"budgets:CreateBudget", "ModifyBudget"},
    {"budgets:CreateNotification", "ModifyBudget"},
    {"budgets:CreateSubscriber", "ModifyBudget"},
    {"budgets:DeleteBudget", "ModifyBudget"},
    {"budgets:DeleteNotification", "ModifyBudget"},
    {"budgets:DeleteSubscriber", "ModifyBudget"},
    {"budgets:DescribeBudget", "ViewBudget"},
    {"budgets:DescribeBudgetNotificationsForAccount", "ViewBudget"},
    {"budgets:DescribeBudgetPerformanceHistory", "ViewBudget"},
    {"budgets:DescribeBudgets", "ViewBudget"},
    {"budgets:DescribeNotificationsForBudget", "ViewBudget"},
    {"budgets:DescribeSubscribersForNotification", "ViewBudget"},
    {"budgets:UpdateBudget", "ModifyBudget"},
    {"budgets:UpdateNotification", "ModifyBudget"},
    {"budgets:UpdateSubscriber", "ModifyBudget"},
    {"cloudfront:CreateDistributionWithTags", "CreateDistribution"},
    {"kms:ReEncrypt", "ReEncryptFrom"},
    {"lambda:GetLayerVersionByArn", "GetLayerVersion"},
    {"lambda:Invoke", "InvokeFunction"},
    {"lambda:InvokeWithResponseStream", "InvokeFunction"},
    {"s3:CompleteMultipartUpload", "PutObject"},
    {"s3:CreateMultipartUpload", "PutObject"},
    {"s3:DeleteAccountPublicAccessBlock", "PutAccountPublicAccessBlock"},
    {"s3:DeleteBucketAnalyticsConfiguration", "PutAnalyticsConfiguration"},
    {"s3:DeleteBucketCors", "PutBucketCORS"},
    {"s3:DeleteBucketEncryption", "PutEncryptionConfiguration"},
    {"s3:DeleteBucketIntelligentTieringConfiguration", "PutIntelligentTieringConfiguration"},
    {"s3:DeleteBucketInventoryConfiguration", "PutInventoryConfiguration"},
    {"s3:DeleteBucketLifecycle", "PutLifecycleConfiguration"},
    {"s3:DeleteBucketMetadataConfiguration", "DeleteBucketMetadataTableConfiguration"},
    {"s3:DeleteBucketMetricsConfiguration", "PutMetricsConfiguration"},
    {"s3:DeleteBucketOwnershipControls", "PutBucketOwnershipControls"},
    {"s3:DeleteBucketPublicAccessBlock", "PutBucketPublicAccessBlock"},
    {"s3:DeleteBucketReplication", "PutReplicationConfiguration"},
    {"s3:DeleteBucketTagging", "PutBucketTagging"},
    {"s3:DeleteObjects", "DeleteObject"},
    {"s3:GetBucketAccelerate", "GetAccelerateConfiguration"},
    {"s3:GetBucketAccelerateConfiguration", "GetAccelerateConfiguration"},
    {"s3:GetBucketAnalyticsConfiguration", "GetAnalyticsConfiguration"},
    {"s3:GetBucketCors", "GetBucketCORS"},
    {"s3:GetBucketEncryption", "GetEncryptionConfiguration"},
    {"s3:GetBucketIntelligentTieringConfiguration", "GetIntelligentTieringConfiguration"},
    {"s3:GetBucketInventoryConfiguration", "GetInventoryConfiguration"},
    {"s3:GetBucketLifecycle", "GetLifecycleConfiguration"},
    {"s3:GetBucketLifecycleConfiguration", "GetLifecycleConfiguration"},
    {"s3:GetBucketMetadataConfiguration", "GetBucketMetadataTableConfiguration"},
    {"s3:GetBucketMetricsConfiguration", "GetMetricsConfiguration"},
    {"s3:GetBucketNotificationConfiguration", "GetBucketNotification"},
    {"s3:GetBucketReplication", "GetReplicationConfiguration"},
    {"s3:GetObjectLockConfiguration", "GetBucketObjectLockConfiguration"},
    {"s3:GetObjectLockLegalHold", "GetObjectLegalHold"},
    {"s3:GetObjectLockRetention", "GetObjectRetention"},
    {"s3:HeadBucket", "ListBucket"},
    {"s3:HeadObject", "GetObject"},
    {"s3:InitiateMultipartUpload", "PutObject"},
    {"s3:ListBucketAnalyticsConfigurations", "GetAnalyticsConfiguration"},
    {"s3:ListBucketIntelligentTieringConfigurations", "GetIntelligentTieringConfiguration"},
    {"s3:ListBucketInventoryConfigurations", "GetInventoryConfiguration"},
    {"s3:ListBucketMetricsConfigurations", "GetMetricsConfiguration"},
    {"s3:ListBuckets", "ListAllMyBuckets"},
    {"s3:ListMultipartUploads", "ListBucketMultipartUploads"},
    {"s3:ListObjectVersions", "ListBucketVersions"},
    {"s3:ListObjects", "ListBucket"},
    {"s3:ListObjectsV2", "ListBucket"},
    {"s3:ListParts", "ListMultipartUploadParts"},
    {"s3:PostObject", "PutObject"},
    {"s3:PutBucketAccelerate", "PutAccelerateConfiguration"},
    {"s3:PutBucketAccelerateConfiguration", "PutAccelerateConfiguration"},
    {"s3:PutBucketAnalyticsConfiguration", "PutAnalyticsConfiguration"},
    {"s3:PutBucketCors", "PutBucketCORS"},
    {"s3:PutBucketEncryption", "PutEncryptionConfiguration"},
    {"s3:PutBucketIntelligentTieringConfiguration", "PutIntelligentTieringConfiguration"},
    {"s3:PutBucketInventoryConfiguration", "PutInventoryConfiguration"},
    {"s3:PutBucketLifecycle", "PutLifecycleConfiguration"},
    {"s3:PutBucketLifecycleConfiguration", "PutLifecycleConfiguration"},
    {"s3:PutBucketMetricsConfiguration", "PutMetricsConfiguration"},
    {"s3:PutBucketNotificationConfiguration", "PutBucketNotification"},
    {"s3:PutBucketReplication", "PutReplicationConfiguration"},
    {"s3:PutObjectLockConfiguration", "PutBucketObjectLockConfiguration"},
    {"s3:PutObjectLockLegalHold", "PutObjectLegalHold"},
    {"s3:PutObjectLockRetention", "PutObjectRetention"},
    {"s3:SelectObjectContent", "GetObject"},
    {"s3:UploadPart", "PutObject"},
    {"sns:PublishBatch", "Publish"},
    {"sqs:ChangeMessageVisibilityBatch", "ChangeMessageVisibility"},
    {"sqs:DeleteMessageBatch", "DeleteMessage"},
    {"sqs:SendMessageBatch", "SendMessage"},
};

// Calls that are allowed, or denied, by several actions which the event does not tell. Sorted.
constexpr std::string_view kSeveral[] = {
    "dynamodb:BatchExecuteStatement",
    "dynamodb:ExecuteStatement",
    "dynamodb:ExecuteTransaction",
    "dynamodb:TransactGetItems",
    "dynamodb:TransactWriteItems",
    "s3:CopyObject",
    "s3:UploadPartCopy",
};

// Calls that need a second action, too. Sorted.
constexpr Renamed kAlso[] = {
    {"cloudfront:CreateDistributionWithTags", "TagResource"},
    {"kms:ReEncrypt", "ReEncryptTo"},
    {"s3:GetObjectAttributes", "GetObject"},
};

// Calls whose names are no actions, and whose actions are not known for certain. Sorted.
constexpr std::string_view kNoActions[] = {"bedrock:InvokeModelWithBidirectionalStream"};

// Calls for which nobody needs a permission. Sorted.
constexpr std::string_view kFree[] = {
    "sts:DecodeSessionToken",
    "sts:GetCallerIdentity",
    "sts:GetSessionToken",
};

// S3's actions of objects that have a sibling for one version. Sorted.
constexpr std::string_view kVersioned[] = {"s3:DeleteObject",        "s3:DeleteObjectAnnotation",
                                           "s3:DeleteObjectTagging", "s3:GetObject",
                                           "s3:GetObjectAcl",        "s3:GetObjectAnnotation",
                                           "s3:GetObjectAttributes", "s3:GetObjectTagging",
                                           "s3:GetObjectTorrent",    "s3:ListObjectAnnotations",
                                           "s3:PutObjectAcl",        "s3:PutObjectAnnotation",
                                           "s3:PutObjectTagging"};

// The first that fits makes the resource.
constexpr TrailResource kResources[] = {
    {"partnercentral-account-management", "", "", "*"},
    {"s3", "ListAllMyBuckets", "", "*"},
    {"s3", "", "bucketName", "arn:P:s3:::{}"},
    {"sts", "AssumeRole", "roleArn", ""},
    {"sts", "AssumeRoleWithSAML", "roleArn", ""},
    {"sts", "AssumeRoleWithWebIdentity", "roleArn", ""},
    {"iam", "CreatePolicyVersion", "policyArn", ""},
    {"iam", "DeletePolicy", "policyArn", ""},
    {"iam", "DeletePolicyVersion", "policyArn", ""},
    {"iam", "GetPolicy", "policyArn", ""},
    {"iam", "GetPolicyVersion", "policyArn", ""},
    {"iam", "SetDefaultPolicyVersion", "policyArn", ""},
    {"dynamodb", "ListBackups", "", ""},
    {"dynamodb", "ListContributorInsights", "", ""},
    {"dynamodb", "ListStreams", "", ""},
    {"dynamodb", "", "tableName", "arn:P:dynamodb:R:A:table/{}"},
    {"sns", "", "topicArn", ""},
    {"states", "", "stateMachineArn", ""},
    {"kinesis", "DisableEnhancedMonitoring", "", ""},
    {"kinesis", "EnableEnhancedMonitoring", "", ""},
    {"kinesis", "UpdateShardCount", "", ""},
    {"kinesis", "UpdateStreamMode", "", ""},
    {"kinesis", "", "streamName", "arn:P:kinesis:R:A:stream/{}"},
    {"firehose", "", "deliveryStreamName", "arn:P:firehose:R:A:deliverystream/{}"},
    {"ecr", "", "repositoryName", "arn:P:ecr:R:A:repository/{}"},
};

constexpr bool is_sorted(std::span<const Renamed> table) {
  return std::ranges::is_sorted(table, {}, &Renamed::from);
}
static_assert(is_sorted(kServices) && is_sorted(kActions) && is_sorted(kAlso));
static_assert(std::ranges::is_sorted(kSeveral) && std::ranges::is_sorted(kNoActions) &&
              std::ranges::is_sorted(kFree) && std::ranges::is_sorted(kVersioned));

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Names of Lambda's events end with the date of the API's version, `20150331` or `20150331v2`,
// CloudFront's with `2020_05_31`.
std::string_view without_date(std::string_view name) {
  std::string_view rest = name;
  if (rest.size() > 2 && is_digit(rest.back()) && rest[rest.size() - 2] == 'v') {
    rest.remove_suffix(2);
  }
  std::size_t digits = 0;
  while (!rest.empty() && (is_digit(rest.back()) || rest.back() == '_')) {
    digits += rest.back() == '_' ? 0 : 1;
    rest.remove_suffix(1);
  }
  return digits == 8 && !rest.empty() ? rest : name;
}

const Renamed* find(std::span<const Renamed> table, std::string_view from) {
  const auto found = std::ranges::lower_bound(table, from, {}, &Renamed::from);
  return found != table.end() && found->from == from ? &*found : nullptr;
}

}  // namespace

std::string_view to_string(Skip skip) noexcept {
  switch (skip) {
    case Skip::None:
      break;
    case Skip::NoCall:
      return "no API call: sign-ins and what services do on their own";
    case Skip::NoPermission:
      return "calls that need no permission";
    case Skip::SeveralActions:
      return "calls of several actions, which the event does not tell";
    case Skip::UnnamedCaller:
      return "the event names no principal that policies know";
    case Skip::NoSuchAction:
      return "eventSource and eventName give no action";
    case Skip::InvalidRequest:
      return "the caller or the resource has no valid ARN";
    case Skip::UnknownCaller:
      return "neither folder has the user or role";
  }
  return "";
}

TrailAction trail_action(std::string_view source, std::string_view name, bool versioned,
                         std::string_view service) {
  constexpr std::string_view kDomain = ".amazonaws.com";
  TrailAction action;
  if (source.ends_with(kDomain)) source.remove_suffix(kDomain.size());
  const Renamed* renamed_service = find(kServices, source);
  std::string_view prefix = renamed_service != nullptr ? renamed_service->to : source;
  // Application Auto Scaling and AWS Auto Scaling log as EC2's does, and say so beside it.
  if (prefix == "autoscaling" && !service.empty()) prefix = service;
  // Its actions are `GET`, `POST`, …, which the event's name does not tell.
  if (prefix == "apigateway") {
    action.skip = Skip::NoSuchAction;
    return action;
  }
  if (prefix == "lambda" || prefix == "cloudfront") name = without_date(name);
  const auto full = [prefix](std::string_view short_name) {
    std::string text;
    text.reserve(prefix.size() + short_name.size() + 1);
    return text.append(prefix).append(":").append(short_name);
  };
  action.text = full(name);
  if (std::ranges::binary_search(kSeveral, action.text)) action.skip = Skip::SeveralActions;
  if (std::ranges::binary_search(kFree, action.text)) action.skip = Skip::NoPermission;
  if (std::ranges::binary_search(kNoActions, action.text)) action.skip = Skip::NoSuchAction;
  action.many_objects = action.text == "s3:DeleteObjects";
  // The versions, if there are any, are in the body, which is not logged.
  if (action.many_objects) action.other = full("DeleteObjectVersion");
  if (const Renamed* also = find(kAlso, action.text)) action.also = full(also->to);
  if (const Renamed* renamed = find(kActions, action.text)) {
    action.text = full(renamed->to);
  } else if (prefix == "s3" && action.skip == Skip::None && !kind_of_s3_action(name)) {
    action.skip = Skip::NoSuchAction;
  }
  for (std::string* text : {&action.text, &action.also}) {
    if (!versioned || !std::ranges::binary_search(kVersioned, *text)) continue;
    // `GetObjectAcl` of a version is `GetObjectVersionAcl`.
    text->insert(text->find("Object") + 6, "Version");
  }
  return action;
}

std::vector<std::string> trail_table_actions() {
  std::vector<std::string> actions;
  const auto add = [&actions](std::span<const Renamed> table) {
    for (const Renamed& row : table) {
      std::string& action = actions.emplace_back(row.from.substr(0, row.from.find(':') + 1));
      action += row.to;
    }
  };
  add(kActions);
  add(kAlso);
  actions.insert(actions.end(), std::begin(kVersioned), std::end(kVersioned));
  for (const S3Resource kind : {S3Resource::Bucket, S3Resource::Object, S3Resource::Other}) {
    for (const std::string_view name : s3_actions(kind))
      actions.push_back("s3:" + std::string(name));
  }
  return actions;
}

std::span<const TrailResource> trail_resources() noexcept { return kResources; }

}  // namespace writ::cli
