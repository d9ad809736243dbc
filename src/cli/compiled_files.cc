#include "cli/compiled_files.h"

#include <utility>
#include <vector>

#include "cli/files.h"
#include "writ/parse.h"

namespace writ::cli {

std::optional<PolicySet> compile_files(std::span<const std::string_view> paths, PolicyType type,
                                       Console& console, const Command& command) {
  std::vector<PolicyDocument> documents;
  documents.reserve(paths.size());
  PolicySetBuilder builder(type);
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
    builder.attach(display_name(path), documents.back());
  }
  Result<PolicySet> set = builder.build();
  if (!set) {
    console.print_error("writ {}: {}\n", command.name, set.error().to_string());
    return std::nullopt;
  }
  return std::move(set).value();
}

}  // namespace writ::cli
