#include "cli/log_file.h"

#include <sys/stat.h>
#if defined(WRIT_TOOL_HAS_ZLIB)
#include <zlib.h>
#endif

#include <cstring>

#include "cli/files.h"

namespace writ::cli {
namespace {

constexpr std::size_t kChunk = std::size_t{1} << 18U;

bool is_gzip(std::string_view text) { return text.starts_with("\x1f\x8b"); }

}  // namespace

#if defined(WRIT_TOOL_HAS_ZLIB)
struct LogFile::Unpacker {
  z_stream stream = {};
  bool open = false;
  bool ended = false;  // a member has ended and no other has begun

  Unpacker() { open = inflateInit2(&stream, 15 + 16) == Z_OK; }
  Unpacker(const Unpacker&) = delete;
  Unpacker& operator=(const Unpacker&) = delete;
  ~Unpacker() {
    if (open) inflateEnd(&stream);
  }
};
#else
struct LogFile::Unpacker {};
#endif

LogFile::LogFile(Console& console, std::string_view path) : input_(kChunk) {
  file_ = open_input(console, path, problem_);
  if (file_ == nullptr || path == "-") return;
  owned_ = true;
  struct stat status = {};
  if (fstat(fileno(file_), &status) == 0 && S_ISREG(status.st_mode)) {
    total_bytes_ = static_cast<std::uint64_t>(status.st_size);
  }
}

LogFile::~LogFile() {
  if (owned_) std::fclose(file_);
}

// More bytes behind what is pending; false at the end.
bool LogFile::fill() {
  const std::size_t kept = pending_.size();
  if (kept > 0) std::memmove(input_.data(), pending_.data(), kept);
  const std::size_t got = std::fread(input_.data() + kept, 1, input_.size() - kept, file_);
  bytes_read_ += got;
  pending_ = std::string_view(input_.data(), kept + got);
  if (got == 0 && std::ferror(file_) != 0) problem_ = "reading failed";
  return got > 0;
}

std::string_view LogFile::next() {
  if (file_ == nullptr || !problem_.empty()) return {};
  if (!started_) {
    started_ = true;
    while (pending_.size() < 2 && fill()) {
    }
    if (is_gzip(pending_)) {
      unpacker_ = std::make_unique<Unpacker>();
      output_.resize(kChunk);
#if defined(WRIT_TOOL_HAS_ZLIB)
      if (!unpacker_->open) problem_ = "out of memory";
#else
      problem_ = "it is packed with gzip, which this build does not read";
#endif
    }
  }
  if (unpacker_ != nullptr) return problem_.empty() ? unpack() : std::string_view();
  if (pending_.empty() && !fill()) return {};
  const std::string_view chunk = pending_;
  pending_ = {};
  return chunk;
}

std::string_view LogFile::unpack() {
#if defined(WRIT_TOOL_HAS_ZLIB)
  z_stream& stream = unpacker_->stream;
  stream.next_out = reinterpret_cast<Bytef*>(output_.data());
  stream.avail_out = static_cast<uInt>(output_.size());
  while (stream.avail_out > 0) {
    if (pending_.empty() && !fill()) {
      if (!unpacker_->ended && problem_.empty()) {
        problem_ =
            fmt::format("the file ends in the middle of its gzip data, at byte {}", bytes_read_);
      }
      break;
    }
    if (unpacker_->ended) {
      while (pending_.size() < 2 && fill()) {
      }
      // Zeros may pad the end; anything else that is no member does not belong there.
      if (pending_.find_first_not_of('\0') == std::string_view::npos) {
        pending_ = {};
        continue;
      }
      if (!is_gzip(pending_) || inflateReset(&stream) != Z_OK) {
        problem_ = fmt::format("what follows the gzip data at byte {} is no gzip data",
                               bytes_read_ - pending_.size());
        break;
      }
      unpacker_->ended = false;
    }
    stream.next_in = reinterpret_cast<Bytef*>(input_.data() + (pending_.data() - input_.data()));
    stream.avail_in = static_cast<uInt>(pending_.size());
    const int status = inflate(&stream, Z_NO_FLUSH);
    pending_.remove_prefix(pending_.size() - stream.avail_in);
    if (status == Z_STREAM_END) {
      unpacker_->ended = true;
    } else if (status != Z_OK) {
      problem_ =
          fmt::format("the gzip data is damaged before byte {} ({})", bytes_read_ - pending_.size(),
                      stream.msg != nullptr ? stream.msg : "it does not unpack");
      break;
    }
  }
  return {output_.data(), output_.size() - stream.avail_out};
#else
  return {};
#endif
}

}  // namespace writ::cli
