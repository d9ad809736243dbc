#include "template.h"

#include <algorithm>

namespace authz {

writ::Result<Template, std::string> Template::parse(std::string_view text) {
  constexpr std::string_view kHeader = "header:";
  Template result;
  while (!text.empty()) {
    const std::size_t brace = std::min(text.find_first_of("{}"), text.size());
    if (brace != 0) result.pieces_.push_back({Source::Text, std::string(text.substr(0, brace))});
    text.remove_prefix(brace);
    if (text.empty()) break;
    const std::size_t end = text.find('}');
    if (text.front() == '}' || end == std::string_view::npos) {
      return std::string("a brace without its partner: places are written `{path}`");
    }
    const std::string_view place = text.substr(1, end - 1);
    text.remove_prefix(end + 1);
    if (place.starts_with(kHeader) && place.size() > kHeader.size()) {
      result.pieces_.push_back({Source::Header, std::string(place.substr(kHeader.size()))});
    } else if (place == "method") {
      result.pieces_.push_back({Source::Method, {}});
    } else if (place == "path") {
      result.pieces_.push_back({Source::Path, {}});
    } else if (place == "rest") {
      result.pieces_.push_back({Source::Rest, {}});
    } else {
      return "unknown place `{" + std::string(place) +
             "}`: there are {header:NAME}, {method}, {path} and {rest}";
    }
  }
  return result;
}

Template::Filled Template::fill(const HttpQuestion& question, const RequestParts& parts,
                                bool structured, std::string& filled) const {
  for (const Piece& piece : pieces_) {
    switch (piece.source) {
      case Source::Text:
        filled += piece.text;
        break;
      case Source::Method:
        filled += parts.method;
        break;
      case Source::Path:
        filled += parts.path;
        break;
      case Source::Rest:
        filled += parts.rest;
        break;
      case Source::Header: {
        const Filled header = fill_header(question, piece, structured, filled);
        if (header != Filled::Done) return header;
        break;
      }
    }
  }
  return Filled::Done;
}

Template::Filled Template::fill_header(const HttpQuestion& question, const Piece& piece,
                                       bool structured, std::string& filled) const {
  const auto [value, count] = question.header(piece.text);
  if (count > 1) return Filled::Unusable;
  if (count == 0 || value.empty()) return Filled::Absent;
  const bool is_part = structured && pieces_.size() > 1;
  for (const char c : value) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte == 0x7f) return Filled::Unusable;
    if (is_part && (c == ':' || c == '/' || c == '*' || c == '?')) return Filled::Unusable;
  }
  filled += value;
  return Filled::Done;
}

}  // namespace authz
