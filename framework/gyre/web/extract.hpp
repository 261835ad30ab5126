#pragma once

#include <gyre/base/assert.hpp>
#include <gyre/base/bytes.hpp>
#include <gyre/base/result.hpp>
#include <gyre/http/body.hpp>
#include <gyre/http/request.hpp>
#include <gyre/http/response.hpp>
#include <gyre/web/detail/parameter_value.hpp>
#include <gyre/wire/target.hpp>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace gyre {

/// Why a request cannot be served as it is: what an extractor gives in the place of a value.
struct Rejection {
  Status status = Status::bad_request;
  /// For the client. Lives as long as the request: a literal, or in its arena.
  std::string_view detail = {};
  /// Further members of the problem, as JSON: `"errors":[...]`. Lives as long as the request.
  std::string_view members = {};
};

/// A rejection as an answer: an RFC 9457 problem.
inline Response to_response(const Rejection& rejection) {
  return Response::problem(rejection.status, rejection.detail, rejection.members);
}

/// What an extractor returns: a value, or the rejection.
///
/// As a handler's parameter it lets the handler look at the rejection instead of leaving it to the framework.
template <class T>
class [[nodiscard]] Extracted {
 public:
  using value_type = T;

  template <class U = T>
    requires(std::is_constructible_v<T, U &&> && !std::same_as<std::remove_cvref_t<U>, Extracted> &&
             !std::same_as<std::remove_cvref_t<U>, Rejection>)
  Extracted(U&& value) : value_(std::forward<U>(value)) {}
  Extracted(Rejection rejection) noexcept : rejection_(rejection) {}

  explicit operator bool() const noexcept { return value_.has_value(); }
  bool has_value() const noexcept { return value_.has_value(); }

  T& operator*() & noexcept {
    GYRE_ASSERT(value_.has_value());
    return *value_;
  }
  const T& operator*() const& noexcept {
    GYRE_ASSERT(value_.has_value());
    return *value_;
  }
  T&& operator*() && noexcept {
    GYRE_ASSERT(value_.has_value());
    return *std::move(value_);
  }
  T* operator->() noexcept { return &**this; }
  const T* operator->() const noexcept { return &**this; }

  /// Only where there is no value.
  const Rejection& rejection() const noexcept {
    GYRE_ASSERT(!value_.has_value());
    return rejection_;
  }

 private:
  std::optional<T> value_;
  Rejection rejection_;
};

/// What an extractor takes of the request's body: `static constexpr gyre::TakesBody takes_body` of it. A handler can
/// have one parameter that takes the body, or it does not compile.
enum class TakesBody : std::uint8_t {
  no,
  whole,   ///< It looks at `Request::body()`: the handler waits until all of it is there.
  stream,  ///< It reads the body through a `Body`: the handler is started as soon as the head is there.
};

/// How a handler's parameter of type `T` comes from the request. For a type of your own, write
///
///     struct User {
///       static gyre::Extracted<User> extract(gyre::Request& request);
///     };
///
/// and take it by value. For a type that you cannot change, specialise `Extract` with the same function. `extract` runs
/// before the handler, in the order of the parameters; the first rejection is the answer. What it throws is the
/// handler's exception. Views into the request stay valid until the answer is out.
///
/// Either may also have
///
/// - `static constexpr gyre::TakesBody takes_body`, without which it takes nothing of the body;
/// - `static bool is_present(const gyre::Request& request)`, which makes `std::optional` of the type an extractor, too.
///
/// A specialisation may have a `static void prepare()`, which is called when a route with such a parameter is
/// registered.
template <class T>
struct Extract {
  static Extracted<T> extract(Request& request)
    requires requires {
      { T::extract(request) } -> std::convertible_to<Extracted<T>>;
    }
  {
    return T::extract(request);
  }
};

/// The body as a stream: a handler that takes one is started as soon as the head is there.
template <>
struct Extract<Body> {
  static constexpr TakesBody takes_body = TakesBody::stream;
  static Extracted<Body> extract(Request& request) noexcept { return Body{request}; }
};

/// The whole body as it is, whatever its media type: a view that is valid until the answer is out.
template <>
struct Extract<Bytes> {
  static constexpr TakesBody takes_body = TakesBody::whole;
  static Extracted<Bytes> extract(Request& request) noexcept { return as_bytes(request.body()); }
};

namespace detail {

template <class A>
inline constexpr bool is_extracted_type = false;
template <class T>
inline constexpr bool is_extracted_type<Extracted<T>> = true;

/// What a handler's parameter takes of the body.
template <class A>
consteval TakesBody takes_body_of() {
  if constexpr (std::is_reference_v<A>) {
    return TakesBody::no;
  } else if constexpr (is_extracted_type<A>) {
    return takes_body_of<typename A::value_type>();
  } else if constexpr (requires { Extract<A>::takes_body; }) {
    return Extract<A>::takes_body;
  } else if constexpr (requires { A::takes_body; }) {
    return A::takes_body;
  } else {
    return TakesBody::no;
  }
}

/// An extractor that knows whether what it wants was sent at all.
template <class X>
concept HasPresence = requires(const Request& request) {
  { Extract<X>::is_present(request) } -> std::same_as<bool>;
} || requires(const Request& request) {
  { X::is_present(request) } -> std::same_as<bool>;
};

template <HasPresence X>
bool is_present(const Request& request) {
  if constexpr (requires { Extract<X>::is_present(request); }) {
    return Extract<X>::is_present(request);
  } else {
    return X::is_present(request);
  }
}

/// Whether there is a body, or its type at least.
inline bool announces_body(const Request& request) noexcept {
  return request.head().has(FieldId::content_type) || request.head().has_body() || !request.body().empty();
}

}  // namespace detail

/// What may be absent: nothing if it was not sent. What was sent and is wrong is rejected all the same.
template <class X>
struct Extract<std::optional<X>> {
  static_assert(detail::HasPresence<X>,
                "gyre: a parameter std::optional<X> needs an X that can be absent, such as gyre::Header; give an X of "
                "your own a static bool is_present(const gyre::Request&)");

  static constexpr TakesBody takes_body = detail::takes_body_of<X>();

  static Extracted<std::optional<X>> extract(Request& request) {
    if (!detail::is_present<X>(request)) return std::optional<X>{};
    auto value = Extract<X>::extract(request);
    if (!value) return value.rejection();
    return std::optional<X>{*std::move(value)};
  }

  static void prepare()
    requires requires { Extract<X>::prepare(); }
  {
    Extract<X>::prepare();
  }
};

/// A type that a handler can take by value (beside `Path`, which needs its place in the pattern).
template <class T>
concept Extractor = std::move_constructible<T> && requires(Request& request) {
  { Extract<T>::extract(request) } -> std::same_as<Extracted<T>>;
};

namespace detail {

/// What to tell the client that a path parameter should have been.
struct Expectation {
  enum class Kind : std::uint8_t { other, integer, number, boolean };
  Kind kind = Kind::other;
  std::int64_t smallest = 0;
  std::uint64_t largest = 0;
};

/// "must be an integer from 0 to 255"
std::string describe(const Expectation& expected);

/// 400, "path parameter "id" must be an integer from 0 to 255"; `index` counts the pattern's placeholders.
Rejection bad_parameter(Request& request, std::string_view pattern, unsigned index, const Expectation& expected);

/// The whole text as a finite decimal number.
std::optional<double> parse_double(std::string_view text) noexcept;
std::optional<float> parse_float(std::string_view text) noexcept;

}  // namespace detail

/// How a path segment, percent-decoded, is read as a `T`. Known are std::string_view (a view into the request),
/// std::string, every integer type, float, double and bool ("true" or "false"). For a type of your own, write
///
///     struct Slug {
///       static std::optional<Slug> from_segment(std::string_view text);
///     };
///
/// returning `std::optional<Slug>` or `gyre::Result<Slug>` (nothing, or an error: 400), or `gyre::Extracted<Slug>`
/// (your own status and text). For a type that you cannot change, specialise `FromSegment` with a static function
/// `read`.
template <class T>
struct FromSegment {
  static auto read(std::string_view text)
    requires requires { T::from_segment(text); }
  {
    return T::from_segment(text);
  }
};

template <>
struct FromSegment<std::string_view> {
  static std::optional<std::string_view> read(std::string_view text) noexcept { return text; }
};

template <>
struct FromSegment<std::string> {
  static std::optional<std::string> read(std::string_view text) { return std::string{text}; }
};

template <wire::Number T>
struct FromSegment<T> {
  static constexpr detail::Expectation expected{detail::Expectation::Kind::integer,
                                                static_cast<std::int64_t>(std::numeric_limits<T>::min()),
                                                static_cast<std::uint64_t>(std::numeric_limits<T>::max())};
  static Result<T> read(std::string_view text) noexcept { return wire::parse_integer<T>(text); }
};

template <>
struct FromSegment<double> {
  static constexpr detail::Expectation expected{detail::Expectation::Kind::number};
  static std::optional<double> read(std::string_view text) noexcept { return detail::parse_double(text); }
};

template <>
struct FromSegment<float> {
  static constexpr detail::Expectation expected{detail::Expectation::Kind::number};
  static std::optional<float> read(std::string_view text) noexcept { return detail::parse_float(text); }
};

template <>
struct FromSegment<bool> {
  static constexpr detail::Expectation expected{detail::Expectation::Kind::boolean};
  static std::optional<bool> read(std::string_view text) noexcept {
    return text == "true" ? std::optional{true} : text == "false" ? std::optional{false} : std::nullopt;
  }
};

/// A type that a path segment can be read as.
template <class T>
concept SegmentValue = std::move_constructible<T> && requires(std::string_view text) {
  static_cast<bool>(FromSegment<T>::read(text));
  { *FromSegment<T>::read(text) } -> std::convertible_to<T>;
};

/// A name as a template argument: `Path<int, "id">`.
template <std::size_t size>
struct ParameterName {
  char text[size]{};

  consteval ParameterName(const char (&name)[size]) {
    for (std::size_t i = 0; i < size; ++i) text[i] = name[i];
  }
  constexpr std::string_view view() const noexcept { return {text, size - 1}; }
};

/// The value of one placeholder of the pattern: the first `Path` of a handler belongs to the first placeholder, and so
/// on. With a name, `Path<int, "id">`, the placeholder in its place must have that name, or it does not compile.
///
/// A segment that cannot be read as `T` is answered with 400 and a problem that names the parameter: the route is
/// right, what the client put into it is not. (404 would hide the client's mistake; who wants it returns
/// `Rejection{Status::not_found}` from the type's `from_segment`.)
template <class T, ParameterName name = "">
class Path : public detail::ParameterValue<T> {
  static_assert(SegmentValue<T>, "gyre: Path<T>: no path segment can be read as T; give T a static from_segment");

 public:
  using detail::ParameterValue<T>::ParameterValue;
};

namespace detail {

/// Reads the placeholder at `index`; `pattern` is for the message.
template <class T>
Extracted<T> read_parameter(Request& request, std::string_view pattern, unsigned index) {
  auto value = FromSegment<T>::read(request.parameter(index));
  if (static_cast<bool>(value)) return T(*std::move(value));
  if constexpr (requires { value.rejection(); }) {
    return value.rejection();
  } else if constexpr (requires { FromSegment<T>::expected; }) {
    return bad_parameter(request, pattern, index, FromSegment<T>::expected);
  } else {
    return bad_parameter(request, pattern, index, Expectation{});
  }
}

}  // namespace detail
}  // namespace gyre
