// Not API, may change in any release. CutChooser: where to cut the literal beginnings of a group's
// patterns, so that few look-ups tell most of them apart.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

#include "writ/hash.h"
#include "writ/impl/index_keys.h"

namespace writ::inline v0 {
namespace detail {

/// How many candidates are simply tried one after the other.
inline constexpr std::size_t kFlatLimit = 4;
/// How many lengths of beginnings a group distinguishes.
inline constexpr std::size_t kLengthLimit = 8;
/// How many segments of the last field a beginning may be cut behind.
inline constexpr Word kSegmentLimit = 6;

/// The part of a pattern's literal beginning that a cut keeps. The beginning has it.
[[nodiscard]] inline std::string_view cut_text(std::string_view tail, Word cut) noexcept {
  if (Cut::kind(cut) == Cut::Kind::Length) return tail.substr(0, Cut::value(cut));
  return tail.substr(0, segments_size(tail, Cut::value(cut)));
}

/// Beginnings are cut behind their first segment, where at most kFlatLimit of them share it; the
/// others behind the second, and so on. What segments do not tell apart is cut at one of a few
/// lengths. The same beginning over and over is told apart by nothing: it stays where it is first
/// alone with itself.
class CutChooser {
 public:
  void add(std::string_view beginning) { items_.push_back({beginning, kUnset}); }

  /// The cuts of the group; each look-up tries all of them, so there are few.
  [[nodiscard]] const std::vector<Word>& choose() {
    std::vector<std::uint32_t> rest(items_.size());
    for (std::uint32_t i = 0; i < rest.size(); ++i) rest[i] = i;
    for (Word segments = 1; segments <= kSegmentLimit && !rest.empty(); ++segments) {
      rest = settle_segments(rest, segments);
    }
    if (!rest.empty()) settle_lengths(rest);
    return cuts_;
  }
  /// The cut of the n-th beginning added.
  [[nodiscard]] Word cut_of(std::size_t n) const noexcept { return items_[n].cut; }

 private:
  static constexpr Word kUnset = 0xffffffffU;
  struct Item {
    std::string_view text;
    Word cut;
  };
  struct Keyed {
    std::uint64_t hash;
    std::uint32_t item;
  };

  /// Settles those that few share a cut with; the others.
  [[nodiscard]] std::vector<std::uint32_t> settle_segments(const std::vector<std::uint32_t>& rest,
                                                           Word segments) {
    std::vector<std::uint32_t> left;
    std::vector<Keyed> keyed;
    for (const std::uint32_t item : rest) {
      const std::size_t size = segments_size(items_[item].text, segments);
      if (size == std::string_view::npos) {
        left.push_back(item);
      } else {
        keyed.push_back({hash_bytes(items_[item].text.substr(0, size)), item});
      }
    }
    std::sort(keyed.begin(), keyed.end(), [](const Keyed& a, const Keyed& b) {
      return a.hash != b.hash ? a.hash < b.hash : a.item < b.item;
    });
    const Word cut = Cut::make(Cut::Kind::Segments, segments);
    bool used = false;
    for (std::size_t i = 0; i < keyed.size();) {
      std::size_t end = i;
      bool same = true;
      for (; end < keyed.size() && keyed[end].hash == keyed[i].hash; ++end) {
        same &= items_[keyed[end].item].text == items_[keyed[i].item].text;
      }
      for (; i < end; ++i) {
        if (end - i > kFlatLimit && !same) {
          for (; i < end; ++i) left.push_back(keyed[i].item);
          break;
        }
        items_[keyed[i].item].cut = cut;
        used = true;
      }
    }
    if (used) cuts_.push_back(cut);
    std::sort(left.begin(), left.end());
    return left;
  }

  void settle_lengths(const std::vector<std::uint32_t>& rest) {
    std::vector<std::uint32_t> all;
    for (const std::uint32_t item : rest) {
      all.push_back(static_cast<std::uint32_t>(items_[item].text.size()));
    }
    std::sort(all.begin(), all.end());
    std::vector<std::uint32_t> sizes = all;
    sizes.erase(std::unique(sizes.begin(), sizes.end()), sizes.end());
    if (sizes.size() > kLengthLimit) {
      // Shorten beginnings to a few lengths, chosen so that each serves as many patterns.
      std::vector<std::uint32_t> chosen;
      for (std::size_t i = 0; i < kLengthLimit; ++i) {
        chosen.push_back(all[i * all.size() / kLengthLimit]);
      }
      chosen.erase(std::unique(chosen.begin(), chosen.end()), chosen.end());
      // Where one length is most of them, that choice leaves places: the next most frequent lengths
      // take them, else all rarer ones would share the few buckets of a shorter length.
      std::vector<std::pair<std::size_t, std::uint32_t>> others;
      for (const std::uint32_t size : sizes) {
        if (std::binary_search(chosen.begin(), chosen.end(), size)) continue;
        const auto [begin, end] = std::equal_range(all.begin(), all.end(), size);
        others.emplace_back(static_cast<std::size_t>(end - begin), size);
      }
      std::sort(others.rbegin(), others.rend());
      for (const auto& [count, size] : others) {
        if (chosen.size() == kLengthLimit || count <= kFlatLimit) break;
        chosen.push_back(size);
      }
      std::sort(chosen.begin(), chosen.end());
      sizes = chosen;
    }
    for (const std::uint32_t size : sizes) cuts_.push_back(Cut::make(Cut::Kind::Length, size));
    for (const std::uint32_t item : rest) {
      const auto above = std::upper_bound(sizes.begin(), sizes.end(), items_[item].text.size());
      items_[item].cut = Cut::make(Cut::Kind::Length, *(above - 1));
    }
  }

  std::vector<Item> items_;
  std::vector<Word> cuts_;
};

}  // namespace detail
}  // namespace writ::inline v0
