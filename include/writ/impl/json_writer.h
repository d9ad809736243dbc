// Not API, may change in any release. RapidJSON's writers on a stack without undefined behaviour,
// and the calls that all who write JSON make.
#pragma once

#include <rapidjson/prettywriter.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <string>
#include <string_view>

#include "writ/impl/json_stack.h"
#include "writ/impl/utf8.h"

namespace writ::inline v0 {
namespace detail {

using JsonBuffer = rapidjson::GenericStringBuffer<rapidjson::UTF8<>, JsonStackAllocator>;
using JsonWriter =
    rapidjson::Writer<JsonBuffer, rapidjson::UTF8<>, rapidjson::UTF8<>, JsonStackAllocator>;
using PrettyJsonWriter =
    rapidjson::PrettyWriter<JsonBuffer, rapidjson::UTF8<>, rapidjson::UTF8<>, JsonStackAllocator>;

/// Writes the name of a member, which is UTF-8.
template <class Writer>
void write_key(Writer& writer, std::string_view name) {
  writer.Key(name.data(), static_cast<rapidjson::SizeType>(name.size()));
}
/// Writes a string of any bytes: those that are not UTF-8 become U+FFFD.
template <class Writer>
void write_string(Writer& writer, std::string_view text) {
  const std::string valid = as_utf8(text);
  writer.String(valid.data(), static_cast<rapidjson::SizeType>(valid.size()));
}

}  // namespace detail
}  // namespace writ::inline v0
