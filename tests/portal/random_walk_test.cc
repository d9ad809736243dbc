// A long walk of random commands by random callers over five companies. After each of them: every
// invariant holds (one alliance lead, caps, unique domains and addresses, one mapping a user), no
// company but the caller's has changed, a refused call has changed nothing, and the audit log has
// grown by the events of the table of commands, no more and no less.
//
// WRIT_WALK_COMMANDS sets the length, WRIT_WALK_SEED the seed.
#include <gtest/gtest.h>

#include <cstdlib>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "portal/random_commands.h"
#include "writ/portal/snapshot.h"

namespace writ::portal::testing {
namespace {

std::uint64_t setting(const char* name, std::uint64_t otherwise) {
  const char* const text = std::getenv(name);
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

std::vector<std::uint64_t> digests(const Portal& portal) {
  std::vector<std::uint64_t> all;
  for (const PartnerCompany& company : portal.companies()) {
    all.push_back(company_digest(portal, company));
  }
  return all;
}

/// Codes that are counted and sessions that begin or are locked are what a refusal may leave
/// behind; companies and users are not among it.
bool all_rows_refused(const Answer& answer) {
  return answer.ok() && !answer.rows.empty() && answer.succeeded() == 0;
}

class Walk {
 public:
  explicit Walk(std::uint64_t seed) : walker_(seed) { restart(); }

  void restart() {
    host_ = std::make_unique<MemoryHost>();
    Options options;
    options.explain_refusals = false;
    portal_ = std::make_unique<Portal>(policies(), host_->host(), options);
    Walker::fill(*portal_);
    host_->counts = {100, 1000, 1000, 0, 0};
    before_ = digests(*portal_);
  }

  void step() {
    host_->log.clear();
    if (host_->messages.size() > 200) host_->messages.clear();
    const std::size_t companies = portal_->companies().size();
    const WalkStep step = walker_.step(*portal_, *host_);
    ++codes_[step.answer.code];
    if (step.answer.ok()) done_.insert(step.command->name);
    for (const Answer& row : step.answer.rows) ++codes_[row.code];
    const std::vector<std::uint64_t> after = digests(*portal_);
    const bool refused = !step.answer.ok() || all_rows_refused(step.answer);
    for (std::size_t i = 0; i < companies; ++i) {
      const std::string& id = portal_->companies()[i].id;
      const bool may_change =
          !refused && (id == step.caller_company || step.touched == "*" || step.touched == id);
      if (!may_change) {
        ASSERT_EQ(before_[i], after[i])
            << step.command->name << " (" << to_string(step.answer.code) << ") by a user of "
            << step.caller_company << " changed " << id;
      }
    }
    ASSERT_EQ(portal_->companies().size() != companies,
              step.command->name == "RegisterCompany" && step.answer.ok() &&
                  step.answer.result.get("joined") == "false");
    check_events(step);
    const std::vector<std::string> broken = portal_->broken_invariants();
    ASSERT_TRUE(broken.empty()) << step.command->name << ": " << broken.front();
    before_ = after;
  }

  const std::map<Code, std::uint64_t>& codes() const { return codes_; }
  const std::set<std::string_view>& done() const { return done_; }

 private:
  void check_events(const WalkStep& step) {
    // R-EVT-1.
    std::size_t expected = 0;
    if (!step.silent && step.command->event_rule == EventRule::PerCall) expected = 1;
    if (!step.silent && step.command->event_rule == EventRule::PerRow) {
      expected = step.answer.rows.empty() ? 1 : step.answer.rows.size();
    }
    std::size_t own = 0;
    std::size_t mappings = 0;
    for (const AuditEvent& event : host_->log.events()) {
      if (event.name == step.command->event) {
        ++own;
      } else {
        ASSERT_TRUE(event.name == "DisassociatePartnerUser" || event.name == "AssociatePartnerUser")
            << event.name << " in " << step.command->name;
        ++mappings;
      }
    }
    ASSERT_EQ(own, expected) << step.command->name << " (" << to_string(step.answer.code) << ")";
    if (!step.answer.ok()) {
      ASSERT_EQ(mappings, 0U) << step.command->name;
    }
  }

  Walker walker_;
  std::unique_ptr<MemoryHost> host_;
  std::unique_ptr<Portal> portal_;
  std::vector<std::uint64_t> before_;
  std::map<Code, std::uint64_t> codes_;
  std::set<std::string_view> done_;
};

// R-ARCH-7, R-ARCH-8, R-LEAD-1, R-ASG-8, R-REG-8, R-REG-12, R-REG-13, R-MAP-6, R-MAP-7, R-EVT-1.
TEST(RandomWalkTest, KeepsEveryInvariant) {
  const std::uint64_t count = setting("WRIT_WALK_COMMANDS", 30000);
  const std::uint64_t seed = setting("WRIT_WALK_SEED", 1);
  std::printf("seed %llu, %llu commands\n", static_cast<unsigned long long>(seed),
              static_cast<unsigned long long>(count));
  ::testing::Test::RecordProperty("seed", std::to_string(seed));
  Walk walk(seed);
  for (std::uint64_t i = 0; i < count && !::testing::Test::HasFatalFailure(); ++i) {
    // Worlds age: people leave, tasks are done. A new one every few thousand commands.
    if (i % 4000 == 3999) walk.restart();
    SCOPED_TRACE("command " + std::to_string(i) + " of seed " + std::to_string(seed));
    walk.step();
  }
  for (const auto& [code, times] : walk.codes()) {
    std::printf("%-18s %llu\n", std::string(to_string(code)).c_str(),
                static_cast<unsigned long long>(times));
  }
  // A walk that meets nothing shows nothing.
  if (count >= 30000) {
    for (int i = 0; i < kCodeCount; ++i) {
      EXPECT_TRUE(walk.codes().contains(static_cast<Code>(i)))
          << "never met " << to_string(static_cast<Code>(i));
    }
    for (const CommandInfo& command : commands()) {
      EXPECT_TRUE(walk.done().contains(command.name)) << "never succeeded: " << command.name;
    }
  }
}

}  // namespace
}  // namespace writ::portal::testing
