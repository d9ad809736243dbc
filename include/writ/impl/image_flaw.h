// Not API, may change in any release. What a verifier of images finds wrong.
#pragma once

#include <cstdint>

namespace writ::inline v0 {
namespace detail {

/// The first mistake found. Verifiers stop there.
struct ImageFlaw {
  const char* what = nullptr;  ///< static text, as it stands in a message; null for none
  std::uint64_t offset = 0;    ///< bytes from the beginning of what is verified

  [[nodiscard]] explicit operator bool() const noexcept { return what != nullptr; }
};

}  // namespace detail
}  // namespace writ::inline v0
