// CryptPasswords: passwords sealed by the system's crypt (libxcrypt).
#pragma once

#include <string>
#include <string_view>

#include "writ/config.h"
#include "writ/portal/host.h"

namespace writ::inline v0 {
namespace portal {

/// Seals passwords with yescrypt, salted from the system's random source. Needs libcrypt, which
/// writ::portal links. Thread-safety: any number of threads.
class CryptPasswords : public PasswordHash {
 public:
  /// The empty string, which matches no password, when the system has no yescrypt.
  [[nodiscard]] std::string seal(std::string_view password) override;
  [[nodiscard]] bool matches(std::string_view password, std::string_view sealed) const override;
};

}  // namespace portal
}  // namespace writ::inline v0

#if defined(WRIT_HEADER_ONLY)
#include "writ/portal/impl/crypt_passwords-inl.h"
#endif
