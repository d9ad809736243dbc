// Not API, may change in any release. How an image lies in its file (docs/images.md).
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "writ/config.h"
#include "writ/error.h"
#include "writ/impl/program.h"

namespace writ::inline v0 {
namespace detail {

/// The first byte is no text, the last two show line breaks that were converted.
inline constexpr std::array<char, 8> kImageMagic = {'\x89', 'W', 'R', 'I', 'T', 'I', '\r', '\n'};
inline constexpr std::uint32_t kImageByteOrder = 0x01020304U;
inline constexpr std::uint32_t kImageVersion = 1;

/// Programs begin at multiples of it (ProgramMemory).
inline constexpr std::uint64_t kImageAlignment = 64;
inline constexpr std::size_t kMaxImageEntries = std::size_t{1} << 20U;
inline constexpr std::size_t kMaxImageName = 65535;
/// No organization is deeper than seven levels.
inline constexpr std::uint32_t kMaxImageLevel = 255;

struct ImageHeader {
  std::array<char, 8> magic = kImageMagic;
  std::uint32_t byte_order = kImageByteOrder;
  std::uint32_t version = kImageVersion;
  std::uint64_t checksum = 0;  ///< of all that follows it
  std::uint64_t file_size = 0;
  std::uint32_t program_version = ProgramHeader::kVersion;
  std::uint32_t entry_count = 0;
  std::uint64_t names_size = 0;
  std::array<std::uint64_t, 2> reserved = {};  ///< zero
};
static_assert(sizeof(ImageHeader) == 64);
inline constexpr std::size_t kImageChecksumEnd = offsetof(ImageHeader, checksum) + 8;

struct ImageDirectoryEntry {
  std::uint64_t offset = 0;  ///< of the program in the file
  std::uint64_t size = 0;    ///< 0 when there is none
  std::uint32_t name_offset = 0;
  std::uint32_t name_size = 0;
  std::uint32_t level = 0;
  PolicyType type = PolicyType::IdentityBased;
  std::array<std::uint8_t, 3> padding = {};
};
static_assert(sizeof(ImageDirectoryEntry) == 32);

[[nodiscard]] constexpr std::uint64_t image_aligned(std::uint64_t offset) noexcept {
  return (offset + kImageAlignment - 1) / kImageAlignment * kImageAlignment;
}

/// The checksum that belongs into the header of an image of at least a header's size.
[[nodiscard]] std::uint64_t image_checksum(std::string_view image) noexcept;

/// An error of an image, with the offset in the file where there is one.
[[nodiscard]] inline PolicyError image_error(ErrorCode code, std::string message,
                                             std::uint64_t offset = 0) {
  PolicyError error;
  error.code = code;
  error.message = std::move(message);
  error.position.offset = offset > 0xffffffffU ? 0xffffffffU : static_cast<std::uint32_t>(offset);
  return error;
}

}  // namespace detail
}  // namespace writ::inline v0
