// Images to damage, and what is asked of those that are accepted all the same.
#pragma once

#include <array>
#include <cstring>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "writ/image.h"
#include "writ/impl/image_format.h"
#include "writ/writ.h"

namespace writ::test {

/// Documents that hold every kind of node: identity policies, and a bucket's policy. The long
/// actions have one hash, and so have the services.
[[nodiscard]] inline std::string sample_identity() {
  std::string text = R"({"Version":"2012-10-17","Statement":[
{"Sid":"Read","Effect":"Allow","Action":["s3:GetObject","s3:Get*","s3:*Tagging"],
 "Resource":["arn:aws:s3:::reports/${aws:username, 'nobody'}/*","arn:aws:s3:::b?cket/x*y"],
 "Condition":{"IpAddress":{"aws:SourceIp":["203.0.113.0/24","2001:db8::/32"]},
  "DateLessThan":{"aws:CurrentTime":["2030-01-01T00:00:00Z","2030-01-01T00:00:00.5Z",1893456000]},
  "NumericLessThan":{"s3:max-keys":"10.5"},"Bool":{"aws:SecureTransport":["true","${k:flag}"]},
  "BinaryEquals":{"k:binary":"YWI="},"Null":{"k:a":"true"},
  "ArnLike":{"aws:SourceArn":["arn:aws:sns:*:111122223333:t?pic","*"]},
  "ForAnyValue:StringLike":{"aws:TagKeys":["team*","c?st"]},
  "StringEquals":{"k:team":["a","b","c","d","e","f","g","h","i","j"]}}},
{"Effect":"Deny","NotAction":["iam:*","s?s:*"],"NotResource":["arn:aws:s3:::open/*","arn:aws:s3:*:*:o"]},
{"Effect":"Allow","Action":["ec2:*","s?s:Send*","s3:GetObject*"],"Resource":"arn:aws:sns:us-*-1:1111*:t*"},
{"Effect":"Allow","Action":"e?s:*","Resource":"*"},
{"Effect":"Allow","Action":["svc:Doxxkfboedaanfbktatt","svc:Doxxlhalcgaaghdgf8d5","svc:Doxxodkkehaarzb4co29",
  "servicexfikbbhaa5t198zl8:*","servicexkaopinaacf15vaq4:*",
  "servicexhoadbibatjuj3iup:*"],"Resource":"*"},
{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"StringEqualsIfExists":{"k:team":"z"}}})";
  for (int i = 0; i < 24; ++i) {
    text += ",{\"Effect\":\"Allow\",\"Action\":\"s3:PutObject\",\"Resource\":\"arn:aws:s3:::many/" +
            std::to_string(i % 12) + (i % 3 == 0 ? "/*" : (i % 3 == 1 ? "/k" : "x*")) + "\"}";
  }
  for (int i = 0; i < 30; ++i) {  // each found by a key of its own
    text +=
        ",{\"Effect\":\"Allow\",\"Action\":\"sqs:SendMessage\",\"Resource\":"
        "\"arn:aws:sqs:eu-west-1:111122223333:queue-" +
        std::to_string(i) + "\"}";
  }
  for (int i = 0; i < 6; ++i) {  // of groups whose stars run over colons
    text +=
        ",{\"Effect\":\"Allow\",\"Action\":\"sqs:SendMessage\",\"Resource\":[\"arn:aws:sqs:*:"
        "111122223333:" +
        std::string(static_cast<std::size_t>(i), 'q') + "x*\",\"arn:aws:sqs:eu-*:1*:a/" +
        std::to_string(i) + "\"]}";
  }
  return text + "]}";
}

[[nodiscard]] inline std::string sample_resource() {
  std::string text = R"({"Version":"2012-10-17","Statement":[
{"Effect":"Deny","NotPrincipal":{"AWS":["arn:aws:iam::111122223333:user/Alice",
 "arn:aws:iam::111122223333:root"]},"Action":"s3:DeleteObject","Resource":"arn:aws:s3:::reports/*"},
{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:role/path/App"},"Action":"s3:GetObject",
 "Resource":"arn:aws:s3:::reports/secret"})";
  for (int i = 0; i < 12; ++i) {
    text += ",{\"Effect\":\"Allow\",\"Principal\":{\"AWS\":\"arn:aws:iam::11112222333" +
            std::to_string(i % 10) + ":user/u" + std::to_string(i) +
            "\"},\"Action\":\"s3:GetObject\",\"Resource\":\"arn:aws:s3:::reports/shared/*\"}";
  }
  return text + "]}";
}

[[nodiscard]] inline std::vector<ImageEntry> sample_entries() {
  return {
      {"identity", PolicyType::IdentityBased, 0,
       compile_policy(sample_identity(), PolicyType::IdentityBased, "sample").value()},
      {"bucket", PolicyType::ResourceBased, 0,
       compile_policy(sample_resource(), PolicyType::ResourceBased, "bucket").value()},
      {"ceiling", PolicyType::ServiceControl, 1,
       compile_policy(
           R"({"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}})",
           PolicyType::ServiceControl, "full")
           .value()},
      {"nothing", PolicyType::Session, 0, PolicySet()}};
}

/// Makes the checksum that of the bytes.
inline void seal_image(std::string& bytes) {
  if (bytes.size() < sizeof(detail::ImageHeader)) return;
  const std::uint64_t checksum = detail::image_checksum(bytes);
  std::memcpy(bytes.data() + offsetof(detail::ImageHeader, checksum), &checksum, sizeof checksum);
}

/// Requests that reach into every part of a program.
[[nodiscard]] inline const std::vector<Request>& probing_requests() {
  static const std::vector<Request> requests = [] {
    static constexpr std::array<std::string_view, 3> kTags = {"team-a", "cost", ""};
    std::vector<Request> made;
    static const std::vector<Result<Caller>> callers = {
        Caller::from_arn("arn:aws:iam::111122223333:user/Alice"),
        Caller::from_arn("arn:aws:sts::111122223333:assumed-role/App/s1"),
        Caller::service("sns.amazonaws.com"), Caller::anonymous()};
    for (const Result<Caller>& caller : callers) {
      for (const char* action : {"s3:GetObject", "s3:PutObject", "sns:SendX", "s3:DeleteObject"}) {
        for (const char* resource : {"arn:aws:s3:::reports/Alice/x", "arn:aws:s3:::many/3/k", "*",
                                     "arn:aws:s3:::c:d:reports/shared/e/f/g/h"}) {
          RequestBuilder builder(*caller, ActionName(action), resource);
          builder.resource_account("111122223333");
          builder.set("aws:username", "Alice").set("aws:SourceIp", "203.0.113.7");
          builder.set("aws:CurrentTime", "2026-01-01T00:00:00Z").set("s3:max-keys", "7");
          builder.set("aws:SecureTransport", "true").set("k:flag", "true").set("k:binary", "YWI=");
          builder.set("aws:SourceArn", "arn:aws:sns:eu-west-1:111122223333:topic");
          builder.set("k:team", "c").set_list("aws:TagKeys", kTags);
          if (Result<Request> request = builder.build()) made.push_back(*std::move(request));
        }
      }
    }
    return made;
  }();
  return requests;
}

/// Evaluates, explains and dumps whatever the image holds; a number made of it, so that nothing is
/// optimized away.
inline std::size_t exercise(const PolicyImage& image) {
  std::size_t sum = 0;
  for (const ImageEntry& entry : image.entries()) {
    sum += entry.set.dump().size();
    const PolicyLayer layer(std::span<const PolicySet>(&entry.set, 1));
    AppliedPolicies as_identity;
    as_identity.identity = {&entry.set, 1};
    AppliedPolicies as_resource;
    as_resource.resource_policy = &entry.set;
    AppliedPolicies as_layers;
    as_layers.boundary = layer;
    as_layers.service_control = {&layer, 1};
    std::size_t number = 0;
    for (const Request& request : probing_requests()) {
      for (const AppliedPolicies* applied : {&as_identity, &as_resource, &as_layers}) {
        sum += static_cast<std::size_t>(evaluate(request, *applied).reason);
        if (number++ % 16 == 0) sum += explain(request, *applied).to_string().size();
      }
    }
  }
  if (const Result<PolicyStack> stack = image.stack()) {
    for (const Request& request : probing_requests()) {
      sum += static_cast<std::size_t>(stack->evaluate(request).reason);
    }
  }
  return sum;
}

}  // namespace writ::test
