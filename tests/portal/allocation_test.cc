// A permission check allocates nothing, whatever it comes to. This file replaces operator new of
// its whole test program by one that counts.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdlib>
#include <memory>
#include <new>
#include <vector>

#include "portal/portal_world.h"

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define WRIT_COUNTS_ALLOCATIONS 0
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define WRIT_COUNTS_ALLOCATIONS 0
#endif
#endif
#if !defined(WRIT_COUNTS_ALLOCATIONS)
#define WRIT_COUNTS_ALLOCATIONS 1
#endif

namespace {
std::atomic<std::size_t> allocation_count = 0;
}

#if WRIT_COUNTS_ALLOCATIONS
namespace {
void* counted(std::size_t size) {
  allocation_count.fetch_add(1, std::memory_order_relaxed);
  void* memory = std::malloc(size == 0 ? 1 : size);
  if (memory == nullptr) std::abort();
  return memory;
}
}  // namespace
void* operator new(std::size_t size) { return counted(size); }
void* operator new[](std::size_t size) { return counted(size); }
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete[](void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
void operator delete[](void* memory, std::size_t) noexcept { std::free(memory); }
#endif

namespace writ::portal::testing {
namespace {

TEST(PortalAllocationTest, APermissionCheckAllocatesNothing) {
  if (WRIT_COUNTS_ALLOCATIONS == 0) GTEST_SKIP() << "the sanitizer replaces the allocator";
  AcmePortal acme;
  const Session ada = acme.as("ada");
  const Session bea = acme.as("bea");
  PermissionTarget target;
  target.kind = "user";
  target.id = "005000000000000005";
  target.target_role = "aceUser";
  target.target_is_self = Fact::No;
  target.target_roles = ~RoleSet{0} >> (64 - policies().catalog().roles().size());
  target.has_target_roles = true;
  std::vector<std::string_view> ids;
  for (const MenuItem& item : menu_items()) ids.push_back(item.id);
  const auto allowed = std::make_unique<bool[]>(ids.size());
  const Result<AccountMenu> prepared = AccountMenu::make("2345678", ids);
  ASSERT_TRUE(prepared.has_value());
  const auto batched = std::make_unique<bool[]>(ids.size());
  const std::size_t before = allocation_count.load();
  const Permit yes = acme.portal.check(ada, "portal:AssignRole", target);
  const Permit implicit = acme.portal.check(bea, "portal:AssignRole", target);
  target.target_role = "allianceLead";
  const Permit never = acme.portal.check(ada, "portal:AssignRole", target);
  const Permit nobody = acme.portal.check(Session(), "portal:AssignRole", target);
  const Permit menu = acme.portal.check_menu(bea, ids, std::span(allowed.get(), ids.size()));
  const Permit batch = acme.portal.check_menu(bea, *prepared, std::span(batched.get(), ids.size()));
  EXPECT_EQ(allocation_count.load(), before);
  EXPECT_EQ(batch.code, Code::Ok);
  EXPECT_EQ(yes.code, Code::Ok);
  EXPECT_EQ(implicit.code, Code::ImplicitDeny);
  EXPECT_EQ(never.code, Code::ExplicitDeny);
  EXPECT_EQ(nobody.code, Code::NotSignedIn);
  EXPECT_EQ(menu.code, Code::Ok);
}

// R-MENU-2: one batch gives the answers that single questions give; a menu that was made for
// another account is closed (R-REG-12).
TEST(PortalAllocationTest, AMenuInOneBatchAgreesWithSingleQuestions) {
  AcmePortal acme;
  std::vector<std::string_view> ids;
  for (const MenuItem& item : menu_items()) ids.push_back(item.id);
  const Result<AccountMenu> menu = AccountMenu::make("2345678", ids);
  const Result<AccountMenu> foreign = AccountMenu::make("7654321", ids);
  ASSERT_TRUE(menu.has_value() && foreign.has_value());
  const auto single = std::make_unique<bool[]>(ids.size());
  const auto batch = std::make_unique<bool[]>(ids.size());
  for (const char* name : {"ada", "tia", "cy", "mia", "ben", "bea"}) {
    const Session session = acme.as(name);
    const std::span<bool> open(batch.get(), ids.size());
    ASSERT_TRUE(acme.portal.check_menu(session, ids, std::span(single.get(), ids.size())).ok());
    ASSERT_TRUE(acme.portal.check_menu(session, *menu, open).ok());
    for (std::size_t i = 0; i < ids.size(); ++i) {
      EXPECT_EQ(single[i], batch[i]) << name << " " << ids[i];
    }
    ASSERT_TRUE(acme.portal.check_menu(session, *foreign, open).ok());
    EXPECT_EQ(std::count(open.begin(), open.end(), true), 0) << name;
  }
}

// Users who hold the same roles share one compiled set (R-ARCH-3).
TEST(PortalAllocationTest, SetsAreCompiledOnceForACombination) {
  AcmePortal acme;
  const std::size_t combinations = acme.portal.compiled_combinations();
  EXPECT_EQ(combinations, 6U);  // lead, team, cloud admin, marketing, none, ACE user
  const PortalUser* const ben = acme.portal.find_user("ben@acme.io");
  const PortalUser* const bea = acme.portal.find_user("bea@acme.io");
  EXPECT_NE(acme.portal.policy_set(*ben).program(), acme.portal.policy_set(*bea).program());
  constexpr std::string_view kRole[] = {"aceUser"};
  const RoleChange change = {"ben@acme.io", kRole};
  ASSERT_EQ(acme.portal.assign_roles(acme.as("ada"), std::span(&change, 1)).succeeded(), 1U);
  EXPECT_EQ(acme.portal.policy_set(*ben).program(), acme.portal.policy_set(*bea).program());
  EXPECT_EQ(acme.portal.compiled_combinations(), combinations);
}

}  // namespace
}  // namespace writ::portal::testing
