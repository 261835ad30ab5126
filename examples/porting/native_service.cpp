// The service of httplib_service.cpp, as gyre's own handlers.

#include "native_service.hpp"

#include <gyre/web/form.hpp>
#include <gyre/web/json.hpp>
#include <gyre/web/query.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace notes {

namespace {

constexpr std::string_view key = "sesame";

struct Search {
  std::string tag;
  std::size_t limit = 20;

  static constexpr auto rules() { return gyre::rules(gyre::rule(&Search::limit, gyre::range(1, 1000))); }
};
BOOST_DESCRIBE_STRUCT(Search, (), (tag, limit))

struct NewNote {
  std::string title;
  std::string text;
  std::string tag;

  static constexpr auto rules() {
    return gyre::rules(gyre::rule(&NewNote::title, gyre::required, gyre::length(1, 1000)));
  }
};
BOOST_DESCRIBE_STRUCT(NewNote, (), (title, text, tag))

gyre::Task<gyre::Response> add_service_name(gyre::Request& request, gyre::Next next) {
  gyre::Response response = co_await next(request);
  response.set("X-Service", "notes");
  co_return response;
}

/// What set_error_handler did: one look for all errors, whoever made them.
gyre::Task<gyre::Response> show_errors(gyre::Request& request, gyre::Next next) {
  gyre::Response response = co_await next(request);
  if (gyre::is_error(response.status())) {
    response.set_content_type("application/json");
    response.set_body("{\"error\":" + std::to_string(static_cast<int>(response.status())) + "}");
  }
  co_return response;
}

gyre::Task<gyre::Response> check_key(gyre::Request& request, gyre::Next next) {
  const bool reads = request.method() == gyre::Method::get || request.method() == gyre::Method::head;
  if (!reads && !gyre::wire::equal_secrets(request.header("x-key"), key)) {
    throw gyre::HttpError{gyre::Status::unauthorized};
  }
  return next(request);
}

gyre::Created created(const Note& note) { return gyre::Created{"/notes/" + std::to_string(note.id), gyre::Json{note}}; }

void add_reading(gyre::App& app, NoteStore& store) {
  app.get("/notes/{id}", [&store](gyre::Path<int> id) -> std::optional<gyre::Json<Note>> {
    if (std::optional<Note> note = store.find(*id)) return gyre::Json{std::move(*note)};
    return std::nullopt;
  });

  app.get("/notes/{id}/text", [&store](gyre::Path<int> id) -> std::optional<gyre::Response> {
    std::optional<Note> note = store.find(*id);
    if (!note) return std::nullopt;
    if (note->text.empty()) return gyre::Status::no_content;
    return gyre::Content{"text/plain", std::move(note->text)};
  });

  app.get("/latest", [&store]() -> std::optional<gyre::Response> {
    const std::optional<Note> note = store.latest();
    if (!note) return std::nullopt;
    return gyre::Redirect::found("/notes/" + std::to_string(note->id));
  });

  app.get("/export", [&store] {
    return gyre::Response::stream([&store](gyre::BodyWriter& out) -> gyre::Task<> {
             for (std::optional<Note> note = store.after(0); note; note = store.after(note->id)) {
               const std::string line = gyre::to_json(*note) + "\n";
               co_await out.write(line);
             }
           })
        .with_content_type("application/x-ndjson");
  });
}

gyre::Task<gyre::Response> take_upload(gyre::Multipart form, NoteStore& store) {
  std::optional<std::string> title;
  std::optional<std::string> content;
  std::string file_name;
  while (auto part = co_await form.next()) {
    if (part->name() == "title") {
      title = co_await part->bytes();
    } else if (part->name() == "file") {
      file_name = part->file_name().value_or("");
      content = co_await part->bytes();
    }
  }
  if (!content) throw gyre::HttpError{gyre::Status::bad_request};
  co_return created(store.add(title ? std::move(*title) : std::move(file_name), std::move(*content), "upload"));
}

gyre::Task<gyre::Response> take_import(gyre::Body body, NoteStore& store) {
  LineImport import{store};
  for (;;) {
    const gyre::Result<std::string_view> piece = co_await body.read();
    if (piece.value().empty()) break;
    import.feed(*piece);
  }
  co_return gyre::Content{"text/plain", std::to_string(import.finish()) + " notes\n"};
}

void add_writing(gyre::App& app, NoteStore& store) {
  app.post("/notes", [&store](gyre::Form<NewNote> note) {
    return created(store.add(std::move(note->title), std::move(note->text), std::move(note->tag)));
  });

  app.put("/notes/{id}/text", [&store](gyre::Path<int> id, const gyre::Request& request) {
    return store.set_text(*id, std::string{request.body()}) ? gyre::Status::no_content : gyre::Status::not_found;
  });

  app.delete_("/notes/{id}", [&store](gyre::Path<int> id) {
    return store.remove(*id) ? gyre::Status::no_content : gyre::Status::not_found;
  });

  app.post("/upload", [&store](gyre::Multipart form) { return take_upload(std::move(form), store); });
  app.post("/import", [&store](gyre::Body body) { return take_import(body, store); });
}

}  // namespace

void add_list(gyre::App& app, NoteStore& store) {
  app.get("/notes",
          [&store](gyre::Query<Search> search) { return gyre::Json{store.list(search->tag, search->limit)}; });
}

void add_hooks(gyre::App& app) { app.use(add_service_name, show_errors, gyre::recover(), check_key); }

void set_up(gyre::App& app, NoteStore& store, const std::string& files) {
  add_hooks(app);
  add_list(app, store);
  add_reading(app, store);
  add_writing(app, store);
  app.get("/static/{path...}", gyre::static_files(files, {.charset = ""}));
}

}  // namespace notes
