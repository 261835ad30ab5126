#pragma once

#include <gyre/web/extract.hpp>
#include <gyre/wire/cookie.hpp>

#include <cstddef>
#include <iterator>
#include <optional>
#include <string_view>

namespace gyre {

/// The cookies of a request, for a handler to take by value:
///
///     app.get("/", [](gyre::Cookies cookies) { return std::string{cookies.get("theme").value_or("light")}; });
///
/// They are what the client says, and come from whoever could set one. `wire::Cookies` tells which pairs are skipped;
/// no more than `wire::CookieLimits` are looked at. Never rejected: without a Cookie field there are none. Nothing is
/// copied and nothing is decoded; all views are valid until the answer is out.
class Cookies {
 public:
  struct Cookie {
    std::string_view name;  ///< Case-sensitive.
    std::string_view value;
  };

  explicit Cookies(const Request& request) noexcept : head_(&request.head()) {}
  static Extracted<Cookies> extract(Request& request) noexcept { return Cookies{request}; }

  /// The value of the first cookie of that name: the one with the longest path, as user agents send them (RFC
  /// 6265 5.4).
  std::optional<std::string_view> get(std::string_view name) const noexcept;

  class Iterator {
   public:
    using value_type = Cookie;
    using difference_type = std::ptrdiff_t;

    explicit Iterator(const wire::RequestHead& head) noexcept : head_(&head) { ++*this; }
    Cookie operator*() const noexcept { return {pairs_.name(), pairs_.value()}; }
    Iterator& operator++() noexcept;
    void operator++(int) noexcept { ++*this; }
    bool operator==(std::default_sentinel_t) const noexcept { return head_ == nullptr; }

   private:
    const wire::RequestHead* head_;  // nullptr behind the last one
    std::size_t next_field_ = 0;
    std::size_t left_ = wire::CookieLimits{}.cookies;
    wire::Cookies pairs_{{}};
  };
  /// All of them in the order of the request: `for (auto [name, value] : cookies)`. Names may stand twice.
  Iterator begin() const noexcept { return Iterator{*head_}; }
  std::default_sentinel_t end() const noexcept { return {}; }

 private:
  const wire::RequestHead* head_;
};

}  // namespace gyre
