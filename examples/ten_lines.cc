// The README's example, as it stands there.
#include <writ/writ.h>

#include <cstdio>

int main() {
  writ::PolicyStack policies;
  const auto added = policies.add(writ::PolicyType::IdentityBased, "ReadReports", R"({
    "Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:GetObject",
    "Resource": "arn:aws:s3:::reports/${aws:username}/*"}})");
  if (!added) return std::puts(added.error().to_string().c_str()), 2;
  const auto alice = writ::Caller::from_arn("arn:aws:iam::111122223333:user/Alice");
  writ::RequestBuilder builder(*alice, "s3:GetObject", "arn:aws:s3:::reports/Alice/may.csv");
  const auto request = builder.set("aws:username", "Alice").build();
  std::puts(policies.explain(*request).to_string().c_str());
  return policies.evaluate(*request).is_allowed() ? 0 : 1;
}
