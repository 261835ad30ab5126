#include <gyre/base/error.hpp>

#include <cerrno>
#include <cstring>

namespace gyre {

std::string_view name(Errc code) noexcept {
  switch (code) {
    case Errc::cancelled: return "cancelled";
    case Errc::timed_out: return "timed_out";
    case Errc::closed: return "closed";
    case Errc::connection_reset: return "connection_reset";
    case Errc::connection_refused: return "connection_refused";
    case Errc::address_in_use: return "address_in_use";
    case Errc::address_invalid: return "address_invalid";
    case Errc::permission_denied: return "permission_denied";
    case Errc::not_found: return "not_found";
    case Errc::too_many_descriptors: return "too_many_descriptors";
    case Errc::out_of_memory: return "out_of_memory";
    case Errc::limit_exceeded: return "limit_exceeded";
    case Errc::bad_message: return "bad_message";
    case Errc::unsupported: return "unsupported";
    case Errc::invalid_argument: return "invalid_argument";
    case Errc::broken_callback: return "broken_callback";
    case Errc::unexpected: return "unexpected";
  }
  return "unknown";
}

Error Error::from_errno(int number) noexcept {
  switch (number) {
    case ECANCELED: return {Errc::cancelled, number};
    case ETIME:
    case ETIMEDOUT: return {Errc::timed_out, number};
    case ENOTCONN:
    case ESHUTDOWN: return {Errc::closed, number};
    case EPIPE:
    case ECONNABORTED:
    case ECONNRESET: return {Errc::connection_reset, number};
    case ECONNREFUSED: return {Errc::connection_refused, number};
    case EADDRINUSE: return {Errc::address_in_use, number};
    case EADDRNOTAVAIL:
    case EAFNOSUPPORT: return {Errc::address_invalid, number};
    case EACCES:
    case EPERM: return {Errc::permission_denied, number};
    case ENOENT: return {Errc::not_found, number};
    case EMFILE:
    case ENFILE: return {Errc::too_many_descriptors, number};
    case ENOMEM:
    case ENOBUFS: return {Errc::out_of_memory, number};
    case ENOSYS:
    case EOPNOTSUPP: return {Errc::unsupported, number};
    case EINVAL:
    case EBADF: return {Errc::invalid_argument, number};
    default: return {Errc::unexpected, number};
  }
}

std::string Error::message() const {
  std::string text{name(code_)};
  if (system_ != 0) {
    char buffer[128];
    text += ": ";
    text += ::strerror_r(system_, buffer, sizeof buffer);
    text += " (" + std::to_string(system_) + ")";
  }
  return text;
}

Failure::Failure(Error error) : error_(error), text_(error.message()) {}

void detail::throw_error(Error error) {
  if (error == Errc::cancelled) throw Cancelled{};
  throw Failure{error};
}

}  // namespace gyre
