#pragma once

#include <algorithm>
#include <cstddef>
#include <string_view>

namespace gyre_benchmark {

/// A path of an API and the methods that it has, separated by blanks.
struct ApiResource {
  std::string_view path;
  std::string_view methods;
};

/// The GitHub API v3: the 203 routes of it that benchmarks of routers have in common, as they can be compared.
inline constexpr ApiResource github_resources[] = {
    // one's own, and the site's
    {"/applications/{client}/tokens", "DELETE"},
    {"/applications/{client}/tokens/{token}", "GET DELETE"},
    {"/authorizations", "GET POST"},
    {"/authorizations/{id}", "GET DELETE"},
    {"/emojis", "GET"},
    {"/events", "GET"},
    {"/feeds", "GET"},
    {"/gitignore/templates", "GET"},
    {"/gitignore/templates/{name}", "GET"},
    {"/issues", "GET"},
    {"/legacy/issues/search/{owner}/{repo}/{state}/{keyword}", "GET"},
    {"/legacy/repos/search/{keyword}", "GET"},
    {"/legacy/user/email/{email}", "GET"},
    {"/legacy/user/search/{keyword}", "GET"},
    {"/markdown", "POST"},
    {"/markdown/raw", "POST"},
    {"/meta", "GET"},
    {"/networks/{owner}/{repo}/events", "GET"},
    {"/notifications", "GET PUT"},
    {"/notifications/threads/{id}", "GET"},
    {"/notifications/threads/{id}/subscription", "GET PUT DELETE"},
    {"/rate_limit", "GET"},
    {"/repositories", "GET"},
    {"/search/code", "GET"},
    {"/search/issues", "GET"},
    {"/search/repositories", "GET"},
    {"/search/users", "GET"},
    {"/user", "GET"},
    {"/user/emails", "GET POST DELETE"},
    {"/user/followers", "GET"},
    {"/user/following", "GET"},
    {"/user/following/{user}", "GET PUT DELETE"},
    {"/user/issues", "GET"},
    {"/user/keys", "GET POST"},
    {"/user/keys/{id}", "GET DELETE"},
    {"/user/orgs", "GET"},
    {"/user/repos", "GET POST"},
    {"/user/starred", "GET"},
    {"/user/starred/{owner}/{repo}", "GET PUT DELETE"},
    {"/user/subscriptions", "GET"},
    {"/user/subscriptions/{owner}/{repo}", "GET PUT DELETE"},
    {"/user/teams", "GET"},
    // gists
    {"/gists", "GET POST"},
    {"/gists/{id}", "GET DELETE"},
    {"/gists/{id}/forks", "POST"},
    {"/gists/{id}/star", "GET PUT DELETE"},
    // organisations, teams, users
    {"/orgs/{org}", "GET"},
    {"/orgs/{org}/events", "GET"},
    {"/orgs/{org}/issues", "GET"},
    {"/orgs/{org}/members", "GET"},
    {"/orgs/{org}/members/{user}", "GET DELETE"},
    {"/orgs/{org}/public_members", "GET"},
    {"/orgs/{org}/public_members/{user}", "GET PUT DELETE"},
    {"/orgs/{org}/repos", "GET POST"},
    {"/orgs/{org}/teams", "GET POST"},
    {"/teams/{id}", "GET DELETE"},
    {"/teams/{id}/members", "GET"},
    {"/teams/{id}/members/{user}", "GET PUT DELETE"},
    {"/teams/{id}/repos", "GET"},
    {"/teams/{id}/repos/{owner}/{repo}", "GET PUT DELETE"},
    {"/users", "GET"},
    {"/users/{user}", "GET"},
    {"/users/{user}/events", "GET"},
    {"/users/{user}/events/orgs/{org}", "GET"},
    {"/users/{user}/events/public", "GET"},
    {"/users/{user}/followers", "GET"},
    {"/users/{user}/following", "GET"},
    {"/users/{user}/following/{target}", "GET"},
    {"/users/{user}/gists", "GET"},
    {"/users/{user}/keys", "GET"},
    {"/users/{user}/orgs", "GET"},
    {"/users/{user}/received_events", "GET"},
    {"/users/{user}/received_events/public", "GET"},
    {"/users/{user}/repos", "GET"},
    {"/users/{user}/starred", "GET"},
    {"/users/{user}/subscriptions", "GET"},
    // repositories
    {"/repos/{owner}/{repo}", "GET DELETE"},
    {"/repos/{owner}/{repo}/assignees", "GET"},
    {"/repos/{owner}/{repo}/assignees/{user}", "GET"},
    {"/repos/{owner}/{repo}/branches", "GET"},
    {"/repos/{owner}/{repo}/branches/{branch}", "GET"},
    {"/repos/{owner}/{repo}/collaborators", "GET"},
    {"/repos/{owner}/{repo}/collaborators/{user}", "GET PUT DELETE"},
    {"/repos/{owner}/{repo}/comments", "GET"},
    {"/repos/{owner}/{repo}/comments/{id}", "GET DELETE"},
    {"/repos/{owner}/{repo}/commits", "GET"},
    {"/repos/{owner}/{repo}/commits/{sha}", "GET"},
    {"/repos/{owner}/{repo}/commits/{sha}/comments", "GET POST"},
    {"/repos/{owner}/{repo}/contributors", "GET"},
    {"/repos/{owner}/{repo}/downloads", "GET"},
    {"/repos/{owner}/{repo}/downloads/{id}", "GET DELETE"},
    {"/repos/{owner}/{repo}/events", "GET"},
    {"/repos/{owner}/{repo}/forks", "GET POST"},
    {"/repos/{owner}/{repo}/git/blobs", "POST"},
    {"/repos/{owner}/{repo}/git/blobs/{sha}", "GET"},
    {"/repos/{owner}/{repo}/git/commits", "POST"},
    {"/repos/{owner}/{repo}/git/commits/{sha}", "GET"},
    {"/repos/{owner}/{repo}/git/refs", "GET POST"},
    {"/repos/{owner}/{repo}/git/tags", "POST"},
    {"/repos/{owner}/{repo}/git/tags/{sha}", "GET"},
    {"/repos/{owner}/{repo}/git/trees", "POST"},
    {"/repos/{owner}/{repo}/git/trees/{sha}", "GET"},
    {"/repos/{owner}/{repo}/hooks", "GET POST"},
    {"/repos/{owner}/{repo}/hooks/{id}", "GET DELETE"},
    {"/repos/{owner}/{repo}/hooks/{id}/tests", "POST"},
    {"/repos/{owner}/{repo}/issues", "GET POST"},
    {"/repos/{owner}/{repo}/issues/{number}", "GET"},
    {"/repos/{owner}/{repo}/issues/{number}/comments", "GET POST"},
    {"/repos/{owner}/{repo}/issues/{number}/events", "GET"},
    {"/repos/{owner}/{repo}/issues/{number}/labels", "GET POST PUT DELETE"},
    {"/repos/{owner}/{repo}/issues/{number}/labels/{name}", "DELETE"},
    {"/repos/{owner}/{repo}/keys", "GET POST"},
    {"/repos/{owner}/{repo}/keys/{id}", "GET DELETE"},
    {"/repos/{owner}/{repo}/labels", "GET POST"},
    {"/repos/{owner}/{repo}/labels/{name}", "GET DELETE"},
    {"/repos/{owner}/{repo}/languages", "GET"},
    {"/repos/{owner}/{repo}/merges", "POST"},
    {"/repos/{owner}/{repo}/milestones", "GET POST"},
    {"/repos/{owner}/{repo}/milestones/{number}", "GET DELETE"},
    {"/repos/{owner}/{repo}/milestones/{number}/labels", "GET"},
    {"/repos/{owner}/{repo}/notifications", "GET PUT"},
    {"/repos/{owner}/{repo}/pulls", "GET POST"},
    {"/repos/{owner}/{repo}/pulls/{number}", "GET"},
    {"/repos/{owner}/{repo}/pulls/{number}/comments", "GET PUT"},
    {"/repos/{owner}/{repo}/pulls/{number}/commits", "GET"},
    {"/repos/{owner}/{repo}/pulls/{number}/files", "GET"},
    {"/repos/{owner}/{repo}/pulls/{number}/merge", "GET PUT"},
    {"/repos/{owner}/{repo}/readme", "GET"},
    {"/repos/{owner}/{repo}/releases", "GET POST"},
    {"/repos/{owner}/{repo}/releases/{id}", "GET DELETE"},
    {"/repos/{owner}/{repo}/releases/{id}/assets", "GET"},
    {"/repos/{owner}/{repo}/stargazers", "GET"},
    {"/repos/{owner}/{repo}/stats/code_frequency", "GET"},
    {"/repos/{owner}/{repo}/stats/commit_activity", "GET"},
    {"/repos/{owner}/{repo}/stats/contributors", "GET"},
    {"/repos/{owner}/{repo}/stats/participation", "GET"},
    {"/repos/{owner}/{repo}/stats/punch_card", "GET"},
    {"/repos/{owner}/{repo}/statuses/{ref}", "GET POST"},
    {"/repos/{owner}/{repo}/subscribers", "GET"},
    {"/repos/{owner}/{repo}/subscription", "GET PUT DELETE"},
    {"/repos/{owner}/{repo}/tags", "GET"},
    {"/repos/{owner}/{repo}/teams", "GET"},
};

/// Calls `visit(method, path)` for each route.
template <class Visit>
constexpr void for_each_github_route(Visit visit) {
  for (const ApiResource& resource : github_resources) {
    for (std::string_view rest = resource.methods; !rest.empty();) {
      const std::size_t size = std::min(rest.find(' '), rest.size());
      visit(rest.substr(0, size), resource.path);
      rest.remove_prefix(std::min(size + 1, rest.size()));
    }
  }
}

inline constexpr std::size_t github_route_count = [] {
  std::size_t count = 0;
  for_each_github_route([&](std::string_view, std::string_view) { ++count; });
  return count;
}();
static_assert(github_route_count == 203);

}  // namespace gyre_benchmark
