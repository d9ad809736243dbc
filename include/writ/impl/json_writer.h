// Not API, may change in any release. RapidJSON's writers on a stack without undefined behaviour.
#pragma once

#include <rapidjson/prettywriter.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include "writ/impl/json_stack.h"

namespace writ::inline v0 {
namespace detail {

using JsonBuffer = rapidjson::GenericStringBuffer<rapidjson::UTF8<>, JsonStackAllocator>;
using JsonWriter =
    rapidjson::Writer<JsonBuffer, rapidjson::UTF8<>, rapidjson::UTF8<>, JsonStackAllocator>;
using PrettyJsonWriter =
    rapidjson::PrettyWriter<JsonBuffer, rapidjson::UTF8<>, rapidjson::UTF8<>, JsonStackAllocator>;

}  // namespace detail
}  // namespace writ::inline v0
