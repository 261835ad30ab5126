#pragma once

#include <gyre/compat/internal/httplib_core.hpp>
#include <gyre/http/encoder.hpp>
#include <gyre/http/request.hpp>
#include <gyre/http/response.hpp>

#include <memory>
#include <optional>
#include <string>

namespace gyre::compat::httplib::internal {

class BodyInput;
class ContentWriter;

/// One request and its answer, as cpp-httplib goes about it. Made on the loop; what the server was given to call is
/// called by `run` and `write_content`, on a thread of its pool.
class Transaction {
 public:
  Transaction(Shared<ServerCore> core, gyre::Request& native, Body body, Loop& loop);
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;
  ~Transaction();

  /// Whether the body is wanted whole and nobody is asked before it: it can be read without a thread.
  bool reads_first() const;
  /// Then it, or the first of it, is read by this.
  Task<> read_all();
  /// From the routes to the finished answer.
  void run(LoopCalls& calls);
  /// The answer for gyre. `self` owns this. On the loop, once.
  static gyre::Response answer(std::shared_ptr<Transaction> self);

 private:
  // What is known before anybody is asked.
  bool read_target();
  bool read_fields();
  void read_addresses();

  // Routes.
  bool expectation_met();
  bool route_and_catch(LoopCalls& calls);
  bool route(LoopCalls& calls);
  bool serve_file();
  bool dispatch_to_reader(const MethodRoutes& routes, LoopCalls& calls);
  bool dispatch(const MethodRoutes& routes);
  bool read_body(LoopCalls& calls);

  // The end of the answer.
  void finish(bool ranged);
  void apply_ranges();
  void slice_body();
  void pack_body(Coding coding);
  std::optional<Coding> coding() const;
  void complete_fields();

  // Content providers.
  bool has_no_content() const;
  std::optional<std::uint64_t> content_length() const;
  static Task<> write_content(std::shared_ptr<Transaction> self, BodyWriter* out);
  /// False: it is not complete.
  bool provide(LoopCalls& calls, BodyWriter& out);
  bool provide_with(ContentWriter& writer) const;
  void log();

  Shared<ServerCore> core_;
  gyre::Request* native_;
  std::unique_ptr<BodyInput> input_;
  Request request_;
  Response response_;
  bool refused_ = false;    ///< Answered without asking the routes.
  Ranges provided_ranges_;  ///< What of the provider's content is asked for: all, if there are none.
  std::string boundary_;    ///< Of an answer with several ranges.
  std::string part_type_;   ///< The type of its parts.
};

/// The whole of it. On the loop.
Task<gyre::Response> answer_request(Shared<ServerCore> core, gyre::Request* request, Body body);

}  // namespace gyre::compat::httplib::internal
