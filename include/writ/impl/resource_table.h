// Not API, may change in any release. ResourceTable: what look-ups by resource lead to, laid out as
// one table (TableNode).
//
// A look-up is a hash, a place, a bucket. The leaf of a statement that one look-up alone leads to
// lies in the bucket, so that the decision waits for memory once, however many statements there
// are; leaves with several ways to them, and lists, lie elsewhere. How large buckets are is chosen
// for the leaves at hand: a larger one takes in more of them and costs its size in every place.
//
// All keys are known when the table is written, so it is a perfect hash (hash, displace and
// compress: Belazzougui, Botelho and Dietzfelbinger, 2009). Keys fall into small groups; for each
// group, the largest first, a pilot is looked for that leads its keys to free buckets. A look-up
// reads a pilot, two bytes for four keys, and one bucket, of which nine in ten are in use.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <limits>
#include <vector>

#include "writ/hash.h"
#include "writ/impl/program_builder.h"

namespace writ::inline v0 {
namespace detail {

/// What is stored under a key: a leaf of its own, by its index, or a target.
struct Posting {
  std::uint32_t leaf = kNone;
  Target target = 0;
};

class ResourceTable {
 public:
  explicit ResourceTable(ProgramBuilder& program) noexcept : program_(program) {}

  void reserve(std::size_t keys) { entries_.reserve(keys); }
  void add(std::uint64_t key, std::uint32_t class_side, Posting posting) {
    entries_.push_back({key, posting, class_side, 0});
  }
  /// The target of a posting that is stored elsewhere.
  [[nodiscard]] Target target_of(Posting posting) {
    return posting.leaf == kNone ? posting.target : leaf_target(program_.leaf_node(posting.leaf));
  }
  /// Writes the table behind all nodes; kNoNode when there is nothing in it. Sides of classes
  /// (class_head::side) are below `sides`; factors follow from the seed.
  [[nodiscard]] Ref write(std::size_t sides, std::uint64_t seed);
  [[nodiscard]] std::uint64_t factor() const noexcept { return factor_; }
  /// Whether the keys could not be placed.
  [[nodiscard]] bool failed() const noexcept { return failed_; }

 private:
  struct Entry {
    std::uint64_t key;
    Posting posting;
    std::uint32_t class_side;
    std::uint32_t bucket;
  };
  using Pilot = TableNode::Pilot;

  [[nodiscard]] std::uint64_t bucket_count() const noexcept {
    return entries_.size() + entries_.size() / 8 + 1;
  }
  [[nodiscard]] std::uint64_t group_count() const noexcept { return entries_.size() / 4 + 1; }
  [[nodiscard]] Word choose_bucket_words() const;
  [[nodiscard]] bool place();
  [[nodiscard]] bool place_group(const std::uint32_t* members, std::uint32_t count, Pilot& pilot);
  [[nodiscard]] bool lies_inside(Posting posting) const noexcept {
    return posting.leaf != kNone && uses_[posting.leaf] == 1 &&
           program_.leaves[posting.leaf].node == kNoNode;
  }

  ProgramBuilder& program_;
  std::vector<Entry> entries_;
  std::vector<std::uint32_t> uses_;  ///< of leaves, by postings
  std::uint64_t factor_ = 1;
  bool failed_ = false;
  std::vector<Pilot> pilots_;
  std::vector<bool> taken_;  ///< by bucket
};

/// Words of a line of memory.
inline constexpr Word kLine = 64 / sizeof(Word);

/// By the size of buckets: the lines of memory that one lies in, in words, the mean over its
/// possible beginnings.
inline constexpr auto kLineWords = [] {
  std::array<Word, TableNode::kLargestBucket + 1> words = {};
  for (Word size = 0; size < words.size(); ++size) {
    for (Word i = 0; i < kLine; ++i) {
      words[size] += (i * size % kLine + size + kLine - 1) / kLine;  // of kLine beginnings
    }
  }
  return words;
}();

/// What counts is memory, and the lines of it that a look-up reads. A leaf elsewhere costs its own
/// words, and two lines, since it seldom begins with one.
inline Word ResourceTable::choose_bucket_words() const {
  std::array<std::uint64_t, TableNode::kLargestBucket + 1> leaves = {};  // by size with its head
  std::uint64_t outside_words = 0;
  std::uint64_t outside = 0;
  for (const Entry& entry : entries_) {
    if (!lies_inside(entry.posting)) continue;
    const Word size = Bucket::kHeadWords + program_.leaves[entry.posting.leaf].size;
    if (size > TableNode::kLargestBucket) continue;
    ++leaves[size];
    outside_words += size - Bucket::kHeadWords;
    ++outside;
  }
  const std::uint64_t buckets = bucket_count();
  Word best = TableNode::kLeastBucket;
  std::uint64_t least = std::numeric_limits<std::uint64_t>::max();
  for (Word size = TableNode::kLeastBucket; size <= TableNode::kLargestBucket; ++size) {
    outside_words -= leaves[size] * (size - Bucket::kHeadWords);
    outside -= leaves[size];
    const std::uint64_t cost =
        buckets * size + entries_.size() * kLineWords[size] + outside_words + outside * 2 * kLine;
    if (cost < least) {
      least = cost;
      best = size;
    }
  }
  return best;
}

inline bool ResourceTable::place_group(const std::uint32_t* members, std::uint32_t count,
                                       Pilot& pilot) {
  for (Word tried = 0; tried <= std::numeric_limits<Pilot>::max(); ++tried) {
    pilot = static_cast<Pilot>(tried);
    std::uint32_t placed = 0;
    for (; placed < count; ++placed) {
      Entry& entry = entries_[members[placed]];
      entry.bucket = static_cast<std::uint32_t>(
          TableNode::place_of(entry.key * factor_, pilot, bucket_count()));
      if (taken_[entry.bucket]) break;
      taken_[entry.bucket] = true;
    }
    if (placed == count) return true;
    while (placed > 0) taken_[entries_[members[--placed]].bucket] = false;
  }
  return false;
}

inline bool ResourceTable::place() {
  const auto groups = static_cast<std::uint32_t>(group_count());
  pilots_.assign(groups, 0);
  taken_.assign(bucket_count(), false);
  // Members by group, and groups by their size: counting sorts.
  std::vector<std::uint32_t> begins(groups + 1);
  std::vector<std::uint32_t> group_of(entries_.size());
  for (std::size_t i = 0; i < entries_.size(); ++i) {
    group_of[i] = static_cast<std::uint32_t>(TableNode::one_of(groups, entries_[i].key * factor_));
    ++begins[group_of[i] + 1];
  }
  const std::uint32_t largest = *std::max_element(begins.begin(), begins.end());
  // Of four on the average; so many come together only on purpose.
  constexpr std::uint32_t kLargest = 64;
  if (largest > kLargest) return false;
  std::vector<std::vector<std::uint32_t>> by_size(largest + 1);
  for (std::uint32_t group = 0; group < groups; ++group) {
    by_size[begins[group + 1]].push_back(group);
    begins[group + 1] += begins[group];
  }
  std::vector<std::uint32_t> members(entries_.size());
  std::vector<std::uint32_t> next(begins.begin(), begins.end() - 1);
  for (std::uint32_t i = 0; i < entries_.size(); ++i) members[next[group_of[i]]++] = i;
  for (std::uint32_t size = largest; size > 0; --size) {
    for (const std::uint32_t group : by_size[size]) {
      if (!place_group(&members[begins[group]], size, pilots_[group])) return false;
    }
  }
  return true;
}

inline Ref ResourceTable::write(std::size_t sides, std::uint64_t seed) {
  if (entries_.empty()) return kNoNode;
  uses_.assign(program_.leaves.size(), 0);
  for (const Entry& entry : entries_) {
    if (entry.posting.leaf != kNone) ++uses_[entry.posting.leaf];
  }
  const Word bucket_words = choose_bucket_words();
  for (Entry& entry : entries_) {
    const Posting posting = entry.posting;
    const bool inside = lies_inside(posting) &&
                        Bucket::kHeadWords + program_.leaves[posting.leaf].size <= bucket_words;
    if (!inside) entry.posting = {kNone, target_of(posting)};
  }
  // Whoever knew the factors could choose resources whose keys fall together; another factor would
  // take them apart. Equal keys of one side are one entry.
  constexpr std::uint64_t kTries = 16;
  const Word key_bits = TableNode::key_bits_of(sides);
  bool placed = false;
  for (std::uint64_t tried = 0; !placed && tried < kTries; ++tried) {
    factor_ = hash_combine(seed, tried) | 1U;
    placed = place();
  }
  failed_ = !placed || key_bits < TableNode::kLeastKeyBits;
  if (failed_) return kNoNode;

  CodeWriter& code = program_.code;
  const std::size_t pilot_words = words_of(pilots_.size() * sizeof(Pilot));
  const std::size_t before = code.size() + TableNode::kHeadWords + pilot_words;
  code.put_zeros((kLine - before % kLine) % kLine);
  const Ref table = code.begin(NodeTag::Table, TableNode::BucketWords::put(bucket_words) |
                                                   TableNode::KeyBits::put(key_bits));
  code.put(static_cast<std::size_t>(bucket_count()));
  code.put(pilots_.size());
  code.put_text({reinterpret_cast<const char*>(pilots_.data()), pilots_.size() * sizeof(Pilot)});
  const std::size_t first = code.size();
  code.put_zeros(static_cast<std::size_t>(bucket_count()) * bucket_words);
  for (const Entry& entry : entries_) {
    Word* bucket = &code[first + std::size_t{entry.bucket} * bucket_words];
    const Posting posting = entry.posting;
    const bool elsewhere = posting.leaf == kNone;
    const auto kind = elsewhere ? Bucket::Kind::Elsewhere : Bucket::Kind::Leaf;
    bucket[0] = Bucket::KindBits::put(static_cast<Word>(kind)) |
                Bucket::Tag::put(TableNode::tag_of(entry.key, entry.class_side, key_bits));
    if (elsewhere) {
      bucket[Bucket::kHeadWords] = posting.target;
    } else {
      const auto words = program_.leaf_words(posting.leaf);
      std::copy(words.begin(), words.end(), bucket + Bucket::kHeadWords);
    }
  }
  return table;
}

}  // namespace detail
}  // namespace writ::inline v0
