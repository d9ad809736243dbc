// Not API, may change in any release. CutChooser: by which parts of the last field the patterns of
// a group are looked up, so that few look-ups tell most of them apart.
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

/// The part of a pattern's literal beginning that a cut keeps. The beginning has it.
[[nodiscard]] inline std::string_view cut_text(std::string_view tail, Word cut) noexcept {
  if (Cut::kind(cut) == Cut::Kind::Length) return tail.substr(0, Cut::value(cut));
  return tail.substr(0, segments_size(tail, Cut::value(cut)));
}

/// Beginnings are cut behind their first segment, where at most kFlatLimit of them share it; the
/// others behind the second, and so on. What segments do not tell apart is found by its ending, the
/// literal last segment, if it has one that few share; what is left is cut at one of a few lengths.
/// The same beginning over and over is told apart by nothing else: it stays where it is first alone
/// with itself.
class CutChooser {
 public:
  CutChooser() = default;
  /// With lengths of at most `longest`.
  explicit CutChooser(std::size_t longest) : longest_(longest) {}

  void add(std::string_view beginning) { items_.push_back({beginning, {}, false, kUnset}); }
  void add(std::string_view beginning, std::string_view ending) {
    items_.push_back({beginning, ending, true, kUnset});
  }

  /// The cuts of the group; each look-up tries all of them, so there are few.
  [[nodiscard]] const std::vector<Word>& choose() {
    std::vector<std::uint32_t> rest(items_.size());
    for (std::uint32_t i = 0; i < rest.size(); ++i) rest[i] = i;
    const auto settle_all_segments = [&] {
      for (Word segments = 1; segments <= kSegmentLimit && !rest.empty(); ++segments) {
        rest = settle_segments(rest, segments);
      }
    };
    settle_all_segments();
    if (std::any_of(rest.begin(), rest.end(), [this](auto i) { return items_[i].has_ending; })) {
      rest = settle_endings(rest);
      settle_all_segments();
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
    std::string_view ending;
    bool has_ending;  ///< that was not yet seen to be shared by many
    Word cut;
  };
  struct Keyed {
    std::uint64_t hash;
    std::uint32_t item;
  };
  [[nodiscard]] static bool by_hash(const Keyed& a, const Keyed& b) noexcept {
    return a.hash != b.hash ? a.hash < b.hash : a.item < b.item;
  }

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
    std::sort(keyed.begin(), keyed.end(), by_hash);
    const Word cut = Cut::make(Cut::Kind::Segments, segments);
    bool used = false;
    for (std::size_t i = 0; i < keyed.size();) {
      std::size_t end = i;
      bool same = true;
      for (; end < keyed.size() && keyed[end].hash == keyed[i].hash; ++end) {
        same &= items_[keyed[end].item].text == items_[keyed[i].item].text;
        same &= !items_[keyed[end].item].has_ending;
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
    if (used) add_cut(cut);
    std::sort(left.begin(), left.end());
    return left;
  }

  /// Settles those whose ending few share; the others, which then count as having none.
  [[nodiscard]] std::vector<std::uint32_t> settle_endings(const std::vector<std::uint32_t>& rest) {
    std::vector<std::uint32_t> left;
    std::vector<Keyed> keyed;
    for (const std::uint32_t item : rest) {
      if (items_[item].has_ending) {
        keyed.push_back({hash_bytes(items_[item].ending), item});
      } else {
        left.push_back(item);
      }
    }
    std::sort(keyed.begin(), keyed.end(), by_hash);
    for (std::size_t i = 0; i < keyed.size();) {
      std::size_t end = i;
      while (end < keyed.size() && keyed[end].hash == keyed[i].hash) ++end;
      const bool few = end - i <= kFlatLimit;
      for (; i < end; ++i) {
        Item& item = items_[keyed[i].item];
        if (few) {
          item.cut = Cut::make(Cut::Kind::Ending);
          add_cut(item.cut);
        } else {
          item.has_ending = false;
          left.push_back(keyed[i].item);
        }
      }
    }
    std::sort(left.begin(), left.end());
    return left;
  }

  void add_cut(Word cut) {
    if (std::find(cuts_.begin(), cuts_.end(), cut) == cuts_.end()) cuts_.push_back(cut);
  }

  void settle_lengths(const std::vector<std::uint32_t>& rest) {
    std::vector<std::uint32_t> all;
    all.reserve(rest.size());
    for (const std::uint32_t item : rest) {
      all.push_back(static_cast<std::uint32_t>(length_of(item)));
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
      const auto above = std::upper_bound(sizes.begin(), sizes.end(), length_of(item));
      items_[item].cut = Cut::make(Cut::Kind::Length, *(above - 1));
    }
  }

  [[nodiscard]] std::size_t length_of(std::uint32_t item) const noexcept {
    return std::min(items_[item].text.size(), longest_);
  }

  std::vector<Item> items_;
  std::vector<Word> cuts_;
  std::size_t longest_ = std::string_view::npos;
};

}  // namespace detail
}  // namespace writ::inline v0
