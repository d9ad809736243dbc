// Not API, may change in any release. The arguments of a scenario's step, checked against the table
// of commands.
#pragma once

#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "writ/portal/commands.h"
#include "writ/portal/impl/json_in.h"
#include "writ/portal/portal.h"

namespace writ::inline v0 {
namespace portal::detail {

/// A point in time `2025-01-15T10:00:00Z` as seconds since 1970; nothing for anything else.
[[nodiscard]] std::optional<std::int64_t> parse_time(std::string_view text) noexcept;

/// Where `$code`, `$case` and `$user:EMAIL` come from.
class Substitutions {
 public:
  virtual ~Substitutions() = default;
  [[nodiscard]] virtual std::string substitute(const std::string& text) const = 0;
};

/// The arguments of one step. Owns what the views that it hands out refer to.
class StepArguments {
 public:
  /// Whether `with` suits the command; a mistake is kept in `in`.
  static void check(JsonIn& in, const CommandInfo& command, const JsonNode& step,
                    const JsonNode* with) {
    std::size_t known = 0;
    for (std::size_t i = 0; i < command.argument_count(); ++i) {
      const Argument& argument = command.arguments[i];
      const JsonNode* const value = with == nullptr ? nullptr : in.member(*with, argument.name);
      if (value != nullptr) ++known;
      if (value == nullptr && argument.required) {
        in.fail(with == nullptr ? step : *with,
                fmt::format("{} needs the argument `{}`", command.name, argument.name));
        return;
      }
      if (value != nullptr) check_kind(in, argument.kind, *value);
    }
    if (with == nullptr || in.failed()) return;
    if (with->kind != JsonKind::Object) {
      in.fail(*with, "the arguments are an object");
      return;
    }
    for (const JsonNode* child : in.children(with)) {
      bool found = false;
      for (std::size_t i = 0; i < command.argument_count(); ++i) {
        found = found || command.arguments[i].name == child->name;
      }
      if (!found) {
        in.fail(*child, fmt::format("{} has no argument `{}`", command.name, child->name));
        return;
      }
    }
  }

  StepArguments(JsonIn& in, const JsonNode* with, const Substitutions& substitutions)
      : in_(in), with_(with), substitutions_(substitutions) {}

  [[nodiscard]] std::string_view text(std::string_view name) {
    const JsonNode* const node = find(name);
    return node == nullptr ? std::string_view() : keep(*node);
  }
  [[nodiscard]] bool flag(std::string_view name, bool otherwise = false) {
    const JsonNode* const node = find(name);
    return node == nullptr ? otherwise : node->kind == JsonKind::True;
  }
  [[nodiscard]] std::span<const std::string_view> texts(std::string_view name) {
    return list(find(name));
  }
  [[nodiscard]] std::vector<RoleChange> role_rows(std::string_view name) {
    std::vector<RoleChange> rows;
    for (const JsonNode* row : in_.children(find(name))) {
      rows.push_back({keep(*in_.member(*row, "user")), list(in_.member(*row, "roles"))});
    }
    return rows;
  }
  [[nodiscard]] std::vector<InvitationRow> email_rows(std::string_view name) {
    std::vector<InvitationRow> rows;
    for (const JsonNode* row : in_.children(find(name))) {
      rows.push_back({keep(*in_.member(*row, "email")), list(in_.member(*row, "roles"))});
    }
    return rows;
  }
  [[nodiscard]] std::span<const std::string_view> documents(std::string_view name) {
    lists_.emplace_back();
    for (const JsonNode* node : in_.children(find(name))) lists_.back().push_back(in_.raw(*node));
    return lists_.back();
  }
  [[nodiscard]] std::vector<ContextKey> keys(std::string_view name) {
    std::vector<ContextKey> keys;
    for (const JsonNode* node : in_.children(find(name))) {
      if (node->kind == JsonKind::Array) {
        keys.push_back({node->name, {}, list(node), true});
      } else {
        keys.push_back({node->name, keep(*node), {}, false});
      }
    }
    return keys;
  }
  [[nodiscard]] std::vector<SearchRecord> search_items(std::string_view name) {
    std::vector<SearchRecord> records;
    for (const JsonNode* node : in_.children(find(name))) {
      records.push_back({optional(*node, "type"), optional(*node, "id"), optional(*node, "title"),
                         optional(*node, "action"), optional(*node, "resource"),
                         optional(*node, "owner")});
    }
    return records;
  }
  [[nodiscard]] std::vector<NewsEntry> news_items(std::string_view name) {
    std::vector<NewsEntry> entries;
    for (const JsonNode* node : in_.children(find(name))) {
      entries.push_back({optional(*node, "id"), optional(*node, "title"), optional(*node, "tag"),
                         parse_time(optional(*node, "date")).value_or(0),
                         in_.flag(*node, "event", false), in_.flag(*node, "pinned", false)});
    }
    return entries;
  }

 private:
  static void check_rows(JsonIn& in, const JsonNode& value, std::string_view who) {
    if (value.kind != JsonKind::Array) in.fail(value, "a list is expected here");
    for (const JsonNode* row : in.children(&value)) {
      if (!in.object(*row, {who, "roles"})) return;
      static_cast<void>(in.required_string(*row, who));
      static_cast<void>(in.strings(*row, "roles"));
    }
  }
  static void check_kind(JsonIn& in, ArgumentKind kind, const JsonNode& value) {
    switch (kind) {
      case ArgumentKind::Text:
        static_cast<void>(in.string(value));
        return;
      case ArgumentKind::Flag:
        static_cast<void>(in.flag(value));
        return;
      case ArgumentKind::Texts:
        static_cast<void>(in.strings(value));
        return;
      case ArgumentKind::RoleRows:
        check_rows(in, value, "user");
        return;
      case ArgumentKind::EmailRows:
        check_rows(in, value, "email");
        return;
      case ArgumentKind::Documents:
        if (value.kind != JsonKind::Array) in.fail(value, "a list of documents is expected here");
        return;
      case ArgumentKind::Keys:
        if (value.kind != JsonKind::Object) in.fail(value, "an object is expected here");
        for (const JsonNode* key : in.children(&value)) {
          if (key->kind == JsonKind::Array) {
            static_cast<void>(in.strings(*key));
          } else {
            static_cast<void>(in.string(*key));
          }
        }
        return;
      case ArgumentKind::SearchItems:
        if (value.kind != JsonKind::Array) in.fail(value, "a list is expected here");
        for (const JsonNode* item : in.children(&value)) {
          if (!in.object(*item, {"type", "id", "title", "action", "resource", "owner"})) return;
          for (const std::string_view name : {"type", "id", "title", "action"}) {
            static_cast<void>(in.required_string(*item, name));
          }
          static_cast<void>(in.string(*item, "resource"));
          static_cast<void>(in.string(*item, "owner"));
        }
        return;
      case ArgumentKind::NewsItems:
        if (value.kind != JsonKind::Array) in.fail(value, "a list is expected here");
        for (const JsonNode* item : in.children(&value)) {
          if (!in.object(*item, {"id", "title", "date", "tag", "event", "pinned"})) return;
          static_cast<void>(in.required_string(*item, "id"));
          static_cast<void>(in.required_string(*item, "title"));
          static_cast<void>(in.string(*item, "tag"));
          static_cast<void>(in.flag(*item, "event", false));
          static_cast<void>(in.flag(*item, "pinned", false));
          const std::string date = in.string(*item, "date", "1970-01-01T00:00:00Z");
          if (!parse_time(date)) in.fail(*item, "a date is written 2025-01-15T10:00:00Z");
        }
        return;
    }
  }

  [[nodiscard]] const JsonNode* find(std::string_view name) const {
    return with_ == nullptr ? nullptr : in_.member(*with_, name);
  }
  [[nodiscard]] std::string_view keep(const JsonNode& node) {
    texts_.push_back(substitutions_.substitute(std::string(node.text)));
    return texts_.back();
  }
  [[nodiscard]] std::string_view optional(const JsonNode& node, std::string_view name) {
    const JsonNode* const found = in_.member(node, name);
    return found == nullptr ? std::string_view() : keep(*found);
  }
  [[nodiscard]] std::span<const std::string_view> list(const JsonNode* node) {
    lists_.emplace_back();
    for (const JsonNode* child : in_.children(node)) lists_.back().push_back(keep(*child));
    return lists_.back();
  }

  JsonIn& in_;
  const JsonNode* with_;
  const Substitutions& substitutions_;
  std::deque<std::string> texts_;  // addresses stay
  std::deque<std::vector<std::string_view>> lists_;
};

}  // namespace portal::detail
}  // namespace writ::inline v0
