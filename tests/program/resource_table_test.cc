// The table of what look-ups by resource lead to: every key is found, whatever keys there are.
#include "writ/impl/resource_table.h"

#include <gtest/gtest.h>

#include <vector>

namespace writ::test {
namespace {

using detail::Bucket;
using detail::ProgramBuilder;
using detail::ResourceTable;
using detail::TableNode;
using detail::Target;

constexpr std::uint64_t kSeed = 5;

/// A table of keys that lead to targets 2, 4, 6 and so on; nothing follows those.
struct Made {
  explicit Made(const std::vector<std::uint64_t>& keys, std::uint32_t classes = 1)
      : builder(PolicyType::IdentityBased), table(builder) {
    Target target = 0;
    for (const std::uint64_t key : keys) {
      table.add(key, target / 2 % classes, {detail::kNone, target + 2});
      target += 2;
    }
    node = table.write(classes, kSeed);
  }
  /// As Program::bucket.
  [[nodiscard]] Bucket bucket(std::uint64_t key) const {
    const TableNode made{builder.code.node(node)};
    const std::uint64_t hash = key * table.factor();
    const TableNode::Pilot pilot = made.pilots()[TableNode::one_of(made.group_count(), hash)];
    const std::uint64_t place = TableNode::place_of(hash, pilot, made.bucket_count());
    return {made.buckets() + place * made.bucket_words()};
  }

  [[nodiscard]] bool is_of(std::uint64_t key, detail::Word class_number) const {
    const TableNode made{builder.code.node(node)};
    return bucket(key).is_of(TableNode::tag_of(key, class_number, made.key_bits()));
  }

  ProgramBuilder builder;
  ResourceTable table;
  detail::Ref node;
};

void expect_found(const std::vector<std::uint64_t>& keys, std::uint32_t classes = 1) {
  const Made made(keys, classes);
  ASSERT_FALSE(made.table.failed());
  ASSERT_NE(made.node, detail::kNoNode);
  for (std::size_t i = 0; i < keys.size(); ++i) {
    const Bucket bucket = made.bucket(keys[i]);
    const auto number = static_cast<detail::Word>(i % classes);
    ASSERT_TRUE(made.is_of(keys[i], number)) << "key " << i << " of " << keys.size();
    // The class counts in full: leaves do not test actions.
    if (classes > 1) {
      ASSERT_FALSE(made.is_of(keys[i], (number + 1) % classes));
    }
    ASSERT_EQ(bucket.kind(), Bucket::Kind::Elsewhere);
    ASSERT_EQ(bucket.target(), 2 * (i + 1));
  }
}

TEST(ResourceTableTest, HoldsEveryKey) {
  for (const std::size_t count : {1U, 2U, 3U, 5U, 8U, 40U, 1000U, 50000U}) {
    std::vector<std::uint64_t> keys;
    for (std::size_t i = 0; i < count; ++i) keys.push_back(hash_combine(i, count));
    expect_found(keys);
    expect_found(keys, 7);
    expect_found(keys, 40000);
  }
}

TEST(ResourceTableTest, NothingIsUnderOtherKeys) {
  std::vector<std::uint64_t> keys;
  for (std::uint64_t i = 0; i < 1000; ++i) keys.push_back(hash_combine(i, 1));
  const Made made(keys);
  int mistaken = 0;
  for (std::uint64_t i = 0; i < 100000; ++i) {
    const std::uint64_t key = hash_combine(i, 2);
    mistaken += made.is_of(key, 0) ? 1 : 0;
  }
  // By 30 bits of the key; a leaf is tested then.
  EXPECT_LE(mistaken, 1);
}

TEST(ResourceTableTest, NothingIsWrittenForNoKeys) {
  const Made made({});
  EXPECT_EQ(made.node, detail::kNoNode);
  EXPECT_FALSE(made.table.failed());
}

// Keys that the first factor sends to one group and nearly to one hash.
TEST(ResourceTableTest, KeysMadeToFallTogetherAreTakenApart) {
  const std::uint64_t factor = hash_combine(kSeed, 0) | 1U;
  std::uint64_t inverse = factor;  // by Newton's iteration
  for (int i = 0; i < 6; ++i) inverse *= 2 - factor * inverse;
  ASSERT_EQ(inverse * factor, 1U);
  std::vector<std::uint64_t> keys;
  for (std::uint64_t i = 1; i <= 5000; ++i) keys.push_back(i * inverse);
  expect_found(keys);
}

TEST(ResourceTableTest, EqualKeysAreNoTable) {
  const Made made({7, 9, 7});
  EXPECT_TRUE(made.table.failed());
  EXPECT_EQ(made.node, detail::kNoNode);
}

}  // namespace
}  // namespace writ::test
