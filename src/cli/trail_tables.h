// What CloudTrail calls things, and what IAM calls them: docs/replay.md prints these tables.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace writ::cli {

/// Why an event is no question that policies answer, or none that the log tells enough of.
enum class Skip : unsigned char {
  None,
  NoCall,          ///< sign-ins and what services do on their own
  NoPermission,    ///< calls that need none
  SeveralActions,  ///< one call whose actions the log does not tell
  UnnamedCaller,   ///< an account or a directory's user, but no ARN
  NoSuchAction,    ///< what eventSource and eventName give is no action
  InvalidRequest,  ///< caller or resource are none
  UnknownCaller,   ///< neither folder has the user or role
};
inline constexpr std::size_t kSkipCount = 8;
[[nodiscard]] std::string_view to_string(Skip skip) noexcept;

/// The action of an event: `s3:GetObject`.
struct TrailAction {
  std::string text;
  std::string also;   ///< a second action that the call needs, too; else empty
  std::string other;  ///< what the action may be instead, the event does not tell; else empty
  /// The call is about several objects that the event does not name, each of which is allowed or
  /// refused for itself.
  bool many_objects = false;
  Skip skip = Skip::None;
};
/// `versioned`: the call names a version of an S3 object. `service`: what the event calls the
/// service beside its source (`additionalEventData.service`), or empty.
[[nodiscard]] TrailAction trail_action(std::string_view source, std::string_view name,
                                       bool versioned, std::string_view service = {});

/// The actions that `trail_action` gives for what is called otherwise: for checks against a
/// catalogue.
[[nodiscard]] std::vector<std::string> trail_table_actions();

/// How the ARN of what an action asks for is made of a request parameter.
struct TrailResource {
  std::string_view service;  ///< prefix of the action
  std::string_view action;   ///< name of the action; empty for all others of the service
  /// Of the event; empty: the resource is what `shape` says, `*`, or what the event lists.
  std::string_view parameter;
  /// `{}` is the parameter; `P`, `R`, `A` stand for partition, region and account; empty: the
  /// parameter has to be an ARN.
  std::string_view shape;
};
/// In the order in which they are tried.
[[nodiscard]] std::span<const TrailResource> trail_resources() noexcept;

}  // namespace writ::cli
