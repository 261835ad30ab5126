#include <gyre/compat/httplib/text.hpp>

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string_view>

namespace gyre::compat::httplib::detail {
namespace {

struct FileType {
  std::string_view extension;
  const char* type;
};

constexpr std::array file_types{
    FileType{"css", "text/css"},
    FileType{"csv", "text/csv"},
    FileType{"htm", "text/html"},
    FileType{"html", "text/html"},
    FileType{"js", "text/javascript"},
    FileType{"mjs", "text/javascript"},
    FileType{"txt", "text/plain"},
    FileType{"vtt", "text/vtt"},
    FileType{"apng", "image/apng"},
    FileType{"avif", "image/avif"},
    FileType{"bmp", "image/bmp"},
    FileType{"gif", "image/gif"},
    FileType{"png", "image/png"},
    FileType{"svg", "image/svg+xml"},
    FileType{"webp", "image/webp"},
    FileType{"ico", "image/x-icon"},
    FileType{"tif", "image/tiff"},
    FileType{"tiff", "image/tiff"},
    FileType{"jpg", "image/jpeg"},
    FileType{"jpeg", "image/jpeg"},
    FileType{"mp4", "video/mp4"},
    FileType{"mpeg", "video/mpeg"},
    FileType{"webm", "video/webm"},
    FileType{"mp3", "audio/mp3"},
    FileType{"mpga", "audio/mpeg"},
    FileType{"weba", "audio/webm"},
    FileType{"wav", "audio/wave"},
    FileType{"otf", "font/otf"},
    FileType{"ttf", "font/ttf"},
    FileType{"woff", "font/woff"},
    FileType{"woff2", "font/woff2"},
    FileType{"7z", "application/x-7z-compressed"},
    FileType{"atom", "application/atom+xml"},
    FileType{"pdf", "application/pdf"},
    FileType{"json", "application/json"},
    FileType{"rss", "application/rss+xml"},
    FileType{"tar", "application/x-tar"},
    FileType{"xht", "application/xhtml+xml"},
    FileType{"xhtml", "application/xhtml+xml"},
    FileType{"xslt", "application/xslt+xml"},
    FileType{"xml", "application/xml"},
    FileType{"gz", "application/gzip"},
    FileType{"zip", "application/zip"},
    FileType{"wasm", "application/wasm"},
};

}  // namespace

bool is_file(const std::string& path) {
  std::error_code failure;
  return std::filesystem::is_regular_file(path, failure);
}

bool is_dir(const std::string& path) {
  std::error_code failure;
  return std::filesystem::is_directory(path, failure);
}

bool is_valid_path(const std::string& path) {
  std::size_t level = 0;
  bool valid = true;
  for (std::size_t begin = 0; begin < path.size() && valid;) {
    const std::size_t end = std::min(path.find('/', begin), path.size());
    const std::string_view part{path.data() + begin, end - begin};
    begin = end + 1;
    if (part.empty() || part == ".") continue;
    if (part != "..") {
      ++level;
    } else if (level == 0) {
      valid = false;
    } else {
      --level;
    }
  }
  return valid;
}

void read_file(const std::string& path, std::string& out) {
  std::ifstream file{path, std::ios::binary};
  if (!file.is_open()) throw std::runtime_error{"gyre: a file cannot be opened"};
  out.assign(std::istreambuf_iterator<char>{file}, {});
}

std::string file_extension(const std::string& path) {
  const auto is_letter = [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
  };
  const auto behind = std::find_if_not(path.rbegin(), path.rend(), is_letter).base();
  if (behind == path.begin() || behind == path.end() || behind[-1] != '.') return {};
  return {behind, path.end()};
}

const char* find_content_type(const std::string& path, const std::map<std::string, std::string>& user_data) {
  const std::string extension = file_extension(path);
  if (const auto own = user_data.find(extension); own != user_data.end()) return own->second.c_str();
  const auto* const known = std::ranges::find(file_types, extension, &FileType::extension);
  return known == file_types.end() ? nullptr : known->type;
}

}  // namespace gyre::compat::httplib::detail
