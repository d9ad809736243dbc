#include "cli/trail_tables.h"

#include <algorithm>

namespace writ::cli {
namespace {

struct Renamed {
  std::string_view from;
  std::string_view to;
};

// Event sources, without `.amazonaws.com`, whose actions have another prefix. Sorted.
constexpr Renamed kServices[] = {
    {"cloudcontrolapi", "cloudformation"}, {"email", "ses"},           {"iotdata", "iot"},
    {"marketplace", "aws-marketplace"},    {"models.lex", "lex"},      {"monitoring", "cloudwatch"},
    {"pinpoint", "mobiletargeting"},       {"portal.model", "portal"}, {"runtime.lex", "lex"},
    {"streams.dynamodb", "dynamodb"},      {"tagging", "tag"},
};

// Names of events whose actions are called otherwise, by prefix of the action. Sorted.
constexpr Renamed kActions[] = {
    {"lambda:Invoke", "InvokeFunction"},
    {"lambda:InvokeWithResponseStream", "InvokeFunction"},
    {"s3:CompleteMultipartUpload", "PutObject"},
    {"s3:CreateMultipartUpload", "PutObject"},
    {"s3:DeleteBucketCors", "PutBucketCORS"},
    {"s3:DeleteBucketEncryption", "PutEncryptionConfiguration"},
    {"s3:DeleteBucketLifecycle", "PutLifecycleConfiguration"},
    {"s3:DeleteBucketPublicAccessBlock", "PutBucketPublicAccessBlock"},
    {"s3:DeleteBucketReplication", "PutReplicationConfiguration"},
    {"s3:DeleteBucketTagging", "PutBucketTagging"},
    {"s3:GetBucketAccelerate", "GetAccelerateConfiguration"},
    {"s3:GetBucketCors", "GetBucketCORS"},
    {"s3:GetBucketEncryption", "GetEncryptionConfiguration"},
    {"s3:GetBucketLifecycle", "GetLifecycleConfiguration"},
    {"s3:GetBucketReplication", "GetReplicationConfiguration"},
    {"s3:HeadBucket", "ListBucket"},
    {"s3:HeadObject", "GetObject"},
    {"s3:InitiateMultipartUpload", "PutObject"},
    {"s3:ListBuckets", "ListAllMyBuckets"},
    {"s3:ListMultipartUploads", "ListBucketMultipartUploads"},
    {"s3:ListObjectVersions", "ListBucketVersions"},
    {"s3:ListObjects", "ListBucket"},
    {"s3:ListObjectsV2", "ListBucket"},
    {"s3:ListParts", "ListMultipartUploadParts"},
    {"s3:PutBucketAccelerate", "PutAccelerateConfiguration"},
    {"s3:PutBucketCors", "PutBucketCORS"},
    {"s3:PutBucketEncryption", "PutEncryptionConfiguration"},
    {"s3:PutBucketLifecycle", "PutLifecycleConfiguration"},
    {"s3:PutBucketReplication", "PutReplicationConfiguration"},
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

// Calls for which nobody needs a permission. Sorted.
constexpr std::string_view kFree[] = {
    "sts:DecodeSessionToken",
    "sts:GetCallerIdentity",
    "sts:GetSessionToken",
};

// S3's actions of objects that have a sibling for one version. Sorted.
constexpr std::string_view kVersioned[] = {
    "s3:DeleteObject",     "s3:DeleteObjectTagging", "s3:GetObject",        "s3:GetObjectAcl",
    "s3:GetObjectTagging", "s3:PutObjectAcl",        "s3:PutObjectTagging",
};

// The first that fits makes the resource.
constexpr TrailResource kResources[] = {
    {"partnercentral-account-management", "", "", ""},
    {"s3", "ListAllMyBuckets", "", ""},
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
    {"lambda", "", "functionName", "arn:P:lambda:R:A:function:{}"},
    {"dynamodb", "", "tableName", "arn:P:dynamodb:R:A:table/{}"},
    {"sns", "", "topicArn", ""},
    {"kms", "", "keyId", ""},
    {"secretsmanager", "", "secretId", ""},
    {"states", "", "stateMachineArn", ""},
    {"kinesis", "", "streamName", "arn:P:kinesis:R:A:stream/{}"},
    {"firehose", "", "deliveryStreamName", "arn:P:firehose:R:A:deliverystream/{}"},
    {"ecr", "", "repositoryName", "arn:P:ecr:R:A:repository/{}"},
};

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

TrailAction trail_action(std::string_view source, std::string_view name, bool versioned) {
  constexpr std::string_view kDomain = ".amazonaws.com";
  TrailAction action;
  if (source.ends_with(kDomain)) source.remove_suffix(kDomain.size());
  const Renamed* service = find(kServices, source);
  const std::string_view prefix = service != nullptr ? service->to : source;
  // Its actions are `GET`, `POST`, …, which the event's name does not tell.
  if (prefix == "apigateway") return {{}, Skip::NoSuchAction};
  if (prefix == "lambda" || prefix == "cloudfront") name = without_date(name);
  action.text.reserve(prefix.size() + name.size() + 1);
  action.text.append(prefix).append(":").append(name);
  if (std::ranges::binary_search(kSeveral, action.text)) action.skip = Skip::SeveralActions;
  if (std::ranges::binary_search(kFree, action.text)) action.skip = Skip::NoPermission;
  if (const Renamed* renamed = find(kActions, action.text)) {
    action.text.replace(prefix.size() + 1, std::string::npos, renamed->to);
  }
  if (versioned && std::ranges::binary_search(kVersioned, action.text)) {
    // `GetObjectAcl` of a version is `GetObjectVersionAcl`.
    action.text.insert(action.text.find("Object") + 6, "Version");
  }
  return action;
}

std::span<const TrailResource> trail_resources() noexcept { return kResources; }

}  // namespace writ::cli
