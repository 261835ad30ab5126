#pragma once

#include <gyre/base/box.hpp>

#include <type_traits>
#include <utility>

namespace gyre {

template <class Signature>
class Callback;

/// A callable of any type with one signature, owned. Move-only, so it holds what is move-only too; calling an empty one
/// is a bug. (`std::function` wants copies, and its header costs every file that includes it.)
template <class R, class... Args>
class Callback<R(Args...)> {
 public:
  Callback() noexcept = default;

  template <class Function>
    requires(std::is_invocable_r_v<R, Function&, Args...> && !std::is_same_v<std::remove_cvref_t<Function>, Callback>)
  Callback(Function&& function)
      : callable_(make_box<Holder<std::decay_t<Function>>>(std::forward<Function>(function))) {}

  explicit operator bool() const noexcept { return callable_ != nullptr; }
  R operator()(Args... args) const { return callable_->call(std::forward<Args>(args)...); }

 private:
  struct Callable {
    virtual ~Callable() = default;
    virtual R call(Args... args) = 0;
  };
  template <class Function>
  struct Holder final : Callable {
    explicit Holder(Function&& given) : function(std::move(given)) {}
    explicit Holder(const Function& given) : function(given) {}
    R call(Args... args) override { return function(std::forward<Args>(args)...); }
    Function function;
  };

  Box<Callable> callable_;
};

}  // namespace gyre
