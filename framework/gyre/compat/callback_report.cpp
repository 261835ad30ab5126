#include <gyre/compat/callback_report.hpp>

#include <gyre/compat/detail/callback_route.hpp>
#include <gyre/web/router.hpp>

#include <algorithm>
#include <array>

namespace gyre {
namespace {

struct Column {
  std::string_view name;
  std::uint64_t CallbackCounts::* count;
  std::string_view help;
};

constexpr std::array<Column, 11> columns{{
    {"requests", &CallbackCounts::requests, "Requests of callback routes."},
    {"in_call", &CallbackCounts::in_call, "Answered inside the handler's call."},
    {"later", &CallbackCounts::later, "Answered after the handler's call, or on another thread."},
    {"twice", &CallbackCounts::twice, "Calls of a reply that had been answered."},
    {"dropped", &CallbackCounts::dropped, "Replies whose last copy died unanswered."},
    {"late", &CallbackCounts::late, "Calls of a reply whose request had been cancelled."},
    {"threw", &CallbackCounts::threw, "Handlers that threw before they had answered."},
    {"threw_after", &CallbackCounts::threw_after, "Handlers that threw after they had answered."},
    {"cancelled", &CallbackCounts::cancelled, "Requests cancelled before an answer."},
    {"shed", &CallbackCounts::shed, "Blocking handlers that got no thread in time."},
    {"blocked_loop", &CallbackCounts::blocked_loop, "Calls that blocked the loop."},
}};

std::string route_of(const CallbackRouteInfo& route) { return std::string{route.host}.append(route.pattern); }

/// A label's value: backslash, quote and line feed escaped.
void append_label(std::string& text, std::string_view value) {
  for (const char c : value) {
    if (c == '\\' || c == '"' || c == '\n') text += '\\';
    text += c == '\n' ? 'n' : c;
  }
}

}  // namespace

std::vector<CallbackRouteInfo> callback_routes(const Router& router) {
  std::vector<CallbackRouteInfo> list;
  for (const RouteInfo& route : router.routes()) {
    const auto* const callback = dynamic_cast<const detail::CallbackRoute*>(route.handler);
    if (callback != nullptr) list.push_back({route.host, route.method, route.pattern, callback->counts()});
  }
  return list;
}

std::string callback_report(const Router& router) {
  std::vector<CallbackRouteInfo> list = callback_routes(router);
  std::sort(list.begin(), list.end(), [](const CallbackRouteInfo& left, const CallbackRouteInfo& right) {
    const std::uint64_t troubles = left.counts.trouble();
    const std::uint64_t other = right.counts.trouble();
    if (troubles != other) return troubles > other;
    if (left.counts.requests != right.counts.requests) return left.counts.requests > right.counts.requests;
    return left.pattern < right.pattern;
  });
  std::vector<std::vector<std::string>> rows(1);
  for (const Column& column : columns) rows[0].emplace_back(column.name);
  rows[0].emplace_back("route");
  for (const CallbackRouteInfo& route : list) {
    std::vector<std::string>& row = rows.emplace_back();
    for (const Column& column : columns) row.push_back(std::to_string(route.counts.*column.count));
    row.push_back(std::string{route.method} + " " + route_of(route));
  }
  std::string text;
  for (const std::vector<std::string>& row : rows) {
    for (std::size_t i = 0; i < columns.size(); ++i) {
      std::size_t width = 0;
      for (const std::vector<std::string>& other : rows) width = std::max(width, other[i].size());
      text.append(width - row[i].size(), ' ').append(row[i]).append("  ");
    }
    text.append(row.back()).append("\n");
  }
  return text;
}

std::string callback_metrics(const Router& router) {
  const std::vector<CallbackRouteInfo> list = callback_routes(router);
  std::string text;
  for (const Column& column : columns) {
    const std::string name = "gyre_callback_" + std::string{column.name} + "_total";
    text.append("# HELP ").append(name).append(" ").append(column.help).append("\n");
    text.append("# TYPE ").append(name).append(" counter\n");
    for (const CallbackRouteInfo& route : list) {
      text.append(name).append("{method=\"");
      append_label(text, route.method);
      text.append("\",route=\"");
      append_label(text, route_of(route));
      text.append("\"} ").append(std::to_string(route.counts.*column.count)).append("\n");
    }
  }
  return text;
}

}  // namespace gyre
