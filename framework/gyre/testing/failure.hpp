#pragma once

#include <stdexcept>

namespace gyre::testing {

/// What `gyre::testing` throws when the application under test, or the test, did something wrong. `what()` says what in
/// sentences for people, so that every test framework prints it.
class TestFailure : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// An answer that is malformed, cut off, or did not come.
class WrongAnswer : public TestFailure {
 public:
  using TestFailure::TestFailure;
};

/// Something took longer than `Options::time_limit` or `Options::run_limit`.
class TimedOut : public TestFailure {
 public:
  using TestFailure::TestFailure;
};

/// Something was left behind at the end of a run: an open descriptor, an armed operation, an armed timer.
class Leak : public TestFailure {
 public:
  using TestFailure::TestFailure;
};

/// A simulated run in which every task waits and nothing can wake any of them.
class Deadlock : public TestFailure {
 public:
  using TestFailure::TestFailure;
};

/// This machine has no such transport (see `why_unavailable`).
class Unavailable : public TestFailure {
 public:
  using TestFailure::TestFailure;
};

}  // namespace gyre::testing
