// Not API, may change in any release. Events as JSON.
#pragma once

#include "writ/impl/json_writer.h"
#include "writ/portal/audit_event.h"
#include "writ/portal/impl/json_text.h"
#include "writ/standard_keys.h"

namespace writ::inline v0 {
namespace portal {

WRIT_FUNC std::string to_iso8601(std::int64_t epoch_seconds) {
  return std::string(RequestTime(epoch_seconds).iso8601());
}

WRIT_FUNC std::string AuditEvent::to_json() const {
  detail::JsonText json;
  json.begin_object();
  json.member("eventVersion", "1.09");
  json.key("userIdentity");
  json.begin_object();
  json.member("type", user_identity.type);
  json.member_unless_empty("principalId", user_identity.principal_id);
  json.member_unless_empty("arn", user_identity.arn);
  json.member_unless_empty("accountId", user_identity.account_id);
  json.member_unless_empty("userName", user_identity.user_name);
  json.member_unless_empty("invokedBy", user_identity.invoked_by);
  json.end_object();
  json.member("eventTime", to_iso8601(time));
  json.member("eventSource", source);
  json.member("eventName", name);
  json.member("awsRegion", "us-east-1");
  json.member("sourceIPAddress", source_ip_address);
  json.member("userAgent", user_agent);
  json.member_unless_empty("errorCode", error_code);
  json.member_unless_empty("errorMessage", error_message);
  json.key("requestParameters");
  json.begin_object();
  for (const auto& [parameter, value] : request_parameters) json.member(parameter, value);
  json.end_object();
  json.key("responseElements");
  json.null();
  json.member("requestID", request_id);
  json.member("eventID", event_id);
  json.flag("readOnly", false);
  json.member("eventType", "AwsApiCall");
  json.flag("managementEvent", true);
  json.member("recipientAccountId", recipient_account_id);
  json.member("eventCategory", "Management");
  json.end_object();
  return json.take();
}

}  // namespace portal
}  // namespace writ::inline v0
