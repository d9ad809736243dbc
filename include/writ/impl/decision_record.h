// Not API, may change in any release. DecisionRecord: one decision as bytes of fixed number, and
// those bytes as a JSON line (docs/decision-log.md).
//
//   sequence │ RecordHead │ texts, one behind the other │ keys: KeyHead, name, values
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>

#include "writ/decision.h"
#include "writ/decision_log.h"
#include "writ/error.h"
#include "writ/evaluate.h"
#include "writ/impl/json_string.h"
#include "writ/impl/program.h"
#include "writ/request.h"
#include "writ/standard_keys.h"

namespace writ::inline v0 {
namespace detail {

/// The texts of a record, in the order of their bytes.
enum class RecordText : std::uint8_t {
  Version,
  Principal,
  RoleArn,
  Issuer,
  CanonicalId,
  Action,
  Resource,
  Owner,
  Policy,
  Sid,
};
inline constexpr std::size_t kRecordTexts = 10;

struct RecordHead {
  std::int64_t time = 0;  ///< microseconds
  StatementId statement;
  std::uint32_t line = 0;
  std::uint32_t column = 0;
  std::uint32_t one_in = 1;
  std::uint32_t keys_left_out = 0;
  std::uint16_t keys = 0;
  std::array<std::uint16_t, kRecordTexts> text_sizes = {};
  Outcome outcome = Outcome::ImplicitDeny;
  Reason reason = Reason::NotARequest;
  CallerKind caller = CallerKind::Anonymous;
  LoggedContext context = LoggedContext::None;
  bool service_linked = false;
  bool policy_required = false;
  bool aws_managed_key = false;
};

/// Before each key's bytes: its name, then each value behind its own size.
struct KeyHead {
  std::uint16_t name_size = 0;
  std::uint16_t values = 0;
  bool multivalued = false;
};

[[nodiscard]] constexpr std::string_view word_of(CallerKind kind) noexcept {
  switch (kind) {
    case CallerKind::Anonymous:
      return "anonymous";
    case CallerKind::Root:
      return "root";
    case CallerKind::User:
      return "user";
    case CallerKind::RoleSession:
      return "roleSession";
    case CallerKind::Role:
      return "role";
    case CallerKind::FederatedUser:
      return "federatedUser";
    case CallerKind::Service:
      return "service";
    case CallerKind::Federated:
      return "federated";
    case CallerKind::CanonicalUser:
      return "canonicalUser";
  }
  return "anonymous";
}

/// Where a statement is written, as its program remembers it.
struct StatementPlace {
  std::string_view policy;
  std::string_view sid;
  Position begin;
};

/// The place in the sets of one layer, whose documents are counted through them all.
[[nodiscard]] inline StatementPlace place_in_sets(std::span<const PolicySet> sets,
                                                  const StatementId& id) noexcept {
  std::uint32_t document = id.document;
  for (const PolicySet& set : sets) {
    const Program* program = set.program();
    if (program == nullptr) continue;
    const std::span<const DocumentRecord> documents = program->documents();
    if (document >= documents.size()) {
      document -= static_cast<std::uint32_t>(documents.size());
      continue;
    }
    const DocumentRecord& record = documents[document];
    if (id.statement >= record.statements.count) return {};
    const auto& source = program->at<StatementSource>(Section::StatementSources,
                                                      record.statements.begin + id.statement);
    return {program->string(record.name), program->string(source.sid), source.begin};
  }
  return {};
}

/// The place of a decision's statement; empty when there is none, or the policies are others.
[[nodiscard]] inline StatementPlace place_of(const AppliedPolicies& policies,
                                             const StatementId& id) noexcept {
  if (!id.exists()) return {};
  const auto level = [&id](std::span<const PolicyLayer> levels) {
    return id.level < levels.size() ? levels[id.level].sets : std::span<const PolicySet>();
  };
  switch (id.layer) {
    case PolicyType::ServiceControl:
      return place_in_sets(level(policies.service_control), id);
    case PolicyType::ResourceControl:
      return place_in_sets(level(policies.resource_control), id);
    case PolicyType::ResourceBased:
    case PolicyType::RoleTrust:
      return place_in_sets(
          {policies.resource_policy, policies.resource_policy != nullptr ? 1U : 0U}, id);
    case PolicyType::IdentityBased:
      return place_in_sets(policies.identity, id);
    case PolicyType::PermissionsBoundary:
      return place_in_sets(policies.boundary.sets, id);
    case PolicyType::Session:
      return place_in_sets(policies.session.sets, id);
    case PolicyType::VpcEndpoint:
      return place_in_sets(policies.endpoint.sets, id);
  }
  return {};
}

/// Puts a record together. The texts are borrowed until it has been written.
class RecordDraft {
 public:
  RecordDraft(const Request& request, const AppliedPolicies& policies, const Decision& decision,
              std::string_view version) noexcept
      : request_(request) {
    const Caller& caller = request.caller();
    const StatementPlace place = place_of(policies, decision.statement);
    texts_ = {version,
              caller.id(),
              caller.role_arn(),
              caller.issuer(),
              caller.canonical_id(),
              request.action().text(),
              request.resource(),
              request.resource_owner(),
              place.policy,
              place.sid};
    head_.statement = decision.statement;
    head_.line = place.begin.line;
    head_.column = place.begin.column;
    head_.outcome = decision.outcome;
    head_.reason = decision.reason;
    head_.caller = caller.kind();
    head_.service_linked = caller.is_service_linked();
    head_.policy_required = request.resource_policy_required();
    head_.aws_managed_key = request.resource_is_aws_managed_key();
  }

  [[nodiscard]] RecordHead& head() noexcept { return head_; }
  /// Bytes without keys.
  [[nodiscard]] std::size_t size() const noexcept {
    std::size_t size = sizeof(RecordHead);
    for (const std::string_view text : texts_) size += text.size();
    return size;
  }

  /// Writes into `capacity` bytes, which are at least `size()` and at most 65,535.
  void write(std::byte* to, std::size_t capacity) noexcept {
    std::byte* at = to + sizeof(RecordHead);
    const std::byte* end = to + capacity;
    for (std::size_t i = 0; i < kRecordTexts; ++i) {
      head_.text_sizes[i] = static_cast<std::uint16_t>(texts_[i].size());
      at = put(at, texts_[i]);
    }
    if (head_.context != LoggedContext::None) {
      for (const ContextEntry& entry : request_.context()) {
        std::byte* behind = put_key(at, end, entry);
        if (behind == nullptr) {
          ++head_.keys_left_out;
          continue;
        }
        ++head_.keys;
        at = behind;
      }
    }
    std::memcpy(to, &head_, sizeof head_);
  }

 private:
  [[nodiscard]] static std::byte* put(std::byte* at, std::string_view text) noexcept {
    if (!text.empty()) std::memcpy(at, text.data(), text.size());
    return at + text.size();
  }

  // Null when the key does not fit.
  [[nodiscard]] std::byte* put_key(std::byte* at, const std::byte* end,
                                   const ContextEntry& entry) const noexcept {
    const auto room = static_cast<std::size_t>(end - at);
    const bool with_values = head_.context == LoggedContext::Values;
    const std::size_t count = with_values ? entry.size() : 0;
    std::size_t size = sizeof(KeyHead) + entry.key.name().size();
    for (std::size_t i = 0; i < count && size <= room; ++i) {
      size += sizeof(std::uint16_t) + entry.value(i).size();
    }
    if (size > room) return nullptr;
    const KeyHead head = {static_cast<std::uint16_t>(entry.key.name().size()),
                          static_cast<std::uint16_t>(count), entry.multivalued};
    std::memcpy(at, &head, sizeof head);
    at = put(at + sizeof head, entry.key.name());
    for (std::size_t i = 0; i < count; ++i) {
      const auto bytes = static_cast<std::uint16_t>(entry.value(i).size());
      std::memcpy(at, &bytes, sizeof bytes);
      at = put(at + sizeof bytes, entry.value(i));
    }
    return at;
  }

  const Request& request_;
  RecordHead head_;
  std::array<std::string_view, kRecordTexts> texts_;
};

/// Appends a time as `"2026-01-02T03:04:05.000006Z"`.
inline void append_json_time(std::string& out, std::int64_t microseconds) {
  std::int64_t seconds = microseconds / 1000000;
  std::int64_t rest = microseconds % 1000000;
  if (rest < 0) {
    rest += 1000000;
    --seconds;
  }
  const RequestTime time(seconds);
  const std::string_view iso = time.iso8601();
  const std::string digits = std::to_string(1000000 + rest);
  out += '"';
  out += iso.substr(0, iso.size() - 1);
  out += '.';
  out += std::string_view(digits).substr(1);
  out += "Z\"";
}

/// Reads a record and appends its line.
class RecordLine {
 public:
  RecordLine(const std::byte* record, std::string& out) noexcept : at_(record), out_(out) {
    std::memcpy(&head_, record, sizeof head_);
    at_ += sizeof head_;
  }

  void append() {
    for (std::size_t i = 0; i < kRecordTexts; ++i) texts_[i] = take(head_.text_sizes[i]);
    out_ += R"({"log":"decision","time":)";
    append_json_time(out_, head_.time);
    member_if_any("program", RecordText::Version);
    member("principalType", word_of(head_.caller));
    const std::string_view principal = text(RecordText::Principal);
    member("principal", head_.caller == CallerKind::Anonymous ? "*" : principal);
    member_if_any("roleArn", RecordText::RoleArn);
    member_if_any("issuer", RecordText::Issuer);
    member_if_any("canonicalId", RecordText::CanonicalId);
    if (head_.service_linked) out_ += R"(,"serviceLinked":true)";
    member("action", text(RecordText::Action));
    member("resource", text(RecordText::Resource));
    member_if_any("resourceAccount", RecordText::Owner);
    if (head_.policy_required) out_ += R"(,"resourcePolicyRequired":true)";
    if (head_.aws_managed_key) out_ += R"(,"awsManagedKey":true)";
    if (head_.context != LoggedContext::None) append_context();
    if (head_.keys_left_out > 0) number("contextLeftOut", head_.keys_left_out);
    member("decision", to_string(head_.outcome));
    member("reason", name_of(head_.reason));
    member("rule", rule_of(head_.reason));
    append_statement();
    if (head_.one_in > 1) number("oneIn", head_.one_in);
    out_ += "}\n";
  }

 private:
  [[nodiscard]] std::string_view take(std::size_t size) noexcept {
    const std::string_view text(reinterpret_cast<const char*>(at_), size);
    at_ += size;
    return text;
  }
  template <class Head>
  [[nodiscard]] Head take_head() noexcept {
    Head head = {};
    std::memcpy(&head, at_, sizeof head);
    at_ += sizeof head;
    return head;
  }
  [[nodiscard]] std::string_view text(RecordText which) const noexcept {
    return texts_[static_cast<std::size_t>(which)];
  }
  void key(std::string_view name) {
    if (out_.back() != '{') out_ += ',';
    out_ += '"';
    out_ += name;
    out_ += "\":";
  }
  void member(std::string_view name, std::string_view value) {
    key(name);
    append_json_string(out_, value);
  }
  void member_if_any(std::string_view name, RecordText which) {
    if (!text(which).empty()) member(name, text(which));
  }
  void number(std::string_view name, std::uint64_t value) {
    key(name);
    out_ += std::to_string(value);
  }

  void append_context() {
    const bool with_values = head_.context == LoggedContext::Values;
    key("context");
    out_ += with_values ? '{' : '[';
    for (std::uint16_t i = 0; i < head_.keys; ++i) {
      const auto key_head = take_head<KeyHead>();
      if (i > 0) out_ += ',';
      append_json_string(out_, take(key_head.name_size));
      if (!with_values) continue;
      out_ += key_head.multivalued ? ":[" : ":";
      for (std::uint16_t value = 0; value < key_head.values; ++value) {
        if (value > 0) out_ += ',';
        const auto size = take_head<std::uint16_t>();
        append_json_string(out_, take(size));
      }
      if (key_head.multivalued) out_ += ']';
    }
    out_ += with_values ? '}' : ']';
  }

  void append_statement() {
    key("statement");
    if (!head_.statement.exists()) {
      out_ += "null";
      return;
    }
    out_ += '{';
    member("kind", to_string(head_.statement.layer));
    number("level", head_.statement.level);
    member("policy", text(RecordText::Policy));
    number("document", head_.statement.document);
    number("statement", head_.statement.statement);
    member_if_any("sid", RecordText::Sid);
    number("line", head_.line);
    number("column", head_.column);
    out_ += '}';
  }

  const std::byte* at_;
  std::string& out_;
  RecordHead head_;
  std::array<std::string_view, kRecordTexts> texts_;
};

}  // namespace detail
}  // namespace writ::inline v0
