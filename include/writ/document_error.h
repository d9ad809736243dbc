// DocumentError: what is wrong with one of many documents.
#pragma once

#include <string>

#include "writ/config.h"
#include "writ/error.h"

namespace writ::inline v0 {

/// Why a document among many is refused. Value type; owns its strings.
struct DocumentError {
  std::string document;  ///< its name, or the path of its file
  PolicyError error;     ///< what is wrong with it

  /// `identity/read.json:3:14: INVALID_EFFECT: ...`
  [[nodiscard]] std::string to_string() const {
    return document + ':' + (error.position.line == 0 ? " " : "") + error.to_string();
  }
};

}  // namespace writ::inline v0
