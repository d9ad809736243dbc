// Skimming JSON: where the members of an object and the elements of an array begin and end, without
// decoding them.
//
// A case file holds policy documents inside a line. A mistake in a document (a lone surrogate, a
// member given twice, a thousand nested arrays) is that document's mistake and has to reach
// parse_policy as it was written, while the line around it is still a line. So the line is skimmed
// first: its grammar is checked (RFC 8259, without recursion), but nothing is decoded.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "writ/error.h"
#include "writ/result.h"

namespace writ::cli {

/// A value as it is written, and its byte offset in the text that was skimmed.
struct JsonSlice {
  std::string_view text;
  std::size_t offset = 0;
};

struct JsonMember {
  JsonSlice name;  ///< with its quotes
  JsonSlice value;
};

/// The members of the object that is the whole of `text`. Errors: `JsonSyntaxError` when the text
/// is not one JSON value, `InvalidCase` when that is no object. O(size).
[[nodiscard]] Result<std::vector<JsonMember>> skim_object(std::string_view text);

/// The elements of an array; `array` is a slice that skim_object or skim_array returned, and
/// begins with `[`. O(size).
[[nodiscard]] std::vector<JsonSlice> skim_array(JsonSlice array);

/// Line and column of a byte. O(offset): for messages, not for loops.
[[nodiscard]] Position position_at(std::string_view text, std::size_t offset);

}  // namespace writ::cli
