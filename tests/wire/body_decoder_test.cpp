#include "body_cases.hpp"
#include "body_support.hpp"

#include <gyre/wire/h1/body_decoder.hpp>

#include <catch2/catch.hpp>

#include <string>

using namespace gyre;
using namespace gyre::wire;

namespace {

/// What becomes of the bytes at once; checks that no cut changes it, nor byte-by-byte delivery.
Decoded decode_every_way(const BodyDecoder& decoder, std::string_view bytes) {
  const Decoded at_once = decode_at_once(decoder, bytes);
  if (!(decode_byte_by_byte(decoder, bytes) == at_once)) FAIL_CHECK("byte by byte");
  for (std::size_t cut = 0; cut <= bytes.size(); ++cut) {
    if (!(decode(decoder, bytes, {cut}) == at_once)) FAIL_CHECK("cut at " << cut);
  }
  return at_once;
}

std::string state_of(std::string_view bytes, const BodyLimits& limits) {
  return decode_every_way(BodyDecoder::chunked(limits), bytes).state;
}

std::string error(BodyError error) { return std::string(describe(error)); }

}  // namespace

TEST_CASE("chunked bodies that the grammar allows are decoded, however they are cut", "[wire][body]") {
  const BodyLimits limits;
  for (const BodyCase& given : body_cases::accepted) {
    INFO(given.what);
    const Decoded decoded = decode_every_way(BodyDecoder::chunked(limits), given.bytes);
    CHECK(decoded.state == "done");
    CHECK(decoded.data == given.data);
    CHECK(decoded.trailers == given.trailers);
    CHECK(decoded.unused == given.unused);
  }
}

TEST_CASE("chunked bodies that break a rule are refused for that rule, however they are cut", "[wire][body]") {
  const BodyLimits limits;
  for (const BodyCase& given : body_cases::rejected) {
    INFO(given.what);
    const Decoded decoded = decode_every_way(BodyDecoder::chunked(limits), given.bytes);
    CHECK(decoded.state == describe(given.error));
    CHECK(decoded.data == given.data);
    CHECK(is_error(status_of(given.error)));
  }
}

TEST_CASE("every prefix of a chunked body is open, and truncated if the peer ends there", "[wire][body]") {
  const BodyLimits limits;
  for (const BodyCase& given : body_cases::accepted) {
    INFO(given.what);
    const std::size_t size = given.bytes.size() - given.unused;
    for (std::size_t cut = 0; cut < size; ++cut) {
      BodyDecoder decoder = BodyDecoder::chunked(limits);
      std::string_view rest = given.bytes.substr(0, cut);
      for (BodyDecoder::Step step; (step = decoder.next(rest)).used != 0;) rest.remove_prefix(step.used);
      if (decoder.done() || decoder.error() != BodyError::none) FAIL_CHECK("cut at " << cut);
      decoder.end();
      if (decoder.done() || decoder.error() != BodyError::truncated) FAIL_CHECK("ended at " << cut);
      decoder.end();
      CHECK(decoder.error() == BodyError::truncated);
      CHECK(decoder.next(given.bytes).used == 0);
    }
  }
}

TEST_CASE("nothing but an unfinished trailer section is left to the caller", "[wire][body]") {
  const BodyLimits limits;
  for (const BodyCase& given : body_cases::accepted) {
    INFO(given.what);
    const Decoded decoded = decode_byte_by_byte(BodyDecoder::chunked(limits), given.bytes);
    CHECK(decoded.kept_max == given.trailers.size() + 1);  // all of it but the last LF
  }
}

TEST_CASE("the decoder is done, or has failed, for good", "[wire][body]") {
  const BodyLimits limits;
  BodyDecoder done = BodyDecoder::chunked(limits);
  CHECK(done.next("0\r\n").used == 3);
  CHECK_FALSE(done.done());
  CHECK(done.next("\r\nmore").used == 2);
  CHECK(done.done());
  CHECK(done.next("more").used == 0);
  done.end();
  CHECK(done.done());
  CHECK(done.error() == BodyError::none);
  CHECK(done.trailers().empty());

  BodyDecoder failed = BodyDecoder::chunked(limits);
  CHECK(failed.next("x").used == 0);
  CHECK(failed.error() == BodyError::bad_chunk_size);
  CHECK(failed.next("0\r\n\r\n").used == 0);
  failed.end();
  CHECK(failed.error() == BodyError::bad_chunk_size);
  CHECK_FALSE(failed.done());
}

TEST_CASE("a step has its data among the bytes it used", "[wire][body]") {
  const BodyLimits limits;
  BodyDecoder decoder = BodyDecoder::chunked(limits);
  const std::string_view input = "3;a=b\r\nabc\r\n2\r\nde";
  const BodyDecoder::Step first = decoder.next(input);
  CHECK(first.data == "abc");
  CHECK(first.data.data() == input.data() + 7);
  CHECK(first.used == 10);
  const BodyDecoder::Step second = decoder.next(input.substr(first.used));
  CHECK(second.data == "de");
  CHECK(second.used == 7);
  CHECK(decoder.decoded() == 5);
  CHECK_FALSE(decoder.left().has_value());
  CHECK(decoder.next({}).used == 0);
}

TEST_CASE("trailers are a view into the bytes that ended the body", "[wire][body]") {
  const BodyLimits limits;
  BodyDecoder decoder = BodyDecoder::chunked(limits);
  CHECK(decoder.next("0\r\nX: y\r\n").used == 3);
  const std::string first = "X: y\r\n\r";
  CHECK(decoder.next(first).used == 0);
  CHECK(decoder.trailers().empty());
  const std::string all = "X: y\r\n\r\nGET";
  CHECK(decoder.next(all).used == 8);
  CHECK(decoder.trailers() == "X: y\r\n");
  CHECK(decoder.trailers().data() == all.data());
  const BodyDecoder copy = decoder;
  CHECK(copy.trailers() == "X: y\r\n");
}

TEST_CASE("a body of known length ends there", "[wire][body]") {
  BodyDecoder decoder = BodyDecoder::with_length(5);
  CHECK(decoder.left() == 5);
  CHECK(decoder.next("hel").data == "hel");
  CHECK(decoder.left() == 2);
  CHECK(decoder.decoded() == 3);
  const BodyDecoder::Step last = decoder.next("loGET");
  CHECK(last.used == 2);
  CHECK(last.data == "lo");
  CHECK(decoder.done());
  CHECK(decoder.left() == 0);
  CHECK(decoder.next("GET").used == 0);

  CHECK(decode_every_way(BodyDecoder::with_length(5), "hello!").data == "hello");
  CHECK(decode_every_way(BodyDecoder::with_length(5), "hello!").unused == 1);
  CHECK(decode_every_way(BodyDecoder::with_length(7), "hello!").state == "open");
  CHECK(BodyDecoder::with_length(UINT64_MAX).left() == UINT64_MAX);

  BodyDecoder cut = BodyDecoder::with_length(5);
  CHECK(cut.next("hel").used == 3);
  cut.end();
  CHECK(cut.error() == BodyError::truncated);
}

TEST_CASE("no body, and one of no bytes, are done from the start", "[wire][body]") {
  for (BodyDecoder decoder : {BodyDecoder(), BodyDecoder::with_length(0)}) {
    CHECK(decoder.done());
    CHECK(decoder.left() == 0);
    CHECK(decoder.next("GET").used == 0);
    decoder.end();
    CHECK(decoder.done());
  }
}

TEST_CASE("a length beyond the limit is refused from the start", "[wire][body]") {
  const BodyLimits limits{.body = 5};
  CHECK(BodyDecoder::with_length(5, limits).error() == BodyError::none);
  BodyDecoder decoder = BodyDecoder::with_length(6, limits);
  CHECK(decoder.error() == BodyError::body_too_large);
  CHECK(decoder.next("hello!").used == 0);
  CHECK(BodyDecoder::with_length(0, BodyLimits{.body = 0}).done());
}

TEST_CASE("the end of the connection ends a body without framing", "[wire][body]") {
  const BodyLimits limits{.body = 5};
  BodyDecoder decoder = BodyDecoder::until_close(limits);
  CHECK(decoder.next("hel").data == "hel");
  CHECK(decoder.next("lo").data == "lo");
  CHECK_FALSE(decoder.done());
  CHECK_FALSE(decoder.left().has_value());
  decoder.end();
  CHECK(decoder.done());
  CHECK(decoder.decoded() == 5);

  const Decoded too_large = decode_every_way(BodyDecoder::until_close(limits), "hello!");
  CHECK(too_large.state == error(BodyError::body_too_large));
  CHECK(too_large.data == "hello");

  BodyDecoder failed = BodyDecoder::until_close(limits);
  CHECK(failed.next("hello!").used == 5);
  CHECK(failed.next("!").used == 0);
  failed.end();
  CHECK_FALSE(failed.done());
  CHECK(failed.error() == BodyError::body_too_large);

  BodyDecoder empty = BodyDecoder::until_close(limits);
  empty.end();
  CHECK(empty.done());
}

TEST_CASE("a chunk that would pass the body's limit is refused when its size says so", "[wire][body][limits]") {
  const BodyLimits limits{.body = 8};
  CHECK(state_of("8\r\n01234567\r\n0\r\n\r\n", limits) == "done");
  CHECK(state_of("5\r\n01234\r\n3\r\n567\r\n0\r\n\r\n", limits) == "done");
  CHECK(state_of("9\r", limits) == error(BodyError::body_too_large));
  CHECK(state_of("9;", limits) == error(BodyError::body_too_large));
  CHECK(state_of("5\r\n01234\r\n4\r\n", limits) == error(BodyError::body_too_large));
  CHECK(state_of("0\r\n\r\n", {.body = 0}) == "done");
  CHECK(state_of("1\r\n", {.body = 0}) == error(BodyError::body_too_large));
  CHECK(state_of("ffffffffffffffff\r\nx", {.body = UINT64_MAX}) == "open");
  CHECK(state_of("1\r\nx\r\nffffffffffffffff\r\nx", {.body = UINT64_MAX}) == error(BodyError::body_too_large));
}

TEST_CASE("extensions may be as long as their limits", "[wire][body][limits]") {
  const BodyLimits limits{.chunks = {.extension = 6, .extensions = 10}};
  const std::string one = error(BodyError::chunk_extension_too_long);
  const std::string all = error(BodyError::chunk_extensions_too_large);
  CHECK(state_of("1;a=bcd\r\nx\r\n0;e=f\r\n\r\n", limits) == "done");
  CHECK(state_of("1;a=bcde\r\nx\r\n0\r\n\r\n", limits) == one);
  CHECK(state_of("1;a=\"cd\"", limits) == one);
  CHECK(state_of("1;a=bcd\n", limits) == one);  // a fault behind the limit is the limit's
  CHECK(state_of("1;a=bcd\r\nx\r\n0;e=fg\r\n\r\n", limits) == all);
  CHECK(state_of("1;a=bc\r\nx\r\n1;a=bc\r\nx\r\n", limits) == "open");
  CHECK(state_of("1;a=bc\r\nx\r\n1;a=bc\r\nx\r\n1;", limits) == all);
  CHECK(state_of("1;a\r\n", {.chunks = {.extension = 0}}) == one);
  CHECK(state_of("1\r\nx\r\n0\r\n\r\n", {.chunks = {.extension = 0, .extensions = 0}}) == "done");

  const BodyLimits standard;
  const std::string longest = "1;" + std::string(4095, 'a');
  CHECK(decode_at_once(BodyDecoder::chunked(standard), longest + "\r\nx").data == "x");
  CHECK(decode_at_once(BodyDecoder::chunked(standard), longest + "a").state == one);
}

TEST_CASE("the trailer section may be as large as its limits", "[wire][body][limits]") {
  const std::string large = error(BodyError::trailers_too_large);
  const std::string many = error(BodyError::too_many_trailers);
  CHECK(state_of("0\r\n\r\n", {.chunks = {.trailers = 0, .trailer_fields = 0}}) == "done");
  CHECK(state_of("0\r\nX: y\r\n\r\n", {.chunks = {.trailers = 6}}) == "done");
  CHECK(state_of("0\r\nX: y\r\n\r\n", {.chunks = {.trailers = 5}}) == large);
  CHECK(state_of("0\r\nX: yz\r\n\r\n", {.chunks = {.trailers = 6}}) == large);
  CHECK(state_of("0\r\nX: yyyyyyyy", {.chunks = {.trailers = 6}}) == large);
  CHECK(state_of("0\r\nX: y\r\nZ:", {.chunks = {.trailers = 6}}) == "open");
  CHECK(state_of("0\r\nX: y\r\nZ: ", {.chunks = {.trailers = 6}}) == large);
  CHECK(state_of("0\r\nX: yyyyyyyy\n", {.chunks = {.trailers = 6}}) == large);  // again, the limit's
  CHECK(state_of("0\r\nX: y\r\nZ: y\r\n\r\n", {.chunks = {.trailer_fields = 2}}) == "done");
  CHECK(state_of("0\r\nX: y\r\nZ: y\r\n\r\n", {.chunks = {.trailer_fields = 1}}) == many);
  CHECK(state_of("0\r\nX: y\r\nZ\r\n\r\n", {.chunks = {.trailer_fields = 1}}) == many);

  const BodyLimits huge{.chunks = {.trailers = UINT32_MAX, .trailer_fields = UINT32_MAX}};
  CHECK(state_of("0\r\nX: y\r\n\r\n", huge) == "done");
  const std::string long_name(70'000, 'n');
  CHECK(decode_at_once(BodyDecoder::chunked(huge), "0\r\n" + long_name + ": y\r\n\r\n").state == large);
}

TEST_CASE("each kind of body error has its status", "[wire][body]") {
  CHECK(status_of(BodyError::none) == Status::ok);
  CHECK(status_of(BodyError::bad_chunk_size) == Status::bad_request);
  CHECK(status_of(BodyError::chunk_size_too_large) == Status::bad_request);
  CHECK(status_of(BodyError::chunk_extension_too_long) == Status::bad_request);
  CHECK(status_of(BodyError::chunk_extensions_too_large) == Status::bad_request);
  CHECK(status_of(BodyError::forbidden_trailer) == Status::bad_request);
  CHECK(status_of(BodyError::truncated) == Status::bad_request);
  CHECK(status_of(BodyError::body_too_large) == Status::content_too_large);
  CHECK(status_of(BodyError::trailers_too_large) == Status::request_header_fields_too_large);
  CHECK(status_of(BodyError::too_many_trailers) == Status::request_header_fields_too_large);
}
