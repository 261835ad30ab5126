#pragma once

#include <gyre/base/bytes.hpp>
#include <gyre/loop/file_operation.hpp>

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

namespace gyre::detail {

/// The files of a simulation, in memory. What fails returns a negative errno.
///
/// As on Linux, but: everything is allowed to everybody, there are no links, and a directory is there while a file in
/// it is, so that creating a file needs none. Relative paths begin at the root.
class SimFiles {
 public:
  /// Makes a file or replaces its content. False if the path is a directory, or leads through a file.
  bool put(std::string_view path, std::string_view text, Duration now);
  bool remove(std::string_view path);
  /// The content, or null.
  const std::string* text(std::string_view path) const;

  /// Lets a descriptor stand for the file. 0 on success.
  int open(int descriptor, const OpenOperation& operation, Duration now);
  /// Nothing happens if it stands for no file.
  void close(int descriptor) noexcept;

  int info(std::string_view path, FileInfo& info) const;
  int info(int descriptor, FileInfo& info) const;
  /// The bytes from `offset` on, at most `most`: valid until the next change.
  int read(int descriptor, std::uint64_t offset, std::size_t most, Bytes& bytes) const;
  /// The number of bytes written: all.
  int write(int descriptor, std::uint64_t offset, Bytes bytes, Duration now);

 private:
  struct File {
    std::string bytes;
    Duration modified{};
    std::uint64_t inode = 0;
  };
  struct Opened {
    std::shared_ptr<File> file;  ///< None for a directory.
    std::uint32_t how = 0;
  };

  static std::string normalised(std::string_view path);
  /// Whether a path, from where it begins on, never goes further up.
  static bool stays_beneath(std::string_view path) noexcept;
  static FileInfo info_of(const File* file) noexcept;
  /// 0 if a file is there or could be made.
  int check(const std::string& path) const;
  bool is_directory(const std::string& path) const;
  std::shared_ptr<File> make(const std::string& path, Duration now);
  const Opened* find(int descriptor) const noexcept;

  std::map<std::string, std::shared_ptr<File>, std::less<>> files_;
  std::unordered_map<int, Opened> opened_;
  std::uint64_t next_inode_ = 2;
};

}  // namespace gyre::detail
