// Not API, may change in any release. Opening images: map or read, verify or remember, hand out.
#pragma once

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <optional>
#include <utility>

#include "writ/image.h"
#include "writ/impl/image_format.h"
#include "writ/impl/image_record-inl.h"
#include "writ/impl/image_writer-inl.h"
#include "writ/impl/program_verifier.h"

namespace writ::inline v0 {
namespace detail {

/// The bytes of an image, mapped or private, with the number of those who keep them.
class ImageMemory {
 public:
  ImageMemory(const char* bytes, std::uint64_t size) noexcept
      : bytes_(bytes), size_(size), mapped_(true), private_(nullptr, 0, nullptr, nullptr) {}
  explicit ImageMemory(ProgramMemory memory) noexcept
      : bytes_(memory.bytes()), size_(memory.size()), mapped_(false), private_(std::move(memory)) {}
  ImageMemory(const ImageMemory&) = delete;
  ImageMemory& operator=(const ImageMemory&) = delete;

  [[nodiscard]] std::string_view bytes() const noexcept {
    return {bytes_, static_cast<std::size_t>(size_)};
  }
  [[nodiscard]] bool is_mapped() const noexcept { return mapped_; }
  void acquire() noexcept { references_.fetch_add(1, std::memory_order_relaxed); }
  void release() noexcept {
    if (references_.fetch_sub(1, std::memory_order_acq_rel) == 1) delete this;
  }
  /// What ProgramMemory calls.
  static void release_owner(void* owner) noexcept { static_cast<ImageMemory*>(owner)->release(); }

 private:
  ~ImageMemory() {
    if (mapped_) ::munmap(const_cast<char*>(bytes_), static_cast<std::size_t>(size_));
  }

  const char* bytes_;
  std::uint64_t size_;
  bool mapped_;
  ProgramMemory private_;
  std::atomic<std::uint32_t> references_{1};
};

/// Keeps the memory while an image is opened.
class ImageHold {
 public:
  explicit ImageHold(ImageMemory* memory) noexcept : memory_(memory) {}
  ImageHold(ImageHold&& other) noexcept : memory_(std::exchange(other.memory_, nullptr)) {}
  ImageHold& operator=(ImageHold&&) = delete;
  ~ImageHold() {
    if (memory_ != nullptr) memory_->release();
  }
  [[nodiscard]] ImageMemory& operator*() const noexcept { return *memory_; }
  [[nodiscard]] ImageMemory* operator->() const noexcept { return memory_; }

 private:
  ImageMemory* memory_;
};

}  // namespace detail

/// Not API. Opens one image.
class ImageReader {
 public:
  explicit ImageReader(std::string_view name) : name_(name) {}

  [[nodiscard]] Result<PolicyImage> open(const std::string& path, const ImageOptions& options) {
    // A pipe would wait for a writer; it is refused below.
    const detail::OpenFile file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    if (!file.is_open()) return system_error("open");
    const std::optional<detail::ImageFileFacts> facts = detail::ImageFileFacts::of(file.get());
    if (!facts) return system_error("open");
    if (!facts->regular) {
      return detail::image_error(ErrorCode::ImageFileError,
                                 fmt::format("`{}` is no plain file", name_));
    }
    struct timespec begun {};
    ::clock_gettime(CLOCK_REALTIME, &begun);
    Result<detail::ImageHold> memory = load(file.get(), *facts);
    if (!memory) return std::move(memory).error();

    Result<PolicyImage> image = PolicyImage();
    if (auto error = read_head((*memory)->bytes())) return *std::move(error);
    const bool can_remember = facts->only_owner_writes;
    detail::ImageRecord record;
    record.identity = facts->identity;
    record.checksum = header_.checksum;
    std::optional<detail::ImageRecords> records;
    if (can_remember) records.emplace(options);
    if (records && records->contain(record)) {
      image->check_ = PolicyImage::Check::Remembered;
    } else {
      if (auto error = verify((*memory)->bytes())) return *std::move(error);
      const std::optional<detail::ImageFileFacts> after = detail::ImageFileFacts::of(file.get());
      if (!after || !(after->identity == facts->identity)) {
        return detail::image_error(
            ErrorCode::ImageFileError,
            fmt::format("`{}` has changed while it was read; open it again", name_));
      }
      const std::int64_t age = begun.tv_sec - facts->identity.changed_seconds;
      if (records && age > detail::kImageSettledSeconds) records->add(record);
    }
    hand_out(**memory, *image);
    return image;
  }

  [[nodiscard]] Result<PolicyImage> from_bytes(std::string_view bytes) {
    detail::ProgramMemory copy =
        detail::ProgramMemory::allocate(std::max<std::size_t>(bytes.size(), 1));
    if (!bytes.empty()) std::memcpy(copy.writable(), bytes.data(), bytes.size());
    const detail::ImageHold memory(new detail::ImageMemory(std::move(copy)));
    const std::string_view kept = memory->bytes().substr(0, bytes.size());
    if (auto error = read_head(kept)) return *std::move(error);
    if (auto error = verify(kept)) return *std::move(error);
    PolicyImage image;
    hand_out(*memory, image);
    return image;
  }

 private:
  struct ProgramPlace {
    std::uint64_t offset;
    std::uint64_t size;
    PolicySet set;
  };

  [[nodiscard]] PolicyError system_error(std::string_view what) const {
    const int reason = errno;
    return detail::image_error(
        ErrorCode::ImageFileError,
        fmt::format("cannot {} the image `{}`: {}", what, name_, std::strerror(reason)));
  }
  [[nodiscard]] PolicyError mismatch(std::uint64_t offset, std::string_view what) const {
    return detail::image_error(ErrorCode::ImageMismatch,
                               fmt::format("`{}` {}; compile the policies again", name_, what),
                               offset);
  }
  [[nodiscard]] PolicyError corrupt(std::uint64_t offset, std::string_view what) const {
    return detail::image_error(
        ErrorCode::ImageCorrupt,
        fmt::format("the image `{}` is damaged: {} (byte {}); compile the policies again", name_,
                    what, offset),
        offset);
  }

  /// A file that others could change while it is in use is read, any other one is mapped.
  [[nodiscard]] Result<detail::ImageHold> load(int file,
                                               const detail::ImageFileFacts& facts) const {
    const auto size = static_cast<std::size_t>(facts.identity.size);
    if (size < sizeof(detail::ImageHeader)) return mismatch(0, "is too short for an image");
    if (facts.only_owner_writes) {
      void* mapping = ::mmap(nullptr, size, PROT_READ, MAP_SHARED, file, 0);
      if (mapping == MAP_FAILED) return system_error("map");
      return detail::ImageHold(new detail::ImageMemory(static_cast<const char*>(mapping), size));
    }
    detail::ProgramMemory memory = detail::ProgramMemory::allocate(size);
    for (std::size_t done = 0; done < size;) {
      const ssize_t got = ::read(file, memory.writable() + done, size - done);
      if (got < 0 && errno == EINTR) continue;
      if (got < 0) return system_error("read");
      if (got == 0) return corrupt(done, "it ends early");
      done += static_cast<std::size_t>(got);
    }
    return detail::ImageHold(new detail::ImageMemory(std::move(memory)));
  }

  /// Header and directory: always checked, however well the file is known. They are read once.
  [[nodiscard]] std::optional<PolicyError> read_head(std::string_view bytes) {
    using detail::ImageHeader;
    if (bytes.size() < sizeof header_) return mismatch(0, "is too short for an image");
    std::memcpy(&header_, bytes.data(), sizeof header_);
    if (header_.magic != detail::kImageMagic) return mismatch(0, "is no image");
    if (header_.byte_order != detail::kImageByteOrder) {
      return mismatch(offsetof(ImageHeader, byte_order),
                      "comes from a machine with another byte order");
    }
    if (header_.version != detail::kImageVersion) {
      return mismatch(offsetof(ImageHeader, version),
                      fmt::format("has format version {}, this is writ for version {}",
                                  header_.version, detail::kImageVersion));
    }
    if (header_.program_version != detail::ProgramHeader::kVersion) {
      return mismatch(offsetof(ImageHeader, program_version),
                      fmt::format("holds programs of version {}, this is writ for version {}",
                                  header_.program_version, detail::ProgramHeader::kVersion));
    }
    if (header_.file_size != bytes.size()) {
      return corrupt(offsetof(ImageHeader, file_size), "its size is not what it says");
    }
    for (const std::uint64_t reserved : header_.reserved) {
      if (reserved != 0)
        return corrupt(offsetof(ImageHeader, reserved), "its header is not empty at its end");
    }
    if (header_.entry_count > detail::kMaxImageEntries) {
      return corrupt(offsetof(ImageHeader, entry_count), "it has too many sets");
    }
    const std::uint64_t names_begin =
        sizeof header_ + std::uint64_t{header_.entry_count} * sizeof(detail::ImageDirectoryEntry);
    if (names_begin > bytes.size() || header_.names_size > bytes.size() - names_begin) {
      return corrupt(offsetof(ImageHeader, names_size), "its directory reaches beyond its end");
    }
    names_ = bytes.substr(static_cast<std::size_t>(names_begin),
                          static_cast<std::size_t>(header_.names_size));
    return read_directory(bytes, names_begin + header_.names_size);
  }

  [[nodiscard]] std::optional<PolicyError> read_directory(std::string_view bytes,
                                                          std::uint64_t end) {
    directory_.resize(header_.entry_count);
    if (!directory_.empty()) {
      std::memcpy(directory_.data(), bytes.data() + sizeof header_,
                  directory_.size() * sizeof directory_[0]);
    }
    std::uint64_t name_end = 0;
    for (std::size_t i = 0; i < directory_.size(); ++i) {
      const detail::ImageDirectoryEntry& entry = directory_[i];
      const std::uint64_t place = sizeof header_ + i * sizeof entry;
      if (entry.name_offset != name_end || entry.name_size > detail::kMaxImageName ||
          name_end + entry.name_size > names_.size()) {
        return corrupt(place, "a name is not behind the one before");
      }
      name_end += entry.name_size;
      if (entry.level > detail::kMaxImageLevel) return corrupt(place, "a level is too deep");
      if (static_cast<int>(entry.type) >= kPolicyTypeCount) {
        return corrupt(place, "a set is of an unknown kind");
      }
      if (entry.size == 0) {
        if (entry.offset != 0) return corrupt(place, "a set has a place and no size");
        continue;
      }
      if (place_of(entry) != nullptr) continue;  // shared with an entry before
      if (entry.offset != detail::image_aligned(end) || entry.offset > bytes.size() ||
          entry.size > bytes.size() - entry.offset) {
        return corrupt(place, "a set is not behind the one before");
      }
      programs_.push_back({entry.offset, entry.size, PolicySet()});
      end = entry.offset + entry.size;
    }
    if (name_end != names_.size()) {
      return corrupt(offsetof(detail::ImageHeader, names_size), "it has names of no set");
    }
    if (end != bytes.size()) return corrupt(end, "it is longer than its sets");
    return std::nullopt;
  }

  /// The program that an entry names, or null. Programs stand in the order of their places.
  [[nodiscard]] ProgramPlace* place_of(const detail::ImageDirectoryEntry& entry) {
    const auto found = std::lower_bound(
        programs_.begin(), programs_.end(), entry.offset,
        [](const ProgramPlace& place, std::uint64_t offset) { return place.offset < offset; });
    const bool same =
        found != programs_.end() && found->offset == entry.offset && found->size == entry.size;
    return same ? &*found : nullptr;
  }

  [[nodiscard]] std::optional<PolicyError> verify(std::string_view bytes) const {
    if (detail::image_checksum(bytes) != header_.checksum) {
      return corrupt(offsetof(detail::ImageHeader, checksum), "its checksum is wrong");
    }
    for (const ProgramPlace& place : programs_) {
      const char* program = bytes.data() + place.offset;
      const detail::ImageFlaw flaw = detail::ProgramVerifier(program, place.size).run();
      if (flaw) return corrupt(place.offset + flaw.offset, flaw.what);
    }
    for (std::size_t i = 0; i < directory_.size(); ++i) {
      const detail::ImageDirectoryEntry& entry = directory_[i];
      if (entry.size == 0) continue;
      const auto& program =
          *reinterpret_cast<const detail::ProgramHeader*>(bytes.data() + entry.offset);
      if (program.type != entry.type) {
        return corrupt(sizeof header_ + i * sizeof entry, "a set is of another kind than it says");
      }
    }
    return std::nullopt;
  }

  void hand_out(detail::ImageMemory& memory, PolicyImage& image) {
    image.size_ = header_.file_size;
    image.checksum_ = header_.checksum;
    image.mapped_ = memory.is_mapped();
    for (ProgramPlace& place : programs_) {
      memory.acquire();
      detail::ProgramMemory part(memory.bytes().data() + place.offset,
                                 static_cast<std::size_t>(place.size), &memory,
                                 &detail::ImageMemory::release_owner);
      place.set = PolicySet(new detail::Program(std::move(part)));
    }
    image.entries_.reserve(directory_.size());
    for (const detail::ImageDirectoryEntry& entry : directory_) {
      const ProgramPlace* place = entry.size == 0 ? nullptr : place_of(entry);
      image.entries_.push_back({std::string(names_.substr(entry.name_offset, entry.name_size)),
                                entry.type, entry.level,
                                place == nullptr ? PolicySet() : place->set});
    }
  }

  std::string name_;
  detail::ImageHeader header_;
  std::string_view names_;
  std::vector<detail::ImageDirectoryEntry> directory_;
  std::vector<ProgramPlace> programs_;  // by place
};

WRIT_FUNC Result<PolicyImage> PolicyImage::open(const std::string& path,
                                                const ImageOptions& options) {
  return ImageReader(path).open(path, options);
}

WRIT_FUNC Result<PolicyImage> PolicyImage::from_bytes(std::string_view bytes) {
  return ImageReader("bytes in memory").from_bytes(bytes);
}

WRIT_FUNC const PolicySet* PolicyImage::find(std::string_view name) const noexcept {
  for (const ImageEntry& entry : entries_) {
    if (entry.name == name) return &entry.set;
  }
  return nullptr;
}

WRIT_FUNC Result<PolicyStack> PolicyImage::stack() const {
  PolicyStack stack;
  for (const ImageEntry& entry : entries_) {
    if (entry.set.program() == nullptr) {
      stack.make_present(entry.type, entry.level);
      continue;
    }
    Result<bool> added = stack.add(entry.set, entry.level);
    if (!added) return std::move(added).error();
  }
  return stack;
}

}  // namespace writ::inline v0
