#include <gyre/web/internal/route_table.hpp>

#include <gyre/web/error.hpp>
#include <gyre/web/internal/setup.hpp>

#include <algorithm>

namespace gyre::internal {

using detail::PatternSegment;

static std::uint64_t size_bit(std::string_view text) noexcept {
  return std::uint64_t{1} << std::min<std::size_t>(text.size(), 63);
}

void AllowedMethods::add(const RouteEntry& route) {
  if (route.method != Method::other) {
    known |= 1U << static_cast<unsigned>(route.method);
  } else if (std::find(others.begin(), others.end(), route.method_name) == others.end()) {
    others.push_back(route.method_name);
  }
}

std::string AllowedMethods::text() const {
  const auto bit = [](Method method) { return 1U << static_cast<unsigned>(method); };
  std::uint32_t bits = known | bit(Method::options);
  if ((bits & bit(Method::get)) != 0) bits |= bit(Method::head);
  std::string text;
  const auto append = [&](std::string_view name) {
    if (!text.empty()) text += ", ";
    text += name;
  };
  for (unsigned method = 0; method < static_cast<unsigned>(Method::other); ++method) {
    if ((bits >> method & 1U) != 0) append(name(static_cast<Method>(method)));
  }
  for (const std::string_view other : others) append(other);
  return text;
}

RouteTable::RouteTable(detail::RouteScope& root) : nodes_(1) { nodes_[0].owner = &root; }

const RouteEntry* RouteTable::Resource::exactly(Method method, std::string_view name) const noexcept {
  if (method != Method::other) return by_method[static_cast<std::size_t>(method)];
  for (const RouteEntry* route : others) {
    if (route->method_name == name) return route;
  }
  return nullptr;
}

const RouteEntry* RouteTable::Resource::find(const Request& request) const noexcept {
  const Method method = request.method();
  if (method == Method::other) return exactly(method, request.head().method_text());
  const RouteEntry* route = by_method[static_cast<std::size_t>(method)];
  if (route == nullptr && method == Method::head) route = by_method[static_cast<std::size_t>(Method::get)];
  return route;
}

static Match found(Request& request, const RouteEntry& route) noexcept {
  request.set_place(route.scope);
  return {MatchOutcome::found, route.handler};
}

/// The resource of a path without placeholders. Most paths with parameters are told by their size alone.
std::uint32_t RouteTable::static_path(std::string_view path) const noexcept {
  return (static_sizes_ & size_bit(path)) != 0 ? static_paths_.find(0, path) : none;
}

std::uint32_t RouteTable::literal_child(std::uint32_t index, std::string_view text) const noexcept {
  const Node& node = nodes_[index];
  if (node.literals > 1) return literals_.find(index, text);
  return node.literals == 1 && TextMap::equal(node.first_text, text) ? node.first_literal : none;
}

/// The child of a node for a literal or a `{name}`; made where there is none.
std::uint32_t RouteTable::child(std::uint32_t node, const PatternSegment& segment) {
  const bool literal = segment.kind == PatternSegment::Kind::literal;
  const std::uint32_t known = literal ? literal_child(node, segment.text) : nodes_[node].placeholder;
  if (known != none) return known;
  const auto made = static_cast<std::uint32_t>(nodes_.size());
  nodes_.emplace_back();
  if (literal) {
    literals_.insert(node, segment.text, made);
    Node& parent = nodes_[node];
    if (parent.literals++ == 0) {
      parent.first_literal = made;
      parent.first_text = segment.text;
    }
  } else {
    nodes_[node].placeholder = made;
  }
  return made;
}

void RouteTable::claim(detail::RouteScope& scope, const std::source_location& where) {
  std::uint32_t node = 0;
  for (detail::PatternSegments segments{scope.prefix}; segments.next();) node = child(node, segments.segment());
  detail::RouteScope*& owner = nodes_[node].owner;
  const bool owned = owner != nullptr && owner != &scope && (node != 0 || owner->owns_prefix);
  if (owned) {
    throw SetupError{place_text(where) + ": the paths below " + quoted(scope.prefix) +
                     " have their own answers already, by " + place_text(owner->claimed_at)};
  }
  owner = &scope;
  if (!scope.owns_prefix) scope.claimed_at = where;
  scope.owns_prefix = true;
}

/// Where the number of the pattern's resource stands. `pattern` must live as long as the table.
std::uint32_t& RouteTable::resource_place(std::string_view pattern) {
  std::uint32_t node = 0;
  for (detail::PatternSegments segments{pattern}; segments.next();) {
    if (segments.segment().kind == PatternSegment::Kind::rest) return nodes_[node].rest_resource;
    node = child(node, segments.segment());
  }
  return nodes_[node].resource;
}

void RouteTable::add(Box<RouteEntry> route) {
  std::uint32_t& place = resource_place(route->pattern);
  if (place == none) {
    place = static_cast<std::uint32_t>(resources_.size());
    resources_.emplace_back();
    const bool is_static = !detail::PatternSegments{route->pattern}.next_placeholder();
    if (is_static) {
      static_paths_.insert(0, route->pattern, place);
      static_sizes_ |= size_bit(route->pattern);
    }
  }
  Resource& resource = resources_[place];
  if (const RouteEntry* other = resource.exactly(route->method, route->method_name)) {
    throw SetupError{place_text(route->where) + ": " + route->method_name + " " + quoted(route->pattern) +
                     " matches the same requests as " + quoted(other->pattern) + ", registered at " +
                     place_text(other->where)};
  }
  if (route->method == Method::other) {
    resource.others.push_back(route.get());
  } else {
    resource.by_method[static_cast<std::size_t>(route->method)] = route.get();
  }
  if (resource.scope == nullptr) resource.scope = route->scope;
  while (!route->scope->is_within(*resource.scope)) resource.scope = resource.scope->parent;
  routes_.push_back(std::move(route));
}

/// Where a walk stands, beside the node.
struct RouteTable::Walk {
  RequestPath path;
  unsigned captured = 0;
  const detail::RouteScope* owner;                 ///< Whose business it is that nothing was found.
  std::uint8_t captures[Request::parameters_max];  ///< Segments, by number.
};

/// Offers every resource that matches the path to `visit(resource, rest)`, the most specific first, until one is taken
/// or a prefix with an owner is to be left. `rest` is the segment where a rest placeholder begins, or -1. True if the
/// walk is over.
template <class Visit>
bool RouteTable::walk(std::uint32_t index, unsigned depth, Walk& state, Visit& visit) const {
  const Node& node = nodes_[index];
  if (depth == state.path.count()) {
    if (!state.path.more() && node.resource != none && visit(resources_[node.resource], -1)) return true;
    return leave(node, state);
  }
  const std::string_view segment = state.path.segment(depth);
  if (const std::uint32_t next = literal_child(index, segment); next != none) {
    if (walk(next, depth + 1, state, visit)) return true;
  }
  if (node.placeholder != none && !segment.empty()) {
    state.captures[state.captured++] = static_cast<std::uint8_t>(depth);
    if (walk(node.placeholder, depth + 1, state, visit)) return true;
    --state.captured;
  }
  if (node.rest_resource != none && visit(resources_[node.rest_resource], static_cast<int>(depth))) return true;
  return leave(node, state);
}

/// Nothing was found at a node or below: true if that is its owner's business.
bool RouteTable::leave(const Node& node, Walk& state) noexcept {
  if (node.owner == nullptr) [[likely]]
    return false;
  state.owner = node.owner;
  return true;
}

Match RouteTable::find(Request& request) const {
  if (const std::uint32_t at = static_path(request.path()); at != none) {
    if (const RouteEntry* route = resources_[at].find(request)) return found(request, *route);
  }
  Walk state;
  if (!state.path.assign(request)) return {MatchOutcome::bad_path};
  const RouteEntry* route = nullptr;
  const Resource* first = nullptr;
  int rest_begin = -1;
  auto visit = [&](const Resource& resource, int rest) {
    if (first == nullptr) first = &resource;
    route = resource.find(request);
    rest_begin = rest;
    return route != nullptr;
  };
  walk(0, 0, state, visit);
  if (route == nullptr) {
    request.set_place(first != nullptr ? first->scope : state.owner);
    return {first != nullptr ? MatchOutcome::no_method : MatchOutcome::no_path};
  }
  for (unsigned i = 0; i < state.captured; ++i) request.add_parameter(state.path.segment(state.captures[i]));
  if (rest_begin >= 0) {
    const auto rest = state.path.rest(static_cast<unsigned>(rest_begin), request);
    if (!rest) {
      request.clear_parameters();
      return {MatchOutcome::bad_path};
    }
    request.add_parameter(*rest);
  }
  return found(request, *route);
}

AllowedMethods RouteTable::allowed(const Request& request) const {
  AllowedMethods methods;
  if (request.path() == "*") {
    for (const auto& route : routes_) methods.add(*route);
    return methods;
  }
  Walk state;
  if (!state.path.assign(request)) return methods;
  auto visit = [&](const Resource& resource, int) {
    for (const RouteEntry* route : resource.by_method) {
      if (route != nullptr) methods.add(*route);
    }
    for (const RouteEntry* route : resource.others) methods.add(*route);
    return false;
  };
  walk(0, 0, state, visit);
  return methods;
}

}  // namespace gyre::internal
