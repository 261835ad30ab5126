#include <gyre/compat/detail/callback_ledger.hpp>

#include <gyre/web/handler.hpp>

#include <cstdio>
#include <cstdlib>
#include <string_view>
#include <utility>

namespace gyre::detail {
namespace {

std::string place(const std::source_location& where) {
  if (where.line() == 0) return "a line that is not known";
  return std::string{where.file_name()} + ":" + std::to_string(where.line());
}

std::string what_of(const std::exception_ptr& failure) {
  if (!failure) return {};
  try {
    std::rethrow_exception(failure);
  } catch (const std::exception& exception) {
    return std::string{": "} + exception.what();
  } catch (...) {
    return ": no std::exception";
  }
}

}  // namespace

CallbackCounts CallbackLedger::counts() const noexcept {
  const auto of = [this](Event event) {
    return counts_[static_cast<std::size_t>(event)].load(std::memory_order_relaxed);
  };
  CallbackCounts counts;
  counts.requests = of(Event::requests);
  counts.in_call = of(Event::in_call);
  counts.later = of(Event::later);
  counts.twice = of(Event::twice);
  counts.dropped = of(Event::dropped);
  counts.late = of(Event::late);
  counts.threw = of(Event::threw);
  counts.threw_after = of(Event::threw_after);
  counts.cancelled = of(Event::cancelled);
  counts.shed = of(Event::shed);
  counts.blocked_loop = of(Event::blocked_loop);
  return counts;
}

void CallbackLedger::note(Kind kind, const std::source_location& first, const std::source_location& second,
                          const std::exception_ptr& failure) noexcept {
  if (on_misuse_ == OnMisuse::abort) {
    std::fprintf(stderr, "gyre: %s\n", text(kind, {first, second, failure}, "a callback handler").c_str());
    std::abort();
  }
  const unsigned bit = 1U << static_cast<unsigned>(kind);
  if ((noted_.fetch_or(bit, std::memory_order_relaxed) & bit) != 0) return;
  notes_[static_cast<std::size_t>(kind)] = {first, second, failure};
  untold_.fetch_or(bit, std::memory_order_release);
}

std::string CallbackLedger::text(Kind kind, const Note& note, const char* name) const {
  std::string text = std::string{name} + " (made at " + place(where_) + "): ";
  switch (kind) {
    case Kind::twice:
      return text + "answered at " + place(note.first) + ", and again at " + place(note.second) +
             "; the first answer counts";
    case Kind::dropped: return text + "let go of the last copy of its reply and had not answered; the client gets 500";
    case Kind::unfinished: return text + "let go of the last copy of its stream and had not ended it; it is cut";
    case Kind::threw_after: break;
  }
  return text + "answered at " + place(note.first) + ", then threw" + what_of(note.failure) + "; the answer stands";
}

void CallbackLedger::tell_all(Request& request, const char* name) noexcept {
  const unsigned untold = untold_.exchange(0, std::memory_order_acquire);
  for (std::size_t kind = 0; kind < kind_count; ++kind) {
    if ((untold & (1U << kind)) == 0) continue;
    const Note note = std::exchange(notes_[kind], {});
    try {
      const auto which = static_cast<Kind>(kind);
      report_failure(request,
                     std::make_exception_ptr(CallbackMisuse{which, text(which, note, name), note.first, note.second}));
    } catch (...) {
      // No memory for the text: it has been counted.
    }
  }
}

}  // namespace gyre::detail
