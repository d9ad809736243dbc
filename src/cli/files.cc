#include "cli/files.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>

#include "writ/impl/replaced_file.h"

namespace writ::cli {
namespace {

constexpr std::size_t kChunk = std::size_t{1} << 16U;

bool write_in_place(const std::string& name, std::string_view text) {
  std::FILE* file = std::fopen(name.c_str(), "wb");
  if (file == nullptr) return false;
  const bool written = std::fwrite(text.data(), 1, text.size(), file) == text.size();
  return std::fclose(file) == 0 && written;
}

}  // namespace

std::FILE* open_input(Console& console, std::string_view path, std::string& problem) {
  if (path == "-") {
    if (console.claim_input()) return console.in();
    problem = "standard input (`-`) can be read only once";
    return nullptr;
  }
  const std::string name(path);
  std::FILE* file = std::fopen(name.c_str(), "rb");
  struct stat status = {};
  // fopen opens directories for reading; the read then fails with a less helpful message.
  if (file != nullptr && stat(name.c_str(), &status) == 0 && S_ISDIR(status.st_mode)) {
    std::fclose(file);
    file = nullptr;
    errno = EISDIR;
  }
  if (file == nullptr) {
    problem = fmt::format("cannot read `{}`: {}", path, std::strerror(errno));
  } else if (fstat(fileno(file), &status) == 0 && S_ISREG(status.st_mode)) {
    console.note_read(status.st_dev, status.st_ino);
  }
  return file;
}

std::string_view display_name(std::string_view path) { return path == "-" ? "<stdin>" : path; }

Result<std::string, Problem> read_file(Console& console, std::string_view path) {
  std::string problem;
  std::FILE* file = open_input(console, path, problem);
  if (file == nullptr) return Problem{problem};
  std::string text;
  std::size_t size = 0;
  while (size <= kMaxFileBytes) {
    text.resize(size + kChunk);
    const std::size_t got = std::fread(text.data() + size, 1, kChunk, file);
    size += got;
    if (got == 0) break;
  }
  text.resize(size);
  if (std::ferror(file) != 0) problem = fmt::format("cannot read `{}`", display_name(path));
  if (size > kMaxFileBytes) {
    problem = fmt::format("`{}` is longer than {} bytes", display_name(path), kMaxFileBytes);
  }
  if (path != "-") std::fclose(file);
  if (!problem.empty()) return Problem{problem};
  return text;
}

bool write_file(std::string_view path, std::string_view text) {
  const std::string name(path);
  struct stat there = {};
  const bool exists = stat(name.c_str(), &there) == 0;
  if (!exists && errno != ENOENT) return false;
  if (exists && !S_ISREG(there.st_mode)) return write_in_place(name, text);
  std::string target = name;
  if (exists) {
    // What nobody may write is not replaced either.
    if (access(name.c_str(), W_OK) != 0) return false;
    char* const resolved = realpath(name.c_str(), nullptr);
    if (resolved == nullptr) return false;
    target = resolved;
    std::free(resolved);
  } else if (lstat(name.c_str(), &there) == 0) {
    // A link to where nothing is yet: the system follows it, as for any other program.
    return write_in_place(name, {}) && write_file(path, text);
  }
  detail::ReplacedFile file(target, 0666);
  if (exists) file.take_mode(there);
  file.write(text);
  if (file.publish()) return true;
  // Where nothing may stand beside the file, or nothing take its place, as of one that is mounted
  // alone, it is written as it is.
  const bool fixed = errno == EACCES || errno == EPERM || errno == EBUSY || errno == EROFS;
  return exists && fixed && write_in_place(target, text);
}

LineReader::LineReader(Console& console, std::string_view path, std::size_t max_line)
    : max_line_(max_line) {
  file_ = open_input(console, path, problem_);
  owned_ = file_ != nullptr && path != "-";
}

LineReader::~LineReader() {
  if (owned_) std::fclose(file_);
}

// Reads one more chunk behind what is there; false at the end of the file.
bool LineReader::fill() {
  if (at_end_) return false;
  if (begin_ > 0) {
    std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
    end_ -= begin_;
    begin_ = 0;
  }
  if (buffer_.size() < end_ + kChunk) buffer_.resize(std::max(end_ + kChunk, buffer_.size() * 2));
  const std::size_t got = std::fread(buffer_.data() + end_, 1, buffer_.size() - end_, file_);
  end_ += got;
  at_end_ = got == 0;
  return got != 0;
}

LineReader::Status LineReader::next() {
  std::size_t scanned = begin_;
  bool too_long = false;
  for (;;) {
    const void* found = std::memchr(buffer_.data() + scanned, '\n', end_ - scanned);
    if (found != nullptr) {
      const auto at = static_cast<std::size_t>(static_cast<const char*>(found) - buffer_.data());
      line_ = std::string_view(buffer_).substr(begin_, at - begin_);
      begin_ = at + 1;
      ++number_;
      return too_long || line_.size() > max_line_ ? Status::TooLong : Status::Line;
    }
    if (end_ - begin_ > max_line_) {
      too_long = true;
      begin_ = end_;
    }
    const std::size_t pending = end_ - begin_;
    if (!fill()) break;
    scanned = begin_ + pending;
  }
  if (std::ferror(file_) != 0) {
    problem_ = "reading failed";
    return Status::Failed;
  }
  if (begin_ == end_ && !too_long) return Status::End;
  line_ = std::string_view(buffer_).substr(begin_, end_ - begin_);
  begin_ = end_;
  ++number_;
  return too_long || line_.size() > max_line_ ? Status::TooLong : Status::Line;
}

}  // namespace writ::cli
