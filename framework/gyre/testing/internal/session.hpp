#pragma once

#include <gyre/testing/run.hpp>

namespace gyre::testing::internal {

/// What is done to one run, and how far it came.
struct Trouble {
  /// The body is cancelled when it, or what it has the app do, submits this operation: counted from 1 from its start
  /// on. 0 for never. In simulation only.
  std::uint64_t cancel_in = 0;

  bool cancelled = false;        ///< It was.
  std::uint64_t operations = 0;  ///< How many were submitted in the whole run. In simulation only.
};

/// `testing::run` with the seed of the options.
void run_session(App& app, const TestBody& body, const Options& options, Trouble& trouble);

}  // namespace gyre::testing::internal
