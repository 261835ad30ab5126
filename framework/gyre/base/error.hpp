#pragma once

#include <cstdint>
#include <exception>
#include <string>
#include <string_view>

namespace gyre {

/// What went wrong, in the vocabulary that callers decide on. The operating system's number, where there is one,
/// stands beside it in `Error`.
enum class Errc : std::uint8_t {
  cancelled = 1,         ///< The scope was cancelled before the operation had a result.
  timed_out,             ///< A time limit of the call itself passed (see `within`).
  closed,                ///< The peer closed its side, or the object was closed locally.
  connection_reset,      ///< The peer reset the connection (RST), or the pipe broke.
  connection_refused,    ///< Nobody listens there.
  address_in_use,        ///< The address is taken.
  address_invalid,       ///< The text is no address, or the address does not exist here.
  permission_denied,     ///< The operating system refuses.
  not_found,             ///< No such file or object.
  too_many_descriptors,  ///< EMFILE or ENFILE.
  out_of_memory,         ///< The kernel is out of memory or buffers.
  limit_exceeded,        ///< A named limit of gyre was reached.
  bad_message,           ///< The bytes break the protocol's grammar.
  unsupported,           ///< This kernel, backend or build cannot do it.
  invalid_argument,      ///< The call itself is wrong.
  broken_callback,       ///< All copies of a completion callback died uncalled.
  unexpected,            ///< Anything else: see `Error::system()`.
};

/// The name of the enumerator: "cancelled", "timed_out", ...
std::string_view name(Errc code) noexcept;

/// A failure as a value: a code to decide on and the system's errno (0 if none) to report.
class Error {
 public:
  constexpr Error(Errc code, int system = 0) noexcept : code_(code), system_(system) {}

  /// Maps an errno value (positive) to the code that callers decide on.
  static Error from_errno(int number) noexcept;

  constexpr Errc code() const noexcept { return code_; }
  constexpr int system() const noexcept { return system_; }

  /// "connection_refused: Connection refused (111)" or just the code's name.
  std::string message() const;

  friend constexpr bool operator==(Error left, Errc right) noexcept { return left.code_ == right; }

 private:
  Errc code_;
  int system_;
};

/// The exception that `Result::value()` throws for every error but `Errc::cancelled`.
class Failure : public std::exception {
 public:
  explicit Failure(Error error);
  const char* what() const noexcept override { return text_.c_str(); }
  Error error() const noexcept { return error_; }

 private:
  Error error_;
  std::string text_;
};

/// Unwinds a cancelled task. Not a `std::exception`, so that `catch (const std::exception&)` in a handler does not
/// swallow it. Catch it only to rethrow it; a task that swallows it meets it again at its next await.
struct Cancelled {};

namespace detail {
[[noreturn]] void throw_error(Error error);
}  // namespace detail

}  // namespace gyre
