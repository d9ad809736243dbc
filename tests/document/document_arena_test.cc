// The memory of a document's lists.
#include "writ/impl/document_arena.h"

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "writ/parse.h"

namespace writ::test {
namespace {

using detail::ArenaList;
using detail::DocumentArena;

std::span<const std::uint64_t> list(DocumentArena& arena, std::uint64_t first, std::size_t size) {
  ArenaList<std::uint64_t> numbers(arena, size);
  for (std::size_t i = 0; i < size; ++i) numbers.add(first + i);
  return numbers.items();
}

TEST(DocumentArenaTest, ListsStayWhereTheyAre) {
  DocumentArena arena(64);
  std::vector<std::span<const std::uint64_t>> lists;
  for (std::size_t size = 0; size < 200; ++size) lists.push_back(list(arena, size * 1000, size));
  DocumentArena moved = std::move(arena);
  arena = DocumentArena();
  lists.push_back(list(arena, 0, 3));
  DocumentArena assigned;
  [[maybe_unused]] const auto dropped = list(assigned, 7, 7);
  assigned = std::move(moved);
  for (std::size_t size = 0; size < 200; ++size) {
    ASSERT_EQ(lists[size].size(), size);
    for (std::size_t i = 0; i < size; ++i) ASSERT_EQ(lists[size][i], size * 1000 + i);
  }
  EXPECT_EQ(lists.back()[2], 2U);
}

TEST(DocumentArenaTest, EveryTypeIsAligned) {
  DocumentArena arena;
  for (std::size_t size = 1; size < 40; ++size) {
    const char* bytes = arena.allocate<char>(size);
    const std::max_align_t* aligned = arena.allocate<std::max_align_t>(size);
    EXPECT_NE(bytes, nullptr);
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(aligned) % alignof(std::max_align_t), 0U);
  }
}

TEST(DocumentArenaTest, DocumentsKeepTheirListsWhenTheyMove) {
  Result<PolicyDocument> parsed = parse_policy(
      R"({"Statement":{"Effect":"Allow","Action":["a:b","c:d"],"Resource":"*",
          "Condition":{"StringLike":{"k:a":["x","y"],"k:b":"z"}}}})",
      PolicyType::IdentityBased);
  ASSERT_TRUE(parsed);
  PolicyDocument first = std::move(parsed).value();
  PolicyDocument second;
  second = std::move(first);
  const Statement& statement = second.statements()[0];
  ASSERT_EQ(statement.action.values.size(), 2U);
  EXPECT_EQ(statement.action.values[1].value, "c:d");
  ASSERT_EQ(statement.conditions.size(), 2U);
  EXPECT_EQ(statement.conditions[0].values[1].text, "y");
  EXPECT_EQ(statement.conditions[1].key.value, "k:b");
}

}  // namespace
}  // namespace writ::test
