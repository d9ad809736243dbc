#include "cli/portal_policies.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <vector>

#include "cli/files.h"

namespace writ::cli {
namespace {

constexpr std::string_view kRoles = "portal/roles/";
constexpr std::string_view kManaged = "partner-central/managed/";

struct NamedText {
  std::string path;
  std::string text;
};

/// `x` of `portal/roles/x.json`.
std::string stem(std::string_view path) {
  path.remove_prefix(path.rfind('/') + 1);
  return std::string(path.substr(0, path.rfind('.')));
}

Result<std::vector<NamedText>, Problem> read_directory(Console& console,
                                                       std::string_view directory) {
  std::vector<std::string> paths = {"portal/base.json", "portal/guardrails.json",
                                    "portal/menu.json",
                                    "partner-central/iam-role-mapping-trust-policy.json"};
  for (const std::string_view folder : {kRoles, kManaged}) {
    std::error_code error;
    const std::filesystem::path where = std::filesystem::path(directory) / folder;
    for (std::filesystem::directory_iterator entry(where, error), end; !error && entry != end;
         entry.increment(error)) {
      if (entry->path().extension() != ".json") continue;
      paths.push_back(std::string(folder) + entry->path().filename().string());
    }
    if (error && folder == kRoles) {
      return Problem{fmt::format("cannot read `{}`: {}", where.string(), error.message())};
    }
  }
  std::ranges::sort(paths);
  std::vector<NamedText> files;
  for (std::string& path : paths) {
    Result<std::string, Problem> text = read_file(console, fmt::format("{}/{}", directory, path));
    if (!text) return std::move(text).error();
    files.push_back({std::move(path), *std::move(text)});
  }
  return files;
}

}  // namespace

Result<PortalTexts, Problem> load_portal_texts(Console& console,
                                               std::optional<std::string_view> directory) {
  std::vector<NamedText> files;
  if (directory) {
    Result<std::vector<NamedText>, Problem> read = read_directory(console, *directory);
    if (!read) return std::move(read).error();
    files = *std::move(read);
  } else {
    for (const PolicyFile& file : policy_files()) {
      files.push_back({std::string(file.path), std::string(file.text)});
    }
  }
  PortalTexts texts;
  for (NamedText& file : files) {
    if (file.path == "portal/base.json") {
      texts.policies.base = std::move(file.text);
    } else if (file.path == "portal/guardrails.json") {
      texts.policies.guardrails = std::move(file.text);
    } else if (file.path == "portal/menu.json") {
      texts.menu = std::move(file.text);
    } else if (file.path.starts_with(kRoles)) {
      texts.policies.roles.push_back({stem(file.path), std::move(file.text)});
    } else if (file.path.starts_with(kManaged)) {
      texts.policies.managed.push_back({stem(file.path), std::move(file.text)});
    } else {
      texts.policies.service_trust = std::move(file.text);
    }
  }
  return texts;
}

std::vector<PortalDocument> portal_documents(portal::PolicyTexts& texts,
                                             std::optional<std::string_view> directory) {
  std::vector<PortalDocument> documents;
  const auto add = [&](std::string name, std::string& text) {
    std::string path = fmt::format("{}/portal/{}.json", directory.value_or("policies"), name);
    documents.push_back({std::move(name), std::move(path), &text});
  };
  add("base", texts.base);
  add("guardrails", texts.guardrails);
  for (portal::NamedDocument& role : texts.roles) add("roles/" + role.name, role.text);
  return documents;
}

}  // namespace writ::cli
