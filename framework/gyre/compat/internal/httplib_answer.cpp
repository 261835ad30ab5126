#include <gyre/compat/httplib/text.hpp>
#include <gyre/compat/internal/httplib_ranges.hpp>
#include <gyre/compat/internal/httplib_transaction.hpp>

#include <gyre/http/detail/server_fields.hpp>
#include <gyre/http/encoder.hpp>

#include <charconv>
#include <utility>

namespace gyre::compat::httplib::internal {

// In the order of cpp-httplib, which its users' hooks can see.
void Transaction::finish(bool ranged) {
  if (response_.status >= 400 && core_->error_handler &&
      core_->error_handler(request_, response_) == Server::HandlerResponse::Handled) {
    ranged = true;
  }
  if (ranged) apply_ranges();
  complete_fields();
  if (core_->post_routing_handler) core_->post_routing_handler(request_, response_);
  if (response_.content_provider_ && response_.body.empty() && !has_no_content()) return;
  log();
  response_.content_provider_ = nullptr;
  response_.release_ = nullptr;
}

void Transaction::apply_ranges() {
  if (request_.ranges.size() > 1) {
    if (const auto type = response_.headers.find("Content-Type"); type != response_.headers.end()) {
      part_type_ = type->second;
      response_.headers.erase(type);
    }
    response_.headers.emplace("Content-Type", "multipart/byteranges; boundary=" + boundary_);
  }
  const std::optional<Coding> packed = coding();
  if (!response_.body.empty()) {
    slice_body();
    if (packed && !response_.body.empty()) pack_body(*packed);
    response_.set_header("Content-Length", std::to_string(response_.body.size()));
  } else if (response_.content_length_ > 0) {
    if (request_.ranges.size() == 1) {
      response_.set_header("Content-Range", content_range(request_.ranges.front(), response_.content_length_));
    }
    if (!slices_of(request_.ranges, response_.content_length_)) {
      response_.status = 416;
      response_.content_provider_ = nullptr;
      response_.content_length_ = 0;
      return;
    }
    provided_ranges_ = request_.ranges;
    response_.set_header("Content-Length", std::to_string(content_length().value_or(0)));
  } else if (response_.content_provider_ && response_.is_chunked_content_provider_) {
    response_.set_header("Transfer-Encoding", "chunked");
    if (packed) response_.set_header("Content-Encoding", std::string{name(*packed)});
  }
}

void Transaction::slice_body() {
  const Ranges& ranges = request_.ranges;
  if (ranges.empty()) return;
  std::string& body = response_.body;
  const auto slices = slices_of(ranges, body.size());
  if (ranges.size() == 1) response_.set_header("Content-Range", content_range(ranges.front(), body.size()));
  if (!slices) {
    body.clear();
    response_.status = 416;
  } else if (ranges.size() == 1) {
    body = body.substr(slices->front().offset, slices->front().length);
  } else {
    std::string parts;
    for (const Slice& slice : *slices) {
      parts += part_head(slice, body.size(), boundary_, part_type_);
      parts.append(body, slice.offset, slice.length).append("\r\n");
    }
    body = parts + closing(boundary_);
  }
}

void Transaction::pack_body(Coding coding) {
  response_.body = encode_all(coding, response_.body);
  response_.set_header("Content-Encoding", std::string{name(coding)});
}

std::optional<Coding> Transaction::coding() const {
  if (!detail::can_compress_content_type(response_.get_header_value("Content-Type"))) return std::nullopt;
  const std::string accepted = request_.get_header_value("Accept-Encoding");
  if (accepted.find("br") != std::string::npos) return Coding::brotli;
  if (accepted.find("gzip") != std::string::npos) return Coding::gzip;
  return std::nullopt;
}

void Transaction::complete_fields() {
  if (request_.get_header_value("Connection") == "close") {
    response_.set_header("Connection", "close");
  } else {
    response_.set_header("Keep-Alive", "timeout=" + std::to_string(core_->keep_alive.count()) +
                                           ", max=" + std::to_string(core_->keep_alive_count));
  }
  const bool empty = response_.body.empty() && response_.content_length_ == 0 && !response_.content_provider_;
  if (!empty && !response_.has_header("Content-Type")) response_.set_header("Content-Type", "text/plain");
  if (empty && !response_.has_header("Content-Length")) response_.set_header("Content-Length", "0");
  if (request_.method == "HEAD" && !response_.has_header("Accept-Ranges")) {
    response_.set_header("Accept-Ranges", "bytes");
  }
}

bool Transaction::has_no_content() const {
  return request_.method == "HEAD" || response_.status == 204 || response_.status == 304;
}

std::optional<std::uint64_t> Transaction::content_length() const {
  const std::size_t total = response_.content_length_;
  if (total == 0) return std::nullopt;
  const auto slices = slices_of(provided_ranges_, total);
  if (!slices || slices->empty()) return total;
  if (slices->size() == 1) return slices->front().length;
  std::uint64_t length = closing(boundary_).size();
  for (const Slice& slice : *slices) {
    length += part_head(slice, total, boundary_, part_type_).size() + slice.length + 2;
  }
  return length;
}

void Transaction::log() {
  if (core_->logger) core_->logger(request_, response_);
}

gyre::Response Transaction::answer(std::shared_ptr<Transaction> self) {
  Response& given = self->response_;
  const bool valid = given.status >= 200 && given.status <= 999;
  gyre::Response response{valid ? Status{static_cast<std::uint16_t>(given.status)} : Status::internal_server_error};
  for (const auto& [name, value] : given.headers) {
    const FieldId id = field_id(name);
    if (gyre::detail::written_by_server_alone(id)) continue;
    if (id == FieldId::content_type && !response.content_type().empty()) continue;
    try {
      response.add(name, value);
    } catch (const Failure&) {
      // no field: it is left out
    }
  }
  if (!given.body.empty()) {
    response.set_body(std::move(given.body));
    return response;
  }
  const auto nothing = [](BodyWriter&) -> Task<> { co_return; };
  if (given.content_provider_) {
    const std::optional<std::uint64_t> length = self->content_length();
    response.set_stream([self = std::move(self)](BodyWriter& out) { return write_content(self, &out); }, length);
  } else if (self->request_.method == "HEAD") {
    const std::string text = given.get_header_value("Content-Length");
    std::uint64_t length = 0;
    const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), length);
    const bool known = failure == std::errc{} && end == text.data() + text.size();
    if (known ? length > 0 : given.has_header("Transfer-Encoding")) {
      response.set_stream(nothing, known ? std::optional{length} : std::nullopt);
    }
  }
  return response;
}

}  // namespace gyre::compat::httplib::internal
