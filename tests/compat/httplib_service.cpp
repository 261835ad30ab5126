// One service for two servers: compiled with cpp-httplib and with gyre, and compared by differential_test.py.
//
//   httplib_service <directory of files> [hooks]

#ifdef WITH_CPP_HTTPLIB
#include <httplib.h>
#else
#include <gyre/compat/httplib.hpp>
namespace httplib = gyre::compat::httplib;
#endif

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <string>

namespace {

using httplib::Request;
using httplib::Response;

/// Everything that a handler can see of a request.
std::string dump(const Request& req) {
  std::string text = req.method + " " + req.path + " [" + req.target + "] " + req.version + "\n";
  for (const auto& [name, value] : req.params) text += "param " + name + "=" + value + "\n";
  for (const auto& [name, value] : req.headers) {
    if (name == "REMOTE_PORT" || name == "LOCAL_PORT") continue;
    text += "header " + name + ": " + value + "\n";
  }
  for (const auto& [name, file] : req.files) {
    text += "file " + name + " (" + file.name + ", " + file.filename + ", " + file.content_type + ") " + file.content +
            "\n";
  }
  for (const auto& [first, last] : req.ranges)
    text += "range " + std::to_string(first) + "-" + std::to_string(last) + "\n";
  for (std::size_t i = 0; i < req.matches.size(); ++i) {
    text += "match " + req.matches[i].str() + (req.matches[i].matched ? "\n" : " (none)\n");
  }
  text += "remote " + req.remote_addr + " local " + req.local_addr + "\n";
  text += "multipart " + std::to_string(static_cast<int>(req.is_multipart_form_data())) + "\n";
  return text + "body " + req.body + "\n";
}

std::size_t number(const Request& req, const char* name, std::size_t fallback) {
  return req.has_param(name) ? std::strtoul(req.get_param_value(name).c_str(), nullptr, 10) : fallback;
}

std::string letters(std::size_t size) {
  std::string text;
  while (text.size() < size) text += static_cast<char>('a' + text.size() % 26);
  return text;
}

struct Counts {
  std::mutex mutex;
  std::string log;
  std::atomic<int> released_well{0};
  std::atomic<int> released_badly{0};

  httplib::ContentProviderResourceReleaser releaser() {
    return [this](bool success) { ++(success ? released_well : released_badly); };
  }
};

void add_plain(httplib::Server& server) {
  server.Get("/hi", [](const Request&, Response& res) { res.set_content("Hello, world!", "text/plain"); });
  const auto dump_it = [](const Request& req, Response& res) { res.set_content(dump(req), "text/plain"); };
  server.Get("/dump(/.*)?", dump_it);
  server.Post("/dump(/.*)?", dump_it);
  server.Put("/dump(/.*)?", dump_it);
  server.Patch("/dump(/.*)?", dump_it);
  server.Delete("/dump(/.*)?", dump_it);
  server.Options("/dump(/.*)?", dump_it);
  server.Options(R"(\*)", dump_it);

  server.Get(R"(/status/(\d+))", [](const Request& req, Response& res) { res.status = std::stoi(req.matches[1]); });
  server.Get(R"(/status-body/(\d+))", [](const Request& req, Response& res) {
    res.status = std::stoi(req.matches[1].str());
    res.set_content("status " + req.matches[1].str() + "\n", "text/plain");
  });
  server.Get("/text", [](const Request& req, Response& res) {
    const std::string type = req.has_param("type") ? req.get_param_value("type") : "text/plain";
    res.set_content(letters(number(req, "size", 100)), type);
    if (req.has_param("status")) res.status = static_cast<int>(number(req, "status", 200));
  });
  server.Get("/redirect", [](const Request& req, Response& res) {
    res.set_redirect(req.get_param_value("to"), static_cast<int>(number(req, "status", 302)));
  });
  server.Get("/no-type", [](const Request&, Response& res) { res.body = "without a type"; });
  server.Get("/empty", [](const Request&, Response&) {});
  server.Get("/fields", [](const Request&, Response& res) {
    res.set_header("X-Two", "one");
    res.set_header("X-Two", "two");
    res.set_header("x-two", "three");
    res.set_header("X-Split", "a\r\nX-Evil: yes");
    res.set_header("Set-Cookie", "a=b; Path=/");
    res.set_header("Set-Cookie", "c=d");
    res.set_content("first", "text/html");
    res.set_content("second", "application/json");
  });
  server.Get("/params", [](const Request& req, Response& res) {
    std::string text = std::to_string(req.get_param_value_count("a"));
    for (std::size_t i = 0; i < req.get_param_value_count("a"); ++i) text += " [" + req.get_param_value("a", i) + "]";
    text += req.has_param("b") ? " b" : " no b";
    res.set_content(text, "text/plain");
  });
  server.Get("/accept", [](const Request& req, Response& res) {
    const std::size_t count = req.get_header_value_count("accept");
    std::string text = std::to_string(count);
    for (std::size_t i = 0; i < count; ++i) text += " [" + req.get_header_value("ACCEPT", i) + "]";
    res.set_content(text + " " + std::to_string(req.get_header_value<uint64_t>("X-Number")), "text/plain");
  });
}

void add_matching(httplib::Server& server) {
  server.Get(R"(/match/(\w+)/(\d+)(?:\.(json|xml))?)", [](const Request& req, Response& res) {
    std::string text = "size " + std::to_string(req.matches.size()) + "\n";
    for (const auto& part : req.matches) text += part.matched ? "[" + part.str() + "]\n" : "none\n";
    text += "at " + std::to_string(req.matches.position(2)) + " length " + std::to_string(req.matches.length(2)) + "\n";
    text += "around [" + req.matches.prefix().str() + "][" + req.matches.suffix().str() + "]\n";
    res.set_content(text + req.matches.str(1), "text/plain");
  });
  const auto say = [](const char* text) {
    return [text](const Request& req, Response& res) {
      res.set_content(std::string{text} + " " + (req.matches.empty() ? "" : req.matches[0].str()), "text/plain");
    };
  };
  server.Get("/order/first.*", say("first"));
  server.Get("/order/.*", say("any"));
  server.Get("/order/first/never", say("never"));
  server.Get(R"(/(a|ab)(c|bcd)(d*))", say("choice"));
  server.Get(R"(/class/[[:alpha:]]+-[^/\d]*)", say("class"));
  server.Get(R"(/lazy/(.+?)/(.*))", [](const Request& req, Response& res) {
    res.set_content(req.matches[1].str() + "|" + req.matches[2].str(), "text/plain");
  });
  server.Get(R"(/dot.s)", say("dot"));
  server.Get("/\xC3\xBC.{1,3}", say("bytes"));
  server.Get(R"(/plain\+plus)", say("plus"));
  server.Get("", say("nothing"));
}

void add_providers(httplib::Server& server, Counts& counts) {
  server.Get("/provider", [&counts](const Request& req, Response& res) {
    auto data = std::make_shared<std::string>(letters(number(req, "size", 1000)));
    const std::size_t piece = number(req, "piece", 100);
    res.set_content_provider(
        data->size(), "text/plain",
        [data, piece](std::size_t offset, std::size_t length, httplib::DataSink& sink) {
          if (offset >= data->size()) return false;
          return sink.write(data->data() + offset, std::min({piece, length, data->size() - offset}));
        },
        counts.releaser());
  });
  server.Get("/chunked", [&counts](const Request& req, Response& res) {
    const std::size_t lines = number(req, "lines", 10);
    const std::string type = req.has_param("type") ? req.get_param_value("type") : "text/plain";
    res.set_chunked_content_provider(
        type,
        [lines](std::size_t offset, httplib::DataSink& sink) {
          if (offset >= lines * 8) {
            sink.done();
          } else {
            const std::string line = "line " + std::to_string(10 + offset / 8 % 90) + "\n";
            sink.write(line.data(), line.size());
          }
          return true;
        },
        counts.releaser());
  });
  server.Get("/stream", [](const Request&, Response& res) {
    res.set_chunked_content_provider("text/plain", [](std::size_t, httplib::DataSink& sink) {
      sink.os << "a line of " << 3 << " parts\n";
      sink.os.flush();
      if (sink.is_writable()) sink.done();
      return true;
    });
  });
  server.Get("/unsized", [&counts](const Request&, Response& res) {
    res.set_content_provider(
        "text/plain",
        [](std::size_t offset, httplib::DataSink& sink) {
          sink.write("abcdef", 6);
          if (offset >= 12) sink.done();
          return true;
        },
        counts.releaser());
  });
  server.Get("/broken-provider", [&counts](const Request&, Response& res) {
    res.set_content_provider(
        100, "text/plain",
        [](std::size_t offset, std::size_t, httplib::DataSink& sink) {
          sink.write("ten bytes.", 10);
          return offset < 20;
        },
        counts.releaser());
  });
  server.Get("/broken-chunks", [&counts](const Request&, Response& res) {
    res.set_chunked_content_provider(
        "text/plain",
        [](std::size_t offset, httplib::DataSink& sink) {
          sink.write("ten bytes.", 10);
          return offset < 20;
        },
        counts.releaser());
  });
  server.Get("/released", [&counts](const Request&, Response& res) {
    res.set_content(std::to_string(counts.released_well) + " " + std::to_string(counts.released_badly), "text/plain");
  });
}

void add_readers(httplib::Server& server) {
  const auto read = [](const Request& req, Response& res, const httplib::ContentReader& reader) {
    std::string text = req.method + (req.is_multipart_form_data() ? " form" : " body") + "\n";
    bool good = false;
    if (req.is_multipart_form_data()) {
      good = reader(
          [&](const httplib::MultipartFormData& file) {
            text += "\n[" + file.name + "|" + file.filename + "|" + file.content_type + "] ";
            return true;
          },
          [&](const char* data, std::size_t size) {
            text.append(data, size);
            return true;
          });
    } else {
      good = reader([&](const char* data, std::size_t size) {
        text.append(data, size);
        return true;
      });
    }
    res.set_content(text + (good ? "\ngood" : "\nbad"), "text/plain");
  };
  server.Post("/reader(/.*)?", read);
  server.Put("/reader(/.*)?", read);
  server.Patch("/reader(/.*)?", read);
  server.Delete("/reader(/.*)?", read);
  server.Post("/stops-reading", [](const Request&, Response& res, const httplib::ContentReader& reader) {
    const bool good = reader([](const char*, std::size_t) { return false; });
    res.set_content(good ? "good" : "bad", "text/plain");
  });
  server.Post("/wrong-reader", [](const Request& req, Response& res, const httplib::ContentReader& reader) {
    const auto take = [](const char*, std::size_t) { return true; };
    if (req.is_multipart_form_data()) {
      reader(take);
    } else {
      reader([](const httplib::MultipartFormData&) { return true; }, take);
    }
    res.set_content("read", "text/plain");
  });
  server.Post("/reader-throws", [](const Request&, Response&, const httplib::ContentReader& reader) {
    reader([](const char*, std::size_t) -> bool { throw std::runtime_error{"enough"}; });
  });
}

void add_throwing(httplib::Server& server) {
  server.Get("/throw", [](const Request& req, Response& res) {
    res.set_header("X-Before", "set");
    throw std::runtime_error{req.get_param_value("text")};
  });
  server.Get("/throw-number", [](const Request&, Response&) { throw 5; });
  server.Post("/throw", [](const Request&, Response&) { throw std::logic_error{"after the body"}; });
}

/// What cpp-httplib sends as it is, and gyre does not.
void add_doubtful(httplib::Server& server) {
  server.Get("/writes-too-much", [](const Request&, Response& res) {
    res.set_content_provider(10, "text/plain", [](std::size_t, std::size_t, httplib::DataSink& sink) {
      return sink.write("more than ten bytes", 19);
    });
  });
  server.Get("/writes-nothing", [](const Request&, Response& res) {
    res.set_chunked_content_provider("text/plain", [](std::size_t offset, httplib::DataSink& sink) {
      return offset == 0 ? sink.write("text", 4) : sink.write("", 0);
    });
  });
  server.Get("/two-types", [](const Request&, Response& res) {
    res.set_header("Content-Type", "text/html");
    res.set_chunked_content_provider("text/plain", [](std::size_t, httplib::DataSink& sink) {
      sink.done();
      return true;
    });
  });
  server.Get("/own-length", [](const Request&, Response& res) {
    res.set_header("Content-Length", "3");
    res.set_content("longer", "text/plain");
  });
  server.Get("/only-length", [](const Request&, Response& res) { res.set_header("Content-Length", "300"); });
  server.Get("/own-framing", [](const Request&, Response& res) {
    res.set_header("Transfer-Encoding", "chunked");
    res.set_content("no chunk", "text/plain");
  });
  server.Get("/no-field", [](const Request&, Response& res) {
    res.set_header("X Blank", "1");
    res.set_header("X-Control", "a\x01z");
    res.set_header("X-Good", "good");
  });
  server.Get("/set-and-throw", [](const Request&, Response& res) {
    res.set_content("half of an answer", "text/plain");
    throw std::runtime_error{"oops"};
  });
}

void add_hooks(httplib::Server& server, Counts& counts) {
  server.set_default_headers({{"X-Default", "default"}, {"X-Two", "default"}});
  server.set_payload_max_length(20000);
  server.set_pre_routing_handler([](const Request& req, Response& res) {
    if (req.has_header("X-Before")) res.set_header("X-Was-Before", req.get_header_value("X-Before"));
    if (req.path == "/early") {
      res.set_content("early: " + req.body, "text/plain");
      return httplib::Server::HandlerResponse::Handled;
    }
    if (req.path == "/early-throw") throw std::runtime_error{"early"};
    return httplib::Server::HandlerResponse::Unhandled;
  });
  server.set_post_routing_handler([](const Request& req, Response& res) {
    res.set_header("X-After", req.method + " " + std::to_string(res.status));
    if (req.path == "/hi") res.set_header("X-Length", res.get_header_value("Content-Length"));
  });
  const httplib::Server::HandlerWithResponse explain = [](const Request& req, Response& res) {
    if (req.path.find("/unhandled") == 0) return httplib::Server::HandlerResponse::Unhandled;
    res.set_header("X-Error", std::to_string(res.status));
    if (res.body.empty()) res.set_content("<p>Error " + std::to_string(res.status) + "</p>", "text/html");
    return httplib::Server::HandlerResponse::Handled;
  };
  server.set_error_handler(explain);
  server.set_exception_handler([](const Request& req, Response& res, std::exception_ptr failure) {
    res.status = req.has_param("status") ? std::stoi(req.get_param_value("status")) : 503;
    try {
      std::rethrow_exception(failure);
    } catch (const std::exception& exception) {
      res.set_content(std::string{"caught "} + exception.what(), "text/plain");
    } catch (...) {
      res.set_content("caught something", "text/plain");
    }
  });
  server.set_expect_100_continue_handler([](const Request& req, Response& res) {
    if (req.path == "/dump/failed") return 417;
    if (req.path == "/dump/refused") {
      res.status = 413;
      return 413;
    }
    return 100;
  });
  server.set_file_request_handler([](const Request& req, Response& res) { res.set_header("X-File", req.path); });
  server.set_logger([&counts](const Request& req, const Response& res) {
    const std::lock_guard<std::mutex> lock{counts.mutex};
    counts.log +=
        req.method + " " + req.path + " " + std::to_string(res.status) + " " + std::to_string(res.body.size()) + "\n";
  });
  server.Get("/log", [&counts](const Request&, Response& res) {
    const std::lock_guard<std::mutex> lock{counts.mutex};
    res.set_content(counts.log, "text/plain");
    counts.log.clear();
  });
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) return 2;
  const std::string files = argv[1];
  Counts counts;
  httplib::Server server;
  add_plain(server);
  add_matching(server);
  add_providers(server, counts);
  add_readers(server);
  add_throwing(server);
  add_doubtful(server);
  server.set_file_extension_and_mimetype_mapping("gyre", "text/x-gyre");
  bool mounted = server.set_mount_point("/files", files, {{"X-Mount", "files"}});
  mounted = server.set_mount_point("/gone", files) && server.remove_mount_point("/gone") && mounted;
  mounted = server.set_base_dir(files + "/www", "/www") && mounted;
  if (!mounted || server.set_mount_point("/none", files + "/none")) return 2;
  server.set_read_timeout(std::chrono::milliseconds(1500)).set_keep_alive_timeout(10);
  if (argc > 2) add_hooks(server, counts);
  const int port = server.bind_to_any_port("127.0.0.1");
  if (port < 0) return 1;
  std::printf("httplib_service: listening on http://127.0.0.1:%d (httplib, 8 threads)\n", port);
  std::fflush(stdout);
  return server.listen_after_bind() ? 0 : 1;
}
