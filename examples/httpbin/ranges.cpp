#include "paced.hpp"
#include "parts.hpp"

#include <gyre/gyre.hpp>
#include <gyre/web/query.hpp>

#include <cstddef>
#include <string>

namespace httpbin {
namespace {

constexpr std::size_t range_max = 100 * 1024;

struct RangeQuery {
  double duration = 0;
  std::size_t chunk_size = 10 * 1024;

  static constexpr auto rules() {
    return gyre::rules(gyre::rule(&RangeQuery::duration, gyre::range(0, 60)),
                       gyre::rule(&RangeQuery::chunk_size, gyre::range(1, range_max)));
  }
};
BOOST_DESCRIBE_STRUCT(RangeQuery, (), (duration, chunk_size))

/// The alphabet again and again: that the right part came can be seen.
std::string letters(gyre::wire::ByteRange range) {
  std::string text(range.size(), '\0');
  for (std::size_t index = 0; index < text.size(); ++index) {
    text[index] = static_cast<char>('a' + (range.first + index) % 26);
  }
  return text;
}

gyre::Response paced_letters(gyre::wire::ByteRange range, const RangeQuery& query) {
  const auto make = [first = range.first](std::size_t begin, std::size_t end) {
    return letters({first + begin, first + end - 1});
  };
  return paced(range.size(), make, {.duration = seconds(query.duration), .piece = query.chunk_size});
}

gyre::Response unsatisfiable(std::size_t size) {
  char text[gyre::wire::content_range_bound];
  return gyre::Response::problem(gyre::Status::range_not_satisfiable)
      .with("Content-Range", gyre::wire::format_unsatisfied_range(size, text));
}

gyre::Response part(gyre::wire::ByteRange range, std::size_t size, const RangeQuery& query) {
  char text[gyre::wire::content_range_bound];
  gyre::Response response = paced_letters(range, query);
  response.set_status(gyre::Status::partial_content);
  response.add("Content-Range", gyre::wire::format_content_range(range, size, text));
  return response;
}

/// One range at a time: what asks for several gets the whole.
gyre::Task<gyre::Response> range(gyre::Path<std::size_t, "size"> path, gyre::Request& request,
                                 gyre::Query<RangeQuery> query) {
  using gyre::wire::Precondition;
  using Kind = gyre::wire::RangeAnswer::Kind;
  gyre::Loop& loop = gyre::Loop::of(co_await gyre::this_context());
  const std::size_t size = *path;
  if (size == 0 || size > range_max) throw gyre::HttpError{gyre::Status::not_found, "sizes are 1 to 102400"};

  const std::string tag = "range" + std::to_string(size);
  const Precondition condition =
      gyre::check_conditions(request, {.entity_tag = gyre::wire::EntityTag{tag}}, loop.wall_time());
  gyre::wire::ByteRange room[1];
  const gyre::wire::RangeAnswer wanted = gyre::wanted_ranges(request, condition, size, room);
  gyre::Response response;
  if (condition == Precondition::failed) {
    response = gyre::Response::problem(gyre::Status::precondition_failed);
  } else if (condition == Precondition::not_modified) {
    response = gyre::Status::not_modified;
  } else if (wanted.kind == Kind::unsatisfiable) {
    response = unsatisfiable(size);
  } else if (wanted.kind == Kind::partial) {
    response = part(wanted.ranges[0], size, *query);
  } else {
    response = paced_letters({0, size - 1}, *query);
  }
  if (!is_error(response.status())) response.set_content_type("application/octet-stream");
  response.add("ETag", '"' + tag + '"').add("Accept-Ranges", "bytes");
  co_return std::move(response);
}

}  // namespace

void add_ranges(gyre::App& app) { app.get("/range/{size}", range); }

}  // namespace httpbin
