#include "cli/compiled_files.h"

#include <utility>

#include "cli/files.h"
#include "writ/parse.h"

namespace writ::cli {

std::optional<std::vector<PolicyDocument>> parse_files(std::span<const std::string_view> paths,
                                                       PolicyType type, Console& console,
                                                       const Command& command) {
  std::vector<PolicyDocument> documents;
  documents.reserve(paths.size());
  for (const std::string_view path : paths) {
    const Result<std::string, Problem> text = read_file(console, path);
    if (!text) {
      console.print_error("writ {}: {}\n", command.name, text.error().text);
      return std::nullopt;
    }
    Result<PolicyDocument> document = parse_policy(*text, type);
    if (!document) {
      console.print_error("{}:{}\n", display_name(path), document.error().to_string());
      return std::nullopt;
    }
    documents.push_back(std::move(document).value());
  }
  return documents;
}

std::optional<PolicySet> compile_files(std::span<const std::string_view> paths, PolicyType type,
                                       Console& console, const Command& command) {
  const std::optional<std::vector<PolicyDocument>> documents =
      parse_files(paths, type, console, command);
  if (!documents) return std::nullopt;
  PolicySetBuilder builder(type);
  for (std::size_t i = 0; i < paths.size(); ++i) {
    builder.attach(display_name(paths[i]), (*documents)[i]);
  }
  Result<PolicySet> set = builder.build();
  if (!set) {
    console.print_error("writ {}: {}\n", command.name, set.error().to_string());
    return std::nullopt;
  }
  return std::move(set).value();
}

}  // namespace writ::cli
