// MissingKeys: the condition keys that statements need and a simulation's input does not give
// (S-12).
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "cli/question.h"
#include "writ/model/policy_document.h"

namespace writ::cli {

/// Collects keys of conditions and of variables without a default, each once, letter case aside,
/// spelled as first seen. Borrows the keys given and the documents.
class MissingKeys {
 public:
  explicit MissingKeys(std::span<const QuestionKey> given) : given_(given) {}

  void add(const PolicyDocument& document, const Statement& statement);
  [[nodiscard]] std::vector<std::string> sorted() const;

 private:
  void add_key(std::string_view key);
  void add_variables(std::string_view pattern);

  std::span<const QuestionKey> given_;
  std::vector<std::string_view> keys_;
};

}  // namespace writ::cli
