#pragma once

#include <cstddef>

namespace gyre::compat::httplib {

namespace detail {
template <class...>
inline constexpr bool covered = false;
}

/// Not there: this is the server half. A client needs cpp-httplib itself, which can be used beside gyre.
class ClientImpl {
 public:
  template <class... Arguments>
  explicit ClientImpl(const Arguments&...) {
    static_assert(detail::covered<Arguments...>,
                  "gyre: gyre::compat::httplib has the server half of cpp-httplib only: for httplib::Client include "
                  "<httplib.h> in that file");
  }
};

/// See `ClientImpl`.
class Client : public ClientImpl {
 public:
  using ClientImpl::ClientImpl;
};

/// See `ClientImpl`.
class SSLClient : public ClientImpl {
 public:
  using ClientImpl::ClientImpl;
};

}  // namespace gyre::compat::httplib
