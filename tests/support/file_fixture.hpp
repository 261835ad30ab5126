#pragma once

#include <gyre/loop/file_operation.hpp>
#include <gyre/loop/sim/sim_loop.hpp>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <string_view>

namespace loop_test {

/// A directory of the test's own, removed at its end: of the system's for a real loop, of the simulation's for the
/// other.
class Files {
 public:
  explicit Files(gyre::Loop& loop) {
    if (loop.backend() == gyre::Backend::sim) {
      sim_ = static_cast<gyre::SimLoop*>(&loop);
      directory_ = "/test";
      return;
    }
    directory_ = (std::filesystem::temp_directory_path() / "gyre-test-XXXXXX").string();
    if (::mkdtemp(directory_.data()) == nullptr) throw std::runtime_error{"no temporary directory"};
  }
  Files(const Files&) = delete;
  ~Files() {
    if (sim_ != nullptr) return;
    std::error_code ignored;
    std::filesystem::remove_all(directory_, ignored);
  }

  const std::string& directory() const { return directory_; }
  std::string path(std::string_view name) const { return directory_ + "/" + std::string{name}; }

  /// Makes a file; returns its path.
  std::string put(std::string_view name, std::string_view text) const {
    std::string where = path(name);
    if (sim_ != nullptr) {
      sim_->put_file(where, text);
    } else {
      std::filesystem::create_directories(std::filesystem::path{where}.parent_path());
      std::ofstream{where, std::ios::binary} << text;
    }
    return where;
  }

  std::string text(std::string_view name) const {
    if (sim_ != nullptr) return sim_->file_text(path(name)).value_or("(no such file)");
    std::ifstream file{path(name), std::ios::binary};
    if (!file) return "(no such file)";
    return {std::istreambuf_iterator<char>{file}, {}};
  }

 private:
  gyre::SimLoop* sim_ = nullptr;
  std::string directory_;
};

}  // namespace loop_test
