#include "path.h"

#include <algorithm>

// The library's own, like the reader in config.cc. It is no API.
#include "writ/impl/utf8.h"

namespace authz {
namespace {

/// The value of a hexadecimal digit, or -1.
int digit(char c) noexcept {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

/// Servers of Java cut a segment at `;` before they look at it.
bool is_ambiguous_segment(std::string_view segment, bool is_last) noexcept {
  const std::string_view name = segment.substr(0, segment.find(';'));
  return name == "." || name == ".." || (name.empty() && !(is_last && segment.empty()));
}

}  // namespace

std::optional<std::string> usable_path(std::string_view uri) {
  uri = uri.substr(0, uri.find('?'));
  if (uri.empty() || uri.front() != '/') return std::nullopt;
  std::string path;
  path.reserve(uri.size());
  for (std::size_t i = 0; i < uri.size(); ++i) {
    char c = uri[i];
    if (c == '#') return std::nullopt;
    if (c == '%') {
      if (i + 2 >= uri.size()) return std::nullopt;
      const int high = digit(uri[i + 1]);
      const int low = digit(uri[i + 2]);
      if (high < 0 || low < 0) return std::nullopt;
      c = static_cast<char>(high * 16 + low);
      if (c == '/') return std::nullopt;
      i += 2;
    }
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte == 0x7f || c == '\\') return std::nullopt;
    path += c;
  }
  if (writ::detail::as_utf8(path) != path) return std::nullopt;
  for (std::size_t begin = 1; begin <= path.size();) {
    const std::size_t end = std::min(path.find('/', begin), path.size());
    if (is_ambiguous_segment(std::string_view(path).substr(begin, end - begin),
                             end == path.size())) {
      return std::nullopt;
    }
    begin = end + 1;
  }
  return path;
}

}  // namespace authz
