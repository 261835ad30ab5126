#include <gyre/loop/duplicates.hpp>

#include <gyre/loop/descriptor.hpp>

#include <unistd.h>

namespace gyre {

Duplicates::Duplicates(const std::vector<int>& originals) {
  copies_.reserve(originals.size());
  try {
    for (const int original : originals) copies_.push_back(duplicate_descriptor(original).value());
  } catch (...) {
    for (const int copy : copies_) ::close(copy);
    throw;
  }
}

Duplicates::~Duplicates() {
  for (const int copy : copies_) ::close(copy);
}

}  // namespace gyre
