// The global condition keys of IAM: a table for checks, generators and documentation.
#pragma once

#include <span>
#include <string_view>

#include "writ/config.h"
#include "writ/model/vocabulary.h"

namespace writ::inline v0 {

/// One global condition key (section K of docs/rules.md).
struct StandardKey {
  std::string_view name;               ///< as IAM spells it; a tag family ends with `/`
  ValueType type = ValueType::String;  ///< what its values are compared as
  bool multivalued = false;            ///< whether it has a list of values (C-13)
  bool sensitive = false;              ///< K-4: wildcards and variables in its values are dangerous
};

/// The table of global keys. Static storage.
[[nodiscard]] std::span<const StandardKey> standard_keys() noexcept;
/// The entry for a key name, letter case and tag suffix aside, or null.
[[nodiscard]] const StandardKey* find_standard_key(std::string_view name) noexcept;

}  // namespace writ::inline v0

#if defined(WRIT_HEADER_ONLY)
#include "writ/impl/standard_key-inl.h"
#endif
