#pragma once

#include <vector>

namespace gyre {

/// Copies of descriptors, for another loop: closes those that nobody has taken out of it.
class Duplicates {
 public:
  /// Throws `Failure` if there is none to be had.
  explicit Duplicates(const std::vector<int>& originals);
  Duplicates(Duplicates&&) noexcept = default;
  Duplicates& operator=(Duplicates&&) = delete;
  ~Duplicates();

  /// Who takes a descriptor over erases it here.
  std::vector<int>& copies() noexcept { return copies_; }

 private:
  std::vector<int> copies_;
};

}  // namespace gyre
