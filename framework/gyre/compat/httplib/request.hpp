#pragma once

#include <gyre/compat/httplib/headers.hpp>
#include <gyre/compat/httplib/match.hpp>
#include <gyre/compat/httplib/multipart.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include <sys/types.h>

namespace gyre::compat::httplib {

/// The first and the last byte; -1 where the client has left one out.
using Range = std::pair<ssize_t, ssize_t>;
using Ranges = std::vector<Range>;

/// A request as a handler sees it.
struct Request {
  std::string method;
  /// Decoded, but a `+` stays one.
  std::string path;
  /// With REMOTE_ADDR, REMOTE_PORT, LOCAL_ADDR and LOCAL_PORT, which a client cannot set. Values are percent-decoded.
  Headers headers;
  std::string body;

  std::string remote_addr;
  int remote_port = -1;
  std::string local_addr;
  int local_port = -1;

  std::string version;
  /// As it came, but for a fragment.
  std::string target;
  /// Of the query, then of a form in the body.
  Params params;
  MultipartFormDataMap files;
  Ranges ranges;
  Match matches;

  bool has_header(const std::string& key) const { return detail::has_header(headers, key); }
  std::string get_header_value(const std::string& key, std::size_t id = 0) const {
    return detail::get_header_value(headers, key, id, "");
  }
  template <class T>
  T get_header_value(const std::string& key, std::size_t id = 0) const {
    static_assert(std::is_same_v<T, std::uint64_t>,
                  "gyre: get_header_value<T> reads a std::uint64_t, as cpp-httplib's");
    return detail::header_number(headers, key, id);
  }
  std::size_t get_header_value_count(const std::string& key) const { return detail::header_count(headers, key); }
  void set_header(const std::string& key, const std::string& value) { detail::add_header(headers, key, value); }

  bool has_param(const std::string& key) const { return params.contains(key); }
  /// The `id`-th value, or an empty text.
  std::string get_param_value(const std::string& key, std::size_t id = 0) const;
  std::size_t get_param_value_count(const std::string& key) const { return params.count(key); }

  bool is_multipart_form_data() const;
  bool has_file(const std::string& key) const { return files.contains(key); }
  /// The first of that name, or an empty one.
  MultipartFormData get_file_value(const std::string& key) const;
};

}  // namespace gyre::compat::httplib
