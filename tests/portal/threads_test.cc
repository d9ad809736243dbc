// Many threads ask while one changes. Worth running under ThreadSanitizer, which is what the
// program portal_threads_tests is for.
#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

#include "portal/portal_world.h"
#include "writ/portal/concurrent_portal.h"

namespace writ::portal::testing {
namespace {

constexpr int kReaders = 4;
constexpr int kChanges = 1500;

// Every decision during writes is that of the state before a command or after it: Ben holds the
// role and may, or does not and may not, and never anything else.
TEST(ConcurrentPortalTest, DecisionsDuringWritesSeeWholeStates) {
  Options options;
  options.explain_refusals = false;
  AcmePortal acme(options);
  const Session ada = acme.as("ada");
  const Session ben = acme.as("ben");
  ConcurrentPortal shared(std::move(acme.portal));
  constexpr ActionName kSubmit("portal:SubmitOpportunity");
  const RoleSet ace = RoleCatalog::bit(policies().catalog().find("aceUser"));
  std::atomic<bool> over = false;
  std::atomic<int> wrong = 0;
  std::atomic<int> allowed = 0;
  std::atomic<int> refused = 0;
  std::vector<std::thread> readers;
  for (int i = 0; i < kReaders; ++i) {
    readers.emplace_back([&] {
      while (!over.load()) {
        shared.read([&](const Portal& portal) {
          const Permit permit = portal.check(ben, kSubmit);
          const bool holds = (portal.user_of(ben)->roles & ace) != 0;
          if (permit.ok() != holds) ++wrong;
          ++(permit.ok() ? allowed : refused);
          if (!portal.authorize(ben, "portal:ViewTerms").ok()) ++wrong;
        });
      }
    });
  }
  constexpr std::string_view kRole[] = {"aceUser"};
  const RoleChange change = {"ben@acme.io", kRole};
  for (int i = 0; i < kChanges; ++i) {
    const Answer answer = shared.write([&](Portal& portal) {
      return i % 2 == 0 ? portal.assign_roles(ada, std::span(&change, 1))
                        : portal.unassign_roles(ada, std::span(&change, 1));
    });
    if (answer.succeeded() != 1) ++wrong;
    // Lets readers in between, on machines with few cores too.
    if (i % 50 == 0) std::this_thread::yield();
  }
  over = true;
  for (std::thread& reader : readers) reader.join();
  EXPECT_EQ(wrong.load(), 0);
  EXPECT_GT(allowed.load() + refused.load(), 0);
}

// Const functions need no arrangement among themselves.
TEST(ConcurrentPortalTest, QueriesRunAtOnce) {
  AcmePortal acme;
  const Session ada = acme.as("ada");
  const Session bea = acme.as("bea");
  const Portal& portal = acme.portal;
  std::atomic<int> wrong = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < kReaders; ++i) {
    threads.emplace_back([&] {
      for (int round = 0; round < 200; ++round) {
        if (!portal.list_users(ada).ok()) ++wrong;
        if (portal.list_users(bea).code != Code::ImplicitDeny) ++wrong;
        if (portal.list_menu(bea, menu_items()).items.empty()) ++wrong;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(wrong.load(), 0);
}

}  // namespace
}  // namespace writ::portal::testing
