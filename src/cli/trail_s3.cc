#include "cli/trail_s3.h"

#include <algorithm>

namespace writ::cli {
namespace {

// All sorted. Actions that only S3 itself asks for, while it replicates, are left out.
// clang-format off
constexpr std::string_view kBucketActions[] = {
    "CreateBucket", "CreateBucketMetadataTableConfiguration", "DeleteBucket",
    "DeleteBucketMetadataTableConfiguration", "DeleteBucketPolicy", "DeleteBucketWebsite",
    "GetAccelerateConfiguration", "GetAnalyticsConfiguration", "GetBucketAbac", "GetBucketAcl",
    "GetBucketCORS", "GetBucketLocation", "GetBucketLogging",
    "GetBucketMetadataTableConfiguration", "GetBucketNotification",
    "GetBucketObjectLockConfiguration", "GetBucketOwnershipControls", "GetBucketPolicy",
    "GetBucketPolicyStatus", "GetBucketPublicAccessBlock", "GetBucketRequestPayment",
    "GetBucketTagging", "GetBucketVersioning", "GetBucketWebsite", "GetEncryptionConfiguration",
    "GetIntelligentTieringConfiguration", "GetInventoryConfiguration",
    "GetLifecycleConfiguration", "GetMetricsConfiguration", "GetReplicationConfiguration",
    "ListBucket", "ListBucketMultipartUploads", "ListBucketVersions",
    "PutAccelerateConfiguration", "PutAnalyticsConfiguration", "PutBucketAbac", "PutBucketAcl",
    "PutBucketCORS", "PutBucketLogging", "PutBucketNotification",
    "PutBucketObjectLockConfiguration", "PutBucketOwnershipControls", "PutBucketPolicy",
    "PutBucketPublicAccessBlock", "PutBucketRequestPayment", "PutBucketTagging",
    "PutBucketVersioning", "PutBucketWebsite", "PutEncryptionConfiguration",
    "PutIntelligentTieringConfiguration", "PutInventoryConfiguration",
    "PutLifecycleConfiguration", "PutMetricsConfiguration", "PutReplicationConfiguration",
    "UpdateBucketMetadataAnnotationTableConfiguration",
    "UpdateBucketMetadataInventoryTableConfiguration",
    "UpdateBucketMetadataJournalTableConfiguration"
};

constexpr std::string_view kObjectActions[] = {
    "AbortMultipartUpload", "DeleteObject", "DeleteObjectAnnotation", "DeleteObjectTagging",
    "DeleteObjectVersion", "DeleteObjectVersionAnnotation", "DeleteObjectVersionTagging",
    "GetObject", "GetObjectAcl", "GetObjectAnnotation", "GetObjectAttributes",
    "GetObjectLegalHold", "GetObjectRetention", "GetObjectTagging", "GetObjectTorrent",
    "GetObjectVersion", "GetObjectVersionAcl", "GetObjectVersionAnnotation",
    "GetObjectVersionAttributes", "GetObjectVersionTagging", "GetObjectVersionTorrent",
    "ListMultipartUploadParts", "ListObjectAnnotations", "ListObjectVersionAnnotations",
    "PutObject", "PutObjectAcl", "PutObjectAnnotation", "PutObjectLegalHold",
    "PutObjectRetention", "PutObjectTagging", "PutObjectVersionAcl", "PutObjectVersionAnnotation",
    "PutObjectVersionTagging", "RestoreObject", "UpdateObjectEncryption"
};

constexpr std::string_view kOtherActions[] = {
    "AssociateAccessGrantsIdentityCenter", "CreateAccessGrant", "CreateAccessGrantsInstance",
    "CreateAccessGrantsLocation", "CreateAccessPoint", "CreateAccessPointForObjectLambda",
    "CreateJob", "CreateMultiRegionAccessPoint", "CreateStorageLensGroup", "DeleteAccessGrant",
    "DeleteAccessGrantsInstance", "DeleteAccessGrantsInstanceResourcePolicy",
    "DeleteAccessGrantsLocation", "DeleteAccessPoint", "DeleteAccessPointForObjectLambda",
    "DeleteAccessPointPolicy", "DeleteAccessPointPolicyForObjectLambda", "DeleteJobTagging",
    "DeleteMultiRegionAccessPoint", "DeleteStorageLensConfiguration",
    "DeleteStorageLensConfigurationTagging", "DeleteStorageLensGroup", "DescribeJob",
    "DescribeMultiRegionAccessPointOperation", "DissociateAccessGrantsIdentityCenter",
    "GetAccessGrant", "GetAccessGrantsInstance", "GetAccessGrantsInstanceForPrefix",
    "GetAccessGrantsInstanceResourcePolicy", "GetAccessGrantsLocation", "GetAccessPoint",
    "GetAccessPointConfigurationForObjectLambda", "GetAccessPointForObjectLambda",
    "GetAccessPointPolicy", "GetAccessPointPolicyForObjectLambda", "GetAccessPointPolicyStatus",
    "GetAccessPointPolicyStatusForObjectLambda", "GetAccountPublicAccessBlock", "GetDataAccess",
    "GetJobTagging", "GetMultiRegionAccessPoint", "GetMultiRegionAccessPointPolicy",
    "GetMultiRegionAccessPointPolicyStatus", "GetMultiRegionAccessPointRoutes",
    "GetStorageLensConfiguration", "GetStorageLensConfigurationTagging",
    "GetStorageLensDashboard", "GetStorageLensGroup", "ListAccessGrants",
    "ListAccessGrantsInstances", "ListAccessGrantsLocations", "ListAccessPoints",
    "ListAccessPointsForObjectLambda", "ListAllMyBuckets", "ListCallerAccessGrants", "ListJobs",
    "ListMultiRegionAccessPoints", "ListStorageLensConfigurations", "ListStorageLensGroups",
    "ListTagsForResource", "PutAccessGrantsInstanceResourcePolicy",
    "PutAccessPointConfigurationForObjectLambda", "PutAccessPointPolicy",
    "PutAccessPointPolicyForObjectLambda", "PutAccessPointPublicAccessBlock",
    "PutAccountPublicAccessBlock", "PutJobTagging", "PutMultiRegionAccessPointPolicy",
    "PutStorageLensConfiguration", "PutStorageLensConfigurationTagging",
    "SubmitMultiRegionAccessPointRoutes", "TagResource", "UntagResource",
    "UpdateAccessGrantsLocation", "UpdateJobPriority", "UpdateJobStatus", "UpdateStorageLensGroup"
};
// clang-format on

static_assert(std::ranges::is_sorted(kBucketActions) && std::ranges::is_sorted(kObjectActions) &&
              std::ranges::is_sorted(kOtherActions));

}  // namespace

std::span<const std::string_view> s3_actions(S3Resource kind) noexcept {
  switch (kind) {
    case S3Resource::Bucket:
      return kBucketActions;
    case S3Resource::Object:
      return kObjectActions;
    case S3Resource::Other:
      break;
  }
  return kOtherActions;
}

std::optional<S3Resource> kind_of_s3_action(std::string_view name) noexcept {
  for (const S3Resource kind : {S3Resource::Bucket, S3Resource::Object, S3Resource::Other}) {
    if (std::ranges::binary_search(s3_actions(kind), name)) return kind;
  }
  return std::nullopt;
}

}  // namespace writ::cli
