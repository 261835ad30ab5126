#pragma once

#include <gyre/compat/httplib/request.hpp>

#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace gyre::compat::httplib {

/// The first address of a host, or an empty text. Asks the system's resolver, which may block for long.
std::string hosted_at(const std::string& hostname);
/// Appends all its addresses.
void hosted_at(const std::string& hostname, std::vector<std::string>& addrs);

std::string append_query_params(const std::string& path, const Params& params);
/// "Range" and its value.
std::pair<std::string, std::string> make_range_header(Ranges ranges);
/// "Authorization", or "Proxy-Authorization", and its value.
std::pair<std::string, std::string> make_basic_authentication_header(const std::string& username,
                                                                     const std::string& password,
                                                                     bool is_proxy = false);
std::pair<std::string, std::string> make_bearer_token_authentication_header(const std::string& token,
                                                                            bool is_proxy = false);

namespace detail {

// What programs use of cpp-httplib's own helpers, with its results.
std::string base64_encode(const std::string& in);
std::string encode_query_param(const std::string& value);
std::string encode_url(const std::string& s);
/// `%XX`, and `%uXXXX` to UTF-8; what is no escape stays as it is.
std::string decode_url(const std::string& s, bool convert_plus_to_space);
std::string params_to_query_str(const Params& params);
void parse_query_text(const std::string& s, Params& params);
bool parse_multipart_boundary(const std::string& content_type, std::string& boundary);
bool parse_range_header(const std::string& s, Ranges& ranges);
std::string trim_copy(const std::string& s);
/// The parts between `d`, without blanks around them and without empty ones. `e` may be nullptr for a C string.
void split(const char* b, const char* e, char d, std::function<void(const char*, const char*)> fn);
bool is_file(const std::string& path);
bool is_dir(const std::string& path);
/// Whether it stays below where it begins.
bool is_valid_path(const std::string& path);
/// Throws if it cannot be opened or read.
void read_file(const std::string& path, std::string& out);
std::string file_extension(const std::string& path);
/// nullptr for an extension that is not known.
const char* find_content_type(const std::string& path, const std::map<std::string, std::string>& user_data);
const char* status_message(int status);
/// Whether answers of that type are packed.
bool can_compress_content_type(const std::string& content_type);

}  // namespace detail

}  // namespace gyre::compat::httplib
