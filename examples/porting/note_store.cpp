#include "note_store.hpp"

#include <utility>

namespace notes {

Note NoteStore::add(std::string title, std::string text, std::string tag) {
  const std::lock_guard lock{mutex_};
  const int id = ++last_id_;
  return notes_[id] = Note{id, std::move(title), std::move(text), std::move(tag)};
}

std::optional<Note> NoteStore::find(int id) const {
  const std::lock_guard lock{mutex_};
  const auto found = notes_.find(id);
  return found == notes_.end() ? std::nullopt : std::optional{found->second};
}

std::vector<Note> NoteStore::list(std::string_view tag, std::size_t limit) const {
  const std::lock_guard lock{mutex_};
  std::vector<Note> result;
  for (const auto& [id, note] : notes_) {
    if ((tag.empty() || note.tag == tag) && result.size() < limit) result.push_back(note);
  }
  return result;
}

std::optional<Note> NoteStore::after(int id) const {
  const std::lock_guard lock{mutex_};
  const auto next = notes_.upper_bound(id);
  return next == notes_.end() ? std::nullopt : std::optional{next->second};
}

std::optional<Note> NoteStore::latest() const {
  const std::lock_guard lock{mutex_};
  return notes_.empty() ? std::nullopt : std::optional{notes_.rbegin()->second};
}

bool NoteStore::set_text(int id, std::string text) {
  const std::lock_guard lock{mutex_};
  const auto found = notes_.find(id);
  if (found == notes_.end()) return false;
  found->second.text = std::move(text);
  return true;
}

bool NoteStore::remove(int id) {
  const std::lock_guard lock{mutex_};
  return notes_.erase(id) != 0;
}

void LineImport::feed(std::string_view piece) {
  for (const char c : piece) {
    if (c == '\n') {
      add(std::exchange(rest_, {}));
    } else {
      rest_ += c;
    }
  }
}

int LineImport::finish() {
  add(std::exchange(rest_, {}));
  return count_;
}

void LineImport::add(std::string line) {
  if (line.empty()) return;
  store_.add(std::move(line), "", "import");
  ++count_;
}

}  // namespace notes
