// writ image: what is in an image, and whether it is sound.
#include <fmt/format.h>

#include <string>

#include "cli/commands.h"
#include "cli/json_output.h"
#include "writ/image.h"

namespace writ::cli {
namespace {

constexpr Option kOptions[] = {
    {"--dump", "NAME", Arity::One, "print the program of one of its sets"},
};

void write_json(Console& console, std::string_view path, const PolicyImage& image) {
  JsonLine json;
  json.begin_object();
  json.member("image", path);
  json.member("bytes", image.size_bytes());
  json.member("checksum", fmt::format("{:016x}", image.checksum()));
  json.key("sets");
  json.begin_array();
  for (const ImageEntry& entry : image.entries()) {
    json.begin_object();
    json.member("name", entry.name);
    json.member("kind", to_string(entry.type));
    json.member("level", entry.level);
    json.member("documents", entry.set.document_count());
    json.member("statements", entry.set.statement_count());
    json.member("bytes", static_cast<std::uint64_t>(entry.set.size_bytes()));
    json.end_object();
  }
  json.end_array();
  json.end_object();
  console.print("{}\n", json.text());
}

int run_image(const Arguments& arguments, Console& console) {
  const std::string path(arguments.operands().front());
  // Verified whatever the record says: that is what one asks for.
  ImageOptions options;
  options.record = ImageOptions::Record::None;
  const Result<PolicyImage> image = PolicyImage::open(path, options);
  if (!image) {
    console.print_error("writ image: {}\n", image.error().to_string());
    return image.error().code == ErrorCode::ImageCorrupt ? kExitNo : kExitBadInput;
  }
  if (const std::optional<std::string_view> name = arguments.value("--dump")) {
    const PolicySet* set = image->find(*name);
    if (set == nullptr) {
      return fail(console, kImageCommand, fmt::format("the image has no set `{}`", *name));
    }
    console.write(set->dump());
    return kExitYes;
  }
  if (arguments.json()) {
    write_json(console, path, *image);
    return kExitYes;
  }
  console.print("{}: {} bytes, checksum {:016x}, verified\n", path, image->size_bytes(),
                image->checksum());
  for (const ImageEntry& entry : image->entries()) {
    if (entry.set.program() == nullptr) {
      console.print("  {}: {}, present without policies\n", entry.name, to_string(entry.type));
    } else {
      console.print("  {}: {}, {} documents, {} statements, {} bytes\n", entry.name,
                    to_string(entry.type), entry.set.document_count(), entry.set.statement_count(),
                    entry.set.size_bytes());
    }
  }
  return kExitYes;
}

}  // namespace

constinit const Command kImageCommand = {
    .name = "image",
    .operands = "FILE",
    .summary = "verify an image of `writ compile` and list its sets",
    .details =
        R"(Checks the whole image, from the checksum to the last reference, whether or not it has been
verified before, and prints its sets.)",
    .exit_codes = "0 sound, 1 damaged, 2 it cannot be read or is no image of this version",
    .options = kOptions,
    .min_operands = 1,
    .max_operands = 1,
    .run = &run_image,
};

}  // namespace writ::cli
