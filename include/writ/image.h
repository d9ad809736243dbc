// Compiled images: policy sets in a file that is mapped and shared between processes.
//
// docs/images.md tells what is in the file, what is verified, and who is trusted with what. The
// bodies: impl/image-inl.h opens, impl/image_writer-inl.h writes, impl/program_verifier.h verifies.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "writ/config.h"
#include "writ/evaluate.h"
#include "writ/policy_set.h"
#include "writ/policy_stack.h"
#include "writ/result.h"

namespace writ::inline v0 {

/// One set of an image. Value type; the set keeps the memory that it lies in.
struct ImageEntry {
  std::string name;                             ///< how it is found again; different for each entry
  PolicyType type = PolicyType::IdentityBased;  ///< of the set's documents
  std::uint32_t level = 0;                      ///< of organization policies, 0 is the root's
  PolicySet set;  ///< of that type; an empty handle: the layer is present, without sets
};

/// The sets that apply to a request as entries, in the order of layers, named by kind, level and
/// place (`scp 0 1`), so that PolicyImage::stack makes the same again. A layer that holds sets
/// comes back as present.
[[nodiscard]] std::vector<ImageEntry> image_entries(const AppliedPolicies& applied);

/// The bytes of an image. The same entries make the same bytes. Errors: `LimitExceeded` for a name
/// twice or of more than 65535 bytes, a level above 255, or more entries than 2^20;
/// `DataTypeMismatch` for a set of another type than its entry's. Complexity: O(bytes).
[[nodiscard]] Result<std::string> serialize_image(std::span<const ImageEntry> entries);

/// Writes an image as a file: to another file in the same folder, which is flushed to the disk and
/// then renamed, so that readers see the old image or the new one, and mappings of the old one stay
/// whole. Returns the file's size. Errors: as serialize_image; `ImageFileError` when the system
/// refuses, with its reason, or `path` is a device or a folder; what was there is then as it was.
/// Complexity: O(bytes).
[[nodiscard]] Result<std::uint64_t> write_image(const std::string& path,
                                                std::span<const ImageEntry> entries);

/// How an image is checked when it is opened.
struct ImageOptions {
  /// Where verified images are remembered.
  enum class Record : unsigned char {
    UserCache,  ///< `$XDG_CACHE_HOME/writ/images`, or `~/.cache/writ/images`
    Folder,     ///< `record_folder`
    None,       ///< nowhere: every open verifies
  };
  Record record = Record::UserCache;  ///< where verified images are remembered
  std::string record_folder;          ///< for Record::Folder
};

/// An open image: its entries, whose sets are handles into one read-only mapping. The mapping goes
/// with the last handle; the image itself need not be kept. Copyable.
/// Thread-safety: const access from any number of threads.
class PolicyImage {
 public:
  /// How an image was found good.
  enum class Check : unsigned char {
    Verified,    ///< just now, from end to end
    Remembered,  ///< by the record of an earlier open
  };

  /// Opens a file and verifies it, unless the record says that this very file has been verified.
  /// Errors carry the offset in the file as their position: `ImageFileError` when the system
  /// refuses to open, read or map it; `ImageMismatch` when it is no image, or one of another
  /// version or byte order; `ImageCorrupt` for a wrong checksum or structure. Complexity: O(size)
  /// to verify, O(entries) when remembered.
  [[nodiscard]] static Result<PolicyImage> open(const std::string& path,
                                                const ImageOptions& options = {});
  /// The same of bytes in memory, which are copied; never remembered.
  [[nodiscard]] static Result<PolicyImage> from_bytes(std::string_view bytes);

  /// The sets of the image, by name.
  [[nodiscard]] std::span<const ImageEntry> entries() const noexcept WRIT_LIFETIME_BOUND {
    return entries_;
  }
  /// The set of that name, or null. Complexity: O(entries).
  [[nodiscard]] const PolicySet* find(std::string_view name) const noexcept WRIT_LIFETIME_BOUND;
  /// All entries as the layers of one stack. Errors: as PolicyStack::add.
  [[nodiscard]] Result<PolicyStack> stack() const;

  /// How it was checked when it was opened.
  [[nodiscard]] Check check() const noexcept { return check_; }
  /// Whether processes share the memory; else it is a private copy.
  [[nodiscard]] bool is_mapped() const noexcept { return mapped_; }
  /// Of the file.
  [[nodiscard]] std::uint64_t size_bytes() const noexcept { return size_; }
  /// Of the file, as its header states it.
  [[nodiscard]] std::uint64_t checksum() const noexcept { return checksum_; }

 private:
  friend class ImageReader;

  std::vector<ImageEntry> entries_;
  std::uint64_t size_ = 0;
  std::uint64_t checksum_ = 0;
  Check check_ = Check::Verified;
  bool mapped_ = false;
};

}  // namespace writ::inline v0

#if defined(WRIT_HEADER_ONLY)
#include "writ/impl/image-inl.h"
#endif
