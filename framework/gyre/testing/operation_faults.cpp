#include <gyre/testing/operation_faults.hpp>

#include <gyre/testing/internal/session.hpp>
#include <gyre/testing/repeat.hpp>

namespace gyre::testing {
namespace {

Options simulated(const Options& options) {
  Options here = options;
  here.transport = Transport::sim;
  here.sim.seed = given_seed().value_or(options.sim.seed);
  return here;
}

}  // namespace

std::uint64_t fail_each_operation(App& app, const TestBody& body, const Options& options) {
  Options here = simulated(options);
  return repeat_until_none_fails("operation", [&](std::uint64_t number) {
    here.sim.fail_operation.number = number;
    internal::Trouble trouble;
    try {
      internal::run_session(app, body, here, trouble);
    } catch (const WrongAnswer&) {
      // the failure was in its way
    } catch (const Failure&) {
      // it could not connect
    }
    return trouble.operations >= number;
  });
}

std::uint64_t cancel_each_operation(App& app, const TestBody& body, const Options& options) {
  const Options here = simulated(options);
  return repeat_until_none_fails("a cancelled operation", [&](std::uint64_t number) {
    internal::Trouble trouble;
    trouble.cancel_in = number;
    internal::run_session(app, body, here, trouble);
    return trouble.cancelled;
  });
}

}  // namespace gyre::testing
