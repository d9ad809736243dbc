// Result: a value or the reason why there is none. The carrier of every fallible operation.
#pragma once

#include <cstdlib>
#include <utility>
#include <variant>

#include "writ/config.h"
#include "writ/error.h"

namespace writ::inline v0 {

/// A `T`, or an `E` that says why there is none. Names follow `std::expected`; unlike it, reading
/// the wrong side aborts in every build, because an authorization library fails closed.
/// Thread-safety: as for the value it holds.
template <class T, class E = PolicyError>
class [[nodiscard]] Result {
 public:
  using value_type = T;  ///< what it holds on success
  using error_type = E;  ///< what it holds otherwise

  /// Success.
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}  // NOLINT: implicit
  /// Makes the value in its place.
  template <class... Args>
  explicit Result(std::in_place_t, Args&&... args)
      : state_(std::in_place_index<0>, std::forward<Args>(args)...) {}
  /// Failure.
  Result(E error) : state_(std::in_place_index<1>, std::move(error)) {}  // NOLINT: implicit

  /// Whether there is a value.
  [[nodiscard]] bool has_value() const noexcept { return state_.index() == 0; }
  /// Whether there is a value.
  explicit operator bool() const noexcept { return has_value(); }

  /// The value. Aborts when there is none.
  [[nodiscard]] const T& value() const& WRIT_LIFETIME_BOUND { return *checked(); }
  /// The value. Aborts when there is none.
  [[nodiscard]] T& value() & WRIT_LIFETIME_BOUND { return *const_cast<T*>(checked()); }
  /// The value, to be moved from. Aborts when there is none.
  [[nodiscard]] T&& value() && WRIT_LIFETIME_BOUND { return std::move(*const_cast<T*>(checked())); }

  /// The value. Aborts when there is none.
  [[nodiscard]] const T& operator*() const& WRIT_LIFETIME_BOUND { return value(); }
  /// The value. Aborts when there is none.
  [[nodiscard]] T& operator*() & WRIT_LIFETIME_BOUND { return value(); }
  /// The value, to be moved from. Aborts when there is none.
  [[nodiscard]] T&& operator*() && WRIT_LIFETIME_BOUND { return std::move(*this).value(); }
  /// The value. Aborts when there is none.
  [[nodiscard]] const T* operator->() const WRIT_LIFETIME_BOUND { return checked(); }
  /// The value. Aborts when there is none.
  [[nodiscard]] T* operator->() WRIT_LIFETIME_BOUND { return const_cast<T*>(checked()); }

  /// The error. Aborts when there is a value.
  [[nodiscard]] const E& error() const& WRIT_LIFETIME_BOUND {
    const E* error = std::get_if<1>(&state_);
    if (error == nullptr) std::abort();
    return *error;
  }
  /// The error, to be moved from. Aborts when there is a value.
  [[nodiscard]] E&& error() && WRIT_LIFETIME_BOUND {
    E* error = std::get_if<1>(&state_);
    if (error == nullptr) std::abort();
    return std::move(*error);
  }

 private:
  [[nodiscard]] const T* checked() const {
    const T* value = std::get_if<0>(&state_);
    if (value == nullptr) std::abort();
    return value;
  }

  std::variant<T, E> state_;
};

}  // namespace writ::inline v0
