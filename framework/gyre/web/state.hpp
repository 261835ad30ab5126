#pragma once

#include <gyre/web/detail/type_number.hpp>
#include <gyre/web/handler.hpp>

#include <stdexcept>
#include <string>

namespace gyre {
namespace detail {

/// Throws a `std::logic_error`: an extractor or a middleware asked for what nobody checked at the start.
[[noreturn]] void value_missing(const Need& need);

/// What the router that found the request has without a loop; nullptr if none did.
const LoopValues* values_without_server(const Request& request) noexcept;

/// A parameter that gives a `T` out of the request's `LoopValues`.
template <class Parameter, class T>
class Held {
 public:
  T& operator*() const noexcept { return *value_; }
  T* operator->() const noexcept { return value_; }

  /// The same, for a middleware or an extractor. Throws `std::logic_error` if there is none.
  static Parameter of(const Request& request) {
    const LoopValues* values = request.values() == nullptr ? values_without_server(request) : request.values();
    void* value = values == nullptr ? nullptr : values->find(type_number<Parameter>());
    if (value == nullptr) value_missing(need_of<Parameter>);
    return Parameter{*static_cast<T*>(value)};
  }
  static Extracted<Parameter> extract(Request& request) { return of(request); }

 protected:
  explicit Held(T& value) noexcept : value_(&value) {}

 private:
  T* value_;
};

}  // namespace detail

/// What `Router::state` was given, as a parameter of a handler: the same object for all requests on all loops, so it
/// must be fit to be used by several threads at once. A route that takes one which nobody has added is a `SetupError`
/// at the start.
///
///     app.state(Database{"orders.db"});
///     app.get("/orders", [](gyre::State<Database> database) { return database->titles(); });
template <class T>
class State : public detail::Held<State<T>, T> {
 public:
  explicit State(T& value) noexcept : detail::Held<State<T>, T>(value) {}
};

/// What `Router::loop_state` made on the loop of the request: no other thread uses it, so it needs no lock. Other
/// requests of the loop may, at every `co_await`. As `State`, else.
template <class T>
class LoopState : public detail::Held<LoopState<T>, T> {
 public:
  explicit LoopState(T& value) noexcept : detail::Held<LoopState<T>, T>(value) {}
};

namespace detail {

template <class T>
inline constexpr Need need_of<State<T>>{&type_number<State<T>>, type_name<State<T>>(), "state(...)"};
template <class T>
inline constexpr Need need_of<LoopState<T>>{&type_number<LoopState<T>>, type_name<LoopState<T>>(), "loop_state(...)"};

template <class T>
inline constexpr bool shows_bytes<State<T>> = false;
template <class T>
inline constexpr bool shows_bytes<LoopState<T>> = false;

}  // namespace detail
}  // namespace gyre
