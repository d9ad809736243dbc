// Not API, may change in any release. Passwords by libxcrypt.
#pragma once

#include <crypt.h>

#include <memory>

#include "writ/portal/crypt_passwords.h"

namespace writ::inline v0 {
namespace portal {
namespace detail {

[[nodiscard]] inline std::string run_crypt(std::string_view password, const char* setting) {
  // A NUL would end the password early, and every longer one would match.
  if (password.find('\0') != std::string_view::npos) return {};
  const auto scratch = std::make_unique<crypt_data>();
  const std::string text(password);
  const char* const result =
      crypt_rn(text.c_str(), setting, scratch.get(), static_cast<int>(sizeof(crypt_data)));
  return result == nullptr ? std::string() : std::string(result);
}

}  // namespace detail

WRIT_FUNC std::string CryptPasswords::seal(std::string_view password) {
  char setting[CRYPT_GENSALT_OUTPUT_SIZE];
  if (crypt_gensalt_rn("$y$", 0, nullptr, 0, setting, sizeof setting) == nullptr) return {};
  return detail::run_crypt(password, setting);
}

WRIT_FUNC bool CryptPasswords::matches(std::string_view password, std::string_view sealed) const {
  if (sealed.empty()) return false;
  const std::string setting(sealed);
  const std::string again = detail::run_crypt(password, setting.c_str());
  if (again.size() != sealed.size()) return false;
  unsigned difference = 0;  // all of it is looked at, so that the time tells nothing
  for (std::size_t i = 0; i < again.size(); ++i) {
    difference |= static_cast<unsigned>(static_cast<unsigned char>(again[i]) ^
                                        static_cast<unsigned char>(sealed[i]));
  }
  return difference == 0;
}

}  // namespace portal
}  // namespace writ::inline v0
