#pragma once

#include <gyre/loop/sim/sim_loop.hpp>
#include <gyre/loop/sleep.hpp>
#include <gyre/testing/client.hpp>

#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace web_test {

/// A directory of the operating system with files in it that are a day old, removed at its end; and the same files for
/// a simulation.
class SiteFiles {
 public:
  SiteFiles() {
    directory_ = (std::filesystem::temp_directory_path() / "gyre-site-XXXXXX").string();
    if (::mkdtemp(directory_.data()) == nullptr) throw std::runtime_error{"no temporary directory"};
  }
  SiteFiles(const SiteFiles&) = delete;
  ~SiteFiles() {
    std::error_code ignored;
    std::filesystem::remove_all(directory_, ignored);
  }

  const std::string& directory() const noexcept { return directory_; }
  std::string path(std::string_view name) const { return directory_ + "/" + std::string{name}; }

  void put(std::string_view name, std::string_view text) {
    const std::filesystem::path where{path(name)};
    std::filesystem::create_directories(where.parent_path());
    std::ofstream{where, std::ios::binary} << text;
    std::filesystem::last_write_time(where, std::filesystem::file_time_type::clock::now() - std::chrono::hours{24});
    files_.emplace_back(name, text);
  }

  /// Has the simulation, if it is one, know the files; in time they are as old as the tests want them.
  gyre::Task<> load(gyre::testing::Client& client) const {
    if (client.loop().backend() != gyre::Backend::sim) co_return;
    auto& loop = static_cast<gyre::SimLoop&>(client.loop());
    for (const auto& [name, text] : files_) loop.put_file(path(name), text);
    co_await gyre::sleep_for(std::chrono::hours{24});
  }

 private:
  std::string directory_;
  std::vector<std::pair<std::string, std::string>> files_;
};

}  // namespace web_test
