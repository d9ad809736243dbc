// Not API, may change in any release. What explanations say alike as text and as a page.
#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "writ/explain.h"
#include "writ/hash.h"
#include "writ/impl/fold.h"
#include "writ/impl/glob.h"
#include "writ/request.h"

namespace writ::inline v0::detail {

[[nodiscard]] inline std::string caller_text(const Caller& caller) {
  switch (caller.kind()) {
    case CallerKind::Anonymous:
      return "anonymous";
    case CallerKind::Service:
      return fmt::format("service {}", caller.id());
    case CallerKind::Federated:
      return fmt::format("federated {}", caller.id());
    case CallerKind::CanonicalUser:
      return fmt::format("canonical user {}", caller.id());
    default:
      return std::string(caller.id());
  }
}

/// The layer whose lack of an Allow a reason tells of; nothing for other reasons.
[[nodiscard]] constexpr std::optional<PolicyType> lacking_layer(Reason reason) noexcept {
  switch (reason) {
    case Reason::NoServiceControlAllow:
      return PolicyType::ServiceControl;
    case Reason::NoEndpointAllow:
      return PolicyType::VpcEndpoint;
    case Reason::NoAllowForService:
    case Reason::NoAllowForAnonymous:
    case Reason::NoAllowForFederated:
    case Reason::NoResourcePolicy:
    case Reason::NoResourceAllow:
    case Reason::NoTrustOrKeyAllow:
      return PolicyType::ResourceBased;
    case Reason::NoIdentityAllow:
    case Reason::NoIdentityAllowAcrossAccounts:
    case Reason::NoIdentityAllowForDelegation:
      return PolicyType::IdentityBased;
    case Reason::NoBoundaryAllow:
      return PolicyType::PermissionsBoundary;
    case Reason::NoSessionPolicy:
    case Reason::NoSessionAllow:
      return PolicyType::Session;
    default:
      return std::nullopt;
  }
}

/// Whether an Allow of a layer is asked for: some callers have no policies of their own.
[[nodiscard]] inline bool asks_allow(PolicyType type, const RequestFacts& request) noexcept {
  switch (request.caller_kind()) {
    case CallerKind::Anonymous:  // E-91
    case CallerKind::Service:    // E-90
    case CallerKind::Federated:  // E-82
      return type != PolicyType::IdentityBased && type != PolicyType::PermissionsBoundary &&
             type != PolicyType::Session;
    default:  // E-50, E-44
      return (request.caller_kind() != CallerKind::Root && !request.issued_by_root()) ||
             (type != PolicyType::IdentityBased && type != PolicyType::PermissionsBoundary);
  }
}

/// What a layer says of the request.
enum class Verdict : std::uint8_t {
  DoesNotBind,
  Denies,
  DoesNotDeny,
  AllowsRoot,
  Allows,
  DoesNotAllow
};

[[nodiscard]] inline Verdict verdict_of(const LayerTrace& layer,
                                        const Decision& decision) noexcept {
  if (!layer.applies) return Verdict::DoesNotBind;
  if (layer.denied) return Verdict::Denies;
  if (layer.type == PolicyType::ResourceControl) return Verdict::DoesNotDeny;  // E-31
  if (layer.type == PolicyType::IdentityBased && decision.reason == Reason::AllowedAsRoot) {
    return Verdict::AllowsRoot;
  }
  if (!layer.allow_counts) return Verdict::DoesNotBind;
  return layer.allowed ? Verdict::Allows : Verdict::DoesNotAllow;
}

/// Half a sentence about the layer.
[[nodiscard]] constexpr std::string_view to_string(Verdict verdict) noexcept {
  constexpr std::string_view kWords[] = {
      "does not bind this request",    "denies", "does not deny",
      "allows root by default (E-50)", "allows", "does not allow"};
  return kWords[static_cast<int>(verdict)];
}

/// What is said of `literal_variables`.
inline constexpr std::string_view kLiteralVariables =
    "`${...}` is plain text in a policy without Version `2012-10-17` (G-14)";

/// An element as the statement spells it.
[[nodiscard]] inline std::string_view name_in(const StatementTrace& statement,
                                              Element element) noexcept {
  switch (element) {
    case Element::Principal:
      return statement.not_principal ? "NotPrincipal" : "Principal";
    case Element::Action:
      return statement.not_action ? "NotAction" : "Action";
    case Element::Resource:
      return statement.not_resource ? "NotResource" : "Resource";
    case Element::Condition:
      break;
  }
  return "Condition";
}

/// What is said of a key that the request has twice.
inline constexpr std::string_view kGivenTwice = "given twice in different letter case (C-12)";

/// A text between backticks: more of them than it has in a row, as code spans of CommonMark are
/// written, so that no text ends its own quotation. Nothing has no code span, so words say it.
[[nodiscard]] inline std::string code_span(std::string_view text) {
  if (text.empty()) return "an empty value";
  std::size_t longest = 0;
  std::size_t run = 0;
  for (const char c : text) {
    run = c == '`' ? run + 1 : 0;
    longest = run > longest ? run : longest;
  }
  if (longest == 0) return fmt::format("`{}`", text);
  const std::string ticks(longest + 1, '`');
  return fmt::format("{} {} {}", ticks, text, ticks);
}

/// Takes the code span at the beginning of a text, which begins with a backtick; gives what it
/// quotes. One without an end, of a text that was cut, takes all.
[[nodiscard]] inline std::string_view take_code_span(std::string_view& text) noexcept {
  const std::size_t ticks = std::min(text.find_first_not_of('`'), text.size());
  text.remove_prefix(ticks);
  std::string_view quoted = text;
  std::size_t behind = text.size();
  for (std::size_t at = 0; (at = text.find('`', at)) != std::string_view::npos;) {
    const std::size_t end = std::min(text.find_first_not_of('`', at), text.size());
    if (end - at == ticks) {
      quoted = text.substr(0, at);
      behind = end;
      break;
    }
    at = end;
  }
  text.remove_prefix(behind);
  // The spaces that keep backticks at the ends apart from the quotation's own.
  if (ticks > 1 && quoted.size() > 1 && quoted.front() == ' ') {
    quoted.remove_prefix(1);
    if (quoted.back() == ' ') quoted.remove_suffix(1);
  }
  return quoted;
}

/// Whether a positive test failed over a value that only letter case keeps from passing.
[[nodiscard]] inline bool differs_in_case_only(const ConditionTrace& test) {
  const std::string op = folded(test.operator_text);
  const bool negated = op.find("not") != std::string::npos;
  const bool text = op.find("string") != std::string::npos || op.find("arn") != std::string::npos;
  if (negated || !text || test.result != Truth::False) return false;
  const bool wildcards =
      op.find("like") != std::string::npos || op.find("arn") != std::string::npos;
  const auto same = [](char a, char b) { return fold_ascii(a) == fold_ascii(b); };
  for (const std::string& given : test.given) {
    for (const std::string& asked : test.asked) {
      if (given == asked) continue;
      if (wildcards ? glob_covers(asked, given, same) : equals_folded(asked, given)) return true;
    }
  }
  return false;
}

}  // namespace writ::inline v0::detail
