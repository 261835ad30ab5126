// One request of a `CallbackService`: what a connection's `Carrier` does, without the connection.

#include <gyre/compat/internal/ask.hpp>

#include <gyre/compat/internal/ask_text.hpp>
#include <gyre/http/cancel_status.hpp>
#include <gyre/wire/h1/request_parser.hpp>

#include <utility>

namespace gyre::compat {

void AskLink::cancel() noexcept {
  State seen = State::open;
  if (state.compare_exchange_strong(seen, State::cancelled, std::memory_order_acq_rel)) loop->post(work);
}

bool AskLink::close() noexcept {
  State seen = State::open;
  return state.compare_exchange_strong(seen, State::over, std::memory_order_acq_rel);
}

AskLink::Arrival::Arrival(AskLink& owner) noexcept
    : Work([](Work& work) noexcept { static_cast<Arrival&>(work).link->ask->cancelled_by_asker(); }), link(&owner) {}

Ask::Ask(ServiceCore& core, ServiceRequest request, AskCallbacks callbacks)
    : TaskObserver([](TaskObserver& self) noexcept {
        Ask& mine = static_cast<Ask&>(self);
        mine.task_done_ = true;
        if (!mine.starting_) mine.core_->loop.schedule(mine.end_step_);
      }),
      Timer([](Timer& self) noexcept { static_cast<Ask&>(self).expire(); }),
      core_(&core),
      link_(Shared<AskLink>::make(*this, core.loop)),
      callbacks_(std::move(callbacks)) {
  AskText text = ask_text(request, core.options.host);
  text_ = std::move(text.head);
  valid_ = text.valid;
  body_ = std::move(request.body);
}

Ask::~Ask() = default;

// --- from the request to its handler ---------------------------------------------------------------------------------

void Ask::begin() noexcept {
  request_.set_values(core_->values.get());
  const bool full = core_->running >= core_->options.requests;
  if (core_->draining || full) {
    ready(Response::problem(Status::service_unavailable).with("Retry-After", "1"));
    return end_if_over();
  }
  counted_ = true;
  ++core_->running;
  try {
    find_handler();
  } catch (...) {  // no memory
    ready(Response::problem(Status::service_unavailable));
  }
  end_if_over();
}

void Ask::find_handler() {
  head_ = wire::RequestHead{core_->fields};
  wire::HeadProgress progress;
  const wire::HeadOutcome outcome = wire::parse_request_head(text_, core_->options.limits.head, head_, progress);
  if (!valid_ || outcome.state != wire::HeadState::complete) {
    const bool refused = valid_ && outcome.state == wire::HeadState::rejected;
    return ready(Response::problem(refused ? outcome.status() : Status::bad_request));
  }
  const std::size_t count = head_.field_count();
  auto* fields = static_cast<wire::Field*>(arena_.allocate(count * sizeof(wire::Field), alignof(wire::Field)));
  head_.move_fields({fields, count});
  handler_ = &core_->service.find(request_);
  const std::uint64_t most = handler_->options().body.value_or(core_->options.limits.body);
  request_.set_body_limit(most);
  if (body_.size() > most && handler_->body_use() != RequestHandler::BodyUse::ignored) {
    return ready(Response::problem(Status::content_too_large));
  }
  request_.set_body(body_);
  if (handler_->kind() == RequestHandler::Kind::plain) return ready(call_plain());
  start_task();
}

Response Ask::call_plain() noexcept {
  request_.set_context(&core_->context);
  const RunningLabel running{core_->loop, handler_->name()};
  try {
    return handler_->call(request_);
  } catch (...) {
    return failed();
  }
}

Context& Ask::enter() {
  context_.reset();
  context_.emplace(core_->context);
  context_->set_label(handler_->name());
  request_.set_context(&*context_);
  return *context_;
}

void Ask::start_task() {
  const RouteOptions& route = handler_->options();
  Context& context = enter();
  deadline_ = time_after(core_->loop.now(), route.handler.value_or(core_->options.limits.handler));
  status_at_deadline_ = route.deadline_status.value_or(Status::service_unavailable);
  context.limit_deadline(deadline_);
  core_->loop.arm(*this, deadline_);
  request_.set_control(this);
  stage_ = Stage::running;
  const RunningLabel running{core_->loop, handler_->name()};
  try {
    task_ = handler_->start(request_);
  } catch (...) {
    return ready(failed());
  }
  task_active_ = starting_ = true;
  task_.start(context, *this);
  starting_ = false;
  if (task_done_) task_ended();
}

void Ask::limit_deadline(TimePoint when, Status status) noexcept {
  if (stage_ != Stage::running || when >= deadline_) return;
  deadline_ = when;
  status_at_deadline_ = status;
  context_->limit_deadline(when);
  core_->loop.arm(*this, when);
}

// The asker gets its answer now; the handler is cancelled and waited for.
void Ask::expire() noexcept {
  if (stage_ != Stage::running || task_done_) return;
  context_->cancel(CancelReason::deadline);
  if (!answered_) answer_with(Response::problem(status_at_deadline_));
}

// --- from the handler to the answer ----------------------------------------------------------------------------------

void Ask::task_ended() noexcept {
  task_active_ = task_done_ = false;
  disarm();
  if (stage_ == Stage::streaming) {
    stream_ended();
  } else if (!answered_) {
    ready(result_of());
  } else {
    try {
      (void)task_.result();  // late: nobody wants it
    } catch (...) {
    }
  }
}

void Ask::end_arrived() noexcept {
  task_ended();
  end_if_over();
}

Response Ask::result_of() noexcept {
  try {
    return task_.result();
  } catch (const Cancelled&) {
    const std::optional<Status> status = answer_to(context_->reason());
    if (status && *status != Status::internal_server_error) return Response::problem(*status);
    return failed();
  } catch (...) {
    return failed();
  }
}

Response Ask::failed() noexcept { return core_->service.failed(request_, std::current_exception()); }

void Ask::tell_failure() noexcept {
  if (handler_ != nullptr) (void)core_->service.failed(request_, std::current_exception());
}

void Ask::ready(Response response) noexcept {
  if (answered_) return;
  const bool upgrading = response.upgrades();
  if (!upgrading && is_informational(response.status())) response = Response::problem(Status::internal_server_error);
  response_ = std::move(response);
  const bool has_body = allows_body(response_.status()) && request_.method() != Method::head;
  if (!response_.streamed() || !has_body) return answer_with(response_);
  try {
    begin_stream();
  } catch (...) {
    tell_failure();
    answer_with(Response::problem(Status::internal_server_error));
  }
}

ServiceAnswer Ask::head_of(const Response& response) const {
  ServiceAnswer head;
  head.status = response.status();
  if (!response.content_type().empty()) head.fields.push_back({"Content-Type", std::string{response.content_type()}});
  append_fields(head.fields, response.fields());
  if (allows_body(response.status())) {
    head.length = response.streamed() ? response.stream_length() : std::optional<std::uint64_t>{response.body().size()};
  }
  return head;
}

// A connection to hand over there is none: what a client gets that did not offer it.
void Ask::answer_with(const Response& response) noexcept {
  try {
    if (response.upgrades()) {
      const Response problem = Response::problem(Status::upgrade_required);
      ServiceAnswer given = head_of(problem);
      given.body = problem.body();
      append_fields(given.fields, response.fields());
      return answer(std::move(given));
    }
    ServiceAnswer given = head_of(response);
    if (allows_body(given.status) && request_.method() != Method::head) given.body = response.body();
    answer(std::move(given));
  } catch (...) {  // no memory
    answer({.status = Status::service_unavailable, .complete = false});
  }
}

void Ask::answer(ServiceAnswer given) noexcept {
  if (std::exchange(answered_, true)) return;
  try {
    callbacks_.on_answer(std::move(given));
  } catch (...) {
    tell_failure();
  }
}

// --- streams ---------------------------------------------------------------------------------------------------------

void Ask::begin_stream() {
  answer_ = head_of(response_);
  length_left_ = answer_.length.value_or(0);
  task_ = {};
  if (callbacks_.on_head) {
    try {
      callbacks_.on_head(answer_);
    } catch (...) {
      tell_failure();
    }
  }
  stage_ = Stage::streaming;
  Context& context = enter();
  request_.set_control(nullptr);
  const RunningLabel running{core_->loop, handler_->name()};
  try {
    body_task_ = response_.write_body(writer_to_);
  } catch (...) {
    tell_failure();
    answer_.complete = false;
    return end_stream();
  }
  task_active_ = starting_ = true;
  body_task_.start(context, *this);
  starting_ = false;
  if (task_done_) task_ended();
}

void Ask::put(std::string_view text) {
  if (answer_.length) {
    if (text.size() > length_left_) throw Failure{Errc::limit_exceeded};
    length_left_ -= text.size();
  }
  if (callbacks_.on_piece) {
    pieces_.append(text);
  } else {
    if (text.size() > core_->options.collected - answer_.body.size()) {
      broken_ = true;
      throw Failure{Errc::limit_exceeded};
    }
    answer_.body.append(text);
  }
  waiting_ += text.size();
  if (waiting_ != 0 && !std::exchange(pass_scheduled_, true)) core_->loop.schedule(pass_step_);
}

void Ask::put_trailer(std::string_view name, std::string_view value) {
  if (!is_token(name) || !is_field_value(value)) throw Failure{Errc::invalid_argument};
  answer_.trailers.push_back({std::string{name}, std::string{value}});
}

// In a step of its own: the callback never runs inside the handler's write.
void Ask::pass_on() noexcept {
  pass_scheduled_ = false;
  const std::string passed = std::exchange(pieces_, {});
  waiting_ = 0;
  if (!passed.empty() && !answered_) {
    try {
      callbacks_.on_piece(passed);
    } catch (...) {
      tell_failure();
    }
  }
  if (writer_ != nullptr && (!wants_all_ || flushed())) std::exchange(writer_, nullptr)->wake();
  end_if_over();
}

void Ask::stream_ended() noexcept {
  answer_.complete = false;
  try {
    body_task_.result();
    answer_.complete = !broken_ && (!answer_.length || length_left_ == 0);
  } catch (const Cancelled&) {
  } catch (...) {
    tell_failure();
  }
  end_stream();
}

void Ask::end_stream() noexcept {
  stage_ = Stage::running;
  if (answered_) return;
  if (!pieces_.empty()) {
    try {
      callbacks_.on_piece(std::exchange(pieces_, {}));
    } catch (...) {
      tell_failure();
    }
  }
  // Nothing of it was told: an error can still be.
  const bool untold = !callbacks_.on_head && !callbacks_.on_piece;
  if (!answer_.complete && untold) {
    const bool stopped = context_->reason() == CancelReason::shutdown;
    return answer_with(Response::problem(stopped ? Status::service_unavailable : Status::internal_server_error));
  }
  answer(std::move(answer_));
}

// --- the end ---------------------------------------------------------------------------------------------------------

void Ask::cancelled_by_asker() noexcept {
  cancel_seen_ = true;
  if (stage_ == Stage::over) return end_if_over();
  const OnDisconnect policy =
      handler_ == nullptr ? OnDisconnect::cancel : handler_->options().on_disconnect.value_or(OnDisconnect::cancel);
  const bool cancels = stage_ == Stage::streaming || policy == OnDisconnect::cancel;
  if (!answered_) {
    ServiceAnswer given;
    given.status = logged_as(CancelReason::client_gone);
    given.complete = false;
    answer(std::move(given));
  }
  if (task_active_ && cancels) context_->cancel(CancelReason::client_gone);
  end_if_over();
}

// Nothing of the request is at work any more, nothing of it is on its way to the loop: it goes, with the callbacks.
void Ask::end_if_over() noexcept {
  if (!answered_ || task_active_ || pass_scheduled_) return;
  if (stage_ != Stage::over) {
    stage_ = Stage::over;
    disarm();
    if (!link_->close() && !cancel_seen_) return;
  } else if (!cancel_seen_) {
    return;
  }
  ServiceCore& core = *core_;
  if (counted_) --core.running;
  delete this;
  core.leave();
}

}  // namespace gyre::compat
