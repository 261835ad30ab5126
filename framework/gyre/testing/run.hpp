#pragma once

#include <gyre/app/app.hpp>
#include <gyre/base/callback.hpp>
#include <gyre/testing/client.hpp>
#include <gyre/testing/failure.hpp>
#include <gyre/testing/options.hpp>
#include <gyre/testing/seeds.hpp>

namespace gyre::testing {

/// What a test does with the application that serves it. A coroutine; a lambda may capture.
using TestBody = Callback<Task<>(Client& client)>;

/// Serves `app` on a loop of the transport, runs `body` beside it, stops the app and looks at what is left:
///
///     run(app, [](Client& client) -> Task<> {
///       const Answer answer = co_await client.get("/users/7");
///       REQUIRE(answer.status() == Status::ok);
///     });
///
/// Blocks. What the body throws (a failed assertion of any test framework that throws) passes through, after the app
/// has ended in order. Else it throws `Deadlock`, or `Leak` if descriptors are open (in simulation), operations are
/// armed or timers are armed at the end; `Unavailable` if the machine has no such transport; what a start hook threw.
/// An app can be run as often as needed, but not twice at once.
void run(App& app, const TestBody& body, const Options& options = {});

/// The same with `count` seeds, or with that of GYRE_SEED alone, in simulation. What is thrown passes through after a
/// line on standard error that says which seed repeats it.
void run_seeds(App& app, std::uint64_t count, const TestBody& body, const Options& options = {});

/// The same body on each of `all_transports()`. What is thrown passes through after a line on standard error that names
/// the transport.
void run_everywhere(App& app, const TestBody& body, const Options& options = {});

}  // namespace gyre::testing
