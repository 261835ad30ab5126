#include <gyre/web/static_files.hpp>

#include <gyre/web/error.hpp>
#include <gyre/web/internal/file_answer.hpp>
#include <gyre/web/internal/request_fields.hpp>
#include <gyre/web/internal/setup.hpp>
#include <gyre/wire/fields.hpp>
#include <gyre/wire/media_type.hpp>
#include <gyre/wire/negotiation.hpp>
#include <gyre/wire/path.hpp>

#include <algorithm>
#include <array>
#include <span>
#include <stdexcept>

namespace gyre {

struct internal::StaticSite {
  Directory directory;
  StaticFilesOptions options;
};

namespace {

using internal::StaticSite;

/// What stands at a path.
struct Found {
  Found() noexcept = default;

  bool exists = false;
  FileInfo info = {};
  File file = {};

  bool is(FileKind kind) const noexcept { return exists && info.kind == kind; }
};

/// Whether a decoded path, which may end with a slash, has nothing but names of files in it.
bool is_file_path(std::string_view path) noexcept {
  if (path.ends_with('/')) path.remove_suffix(1);
  for (;;) {
    const std::size_t end = std::min(path.find('/'), path.size());
    if (!wire::is_file_segment(path.substr(0, end))) return false;
    if (end == path.size()) return true;
    path.remove_prefix(end + 1);
  }
}

bool looks_like_page(std::string_view path) noexcept {
  return path.find('.', path.rfind('/') + 1) == std::string_view::npos;  // npos + 1 is the beginning
}

Task<Found> look(const StaticSite* site, std::string path) {
  Found found;
  const BeneathMode how{.links = site->options.links};
  Result<File> file = co_await File::open_beneath(site->directory, std::move(path), how);
  if (!file && internal::is_missing(file.error())) co_return std::move(found);
  found.file = std::move(file).value();
  const Result<FileInfo> info = co_await found.file.info();
  found.info = info.value();
  found.exists = true;
  co_return std::move(found);
}

std::string_view extension_of(std::string_view coding) noexcept {
  return coding == "br" ? ".br" : coding == "zstd" ? ".zst" : ".gz";
}

/// Puts the sibling that the client likes best in the place of the file; returns its coding, or an empty text.
Task<std::string_view> take_sibling(const StaticSite* site, Request* request, const std::string* path, Found* found) {
  const std::optional<std::string_view> accepted = internal::joined_field(*request, FieldId::accept_encoding);
  std::array<std::string_view, 3> codings{"br", "zstd", "gzip"};
  for (std::size_t left = codings.size(); left > 0; --left) {
    const std::span<std::string_view> offered{codings.data(), left};
    const std::string_view chosen = wire::choose_encoding(accepted, offered).value_or("identity");
    if (chosen == "identity") break;
    std::string name = *path;
    name += extension_of(chosen);
    Found sibling = co_await look(site, std::move(name));
    if (sibling.is(FileKind::regular)) {
      *found = std::move(sibling);
      co_return chosen;
    }
    (void)std::remove(offered.begin(), offered.end(), chosen);
  }
  co_return std::string_view{};
}

Response with_slash(const Request& request) {
  Response response{Status::permanent_redirect};
  std::string place{request.path()};
  place += '/';
  if (!request.query().empty()) (place += '?') += request.query();
  response.add("Location", place);
  return response;
}

Task<Response> serve(const StaticSite* site, Request* request) {
  const StaticFilesOptions& options = site->options;
  std::string path{request->parameter(request->parameter_count() - 1)};
  const bool usable = (path.empty() || is_file_path(path)) && (options.hidden || !wire::has_hidden_segment(path));
  Found found;
  if (usable) {
    const bool as_directory = path.empty() || path.ends_with('/');
    if (as_directory) path += options.index;
    if (path.empty()) path = '.';
    found = co_await look(site, path);
    if (found.is(FileKind::directory) && !as_directory && !options.index.empty()) co_return with_slash(*request);
    if (!found.exists && !options.fallback.empty() && (as_directory || looks_like_page(path))) {
      path = options.fallback;
      found = co_await look(site, path);
    }
  }
  if (!found.is(FileKind::regular)) co_return Response::problem(Status::not_found);
  std::string_view encoding;
  if (options.precompressed) encoding = co_await take_sibling(site, request, &path, &found);
  const std::string_view type = wire::media_type_of_file(path);
  const internal::FileDescription about{.content_type = type.empty() ? "application/octet-stream" : type,
                                        .charset = options.charset,
                                        .encoding = encoding,
                                        .cache_control = options.cache_control,
                                        .varies_by_encoding = options.precompressed};
  Task<Response> answering = internal::answer_with_file(*request, std::move(found.file), found.info, about);
  Response response = co_await std::move(answering);
  co_return std::move(response);
}

[[noreturn]] void refuse(const Directory& directory, const std::source_location& where, std::string_view why) {
  throw SetupError{internal::place_text(where) + ": static files of " + internal::quoted(directory.path()) + ": " +
                   std::string{why}};
}

}  // namespace

Task<Response> StaticFiles::operator()(Request& request) const {
  if (request.parameter_count() == 0) {
    throw std::logic_error{"gyre: static files need a pattern with a rest placeholder: \"/static/{path...}\""};
  }
  return serve(site_.get(), &request);
}

StaticFiles static_files(std::string directory, StaticFilesOptions options, std::source_location where) {
  Result<Directory> opened = Directory::open(directory);
  if (!opened) refuse(Directory::simulated(std::move(directory)), where, opened.error().message());
  return static_files(*std::move(opened), std::move(options), where);
}

StaticFiles static_files(Directory directory, StaticFilesOptions options, std::source_location where) {
  if (!options.index.empty() && !wire::is_file_segment(options.index)) refuse(directory, where, "bad index");
  const std::string& fallback = options.fallback;
  if (!fallback.empty() && (fallback.ends_with('/') || !is_file_path(fallback))) {
    refuse(directory, where, "bad fallback");
  }
  if (!is_field_value(options.cache_control) || !is_field_value(options.charset)) {
    refuse(directory, where, "bad value of a field");
  }
  return StaticFiles{Shared<StaticSite>::make(std::move(directory), std::move(options))};
}

}  // namespace gyre
