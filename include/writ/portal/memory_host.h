// MemoryHost: a host without a world: a clock that stands still, counted ids and codes. For
// scenarios, tests and examples.
#pragma once

#include <array>
#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>
#include <vector>

#include "writ/config.h"
#include "writ/hash.h"
#include "writ/portal/event_log.h"
#include "writ/portal/host.h"

namespace writ::inline v0 {
namespace portal {

/// Two runs of the same calls over two of these give the same answers, events and messages, byte
/// for byte (R-EVT-3). Not for production: its codes can be guessed, its passwords undone.
class MemoryHost : public Clock,
                   public IdSource,
                   public CodeSource,
                   public PasswordHash,
                   public Outbox {
 public:
  /// All interfaces of this object.
  [[nodiscard]] Host host() noexcept { return {*this, *this, *this, *this, log, *this, decisions}; }

  [[nodiscard]] std::int64_t now() override { return time; }
  [[nodiscard]] std::string next(IdKind kind) override {
    const std::uint64_t count = ++counts[static_cast<std::size_t>(kind)];
    std::array<char, 40> text;
    switch (kind) {
      case IdKind::PartnerAccount:
        std::snprintf(text.data(), text.size(), "%07llu", 1000000ULL + count);
        break;
      case IdKind::PartnerUser:
        std::snprintf(text.data(), text.size(), "005%015llu", 0ULL + count);
        break;
      case IdKind::Case:
        std::snprintf(text.data(), text.size(), "case-%llu", 0ULL + count);
        break;
      case IdKind::Request:
        std::snprintf(text.data(), text.size(), "R%019llu", 0ULL + count);
        break;
      case IdKind::Event:
        std::snprintf(text.data(), text.size(), "00000000-0000-4000-8000-%012llu", 0ULL + count);
        break;
    }
    return text.data();
  }
  [[nodiscard]] std::string next() override { return std::to_string(100000 + ++codes); }
  /// The password with a mark, which is no secret: for tests and scenarios.
  [[nodiscard]] std::string seal(std::string_view password) override {
    return "memory:" + std::to_string(hash_bytes(password));
  }
  [[nodiscard]] bool matches(std::string_view password, std::string_view sealed) const override {
    return sealed == "memory:" + std::to_string(hash_bytes(password));
  }
  /// Keeps it in `messages`.
  void send(const Message& message) override { messages.push_back(message); }
  /// The code of the last message to an address, or the empty string.
  [[nodiscard]] std::string last_code(std::string_view to) const {
    for (auto message = messages.rbegin(); message != messages.rend(); ++message) {
      if (message->to == to && !message->code.empty()) return message->code;
    }
    return {};
  }

  std::int64_t time = 1736935200;            ///< 2025-01-15T10:00:00Z
  std::array<std::uint64_t, 5> counts = {};  ///< ids given so far, by kind
  std::uint64_t codes = 0;                   ///< security codes given so far
  EventLog log;                              ///< all events
  std::vector<Message> messages;             ///< all messages, in order
  DecisionObserver* decisions = nullptr;     ///< sees the decisions, if any
};

}  // namespace portal
}  // namespace writ::inline v0
