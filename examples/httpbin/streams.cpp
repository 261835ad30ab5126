#include "facts.hpp"
#include "paced.hpp"
#include "parts.hpp"
#include "random.hpp"

#include <gyre/gyre.hpp>
#include <gyre/web/query.hpp>

#include <algorithm>
#include <cstdint>
#include <optional>

namespace httpbin {
namespace {

constexpr int lines_max = 100;
constexpr std::size_t bytes_max = 100 * 1024;
constexpr double delay_max = 10;

struct DripQuery {
  double duration = 2;
  std::size_t numbytes = 10;
  std::uint16_t code = 200;
  double delay = 0;

  static constexpr auto rules() {
    return gyre::rules(gyre::rule(&DripQuery::duration, gyre::range(0, 60)),
                       gyre::rule(&DripQuery::numbytes, gyre::range(1, 10 << 20)),
                       gyre::rule(&DripQuery::code, gyre::range(200, 599)),
                       gyre::rule(&DripQuery::delay, gyre::range(0, delay_max)));
  }
};
BOOST_DESCRIBE_STRUCT(DripQuery, (), (duration, numbytes, code, delay))

struct BytesQuery {
  std::optional<std::int64_t> seed;
  std::size_t chunk_size = 10 * 1024;

  static constexpr auto rules() { return gyre::rules(gyre::rule(&BytesQuery::chunk_size, gyre::range(1, bytes_max))); }

  Noise noise(Random& random) const { return Noise{seed ? static_cast<std::uint64_t>(*seed) : random()}; }
};
BOOST_DESCRIBE_STRUCT(BytesQuery, (), (seed, chunk_size))

struct LineFacts : RequestFacts {
  int id = 0;
};
BOOST_DESCRIBE_STRUCT(LineFacts, (RequestFacts), (id))

gyre::Task<gyre::Json<WholeFacts>> delay(gyre::Path<double, "seconds"> time, gyre::Request& request, gyre::Body) {
  co_await gyre::sleep_for(seconds(std::clamp(*time, 0.0, delay_max)));
  WholeFacts facts = co_await whole_facts_of(request);
  co_return gyre::Json{std::move(facts)};
}

/// The time limit of handlers covers the delay alone: it ends with the head of the answer.
gyre::Task<gyre::Response> drip(gyre::Query<DripQuery> query) {
  co_await gyre::sleep_for(seconds(query->delay));
  const auto stars = [](std::size_t begin, std::size_t end) { return std::string(end - begin, '*'); };
  gyre::Response response = paced(query->numbytes, stars, {.duration = seconds(query->duration), .piece = 1});
  response.set_status(gyre::Status{query->code}).set_content_type("application/octet-stream");
  co_return std::move(response);
}

gyre::Generator<std::string> lines(LineFacts facts, int count) {
  for (; facts.id < count; ++facts.id) co_yield gyre::to_json(facts) + "\n";
}

gyre::Response stream(gyre::Path<int, "count"> count, const gyre::Request& request) {
  LineFacts facts;
  static_cast<RequestFacts&>(facts) = facts_of(request);
  return gyre::Response::generate(lines(std::move(facts), std::min(*count, lines_max)))
      .with_content_type("application/json");
}

gyre::Response bytes(gyre::Path<std::size_t, "count"> count, gyre::Query<BytesQuery> query,
                     gyre::LoopState<Random> random) {
  return gyre::Content{"application/octet-stream", query->noise(*random).take(std::min(*count, bytes_max))};
}

/// The same bytes in chunks.
gyre::Response stream_bytes(gyre::Path<std::size_t, "count"> count, gyre::Query<BytesQuery> query,
                            gyre::LoopState<Random> random) {
  const std::size_t size = std::min(*count, bytes_max);
  auto write = [noise = query->noise(*random), size,
                chunk = query->chunk_size](gyre::BodyWriter& out) mutable -> gyre::Task<> {
    for (std::size_t left = size; left > 0; left -= std::min(left, chunk)) {
      const std::string piece = noise.take(std::min(left, chunk));
      co_await out.write(piece);
      co_await out.flush();
    }
  };
  return gyre::Response::stream(std::move(write)).with_content_type("application/octet-stream");
}

}  // namespace

void add_streams(gyre::App& app) {
  for (const char* method : {"GET", "POST", "PUT", "PATCH", "DELETE", "TRACE"}) {
    app.route(method, "/delay/{seconds}", delay);
  }
  app.get("/drip", drip);
  app.get("/stream/{count}", stream);
  app.get("/bytes/{count}", bytes);
  app.get("/stream-bytes/{count}", stream_bytes);
}

}  // namespace httpbin
