#pragma once

#include <cstddef>
#include <cstdint>

// What a program of cpp-httplib may define before it includes the header. Those that are not here have no effect.

#ifndef CPPHTTPLIB_VERSION
#define CPPHTTPLIB_VERSION "0.11.4"
#endif
#ifndef CPPHTTPLIB_KEEPALIVE_TIMEOUT_SECOND
#define CPPHTTPLIB_KEEPALIVE_TIMEOUT_SECOND 5
#endif
#ifndef CPPHTTPLIB_KEEPALIVE_MAX_COUNT
#define CPPHTTPLIB_KEEPALIVE_MAX_COUNT 5
#endif
#ifndef CPPHTTPLIB_READ_TIMEOUT_SECOND
#define CPPHTTPLIB_READ_TIMEOUT_SECOND 5
#endif
#ifndef CPPHTTPLIB_READ_TIMEOUT_USECOND
#define CPPHTTPLIB_READ_TIMEOUT_USECOND 0
#endif
#ifndef CPPHTTPLIB_WRITE_TIMEOUT_SECOND
#define CPPHTTPLIB_WRITE_TIMEOUT_SECOND 5
#endif
#ifndef CPPHTTPLIB_WRITE_TIMEOUT_USECOND
#define CPPHTTPLIB_WRITE_TIMEOUT_USECOND 0
#endif
#ifndef CPPHTTPLIB_REQUEST_URI_MAX_LENGTH
#define CPPHTTPLIB_REQUEST_URI_MAX_LENGTH 8192
#endif
#ifndef CPPHTTPLIB_HEADER_MAX_LENGTH
#define CPPHTTPLIB_HEADER_MAX_LENGTH 8192
#endif
#ifndef CPPHTTPLIB_MULTIPART_FORM_DATA_FILE_MAX_COUNT
#define CPPHTTPLIB_MULTIPART_FORM_DATA_FILE_MAX_COUNT 1024
#endif
#ifndef CPPHTTPLIB_PAYLOAD_MAX_LENGTH
#define CPPHTTPLIB_PAYLOAD_MAX_LENGTH SIZE_MAX
#endif
#ifndef CPPHTTPLIB_FORM_URL_ENCODED_PAYLOAD_MAX_LENGTH
#define CPPHTTPLIB_FORM_URL_ENCODED_PAYLOAD_MAX_LENGTH 8192
#endif
#ifndef CPPHTTPLIB_THREAD_POOL_COUNT
#define CPPHTTPLIB_THREAD_POOL_COUNT ::gyre::compat::httplib::detail::usual_thread_count()
#endif

namespace gyre::compat::httplib {

namespace detail {

/// One less than the machine has processors, 8 at least.
std::size_t usual_thread_count();

}  // namespace detail

/// What a server has before it is told anything: by the macros where it is made. An aggregate, and made in place: the
/// files of one program may define them differently.
struct Settings {
  std::int64_t keep_alive = CPPHTTPLIB_KEEPALIVE_TIMEOUT_SECOND;  ///< Seconds.
  std::size_t keep_alive_count = CPPHTTPLIB_KEEPALIVE_MAX_COUNT;
  std::int64_t read_seconds = CPPHTTPLIB_READ_TIMEOUT_SECOND;
  std::int64_t read_microseconds = CPPHTTPLIB_READ_TIMEOUT_USECOND;
  std::int64_t write_seconds = CPPHTTPLIB_WRITE_TIMEOUT_SECOND;
  std::int64_t write_microseconds = CPPHTTPLIB_WRITE_TIMEOUT_USECOND;
  std::size_t target_max = CPPHTTPLIB_REQUEST_URI_MAX_LENGTH;             ///< Bytes; 414.
  std::size_t field_line_max = CPPHTTPLIB_HEADER_MAX_LENGTH;              ///< Bytes of a field and its CRLF; 400.
  std::size_t parts_max = CPPHTTPLIB_MULTIPART_FORM_DATA_FILE_MAX_COUNT;  ///< Of a multipart form.
  std::size_t payload_max = CPPHTTPLIB_PAYLOAD_MAX_LENGTH;                ///< As `Server::set_payload_max_length`.
  std::size_t form_max = CPPHTTPLIB_FORM_URL_ENCODED_PAYLOAD_MAX_LENGTH;  ///< Bytes of a form in a body; 413.
  std::size_t threads = CPPHTTPLIB_THREAD_POOL_COUNT;
};

}  // namespace gyre::compat::httplib
