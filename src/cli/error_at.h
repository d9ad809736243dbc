// A mistake in what the tool reads that is no matter of a policy's rules.
#pragma once

#include <string>
#include <utility>

#include "writ/error.h"

namespace writ::cli {

[[nodiscard]] inline PolicyError error_at(ErrorCode code, Position position, std::string message) {
  PolicyError error;
  error.code = code;
  error.position = position;
  error.message = std::move(message);
  return error;
}

}  // namespace writ::cli
