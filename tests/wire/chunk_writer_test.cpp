#include "body_support.hpp"

#include <gyre/wire/h1/chunk_writer.hpp>
#include <gyre/wire/h1/response_writer.hpp>

#include <catch2/catch.hpp>

#include <memory>
#include <string>

using namespace gyre;
using namespace gyre::wire;

namespace {

std::string chunk_head(std::uint64_t size) {
  const std::unique_ptr<char[]> block(new char[chunk_head_bound]);
  const char* const end = write_chunk_head(size, block.get());
  return {block.get(), static_cast<std::size_t>(end - block.get())};
}

std::string interim(Status status, std::string_view fields) {
  const std::unique_ptr<char[]> block(new char[interim_head_bound(fields)]);
  const char* const end = write_interim_head(status, fields, block.get());
  return end == nullptr ? "refused" : std::string(block.get(), static_cast<std::size_t>(end - block.get()));
}

}  // namespace

TEST_CASE("chunk sizes are written without leading zeros", "[wire][writer]") {
  CHECK(chunk_head(0) == "0\r\n");
  CHECK(chunk_head(1) == "1\r\n");
  CHECK(chunk_head(15) == "f\r\n");
  CHECK(chunk_head(16) == "10\r\n");
  CHECK(chunk_head(0x1a2b3c) == "1a2b3c\r\n");
  CHECK(chunk_head(UINT64_MAX) == "ffffffffffffffff\r\n");
  CHECK(chunk_head(UINT64_MAX).size() == chunk_head_bound);
  for (unsigned shift = 0; shift < 64; shift += 4) {
    CHECK(chunk_head(std::uint64_t{1} << shift) == "1" + std::string(shift / 4, '0') + "\r\n");
  }
}

TEST_CASE("what the chunk writer writes the decoder reads", "[wire][writer]") {
  const BodyLimits limits;
  std::string bytes;
  std::string content;
  for (std::size_t size = 1; size < 300; size += 13) {
    const std::string data(size, static_cast<char>('a' + size % 26));
    content += data;
    ((bytes += chunk_head(size)) += data) += chunk_end;
  }
  ((bytes += last_chunk) += "Digest: x\r\n") += "\r\n";
  const Decoded decoded = decode_at_once(BodyDecoder::chunked(limits), bytes);
  CHECK(decoded.state == "done");
  CHECK(decoded.data == content);
  CHECK(decoded.trailers == "Digest: x\r\n");
  CHECK(decode_byte_by_byte(BodyDecoder::chunked(limits), bytes) == decoded);
}

TEST_CASE("an interim head is a status line and fields", "[wire][writer]") {
  CHECK(interim(Status::continue_, {}) == "HTTP/1.1 100 Continue\r\n\r\n");
  CHECK(interim(Status::early_hints, "Link: </a>; rel=preload\r\n") ==
        "HTTP/1.1 103 Early Hints\r\nLink: </a>; rel=preload\r\n\r\n");
  CHECK(interim(Status{199}, {}) == "HTTP/1.1 199 \r\n\r\n");
  CHECK(interim(Status::ok, {}) == "refused");
  CHECK(interim(Status{99}, {}) == "refused");
}
