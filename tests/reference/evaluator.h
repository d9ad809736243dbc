// The second evaluator: the rules of docs/rules.md read aloud. Slow and obvious on purpose, and
// sharing no matching code with the library, so that agreement means something.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "reference/case.h"
#include "reference/document.h"
#include "writ/decision.h"

namespace writ::reference {

/// Documents that are loaded once and asked many questions.
struct Policies {
  using Documents = std::vector<Document>;
  Documents identity;
  std::optional<Document> resource_policy;
  std::optional<Documents> boundary;
  std::optional<Documents> session;
  std::vector<Documents> scp;
  std::vector<Documents> rcp;
  std::optional<Documents> endpoint;
};

/// Why the text is refused as a document of that kind, or nothing.
[[nodiscard]] std::optional<std::string> refusal(std::string_view text, PolicyType type);

/// Throws Refused when some document is refused. `resource_type` is ResourceBased or RoleTrust.
[[nodiscard]] Policies load(const PolicyTexts& texts, PolicyType resource_type);

/// Nothing when the request is invalid.
[[nodiscard]] std::optional<Decision> decide(const Policies& policies, const Question& question);

/// The whole case; nothing is the case format's `error`.
[[nodiscard]] std::optional<Decision> evaluate(const Case& asked);

}  // namespace writ::reference
