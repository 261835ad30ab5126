#include <gyre/app/arguments.hpp>

#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <string_view>

namespace gyre {
namespace {

[[noreturn]] void usage(std::FILE* file, const char* program, int code) {
  std::fprintf(file,
               "usage: %s [--host ADDRESS] [--port N] [--unix PATH] [--threads N] [--backend auto|uring|epoll]\n"
               "          [--tls-host ADDRESS] [--tls-port N] [--tls-unix PATH]\n"
               "          [--tls-cert FILE [--tls-key FILE] | --tls auto]\n",
               program);
  std::exit(code);
}

[[noreturn]] void refuse(const char* program, std::string_view flag, std::string_view value) {
  std::fprintf(stderr, "%s: %.*s does not take \"%.*s\"\n", program, static_cast<int>(flag.size()), flag.data(),
               static_cast<int>(value.size()), value.data());
  usage(stderr, program, 2);
}

template <class Number>
bool read_number(std::string_view text, Number& number) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc{} && end == text.data() + text.size();
}

bool read_backend(std::string_view text, Backend& backend) {
  for (const Backend choice : {Backend::automatic, Backend::uring, Backend::epoll}) {
    if (text != name(choice)) continue;
    backend = choice;
    return true;
  }
  return false;
}

/// Where the development certificate of the user lies (XDG base directories): it can be made anew.
std::string development_directory() {
  const char* const state = std::getenv("XDG_STATE_HOME");
  const char* const home = std::getenv("HOME");
  if (state != nullptr && *state == '/') return std::string{state} + "/gyre/tls";
  return std::string{home != nullptr ? home : "."} + "/.local/state/gyre/tls";
}

bool apply_tls(std::string_view flag, std::string_view value, TlsOptions& options) {
  if (flag == "--tls-port") return read_number(value, options.port);
  if (flag == "--tls-host") {
    options.host = value;
    return true;
  }
  if (value.empty()) return false;
  if (flag == "--tls-unix") {
    options.unix_path = value;
  } else if (flag == "--tls-cert") {
    options.chain = value;
  } else if (flag == "--tls-key") {
    options.key = value;
  } else {
    if (value != "auto") return false;
    options.development = development_directory();
  }
  return true;
}

bool apply(std::string_view flag, std::string_view value, RunOptions& options) {
  if (flag.starts_with("--tls")) return apply_tls(flag, value, options.tls ? *options.tls : options.tls.emplace());
  if (flag == "--port") return read_number(value, options.port);
  if (flag == "--threads") return read_number(value, options.threads);
  if (flag == "--backend") return read_backend(value, options.backend);
  if (flag == "--host") {
    options.host = value;
    return true;
  }
  if (flag == "--unix") {
    options.unix_path = value;
    return true;
  }
  return false;
}

bool is_flag(std::string_view text) {
  for (const std::string_view flag : {"--port", "--threads", "--backend", "--host", "--unix", "--tls-host",
                                      "--tls-port", "--tls-unix", "--tls-cert", "--tls-key", "--tls"}) {
    if (text == flag) return true;
  }
  return false;
}

}  // namespace

RunOptions run_options(int argument_count, char** arguments, RunOptions defaults) {
  const char* program = argument_count > 0 ? arguments[0] : "app";
  for (int index = 1; index < argument_count; ++index) {
    const std::string_view flag = arguments[index];
    if (flag == "--help") usage(stdout, program, 0);
    if (!is_flag(flag)) {
      std::fprintf(stderr, "%s: unknown flag %s\n", program, arguments[index]);
      usage(stderr, program, 2);
    }
    const std::string_view value = index + 1 < argument_count ? arguments[index + 1] : "";
    ++index;
    if (!apply(flag, value, defaults)) refuse(program, flag, value);
  }
  return defaults;
}

}  // namespace gyre
