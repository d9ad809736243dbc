// Documents in the manner of AWS's managed policies. The shares below follow statistics over all
// 1,594 managed policies of August 2026: a policy has 3 statements at the median, 19 at the 95th
// percentile; a statement 2 and 15 actions; 94 % of the actions are exact, 4.7 % `Verb*`, 1 %
// `service:*`; 48 % of the statements have only `*` as resource; of the other resources' last
// fields 69 % end in one star, 11 % are exact, 16 % hold several stars; 84 % of the accounts are
// `*`; 44 % of the statements have a condition, nine tests in ten are StringEquals or StringLike;
// 1 % of the statements deny.
#include <algorithm>
#include <cmath>

#include <fstream>
#include <memory>

#include "draw.h"
#include "questions.h"
#include "random.h"
#include "workload.h"

namespace writ::bench {

namespace {

struct Service {
  const char* prefix;
  const char* nouns[8];
  bool regional;
};

// Services with what their actions are about; enough to draw thousands of actions from.
constexpr Service kServices[] = {
    {"s3",
     {"Bucket", "Object", "AccessPoint", "Job", "BucketPolicy", "ObjectTagging", "StorageLens",
      "MultiRegionAccessPoint"},
     false},
    {"ec2",
     {"Instance", "Volume", "Snapshot", "SecurityGroup", "Subnet", "Vpc", "NetworkInterface",
      "LaunchTemplate"},
     true},
    {"iam",
     {"Role", "User", "Group", "Policy", "InstanceProfile", "AccessKey", "RolePolicy",
      "ServiceLinkedRole"},
     false},
    {"lambda",
     {"Function", "Layer", "EventSourceMapping", "Alias", "FunctionConcurrency",
      "CodeSigningConfig", "FunctionUrlConfig", "Version"},
     true},
    {"dynamodb",
     {"Table", "Item", "Backup", "GlobalTable", "Stream", "TimeToLive", "Export", "Import"},
     true},
    {"sqs",
     {"Queue", "Message", "QueueAttributes", "Permission", "MessageBatch", "QueueTags",
      "DeadLetterSource", "MessageMoveTask"},
     true},
    {"sns",
     {"Topic", "Subscription", "PlatformApplication", "Endpoint", "TopicAttributes",
      "SMSAttributes", "DataProtectionPolicy", "Permission"},
     true},
    {"kms",
     {"Key", "Grant", "Alias", "KeyPolicy", "DataKey", "Mac", "CustomKeyStore",
      "KeyRotationStatus"},
     true},
    {"logs",
     {"LogGroup", "LogStream", "LogEvents", "MetricFilter", "SubscriptionFilter", "QueryDefinition",
      "ResourcePolicy", "Destination"},
     true},
    {"cloudwatch",
     {"Alarm", "Dashboard", "MetricData", "MetricStream", "InsightRule", "AnomalyDetector",
      "AlarmHistory", "CompositeAlarm"},
     true},
    {"ecs",
     {"Cluster", "Service", "TaskDefinition", "Task", "ContainerInstance", "CapacityProvider",
      "TaskSet", "Attributes"},
     true},
    {"eks",
     {"Cluster", "Nodegroup", "Addon", "FargateProfile", "AccessEntry", "IdentityProviderConfig",
      "PodIdentityAssociation", "Insight"},
     true},
    {"ecr",
     {"Repository", "Image", "LifecyclePolicy", "AuthorizationToken", "LayerUpload",
      "RegistryPolicy", "ReplicationConfiguration", "PullThroughCacheRule"},
     true},
    {"rds",
     {"DBInstance", "DBCluster", "DBSnapshot", "DBSubnetGroup", "OptionGroup", "EventSubscription",
      "DBProxy", "GlobalCluster"},
     true},
    {"elasticache",
     {"CacheCluster", "ReplicationGroup", "Snapshot", "User", "UserGroup", "CacheSubnetGroup",
      "ServerlessCache", "GlobalReplicationGroup"},
     true},
    {"cloudformation",
     {"Stack", "StackSet", "ChangeSet", "StackInstances", "Type", "StackResource",
      "GeneratedTemplate", "StackRefactor"},
     true},
    {"cloudfront",
     {"Distribution", "Invalidation", "Function", "CachePolicy", "KeyGroup", "OriginAccessControl",
      "RealtimeLogConfig", "ResponseHeadersPolicy"},
     false},
    {"route53",
     {"HostedZone", "HealthCheck", "TrafficPolicy", "ResourceRecordSets", "QueryLoggingConfig",
      "KeySigningKey", "ReusableDelegationSet", "CidrCollection"},
     false},
    {"apigateway",
     {"RestApi", "Stage", "Deployment", "Resource", "Method", "UsagePlan", "DomainName", "VpcLink"},
     true},
    {"states",
     {"StateMachine", "Execution", "Activity", "MapRun", "StateMachineAlias", "StateMachineVersion",
      "ExecutionHistory", "SyncExecution"},
     true},
    {"events",
     {"Rule", "EventBus", "Targets", "Archive", "Replay", "Connection", "ApiDestination",
      "Endpoint"},
     true},
    {"secretsmanager",
     {"Secret", "SecretValue", "ResourcePolicy", "RandomPassword", "SecretVersionStage",
      "ReplicaRegions", "SecretVersionIds", "Rotation"},
     true},
    {"ssm",
     {"Parameter", "Document", "MaintenanceWindow", "Association", "Session", "PatchBaseline",
      "OpsItem", "Automation"},
     true},
    {"sagemaker",
     {"Endpoint", "Model", "TrainingJob", "NotebookInstance", "Domain", "UserProfile", "Pipeline",
      "FeatureGroup"},
     true},
    {"glue",
     {"Job", "Crawler", "Database", "Table", "Connection", "Trigger", "Workflow", "Partition"},
     true},
    {"athena",
     {"WorkGroup", "QueryExecution", "NamedQuery", "DataCatalog", "PreparedStatement", "Notebook",
      "Session", "CapacityReservation"},
     true},
    {"kinesis",
     {"Stream", "Records", "ShardIterator", "StreamConsumer", "StreamSummary", "EnhancedMonitoring",
      "Shards", "StreamMode"},
     true},
    {"firehose",
     {"DeliveryStream", "Record", "RecordBatch", "DeliveryStreamEncryption", "Destination",
      "TagsForDeliveryStream", "Source", "Backup"},
     true},
    {"redshift",
     {"Cluster", "ClusterSnapshot", "ClusterParameterGroup", "ClusterSubnetGroup",
      "ScheduledAction", "UsageLimit", "Integration", "DataShare"},
     true},
    {"autoscaling",
     {"AutoScalingGroup", "LaunchConfiguration", "ScalingPolicy", "LifecycleHook",
      "ScheduledAction", "InstanceRefresh", "WarmPool", "Tags"},
     true},
    {"elasticloadbalancing",
     {"LoadBalancer", "TargetGroup", "Listener", "Rule", "TargetHealth", "ListenerCertificates",
      "TrustStore", "SSLPolicies"},
     true},
    {"codebuild",
     {"Project", "Build", "ReportGroup", "Report", "Webhook", "BuildBatch", "Fleet",
      "SourceCredentials"},
     true},
    {"codepipeline",
     {"Pipeline", "PipelineExecution", "Webhook", "CustomActionType", "JobDetails",
      "ApprovalResult", "StageTransition", "ActionType"},
     true},
    {"backup",
     {"BackupVault", "BackupPlan", "RecoveryPoint", "BackupJob", "RestoreJob", "Framework",
      "ReportPlan", "LegalHold"},
     true},
    {"organizations",
     {"Account", "OrganizationalUnit", "Policy", "Handshake", "Root", "DelegatedAdministrator",
      "ResourcePolicy", "CreateAccountStatus"},
     false},
    {"cognito-idp",
     {"UserPool", "UserPoolClient", "Group", "IdentityProvider", "ResourceServer", "UserImportJob",
      "RiskConfiguration", "UICustomization"},
     true},
    {"bedrock",
     {"Agent", "KnowledgeBase", "Guardrail", "ModelInvocationJob", "CustomModel", "Flow", "Prompt",
      "EvaluationJob"},
     true},
    {"opensearch",
     {"Domain", "Package", "VpcEndpoint", "Application", "DataSource", "UpgradeStatus",
      "DomainConfig", "OutboundConnection"},
     true},
    {"transfer",
     {"Server", "User", "Workflow", "Connector", "Agreement", "Certificate", "Profile",
      "SshPublicKey"},
     true},
    {"wafv2",
     {"WebACL", "IPSet", "RuleGroup", "RegexPatternSet", "LoggingConfiguration", "PermissionPolicy",
      "APIKey", "ManagedRuleSet"},
     true},
};
constexpr const char* kVerbs[] = {"Get",    "List",   "Describe", "Create", "Delete", "Update",
                                  "Put",    "Tag",    "Untag",    "Start",  "Stop",   "Attach",
                                  "Detach", "Enable", "Disable",  "Batch",  "Modify", "Associate"};
constexpr const char* kRegions[] = {"us-east-1", "eu-west-1", "eu-central-1", "ap-southeast-2"};
constexpr const char* kTeams[] = {"payments", "search", "data", "web", "platform", "risk"};

std::string small(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return lower;
}

std::string action_of(const Service& service, Random& random) {
  return std::string(service.prefix) + ":" + random.pick(kVerbs) + random.pick(service.nouns);
}

// Heavy-tailed counts: `median` in the middle, `p95` at the 95th percentile.
std::size_t drawn(Random& random, double median, double p95, std::size_t most) {
  // A normal deviate by the sum of twelve uniforms, the same with every library.
  double normal = -6;
  for (int i = 0; i < 12; ++i) normal += static_cast<double>(random.below(1U << 24U)) / (1U << 24U);
  const double value = median * std::exp(normal * std::log(p95 / median) / 1.645);
  return std::clamp<std::size_t>(static_cast<std::size_t>(std::lround(value)), 1, most);
}

std::string arn(const Service& service, std::string_view region, std::string_view account,
                std::string_view resource) {
  std::string text = "arn:aws:";
  text += service.prefix;
  text += ':';
  if (service.regional) text += region;
  text += ':';
  if (std::string_view(service.prefix) != "s3") text += account;
  text += ':';
  text += resource;
  return text;
}

// What the last ARN fields of managed policies look like.
std::string resource_pattern(const Service& service, Random& random) {
  const std::string type = small(random.pick(service.nouns));
  const std::string name = std::string("aws-") + random.pick(kTeams);
  const std::size_t form = random.below(1000);
  std::string last;
  if (form < 345) {
    last = type + "/*";
  } else if (form < 690) {
    last = type + "/" + name + "-*";
  } else if (form < 802) {
    last = type + "/" + name;
  } else if (form < 910) {
    last = type + "/*/" + name + "-*";
  } else if (form < 946) {
    last = type + "/*/*";
  } else if (form < 963) {
    last = "*";
  } else if (form < 980) {
    last = type + "/" + name + "-*-data";
  } else {
    last = type + "/${aws:PrincipalAccount}/*";
  }
  const char* account = random.per_mille(4) ? "111122223333" : "*";
  const char* region = random.per_mille(10) ? "us-east-1" : "*";
  return arn(service, region, account, last);
}

std::string condition(const Service& service, Random& random) {
  const std::size_t form = random.below(1000);
  const std::string team = random.pick(kTeams);
  if (form < 190) return R"("StringEquals":{"aws:ResourceAccount":"${aws:PrincipalAccount}"})";
  if (form < 420) return R"("StringEquals":{"aws:ResourceTag/team":")" + team + R"("})";
  if (form < 520) return R"("StringEquals":{"aws:RequestTag/team":[")" + team + R"(","shared"]})";
  if (form < 600) {
    return R"("StringEquals":{"iam:PassedToService":")" + std::string(service.prefix) +
           R"(.amazonaws.com"})";
  }
  if (form < 680) {
    return R"("StringEquals":{"aws:PrincipalTag/team":")" + team + R"("})";
  }
  if (form < 770) {
    return R"("StringLike":{"aws:ResourceTag/stack":")" + team + R"(-*"})";
  }
  if (form < 810) return R"("StringLike":{"kms:ViaService":"*.amazonaws.com"})";
  if (form < 860)
    return R"("ForAnyValue:StringEquals":{"aws:CalledVia":["cloudformation.amazonaws.com"]})";
  if (form < 900) return R"("ForAllValues:StringEquals":{"aws:TagKeys":["team","stack","owner"]})";
  if (form < 950) return R"("Null":{"aws:ResourceTag/team":"false"})";
  if (form < 970) return R"("StringNotEquals":{"aws:ResourceTag/locked":"true"})";
  if (form < 985) return R"("Bool":{"aws:ViaAWSService":"true"})";
  return R"("ArnLike":{"aws:SourceArn":"arn:aws:)" + std::string(service.prefix) + R"(:*:*:*"})";
}

std::string statement(const Service& main, Random& random) {
  const Service& service = random.per_mille(650) ? main : random.pick(kServices);
  std::vector<std::string> actions(drawn(random, 2, 15, 120));
  for (std::string& action : actions) {
    const std::size_t form = random.below(10000);
    const Service& of = random.per_mille(900) ? service : random.pick(kServices);
    action = std::string(of.prefix) + ":";
    if (form < 9411) {
      action = action_of(of, random);
    } else if (form < 9877) {
      action += random.pick(kVerbs);
      action += "*";
    } else if (form < 9975) {
      action += "*";
    } else if (form < 9989) {
      action += std::string("*") + random.pick(of.nouns) + "*";
    } else {
      action += std::string("*") + random.pick(of.nouns);
    }
  }
  std::sort(actions.begin(), actions.end());
  actions.erase(std::unique(actions.begin(), actions.end()), actions.end());
  std::string resources = "\"*\"";
  if (!random.per_mille(476)) {
    std::vector<std::string> list(drawn(random, 1, 3, 40));
    for (std::string& resource : list) resource = resource_pattern(service, random);
    resources = "[" + quoted_list(list) + "]";
  }
  std::string text = random.per_mille(9) ? R"({"Effect":"Deny")" : R"({"Effect":"Allow")";
  text += R"(,"Action":[)" + quoted_list(actions) + R"(],"Resource":)" + resources;
  if (random.per_mille(439)) text += R"(,"Condition":{)" + condition(service, random) + "}";
  return text + "}";
}

std::string managed_document(Random& random) {
  const Service& main = random.pick(kServices);
  std::vector<std::string> statements(drawn(random, 3, 19, 162));
  for (std::string& text : statements) text = statement(main, random);
  return document(statements);
}

}  // namespace

RequestText managed_request(Random& random) {
  const Service& service = random.pick(kServices);
  RequestText request;
  request.principal = "arn:aws:sts::111122223333:assumed-role/Deploy/session-" +
                      std::to_string(random.below(100000));
  request.owner = "111122223333";
  request.action = action_of(service, random);
  const std::string type = small(random.pick(service.nouns));
  std::string name = std::string("aws-") + random.pick(kTeams);
  if (random.per_mille(700)) name += "-" + random.word(3, 9);
  if (random.per_mille(150)) name += "-data";
  if (random.per_mille(300)) name = random.word(4, 8) + "/" + name;
  request.resource = random.per_mille(150)
                         ? "*"
                         : arn(service, random.pick(kRegions), "111122223333", type + "/" + name);
  const auto set = [&request](const char* key, std::string value) {
    request.context.push_back({key, {std::move(value)}, false});
  };
  set("aws:PrincipalAccount", "111122223333");
  set("aws:PrincipalTag/team", random.pick(kTeams));
  set("aws:SourceIp", "203.0.113." + std::to_string(random.below(256)));
  set("aws:RequestedRegion", random.pick(kRegions));
  set("aws:SecureTransport", "true");
  if (random.per_mille(700)) {
    set("aws:ResourceAccount", "111122223333");
    set("aws:ResourceTag/team", random.pick(kTeams));
  }
  if (random.per_mille(300)) {
    set("aws:ResourceTag/stack", std::string(random.pick(kTeams)) + "-" + random.word(2, 6));
  }
  if (random.per_mille(300)) {
    set("aws:RequestTag/team", random.pick(kTeams));
    request.context.push_back(
        {"aws:TagKeys", {"team", random.per_mille(500) ? "stack" : "cost"}, true});
  }
  if (random.per_mille(100)) {
    request.context.push_back({"aws:CalledVia", {"cloudformation.amazonaws.com"}, true});
  }
  if (random.per_mille(200))
    set("iam:PassedToService", std::string(service.prefix) + ".amazonaws.com");
  return request;
}

std::vector<std::string> managed_documents(std::size_t count, std::uint64_t seed) {
  Random random(seed);
  std::vector<std::string> documents(count);
  for (std::string& text : documents) text = managed_document(random);
  return documents;
}

namespace {

std::vector<PolicyText> managed_guardrails() {
  std::vector<std::string> services;
  for (const Service& service : kServices) {
    if (std::string_view(service.prefix) != "organizations") {
      services.push_back(std::string(service.prefix) + ":*");
    }
  }
  const std::string allow_all = R"({"Effect":"Allow","Action":"*","Resource":"*"})";
  std::vector<PolicyText> policies;
  policies.push_back(
      {"boundary", PolicyType::PermissionsBoundary, 0,
       document({R"({"Effect":"Allow","Action":[)" + quoted_list(services) + R"(],"Resource":"*"})",
                 R"({"Effect":"Deny","Action":["iam:*User*","iam:*AccessKey*"],)"
                 R"("Resource":"*"})"})});
  policies.push_back(
      {"scp-root", PolicyType::ServiceControl, 0,
       document({allow_all,
                 R"({"Effect":"Deny","Action":["cloudwatch:DeleteAlarm",)"
                 R"("backup:DeleteBackupVault","backup:DeleteRecoveryPoint"],)"
                 R"("Resource":"*"})",
                 R"({"Effect":"Deny","Action":"organizations:*","Resource":"*"})"})});
  policies.push_back(
      {"scp-account", PolicyType::ServiceControl, 1,
       document({allow_all,
                 R"({"Effect":"Deny","NotAction":["iam:*","organizations:*","route53:*",)"
                 R"("cloudfront:*"],"Resource":"*","Condition":{"StringNotEquals":)"
                 R"({"aws:RequestedRegion":["us-east-1","eu-west-1","eu-central-1"]}}})"})});
  return policies;
}

}  // namespace

namespace {

Workload managed_around(std::string_view variant, const std::vector<std::string>& documents,
                        std::uint64_t seed) {
  Workload work;
  work.family = "managed";
  work.variant = variant;
  std::vector<PolicyDocument> texts;
  for (std::size_t i = 0; i < documents.size(); ++i) {
    work.policies.push_back(
        {"managed-" + std::to_string(i), PolicyType::IdentityBased, 0, documents[i]});
    texts.push_back(parsed(work.policies.back()));
    work.statements += texts.back().statements().size();
  }
  for (PolicyText& policy : managed_guardrails()) work.policies.push_back(std::move(policy));
  work.apply_all();
  Random random(seed);
  fill_balanced(work, random, [&texts](Random& chance) {
    RequestText request = managed_request(chance);
    if (chance.per_mille(800)) aim_at(chance.pick(texts), chance, request);
    return request;
  });
  return work;
}

}  // namespace

Workload managed(std::uint64_t seed) {
  return managed_around("generated", managed_documents(20, seed), seed);
}

std::vector<std::string> corpus_documents(const std::string& file) {
  std::vector<std::string> documents;
  std::ifstream lines(file);
  for (std::string line; std::getline(lines, line);) {
    // The document is the last member of its line.
    constexpr std::string_view kMember = R"("document":)";
    const std::size_t at = line.find(kMember);
    if (at == std::string::npos) continue;
    documents.push_back(line.substr(at + kMember.size()));
    documents.back().pop_back();
  }
  return documents;
}

Workload managed_from_corpus(const std::string& file, std::uint64_t seed) {
  const std::vector<std::string> all = corpus_documents(file);
  if (all.size() < 20) give_up(file, "holds too few documents");
  Random random(seed);
  std::vector<std::string> documents;
  for (int i = 0; i < 20; ++i) documents.push_back(random.pick(all));
  return managed_around("corpus", documents, seed);
}

}  // namespace writ::bench
