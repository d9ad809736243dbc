// Reads the shared corpus of policy documents, where it is present.
#pragma once

#include <sys/stat.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

#include "writ/impl/json_tree.h"
#include "writ/impl/values.h"
#include "writ/model/vocabulary.h"

namespace writ::test {

/// A path below the shared data, or empty if it is absent.
[[nodiscard]] inline std::string shared_file(const std::string& name) {
  const char* directory = std::getenv("WRIT_SHARED_DIR");
  const std::string path =
      (directory != nullptr ? std::string(directory) : std::string(WRIT_SOURCE_DIR "/../shared")) +
      "/" + name;
  struct stat status {};
  return stat(path.c_str(), &status) == 0 ? path : std::string();
}

/// The lines of a JSONL file, which may be compressed with gzip.
[[nodiscard]] inline std::vector<std::string> read_lines(const std::string& path) {
  std::string text;
  if (path.size() > 3 && path.substr(path.size() - 3) == ".gz") {
    FILE* pipe = popen(("gzip -dc '" + path + "'").c_str(), "r");
    if (pipe == nullptr) return {};
    char buffer[1 << 16];
    for (std::size_t size = 1; size > 0;) {
      size = fread(buffer, 1, sizeof buffer, pipe);
      text.append(buffer, size);
    }
    pclose(pipe);
  } else {
    std::ifstream file(path, std::ios::binary);
    text.assign(std::istreambuf_iterator<char>(file), {});
  }
  std::vector<std::string> lines;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    if (end > begin) lines.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return lines;
}

/// One line of a JSONL file, as nodes.
[[nodiscard]] inline detail::JsonTree read_object(std::string_view line) {
  detail::JsonOptions options;
  options.max_depth = 1000;
  return detail::JsonTree::parse(line, options).value();
}

/// A string member, or empty.
[[nodiscard]] inline std::string member_text(const detail::JsonTree& tree, std::string_view name) {
  const detail::JsonNode* node = tree.member(tree.root(), name);
  return node == nullptr ? std::string() : std::string(node->text);
}

/// The text of a member as it stands in the line.
[[nodiscard]] inline std::string member_source(const detail::JsonTree& tree, std::string_view line,
                                               std::string_view name) {
  const detail::JsonNode* node = tree.member(tree.root(), name);
  if (node == nullptr) return {};
  return std::string(line.substr(node->begin.offset, node->end.offset - node->begin.offset));
}

[[nodiscard]] inline std::string decode_base64(std::string_view text) {
  std::string bytes;
  unsigned bits = 0;
  unsigned count = 0;
  for (const char c : detail::base64_digits(text)) {
    bits = (bits << 6U) | static_cast<unsigned>(detail::base64_digit(c));
    count += 6;
    if (count < 8) continue;
    count -= 8;
    bytes += static_cast<char>((bits >> count) & 0xffU);
  }
  return bytes;
}

/// The kind of policy that `identity`, `resource` and so on name.
[[nodiscard]] inline PolicyType policy_type(std::string_view word) {
  for (int i = 0; i < kPolicyTypeCount; ++i) {
    if (to_string(static_cast<PolicyType>(i)) == word) return static_cast<PolicyType>(i);
  }
  std::abort();
}

}  // namespace writ::test
