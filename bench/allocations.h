// Counts operator new of the whole benchmark program.
#pragma once

#include <cstddef>

namespace writ::bench {

/// Calls of operator new so far, of all threads.
[[nodiscard]] std::size_t allocations() noexcept;

}  // namespace writ::bench
