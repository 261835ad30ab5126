#include <gyre/loop/sim/internal/files.hpp>

#include <algorithm>
#include <cerrno>
#include <vector>

namespace gyre::detail {
namespace {

/// What a simulated file can hold: an offset by mistake must not take all memory.
constexpr std::uint64_t file_size_max = std::uint64_t{1} << 30;

}  // namespace

std::string SimFiles::normalised(std::string_view path) {
  std::vector<std::string_view> parts;
  while (!path.empty()) {
    const std::string_view part = path.substr(0, path.find('/'));
    path.remove_prefix(std::min(path.size(), part.size() + 1));
    if (part.empty() || part == ".") continue;
    if (part != "..") {
      parts.push_back(part);
    } else if (!parts.empty()) {
      parts.pop_back();
    }
  }
  std::string result;
  for (const std::string_view part : parts) (result += '/') += part;
  return result.empty() ? "/" : result;
}

bool SimFiles::stays_beneath(std::string_view path) noexcept {
  if (path.starts_with('/')) return false;
  std::size_t depth = 0;
  while (!path.empty()) {
    const std::string_view part = path.substr(0, path.find('/'));
    path.remove_prefix(std::min(path.size(), part.size() + 1));
    if (part.empty() || part == ".") continue;
    if (part != "..") {
      ++depth;
    } else if (depth-- == 0) {
      return false;
    }
  }
  return true;
}

bool SimFiles::is_directory(const std::string& path) const {
  if (path == "/") return true;
  const auto next = files_.lower_bound(path + "/");
  return next != files_.end() && next->first.starts_with(path + "/");
}

int SimFiles::check(const std::string& path) const {
  if (is_directory(path)) return -EISDIR;
  for (std::size_t slash = path.rfind('/'); slash != 0 && slash != std::string::npos;
       slash = path.rfind('/', slash - 1)) {
    if (files_.contains(std::string_view{path}.substr(0, slash))) return -ENOTDIR;
  }
  return 0;
}

std::shared_ptr<SimFiles::File> SimFiles::make(const std::string& path, Duration now) {
  auto& file = files_[path];
  if (!file) {
    file = std::make_shared<File>();
    file->inode = next_inode_++;
    file->modified = now;
  }
  return file;
}

bool SimFiles::put(std::string_view path, std::string_view text, Duration now) {
  const std::string known = normalised(path);
  if (check(known) != 0) return false;
  const std::shared_ptr<File> file = make(known, now);
  file->bytes = text;
  file->modified = now;
  return true;
}

bool SimFiles::remove(std::string_view path) { return files_.erase(normalised(path)) != 0; }

const std::string* SimFiles::text(std::string_view path) const {
  const auto found = files_.find(normalised(path));
  return found == files_.end() ? nullptr : &found->second->bytes;
}

// --- open files ---------------------------------------------------------------------------------------------------

int SimFiles::open(int descriptor, const OpenOperation& operation, Duration now) {
  const std::string_view given{operation.path};
  if (given.empty()) return -ENOENT;
  if (operation.directory != nullptr && !stays_beneath(given)) return -EXDEV;
  const std::string path =
      normalised(operation.directory == nullptr ? std::string{given}
                                                : std::string{operation.directory} + "/" + std::string{given});
  const bool create = (operation.how & OpenOperation::create) != 0;
  const bool change = (operation.how & (OpenOperation::write | OpenOperation::truncate)) != 0;
  const int checked = check(path);
  if (checked == -EISDIR && !create && !change) {
    opened_[descriptor] = {nullptr, operation.how};
    return 0;
  }
  if (checked != 0) return checked;
  const auto found = files_.find(path);
  if (found == files_.end() && !create) return -ENOENT;
  if (given.back() == '/') return found == files_.end() ? -EISDIR : -ENOTDIR;
  if (found != files_.end() && create && (operation.how & OpenOperation::exclusive) != 0) return -EEXIST;
  const std::shared_ptr<File> file = make(path, now);
  if ((operation.how & OpenOperation::truncate) != 0) {
    file->bytes.clear();
    file->modified = now;
  }
  opened_[descriptor] = {file, operation.how};
  return 0;
}

void SimFiles::close(int descriptor) noexcept { opened_.erase(descriptor); }

const SimFiles::Opened* SimFiles::find(int descriptor) const noexcept {
  const auto found = opened_.find(descriptor);
  return found == opened_.end() ? nullptr : &found->second;
}

FileInfo SimFiles::info_of(const File* file) noexcept {
  FileInfo info;
  info.kind = file == nullptr ? FileKind::directory : FileKind::regular;
  info.device = 1;
  if (file == nullptr) return info;
  info.size = file->bytes.size();
  info.modified = file->modified;
  info.inode = file->inode;
  return info;
}

int SimFiles::info(std::string_view path, FileInfo& info) const {
  if (path.empty()) return -ENOENT;
  const std::string known = normalised(path);
  const int checked = check(known);
  if (checked == -ENOTDIR) return checked;
  const auto found = files_.find(known);
  if (checked == 0 && found == files_.end()) return -ENOENT;
  if (checked == 0 && path.back() == '/') return -ENOTDIR;
  info = info_of(checked == 0 ? found->second.get() : nullptr);
  return 0;
}

int SimFiles::info(int descriptor, FileInfo& info) const {
  const Opened* opened = find(descriptor);
  if (opened == nullptr) return -EBADF;
  info = info_of(opened->file.get());
  return 0;
}

int SimFiles::read(int descriptor, std::uint64_t offset, std::size_t most, Bytes& bytes) const {
  const Opened* opened = find(descriptor);
  if (opened == nullptr || (opened->how & OpenOperation::read) == 0) return -EBADF;
  if (!opened->file) return -EISDIR;
  const Bytes all = as_bytes(opened->file->bytes);
  const auto from = static_cast<std::size_t>(std::min<std::uint64_t>(offset, all.size()));
  bytes = all.subspan(from, std::min(most, all.size() - from));
  return 0;
}

int SimFiles::write(int descriptor, std::uint64_t offset, Bytes bytes, Duration now) {
  const Opened* opened = find(descriptor);
  if (opened == nullptr || (opened->how & OpenOperation::write) == 0) return -EBADF;
  std::string& text = opened->file->bytes;
  const std::uint64_t from = (opened->how & OpenOperation::append) != 0 ? text.size() : offset;
  if (from > file_size_max || bytes.size() > file_size_max - from) return -EFBIG;
  if (bytes.empty()) return 0;
  const auto begin = static_cast<std::size_t>(from);
  if (text.size() < begin + bytes.size()) text.resize(begin + bytes.size());
  text.replace(begin, bytes.size(), as_text(bytes));
  opened->file->modified = now;
  return static_cast<int>(bytes.size());
}

}  // namespace gyre::detail
