#pragma once

#include <gyre/testing/run.hpp>

#include <cstdint>

namespace gyre::testing {

/// As `run`, again and again in simulation: in the first run the first operation that is submitted fails (an accept, a
/// receive, a send, a connect, work on a file), in the second the second, until a run needs fewer. Returns how many
/// runs had a failing one.
///
/// `options.sim.fail_operation.error` is the errno that it fails with; 0 for one that fits its kind. The body says what
/// has to hold in every run. That a client got no answer (`WrongAnswer`) or no connection (`Failure`) is a possible
/// outcome; whatever else is thrown passes through, leaks and deadlocks too, after a line on standard error that says
/// which operation had failed.
std::uint64_t fail_each_operation(App& app, const TestBody& body, const Options& options = {});

/// As `run`, again and again in simulation: in the first run the body is cancelled as the first operation after its
/// start is submitted, its own or the app's, in the second as the second is, until a run needs fewer. Whatever a
/// cancelled task starts afterwards finds itself cancelled. For the app it is a client that leaves at every possible
/// instant: it must not leak, hang or stop to serve. Returns how many runs were cancelled.
std::uint64_t cancel_each_operation(App& app, const TestBody& body, const Options& options = {});

}  // namespace gyre::testing
