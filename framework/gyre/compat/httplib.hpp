#pragma once

/// The server half of cpp-httplib 0.11.4, on gyre: see docs/porting-httplib.md.
///
///     #include <gyre/compat/httplib.hpp>
///     namespace httplib = gyre::compat::httplib;

#include <gyre/compat/httplib/content.hpp>
#include <gyre/compat/httplib/error.hpp>
#include <gyre/compat/httplib/headers.hpp>
#include <gyre/compat/httplib/match.hpp>
#include <gyre/compat/httplib/multipart.hpp>
#include <gyre/compat/httplib/not_covered.hpp>
#include <gyre/compat/httplib/request.hpp>
#include <gyre/compat/httplib/response.hpp>
#include <gyre/compat/httplib/server.hpp>
#include <gyre/compat/httplib/ssl_server.hpp>
#include <gyre/compat/httplib/task_queue.hpp>
#include <gyre/compat/httplib/text.hpp>

// What <httplib.h> brings along: files that include it rely on that.
#include <arpa/inet.h>
#include <fcntl.h>
#include <net/if.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>
#include <algorithm>
#include <array>
#include <atomic>
#include <cassert>
#include <cctype>
#include <cerrno>
#include <climits>
#include <condition_variable>
#include <csignal>
#include <cstring>
#include <fstream>
#include <functional>
#include <iomanip>
#include <iostream>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <random>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <thread>

/// As there: of everybody.
using socket_t = gyre::compat::httplib::socket_t;
