#include "account/random_account.h"

#include <fmt/format.h>

#include <algorithm>

namespace writ::account_test {
namespace {

using differential::Random;

constexpr const char* kAccount = "111122223333";

const std::vector<std::string>& actions() {
  static const std::vector<std::string> list = {"s3:GetObject", "s3:PutObject",   "sqs:SendMessage",
                                                "kms:Decrypt",  "sts:AssumeRole", "iam:GetRole"};
  return list;
}

std::string quoted_list(const std::vector<std::string>& items) {
  return items.empty() ? "[]" : fmt::format("[\"{}\"]", fmt::join(items, "\",\""));
}

std::string random_condition(Random& random) {
  if (!random.chance(55)) return "";
  const std::string tests[] = {
      R"("StringEquals":{"aws:PrincipalTag/team":"blue"})",
      R"("StringNotEquals":{"aws:PrincipalTag/team":["red","green"]})",
      R"("StringLike":{"aws:PrincipalArn":"arn:aws:iam::*:user/*"})",
      R"("StringEquals":{"aws:username":["U0","U1"]})",
      R"("Null":{"aws:username":"true"})",
      R"("IpAddress":{"aws:SourceIp":"10.0.0.0/8"})",
      R"("NotIpAddress":{"aws:SourceIp":"10.0.0.0/8"})",
      R"("Bool":{"aws:MultiFactorAuthPresent":"true"})",
      R"("BoolIfExists":{"aws:MultiFactorAuthPresent":"false"})",
      R"("StringEquals":{"aws:ResourceAccount":"111122223333"})",
      R"("StringEquals":{"s3:prefix":"${aws:username}"})",
      R"("StringEqualsIfExists":{"aws:PrincipalOrgID":"o-example"})",
      R"("ForAllValues:StringEquals":{"aws:TagKeys":["a","b"]})",
      R"("Null":{"aws:SourceIp":"false"})",
  };
  const std::string& one = tests[random.below(std::size(tests))];
  const std::string& two = tests[random.below(std::size(tests))];
  const bool both = random.chance(30) && one.substr(0, 9) != two.substr(0, 9);
  return fmt::format(R"(,"Condition":{{{}{}{}}})", one, both ? "," : "", both ? two : "");
}

std::string random_resource(Random& random) {
  return random.pick({"*", "arn:aws:s3:::b/*", "arn:aws:s3:::b/${aws:username}/*",
                      "arn:aws:s3:::b/${aws:PrincipalTag/team}/*", "arn:aws:sqs:*:*:*",
                      "arn:aws:s3:::b/${s3:prefix}*", "arn:aws:kms:*:111122223333:key/*",
                      "arn:aws:iam::111122223333:role/*", "arn:aws:s3:::b/U0/x"});
}

std::string random_actions(Random& random) {
  std::vector<std::string> list;
  for (std::size_t i = random.between(1, 2); i > 0; --i) {
    list.push_back(random.chance(60) ? random.pick(actions())
                                     : random.pick({"*", "s3:*", "s3:Get*", "sts:*", "kms:*"}));
  }
  return quoted_list(list);
}

std::string random_document(Random& random, std::size_t deny_percent = 20) {
  std::string statements;
  const std::size_t count = random.between(1, 3);
  for (std::size_t i = 0; i < count; ++i) {
    statements += fmt::format(R"({}{{"Effect":"{}","{}":{},"{}":["{}"]{}}})", i == 0 ? "" : ",",
                              random.chance(deny_percent) ? "Deny" : "Allow",
                              random.chance(8) ? "NotAction" : "Action", random_actions(random),
                              random.chance(8) ? "NotResource" : "Resource",
                              random_resource(random), random_condition(random));
  }
  return fmt::format(R"({{"Version":"2012-10-17","Statement":[{}]}})", statements);
}

std::string random_principal(Random& random) {
  return random.pick({R"("*")", R"({"AWS":"111122223333"})",
                      R"({"AWS":"arn:aws:iam::111122223333:user/U0"})",
                      R"({"AWS":"arn:aws:iam::111122223333:role/p/R1"})", R"({"AWS":"*"})",
                      R"({"Service":"ec2.amazonaws.com"})"});
}

// A resource's or a trust policy.
std::string random_own_document(Random& random, bool trust) {
  return fmt::format(
      R"({{"Version":"2012-10-17","Statement":[{{"Effect":"{}","Principal":{},"Action":{}{}{}}}]}})",
      random.chance(25) ? "Deny" : "Allow", random_principal(random),
      trust ? R"("sts:AssumeRole")" : random_actions(random), trust ? "" : R"(,"Resource":"*")",
      random_condition(random));
}

std::string as_string(Random& random, const std::string& document) {
  if (random.chance(60)) return document;
  std::string text;  // as the API gives it
  for (const char c : document) text += fmt::format("%{:02X}", static_cast<unsigned char>(c));
  return '"' + text + '"';
}

struct Managed {
  std::string arn;
  std::string document;
};

std::string attached(const std::vector<const Managed*>& policies) {
  std::string text;
  for (const Managed* policy : policies) {
    text += fmt::format(R"({}{{"PolicyName":"{}","PolicyArn":"{}"}})", text.empty() ? "" : ",",
                        policy->arn.substr(policy->arn.rfind('/') + 1), policy->arn);
  }
  return '[' + text + ']';
}

// What a user, role or group has of its own.
struct Own {
  std::vector<std::string> inlined;
  std::vector<const Managed*> managed;

  Own(Random& random, const std::vector<Managed>& all) {
    for (std::size_t i = random.below(3); i > 0; --i) inlined.push_back(random_document(random));
    for (const Managed& policy : all) {
      if (random.chance(25)) managed.push_back(&policy);
    }
  }
  [[nodiscard]] std::string inline_list(Random& random) const {
    std::string text;
    for (std::size_t i = 0; i < inlined.size(); ++i) {
      text += fmt::format(R"({}{{"PolicyName":"I{}","PolicyDocument":{}}})", i == 0 ? "" : ",", i,
                          as_string(random, inlined[i]));
    }
    return '[' + text + ']';
  }
  void add_to(reference::Texts& texts) const {
    const auto add = [&texts](const std::string& text) {
      if (std::find(texts.begin(), texts.end(), text) == texts.end()) texts.push_back(text);
    };
    for (const std::string& text : inlined) texts.push_back(text);
    for (const Managed* policy : managed) add(policy->document);
  }
};

}  // namespace

RandomAccount random_account(Random& random) {
  RandomAccount account;
  account.actions = actions();
  std::vector<Managed> managed;
  std::string policies;
  for (int i = 0; i < 5; ++i) {
    managed.push_back(
        {fmt::format("arn:aws:iam::{}:policy/M{}", kAccount, i), random_document(random)});
    policies += fmt::format(
        R"({}{{"PolicyName":"M{}","Arn":"{}","DefaultVersionId":"v2","PolicyVersionList":[)"
        R"({{"VersionId":"v1","IsDefaultVersion":false,"Document":{{}}}},)"
        R"({{"VersionId":"v2","IsDefaultVersion":true,"Document":{}}}]}})",
        i == 0 ? "" : ",", i, managed.back().arn, as_string(random, managed.back().document));
  }

  std::vector<Own> groups;
  std::string group_list;
  for (int i = 0; i < 2; ++i) {
    const Own& own = groups.emplace_back(random, managed);
    group_list += fmt::format(
        R"({}{{"GroupName":"G{}","Arn":"arn:aws:iam::{}:group/G{}","GroupPolicyList":{},)"
        R"("AttachedManagedPolicies":{}}})",
        i == 0 ? "" : ",", i, kAccount, i, own.inline_list(random), attached(own.managed));
  }

  const bool organized = random.chance(60);
  std::string users;
  std::string roles;
  for (int i = 0; i < 6; ++i) {
    RandomPrincipal& principal = account.principals.emplace_back();
    principal.is_role = i >= 4;
    const Own own(random, managed);
    own.add_to(principal.identity);
    std::string extra;
    if (random.chance(25)) {
      const Managed& boundary = random.pick(managed);
      principal.boundary = reference::Texts{boundary.document};
      extra += fmt::format(R"(,"PermissionsBoundary":{{"PermissionsBoundaryType":"Policy",)"
                           R"("PermissionsBoundaryArn":"{}"}})",
                           boundary.arn);
    }
    const bool tagged = !principal.is_role && random.chance(50);
    if (tagged) {
      const std::string team = random.pick({"blue", "red"});
      extra += fmt::format(R"(,"Tags":[{{"Key":"team","Value":"{}"}}])", team);
      principal.keys.push_back({"aws:PrincipalTag/team", team});
    }
    const std::string lists =
        fmt::format(R"("AttachedManagedPolicies":{}{})", attached(own.managed), extra);
    if (principal.is_role) {
      principal.arn = fmt::format("arn:aws:iam::{}:role/p/R{}", kAccount, i - 4);
      principal.trust = random_own_document(random, true);
      roles +=
          fmt::format(R"({}{{"RoleName":"R{}","RoleId":"AROA{}","Arn":"{}","RolePolicyList":{},)"
                      R"("AssumeRolePolicyDocument":{},{}}})",
                      i == 4 ? "" : ",", i - 4, i, principal.arn, own.inline_list(random),
                      as_string(random, principal.trust), lists);
      principal.keys.push_back({"aws:PrincipalType", "AssumedRole"});
      account.asked.push_back({principal.arn, principal.trust});
    } else {
      principal.arn = fmt::format("arn:aws:iam::{}:user/U{}", kAccount, i);
      std::vector<std::string> members;
      for (std::size_t g = 0; g < groups.size(); ++g) {
        if (!random.chance(40)) continue;
        members.push_back(fmt::format("G{}", g));
        // A managed policy that both have counts once, in its first place.
        reference::Texts texts;
        groups[g].add_to(texts);
        for (std::size_t t = 0; t < texts.size(); ++t) {
          const bool is_inline = t < groups[g].inlined.size();
          if (is_inline || std::find(principal.identity.begin(), principal.identity.end(),
                                     texts[t]) == principal.identity.end()) {
            principal.identity.push_back(texts[t]);
          }
        }
      }
      users += fmt::format(
          R"({}{{"UserName":"U{}","UserId":"AIDA{}","Arn":"{}","UserPolicyList":{},"GroupList":{},{}}})",
          i == 0 ? "" : ",", i, i, principal.arn, own.inline_list(random), quoted_list(members),
          lists);
      principal.keys.push_back({"aws:PrincipalType", "User"});
      principal.keys.push_back({"aws:username", fmt::format("U{}", i)});
      principal.keys.push_back({"aws:userid", fmt::format("AIDA{}", i)});
    }
    principal.keys.push_back({"aws:PrincipalArn", principal.arn});
    principal.keys.push_back({"aws:PrincipalAccount", kAccount});
    principal.keys.push_back({"aws:PrincipalIsAWSService", "false"});
    if (organized) principal.keys.push_back({"aws:PrincipalOrgID", "o-example"});
  }
  account.exported = fmt::format(
      R"({{"UserDetailList":[{}],"GroupDetailList":[{}],"RoleDetailList":[{}],"Policies":[{}]}})",
      users, group_list, roles, policies);

  for (const char* arn :
       {"arn:aws:s3:::b/U0/x", "arn:aws:s3:::b/blue/y", "arn:aws:sqs:eu-west-1:111122223333:q",
        "arn:aws:kms:eu-west-1:111122223333:key/k"}) {
    account.asked.push_back({arn, std::nullopt});
    if (!random.chance(60)) continue;
    std::string key = arn;
    if (key.substr(0, 16) == "arn:aws:s3:::b/U") key = "arn:aws:s3:::b/U0";
    account.asked.back().policy = random_own_document(random, false);
    account.resources += fmt::format(R"({}"{}":{{"Account":"{}","Policy":{}}})",
                                     account.resources.empty() ? "" : ",", key, kAccount,
                                     as_string(random, *account.asked.back().policy));
  }
  account.resources = '{' + account.resources + '}';

  if (!organized) return account;
  const std::string full =
      R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]})";
  const std::string guard = random_document(random, 60);
  const std::string rcp = fmt::format(
      R"({{"Version":"2012-10-17","Statement":[{{"Effect":"Deny","Principal":"*","Action":"{}","Resource":"*"{}}}]}})",
      random.pick({"s3:PutObject", "s3:*", "sqs:*", "sts:AssumeRole"}), random_condition(random));
  account.scp = {{full}, {full, guard}};
  account.rcp = {{rcp}, {}};
  account.organization = fmt::format(
      R"({{"Id":"o-example","Root":{{"Id":"r-1","ServiceControlPolicies":["FullAWSAccess"],)"
      R"("ResourceControlPolicies":["RCPFullAWSAccess","Edge"],)"
      R"("Accounts":[{{"Id":"{}","ServiceControlPolicies":["FullAWSAccess","Guard"]}}]}},)"
      R"("Policies":{{"Guard":{},"Edge":{}}}}})",
      kAccount, as_string(random, guard), as_string(random, rcp));
  return account;
}

const std::vector<std::string>& unknown_keys() {
  static const std::vector<std::string> list = {"aws:SourceIp", "aws:MultiFactorAuthPresent",
                                                "s3:prefix", "aws:TagKeys"};
  return list;
}

std::string random_value(Random& random, const std::string& key) {
  if (key == "aws:SourceIp") return random.pick({"10.1.2.3", "192.0.2.1"});
  if (key == "aws:MultiFactorAuthPresent") return random.pick({"true", "false"});
  if (key == "s3:prefix") return random.pick({"U0", "U1", "blue", "x"});
  return random.pick({"a", "b", "c", "blue", "red", "o-example"});
}

std::string large_export(std::size_t roles, std::size_t groups, std::size_t policies) {
  std::string text = R"({"UserDetailList":[],"GroupDetailList":[)";
  const auto separate = [&text](std::size_t i) { text += i == 0 ? "\n" : ",\n"; };
  const auto attach = [policies](std::size_t seed) {
    std::string list;
    for (std::size_t i = 0; i < 4; ++i) {
      const std::size_t policy = (seed * 7 + i * (policies / 4)) % policies;
      list += fmt::format(
          R"({}{{"PolicyName":"P{}","PolicyArn":"arn:aws:iam::111122223333:policy/P{}"}})",
          i == 0 ? "" : ",", policy, policy);
    }
    return list;
  };
  for (std::size_t i = 0; i < groups; ++i) {
    separate(i);
    text += fmt::format(
        R"({{"Path":"/","GroupName":"G{0}","GroupId":"AGPA{0}","Arn":"arn:aws:iam::111122223333:group/G{0}",)"
        R"("CreateDate":"2026-01-01T00:00:00+00:00","GroupPolicyList":[],"AttachedManagedPolicies":[{1}]}})",
        i, attach(i));
  }
  text += R"(],"RoleDetailList":[)";
  for (std::size_t i = 0; i < roles; ++i) {
    separate(i);
    text += fmt::format(
        R"({{"Path":"/","RoleName":"R{0}","RoleId":"AROA{0}","Arn":"arn:aws:iam::111122223333:role/R{0}",)"
        R"("CreateDate":"2026-01-01T00:00:00+00:00","AssumeRolePolicyDocument":{{"Version":"2012-10-17",)"
        R"("Statement":[{{"Effect":"Allow","Principal":{{"AWS":"arn:aws:iam::111122223333:role/R{1}"}},)"
        R"("Action":"sts:AssumeRole"}}]}},"InstanceProfileList":[],"RolePolicyList":[{{"PolicyName":"Own",)"
        R"("PolicyDocument":{{"Version":"2012-10-17","Statement":[{{"Sid":"Own","Effect":"Allow",)"
        R"("Action":["s3:GetObject","s3:ListBucket"],"Resource":["arn:aws:s3:::bucket-{0}","arn:aws:s3:::bucket-{0}/*"]}}]}}}}],)"
        R"("AttachedManagedPolicies":[{2}],"Tags":[{{"Key":"team","Value":"t{0}"}}],"RoleLastUsed":{{}}}})",
        i, (i * 31 + 7) % roles, attach(i));
  }
  text += R"(],"Policies":[)";
  for (std::size_t i = 0; i < policies; ++i) {
    separate(i);
    std::string statements;
    for (std::size_t s = 0; s < 4; ++s) {
      const std::size_t n = i * 4 + s;
      statements += fmt::format(
          R"({}{{"Sid":"S{}","Effect":"{}","Action":["svc{}:Get*","svc{}:Act{}","svc{}:Act{}"],)"
          R"("Resource":["arn:aws:svc{}:*:111122223333:thing/{}/*","{}"]{}}})",
          s == 0 ? "" : ",", s, n % 17 == 0 ? "Deny" : "Allow", n % 20, n % 20, n % 50, n % 20,
          (n + 9) % 50, n % 20, n % 10, n % 3 == 0 ? "*" : "arn:aws:s3:::bucket-*/*",
          n % 5 == 0 ? R"(,"Condition":{"StringEquals":{"aws:RequestedRegion":"eu-west-1"}})" : "");
    }
    text += fmt::format(
        R"({{"PolicyName":"P{0}","PolicyId":"ANPA{0}","Arn":"arn:aws:iam::111122223333:policy/P{0}","Path":"/",)"
        R"("DefaultVersionId":"v1","AttachmentCount":1,"IsAttachable":true,"CreateDate":"2026-01-01T00:00:00+00:00",)"
        R"("PolicyVersionList":[{{"VersionId":"v1","IsDefaultVersion":true,"CreateDate":"2026-01-01T00:00:00+00:00",)"
        R"("Document":{{"Version":"2012-10-17","Statement":[{1}]}}}}]}})",
        i, statements);
  }
  return text + "]}";
}

}  // namespace writ::account_test
