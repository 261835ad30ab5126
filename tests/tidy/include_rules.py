"""Who may include what: the floors, the owners of outside libraries, and what users' compilers are spared."""

import fnmatch
import re

from tree import INTERNAL

FLOORS = ["base", "coro", "loop", "net", "wire", "http", "client", "web", "app"]

# floor -> the floors it may include besides itself
ALLOWED = {floor: set(FLOORS[:index]) for index, floor in enumerate(FLOORS)}
ALLOWED["wire"] = {"base"}  # sans-I/O
ALLOWED["web"] -= {"client"}
ALLOWED["compat"] = set(FLOORS)
ALLOWED["testing"] = set(FLOORS)

# Outside library -> the only files under framework/gyre/ that may include it. No entry: nobody may.
OWNERS = [
    (r"liburing(\.h|/.*)|linux/io_uring\.h", ["loop/uring/*"]),
    (r"openssl/.*", ["net/tls*", "net/internal/tls*", "web/middleware/jwt_crypto.cpp"]),
    (r"boost/beast(\.hpp|/.*)", ["wire/h1/*.cpp", "compat/beast.hpp"]),
    (r"boost/system/.*", ["wire/h1/*.cpp"]),  # what Beast's parser reports with
    (r"boost/asio(\.hpp|/.*)", ["wire/h1/*.cpp"]),  # buffers, which Beast's parser takes; never its streams
    (r"nghttp2/.*", ["wire/h2/*.cpp", "wire/h2/internal/*"]),
    (r"zlib\.h|zstd(_errors)?\.h|brotli/.*", ["http/coding*", "http/internal/coding*"]),
    (r"boost/(json|describe|mp11)(\.hpp|/.*)", ["web/json*", "web/describe*", "web/detail/*"]),
    (r"hiredis/.*", ["web/middleware/redis_store.cpp"]),
    (r"re2/.*", ["web/pattern_rule.cpp", "compat/*"]),
]

STANDARD = set(
    """algorithm any array atomic barrier bit bitset cassert cctype cerrno cfenv cfloat charconv chrono cinttypes
    climits clocale cmath compare complex concepts condition_variable coroutine csetjmp csignal cstdarg cstddef
    cstdint cstdio cstdlib cstring ctime cuchar cwchar deque exception execution filesystem format forward_list
    fstream functional future initializer_list iomanip ios iosfwd iostream istream iterator latch limits list locale
    map memory memory_resource mutex new numbers numeric optional ostream queue random ranges ratio regex
    scoped_allocator set semaphore shared_mutex source_location span sstream stack stdexcept stop_token streambuf
    string string_view syncstream system_error thread tuple type_traits typeindex typeinfo unordered_map
    unordered_set utility valarray variant vector version""".split()
)
SYSTEM = re.compile(
    r"(sys|linux|netinet|arpa|net|asm|sanitizer)/.*|bits/chrono\.h"
    r"|(cxxabi|errno|execinfo|fcntl|grp|limits|netdb|poll|pthread|pwd|sched|signal|spawn|stdint|stdio|stdlib|string"
    r"|syslog|termios|time|unistd|[a-z0-9]*intrin|arm_neon)\.h"
)

# No header that a user includes may pull these in.
HEAVY = re.compile(r"(boost/(beast|asio)|liburing|openssl|nghttp2)([./].*)?|linux/io_uring\.h")
HEAVY_EXCEPTIONS = {"framework/gyre/compat/beast.hpp"}  # opt-in, for those who have Beast anyway

# gyre.hpp is in every translation unit of an application: it must compile fast.
SLOW_TO_COMPILE = set(
    """filesystem fstream functional future iomanip iostream istream locale map memory ostream random ranges regex
    set sstream thread unordered_map unordered_set variant""".split()
)
NOT_IN_UMBRELLA = re.compile(r"gyre/(testing|compat)/.*|gyre/web/(json|describe).*")

# Above loop/ nothing touches a clock, a socket, a thread or randomness: tests drive all of these.
OS_HEADERS = re.compile(
    r"(sys|netinet|arpa|net|linux)/.*|(fcntl|netdb|poll|pthread|sched|signal|time|unistd)\.h"
    r"|csignal|ctime|future|random|semaphore|thread"
)
OS_CALLS = re.compile(
    r"\b(clock_gettime|gettimeofday|getrandom|random_device|mt19937\w*|pthread_\w+|nanosleep|usleep|epoll_\w+)\b"
    r"|\b\w+_clock::now\b|\bstd::(thread|jthread|async|this_thread|time|rand)\b"
)
# (file pattern under framework/gyre/, what it may use, why)
OS_EXCEPTIONS = [
    ("net/endpoint.cpp", r"arpa/inet\.h|netinet/in\.h|sys/(socket|un)\.h", "address layouts; no system call"),
    ("app/internal/run.*", r"thread|std::thread|csignal", "starts a thread per loop; names of signals"),
    (
        "compat/internal/httplib_socket.cpp",
        r"(arpa/inet|netinet/in|sys/socket|sys/un|fcntl|netdb|unistd)\.h",
        "makes a listening socket from what programs of cpp-httplib say: a host's name, AF_UNIX, options of their own",
    ),
    (
        "compat/httplib.hpp",
        r"csignal|random|thread|(fcntl|netdb|pthread|unistd)\.h|(arpa|net|netinet|sys)/.*",
        "brings along what <httplib.h> does; uses none of it",
    ),
    ("compat/internal/httplib_core.hpp", r"sys/socket\.h", "AF_UNSPEC"),
    ("compat/httplib/server.cpp", r"csignal", "ignores SIGPIPE: programs of cpp-httplib rely on it"),
    ("compat/httplib/server.hpp", r"ctime", "std::time_t in the names of cpp-httplib; no clock"),
    ("compat/httplib/request.hpp", r"sys/types\.h", "ssize_t in the names of cpp-httplib"),
]


def inside(file, patterns):
    name = file.path.removeprefix("framework/gyre/")
    return any(fnmatch.fnmatch(name, pattern) for pattern in patterns)


def floors(tree):
    """A file includes its own and lower floors, by full path; internal/ stays within its floor."""
    for file in tree.framework():
        for include in file.includes:
            if include.quoted:
                yield file, include.line, f'write #include <gyre/...>, not "{include.target}"'
            if not include.target.startswith("gyre/"):
                continue
            if "framework/" + include.target not in tree.files:
                yield file, include.line, f"no such header: {include.target}"
            target = include.target.split("/")[1]
            if file.floor is None:
                continue  # gyre.hpp: see umbrella
            if target != file.floor and target not in ALLOWED.get(file.floor, set()):
                yield file, include.line, f"{file.floor}/ may not include {include.target}"
            internal = INTERNAL.match(include.target)
            if internal and target != file.floor:
                yield file, include.line, f"{include.target} is internal to {target}/"
            if internal and file.is_public_header:
                yield file, include.line, f"an installed header includes {include.target}, which is not installed"


def owners(tree):
    """Each outside library has one owner."""
    for file in tree.framework():
        for include in file.includes:
            name = include.target
            if include.quoted or name.startswith("gyre/") or name in STANDARD:
                continue
            entry = next((entry for entry in OWNERS if re.fullmatch(entry[0], name)), None)
            if entry and not inside(file, entry[1]):
                yield file, include.line, f"<{name}> belongs to {', '.join(entry[1])}"
            if not entry and not SYSTEM.fullmatch(name):
                yield file, include.line, f"<{name}>: no owner known; see OWNERS in tests/tidy/include_rules.py"


def heavy(tree):
    """No header that a user includes pulls in Beast, Asio, liburing, OpenSSL or nghttp2."""
    for file in tree.framework():
        if not file.is_public_header or file.path in HEAVY_EXCEPTIONS:
            continue
        for reached in tree.closure(file):
            for include in reached.includes:
                if HEAVY.fullmatch(include.target):
                    yield file, 1, f"pulls in <{include.target}> ({reached.path}:{include.line})"


def umbrella(tree):
    """gyre.hpp stays cheap to include."""
    file = tree.files.get("framework/gyre/gyre.hpp")
    if not file:
        return
    for reached in tree.closure(file):
        for include in reached.includes:
            if include.target in SLOW_TO_COMPILE or NOT_IN_UMBRELLA.fullmatch(include.target):
                yield reached, include.line, f"gyre.hpp reaches <{include.target}> here"


def os_access(tree):
    """Nothing outside loop/ touches a clock, a socket, a thread or randomness."""
    for file in tree.framework():
        if file.floor == "loop":
            continue
        allowed = [use for pattern, use, _ in OS_EXCEPTIONS if inside(file, [pattern])]
        uses = [(include.line, include.target) for include in file.includes if OS_HEADERS.fullmatch(include.target)]
        uses += [(file.code.count("\n", 0, match.start()) + 1, match[0]) for match in OS_CALLS.finditer(file.code)]
        for line, use in uses:
            if not any(re.fullmatch(pattern, use) for pattern in allowed):
                yield file, line, f"{use}: ask the loop (or loop/) for it"


def public_only(tree):
    """Examples show what users may do: public headers only."""
    for file in tree:
        if file.is_cpp and file.path.startswith("examples/"):
            for include in file.includes:
                if INTERNAL.match(include.target) or "/detail/" in include.target:
                    yield file, include.line, f"an example includes {include.target}"


RULES = [floors, owners, heavy, umbrella, os_access, public_only]
