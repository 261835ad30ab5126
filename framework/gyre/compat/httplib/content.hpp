#pragma once

#include <gyre/compat/httplib/multipart.hpp>

#include <cstddef>
#include <functional>
#include <ostream>
#include <streambuf>
#include <utility>

namespace gyre::compat::httplib {

/// What a content provider writes the body with. Its functions are for the provider's thread, during its call; each
/// returns when the bytes are on their way, so a provider waits where its client does.
class DataSink {
 public:
  DataSink() : os(&buffer_), buffer_(*this) {}
  DataSink(const DataSink&) = delete;
  DataSink& operator=(const DataSink&) = delete;

  /// False: the client is gone, or the server stops.
  std::function<bool(const char* data, std::size_t data_len)> write;
  /// The body is complete. Not for a body whose length was announced.
  std::function<void()> done;
  std::function<bool()> is_writable;
  /// The same as a stream.
  std::ostream os;

 private:
  /// Every character goes through, which the original's does only for blocks of them.
  class Buffer final : public std::streambuf {
   public:
    explicit Buffer(DataSink& sink) noexcept : sink_(&sink) {}

   protected:
    std::streamsize xsputn(const char* text, std::streamsize size) override {
      sink_->write(text, static_cast<std::size_t>(size));
      return size;
    }
    int_type overflow(int_type character) override {
      if (traits_type::eq_int_type(character, traits_type::eof())) return traits_type::not_eof(character);
      const char one = traits_type::to_char_type(character);
      return sink_->write(&one, 1) ? character : traits_type::eof();
    }

   private:
    DataSink* sink_;
  };

  Buffer buffer_;
};

/// Writes what it can of `length` bytes from `offset` on; called again with the rest. False cuts the answer.
using ContentProvider = std::function<bool(std::size_t offset, std::size_t length, DataSink& sink)>;
/// Writes on from `offset`, until it has called `DataSink::done`. False cuts the answer.
using ContentProviderWithoutLength = std::function<bool(std::size_t offset, DataSink& sink)>;
/// Called once when the provider is not needed any more: whether it has written everything.
using ContentProviderResourceReleaser = std::function<void(bool success)>;

/// Takes a piece of a body. False: enough, the request is answered with 400.
using ContentReceiver = std::function<bool(const char* data, std::size_t data_length)>;
/// Takes the head of a part of a multipart form; what follows is its content.
using MultipartContentHeader = std::function<bool(const MultipartFormData& file)>;

/// Reads a request's body piece by piece. For the handler that was given it, during its call.
class ContentReader {
 public:
  using Reader = std::function<bool(ContentReceiver receiver)>;
  using MultipartReader = std::function<bool(MultipartContentHeader header, ContentReceiver receiver)>;

  ContentReader(Reader reader, MultipartReader multipart_reader)
      : reader_(std::move(reader)), multipart_reader_(std::move(multipart_reader)) {}

  /// Blocks until the body is over. False: it is broken, too long, or the receiver has had enough; the response's
  /// status says so.
  bool operator()(ContentReceiver receiver) const { return reader_(std::move(receiver)); }
  /// The same for a multipart form, part by part.
  bool operator()(MultipartContentHeader header, ContentReceiver receiver) const {
    return multipart_reader_(std::move(header), std::move(receiver));
  }

  Reader reader_;
  MultipartReader multipart_reader_;
};

}  // namespace gyre::compat::httplib
