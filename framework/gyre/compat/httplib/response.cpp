#include <gyre/compat/httplib/response.hpp>

#include <utility>

namespace gyre::compat::httplib {
namespace {

std::shared_ptr<Response::Release> release_by(ContentProviderResourceReleaser releaser) {
  return releaser ? std::make_shared<Response::Release>(std::move(releaser)) : nullptr;
}

ContentProvider without_length(ContentProviderWithoutLength provider) {
  return [provider = std::move(provider)](std::size_t offset, std::size_t, DataSink& sink) {
    return provider(offset, sink);
  };
}

}  // namespace

Response::Release::~Release() {
  try {
    if (releaser_) releaser_(success);
  } catch (...) {
    // the answer is over
  }
}

void Response::set_redirect(const std::string& url, int status_code) {
  if (url.find_first_of("\r\n") != std::string::npos) return;
  set_header("Location", url);
  status = status_code >= 300 && status_code < 400 ? status_code : 302;
}

void Response::set_content(const char* text, std::size_t size, const std::string& content_type) {
  body.assign(text, size);
  headers.erase("Content-Type");
  set_header("Content-Type", content_type);
}

void Response::set_content_provider(std::size_t length, const std::string& content_type, ContentProvider provider,
                                    ContentProviderResourceReleaser resource_releaser) {
  set_header("Content-Type", content_type);
  content_length_ = length;
  content_provider_ = std::move(provider);
  release_ = release_by(std::move(resource_releaser));
  is_chunked_content_provider_ = false;
}

void Response::set_content_provider(const std::string& content_type, ContentProviderWithoutLength provider,
                                    ContentProviderResourceReleaser resource_releaser) {
  set_content_provider(0, content_type, without_length(std::move(provider)), std::move(resource_releaser));
}

void Response::set_chunked_content_provider(const std::string& content_type, ContentProviderWithoutLength provider,
                                            ContentProviderResourceReleaser resource_releaser) {
  set_content_provider(content_type, std::move(provider), std::move(resource_releaser));
  is_chunked_content_provider_ = true;
}

}  // namespace gyre::compat::httplib
