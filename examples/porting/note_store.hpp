#pragma once

#include <cstddef>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace notes {

struct Note {
  int id = 0;
  std::string title;
  std::string text;
  std::string tag;
};

/// Notes in memory. It knows nothing of HTTP, so all versions of the service share it. Thread-safe.
class NoteStore {
 public:
  Note add(std::string title, std::string text, std::string tag);
  std::optional<Note> find(int id) const;
  /// The first `limit` with that tag; of any if it is empty.
  std::vector<Note> list(std::string_view tag, std::size_t limit) const;
  /// The first one with an id above that: a way through all of them that holds no lock between two.
  std::optional<Note> after(int id) const;
  std::optional<Note> latest() const;
  bool set_text(int id, std::string text);
  bool remove(int id);

 private:
  mutable std::mutex mutex_;
  std::map<int, Note> notes_;
  int last_id_ = 0;
};

/// Makes notes of the lines of a text that comes in pieces.
class LineImport {
 public:
  explicit LineImport(NoteStore& store) noexcept : store_(store) {}
  void feed(std::string_view piece);
  /// The last line need not have an end. Returns how many notes there were.
  int finish();

 private:
  void add(std::string line);

  NoteStore& store_;
  std::string rest_;
  int count_ = 0;
};

}  // namespace notes
