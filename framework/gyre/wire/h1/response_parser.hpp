#pragma once

#include <gyre/wire/h1/body_decoder.hpp>
#include <gyre/wire/h1/head_limits.hpp>
#include <gyre/wire/h1/head_progress.hpp>
#include <gyre/wire/h1/received_response_head.hpp>
#include <gyre/wire/method.hpp>

#include <string_view>

namespace gyre::wire {

/// Parses an HTTP/1.1 or HTTP/1.0 response head (RFC 9112 2, and 4 to 6) as strictly as `parse_request_head` does a
/// request's, and with the same contract about `data`, `head` and `progress`.
///
/// The status line is `HTTP/1.x SP code SP reason`: both spaces are required, the code is from 100 to 599, the reason
/// may be empty; `limits.request_line` limits it. No empty line may precede it. An interim response (1xx) is a head of
/// its own: the next one follows it, with fresh progress. On `rejected` the connection is of no more use.
HeadOutcome parse_response_head(std::string_view data, const HeadLimits& limits, ReceivedResponseHead& head,
                                HeadProgress& progress) noexcept;

/// The decoder for the body behind a response head (RFC 9112 6.3): none for HEAD, 1xx, 204, 304 and a successful
/// CONNECT, whatever the fields say; else chunks, else Content-Length, else all until the connection ends. A length
/// beyond `limits.body` is refused from the start. `limits` must outlive the decoder.
BodyDecoder response_body(const ReceivedResponseHead& head, Method request_method, const BodyLimits& limits) noexcept;

}  // namespace gyre::wire
