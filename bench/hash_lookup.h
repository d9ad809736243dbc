// The `_HashLookup` baseline: one look-up of a request's strings in a table of the allowed ones. No
// engine that reads the strings and decides can be expected to cost less.
#pragma once

#include <bit>
#include <cstdint>
#include <vector>

#include "questions.h"
#include "writ/hash.h"

namespace writ::bench {

class HashLookup {
 public:
  explicit HashLookup(const Questions& questions) : questions_(questions) {
    std::size_t allowed = 0;
    for (std::size_t i = 0; i < questions.size(); ++i) {
      allowed += questions.evaluate(i).is_allowed() ? 1 : 0;
    }
    slots_.resize(std::bit_ceil(2 * allowed + 2));
    for (std::size_t i = 0; i < questions.size(); ++i) {
      if (!questions.evaluate(i).is_allowed()) continue;
      const PlainRequest& request = questions.plain(i);
      const std::uint64_t hash = hash_of(request);
      std::size_t at = hash & (slots_.size() - 1);
      while (slots_[at].request != nullptr) at = (at + 1) & (slots_.size() - 1);
      slots_[at] = {hash, &request};
    }
  }

  [[nodiscard]] bool allows(const PlainRequest& request) const noexcept {
    const std::uint64_t hash = hash_of(request);
    const std::size_t mask = slots_.size() - 1;
    for (std::size_t at = hash & mask; slots_[at].request != nullptr; at = (at + 1) & mask) {
      if (slots_[at].hash == hash && equal(*slots_[at].request, request)) return true;
    }
    return false;
  }
  [[nodiscard]] bool allows(std::size_t i) const noexcept { return allows(questions_.plain(i)); }

 private:
  struct Slot {
    std::uint64_t hash = 0;
    const PlainRequest* request = nullptr;
  };

  static std::uint64_t hash_of(const PlainRequest& request) noexcept {
    // Independent of each other, so that the processor works on several at a time.
    std::uint64_t hash = hash_combine(hash_bytes(request.principal), hash_bytes(request.action)) ^
                         hash_bytes(request.resource);
    for (const PlainEntry& entry : request.context) {
      for (const std::string_view value : entry.values) hash += hash_bytes(value);
    }
    return hash;
  }
  static bool equal(const PlainRequest& a, const PlainRequest& b) noexcept {
    if (a.resource != b.resource || a.action != b.action || a.principal != b.principal ||
        a.context.size() != b.context.size()) {
      return false;
    }
    for (std::size_t i = 0; i < a.context.size(); ++i) {
      if (a.context[i].values.size() != b.context[i].values.size()) return false;
      for (std::size_t j = 0; j < a.context[i].values.size(); ++j) {
        if (a.context[i].values[j] != b.context[i].values[j]) return false;
      }
    }
    return true;
  }

  const Questions& questions_;
  std::vector<Slot> slots_;
};

}  // namespace writ::bench
