#include <gyre/base/error.hpp>

#include <catch2/catch.hpp>

#include <cerrno>
#include <type_traits>

using gyre::Errc;
using gyre::Error;

TEST_CASE("errno values map to the code that callers decide on", "[base][error]") {
  CHECK(Error::from_errno(ECANCELED) == Errc::cancelled);
  CHECK(Error::from_errno(ETIME) == Errc::timed_out);
  CHECK(Error::from_errno(EPIPE) == Errc::connection_reset);
  CHECK(Error::from_errno(ECONNREFUSED) == Errc::connection_refused);
  CHECK(Error::from_errno(ENFILE) == Errc::too_many_descriptors);
  CHECK(Error::from_errno(ENOSYS) == Errc::unsupported);
}

TEST_CASE("an unknown errno is unexpected and keeps its number", "[base][error]") {
  const Error error = Error::from_errno(EXDEV);
  CHECK(error == Errc::unexpected);
  CHECK(error.system() == EXDEV);
}

TEST_CASE("an error equals a code, whatever the system said", "[base][error]") {
  CHECK(Error{Errc::closed, ENOTCONN} == Errc::closed);
  CHECK(Error{Errc::closed, ESHUTDOWN} == Errc::closed);
  CHECK_FALSE(Error{Errc::closed} == Errc::cancelled);
}

TEST_CASE("every code has a name of its own", "[base][error]") {
  const int last = static_cast<int>(Errc::unexpected);
  for (int left = 1; left <= last; ++left) {
    const auto text = gyre::name(static_cast<Errc>(left));
    CHECK(text != "unknown");
    for (int right = 1; right < left; ++right) CHECK(text != gyre::name(static_cast<Errc>(right)));
  }
  CHECK(gyre::name(static_cast<Errc>(last + 1)) == "unknown");
}

TEST_CASE("a message names the code, and the system's text and number if there is one", "[base][error]") {
  CHECK(Error{Errc::timed_out}.message() == "timed_out");
  const std::string message = Error::from_errno(ECONNREFUSED).message();
  CHECK(message == "connection_refused: Connection refused (" + std::to_string(ECONNREFUSED) + ")");
}

TEST_CASE("a failure is a std::exception with the error's message, a cancellation is none", "[base][error]") {
  const gyre::Failure failure{Error::from_errno(ENOENT)};
  CHECK(std::string{failure.what()} == failure.error().message());
  STATIC_REQUIRE_FALSE(std::is_base_of_v<std::exception, gyre::Cancelled>);
}
