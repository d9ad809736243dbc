// Not API, may change in any release. The grammar of principals (G-49 to G-52, P-10).
#pragma once

#include <fmt/format.h>
#include <re2/re2.h>

#include "writ/impl/grammar-inl.h"
#include "writ/impl/grammar.h"
#include "writ/impl/variables.h"

namespace writ::inline v0 {
namespace detail {

[[nodiscard]] inline bool matches(std::string_view text, const RE2& pattern) {
  return RE2::FullMatch(re2::StringPiece(text.data(), text.size()), pattern);
}

// Twelve digits, alone or in the ARN of a root user, or of a user or role without a path: what
// principals mostly are, without the expression's cost. second_matcher_test holds all to RE2.
[[nodiscard]] inline bool is_common_aws_principal(std::string_view text) noexcept {
  constexpr std::string_view kHead = "arn:aws:iam::";
  constexpr std::size_t kDigits = 12;
  const bool is_arn = text.substr(0, kHead.size()) == kHead;
  if (is_arn) text.remove_prefix(kHead.size());
  if (text.size() < kDigits || !consists_of(text.substr(0, kDigits), kDigit)) return false;
  text.remove_prefix(kDigits);
  if (!is_arn) return text.empty();
  if (text == ":root") return true;
  constexpr std::string_view kUser = ":user/";
  constexpr std::string_view kRole = ":role/";
  const std::string_view kind = text.substr(0, kUser.size());
  return (kind == kUser || kind == kRole) && text.size() > kind.size() &&
         consists_of(text.substr(kind.size()), kEntityCharacter);
}

[[nodiscard]] inline std::optional<Refusal> check_aws_principal(std::string_view text) {
  if (text == "*" || is_common_aws_principal(text)) return std::nullopt;
  static const RE2 kEntry(
      "[0-9]{12}"
      "|(?:AIDA|AROA)[A-Z0-9]+"
      "|arn:aws(?:-[A-Za-z0-9-]+)?:(?:"
      "iam::[0-9]{12}:(?:root|(?:user|role)/(?:[!-~]+/)?[A-Za-z0-9+=,.@_-]+)"
      "|sts::[0-9]{12}:assumed-role/[A-Za-z0-9+=,.@_-]+/[A-Za-z0-9+=,.@_-]+"
      "|sts::[0-9]{12}:federated-user/[A-Za-z0-9+=,.@_-]+"
      "|iam::cloudfront:user/CloudFront Origin Access Identity [A-Za-z0-9]+)");
  static const RE2 kGroup("arn:[^:]*:iam::[0-9]{12}:group/.*");
  if (text.find_first_of("*?") != std::string_view::npos) {
    return Refusal{
        ErrorCode::UnsupportedWildcardInPrincipal, "G-49",
        fmt::format("name the principal {} without wildcards, or write `*` alone", quoted(text))};
  }
  if (!has_variable(text) && matches(text, kEntry)) return std::nullopt;
  if (matches(text, kGroup)) {
    return Refusal{
        ErrorCode::InvalidPrincipalFormat, "G-49",
        fmt::format("the group {} cannot be a principal: name users or roles", quoted(text))};
  }
  return Refusal{
      ErrorCode::InvalidPrincipalFormat, "P-10",
      fmt::format("{} is not an AWS principal: write an account id of 12 digits, the ARN "
                  "of a root user, user, role or session, or `*`",
                  quoted(text))};
}

WRIT_FUNC std::optional<Refusal> check_principal(PrincipalKind kind, std::string_view text) {
  switch (kind) {
    case PrincipalKind::Aws:
      return check_aws_principal(text);
    case PrincipalKind::Service: {
      if (!text.empty() && consists_of(text, kServiceCharacter)) return std::nullopt;
      const bool wildcard = text.find_first_of("*?") != std::string_view::npos;
      return Refusal{
          wildcard ? ErrorCode::UnsupportedWildcardInPrincipal : ErrorCode::InvalidPrincipalFormat,
          "G-50",
          fmt::format("{} is not a service principal: write a name such as "
                      "`ec2.amazonaws.com`, without wildcards",
                      quoted(text))};
    }
    case PrincipalKind::Federated: {
      static const RE2 kProvider(
          "[A-Za-z0-9-]+(?:\\.[A-Za-z0-9-]+)+(?:/[!-)+->@-~]*)?"
          "|arn:aws(?:-[A-Za-z0-9-]+)?:iam::[0-9]{12}:(?:oidc|saml)-provider/[!-)+->@-~]+");
      if (!has_variable(text) && matches(text, kProvider)) return std::nullopt;
      return Refusal{ErrorCode::InvalidPrincipalFormat, "G-51",
                     fmt::format("{} is not an identity provider: write its domain name or the ARN "
                                 "of an OIDC or SAML provider",
                                 quoted(text))};
    }
    case PrincipalKind::CanonicalUser: {
      if (text.size() == 64 && consists_of(text, kHexDigit)) return std::nullopt;
      return Refusal{ErrorCode::InvalidPrincipalFormat, "G-52",
                     fmt::format("{} is not a canonical user id: write its 64 hexadecimal digits",
                                 quoted(text))};
    }
  }
  return std::nullopt;
}

}  // namespace detail
}  // namespace writ::inline v0
