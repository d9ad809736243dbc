// Helpers that fill the global condition keys of IAM rightly.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

#include "writ/config.h"
#include "writ/model/standard_key.h"
#include "writ/request.h"

namespace writ::inline v0 {

/// A point in time as the values of `aws:CurrentTime` and `aws:EpochTime`. Owns its text and is
/// borrowed by the requests that use it.
class RequestTime {
 public:
  /// Seconds since 1970-01-01T00:00:00Z; years 0000 to 9999, clamped.
  explicit RequestTime(std::int64_t epoch_seconds) noexcept;
  /// `2025-01-15T10:00:00Z`, the value of `aws:CurrentTime`.
  [[nodiscard]] std::string_view iso8601() const noexcept WRIT_LIFETIME_BOUND {
    return {iso_.data(), iso_size_};
  }
  /// Seconds since 1970, the value of `aws:EpochTime`. Date operators read a number below 10,000 as
  /// a year (C-65), so the first hours of 1970 compare as other times by this key.
  [[nodiscard]] std::string_view epoch() const noexcept WRIT_LIFETIME_BOUND {
    return {epoch_.data(), epoch_size_};
  }

 private:
  std::array<char, 24> iso_ = {};
  std::array<char, 24> epoch_ = {};
  std::uint8_t iso_size_ = 0;
  std::uint8_t epoch_size_ = 0;
};

/// Sets `aws:CurrentTime` and `aws:EpochTime`. The request borrows the texts: `time` must live as
/// long as it does, so that a temporary is refused.
void set_time(RequestBuilder& builder, const RequestTime& time WRIT_LIFETIME_BOUND);
/// Refused: the texts would be gone before the request is decided.
void set_time(RequestBuilder& builder, RequestTime&& time) = delete;

/// Sets what the caller alone determines (P-1, K-1): `aws:PrincipalArn`, `aws:PrincipalAccount`,
/// `aws:PrincipalType`, `aws:username`, `aws:userid` for root and anonymous callers,
/// `aws:PrincipalIsAWSService`, `aws:PrincipalServiceName`. A separate, explicit call: evaluation
/// never invents a key (K-1). For a role session without a role ARN `aws:PrincipalArn` is not set,
/// because its path is not known. The request borrows the caller's texts: they must live as long as
/// it does.
void set_principal_keys(RequestBuilder& builder, const Caller& caller);

/// A tag, and the condition keys made of tags. `buffer` holds the key's full name
/// (`aws:PrincipalTag/team`) for as long as the request lives.
struct TagKey {
  std::array<char, 536> buffer = {};  ///< the name's bytes
  std::uint16_t size = 0;             ///< of them in use
  /// The key's name, `aws:PrincipalTag/...`.
  [[nodiscard]] std::string_view name() const noexcept WRIT_LIFETIME_BOUND {
    return {buffer.data(), size};
  }
};

/// Whose tags a key asks about: the caller's, the resource's, those passed in the request (K-1).
enum class TagFamily : unsigned char { PrincipalTag, ResourceTag, RequestTag };

/// `aws:PrincipalTag/KEY` and its siblings. Tag keys have up to 128 characters, which is up
/// to 512 bytes. An empty or a longer one is no tag key and gives an empty name: refuse it, because
/// no policy can ask about it.
[[nodiscard]] TagKey tag_key(TagFamily family, std::string_view tag) noexcept;

/// Sets `aws:TagKeys`: multi-valued, present even without tags when the operation can pass tags.
/// The request borrows the texts (not the span): they must live as long as it does.
void set_tag_keys(RequestBuilder& builder, std::span<const std::string_view> tag_keys);

}  // namespace writ::inline v0

#if defined(WRIT_HEADER_ONLY)
#include "writ/impl/standard_keys-inl.h"
#endif
