// Not API, may change in any release. The helpers that fill global condition keys (K-1).
#pragma once

#include <cstring>

#include "writ/standard_keys.h"

namespace writ::inline v0 {
namespace detail {

/// Days since 1970-01-01 to year, month, day of the proleptic Gregorian calendar.
inline void civil_from_days(std::int64_t days, int& year, int& month, int& day) noexcept {
  days += 719468;
  const std::int64_t era = (days >= 0 ? days : days - 146096) / 146097;
  const auto day_of_era = static_cast<int>(days - era * 146097);
  const int year_of_era =
      (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
  const int day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const int shifted_month = (5 * day_of_year + 2) / 153;
  day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
  month = shifted_month < 10 ? shifted_month + 3 : shifted_month - 9;
  year = static_cast<int>(year_of_era + era * 400) + (month <= 2 ? 1 : 0);
}

inline char* put_digits(char* at, int value, int width) noexcept {
  for (int i = width - 1; i >= 0; --i) {
    at[i] = static_cast<char>('0' + value % 10);
    value /= 10;
  }
  return at + width;
}

}  // namespace detail

WRIT_FUNC RequestTime::RequestTime(std::int64_t epoch_seconds) noexcept {
  constexpr std::int64_t kYear0 = -62167219200;     // 0000-01-01T00:00:00Z
  constexpr std::int64_t kYear9999 = 253402300799;  // 9999-12-31T23:59:59Z
  std::int64_t seconds = epoch_seconds;
  if (seconds < kYear0) seconds = kYear0;
  if (seconds > kYear9999) seconds = kYear9999;
  std::int64_t days = seconds / 86400;
  auto rest = static_cast<int>(seconds % 86400);
  if (rest < 0) {
    rest += 86400;
    --days;
  }
  int year = 0;
  int month = 0;
  int day = 0;
  detail::civil_from_days(days, year, month, day);
  char* at = detail::put_digits(iso_.data(), year, 4);
  *at++ = '-';
  at = detail::put_digits(at, month, 2);
  *at++ = '-';
  at = detail::put_digits(at, day, 2);
  *at++ = 'T';
  at = detail::put_digits(at, rest / 3600, 2);
  *at++ = ':';
  at = detail::put_digits(at, rest / 60 % 60, 2);
  *at++ = ':';
  at = detail::put_digits(at, rest % 60, 2);
  *at++ = 'Z';
  iso_size_ = static_cast<std::uint8_t>(at - iso_.data());

  // Epoch texts have no sign, and four digits would be a year (C-65): such times keep the ISO form.
  if (seconds < 10000) {
    epoch_ = iso_;
    epoch_size_ = iso_size_;
    return;
  }
  char reversed[24];
  std::size_t size = 0;
  for (std::int64_t left = seconds; left != 0; left /= 10) {
    reversed[size++] = static_cast<char>('0' + left % 10);
  }
  for (std::size_t i = 0; i < size; ++i) epoch_[i] = reversed[size - 1 - i];
  epoch_size_ = static_cast<std::uint8_t>(size);
}

WRIT_FUNC void set_time(RequestBuilder& builder, const RequestTime& time) {
  builder.set("aws:CurrentTime", time.iso8601());
  builder.set("aws:EpochTime", time.epoch());
}

WRIT_FUNC void set_principal_keys(RequestBuilder& builder, const Caller& caller) {
  switch (caller.kind()) {
    case CallerKind::Anonymous:
      builder.set("aws:PrincipalAccount", "anonymous");
      builder.set("aws:PrincipalType", "Anonymous");
      builder.set("aws:userid", "anonymous");
      return;
    case CallerKind::Service:
      builder.set("aws:PrincipalIsAWSService", "true");
      builder.set("aws:PrincipalServiceName", caller.id());
      return;
    case CallerKind::Federated:
    case CallerKind::CanonicalUser:
      return;
    case CallerKind::Root:
      builder.set("aws:PrincipalArn", caller.id());
      builder.set("aws:PrincipalType", "Account");
      builder.set("aws:userid", caller.account());
      break;
    case CallerKind::User:
      builder.set("aws:PrincipalArn", caller.id());
      builder.set("aws:PrincipalType", "User");
      builder.set("aws:username", caller.name());
      break;
    case CallerKind::RoleSession:
    case CallerKind::Role:
      if (!caller.role_arn().empty()) builder.set("aws:PrincipalArn", caller.role_arn());
      builder.set("aws:PrincipalType", "AssumedRole");
      break;
    case CallerKind::FederatedUser:
      builder.set("aws:PrincipalArn", caller.id());
      builder.set("aws:PrincipalType", "FederatedUser");
      break;
  }
  builder.set("aws:PrincipalAccount", caller.account());
  builder.set("aws:PrincipalIsAWSService", "false");
}

WRIT_FUNC TagKey tag_key(TagFamily family, std::string_view tag) noexcept {
  constexpr std::string_view kFamilies[] = {"aws:PrincipalTag/", "aws:ResourceTag/",
                                            "aws:RequestTag/"};
  const std::string_view prefix = kFamilies[static_cast<int>(family)];
  TagKey key;
  if (tag.empty() || prefix.size() + tag.size() > key.buffer.size()) return key;
  std::memcpy(key.buffer.data(), prefix.data(), prefix.size());
  std::memcpy(key.buffer.data() + prefix.size(), tag.data(), tag.size());
  key.size = static_cast<std::uint16_t>(prefix.size() + tag.size());
  return key;
}

WRIT_FUNC void set_tag_keys(RequestBuilder& builder, std::span<const std::string_view> tag_keys) {
  builder.set_list("aws:TagKeys", tag_keys);
}

}  // namespace writ::inline v0
