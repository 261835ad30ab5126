#pragma once

#include <gyre/base/type_name.hpp>
#include <gyre/coro/task.hpp>
#include <gyre/web/detail/pattern_grammar.hpp>
#include <gyre/web/extract.hpp>
#include <gyre/web/respond.hpp>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <type_traits>

namespace gyre::detail {

template <class Member>
struct MemberSignature {};
template <class C, class R, class... A>
struct MemberSignature<R (C::*)(A...)> : std::type_identity<R(A...)> {};
template <class C, class R, class... A>
struct MemberSignature<R (C::*)(A...) const> : std::type_identity<R(A...)> {};
template <class C, class R, class... A>
struct MemberSignature<R (C::*)(A...) noexcept> : std::type_identity<R(A...)> {};
template <class C, class R, class... A>
struct MemberSignature<R (C::*)(A...) const noexcept> : std::type_identity<R(A...)> {};

/// `R(A...)` of a function or of a function object whose call operator is neither overloaded nor a template.
template <class F>
struct SignatureOf {};
template <class F>
  requires requires { &F::operator(); }
struct SignatureOf<F> : MemberSignature<decltype(&F::operator())> {};
template <class R, class... A>
struct SignatureOf<R (*)(A...)> : std::type_identity<R(A...)> {};
template <class R, class... A>
struct SignatureOf<R (*)(A...) noexcept> : std::type_identity<R(A...)> {};

template <class F>
concept HasSignature = requires { typename SignatureOf<F>::type; };

template <class T>
inline constexpr bool is_task = false;
template <class T>
inline constexpr bool is_task<Task<T>> = true;

/// What a handler's result comes to in the end.
template <class R>
struct AnswerOf : std::type_identity<R> {};
template <class R>
struct AnswerOf<Task<R>> : std::type_identity<R> {};

/// A type with a grammar of its own, so that not every text is one: numbers, bool.
template <class T>
concept HasExpectation = requires { FromSegment<T>::expected; };

template <class T>
consteval std::string_view segment_type_name() {
  if constexpr (std::same_as<T, std::string> || std::same_as<T, std::string_view>) {
    return "string";
  } else {
    return type_name<T>();
  }
}

/// Whether a parameter is a placeholder's value, and which.
template <class A>
struct PathTraits {
  static constexpr bool is_path = false;
};
template <class T, ParameterName name>
struct PathTraits<Path<T, name>> {
  static constexpr bool is_path = true;
  static constexpr PathParameter parameter{name.view(), !HasExpectation<T>, segment_type_name<T>()};
};
template <class T, ParameterName name>
struct PathTraits<Extracted<Path<T, name>>> : PathTraits<Path<T, name>> {};

template <class A>
inline constexpr bool is_request = std::same_as<A, Request&> || std::same_as<A, const Request&>;
template <class A>
inline constexpr bool is_extracted = false;
template <class T>
inline constexpr bool is_extracted<Extracted<T>> = PathTraits<T>::is_path || Extractor<T>;

template <class A>
consteval bool is_handler_parameter() {
  if constexpr (is_request<A>) {
    return true;
  } else if constexpr (std::is_reference_v<A>) {
    return false;
  } else {
    return PathTraits<A>::is_path || is_extracted<A> || Extractor<A>;
  }
}

template <class... A>
struct PathParametersOf {
  static constexpr std::size_t count = (std::size_t{0} + ... + (PathTraits<A>::is_path ? 1 : 0));
  struct List {
    PathParameter at[count + 1]{};
    consteval List() {
      [[maybe_unused]] std::size_t next = 0;
      (add<A>(next), ...);
    }
    template <class Parameter>
    consteval void add(std::size_t& next) {
      if constexpr (PathTraits<Parameter>::is_path) at[next++] = PathTraits<Parameter>::parameter;
    }
  };
  static constexpr List list{};
  static constexpr PathParameters value{list.at, count, (false || ... || is_request<A>)};
};

/// Something that the application must have been given before a handler can be called.
struct Need {
  std::uint32_t (*number)() = nullptr;  ///< In the `LoopValues`.
  std::string_view parameter;           ///< "State<Database>".
  std::string_view remedy;              ///< "app.state(...)".
};

/// What a parameter needs: specialised where there is such a thing.
template <class A>
inline constexpr Need need_of{};

/// All that is known of a handler besides what it does.
struct HandlerFacts {
  PathParameters path;
  const Need* needs = nullptr;  ///< `need_count` of them; those without a number are none.
  std::size_t need_count = 0;
};

template <class... A>
struct HandlerFactsOf {
  static constexpr Need needs[sizeof...(A) + 1]{need_of<A>...};
  static constexpr HandlerFacts value{PathParametersOf<A...>::value, needs, sizeof...(A)};
};

/// The parameters of a handler that take the body.
template <class... Takers>
struct TakesBodyOnce {
  static constexpr bool value = true;
};
template <class First, class Second, class... More>
struct TakesBodyOnce<First, Second, More...> {
  static constexpr bool value = false;
  static_assert(sizeof(First) == 0,
                "gyre: a handler can take the body once, but two of its parameters take it: those that stand in "
                "TakesBodyOnce<...>");
};

template <class... A>
struct TypeList {};

template <class Takers, class... A>
struct BodyTakers;
template <class... Takers>
struct BodyTakers<TypeList<Takers...>> : TakesBodyOnce<Takers...> {};
template <class... Takers, class First, class... Rest>
struct BodyTakers<TypeList<Takers...>, First, Rest...>
    : std::conditional_t<takes_body_of<First>() == TakesBody::no, BodyTakers<TypeList<Takers...>, Rest...>,
                         BodyTakers<TypeList<Takers..., First>, Rest...>> {};

/// Whether at most one of a handler's parameters takes the body.
template <bool parameters, class... A>
inline constexpr bool takes_body_once = true;
template <class... A>
inline constexpr bool takes_body_once<true, A...> = BodyTakers<TypeList<>, A...>::value;

/// Says in words what is wrong with a handler. `value` tells whether it can be used.
template <class F>
struct HandlerCheck {
  static constexpr bool value = false;
  static constexpr PathParameters path_parameters{nullptr, 0, true};
  static constexpr HandlerFacts facts{path_parameters};
  static_assert(HasSignature<F>,
                "gyre: the handler's parameters cannot be inspected: a generic lambda (auto) or an overloaded call "
                "operator must take gyre::Request& instead");
};

template <class Signature, class F>
struct SignatureCheck;
template <class R, class... A, class F>
struct SignatureCheck<R(A...), F> {
  static constexpr bool parameters = (true && ... && is_handler_parameter<A>());
  static constexpr bool callable = std::is_invocable_v<const F&, A...>;
  static constexpr bool answers = Respondable<typename AnswerOf<R>::type>;
  static constexpr bool value = parameters && callable && answers && takes_body_once<parameters, A...>;
  static constexpr PathParameters path_parameters = PathParametersOf<A...>::value;
  static constexpr HandlerFacts facts = HandlerFactsOf<A...>::value;

  static_assert(parameters,
                "gyre: a handler takes gyre::Request&, const gyre::Request&, and by value gyre::Path<T> or a type with "
                "a static extract(gyre::Request&)");
  static_assert(callable || !parameters,
                "gyre: every loop calls the handler at once, so it must be callable as const: no mutable lambda");
  static_assert(answers,
                "gyre: a handler returns text, a gyre::Status, a gyre::Response or a type with to_response, or a "
                "gyre::Task of it; void is none of them (return gyre::Status::no_content)");
};

template <HasSignature F>
struct HandlerCheck<F> : SignatureCheck<typename SignatureOf<F>::type, F> {};

}  // namespace gyre::detail
