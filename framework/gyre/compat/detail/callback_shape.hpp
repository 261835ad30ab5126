#pragma once

#include <gyre/compat/next_callback.hpp>
#include <gyre/compat/reply.hpp>
#include <gyre/compat/request_copy.hpp>
#include <gyre/compat/responder.hpp>
#include <gyre/web/detail/signature.hpp>

#include <concepts>
#include <cstdint>
#include <type_traits>
#include <utility>

namespace gyre::detail {

/// What a parameter of a callback function is for.
enum class CallbackRole : std::uint8_t { none, request, reply, responder, next, response };

/// A reply for what calls it from within, so that the place of the call says nothing.
class UnplacedReply {
 public:
  explicit UnplacedReply(Reply reply) noexcept : reply_(std::move(reply)) {}
  void operator()(Response response) const noexcept { reply_(std::move(response), std::source_location{}); }

 private:
  Reply reply_;
};

/// The same of a `NextCallback`.
class UnplacedNext {
 public:
  explicit UnplacedNext(NextCallback next) noexcept : next_(std::move(next)) {}
  void operator()() const noexcept { next_(std::source_location{}); }

 private:
  NextCallback next_;
};

/// A parameter that a temporary can be given to.
template <class A>
inline constexpr bool takes_temporary = !std::is_lvalue_reference_v<A> || std::is_const_v<std::remove_reference_t<A>>;

/// `std::function<void(Response)>` and the like.
template <class A>
inline constexpr bool is_reply_function = false;
template <class A>
  requires(takes_temporary<A> && !std::same_as<std::remove_cvref_t<A>, Reply> &&
           !std::same_as<std::remove_cvref_t<A>, Response> && std::is_class_v<std::remove_cvref_t<A>>)
inline constexpr bool is_reply_function<A> = std::is_constructible_v<std::remove_cvref_t<A>, UnplacedReply> &&
                                             std::is_invocable_r_v<void, const std::remove_cvref_t<A>&, Response>;

/// `std::function<void()>` and the like, in the place of a `NextCallback`.
template <class A>
inline constexpr bool is_next_function = false;
template <class A>
  requires(takes_temporary<A> && !std::same_as<std::remove_cvref_t<A>, NextCallback> &&
           std::is_class_v<std::remove_cvref_t<A>>)
inline constexpr bool is_next_function<A> = std::is_constructible_v<std::remove_cvref_t<A>, UnplacedNext> &&
                                            std::is_invocable_r_v<void, const std::remove_cvref_t<A>&> &&
                                            !std::is_invocable_v<const std::remove_cvref_t<A>&, Response>;

/// A parameter of a callback function: its role, and how it is made.
template <class A>
struct CallbackParameter {
  static constexpr CallbackRole role = CallbackRole::none;
};
template <>
struct CallbackParameter<const Request&> {
  static constexpr CallbackRole role = CallbackRole::request;
  static const Request& make(Request& request, ReplyState&) noexcept { return request; }
};
template <class A>
  requires(takes_temporary<A> && std::same_as<std::remove_cvref_t<A>, Reply>)
struct CallbackParameter<A> {
  static constexpr CallbackRole role = CallbackRole::reply;
  static Reply make(Request&, ReplyState& state) noexcept { return Reply{state}; }
};
template <class A>
  requires is_reply_function<A>
struct CallbackParameter<A> {
  static constexpr CallbackRole role = CallbackRole::reply;
  static std::remove_cvref_t<A> make(Request&, ReplyState& state) {
    return std::remove_cvref_t<A>{UnplacedReply{Reply{state}}};
  }
};

template <class A>
  requires(takes_temporary<A> && std::same_as<std::remove_cvref_t<A>, RequestCopy>)
struct CallbackParameter<A> {
  static constexpr CallbackRole role = CallbackRole::request;
  static RequestCopy make(Request& request, ReplyState&) { return RequestCopy{request}; }
};
template <class A>
  requires(std::same_as<std::remove_cvref_t<A>, Responder>)
struct CallbackParameter<A> {
  static constexpr CallbackRole role = CallbackRole::responder;
  static Responder make(Request&, ReplyState& state) noexcept { return Responder{Reply{state}}; }
};
template <class A>
  requires(takes_temporary<A> && std::same_as<std::remove_cvref_t<A>, NextCallback>)
struct CallbackParameter<A> {
  static constexpr CallbackRole role = CallbackRole::next;
  static NextCallback make(Request&, ReplyState& state) noexcept { return NextCallback{Reply{state}}; }
};
template <class A>
  requires is_next_function<A>
struct CallbackParameter<A> {
  static constexpr CallbackRole role = CallbackRole::next;
  static std::remove_cvref_t<A> make(Request&, ReplyState& state) {
    return std::remove_cvref_t<A>{UnplacedNext{NextCallback{Reply{state}}}};
  }
};
template <>
struct CallbackParameter<Response&> {
  static constexpr CallbackRole role = CallbackRole::response;
};

/// What is called with what.
enum class CallbackShape : std::uint8_t {
  none,
  reply,           ///< (request, reply)
  responder,       ///< (request, responder)
  responder_next,  ///< (request, responder, next)
  reply_next,      ///< (request, reply, next)
  blocking,        ///< (request, response)
};

template <CallbackRole... roles>
consteval CallbackShape shape_of_roles() {
  using enum CallbackRole;
  constexpr CallbackRole list[]{roles..., none, none};
  if constexpr (sizeof...(roles) == 2 && list[0] == request) {
    if (list[1] == reply) return CallbackShape::reply;
    if (list[1] == responder) return CallbackShape::responder;
    if (list[1] == response) return CallbackShape::blocking;
  } else if constexpr (sizeof...(roles) == 3 && list[0] == request && list[2] == next) {
    if (list[1] == responder) return CallbackShape::responder_next;
    if (list[1] == reply) return CallbackShape::reply_next;
  }
  return CallbackShape::none;
}

/// A function with these parameters.
template <class Signature>
struct CallbackSignature;
template <class R, class... A>
struct CallbackSignature<R(A...)> {
  static constexpr CallbackShape shape = shape_of_roles<CallbackParameter<A>::role...>();
  static constexpr bool returns_nothing = std::is_void_v<R>;
  /// The request is to be copied for it.
  static constexpr bool takes_copy = (false || ... || std::same_as<std::remove_cvref_t<A>, RequestCopy>);
  template <class F>
  static constexpr bool callable = std::is_invocable_v<const F&, A...>;

  /// On the loop.
  template <class F>
  static void call(const F& function, Request& request, ReplyState& state) {
    call_with(function, CallbackParameter<A>::make(request, state)...);
  }

 private:
  // What was made lives until the function has returned, and is an lvalue for those that take one.
  template <class F, class... Made>
  static void call_with(const F& function, Made&&... made) {
    function(static_cast<A&&>(made)...);
  }
};

/// Whether a function can be used for what has one of those shapes. Who uses it says in words what is wrong.
template <class F, CallbackShape... accepted>
struct CallbackTraits {
  static constexpr CallbackShape shape = CallbackShape::none;
  static constexpr bool inspectable = false;
  static constexpr bool known = true;
  static constexpr bool returns_nothing = true;
  static constexpr bool callable = true;
  static constexpr bool value = false;
};
template <HasSignature F, CallbackShape... accepted>
struct CallbackTraits<F, accepted...> {
  using Signature = CallbackSignature<typename SignatureOf<F>::type>;
  static constexpr CallbackShape shape = Signature::shape;
  static constexpr bool inspectable = true;
  static constexpr bool known = (false || ... || (shape == accepted));
  static constexpr bool returns_nothing = Signature::returns_nothing || !known;
  static constexpr bool callable = Signature::template callable<F> || !known;
  static constexpr bool value = known && returns_nothing && callable;
};

}  // namespace gyre::detail
