#pragma once

#include <gyre/app/options.hpp>

namespace gyre {

/// Run options from a command line, for programs whose flags are just these:
///
///     --host ADDRESS   --port N   --unix PATH   --threads N   --backend auto|uring|epoll   --help
///     --tls-host ADDRESS   --tls-port N   --tls-unix PATH   --tls-cert FILE   --tls-key FILE   --tls auto
///
/// The last line is for HTTPS beside HTTP, on port 8443 and the same host if none are given: with a certificate's chain
/// and its key in PEM, which may be one file, or with a development certificate, which is kept in the user's state
/// directory (`development_certificate`). An empty `--host` is for no HTTP without TLS.
///
/// What is not given keeps its value from `defaults`. `--help` prints them and exits with 0; an unknown flag or a value
/// that cannot be read is told on standard error, and the program exits with 2.
RunOptions run_options(int argument_count, char** arguments, RunOptions defaults = {});

}  // namespace gyre
