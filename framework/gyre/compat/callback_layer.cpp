#include <gyre/compat/detail/callback_layer.hpp>

#include <gyre/base/error.hpp>
#include <gyre/wire/field_lines.hpp>
#include <gyre/wire/fields.hpp>

#include <string>
#include <utility>

namespace gyre::detail {

CallbackLayer::CallbackLayer(CallbackOptions options, const std::source_location& where)
    : options_(std::move(options)), ledger_(Shared<CallbackLedger>::make(options_.on_misuse, where)) {}

Task<> collect_for_callback(Request& request, const Next& next) {
  if (request.body_source() == nullptr || next.body_use() != RequestHandler::BodyUse::collected) co_return;
  const Result<void> collected = co_await request.collect();
  collected.value();
}

void add_draft(Response& answer, const Response& draft) {
  const bool has_body = !answer.body().empty() || answer.streamed();
  if (has_body && answer.content_type().empty() && !draft.content_type().empty()) {
    answer.set("content-type", draft.content_type());
  }
  if (draft.fields().empty()) return;
  const std::string before{answer.fields()};
  for (wire::FieldLines lines{draft.fields()}; lines.next();) {
    const bool cookie = equal_ignoring_case(lines.name(), "set-cookie");
    if (cookie || !wire::find_field_line(before, lines.name())) answer.add(lines.name(), lines.value());
  }
}

Task<Response> CallbackLayer::run(const CallbackLayer* layer, Request* request, Next next) {
  Task<> collected = collect_for_callback(*request, next);
  co_await std::move(collected);
  Context& context = co_await this_context();
  const ReplyOwner owner{*request, context.executor(), layer->ledger_, "a callback middleware"};
  owner.call(*layer, layer->options_);
  ReplyWait wait{owner.state()};
  co_await wait;
  if (owner.state().outcome() != ReplyState::Outcome::next) co_return owner.result();
  const Response draft = owner.state().take_response();
  Task<Response> inner = next(*request);
  Response answer = co_await std::move(inner);
  add_draft(answer, draft);
  co_return std::move(answer);
}

}  // namespace gyre::detail
