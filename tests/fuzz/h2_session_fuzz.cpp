// The codec of HTTP/2, of either side, under frames that any bytes make (`h2_test::Script`), or under the bytes
// themselves. The first byte says which, and what the owner of the session does; the second how the input is split.
// What must hold: whatever the split, the same is heard and the same is said, unless a limit ends it.

#include "../wire/h2_support.hpp"

#include <gyre/base/assert.hpp>

#include <h2_script.hpp>

#include <algorithm>
#include <cstdio>
#include <random>

namespace {

using namespace h2_test;
using gyre::wire::H2HeadMemory;
using gyre::wire::H2Session;

struct Plan {
  bool is_client = false;
  bool raw = false;      ///< The bytes are not made into frames.
  bool tiny = false;     ///< Limits.
  bool refuses = false;  ///< Every request.
  bool consumes = true;
  bool forgets = false;  ///< Streams, as they come.
  bool extended = false;
  unsigned split = 0;

  explicit Plan(unsigned first, unsigned second)
      : is_client((first & 1U) != 0),
        raw((first & 2U) != 0),
        tiny((first & 4U) != 0),
        refuses((first & 0x18U) == 0x18U),
        consumes((first & 0x20U) == 0),
        forgets((first & 0x40U) != 0),
        extended((first & 0x80U) != 0),
        split(second) {}

  H2Session::Options options() const {
    H2Session::Options options;
    options.extended_connect = extended;
    if (!tiny) return options;
    options.limits = {.streams = 3,
                      .stream_window = 1000,
                      .connection_window = 70'000,
                      .header_table = 100,
                      .continuations = 2,
                      .settings = 2,
                      .queued_frames = 10,
                      .resets = {.burst = 4, .per_second = 1},
                      .glitches = {.burst = 8, .per_second = 1}};
    options.heads = {.request_line = 64, .header_block = 512, .fields = 8};
    return options;
  }
};

struct Outcome {
  std::vector<std::string> heard;
  std::string sent;
  bool is_finished = false;
  bool is_limited = false;  ///< A limit has ended it.
  bool operator==(const Outcome&) const = default;
};

void answer_all(H2Side& side) {
  for (auto& [number, stream] : side.streams) {
    if (stream->is_closed || !stream->has_ended) continue;
    stream->body = "an answer";
    stream->sent_trailers = number % 4 == 1 ? "x-sum: 1\r\n" : "";
    side.session->respond(number, {.content_length = stream->body.size()}, H2Session::Body::follows);
  }
}

Outcome outcome(const Plan& plan, const std::vector<std::string>& pieces) {
  H2HeadMemory memory;
  Outcome result;
  H2Side side = plan.is_client ? H2Side(memory, 0, plan.options()) : H2Side(memory, plan.options());
  side.refuses = plan.refuses;
  if (plan.is_client) {
    for (int i = 0; i < 3; ++i) side.ask(request_fields("GET", "/"));
    side.sent();
  }
  side.asked = [&](std::uint32_t number, gyre::wire::RequestHead&) {
    side.streams.at(number)->consumes = plan.consumes;
    if (plan.forgets && number % 8 == 3) side.session->reset(number, gyre::wire::H2Error::cancel);
  };
  for (const std::string& piece : pieces) {
    if (!side.receive(piece)) break;
  }
  if (!plan.is_client) answer_all(side);
  result.sent = side.sent();
  result.heard = side.heard();
  // Of a body that breaks a rule, or of the last one before an error, as much is heard as came in whole pieces.
  const std::vector<std::string> said = describe(result.sent);
  const auto is_doubtful = [&](const std::string& begin) {
    return side.session->error() != gyre::wire::H2Error::no_error ||
           std::any_of(said.begin(), said.end(),
                       [&](const std::string& line) { return line.starts_with("RST_STREAM " + begin + " "); }) ||
           std::any_of(result.heard.begin(), result.heard.end(), [&](const std::string& line) {
             return line.starts_with(begin + " closed ") && !line.ends_with("NO_ERROR");
           });
  };
  std::vector<std::string> kept;
  for (const std::string& line : result.heard) {
    const std::size_t data = line.find(" data ");
    const bool is_data = data != std::string::npos && data == line.find(' ');
    const std::string begin = is_data ? line.substr(0, data + 6) : std::string();
    if (is_data && is_doubtful(line.substr(0, data))) continue;
    if (is_data && !kept.empty() && kept.back().starts_with(begin)) {
      kept.back() += line.substr(begin.size());
    } else {
      kept.push_back(line);
    }
  }
  result.heard = std::move(kept);
  result.is_finished = side.session->finished();
  result.is_limited = side.session->exceeded() != gyre::wire::H2Limit::none;
  return result;
}

std::vector<std::string> split(const std::string& bytes, unsigned how) {
  if (how == 0) return {bytes};
  std::minstd_rand random(how);
  std::vector<std::string> pieces;
  for (std::size_t at = 0; at < bytes.size();) {
    const std::size_t size = how == 1 ? 1 : 1 + random() % (how < 128 ? 20 : 300);
    pieces.push_back(bytes.substr(at, size));
    at += size;
  }
  return pieces;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2 || size > 4096) return 0;
  const Plan plan(data[0], data[1]);
  const std::string_view rest(reinterpret_cast<const char*>(data + 2), size - 2);
  std::string bytes = plan.is_client ? settings() : plan.raw ? std::string() : preface() + settings_ack();
  bytes += plan.raw ? std::string(rest) : said_by(rest);
  const Outcome whole = outcome(plan, {bytes});
  const Outcome pieces = outcome(plan, split(bytes, plan.split));
  // What came just before a limit, and whether the limit or a broken rule is told, may depend on the pieces.
  if (whole.is_limited || pieces.is_limited) return 0;
  // So may what comes behind a GOAWAY while no stream is open: the session is over then.
  const auto is_goaway = [](const std::string& line) { return line.starts_with("0 goaway"); };
  if (std::any_of(whole.heard.begin(), whole.heard.end(), is_goaway)) return 0;
  if (!(whole == pieces)) {
    for (const auto& line : whole.heard) std::fprintf(stderr, "whole: %.200s\n", line.c_str());
    for (const auto& line : pieces.heard) std::fprintf(stderr, "pieces: %.200s\n", line.c_str());
    for (const auto& line : describe(whole.sent)) std::fprintf(stderr, "whole says: %s\n", line.c_str());
    for (const auto& line : describe(pieces.sent)) std::fprintf(stderr, "pieces say: %s\n", line.c_str());
  }
  GYRE_ASSERT(whole == pieces);
  return 0;
}
