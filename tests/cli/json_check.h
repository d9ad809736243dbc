// Is a text JSON, and what does it look like when printed in one way?
#pragma once

#include <rapidjson/document.h>
#include <rapidjson/prettywriter.h>
#include <rapidjson/stringbuffer.h>

#include <string>
#include <string_view>

namespace writ::testing {

[[nodiscard]] inline rapidjson::Document parsed_json(std::string_view text) {
  rapidjson::Document document;
  document.Parse<rapidjson::kParseValidateEncodingFlag | rapidjson::kParseFullPrecisionFlag>(
      text.data(), text.size());
  return document;
}

[[nodiscard]] inline bool is_json(std::string_view text) {
  return !parsed_json(text).HasParseError();
}

// Members keep their order, so two texts are equal afterwards only when they are equal but for
// white space and escapes.
[[nodiscard]] inline std::string pretty_json(std::string_view text) {
  const rapidjson::Document document = parsed_json(text);
  if (document.HasParseError()) return "not JSON: " + std::string(text);
  rapidjson::StringBuffer buffer;
  rapidjson::PrettyWriter<rapidjson::StringBuffer> writer(buffer);
  writer.SetIndent(' ', 2);
  document.Accept(writer);
  return buffer.GetString();
}

}  // namespace writ::testing
