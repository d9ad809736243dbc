// Where audit events go: the log in memory and the file of JSON lines (R-EVT-2, R-EVT-9).
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <csignal>
#include <fstream>
#include <string>

#include "portal/portal_world.h"
#include "support/temporary_folder.h"
#include "writ/portal/crypt_passwords.h"
#include "writ/portal/event_log.h"

namespace writ::portal::testing {
namespace {

AuditEvent event(std::string name, std::int64_t time = 1736935200) {
  AuditEvent made;
  made.user_identity = {"PartnerUser",
                        "005000000000000001",
                        "arn:aws:iam::000002345678:user/005000000000000001",
                        "000002345678",
                        {},
                        {}};
  made.name = std::move(name);
  made.time = time;
  made.source = kPortalSource;
  made.source_ip_address = "192.0.2.1";
  made.user_agent = "portal.model";
  made.request_parameters = {{"mfa", "enabled"}};
  made.request_id = "R1";
  made.event_id = "E1";
  made.recipient_account_id = "000002345678";
  return made;
}

// The file of a sink, and what is in it.
class SinkFile {
 public:
  [[nodiscard]] std::string path() const { return folder_.path("events"); }
  [[nodiscard]] std::string text() const { return folder_.text("events"); }

 private:
  test::TemporaryFolder folder_;
};

// R-EVT-2, R-EVT-3: the 17 fields, in this order.
TEST(AuditEventTest, HasTheFieldsOfCloudTrailInOrder) {
  EXPECT_EQ(
      event("ManageMfa").to_json(),
      R"({"eventVersion":"1.09","userIdentity":{"type":"PartnerUser","principalId":"005000000000000001",)"
      R"("arn":"arn:aws:iam::000002345678:user/005000000000000001","accountId":"000002345678"},)"
      R"("eventTime":"2025-01-15T10:00:00Z","eventSource":"portal.model","eventName":"ManageMfa",)"
      R"("awsRegion":"us-east-1","sourceIPAddress":"192.0.2.1","userAgent":"portal.model",)"
      R"("requestParameters":{"mfa":"enabled"},"responseElements":null,"requestID":"R1","eventID":"E1",)"
      R"("readOnly":false,"eventType":"AwsApiCall","managementEvent":true,)"
      R"("recipientAccountId":"000002345678","eventCategory":"Management"})");
  AuditEvent refused = event("ManageMfa");
  refused.error_code = "implicitDeny";
  refused.error_message = "no";
  EXPECT_NE(refused.to_json().find(R"("errorCode":"implicitDeny","errorMessage":"no")"),
            std::string::npos);
}

// R-EVT-9: by name, user and time.
TEST(EventLogTest, FindsByNameUserAndTime) {
  EventLog log;
  log.append(event("ManageMfa", 100));
  log.append(event("AddDomain", 200));
  AuditEvent mapping = event("AssociatePartnerUser", 300);
  mapping.request_parameters = {{"partnerUserId", "005000000000000009"}};
  log.append(mapping);
  EXPECT_EQ(log.find({.name = "AddDomain"}).size(), 1U);
  EXPECT_EQ(log.find({.user = "005000000000000001"}).size(), 3U);
  EXPECT_EQ(log.find({.user = "005000000000000009"}).size(), 1U);
  EXPECT_EQ(log.find({.from = 150, .to = 250}).size(), 1U);
  EXPECT_TRUE(log.find({.name = "RemoveUser"}).empty());
  EXPECT_EQ(log.to_json().find("{\"Records\":[{"), 0U);
}

TEST(JsonLinesSinkTest, EachEventIsInTheFileWhenAppendReturns) {
  const SinkFile file;
  Result<JsonLinesSink> sink = JsonLinesSink::open(file.path());
  ASSERT_TRUE(sink.has_value());
  sink->append(event("ManageMfa"));
  EXPECT_EQ(file.text(), event("ManageMfa").to_json() + "\n");
  sink->append(event("AddDomain"));
  EXPECT_EQ(file.text(), event("ManageMfa").to_json() + "\n" + event("AddDomain").to_json() + "\n");
  EXPECT_TRUE(sink->problem().empty());
}

// At whichever byte a crash tore the last line, the lines before it stay and later ones are whole.
TEST(JsonLinesSinkTest, ATornLastLineIsCutOff) {
  const std::string first = event("ManageMfa").to_json() + "\n";
  const std::string second = event("AddDomain").to_json() + "\n";
  for (std::size_t kept = 0; kept <= second.size(); ++kept) {
    const SinkFile file;
    std::ofstream(file.path(), std::ios::binary) << first << second.substr(0, kept);
    Result<JsonLinesSink> sink = JsonLinesSink::open(file.path());
    ASSERT_TRUE(sink.has_value());
    const bool whole = kept == second.size();
    EXPECT_EQ(sink->torn_line(), whole ? "" : second.substr(0, kept));
    sink->append(event("RemoveUser"));
    EXPECT_EQ(file.text(), first + (whole ? second : "") + event("RemoveUser").to_json() + "\n");
  }
}

// A file without any line break is one torn line, also when it is longer than a block.
TEST(JsonLinesSinkTest, ALongTornLineIsCutOff) {
  const SinkFile file;
  const std::string torn(10000, 'x');
  std::ofstream(file.path(), std::ios::binary) << torn;
  Result<JsonLinesSink> sink = JsonLinesSink::open(file.path());
  ASSERT_TRUE(sink.has_value());
  EXPECT_EQ(sink->torn_line(), torn);
  EXPECT_EQ(file.text(), "");
}

// A line that the system takes only in part is cut off again and counted as lost.
TEST(JsonLinesSinkTest, AFullDiskLeavesWholeLines) {
  const SinkFile file;
  Result<JsonLinesSink> sink = JsonLinesSink::open(file.path());
  ASSERT_TRUE(sink.has_value());
  sink->append(event("ManageMfa"));
  const std::string before = file.text();
  struct rlimit old = {};
  ASSERT_EQ(getrlimit(RLIMIT_FSIZE, &old), 0);
  struct rlimit small = old;
  small.rlim_cur = before.size() + 20;
  const auto handler = std::signal(SIGXFSZ, SIG_IGN);
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &small), 0);
  sink->append(event("AddDomain"));
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &old), 0);
  std::signal(SIGXFSZ, handler);
  EXPECT_EQ(file.text(), before);
  EXPECT_EQ(sink->lost(), 1U);
  EXPECT_FALSE(sink->problem().empty());
  sink->append(event("AddDomain"));
  EXPECT_EQ(file.text(), before + event("AddDomain").to_json() + "\n");
}

TEST(JsonLinesSinkTest, AFileThatCannotBeOpenedIsAnError) {
  EXPECT_FALSE(JsonLinesSink::open("/nowhere/at/all.jsonl").has_value());
}

TEST(CryptPasswordsTest, SealsAndMatches) {
  CryptPasswords passwords;
  const std::string sealed = passwords.seal("Zebra_42");
  ASSERT_TRUE(sealed.starts_with("$y$")) << sealed;
  EXPECT_TRUE(passwords.matches("Zebra_42", sealed));
  EXPECT_FALSE(passwords.matches("Zebra_43", sealed));
  EXPECT_FALSE(passwords.matches(std::string_view("Zebra_42\0x", 10), sealed));
  EXPECT_NE(passwords.seal("Zebra_42"), sealed);
  EXPECT_FALSE(passwords.matches("Zebra_42", ""));
  EXPECT_FALSE(passwords.matches("Zebra_42", "nonsense"));
}

}  // namespace
}  // namespace writ::portal::testing
