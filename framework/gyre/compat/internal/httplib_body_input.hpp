#pragma once

#include <gyre/compat/httplib/content.hpp>
#include <gyre/compat/httplib/request.hpp>
#include <gyre/http/body.hpp>
#include <gyre/http/coding.hpp>
#include <gyre/loop/loop_calls.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace gyre::compat::httplib::internal {

/// A request's body on its way to a handler that blocks.
class BodyInput {
 public:
  /// `most` bytes, packed or not.
  BodyInput(gyre::Request& native, Body body, std::size_t most);

  /// Reads it before somebody asks for it, or the first of it: what waits for a thread is bounded. On the loop.
  Task<> collect();

  /// Reads it, unpacks it, and hands it to `receiver`, or as a form to the other two. On a thread of the pool. False:
  /// `status` says why.
  bool read(const Request& request, LoopCalls& calls, const ContentReceiver& receiver,
            const MultipartContentHeader& part_header, const ContentReceiver& part_receiver, int& status);

 private:
  bool read_pieces(LoopCalls& calls, const ContentReceiver& out, int& status);
  bool read_packed(Coding coding, LoopCalls& calls, const ContentReceiver& out, int& status);
  bool next_piece(LoopCalls& calls);
  /// What to wait for.
  enum class Until : unsigned char { something, enough };
  Task<> gather(std::size_t enough, Until until);

  Body body_;
  std::size_t ahead_;
  std::size_t most_;
  std::string piece_;
  int failed_ = 0;  ///< The status of what went wrong.
  bool over_ = false;
};

}  // namespace gyre::compat::httplib::internal
