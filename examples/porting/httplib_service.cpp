// A service as it was written for cpp-httplib 0.11. This file is compiled twice and not changed in between: with
// cpp-httplib, and with gyre/compat/httplib.hpp (see httplib_service.hpp).

#include "httplib_service.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <memory>
#include <optional>
#include <string>

namespace notes {

namespace {

const char* const json_type = "application/json";
const char* const key = "sesame";

std::string quoted(const std::string& text) {
  std::string result = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      result += '\\';
      result += c;
    } else if (c == '\n' || c == '\t') {
      result += c == '\n' ? "\\n" : "\\t";
    } else if (static_cast<unsigned char>(c) < 0x20) {
      char escape[8];
      std::snprintf(escape, sizeof escape, "\\u%04x", static_cast<unsigned>(c));
      result += escape;
    } else {
      result += c;
    }
  }
  return result + "\"";
}

std::string to_json(const Note& note) {
  return "{\"id\":" + std::to_string(note.id) + ",\"title\":" + quoted(note.title) + ",\"text\":" + quoted(note.text) +
         ",\"tag\":" + quoted(note.tag) + "}";
}

void answer_created(httplib::Response& response, const Note& note) {
  response.status = 201;
  response.set_header("Location", "/notes/" + std::to_string(note.id));
  response.set_content(to_json(note), json_type);
}

std::size_t limit_of(const httplib::Request& request) {
  const std::string text = request.get_param_value("limit");
  std::size_t limit = 0;
  for (const char c : text) {
    if (c < '0' || c > '9' || limit > 100) return 20;
    limit = limit * 10 + static_cast<std::size_t>(c - '0');
  }
  return text.empty() || limit == 0 ? 20 : limit;
}

void add_reading(httplib::Server& server, NoteStore& store) {
  server.Get("/notes", [&store](const httplib::Request& request, httplib::Response& response) {
    std::string list;
    for (const Note& note : store.list(request.get_param_value("tag"), limit_of(request))) {
      list += (list.empty() ? "" : ",") + to_json(note);
    }
    response.set_content("[" + list + "]", json_type);
  });

  // Throws for a number that is none of an int: set_exception_handler makes a 500 of it.
  server.Get(R"(/notes/(\d+))", [&store](const httplib::Request& request, httplib::Response& response) {
    const std::optional<Note> note = store.find(std::stoi(request.matches[1].str()));
    if (!note) {
      response.status = 404;
      return;
    }
    response.set_content(to_json(*note), json_type);
  });

  // A provider of a known length.
  server.Get(R"(/notes/(\d+)/text)", [&store](const httplib::Request& request, httplib::Response& response) {
    const std::optional<Note> note = store.find(std::stoi(request.matches[1].str()));
    if (!note) {
      response.status = 404;
      return;
    }
    if (note->text.empty()) {
      response.status = 204;
      return;
    }
    const std::string text = note->text;
    response.set_content_provider(text.size(), "text/plain",
                                  [text](std::size_t offset, std::size_t length, httplib::DataSink& sink) {
                                    return sink.write(text.data() + offset, length);
                                  });
  });

  server.Get("/latest", [&store](const httplib::Request&, httplib::Response& response) {
    const std::optional<Note> note = store.latest();
    if (!note) {
      response.status = 404;
      return;
    }
    response.set_redirect("/notes/" + std::to_string(note->id));
  });

  // A provider of a length that nobody knows: a line of JSON for each note.
  server.Get("/export", [&store](const httplib::Request&, httplib::Response& response) {
    const auto last = std::make_shared<int>(0);
    response.set_chunked_content_provider("application/x-ndjson", [&store, last](std::size_t, httplib::DataSink& sink) {
      const std::optional<Note> note = store.after(*last);
      if (!note) {
        sink.done();
        return true;
      }
      *last = note->id;
      const std::string line = to_json(*note) + "\n";
      return sink.write(line.data(), line.size());
    });
  });
}

void add_writing(httplib::Server& server, NoteStore& store) {
  // A form of application/x-www-form-urlencoded.
  server.Post("/notes", [&store](const httplib::Request& request, httplib::Response& response) {
    const std::string title = request.get_param_value("title");
    if (title.empty()) {
      response.status = 400;
      return;
    }
    answer_created(response, store.add(title, request.get_param_value("text"), request.get_param_value("tag")));
  });

  server.Put(R"(/notes/(\d+)/text)", [&store](const httplib::Request& request, httplib::Response& response) {
    response.status = store.set_text(std::stoi(request.matches[1].str()), request.body) ? 204 : 404;
  });

  server.Delete(R"(/notes/(\d+))", [&store](const httplib::Request& request, httplib::Response& response) {
    response.status = store.remove(std::stoi(request.matches[1].str())) ? 204 : 404;
  });

  // A form of multipart/form-data.
  server.Post("/upload", [&store](const httplib::Request& request, httplib::Response& response) {
    if (!request.has_file("file")) {
      response.status = 400;
      return;
    }
    const httplib::MultipartFormData file = request.get_file_value("file");
    const std::string title = request.has_file("title") ? request.get_file_value("title").content : file.filename;
    answer_created(response, store.add(title, file.content, "upload"));
  });

  // A body that is read while it arrives.
  server.Post("/import",
              [&store](const httplib::Request&, httplib::Response& response, const httplib::ContentReader& read) {
                LineImport import{store};
                read([&import](const char* data, std::size_t length) {
                  import.feed({data, length});
                  return true;
                });
                response.set_content(std::to_string(import.finish()) + " notes\n", "text/plain");
              });
}

}  // namespace

void set_up(httplib::Server& server, NoteStore& store, const std::string& files) {
  server.set_default_headers({{"X-Service", "notes"}});
  server.set_pre_routing_handler([](const httplib::Request& request, httplib::Response& response) {
    const bool reads = request.method == "GET" || request.method == "HEAD";
    if (reads || request.get_header_value("X-Key") == key) return httplib::Server::HandlerResponse::Unhandled;
    response.status = 401;
    return httplib::Server::HandlerResponse::Handled;
  });
  server.set_error_handler([](const httplib::Request&, httplib::Response& response) {
    response.set_content("{\"error\":" + std::to_string(response.status) + "}", json_type);
  });
  server.set_exception_handler(
      [](const httplib::Request&, httplib::Response& response, std::exception_ptr) { response.status = 500; });
  server.set_mount_point("/static", files);
  add_reading(server, store);
  add_writing(server, store);
}

}  // namespace notes
