// writ compile: policy documents to an image.
#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <vector>

#include "cli/commands.h"
#include "cli/compiled_files.h"
#include "cli/files.h"
#include "cli/json_output.h"
#include "cli/question_options.h"
#include "writ/image.h"

namespace writ::cli {
namespace {

constexpr Option kOptions[] = {
    {"-o", "FILE", Arity::One, "the image to write", OptionUse::Output},
    kIdentityOption,
    {"--resource-policy", "FILE", Arity::One, "a resource's policy"},
    {"--trust-policy", "FILE", Arity::One, "instead: a role's trust policy"},
    kBoundaryOption,
    kSessionOption,
    kServiceControlOption,
    kResourceControlOption,
    kEndpointOption,
    kKindOption,
};

/// Gathers the sets; a problem is reported where it is met.
class SetCompiler {
 public:
  explicit SetCompiler(Console& console) : console_(console) {}

  /// One set of all the files. No files: the layer is present and empty (E-1).
  [[nodiscard]] bool add(PolicyType type, std::span<const std::string_view> paths,
                         std::optional<std::uint32_t> level = std::nullopt) {
    ImageEntry entry;
    entry.name = to_string(type);
    if (level) entry.name += fmt::format(" {}", *level);
    entry.type = type;
    entry.level = level.value_or(0);
    if (!paths.empty()) {
      std::optional<PolicySet> set = compile_files(paths, type, console_, kCompileCommand);
      if (!set) return false;
      entry.set = *std::move(set);
    }
    entries_.push_back(std::move(entry));
    return true;
  }

  [[nodiscard]] std::span<const ImageEntry> entries() const noexcept { return entries_; }

 private:
  Console& console_;
  std::vector<ImageEntry> entries_;
};

int run_compile(const Arguments& arguments, Console& console) {
  const std::optional<std::string_view> out = arguments.value("-o");
  if (!out) return fail(console, kCompileCommand, "option `-o` is missing: -o FILE");
  if (*out == "-") {
    return fail(console, kCompileCommand, "an image is a file; name one instead of `-`");
  }
  const std::optional<PolicyType> kind = policy_kind(arguments, console, kCompileCommand);
  if (!kind) return kExitBadInput;
  if (arguments.has("--kind") && arguments.operands().empty()) {
    return fail(console, kCompileCommand,
                "`--kind` is of files without an option, and there are none; leave it out");
  }
  SetCompiler sets(console);
  const auto add_levels = [&](std::string_view option, PolicyType type) {
    std::uint32_t level = 0;
    return std::ranges::all_of(arguments.values(option), [&](std::string_view paths) {
      return sets.add(type, split_list(paths), level++);
    });
  };
  const auto add_files = [&](std::string_view option, PolicyType type) {
    return !arguments.has(option) || sets.add(type, arguments.values(option));
  };
  const bool added = add_levels("--scp", PolicyType::ServiceControl) &&
                     add_levels("--rcp", PolicyType::ResourceControl) &&
                     add_files("--resource-policy", PolicyType::ResourceBased) &&
                     add_files("--trust-policy", PolicyType::RoleTrust) &&
                     add_files("--identity", PolicyType::IdentityBased) &&
                     add_files("--boundary", PolicyType::PermissionsBoundary) &&
                     add_files("--session", PolicyType::Session) &&
                     add_files("--endpoint", PolicyType::VpcEndpoint) &&
                     (arguments.operands().empty() || sets.add(*kind, arguments.operands()));
  if (!added) return kExitBadInput;
  if (sets.entries().empty()) {
    return fail(console, kCompileCommand, "no policies are given");
  }
  const Result<std::uint64_t> size = write_image(std::string(*out), sets.entries());
  if (!size) {
    console.print_error("writ compile: {}\n", size.error().to_string());
    return kExitBadInput;
  }
  if (arguments.json()) {
    JsonLine json;
    json.begin_object();
    json.member("image", *out);
    json.member("sets", static_cast<std::uint64_t>(sets.entries().size()));
    json.member("bytes", *size);
    json.end_object();
    console.print("{}\n", json.text());
    return kExitYes;
  }
  console.print("{}: {} set{}, {} bytes\n", *out, sets.entries().size(),
                sets.entries().size() == 1 ? "" : "s", *size);
  return kExitYes;
}

}  // namespace

constinit const Command kCompileCommand = {
    .name = "compile",
    .operands = "[FILE...]",
    .summary = "compile policy documents to an image that opens in no time",
    .details =
        R"(Compiles documents to sets, one for each kind and level, and writes them as one image: a file
that programs map and share (docs/images.md). Files without an option become a set of --kind,
identity by default. The file appears when it is complete; an image that programs have open stays
as it is.)",
    .exit_codes = "0 written, 2 a file cannot be read or is no policy, the image cannot be written",
    .options = kOptions,
    .min_operands = 0,
    .max_operands = static_cast<std::size_t>(-1),
    .run = &run_compile,
};

}  // namespace writ::cli
