#include <gyre/web/file_response.hpp>

#include <gyre/web/internal/file_answer.hpp>
#include <gyre/wire/media_type.hpp>

namespace gyre {
namespace {

std::string_view type_of(const FileResponseOptions& options, std::string_view path) noexcept {
  if (!options.content_type.empty()) return options.content_type;
  const std::string_view type = wire::media_type_of_file(options.download_name.empty() ? path : options.download_name);
  return type.empty() ? std::string_view{"application/octet-stream"} : type;
}

}  // namespace

Task<Response> file_response(Request& request, std::string path, FileResponseOptions options) {
  Result<File> file = co_await File::open(path);
  if (!file && internal::is_missing(file.error())) co_return Response::problem(Status::not_found);
  options.content_type = type_of(options, path);
  Task<Response> answering = file_response(request, std::move(file).value(), options);
  Response response = co_await std::move(answering);
  co_return std::move(response);
}

Task<Response> file_response(Request& request, File file, FileResponseOptions options) {
  const Result<FileInfo> info = co_await file.info();
  if (info.value().kind != FileKind::regular) co_return Response::problem(Status::not_found);
  const internal::FileDescription about{.content_type = type_of(options, {}),
                                        .charset = options.charset,
                                        .cache_control = options.cache_control,
                                        .download_name = options.download_name};
  Task<Response> answering = internal::answer_with_file(request, std::move(file), *info, about);
  Response response = co_await std::move(answering);
  co_return std::move(response);
}

}  // namespace gyre
