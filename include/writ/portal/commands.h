// The table of the portal's commands and queries: the one place that names them, their arguments,
// results, refusal codes, the action they ask the engine about and the event they append.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "writ/config.h"
#include "writ/portal/answer.h"

namespace writ::inline v0 {
namespace portal {

/// How the value of an argument is written in a scenario.
enum class ArgumentKind : std::uint8_t {
  Text,         ///< a string
  Flag,         ///< true or false
  Texts,        ///< a list of strings
  RoleRows,     ///< a list of `{"user": USER, "roles": [ROLE, ...]}`
  EmailRows,    ///< a list of `{"email": EMAIL, "roles": [ROLE, ...]}`
  Documents,    ///< a list of policy documents
  Keys,         ///< an object of condition keys: strings, or lists of them for multi-valued keys
  SearchItems,  ///< a list of `{"type", "id", "title", "action", "resource", "owner"}`
  NewsItems,    ///< a list of `{"id", "title", "date", "tag", "event", "pinned"}`
};

/// One argument of a command.
struct Argument {
  std::string_view name = {};              ///< empty: no further argument
  ArgumentKind kind = ArgumentKind::Text;  ///< how scenarios write it
  bool required = true;                    ///< else it may be left out
  std::string_view help = {};              ///< half a sentence for the documentation
};

/// Who can call.
enum class CallerNeed : std::uint8_t {
  Anyone,   ///< nobody is signed in (R-ARCH-6 begins with the input)
  Session,  ///< a user's session
  Host,     ///< the host itself, in the place of AWS
};

/// When a call appends to the audit log (R-EVT-1).
enum class EventRule : std::uint8_t {
  Never,    ///< it changes nothing
  PerCall,  ///< one event, done or refused
  PerRow,   ///< one event for each row; a call refused as a whole appends one
};

/// One command or query.
struct CommandInfo {
  static constexpr std::size_t kMaxArguments = 12;  ///< places for arguments

  std::string_view name = {};               ///< as in scenarios, `RequestCode`
  std::string_view group = {};              ///< heading of the documentation
  CallerNeed caller = CallerNeed::Session;  ///< who can call
  std::string_view summary = {};            ///< half a sentence for the documentation
  /// Asked of the engine; empty when nothing is asked.
  std::string_view action = {};
  /// Below `arn:aws:portal:::partner/<partnerAccountId>`; empty for the account itself.
  std::string_view resource = {};
  std::string_view keys = {};  ///< condition keys beyond those of every request, by commas
  EventRule event_rule = EventRule::Never;  ///< when it appends to the audit log
  std::string_view event = {};              ///< eventName
  std::string_view result = {};             ///< names of result values, by commas
  std::string_view codes = {};  ///< refusal codes beside those of session and engine, by commas
  std::string_view rules = {};  ///< by commas
  std::array<Argument, kMaxArguments> arguments = {};  ///< the first `argument_count()` are in use

  /// Number of arguments.
  [[nodiscard]] constexpr std::size_t argument_count() const noexcept {
    std::size_t count = 0;
    while (count < kMaxArguments && !arguments[count].name.empty()) ++count;
    return count;
  }
};

/// All commands and queries, in the order of the documentation.
[[nodiscard]] std::span<const CommandInfo> commands() noexcept;
/// Null when there is none of that name.
[[nodiscard]] const CommandInfo* find_command(std::string_view name) noexcept;
/// The body of docs/scenarios.md.
[[nodiscard]] std::string commands_as_markdown();

}  // namespace portal
}  // namespace writ::inline v0

#if defined(WRIT_HEADER_ONLY)
#include "writ/portal/impl/commands-inl.h"
#endif
