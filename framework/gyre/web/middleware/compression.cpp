#include <gyre/web/middleware/compression.hpp>

#include <gyre/http/body_writer.hpp>
#include <gyre/http/encoder.hpp>
#include <gyre/http/request.hpp>
#include <gyre/loop/yield.hpp>
#include <gyre/web/error.hpp>
#include <gyre/web/internal/encoding_sink.hpp>
#include <gyre/web/internal/request_fields.hpp>
#include <gyre/web/internal/setup.hpp>
#include <gyre/wire/entity_tag.hpp>
#include <gyre/wire/field_lines.hpp>
#include <gyre/wire/media_type.hpp>
#include <gyre/wire/negotiation.hpp>
#include <gyre/wire/token_list.hpp>

#include <algorithm>
#include <utility>

namespace gyre {
namespace {

constexpr std::string_view usual_types[] = {
    "text/*",
    "application/json",
    "+json",
    "application/xml",
    "+xml",
    "application/javascript",
    "application/x-javascript",
    "application/x-ndjson",
    "application/graphql",
    "application/wasm",
    "application/vnd.ms-fontobject",
    "font/ttf",
    "font/otf",
    "image/bmp",
};

/// Fields of an answer that speak of its bytes as they are (RFC 9110 8.4 and 14.4, RFC 9530).
constexpr std::string_view bound_to_bytes[] = {"Content-Encoding", "Content-Range", "Content-Digest",
                                               "Repr-Digest",      "Digest",        "Content-MD5"};

struct Settings {
  CompressionOptions options;
  std::vector<std::string_view> names;  ///< Of `options.codings`.

  std::optional<int> level(Coding coding) const noexcept {
    switch (coding) {
      case Coding::brotli: return options.brotli_level;
      case Coding::zstd: return options.zstd_level;
      default: return options.gzip_level;
    }
  }
};

/// "+json" is the end of a subtype, "text/*" a type, all else both. Compared without regard to case.
bool covers(std::string_view pattern, const wire::MediaType& type) noexcept {
  if (pattern.starts_with('+')) {
    const std::string_view subtype = type.subtype;
    return subtype.size() > pattern.size() &&
           equal_ignoring_case(subtype.substr(subtype.size() - pattern.size()), pattern);
  }
  if (pattern.ends_with("/*")) return equal_ignoring_case(type.type, pattern.substr(0, pattern.size() - 2));
  return type.is(pattern);
}

/// How long the body is, if that is known. That of a file is for HEAD, too, which has its stream but does not run it.
std::optional<std::uint64_t> size_of(const Response& response) noexcept {
  return response.streamed() ? response.stream_length() : response.body().size();
}

bool shrinks(const Response& response, const CompressionOptions& options) noexcept {
  if (size_of(response).value_or(UINT64_MAX) < options.min_size) return false;
  const std::optional<wire::MediaType> type = wire::parse_media_type(response.content_type());
  if (!type) return false;
  const auto fits = [&](std::string_view pattern) { return covers(pattern, *type); };
  return options.types.empty() ? std::any_of(std::begin(usual_types), std::end(usual_types), fits)
                               : std::any_of(options.types.begin(), options.types.end(), fits);
}

/// Whether a list field of the answer has that element.
bool lists(const Response& response, std::string_view name, std::string_view wanted) noexcept {
  for (wire::FieldLines lines{response.fields()}; lines.next();) {
    if (!equal_ignoring_case(lines.name(), name)) continue;
    for (wire::TokenList list{lines.value()}; list.next();) {
      if (equal_ignoring_case(list.element(), wanted)) return true;
    }
  }
  return false;
}

bool has_packable_body(const Response& response) noexcept {
  const Status status = response.status();
  if (!allows_body(status) || status == Status::reset_content || status == Status::partial_content) return false;
  if (response.upgrades() || size_of(response) == 0U) return false;
  const auto is_there = [&](std::string_view field) {
    return wire::find_field_line(response.fields(), field).has_value();
  };
  return std::none_of(std::begin(bound_to_bytes), std::end(bound_to_bytes), is_there) &&
         !lists(response, "Cache-Control", "no-transform");
}

void vary(Response& response) {
  if (!lists(response, "Vary", "Accept-Encoding") && !lists(response, "Vary", "*")) {
    response.add("Vary", "Accept-Encoding");
  }
}

/// Other bytes under the same tag would make a strong validator a lie (RFC 9110 8.8.1).
void weaken_tag(Response& response) {
  const std::optional<wire::EntityTag> tag = wire::parse_entity_tag(response.field("ETag"));
  if (!tag || tag->weak) return;
  std::string weak;
  if (wire::append_entity_tag(weak, {tag->opaque, true})) response.set("ETag", weak);
}

void mark(Response& response, Coding coding) {
  response.add("Content-Encoding", name(coding));
  response.remove("Accept-Ranges");  // parts of it would be parts of the packed bytes
  weaken_tag(response);
}

/// Writes the body through an encoder.
Task<> write_encoded(BodyWriter& out, const Callback<Task<>(BodyWriter&)>& producer, Encoder encoder,
                     CompressionFlush flush, std::optional<std::uint64_t> length) {
  Context& context = co_await this_context();
  internal::EncodingSink sink{out.sink(), Loop::of(context), std::move(encoder), flush, length};
  BodyWriter writer{sink};
  co_await producer(writer);
  co_await writer.write({});  // until nothing is kept
  sink.finish();
}

void encode_stream(Response& response, const Settings& settings, Coding coding) {
  const std::optional<std::uint64_t> length = response.stream_length();
  auto run = [producer = response.take_stream(), coding, level = settings.level(coding), flush = settings.options.flush,
              length](BodyWriter& out) { return write_encoded(out, producer, Encoder{coding, level}, flush, length); };
  response.set_stream(std::move(run));
  mark(response, coding);
}

/// A slice into `packed`, which grows as it must: by no more than the slice needs, as the room is zeroed each time.
void encode_slice(Encoder& encoder, std::string_view slice, EncoderEnd end, std::string& packed) {
  std::size_t size = packed.size();
  for (bool done = false; !done;) {
    packed.resize(size + std::max<std::size_t>(slice.size(), 1024));
    const CodingStep step = encoder.step(slice, std::span{packed}.subspan(size), end);
    slice.remove_prefix(step.used);
    size += step.made;
    done = step.done;
  }
  packed.resize(size);
}

Task<Response> encode_whole(Response response, const Settings& settings, Coding coding, internal::Identity identity) {
  Encoder encoder{coding, settings.level(coding)};
  std::string packed;
  std::string_view rest = response.body();
  packed.reserve(rest.size() / 4 + 1024);
  while (rest.size() > internal::encoded_per_turn) {
    encode_slice(encoder, rest.substr(0, internal::encoded_per_turn), EncoderEnd::open, packed);
    rest.remove_prefix(internal::encoded_per_turn);
    co_await next_turn();
  }
  encode_slice(encoder, rest, EncoderEnd::finish, packed);
  if (packed.size() >= response.body().size() && identity == internal::Identity::accepted)
    co_return std::move(response);
  response.set_body(std::move(packed));
  mark(response, coding);
  co_return std::move(response);
}

Task<Response> compress(Request& request, Next next, const Settings& settings) {
  Response response = co_await next(request);
  const internal::EncodingChoice choice = internal::choose_coding(request, settings.names);
  if (!has_packable_body(response)) {
    if (response.status() == Status::not_modified) {  // it speaks of what a 200 would have been
      vary(response);
      if (choice.coding != Coding::identity) weaken_tag(response);
    }
    co_return std::move(response);
  }
  const bool forced = choice.identity == internal::Identity::refused;
  if (!forced && !shrinks(response, settings.options)) co_return std::move(response);
  vary(response);
  if (choice.coding == Coding::identity) co_return std::move(response);
  if (response.streamed()) {
    encode_stream(response, settings, choice.coding);
    co_return std::move(response);
  }
  Task<Response> packing = encode_whole(std::move(response), settings, choice.coding, choice.identity);
  Response packed = co_await std::move(packing);
  co_return std::move(packed);
}

}  // namespace

Middleware compression(CompressionOptions options, std::source_location where) {
  Settings settings{std::move(options), {}};
  for (const Coding coding : settings.options.codings) {
    const std::optional<int> level = settings.level(coding);
    if (!Encoder::is_level(coding, level.value_or(Encoder::default_level(coding)))) {
      throw SetupError{internal::place_text(where) + ": compression: " + std::string{name(coding)} +
                       (level ? " has no level " + std::to_string(*level) : " is no coding to offer")};
    }
    settings.names.push_back(name(coding));
  }
  auto pack = [settings = std::move(settings)](Request& request, Next next) {
    return compress(request, next, settings);
  };
  return Middleware{std::move(pack), where};
}

}  // namespace gyre
