#pragma once

#include <gyre/base/box.hpp>
#include <gyre/http/service.hpp>
#include <gyre/web/detail/signature.hpp>

#include <exception>
#include <optional>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>

namespace gyre::detail {

/// A handler that belongs to a route.
class Endpoint : public RequestHandler {
 public:
  using RequestHandler::RequestHandler;

  /// The route's pattern; for messages only.
  std::string_view pattern() const noexcept { return pattern_; }
  /// How many of its placeholders are not the handler's: those in front of where its router is mounted.
  unsigned foreign_placeholders() const noexcept { return foreign_placeholders_; }
  void set_pattern(std::string_view pattern, unsigned foreign_placeholders) noexcept {
    pattern_ = pattern;
    foreign_placeholders_ = foreign_placeholders;
  }

 private:
  std::string_view pattern_;
  unsigned foreign_placeholders_ = 0;
};

/// The answer to a request that cannot be served as it is, in the way of where it was found: see `render_problems`.
Response problem_for(Request& request, Status status, std::string_view detail, std::string_view members = {});
inline Response problem_for(Request& request, const Rejection& rejection) {
  return problem_for(request, rejection.status, rejection.detail, rejection.members);
}

/// Tells the error hook of the router in which a request was found, without changing the answer.
void report_failure(Request& request, const std::exception_ptr& failure) noexcept;

/// Answers at once. Behind middleware it is wrapped into a coroutine, which first waits for the body.
class PlainEndpoint : public Endpoint {
 public:
  explicit PlainEndpoint(BodyUse body_use, Views views) noexcept : Endpoint(Kind::plain, body_use, views) {}
  Task<Response> start(Request& request) final;
};

/// Answers through a task.
class TaskEndpoint : public Endpoint {
 public:
  explicit TaskEndpoint(BodyUse body_use) noexcept : Endpoint(Kind::coroutine, body_use) {}
  Response call(Request& request) final;
  /// Waits for the body, if the handler wants it collected and it is still on its way.
  Task<Response> start(Request& request) final;

 protected:
  /// The handler's own task.
  virtual Task<Response> begin(Request& request) = 0;

 private:
  static Task<Response> begin_with_body(TaskEndpoint* endpoint, Request* request);
};

/// A task that only answers, and one that only throws.
Task<Response> answering_task(Response response);
Task<Response> failing_task(std::exception_ptr failure);

/// `respond`, but that nothing is a 404 in the way of where the request was found.
template <class Answer>
Response answer_to(Request& request, Answer&& answer) {
  if constexpr (is_optional<std::remove_cvref_t<Answer>>) {
    if (!answer) return problem_for(request, Status::not_found, {});
  }
  return respond(std::forward<Answer>(answer));
}

// g++ 12 warns of the frame's linkage where a user's type is in an anonymous namespace, which harms nobody.
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wsubobject-linkage"
#endif
template <class Answer>
Task<Response> convert(Request* request, Task<Answer> task) {
  Answer answer = co_await std::move(task);
  co_return answer_to(*request, std::move(answer));
}
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic pop
#endif

/// Where one parameter of a handler waits for those behind it.
template <class A>
class Slot {
 public:
  bool fill(Request& request, std::string_view, unsigned, Rejection& rejection) {
    auto value = Extract<A>::extract(request);
    if (!value) {
      rejection = value.rejection();
      return false;
    }
    value_.emplace(*std::move(value));
    return true;
  }
  A&& take() noexcept { return *std::move(value_); }

 private:
  std::optional<A> value_;
};

template <class T, ParameterName name>
class Slot<Path<T, name>> {
 public:
  bool fill(Request& request, std::string_view pattern, unsigned index, Rejection& rejection) {
    auto value = read_parameter<T>(request, pattern, index);
    if (!value) {
      rejection = value.rejection();
      return false;
    }
    value_.emplace(*std::move(value));
    return true;
  }
  Path<T, name>&& take() noexcept { return *std::move(value_); }

 private:
  std::optional<Path<T, name>> value_;
};

/// The handler looks at the rejection itself.
template <class T>
class Slot<Extracted<T>> {
 public:
  bool fill(Request& request, [[maybe_unused]] std::string_view pattern, [[maybe_unused]] unsigned index, Rejection&) {
    if constexpr (PathTraits<T>::is_path) {
      Slot<T> slot;
      Rejection rejection;
      if (slot.fill(request, pattern, index, rejection)) {
        value_.emplace(slot.take());
      } else {
        value_.emplace(rejection);
      }
    } else {
      value_.emplace(Extract<T>::extract(request));
    }
    return true;
  }
  Extracted<T>&& take() noexcept { return *std::move(value_); }

 private:
  std::optional<Extracted<T>> value_;
};

template <class A>
  requires is_request<A&>
class Slot<A&> {
 public:
  bool fill(Request& request, std::string_view, unsigned, Rejection&) noexcept {
    request_ = &request;
    return true;
  }
  A& take() noexcept { return *request_; }

 private:
  Request* request_ = nullptr;
};

/// A handler's parameters: read from the request from left to right until one is rejected.
template <class... A>
class Arguments {
 public:
  bool fill(Request& request, const Endpoint& endpoint, Rejection& rejection) {
    return fill(request, endpoint.pattern(), endpoint.foreign_placeholders(), rejection,
                std::index_sequence_for<A...>{});
  }

  template <class F>
  decltype(auto) apply(const F& function) {
    return std::apply([&](auto&... slot) -> decltype(auto) { return function(slot.take()...); }, slots_);
  }

 private:
  template <std::size_t... Place>
  bool fill([[maybe_unused]] Request& request, [[maybe_unused]] std::string_view pattern,
            [[maybe_unused]] unsigned placeholder, [[maybe_unused]] Rejection& rejection,
            std::index_sequence<Place...>) {
    return (true && ... &&
            std::get<Place>(slots_).fill(request, pattern, PathTraits<A>::is_path ? placeholder++ : 0U, rejection));
  }

  std::tuple<Slot<A>...> slots_;
};

/// What handlers with these parameters want to become of the body.
template <class... A>
inline constexpr RequestHandler::BodyUse body_use_of =
    (false || ... || (takes_body_of<A>() == TakesBody::stream)) ? RequestHandler::BodyUse::streamed
                                                                : RequestHandler::BodyUse::collected;

/// Whether a handler's result can become a stream, which looks at the request again. A type of one's own can.
template <class R>
inline constexpr bool may_stream = true;
template <class R>
  requires std::same_as<R, Status> || std::convertible_to<R, std::string_view>
inline constexpr bool may_stream<R> = HasToResponse<R>;
template <class R>
inline constexpr bool may_stream<std::optional<R>> = may_stream<R>;
template <class R>
inline constexpr bool may_stream<Result<R>> = may_stream<R>;
template <class R>
inline constexpr bool may_stream<std::pair<Status, R>> = may_stream<R>;

/// Whether a parameter can show the handler bytes of the request: not a number out of the path.
template <class A>
inline constexpr bool shows_bytes = true;
template <class T, ParameterName name>
inline constexpr bool shows_bytes<Path<T, name>> = !HasExpectation<T>;
template <class X>
inline constexpr bool shows_bytes<std::optional<X>> = shows_bytes<X>;

template <class R, class... A>
inline constexpr RequestHandler::Views views_of =
    may_stream<std::remove_cvref_t<R>> && (false || ... || shows_bytes<A>) ? RequestHandler::Views::kept
                                                                           : RequestHandler::Views::none;

/// What an extractor has to make before the first request.
template <class A>
void prepare_parameter() {
  if constexpr (is_extracted<A>) {
    prepare_parameter<typename A::value_type>();
  } else if constexpr (requires { Extract<A>::prepare(); }) {
    Extract<A>::prepare();
  }
}

template <class F, class Signature>
class FunctionEndpoint;

template <class F, class R, class... A>
class FunctionEndpoint<F, R(A...)> final : public PlainEndpoint {
 public:
  template <class Function>
  explicit FunctionEndpoint(Function&& function)
      : PlainEndpoint(body_use_of<A...>, views_of<R, A...>), function_(std::forward<Function>(function)) {
    (prepare_parameter<A>(), ...);
  }

  Response call(Request& request) override {
    Arguments<A...> arguments;
    Rejection rejection;
    if (!arguments.fill(request, *this, rejection)) return problem_for(request, rejection);
    return answer_to(request, arguments.apply(function_));
  }

 private:
  const F function_;
};

template <class F, class R, class... A>
class FunctionEndpoint<F, Task<R>(A...)> final : public TaskEndpoint {
 public:
  template <class Function>
  explicit FunctionEndpoint(Function&& function)
      : TaskEndpoint(body_use_of<A...>), function_(std::forward<Function>(function)) {
    (prepare_parameter<A>(), ...);
  }

 protected:
  Task<Response> begin(Request& request) override {
    try {
      Arguments<A...> arguments;
      Rejection rejection;
      if (!arguments.fill(request, *this, rejection)) {
        return answering_task(problem_for(request, rejection));
      }
      if constexpr (std::same_as<R, Response>) {
        return arguments.apply(function_);
      } else {
        return convert(&request, arguments.apply(function_));
      }
    } catch (...) {
      return failing_task(std::current_exception());
    }
  }

 private:
  const F function_;
};

/// Owns a handler behind the interface that the server calls. Whether it can be used is `HandlerCheck`'s business.
template <class F>
Box<Endpoint> make_endpoint(F&& function) {
  using Stored = std::decay_t<F>;
  if constexpr (HandlerCheck<Stored>::value) {
    using Signature = typename SignatureOf<Stored>::type;
    return make_box<FunctionEndpoint<Stored, Signature>>(std::forward<F>(function));
  } else {
    return nullptr;
  }
}

}  // namespace gyre::detail
