#include "parts.hpp"
#include "random.hpp"

#include <gyre/gyre.hpp>

#include <algorithm>
#include <string>
#include <vector>

namespace httpbin {
namespace {

/// "404", "200,404", "200:3,500:1": statuses, one of which is chosen by weight.
class WeightedStatuses {
 public:
  static gyre::Extracted<WeightedStatuses> from_segment(std::string_view text) {
    WeightedStatuses statuses;
    while (!text.empty()) {
      const std::string_view choice = text.substr(0, text.find(','));
      text.remove_prefix(std::min(choice.size() + 1, text.size()));
      if (!statuses.add(choice)) {
        return gyre::Rejection{gyre::Status::bad_request, "codes are 200 to 599, such as 404, or 200:3,500:1"};
      }
    }
    return statuses;
  }

  gyre::Status choose(Random& random) const {
    double total = 0;
    for (const Choice& choice : choices_) total += choice.weight;
    double point = random.fraction() * total;
    for (const Choice& choice : choices_) {
      if (point < choice.weight) return choice.status;
      point -= choice.weight;
    }
    return choices_.back().status;
  }

 private:
  struct Choice {
    gyre::Status status;
    double weight;
  };

  bool add(std::string_view text) {
    const std::size_t colon = std::min(text.find(':'), text.size());
    const auto number = gyre::wire::parse_integer<std::uint16_t>(text.substr(0, colon));
    std::optional<double> weight = 1;
    if (colon != text.size()) weight = gyre::FromSegment<double>::read(text.substr(colon + 1));
    if (!number || *number < 200 || *number > 599 || !weight || *weight < 0) return false;
    choices_.push_back({gyre::Status{*number}, *weight});
    return true;
  }

  std::vector<Choice> choices_;
};

constexpr std::string_view teapot = R"(
      I am a teapot.

              ~
             (_)
         .-'"""""'-.__
   __   /           \ \
   \ \_/   o     o   | |
    \                |/
     \     `---'    /
      '-.________.-'

)";
constexpr std::string_view acceptable =
    R"({"accept":["image/webp","image/svg+xml","image/jpeg","image/png","image/*"],)"
    R"("message":"The client accepts none of the forms that this answer has."})";

/// What belongs to some of the statuses.
gyre::Response answer_with(gyre::Status status) {
  gyre::Response response{status};
  switch (gyre::code(status)) {
    case 301:
    case 302:
    case 303:
    case 305:
    case 307:
    case 308: response.add("Location", "/redirect/1"); break;
    case 401: response.add("WWW-Authenticate", R"(Basic realm="httpbin")"); break;
    case 402: response.set_body("It costs one coin.\n").set_content_type("text/plain; charset=utf-8"); break;
    case 406: response.set_body(acceptable).set_content_type("application/json"); break;
    case 407: response.add("Proxy-Authenticate", R"(Basic realm="httpbin")"); break;
    case 418:
      response.set_body(teapot).set_content_type("text/plain; charset=utf-8");
      response.add("X-More-Info", "https://www.rfc-editor.org/rfc/rfc2324");
      break;
    default: break;
  }
  return response;
}

gyre::Response status(gyre::Path<WeightedStatuses, "codes"> codes, gyre::LoopState<Random> random) {
  return answer_with(codes->choose(*random));
}

}  // namespace

void add_statuses(gyre::App& app) {
  for (const char* method : {"GET", "POST", "PUT", "PATCH", "DELETE", "TRACE"}) {
    app.route(method, "/status/{codes}", status);
  }
}

}  // namespace httpbin
