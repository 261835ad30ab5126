#pragma once

#include <gyre/compat/responder.hpp>
#include <gyre/web/json.hpp>

#include <exception>
#include <source_location>

namespace gyre {

/// `Responder::json` for a value of any type that gyre writes as JSON. On the calling thread; what writing throws is
/// the answer's failure.
template <class T>
void send_json(const Responder& responder, const T& value,
               std::source_location where = std::source_location::current()) noexcept {
  try {
    responder.json(to_json(value), where);
  } catch (...) {
    responder.fail(std::current_exception(), where);
  }
}

}  // namespace gyre
