// The policies that `writ portal` runs over: those it carries, or those of a directory.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "cli/console.h"
#include "writ/portal/policies.h"
#include "writ/result.h"

namespace writ::cli {

/// A file below policies/, compiled in.
struct PolicyFile {
  std::string_view path;
  std::string_view text;
};
[[nodiscard]] std::span<const PolicyFile> policy_files();

/// What the portal's policies and menu are made of.
struct PortalTexts {
  portal::PolicyTexts policies;
  std::string menu;
};

/// A document of policies/portal.
struct PortalDocument {
  std::string name;             ///< as PortalPolicies attaches it: `base`, `roles/x`, `guardrails`
  std::string path;             ///< for people
  std::string* text = nullptr;  ///< in the texts that were given
};

/// Base, guardrails and roles: all that decides but for documents that hosts add. Borrows `texts`.
[[nodiscard]] std::vector<PortalDocument> portal_documents(
    portal::PolicyTexts& texts, std::optional<std::string_view> directory);

/// From a directory laid out as policies/ is, or from the tool itself. Errors are sentences.
[[nodiscard]] Result<PortalTexts, Problem> load_portal_texts(
    Console& console, std::optional<std::string_view> directory);

}  // namespace writ::cli
