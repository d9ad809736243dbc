// Counting `operator new` in the decision tests: allocation_test.cc replaces it.
#pragma once

#include <atomic>
#include <cstddef>

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define WRIT_COUNTS_ALLOCATIONS 0
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define WRIT_COUNTS_ALLOCATIONS 0
#endif
#endif
#if !defined(WRIT_COUNTS_ALLOCATIONS)
#define WRIT_COUNTS_ALLOCATIONS 1  // 0: the sanitizer has replaced operator new itself
#endif

namespace writ::test {
/// Calls of `operator new` so far; stays 0 when they are not counted.
extern std::atomic<std::size_t> allocation_count;
}  // namespace writ::test
