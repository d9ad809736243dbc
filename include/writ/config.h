// Version and every macro of the library. Nothing here changes a layout or a signature.
#pragma once

// The one place where the version lives; CMakeLists.txt reads it from here.
#define WRIT_VERSION_MAJOR 0
#define WRIT_VERSION_MINOR 1
#define WRIT_VERSION_PATCH 0

// Marks what a shared library shows; all else in it is hidden. Set by the build of a shared library
// only: whoever links one needs no mark.
#if defined(WRIT_BUILDS_SHARED_LIBRARY)
#define WRIT_API __attribute__((visibility("default")))
#else
#define WRIT_API
#endif

// Marks the definitions in impl/*-inl.h. In the compiled library they are ordinary functions that
// src/*.cc instantiates once; with WRIT_HEADER_ONLY (set by the CMake target writ::header_only)
// they become inline and each public header appends its -inl.h file.
#if defined(WRIT_HEADER_ONLY)
#define WRIT_FUNC inline
#else
#define WRIT_FUNC WRIT_API
#endif

// Marks a function whose result must not outlive the annotated argument.
#if defined(__clang__)
#define WRIT_LIFETIME_BOUND [[clang::lifetimebound]]
#else
#define WRIT_LIFETIME_BOUND
#endif

// For small functions of the hot path that compilers call otherwise, because they have many
// callers.
#if defined(__GNUC__)
#define WRIT_ALWAYS_INLINE inline __attribute__((always_inline))
#else
#define WRIT_ALWAYS_INLINE inline
#endif

// A broken precondition of the caller. Checked in debug builds only; whatever must fail closed in
// every build (Result::value() on an error) aborts on its own.
#if defined(NDEBUG)
#define WRIT_ASSERT(condition) static_cast<void>(0)
#else
#define WRIT_ASSERT(condition) ((condition) ? static_cast<void>(0) : __builtin_trap())
#endif
