// The library, asked through its public interface with the reference's plain data.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "reference/case.h"
#include "writ/decision.h"
#include "writ/model/vocabulary.h"
#include "writ/policy_stack.h"

namespace writ::differential {

/// How documents of a layer are put into sets: the answer must be the same.
enum class Grouping { OneSet, SetPerDocument };

/// Why the library refuses the text, or nothing.
[[nodiscard]] std::optional<std::string> engine_refusal(std::string_view text, PolicyType type);

/// What the library answers; nothing when it refuses the request.
struct Answer {
  std::optional<Decision> evaluated;
  std::optional<Decision> explained;  // of explain(); only when it was asked for
};

/// Policies compiled once.
class Engine {
 public:
  /// Nothing when some document is refused.
  static std::optional<Engine> load(const reference::PolicyTexts& texts, PolicyType resource_type,
                                    Grouping grouping);

  [[nodiscard]] Answer ask(const reference::Question& question, bool explain) const;
  /// Asks the questions together, then the actions and the resources of all with one question's
  /// caller and context (every `step`-th question's). The first decision that is another than that
  /// of `evaluate` alone, in words; nothing when there is none.
  [[nodiscard]] std::optional<std::string> batch_difference(
      std::span<const reference::Question> questions, std::size_t step = 1) const;

 private:
  PolicyStack stack_;
};

}  // namespace writ::differential
