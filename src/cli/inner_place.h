// A place in a text that stands inside of another text.
#pragma once

#include "writ/error.h"

namespace writ::cli {

/// Where `inner`, a place in a text, is in the whole, if the text begins at `begin`. `Place` has
/// offset, line and column; no place (line 0) is where the text begins.
template <class Place>
[[nodiscard]] Place place_inside(Place begin, const Position& inner) noexcept {
  if (inner.line == 0) return begin;
  begin.column = inner.line == 1 ? begin.column + inner.column - 1 : inner.column;
  begin.line += inner.line - 1;
  begin.offset += inner.offset;
  return begin;
}

}  // namespace writ::cli
