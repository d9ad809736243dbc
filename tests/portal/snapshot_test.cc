// Snapshot and restore.
#include "writ/portal/snapshot.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <memory>
#include <string>

#include "portal/random_commands.h"

namespace writ::portal::testing {
namespace {

Result<Portal> restored(const std::string& text, MemoryHost& host) {
  Options options;
  options.explain_refusals = false;
  return restore(text, policies(), host.host(), options);
}

std::string dump(const Answer& answer) {
  std::string text(to_string(answer.code));
  text += "|" + answer.message + "|" + answer.check;
  for (const auto& [name, value] : answer.result.values) text += "|" + name + "=" + value;
  for (const Item& item : answer.items) {
    for (const auto& [name, value] : item.values) text += "|" + name + "=" + value;
  }
  for (const Answer& row : answer.rows) text += "{" + dump(row) + "}";
  return text;
}

// A restored portal is the one that was written: after random commands its snapshot is the same,
// and from there on both answer the same commands with the same answers, events and messages.
TEST(SnapshotTest, ARestoredPortalBehavesIdentically) {
  const char* const wanted = std::getenv("WRIT_SNAPSHOT_WALKS");
  const std::uint64_t walks = wanted == nullptr ? 20 : std::strtoull(wanted, nullptr, 10);
  for (std::uint64_t seed = 1; seed <= walks; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    MemoryHost host;
    Options options;
    options.explain_refusals = false;
    Portal portal(policies(), host.host(), options);
    Walker::fill(portal);
    host.counts = {100, 1000, 1000, 0, 0};
    Walker walker(seed);
    for (int i = 0; i < 400; ++i) static_cast<void>(walker.step(portal, host));
    const std::string text = snapshot(portal);
    MemoryHost other_host = host;
    Result<Portal> other = restored(text, other_host);
    ASSERT_TRUE(other.has_value()) << other.error().to_string();
    ASSERT_EQ(snapshot(*other), text);
    Walker other_walker = walker;
    host.log.clear();
    other_host.log.clear();
    for (int i = 0; i < 400; ++i) {
      const WalkStep mine = walker.step(portal, host);
      const WalkStep theirs = other_walker.step(*other, other_host);
      ASSERT_EQ(mine.command->name, theirs.command->name);
      ASSERT_EQ(dump(mine.answer), dump(theirs.answer)) << mine.command->name;
    }
    EXPECT_EQ(host.log.to_json(), other_host.log.to_json());
    EXPECT_EQ(host.messages.size(), other_host.messages.size());
    EXPECT_EQ(snapshot(portal), snapshot(*other));
    EXPECT_TRUE(other->broken_invariants().empty());
  }
}

// A session goes on in the restored portal, in the middle of linking (R-LINK-6).
TEST(SnapshotTest, SessionsAndDraftsGoOn) {
  AcmePortal acme;
  const Session cy = acme.as("cy");
  const std::string_view documents[] = {kAdministrator};
  ASSERT_TRUE(
      acme.portal.start_link(cy, {"arn:aws:iam::111122223333:user/Cy", documents, "", true}).ok());
  Result<Portal> other = restored(snapshot(acme.portal), acme.host);
  ASSERT_TRUE(other.has_value()) << other.error().to_string();
  EXPECT_TRUE(other->choose_bulk_mapping(cy, true, true).ok());
  EXPECT_TRUE(other->submit_link(cy).ok());
  EXPECT_EQ(acme.portal.find_company("2345678")->link.state, LinkState::Unlinked);
}

// What an earlier build wrote is still read, and means the same.
TEST(SnapshotTest, VersionOneIsStillRead) {
  std::string text = read_project_file("tests/portal/snapshots/version1.json");
  text.pop_back();  // the line break
  MemoryHost host;
  const Result<Portal> portal = restored(text, host);
  ASSERT_TRUE(portal.has_value()) << portal.error().to_string();
  EXPECT_EQ(snapshot(*portal), text);
  const PartnerCompany* const company = portal->find_company("2345678");
  ASSERT_NE(company, nullptr);
  EXPECT_EQ(company->link.state, LinkState::UnlinkPending);
  EXPECT_EQ(portal->lead_of(*company).email, "ada@acme.io");
  EXPECT_FALSE(portal->find_user("bea@acme.io")->mapped_role.empty());
  EXPECT_TRUE(portal->broken_invariants().empty());
}

struct Malformed {
  const char* from;
  const char* to;
  const char* message;
};

class MalformedSnapshotTest : public ::testing::TestWithParam<Malformed> {};

TEST_P(MalformedSnapshotTest, IsRefusedWithItsPlace) {
  AcmePortal acme;
  static_cast<void>(acme.as("ada"));
  std::string text = snapshot(acme.portal);
  const std::size_t at = text.find(GetParam().from);
  ASSERT_NE(at, std::string::npos) << GetParam().from << " in " << text;
  text.replace(at, std::string_view(GetParam().from).size(), GetParam().to);
  const Result<Portal> other = restored(text, acme.host);
  ASSERT_FALSE(other.has_value());
  EXPECT_NE(other.error().to_string().find(GetParam().message), std::string::npos)
      << other.error().to_string();
  EXPECT_EQ(other.error().position.line, 1U);
}

constexpr Malformed kMalformed[] = {
    {"\"writSnapshot\":1", "\"writSnapshot\":2", "snapshots of version 1"},
    {"\"writSnapshot\":1,", "", "`writSnapshot` is missing"},
    {"\"companies\":[", "\"companies\":[7,", "an object is expected here"},
    {"\"stage\"", "\"stge\"", "unknown member `stge`"},
    {"\"allianceLead\"", "\"emperor\"", "no role of this id"},
    {"\"allianceLead\"", "\"allianceTeam\"", "0 alliance leads"},
    {"\"cloudAdmin\"", "\"allianceLead\"", "2 alliance leads"},
    {"tia@acme.io", "ada@acme.io", "is taken"},
    {"tia@acme.io", "tia@other.io", "no domain of the company"},
    {"005000000000000002", "005000000000000001", "no unused partnerUserId"},
    {"\"state\":\"unlinked\"", "\"state\":\"linked\"", "names its AWS account"},
    {"\"mappedTo\":\"\"", "\"mappedTo\":\"arn:aws:iam::111122223333:role/X\"", "cannot be mapped"},
    {"\"status\":\"active\"", "\"status\":\"asleep\"", "`asleep` is none of"},
    {"\"acme.io\"", "\"gmail.com\"", "no company's domain"},
    {"\"freeSessions\":[]", "\"freeSessions\":[0]", "place of no ended session"},
    {"\"nextSerial\":2", "\"nextSerial\":1", "nextSerial"},
    {"}", "", "JSON_SYNTAX_ERROR"},
};
INSTANTIATE_TEST_SUITE_P(Texts, MalformedSnapshotTest, ::testing::ValuesIn(kMalformed));

}  // namespace
}  // namespace writ::portal::testing
