#include "cli/replayed_event.h"

#include <fmt/format.h>

#include "cli/error_at.h"
#include "cli/logged_decision.h"
#include "cli/trail_reader.h"

namespace writ::cli {
namespace {

using detail::JsonKind;
using detail::JsonNode;
using detail::JsonTree;

}  // namespace

std::string name_of_caller(const Caller& caller) {
  if (caller.kind() == CallerKind::Anonymous) return "anonymous";
  if (!caller.role_arn().empty()) return std::string(caller.role_arn());
  if (caller.kind() == CallerKind::RoleSession) {
    return fmt::format("arn:{}:sts::{}:assumed-role/{}", caller.partition(), caller.account(),
                       caller.name());
  }
  return std::string(caller.id());
}

Result<ReplayedEvent> read_event(std::string_view text) {
  Result<JsonTree> tree = JsonTree::parse(text, {.max_bytes = text.size(), .max_depth = 64});
  if (!tree) return tree.error();
  ReplayedEvent event;
  event.tree = std::move(tree).value();
  const JsonNode& root = event.tree.root();
  if (root.kind != JsonKind::Object) {
    return error_at(ErrorCode::InvalidInput, root.begin, "an event is an object");
  }
  const JsonNode* log = event.tree.member(root, "log");
  for (const detail::JsonDuplicate& duplicate : event.tree.duplicates()) {
    const JsonNode& node = event.tree.node(duplicate.node);
    // A request may hold a key twice (C-12), and its log says so.
    const JsonNode& parent = event.tree.node(node.parent);
    if (log != nullptr && parent.name == "context") continue;
    return error_at(ErrorCode::DuplicateMember, node.name_position,
                    fmt::format("the member `{}` occurs twice", node.name));
  }
  // `aws cloudtrail lookup-events` wraps each event in another, as a string.
  const JsonNode* wrapped = event.tree.member(root, "CloudTrailEvent");
  if (wrapped != nullptr && wrapped->kind == JsonKind::String) {
    const std::string inner(wrapped->text);
    Result<ReplayedEvent> read = read_event(inner);
    if (!read) {
      PolicyError error = read.error();
      error.message = fmt::format("{} (at {}:{} of `CloudTrailEvent`)", error.message,
                                  error.position.line, error.position.column);
      error.position = wrapped->begin;
      return error;
    }
    return read;
  }
  const std::optional<PolicyError> error = log != nullptr && log->kind == JsonKind::String
                                               ? read_logged_decision(event, log->text)
                                               : read_trail_event(event);
  if (error) return *error;
  return Result<ReplayedEvent>(std::move(event));
}

}  // namespace writ::cli
