// The head parser under any bytes: the outcome does not depend on how they are cut, all views lie inside, no limit is
// passed, and the vector scanner does what its scalar twin does. The first byte of the input chooses limits and cuts.

#include <gyre/base/assert.hpp>
#include <gyre/wire/h1/internal/head_access.hpp>
#include <gyre/wire/h1/internal/plain_scanner.hpp>
#include <gyre/wire/h1/request_parser.hpp>

#include <array>
#include <cstring>
#include <memory>
#include <string_view>

namespace {

using namespace gyre::wire;

struct Run {
  std::array<Field, 16> storage{};
  RequestHead head{storage};
  HeadOutcome outcome;
  std::unique_ptr<char[]> bytes;
};

void check_inside(std::string_view part, std::string_view whole) {
  if (part.empty() || part == "/") return;  // "/" stands for a path that an absolute target lacks
  GYRE_ASSERT(part.data() >= whole.data() && part.data() + part.size() <= whole.data() + whole.size());
}

void check_head(const RequestHead& head, std::string_view bytes, const HeadLimits& limits) {
  GYRE_ASSERT(head.head_size() <= bytes.size());
  GYRE_ASSERT(head.field_count() <= limits.fields);
  const std::string_view whole = bytes.substr(0, head.head_size());
  GYRE_ASSERT(whole.ends_with("\r\n\r\n"));
  for (const std::string_view part : {head.method_text(), head.target(), head.path(), head.query(), head.host()}) {
    check_inside(part, whole);
  }
  GYRE_ASSERT(gyre::is_token(head.method_text()));
  GYRE_ASSERT(!(head.chunked() && head.content_length()));
  GYRE_ASSERT(head.version_minor() == 0 || head.has(gyre::FieldId::host));
  for (const FieldView field : head) {
    check_inside(field.name, whole);
    check_inside(field.value, whole);
    GYRE_ASSERT(gyre::is_token(field.name));
    GYRE_ASSERT(gyre::is_field_value(field.value));
    GYRE_ASSERT(gyre::field_id(field.name) == field.id);
    GYRE_ASSERT(head.find(field.name).has_value());
  }
}

/// Delivers the bytes in pieces of `piece`, each time at another address and in a block of exactly their size.
void run(Run& run, std::string_view bytes, std::size_t piece, const HeadLimits& limits) {
  HeadProgress progress;
  for (std::size_t size = std::min(piece, bytes.size());; size = std::min(size + piece, bytes.size())) {
    std::unique_ptr<char[]> block(new char[size]);
    if (size != 0) std::memcpy(block.get(), bytes.data(), size);
    run.outcome = parse_request_head({block.get(), size}, limits, run.head, progress);
    run.bytes = std::move(block);
    if (run.outcome.state == HeadState::complete) check_head(run.head, {run.bytes.get(), size}, limits);
    if (run.outcome.state != HeadState::incomplete || size == bytes.size()) return;
  }
}

void check_same(const RequestHead& left, const RequestHead& right) {
  GYRE_ASSERT(left.method() == right.method() && left.method_text() == right.method_text());
  GYRE_ASSERT(left.target() == right.target() && left.path() == right.path() && left.query() == right.query());
  GYRE_ASSERT(left.host() == right.host() && left.head_size() == right.head_size());
  GYRE_ASSERT(left.content_length() == right.content_length() && left.chunked() == right.chunked());
  GYRE_ASSERT(left.keep_alive() == right.keep_alive() && left.upgrade() == right.upgrade());
  GYRE_ASSERT(left.expect_continue() == right.expect_continue());
  GYRE_ASSERT(left.field_count() == right.field_count());
  for (std::size_t i = 0; i < left.field_count(); ++i) {
    GYRE_ASSERT(left.field(i).name == right.field(i).name && left.field(i).value == right.field(i).value);
  }
}

void check_twins(std::string_view bytes, const HeadLimits& limits) {
  Run vector;
  Run scalar;
  const bool accepted = internal::scan_plain_head(bytes, 0, limits, internal::HeadAccess::data(vector.head));
  GYRE_ASSERT(accepted == internal::scan_plain_head_scalar(bytes, 0, limits, internal::HeadAccess::data(scalar.head)));
  if (accepted) check_same(vector.head, scalar.head);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const unsigned choice = data[0];
  HeadLimits limits{.fields = 16};
  if ((choice & 0x80U) != 0) limits = {.request_line = 24 + (choice & 7U), .header_block = 48, .fields = 3};
  // A block of exactly the size: the sanitizer sees what is read behind it.
  const std::unique_ptr<char[]> block(new char[size - 1]);
  if (size > 1) std::memcpy(block.get(), data + 1, size - 1);
  const std::string_view bytes(block.get(), size - 1);

  Run at_once;
  Run in_pieces;
  Run byte_by_byte;
  run(at_once, bytes, bytes.size() + 1, limits);
  run(in_pieces, bytes, 1 + (choice & 0x7fU), limits);
  run(byte_by_byte, bytes, 1, limits);
  for (const Run* other : {&in_pieces, &byte_by_byte}) {
    GYRE_ASSERT(at_once.outcome.state == other->outcome.state && at_once.outcome.error == other->outcome.error);
    if (at_once.outcome.state == HeadState::complete) check_same(at_once.head, other->head);
  }
  check_twins(bytes, limits);
  return 0;
}
