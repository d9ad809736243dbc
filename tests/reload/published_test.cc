// Publication by one thread: what is pinned, what is freed and when. threads_test.cc has the rest.
#include "writ/published.h"

#include <gtest/gtest.h>

#include <array>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

namespace writ {
namespace {

/// Counts the values that are alive.
class Counted {
 public:
  Counted(int number, int& alive) : number_(number), alive_(&alive) { ++*alive_; }
  Counted(const Counted& other) noexcept : number_(other.number_), alive_(other.alive_) {
    ++*alive_;
  }
  Counted& operator=(const Counted&) = delete;
  ~Counted() { --*alive_; }

  [[nodiscard]] int number() const { return number_; }

 private:
  int number_;
  int* alive_;
};

TEST(PublishedTest, ReaderPinsWhatWasPublishedLast) {
  Published<int> published(1);
  auto reader = published.reader();
  EXPECT_EQ(*reader.pin(), 1);
  published.publish(2);
  EXPECT_EQ(*reader.pin(), 2);
}

TEST(PublishedTest, SnapshotStaysAsItIs) {
  int alive = 0;
  Published<Counted> published(Counted(0, alive));
  auto reader = published.reader();
  auto other = published.reader();
  const auto snapshot = reader.pin();
  for (int i = 1; i <= 100; ++i) published.publish(Counted(i, alive));
  EXPECT_EQ(snapshot->number(), 0);
  EXPECT_EQ(other.pin()->number(), 100);
  // The current one and the one that is pinned, not the hundred in between.
  EXPECT_EQ(alive, 2);
}

TEST(PublishedTest, WithoutReadersOneValueIsAlive) {
  int alive = 0;
  {
    Published<Counted> published(Counted(0, alive));
    for (int i = 1; i <= 100; ++i) {
      published.publish(Counted(i, alive));
      EXPECT_EQ(alive, 1);
    }
  }
  EXPECT_EQ(alive, 0);
}

TEST(PublishedTest, ReaderThatNeverPinsAgainHoldsNothing) {
  int alive = 0;
  Published<Counted> published(Counted(0, alive));
  auto idle = published.reader();
  EXPECT_EQ(idle.pin()->number(), 0);
  for (int i = 1; i <= 100; ++i) {
    published.publish(Counted(i, alive));
    EXPECT_EQ(alive, 1);
  }
}

TEST(PublishedTest, OldValueIsFreedByTheNextPublicationAfterUnpinning) {
  int alive = 0;
  Published<Counted> published(Counted(0, alive));
  auto reader = published.reader();
  {
    const auto snapshot = reader.pin();
    published.publish(Counted(1, alive));
    EXPECT_EQ(alive, 2);
  }
  EXPECT_EQ(alive, 2);  // readers free nothing
  published.publish(Counted(2, alive));
  EXPECT_EQ(alive, 1);
}

TEST(PublishedTest, ReclaimFreesWithoutPublishing) {
  int alive = 0;
  Published<Counted> published(Counted(0, alive));
  auto reader = published.reader();
  {
    const auto snapshot = reader.pin();
    published.publish(Counted(1, alive));
    EXPECT_EQ(published.reclaim(), 1U);
    EXPECT_EQ(alive, 2);
  }
  EXPECT_EQ(published.reclaim(), 0U);
  EXPECT_EQ(alive, 1);
}

TEST(PublishedTest, EachPinnedReaderHoldsOneValueAtMost) {
  constexpr std::size_t kReaders = 8;
  int alive = 0;
  Published<Counted> published(Counted(0, alive));
  std::vector<Published<Counted>::Reader> readers;
  for (std::size_t i = 0; i < kReaders; ++i) readers.push_back(published.reader());
  std::array<std::unique_ptr<Published<Counted>::Snapshot>, kReaders> snapshots;
  for (int round = 0; round < 1000; ++round) {
    const std::size_t i = static_cast<std::size_t>(round * 5) % kReaders;
    snapshots[i].reset();
    // Snapshots are neither copied nor moved; `new` makes one in place.
    snapshots[i].reset(new Published<Counted>::Snapshot(readers[i].pin()));
    published.publish(Counted(round, alive));
    EXPECT_LE(alive, static_cast<int>(kReaders) + 1);
  }
}

TEST(PublishedTest, UpdateSeesTheCurrentValue) {
  Published<int> published(1);
  for (int i = 0; i < 10; ++i) published.update([](int current) { return current * 2; });
  EXPECT_EQ(*published.reader().pin(), 1024);
}

TEST(PublishedTest, ValuesNeedNotBeCopyable) {
  Published<std::unique_ptr<int>> published(std::make_unique<int>(1));
  published.publish(std::make_unique<int>(2));
  EXPECT_EQ(**published.reader().pin(), 2);
}

TEST(PublishedTest, SlotsOfReadersThatAreGoneAreUsedAgain) {
  Published<int> published(7);
  for (int i = 0; i < 1000; ++i) {
    auto reader = published.reader();
    auto moved = std::move(reader);
    EXPECT_EQ(*moved.pin(), 7);
  }
  auto one = published.reader();
  auto two = published.reader();
  one = std::move(two);
  EXPECT_EQ(*one.pin(), 7);
}

TEST(PublishedDeathTest, SecondSnapshotOfOneReaderAborts) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  Published<int> published(1);
  auto reader = published.reader();
  const auto first = reader.pin();
  EXPECT_DEATH(static_cast<void>(*reader.pin()), "");
}

TEST(PublishedDeathTest, ReaderThatOutlivesItsValueAborts) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  const auto outlive = [] {
    std::optional<Published<int>> published(std::in_place, 1);
    const auto reader = published->reader();
    published.reset();
  };
  EXPECT_DEATH(outlive(), "");
}

}  // namespace
}  // namespace writ
