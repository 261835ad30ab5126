#include "raw_chunked.hpp"
#include "raw_connection.hpp"
#include "raw_fields.hpp"
#include "raw_framing.hpp"
#include "raw_host.hpp"
#include "raw_limits.hpp"
#include "raw_lines.hpp"
#include "raw_pipeline.hpp"
#include "raw_run.hpp"
#include "raw_target.hpp"
#include "raw_trailers.hpp"

#include <catch2/catch.hpp>
#include <each_loop.hpp>

#include <cstdlib>
#include <set>

using namespace gyre;
using namespace gyre::test;
using namespace gyre::test::raw;

namespace {

const std::vector<Topic>& topics() {
  static const LongTexts texts;
  static const std::vector<RawCase> default_limits = raw_default_limits(texts);
  static const LongBodies bodies;
  static const std::vector<RawCase> chunk_limits = raw_chunk_limits(bodies);
  static const std::vector<Topic> all{
      {"methods", raw_methods},
      {"lines", raw_lines},
      {"versions", raw_versions},
      {"targets", raw_targets},
      {"hosts", raw_hosts},
      {"fields", raw_fields},
      {"lengths", raw_lengths},
      {"codings", raw_codings},
      {"connections", raw_connections},
      {"expectations", raw_expectations},
      {"upgrades", raw_upgrades},
      {"pipelines", raw_pipelines},
      {"small limits", raw_small_limits},
      {"default limits", default_limits},
      {"chunks", raw_chunks},
      {"chunk sizes", raw_chunk_sizes},
      {"chunk extensions", raw_extensions},
      {"trailers", raw_trailers},
      {"small chunks", raw_small_chunks},
      {"chunk limits", chunk_limits},
  };
  return all;
}

/// Cut in two at every byte; a long text at 200 places. Over TLS, where each is a handshake, at every tenth of them.
std::vector<Delivery> deliveries(std::string_view bytes) {
  std::vector<Delivery> all{at_once(bytes), bytewise(bytes)};
  const std::size_t cuts = bytes.empty() ? 0 : bytes.size() - 1;
  const std::size_t all_places = bytes.size() > 400 ? 200 : cuts;
  const std::size_t places = over_tls() ? all_places / 10 : all_places;
  for (std::size_t index = 1; index <= places; ++index) all.push_back(cut(bytes, index * cuts / places));
  return all;
}

std::vector<const RawCase*> cases_of(const Topic& topic, Preset preset) {
  std::vector<const RawCase*> cases;
  for (const RawCase& test : topic.cases) {
    if (test.also.preset == preset) cases.push_back(&test);
  }
  return cases;
}

/// Each case in each delivery; only the first that goes wrong is told.
struct EveryDelivery {
  const Topic& topic;
  Preset preset;

  Task<> operator()(RawSite& site) const {
    for (const RawCase* test : cases_of(topic, preset)) {
      std::string fault;
      for (const Delivery& delivery : deliveries(test->bytes)) {
        fault = co_await run(site, *test, delivery);
        if (!fault.empty()) break;
      }
      CHECK(fault == "");
    }
  }
};

/// Every n-th case, whole and in two pieces: GYRE_RAW_EVERY, or 10.
struct Selection {
  Preset preset;

  Task<> operator()(RawSite& site) const {
    const char* given = std::getenv("GYRE_RAW_EVERY");
    const unsigned long every = given == nullptr ? 10 : std::max(1UL, std::strtoul(given, nullptr, 10));
    unsigned long index = 0;
    for (const Topic& topic : topics()) {
      for (const RawCase* test : cases_of(topic, preset)) {
        if (++index % every != 0) continue;
        const Delivery two = cut(test->bytes, test->bytes.size() / 2);
        std::string fault = co_await run(site, *test, at_once(test->bytes));
        if (fault.empty()) fault = co_await run(site, *test, two);
        CHECK(fault == "");
      }
    }
  }
};

void check_topic(const Topic& topic) {
  SimOptions options;
  options.seed = loop_test::seeds(1).front();
  INFO(topic.name << ", GYRE_SEED=" << options.seed);
  SimLoop loop{options};
  for (const Preset preset : {Preset::usual, Preset::small}) {
    loop.run(serve_preset(loop, preset, EveryDelivery{topic, preset}));
  }
  CHECK(loop.open_descriptors() == 0);
}

}  // namespace

TEST_CASE("the same bytes have the same answers, however they are cut", "[http][raw]") {
  for (const Topic& topic : topics()) {
    DYNAMIC_SECTION(topic.name) { check_topic(topic); }
  }
}

TEST_CASE("raw bytes: a selection on the loops of the operating system", "[http][raw]") {
  loop_test::for_each_real_loop([](Loop& loop) {
    for (const Preset preset : {Preset::usual, Preset::small}) {
      loop.run(serve_preset(loop, preset, Selection{preset}));
    }
  });
}

TEST_CASE("no two cases of a topic are the same", "[http][raw]") {
  std::size_t count = 0;
  for (const Topic& topic : topics()) {
    std::set<std::string_view> names;
    std::set<std::string_view> bytes;
    for (const RawCase& test : topic.cases) {
      INFO(topic.name << ": " << test.what);
      CHECK(names.insert(test.what).second);
      CHECK(bytes.insert(test.bytes).second);
      ++count;
    }
  }
  CHECK(count >= 430);
}
