#pragma once

#include <gyre/base/arena.hpp>
#include <gyre/compat/internal/service_core.hpp>
#include <gyre/http/body_writer.hpp>
#include <gyre/http/detail/body_sink.hpp>
#include <gyre/http/detail/request_control.hpp>
#include <gyre/http/request.hpp>
#include <gyre/http/response.hpp>

#include <atomic>
#include <optional>
#include <string>

namespace gyre::compat {

/// What an `AskHandle` holds: how a cancellation gets from any thread to the loop, as long as there is something to
/// cancel. Whoever takes the state out of `open` decides: a thread that has cancelled posts, and the request waits for
/// that post before it goes.
struct AskLink {
  enum class State : unsigned char { open, cancelled, over };

  AskLink(Ask& request, Loop& owner) noexcept : loop(&owner), work(*this), ask(&request) {}

  void cancel() noexcept;
  /// True if nobody will post any more.
  bool close() noexcept;

  struct Arrival : Work {
    explicit Arrival(AskLink& owner) noexcept;
    AskLink* link;
  };

  std::atomic<State> state{State::open};
  Loop* loop;
  Arrival work;
  Ask* ask;  ///< Looked at on the loop, while `work` is on its way.
};

/// One request to a `CallbackService`, from its arrival on the loop to the end of all that it has started.
class Ask final : private TaskObserver,
                  private gyre::detail::RequestControl,
                  private gyre::detail::BodySink,
                  private Timer {
 public:
  /// On the caller's thread. `core` is looked at on the loop only.
  Ask(ServiceCore& core, ServiceRequest request, AskCallbacks callbacks);
  ~Ask();

  const Shared<AskLink>& link() const noexcept { return link_; }
  /// The first step on the loop. The request deletes itself at its end.
  Work& arrival() noexcept { return arrival_; }
  /// Its handle has been cancelled.
  void cancelled_by_asker() noexcept;

 private:
  enum class Stage : unsigned char { arriving, running, streaming, over };

  struct Step : Work {
    Step(Ask& owner, void (*function)(Work&) noexcept) noexcept : Work(function), ask(&owner) {}
    Ask* ask;
  };
  template <void (Ask::*Function)() noexcept>
  static void run_step(Work& work) noexcept {
    (static_cast<Step&>(work).ask->*Function)();
  }

  void begin() noexcept;
  void find_handler();
  Response call_plain() noexcept;
  void start_task();
  void task_ended() noexcept;
  void end_arrived() noexcept;
  Response result_of() noexcept;
  Response failed() noexcept;
  void tell_failure() noexcept;
  void expire() noexcept;

  void ready(Response response) noexcept;
  void begin_stream();
  void stream_ended() noexcept;
  void end_stream() noexcept;
  void pass_on() noexcept;
  ServiceAnswer head_of(const Response& response) const;
  void answer_with(const Response& response) noexcept;
  void answer(ServiceAnswer given) noexcept;
  void end_if_over() noexcept;
  Context& enter();

  // RequestControl
  bool inform(Status, std::string_view) override { return false; }
  void limit_deadline(TimePoint when, Status status) noexcept override;
  Status deadline_status() const noexcept override { return status_at_deadline_; }

  // BodySink
  bool closed() const noexcept override { return answered_; }
  void put(std::string_view text) override;
  void put_trailer(std::string_view name, std::string_view value) override;
  void break_off() noexcept override { broken_ = true; }
  bool has_room() const noexcept override { return waiting_ < core_->options.limits.output; }
  bool flushed() const noexcept override { return waiting_ == 0; }
  void set_writer(gyre::detail::Waiter* writer, bool all) noexcept override {
    writer_ = writer;
    wants_all_ = all;
  }
  bool takes_files() const noexcept override { return false; }
  int begin_file(std::uint64_t) override { return -1; }
  void begin_file_send(const SendFileOperation&) noexcept override {}
  void end_file(std::uint64_t) noexcept override {}

  ServiceCore* core_;
  Shared<AskLink> link_;
  AskCallbacks callbacks_;
  std::string text_;  ///< The head, as it would have come.
  std::string body_;
  bool valid_;  ///< Nothing in it pretends to be more than one field.

  alignas(16) std::byte first_block_[2048];
  Arena arena_{first_block_};
  wire::RequestHead head_{std::span<wire::Field>{}};
  Request request_{arena_, head_};
  RequestHandler* handler_ = nullptr;
  std::optional<Context> context_;
  Task<Response> task_;
  Task<> body_task_;
  Response response_;
  ServiceAnswer answer_;  ///< Of a stream, as far as it is known.
  BodyWriter writer_to_{*this};
  TimePoint deadline_ = time_never;
  Status status_at_deadline_ = Status::service_unavailable;

  std::string pieces_;             ///< Written, and not passed on yet.
  std::size_t waiting_ = 0;        ///< Bytes that were written in this turn.
  std::uint64_t length_left_ = 0;  ///< Of an announced length.
  gyre::detail::Waiter* writer_ = nullptr;

  Step arrival_{*this, &Ask::run_step<&Ask::begin>};
  Step end_step_{*this, &Ask::run_step<&Ask::end_arrived>};
  Step pass_step_{*this, &Ask::run_step<&Ask::pass_on>};
  Stage stage_ = Stage::arriving;
  bool counted_ = false;      ///< In `ServiceCore::running`.
  bool task_active_ = false;  ///< Started, and its end not looked at.
  bool task_done_ = false;
  bool starting_ = false;
  bool answered_ = false;
  bool broken_ = false;
  bool wants_all_ = false;
  bool pass_scheduled_ = false;
  bool cancel_seen_ = false;
};

}  // namespace gyre::compat
