// The slots of actions and services: every hash has its place, however they were chosen.
#include "writ/impl/slot_table.h"

#include <gtest/gtest.h>

#include <vector>

namespace writ::test {
namespace {

using detail::SlotTable;

/// The slot that a reader finds a hash in, or kFree.
[[nodiscard]] std::size_t find(const SlotTable& table, std::uint64_t hash, std::uint64_t factor) {
  const std::size_t size = table.slots().size();
  std::size_t at = detail::slot_of(hash, factor, static_cast<std::uint32_t>(size - 1));
  for (; table.slots()[at] != SlotTable::kFree; at = (at + 1) % size) {
    if (table.hash(table.slots()[at]) == hash) return table.slots()[at];
  }
  return SlotTable::kFree;
}

/// All are placed under a factor of the first few, and found, and no look-up steps over many slots.
void expect_placed(const std::vector<std::uint64_t>& hashes) {
  const std::size_t least = hashes.size() + hashes.size() / 3 + 1;
  SlotTable table(hashes, least);
  SlotTable none({}, 0);
  std::uint64_t factor = 0;
  ASSERT_TRUE(detail::place_both(table, none, 5, factor));
  EXPECT_TRUE(none.slots().empty());
  const std::size_t size = table.slots().size();
  EXPECT_LT(size, 2 * least);
  for (std::size_t i = 0; i < hashes.size(); ++i) {
    const std::size_t found = find(table, hashes[i], factor);
    ASSERT_NE(found, SlotTable::kFree) << i;
    ASSERT_EQ(hashes[found], hashes[i]);
  }
  const auto is_free = [&](std::size_t at) { return table.slots()[at] == SlotTable::kFree; };
  EXPECT_LE(detail::longest_run(size, is_free), detail::most_slots_in_a_row(size));
}

// What made tables by the lower bits quadratic, and what would do so by the upper ones.
TEST(SlotTableTest, HashesThatShareTheirBitsAreTakenApart) {
  constexpr std::uint64_t kCount = 200000;
  std::vector<std::uint64_t> lower(kCount);
  std::vector<std::uint64_t> upper(kCount);
  std::vector<std::uint64_t> middle(kCount);
  for (std::uint64_t i = 0; i < kCount; ++i) {
    lower[i] = i << 32U;
    upper[i] = i;
    middle[i] = (i << 16U) * detail::kHashA;
  }
  expect_placed(lower);
  expect_placed(upper);
  expect_placed(middle);
  expect_placed({1});
  expect_placed({1, 2, 3});
}

// Such names can be made, any number of them: one after the other leads to the one before.
TEST(SlotTableTest, EqualHashesStandInOneSlot) {
  constexpr std::uint32_t kCount = 1U << 20U;
  std::vector<std::uint64_t> hashes(kCount, 7);
  hashes[5] = 8;
  SlotTable table(hashes, kCount);
  ASSERT_TRUE(table.place(detail::kHashA));
  std::vector<std::uint32_t> used;
  for (const std::uint32_t slot : table.slots()) {
    if (slot != SlotTable::kFree) used.push_back(slot);
  }
  ASSERT_EQ(used.size(), 2U);
  EXPECT_EQ(used[0] + used[1], kCount - 1 + 5);
  EXPECT_EQ(table.before(5), SlotTable::kFree);
  std::uint32_t at = kCount - 1;
  std::uint32_t steps = 1;
  for (; table.before(at) != SlotTable::kFree; at = table.before(at)) ++steps;
  EXPECT_EQ(at, 0U);
  EXPECT_EQ(steps, kCount - 1);
}

TEST(SlotTableTest, RunsAreCountedAroundTheEnd) {
  const std::vector<bool> used = {true, true, false, true, false, true, true, true};
  const auto run = [](const std::vector<bool>& slots) {
    return detail::longest_run(slots.size(), [&](std::size_t at) { return !slots[at]; });
  };
  EXPECT_EQ(run(used), 5U);
  EXPECT_EQ(run({true, true}), 2U);
  EXPECT_EQ(run({false, false}), 0U);
  EXPECT_EQ(run({false, true, true, false}), 2U);
}

}  // namespace
}  // namespace writ::test
