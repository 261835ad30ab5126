#pragma once

// Everything that a web application includes. What reads described types (JSON, queries, forms, header fields), tests
// and adapters have headers of their own.

#if __cplusplus < 202002L
#error "gyre needs C++20 or later: compile with -std=c++20"
#endif

// The application.
#include <gyre/app/app.hpp>
#include <gyre/app/arguments.hpp>
#include <gyre/version.hpp>

// What handlers can take, besides the path and their own types.
#include <gyre/web/cookies.hpp>
#include <gyre/web/extension.hpp>
#include <gyre/web/header.hpp>
#include <gyre/web/peer_address.hpp>
#include <gyre/web/state.hpp>
#include <gyre/web/text.hpp>

// Answers.
#include <gyre/web/conditions.hpp>
#include <gyre/web/content.hpp>
#include <gyre/web/created.hpp>
#include <gyre/web/file_response.hpp>
#include <gyre/web/html.hpp>
#include <gyre/web/problem.hpp>
#include <gyre/web/redirect.hpp>
#include <gyre/web/static_files.hpp>

// Bodies as streams.
#include <gyre/http/body_writer.hpp>
#include <gyre/http/event_stream.hpp>
#include <gyre/net/file.hpp>
#include <gyre/web/last_event_id.hpp>
#include <gyre/web/multipart.hpp>

// Time limits of requests, and what a cancelled one is answered with.
#include <gyre/http/cancel_status.hpp>
#include <gyre/web/middleware/deadline.hpp>

// Middleware.
#include <gyre/web/middleware/access_log.hpp>
#include <gyre/web/middleware/basic_auth.hpp>
#include <gyre/web/middleware/bearer_auth.hpp>
#include <gyre/web/middleware/body_limit.hpp>
#include <gyre/web/middleware/compression.hpp>
#include <gyre/web/middleware/decompression.hpp>
#include <gyre/web/middleware/hsts.hpp>
#include <gyre/web/middleware/https_redirect.hpp>
#include <gyre/web/middleware/recover.hpp>
#include <gyre/web/middleware/request_id.hpp>

// What runs beside it, and how to wait.
#include <gyre/coro/channel.hpp>
#include <gyre/coro/event.hpp>
#include <gyre/coro/from_callback.hpp>
#include <gyre/coro/generator.hpp>
#include <gyre/coro/mutex.hpp>
#include <gyre/coro/scope.hpp>
#include <gyre/coro/semaphore.hpp>
#include <gyre/coro/this_scope.hpp>
#include <gyre/coro/when_all.hpp>
#include <gyre/coro/when_any.hpp>
#include <gyre/coro/when_first_ok.hpp>
#include <gyre/loop/offload.hpp>
#include <gyre/loop/shield.hpp>
#include <gyre/loop/sleep.hpp>
#include <gyre/loop/within.hpp>
#include <gyre/net/readiness.hpp>
