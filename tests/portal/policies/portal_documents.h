// The shipped documents of the portal's policies, compiled per role as R-ARCH-3 says: base, the
// documents of the roles held, guardrails. Engine API only; no part of the portal.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "writ/writ.h"

namespace writ::test {

/// The nine role ids. A user without any other holds standardUser alone.
extern const std::vector<std::string> kPortalRoles;

/// A file of the repository, as text; fails the test when it cannot be read.
[[nodiscard]] std::string read_source_file(const std::string& path);

/// Name ("base", "guardrails", a role id) -> text, as shipped in policies/portal.
using PortalTexts = std::map<std::string, std::string>;
[[nodiscard]] PortalTexts shipped_portal_texts();

/// Documents, parsed once, so that many sets can be made of them.
class PortalDocuments {
 public:
  explicit PortalDocuments(const PortalTexts& texts);

  /// Puts another text in the place of a document; false, and nothing changed, when it is refused.
  [[nodiscard]] bool replace(const std::string& name, const std::string& text);

  enum class Guardrails { With, Without };
  /// What applies to a user who holds these roles.
  [[nodiscard]] PolicyStack of(const std::vector<std::string>& roles,
                               Guardrails guardrails = Guardrails::With) const;

 private:
  std::map<std::string, PolicyDocument> documents_;
};

}  // namespace writ::test
