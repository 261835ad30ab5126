#pragma once

#include <gyre/base/box.hpp>
#include <gyre/web/handler.hpp>
#include <gyre/web/internal/request_path.hpp>
#include <gyre/web/internal/route_scope.hpp>
#include <gyre/web/internal/text_map.hpp>

#include <array>
#include <cstdint>
#include <source_location>
#include <string>
#include <string_view>
#include <vector>

namespace gyre::internal {

/// One registered route.
struct RouteEntry {
  // What a request needs, side by side.
  RequestHandler* handler = nullptr;  ///< The endpoint, or the pipeline.
  detail::RouteScope* scope;

  Method method;
  std::string method_name;
  std::string pattern;  ///< With the prefixes of its groups.
  std::source_location where;
  detail::HandlerFacts facts;
  Box<detail::Endpoint> endpoint;
  Box<RequestHandler> pipeline = nullptr;  ///< With middleware.
  std::string name = {};                   ///< "GET /users/{id}"

  /// To be called once the pattern and the scope's middleware are known.
  void wrap() {
    name = method_name + " " + pattern;
    endpoint->set_name(name.c_str());
    const bool bare = scope->middleware_count() == 0;
    pipeline = bare ? nullptr : make_box<Pipeline>(*scope, *endpoint);
    handler = bare ? endpoint.get() : pipeline.get();
  }
};

/// The methods of everything that matches one path.
struct AllowedMethods {
  std::uint32_t known = 0;  ///< Bits by `Method`.
  std::vector<std::string_view> others;

  void add(const RouteEntry& route);
  /// "GET, HEAD, OPTIONS": HEAD comes with GET, OPTIONS always.
  std::string text() const;
};

enum class MatchOutcome : std::uint8_t { found, no_path, no_method, bad_path };

struct Match {
  MatchOutcome outcome;
  RequestHandler* handler = nullptr;
};

/// Finds the route for a request, in two ways. A path that is a route's text, byte for byte, is one look-up in a hash
/// table: nothing can be more specific. Every other path walks a tree with one node per segment, the most specific
/// child first, and steps back where a branch has no route for the method. Each node is reached on one way only, so the
/// walk is bounded by the number of nodes, whatever the client sends.
///
/// A prefix may have an owner: then a path below it that has no route there is its owner's business, and the walk does
/// not step back to less specific routes outside.
///
/// Read by every loop at once; changed by nobody while a server runs.
class RouteTable {
 public:
  /// `root` owns the empty prefix.
  explicit RouteTable(detail::RouteScope& root);

  /// Throws `SetupError`. The pattern is good already.
  void add(Box<RouteEntry> route);
  /// Makes a scope the owner of its prefix. Throws `SetupError` if it has one; `where` asks for it.
  void claim(detail::RouteScope& scope, const std::source_location& where);

  const std::vector<Box<RouteEntry>>& routes() const noexcept { return routes_; }
  /// For another table. This one must not be used any more.
  std::vector<Box<RouteEntry>> take_routes() noexcept { return std::move(routes_); }

  /// Sets the request's parameters, and its place wherever that is known. May throw `std::bad_alloc` for a path with
  /// escapes.
  Match find(Request& request) const;

  /// What `Allow` tells about the request's path; about all paths for "*".
  AllowedMethods allowed(const Request& request) const;

 private:
  static constexpr std::uint32_t none = TextMap::none;
  static constexpr std::size_t known_methods = static_cast<std::size_t>(Method::other);

  /// All routes of one shape ("/users/{id}" and "/users/{name}" have the same).
  struct Resource {
    std::array<const RouteEntry*, known_methods> by_method{};
    std::vector<const RouteEntry*> others;
    detail::RouteScope* scope = nullptr;  ///< The innermost that all of them are in.

    const RouteEntry* exactly(Method method, std::string_view name) const noexcept;
    /// With HEAD answered by GET.
    const RouteEntry* find(const Request& request) const noexcept;
  };

  struct Node {
    std::uint32_t placeholder = none;    ///< Node.
    std::uint32_t resource = none;       ///< For paths that end here.
    std::uint32_t rest_resource = none;  ///< For all paths that go on.
    std::uint32_t literals = 0;          ///< How many children are literals.
    std::uint32_t first_literal = none;  ///< Node. If it is the only one, no look-up is needed to tell.
    std::string_view first_text;
    detail::RouteScope* owner = nullptr;  ///< Of the prefix that ends here.
  };

  struct Walk;
  template <class Visit>
  bool walk(std::uint32_t node, unsigned depth, Walk& state, Visit& visit) const;
  static bool leave(const Node& node, Walk& state) noexcept;

  std::uint32_t static_path(std::string_view path) const noexcept;
  std::uint32_t literal_child(std::uint32_t index, std::string_view text) const noexcept;
  std::uint32_t child(std::uint32_t node, const detail::PatternSegment& segment);
  std::uint32_t& resource_place(std::string_view pattern);

  std::vector<Box<RouteEntry>> routes_;
  std::vector<Resource> resources_;
  std::vector<Node> nodes_;
  TextMap static_paths_;            ///< Group 0; a whole path to a resource.
  std::uint64_t static_sizes_ = 0;  ///< Bit n: there is a static path of n bytes, or of 63 and more.
  TextMap literals_;                ///< Grouped by node; a segment to a node.
};

}  // namespace gyre::internal
