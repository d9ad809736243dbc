// Not API, may change in any release. Writing images.
#pragma once

#include <fmt/format.h>
#include <sys/stat.h>
#include <xxhash.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <memory>
#include <optional>
#include <unordered_map>

#include "writ/image.h"
#include "writ/impl/image_format.h"
#include "writ/impl/replaced_file.h"

namespace writ::inline v0 {
namespace detail {

// XXH3 reads faster than memory delivers and its format is frozen.
WRIT_FUNC std::uint64_t image_checksum(std::string_view image) noexcept {
  return XXH3_64bits(image.data() + kImageChecksumEnd, image.size() - kImageChecksumEnd);
}

/// What an image consists of: its head, and programs in their order with padding between.
struct ImageParts {
  std::string head;  ///< header, directory, names
  std::vector<const Program*> programs;

  /// Calls `sink(bytes)` for each piece, zeros between programs included.
  template <class Sink>
  void each_piece(Sink&& sink) const {
    static constexpr std::array<char, kImageAlignment> kZeros = {};
    std::uint64_t at = head.size();
    sink(std::string_view(head));
    const auto pad = [&] {
      const std::uint64_t gap = image_aligned(at) - at;
      sink(std::string_view(kZeros.data(), static_cast<std::size_t>(gap)));
      at += gap;
    };
    for (const Program* program : programs) {
      pad();
      sink(std::string_view(program->memory().bytes(), program->size_bytes()));
      at += program->size_bytes();
    }
  }
  [[nodiscard]] std::uint64_t size() const noexcept {
    std::uint64_t at = head.size();
    for (const Program* program : programs) at = image_aligned(at) + program->size_bytes();
    return at;
  }

  [[nodiscard]] static Result<ImageParts> make(std::span<const ImageEntry> entries);
};

[[nodiscard]] inline std::optional<PolicyError> entries_error(std::span<const ImageEntry> entries) {
  const auto limit = [](std::string message) {
    return image_error(ErrorCode::LimitExceeded, std::move(message));
  };
  if (entries.size() > kMaxImageEntries) {
    return limit(fmt::format("an image holds at most {} sets; write several", kMaxImageEntries));
  }
  std::vector<std::string_view> names;
  for (const ImageEntry& entry : entries) {
    if (entry.name.size() > kMaxImageName) {
      return limit(fmt::format("the name of a set is longer than {} bytes", kMaxImageName));
    }
    if (entry.level > kMaxImageLevel) {
      return limit(fmt::format("`{}` is of level {}; levels count from 0, the root's, to {}",
                               entry.name, entry.level, kMaxImageLevel));
    }
    if (entry.set.program() != nullptr && entry.set.type() != entry.type) {
      return image_error(
          ErrorCode::DataTypeMismatch,
          fmt::format("the set `{}` is of kind `{}`, its entry says `{}`", entry.name,
                      to_string(entry.set.type()), to_string(entry.type)));
    }
    names.push_back(entry.name);
  }
  std::sort(names.begin(), names.end());
  const auto twice = std::adjacent_find(names.begin(), names.end());
  if (twice == names.end()) return std::nullopt;
  return limit(fmt::format("two sets are called `{}`; names tell sets apart", *twice));
}

inline Result<ImageParts> ImageParts::make(std::span<const ImageEntry> entries) {
  if (std::optional<PolicyError> error = entries_error(entries)) return *std::move(error);
  ImageParts parts;
  std::vector<ImageDirectoryEntry> directory;
  std::string names;
  std::unordered_map<const Program*, std::size_t> known;  // to the place in `programs`
  std::vector<std::size_t> program_of;
  constexpr std::size_t kNoProgram = static_cast<std::size_t>(-1);
  for (const ImageEntry& entry : entries) {
    ImageDirectoryEntry place;
    place.name_offset = static_cast<std::uint32_t>(names.size());
    place.name_size = static_cast<std::uint32_t>(entry.name.size());
    place.level = entry.level;
    place.type = entry.type;
    names += entry.name;
    directory.push_back(place);
    const Program* program = entry.set.program();
    if (program == nullptr) {
      program_of.push_back(kNoProgram);
      continue;
    }
    const auto [found, fresh] = known.emplace(program, parts.programs.size());
    if (fresh) parts.programs.push_back(program);
    program_of.push_back(found->second);
  }
  ImageHeader header;
  header.entry_count = static_cast<std::uint32_t>(directory.size());
  header.names_size = names.size();
  const std::size_t head_size =
      sizeof header + directory.size() * sizeof(ImageDirectoryEntry) + names.size();
  std::vector<std::uint64_t> offsets;
  std::uint64_t at = head_size;
  for (const Program* program : parts.programs) {
    offsets.push_back(image_aligned(at));
    at = offsets.back() + program->size_bytes();
  }
  for (std::size_t i = 0; i < directory.size(); ++i) {
    if (program_of[i] == kNoProgram) continue;
    directory[i].offset = offsets[program_of[i]];
    directory[i].size = parts.programs[program_of[i]]->size_bytes();
  }
  header.file_size = at;
  parts.head.resize(sizeof header);
  parts.head.append(reinterpret_cast<const char*>(directory.data()),
                    directory.size() * sizeof(ImageDirectoryEntry));
  parts.head += names;
  std::memcpy(parts.head.data(), &header, sizeof header);

  const std::unique_ptr<XXH3_state_t, XXH_errorcode (*)(XXH3_state_t*)> state(XXH3_createState(),
                                                                              XXH3_freeState);
  if (state == nullptr) {
    return image_error(ErrorCode::LimitExceeded, "there is not enough memory to write an image");
  }
  XXH3_64bits_reset(state.get());
  std::size_t skip = kImageChecksumEnd;
  parts.each_piece([&](std::string_view piece) {
    XXH3_64bits_update(state.get(), piece.data() + skip, piece.size() - skip);
    skip = 0;
  });
  header.checksum = XXH3_64bits_digest(state.get());
  std::memcpy(parts.head.data(), &header, sizeof header);
  return parts;
}

}  // namespace detail

WRIT_FUNC std::vector<ImageEntry> image_entries(const AppliedPolicies& applied) {
  std::vector<ImageEntry> entries;
  const auto add = [&entries](PolicyType type, const PolicyLayer& layer,
                              std::optional<std::uint32_t> level = std::nullopt) {
    const std::string prefix =
        level ? fmt::format("{} {}", to_string(type), *level) : std::string(to_string(type));
    std::uint32_t number = 0;
    for (const PolicySet& set : layer.sets) {
      entries.push_back({fmt::format("{} {}", prefix, number++), type, level.value_or(0), set});
    }
    // Where sets stand they make the layer present; where none do, an entry without one does.
    if (layer.present && layer.sets.empty()) {
      entries.push_back({prefix, type, level.value_or(0), PolicySet()});
    }
  };
  const auto add_levels = [&add](PolicyType type, std::span<const PolicyLayer> levels) {
    for (std::uint32_t level = 0; level < levels.size(); ++level) add(type, levels[level], level);
  };
  add_levels(PolicyType::ServiceControl, applied.service_control);
  add_levels(PolicyType::ResourceControl, applied.resource_control);
  if (applied.resource_policy != nullptr && applied.resource_policy->program() != nullptr) {
    const PolicyType type = applied.resource_policy->type();
    entries.push_back({std::string(to_string(type)), type, 0, *applied.resource_policy});
  }
  PolicyLayer identity;
  identity.sets = applied.identity;
  add(PolicyType::IdentityBased, identity);
  add(PolicyType::PermissionsBoundary, applied.boundary);
  add(PolicyType::Session, applied.session);
  add(PolicyType::VpcEndpoint, applied.endpoint);
  return entries;
}

WRIT_FUNC Result<std::string> serialize_image(std::span<const ImageEntry> entries) {
  const Result<detail::ImageParts> parts = detail::ImageParts::make(entries);
  if (!parts) return parts.error();
  std::string bytes;
  bytes.reserve(static_cast<std::size_t>(parts->size()));
  parts->each_piece([&bytes](std::string_view piece) { bytes.append(piece); });
  return bytes;
}

WRIT_FUNC Result<std::uint64_t> write_image(const std::string& path,
                                            std::span<const ImageEntry> entries) {
  const Result<detail::ImageParts> parts = detail::ImageParts::make(entries);
  if (!parts) return parts.error();
  // A device, say /dev/null, would be replaced by a file.
  struct stat there = {};
  if (::stat(path.c_str(), &there) == 0 && !S_ISREG(there.st_mode)) {
    return detail::image_error(
        ErrorCode::ImageFileError,
        fmt::format("cannot write the image `{}`: it is no regular file; an image takes the place "
                    "of a file as a whole, so name one that is, or a new one",
                    path));
  }
  detail::ReplacedFile file(path);
  parts->each_piece([&file](std::string_view piece) { file.write(piece); });
  if (!file.publish()) {
    const int reason = errno;
    return detail::image_error(
        ErrorCode::ImageFileError,
        fmt::format("cannot write the image `{}`: {}", path, std::strerror(reason)));
  }
  return parts->size();
}

}  // namespace writ::inline v0
