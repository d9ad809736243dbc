// Exit code 0 when the library reads, compiles, decides and explains as linked here.
#include <writ/writ.h>

#include <cstdio>

#include "decide.h"

namespace {

constexpr const char* kPolicy = R"({"Version": "2012-10-17", "Statement": {
  "Effect": "Allow", "Action": "s3:Get*", "Resource": "arn:aws:s3:::reports/*",
  "Condition": {"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}}})";

bool allowed(const writ::PolicyStack& policies, const char* action, const char* address) {
  const writ::Result<writ::Caller> alice =
      writ::Caller::from_arn("arn:aws:iam::111122223333:user/Alice");
  if (!alice) return false;
  writ::RequestBuilder builder(*alice, action, "arn:aws:s3:::reports/may.csv");
  const writ::Result<writ::Request> request = builder.set("aws:SourceIp", address).build();
  return request && decide(policies, *request);
}

}  // namespace

int main() {
  writ::PolicyStack policies;
  const writ::Result<bool> added =
      policies.add(writ::PolicyType::IdentityBased, "ReadReports", kPolicy);
  if (!added) {
    std::puts(added.error().to_string().c_str());
    return 2;
  }
  const bool right = allowed(policies, "s3:GetObject", "203.0.113.9") &&
                     !allowed(policies, "s3:GetObject", "198.51.100.9") &&
                     !allowed(policies, "s3:PutObject", "203.0.113.9") &&
                     !policies.add(writ::PolicyType::IdentityBased, "Broken", "{").has_value();
  std::puts(right ? "consumer: right" : "consumer: wrong");
  return right ? 0 : 1;
}
