#include "image_data.hpp"
#include "parts.hpp"

#include <gyre/gyre.hpp>
#include <gyre/wire/negotiation.hpp>

#include <iterator>
#include <optional>
#include <string_view>

namespace httpbin {
namespace {

/// The same gyre in each format; the first is preferred.
constexpr std::string_view types[] = {"image/png", "image/webp", "image/svg+xml", "image/jpeg"};

gyre::Response image(std::size_t index) {
  const std::string_view bytes[] = {png_image(), webp_image(), svg_image(), jpeg_image()};
  static_assert(std::size(bytes) == std::size(types));
  return gyre::Content{types[index], bytes[index]};
}

gyre::Response chosen_image(std::optional<gyre::Header<"Accept">> accept) {
  std::optional<std::string_view> field;
  if (accept) field = **accept;
  const std::optional<std::size_t> index = gyre::wire::choose_media_type(field, types);
  gyre::Response response = index ? image(*index) : gyre::Response::problem(gyre::Status::not_acceptable);
  response.add("Vary", "Accept");
  return response;
}

}  // namespace

void add_images(gyre::App& app) {
  app.get("/image", chosen_image);
  app.get("/image/png", [] { return image(0); });
  app.get("/image/webp", [] { return image(1); });
  app.get("/image/svg", [] { return image(2); });
  app.get("/image/jpeg", [] { return image(3); });
}

}  // namespace httpbin
