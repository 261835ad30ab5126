#include <gyre/app/internal/task_report.hpp>

#include <gyre/app/internal/worker.hpp>
#include <gyre/coro/from_callback.hpp>
#include <gyre/coro/task_tree.hpp>
#include <gyre/loop/within.hpp>

#include <algorithm>
#include <new>
#include <optional>

namespace gyre::app {
namespace {

constexpr Duration patience = std::chrono::seconds{2};

std::string tasks_of(const Loop& loop) {
  const TaskTree* tree = loop.task_tree();
  if (tree == nullptr) return "the task tree is off (RunOptions::task_tree)\n";
  return std::to_string(tree->size()) + " tasks\n" + tree->text();
}

/// The parts of a report, from several threads.
class Report {
 public:
  Report(std::size_t parts, CompletionCallback<std::string> done)
      : parts_(parts), missing_(parts), done_(std::move(done)) {}

  void add(std::size_t place, std::string text) noexcept {
    const std::lock_guard lock{mutex_};
    parts_[place] = std::move(text);
    if (--missing_ == 0) finish();
  }
  void end_early() noexcept {
    const std::lock_guard lock{mutex_};
    finish();
  }

 private:
  void finish() noexcept {
    try {
      std::string text;
      for (std::size_t place = 0; place < parts_.size(); ++place) {
        text += "loop " + std::to_string(place) + ": " + parts_[place].value_or("blocked\n");
      }
      done_(std::move(text));
    } catch (const std::bad_alloc&) {
      done_(Errc::out_of_memory);
    }
  }

  std::mutex mutex_;
  std::vector<std::optional<std::string>> parts_;
  std::size_t missing_;
  CompletionCallback<std::string> done_;
};

/// Asks one loop for its part, once. Owns itself from when it is posted.
struct Question : Work {
  Question(std::shared_ptr<Report> to, std::size_t part, const Loop& asked)
      : Work(&Question::answer), report(std::move(to)), place(part), loop(&asked) {}
  static void answer(Work& work) noexcept {
    const std::unique_ptr<Question> self{&static_cast<Question&>(work)};
    try {
      self->report->add(self->place, tasks_of(*self->loop));
    } catch (const std::bad_alloc&) {
      self->report->add(self->place, "no memory\n");
    }
  }
  std::shared_ptr<Report> report;
  std::size_t place;
  const Loop* loop;
};

// Who is among the workers runs all that is posted before it ends (see `Worker::leave`).
std::shared_ptr<Report> ask_all(AppState& state, CompletionCallback<std::string> done) {
  const std::lock_guard lock{state.run_mutex};
  unsigned parts = 0;
  for (const Worker* worker : state.workers) parts = std::max(parts, worker->number() + 1);
  auto report = std::make_shared<Report>(parts, std::move(done));
  for (Worker* worker : state.workers) {
    auto question = std::make_unique<Question>(report, worker->number(), worker->loop());
    worker->loop().post(*question.release());
  }
  return report;
}

}  // namespace

Task<std::string> report_tasks(AppState& state) {
  std::shared_ptr<Report> report;
  const auto start = [&](CompletionCallback<std::string> done) { report = ask_all(state, std::move(done)); };
  const auto stop_waiting = [&] { report->end_early(); };
  auto asking = from_callback<std::string>(start, stop_waiting);
  auto limited = within(patience, std::move(asking));
  Result<Result<std::string>> answer = co_await std::move(limited);
  co_return std::move(answer.value().value());
}

}  // namespace gyre::app
