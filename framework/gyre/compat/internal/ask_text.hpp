#pragma once

#include <gyre/compat/callback_service.hpp>

#include <string>
#include <string_view>

namespace gyre::compat {

/// The head of `request` as HTTP/1.1 has it (RFC 9112), for the parser. `valid` says whether each part is what it says
/// it is: a text with a line break in it would be read as more fields.
struct AskText {
  std::string head;
  bool valid = true;
};
AskText ask_text(const ServiceRequest& request, std::string_view host);

/// The lines of `Response::fields`, one by one.
void append_fields(std::vector<ServiceField>& to, std::string_view lines);

}  // namespace gyre::compat
