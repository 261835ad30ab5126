// Beast as the oracle of our scanner: what the scanner and the shared check accept, our line check and Beast accept
// too, with the same method, target, version and fields.

#include <gyre/base/assert.hpp>
#include <gyre/wire/h1/internal/beast_head.hpp>
#include <gyre/wire/h1/internal/head_access.hpp>
#include <gyre/wire/h1/internal/head_lines.hpp>
#include <gyre/wire/h1/internal/head_rules.hpp>
#include <gyre/wire/h1/internal/plain_scanner.hpp>
#include <gyre/wire/h1/request_parser.hpp>

#include <array>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace gyre::wire;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const HeadLimits limits{.fields = 32};
  std::array<Field, 32> scanned_fields;
  std::array<Field, 32> oracle_fields;
  RequestHead scanned(scanned_fields);
  RequestHead oracle(oracle_fields);
  internal::HeadData& scanned_data = internal::HeadAccess::data(scanned);
  internal::HeadData& oracle_data = internal::HeadAccess::data(oracle);

  if (!internal::scan_plain_head(bytes, 0, limits, scanned_data)) return 0;
  HeadProgress progress;
  GYRE_ASSERT(internal::check_head_lines(bytes, limits, progress).state == HeadState::complete);
  GYRE_ASSERT(progress.scanned == scanned.head_size() && progress.head_begin == 0);

  const HeadError scanned_error = internal::check_head(scanned_data);
  HeadError error = internal::read_head_with_beast(bytes.substr(0, scanned.head_size()), 0, oracle_data);
  if (error == HeadError::none) error = internal::split_target(oracle_data);
  if (error == HeadError::none) error = internal::check_head(oracle_data);
  // Beast stops at the first field that it refuses, we may meet another fault before: the reason may differ.
  GYRE_ASSERT((scanned_error == HeadError::none) == (error == HeadError::none));
  if (scanned_error != HeadError::none) return 0;

  GYRE_ASSERT(scanned.method() == oracle.method() && scanned.method_text() == oracle.method_text());
  GYRE_ASSERT(scanned.target() == oracle.target() && scanned.version_minor() == oracle.version_minor());
  GYRE_ASSERT(scanned.path() == oracle.path() && scanned.query() == oracle.query());
  GYRE_ASSERT(scanned.host() == oracle.host() && scanned.keep_alive() == oracle.keep_alive());
  GYRE_ASSERT(scanned.content_length() == oracle.content_length() && scanned.chunked() == oracle.chunked());
  GYRE_ASSERT(scanned.field_count() == oracle.field_count());
  for (std::size_t i = 0; i < scanned.field_count(); ++i) {
    GYRE_ASSERT(scanned.field(i).name == oracle.field(i).name && scanned.field(i).value == oracle.field(i).value);
    GYRE_ASSERT(scanned.field(i).id == oracle.field(i).id);
  }
  return 0;
}
