#pragma once

#include <gyre/compat/httplib/content.hpp>
#include <gyre/compat/httplib/headers.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <type_traits>

namespace gyre::compat::httplib {

/// What a handler answers with.
struct Response {
  std::string version;
  /// -1: 200, or 206 for a request with ranges, if there was a handler.
  int status = -1;
  std::string reason;
  /// A name may stand there more than once: `set_header` adds. What belongs to the connection or to the framing
  /// (Content-Length, Transfer-Encoding, Connection, ...) is the server's business and not sent from here.
  Headers headers;
  std::string body;
  std::string location;

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
  /// Adds a field. Nothing happens if there is a CR or LF in it.
  void set_header(const std::string& key, const std::string& value) { detail::add_header(headers, key, value); }

  /// Any status but 3xx counts as 302.
  void set_redirect(const std::string& url, int status_code = 302);
  void set_content(const char* text, std::size_t size, const std::string& content_type);
  void set_content(const std::string& text, const std::string& content_type) {
    set_content(text.data(), text.size(), content_type);
  }

  /// The body is written by calls of `provider`, on a thread of the server's pool, with `length` announced. The
  /// releaser is called once: when everything is written, or when it is clear that it will not be.
  void set_content_provider(std::size_t length, const std::string& content_type, ContentProvider provider,
                            ContentProviderResourceReleaser resource_releaser = nullptr);
  /// Without a length: it ends with `DataSink::done`.
  void set_content_provider(const std::string& content_type, ContentProviderWithoutLength provider,
                            ContentProviderResourceReleaser resource_releaser = nullptr);
  /// The same; packed as the client likes it, if the type is worth it.
  void set_chunked_content_provider(const std::string& content_type, ContentProviderWithoutLength provider,
                                    ContentProviderResourceReleaser resource_releaser = nullptr);

  // --- for the server -------------------------------------------------------------------------------------------
  /// Calls the releaser when the last copy of the response is gone.
  class Release {
   public:
    explicit Release(ContentProviderResourceReleaser releaser) : releaser_(std::move(releaser)) {}
    Release(const Release&) = delete;
    Release& operator=(const Release&) = delete;
    /// What the releaser throws goes nowhere: there is nobody left to tell.
    ~Release();
    bool success = false;

   private:
    ContentProviderResourceReleaser releaser_;
  };

  std::size_t content_length_ = 0;
  ContentProvider content_provider_;
  std::shared_ptr<Release> release_;
  bool is_chunked_content_provider_ = false;
};

}  // namespace gyre::compat::httplib
