// The `_HandWrittenCpp` baseline of one_user: that policy's shape (one exact action, one literal
// prefix, one StringEquals on a known key) as an expert would write it for a service that needs
// nothing else. A radix tree over the prefixes, a node in one cache line with its label; the
// action and the tag are compared where a prefix ends. The tag's value is handed over as a service
// would do it: nobody has to look for its key.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#include "questions.h"

#if defined(__linux__)
#include <sys/mman.h>
#endif

namespace writ::bench {

/// Puts large tables on huge pages where the system has them: the tree of a million prefixes would
/// else wait for address translation more than for data.
template <class T>
struct HugePages {
  using value_type = T;
  static constexpr std::size_t kPage = std::size_t{2} << 20U;

  HugePages() = default;
  template <class Other>
  HugePages(const HugePages<Other>&) noexcept {}  // NOLINT: implicit, as allocators convert

  [[nodiscard]] T* allocate(std::size_t count) {
    const std::size_t bytes = count * sizeof(T);
    const bool large = bytes >= kPage;
    const std::size_t unit = large ? kPage : std::max<std::size_t>(alignof(T), 64);
    const std::size_t size = (bytes + unit - 1) / unit * unit;
    void* memory = std::aligned_alloc(unit, size);
    if (memory == nullptr) std::abort();
#if defined(__linux__)
    if (large) madvise(memory, size, MADV_HUGEPAGE);
#endif
    return static_cast<T*>(memory);
  }
  void deallocate(T* memory, std::size_t) noexcept { std::free(memory); }
  friend bool operator==(const HugePages&, const HugePages&) noexcept { return true; }
};

class HandWrittenHomes {
 public:
  explicit HandWrittenHomes(const Workload& work) {
    std::vector<Rule> rules;
    for (const PolicyText& policy : work.policies) {
      const PolicyDocument text = parsed(policy);
      for (const Statement& statement : text.statements()) {
        Rule rule;
        rule.prefix = std::string(statement.resource.values.front().value);
        rule.prefix.pop_back();
        rule.action = std::string(statement.action.values.front().value);
        rule.team = std::string(statement.conditions.front().values.front().text);
        rule.deny = statement.effect == Effect::Deny;
        rules.push_back(std::move(rule));
      }
    }
    std::sort(rules.begin(), rules.end(),
              [](const Rule& a, const Rule& b) { return a.prefix < b.prefix; });
    nodes_.emplace_back();
    build(0, rules, 0, rules.size(), 0);
  }

  [[nodiscard]] Outcome evaluate(const PlainRequest& request) const noexcept {
    const std::string_view team = request.context.front().single;
    const char* rest = request.resource.data();
    std::size_t left = request.resource.size();
    const Node* node = nodes_.data();
    bool allowed = false;
    while (true) {
      const std::size_t size = node->label_size;
      if (size > left || !equal(label(*node), rest, size)) break;
      rest += size;
      left -= size;
      for (std::uint32_t i = 0; i < node->entry_count; ++i) {
        const Entry& entry = entries_[node->entries + i];
        if (!equal(actions_[entry.action], request.action) || !equal(teams_[entry.team], team)) {
          continue;
        }
        if (entry.deny) return Outcome::ExplicitDeny;
        allowed = true;
      }
      if (left == 0 || (allowed && !node->deny_below)) break;
      const auto branch =
          static_cast<std::uint8_t>(static_cast<unsigned char>(*rest) - node->first);
      if (branch >= node->span) break;
      const std::uint32_t child = children_[node->children + branch];
      if (child == 0) break;
      node = &nodes_[child];
    }
    return allowed ? Outcome::Allowed : Outcome::ImplicitDeny;
  }

 private:
  struct Rule {
    std::string prefix, action, team;
    bool deny = false;
  };
  struct Entry {
    std::uint16_t team = 0;
    std::uint8_t action = 0;
    bool deny = false;
  };
  static constexpr std::size_t kInline = 40;
  struct alignas(64) Node {
    char label[kInline] = {};  ///< or, when longer, in `long_labels_`
    std::uint32_t long_label = 0;
    std::uint32_t children = 0;
    std::uint32_t entries = 0;
    std::uint32_t entry_count = 0;
    std::uint16_t label_size = 0;
    std::uint8_t first = 0;
    std::uint8_t span = 0;
    bool deny_below = false;
  };
  static_assert(sizeof(Node) == 64);

  // Equality of a few bytes without a call; reads nothing behind the ends.
  static bool equal(const char* a, const char* b, std::size_t size) noexcept {
    const auto word = [](const char* bytes) {
      std::uint64_t value = 0;
      std::memcpy(&value, bytes, 8);
      return value;
    };
    if (size >= 8) {
      std::uint64_t differ = 0;
      for (std::size_t i = 0; i + 8 < size; i += 8) differ |= word(a + i) ^ word(b + i);
      return (differ | (word(a + size - 8) ^ word(b + size - 8))) == 0;
    }
    if (size >= 4) {
      std::uint32_t values[4];
      std::memcpy(&values[0], a, 4);
      std::memcpy(&values[1], b, 4);
      std::memcpy(&values[2], a + size - 4, 4);
      std::memcpy(&values[3], b + size - 4, 4);
      return ((values[0] ^ values[1]) | (values[2] ^ values[3])) == 0;
    }
    for (std::size_t i = 0; i < size; ++i) {
      if (a[i] != b[i]) return false;
    }
    return true;
  }
  static bool equal(const std::string& a, std::string_view b) noexcept {
    return a.size() == b.size() && equal(a.data(), b.data(), a.size());
  }
  [[nodiscard]] const char* label(const Node& node) const noexcept {
    return node.label_size <= kInline ? node.label : long_labels_.data() + node.long_label;
  }

  static std::uint32_t intern(std::vector<std::string>& pool, const std::string& text) {
    const auto found = std::find(pool.begin(), pool.end(), text);
    const auto index = static_cast<std::uint32_t>(found - pool.begin());
    if (found == pool.end()) pool.push_back(text);
    return index;
  }

  // The rules [begin, end) share their first `depth` bytes.
  void build(std::uint32_t at, const std::vector<Rule>& rules, std::size_t begin, std::size_t end,
             std::size_t depth) {
    const std::string& first = rules[begin].prefix;
    const std::string& last = rules[end - 1].prefix;
    std::size_t common = depth;
    while (common < first.size() && common < last.size() && first[common] == last[common]) {
      ++common;
    }
    Node node;
    node.label_size = static_cast<std::uint16_t>(common - depth);
    if (node.label_size <= kInline) {
      std::memcpy(node.label, first.data() + depth, node.label_size);
    } else {
      node.long_label = static_cast<std::uint32_t>(long_labels_.size());
      long_labels_.append(first, depth, node.label_size);
    }
    node.entries = static_cast<std::uint32_t>(entries_.size());
    std::size_t next = begin;
    while (next < end && rules[next].prefix.size() == common) {
      const Rule& rule = rules[next++];
      entries_.push_back({static_cast<std::uint16_t>(intern(teams_, rule.team)),
                          static_cast<std::uint8_t>(intern(actions_, rule.action)), rule.deny});
    }
    node.entry_count = static_cast<std::uint32_t>(next - begin);
    for (std::size_t i = next; i < end; ++i) node.deny_below |= rules[i].deny;
    if (next < end) {
      const auto byte = [&](std::size_t i) {
        return static_cast<unsigned char>(rules[i].prefix[common]);
      };
      node.first = byte(next);
      node.span = static_cast<std::uint8_t>(byte(end - 1) - node.first + 1);
      node.children = static_cast<std::uint32_t>(children_.size());
      children_.resize(children_.size() + node.span);
      // Siblings lie side by side.
      std::vector<std::pair<std::size_t, std::uint32_t>> branches;
      for (std::size_t i = next; i < end;) {
        const auto child = static_cast<std::uint32_t>(nodes_.size());
        nodes_.emplace_back();
        children_[node.children + byte(i) - node.first] = child;
        branches.emplace_back(i, child);
        const unsigned char branch = byte(i);
        while (i < end && byte(i) == branch) ++i;
      }
      for (std::size_t i = 0; i < branches.size(); ++i) {
        build(branches[i].second, rules, branches[i].first,
              i + 1 < branches.size() ? branches[i + 1].first : end, common);
      }
    }
    nodes_[at] = node;
  }

  std::vector<Node, HugePages<Node>> nodes_;
  std::vector<std::uint32_t, HugePages<std::uint32_t>> children_;
  std::vector<Entry> entries_;
  std::string long_labels_;
  std::vector<std::string> actions_;
  std::vector<std::string> teams_;
};

}  // namespace writ::bench
