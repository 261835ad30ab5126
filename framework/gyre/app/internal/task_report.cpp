#include <gyre/app/internal/task_report.hpp>

#include <gyre/app/internal/worker.hpp>
#include <gyre/coro/from_callback.hpp>
#include <gyre/coro/task_tree.hpp>
#include <gyre/loop/within.hpp>

#include <map>
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
  explicit Report(CompletionCallback<std::string> done) : done_(std::move(done)) {}

  /// Awaits the part of the loop of this number. Before anybody adds one.
  void expect(unsigned loop) { parts_[loop]; }

  void add(unsigned loop, std::string text) noexcept {
    const std::lock_guard lock{mutex_};
    parts_.at(loop) = std::move(text);
    if (++added_ == parts_.size()) finish();
  }
  void end_early() noexcept {
    const std::lock_guard lock{mutex_};
    finish();
  }

 private:
  void finish() noexcept {
    try {
      std::string text;
      for (const auto& [loop, part] : parts_)
        text += "loop " + std::to_string(loop) + ": " + part.value_or("blocked\n");
      done_(std::move(text));
    } catch (const std::bad_alloc&) {
      done_(Errc::out_of_memory);
    }
  }

  std::mutex mutex_;
  std::map<unsigned, std::optional<std::string>> parts_;
  std::size_t added_ = 0;
  CompletionCallback<std::string> done_;
};

/// Asks one loop for its part, once. Owns itself from when it is posted.
struct Question : Work {
  Question(std::shared_ptr<Report> to, const Loop& asked, unsigned its_number)
      : Work(&Question::answer), report(std::move(to)), loop(&asked), number(its_number) {}
  static void answer(Work& work) noexcept {
    const std::unique_ptr<Question> self{&static_cast<Question&>(work)};
    try {
      self->report->add(self->number, tasks_of(*self->loop));
    } catch (const std::bad_alloc&) {
      self->report->add(self->number, "no memory\n");
    }
  }
  std::shared_ptr<Report> report;
  const Loop* loop;
  unsigned number;
};

// Who is among the workers runs all that is posted before it ends (see `Worker::leave`).
std::shared_ptr<Report> ask_all(AppState& state, CompletionCallback<std::string> done) {
  const std::lock_guard lock{state.run_mutex};
  auto report = std::make_shared<Report>(std::move(done));
  for (const Worker* worker : state.workers) report->expect(worker->number());
  if (state.workers.empty()) report->end_early();
  for (Worker* worker : state.workers) {
    auto question = std::make_unique<Question>(report, worker->loop(), worker->number());
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
