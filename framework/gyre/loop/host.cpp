#include <gyre/loop/host.hpp>

#include <gyre/loop/epoll/epoll_loop.hpp>
#include <gyre/loop/uring/uring_loop.hpp>

#include <sched.h>
#include <sys/resource.h>
#include <sys/utsname.h>
#include <algorithm>
#include <cerrno>
#include <charconv>
#include <fstream>

namespace gyre {
namespace {

std::string first_line(const std::string& path) {
  std::ifstream file{path};
  std::string line;
  std::getline(file, line);
  return line;
}

unsigned long limit_of(int resource) {
  rlimit limit{};
  ::getrlimit(static_cast<__rlimit_resource>(resource), &limit);
  return limit.rlim_cur;
}

std::string kernel_name() {
  utsname system{};
  ::uname(&system);
  return std::string{system.sysname} + " " + system.release + " " + system.machine;
}

std::string denial_reason(Error error) {
  const std::string disabled = first_line("/proc/sys/kernel/io_uring_disabled");
  if (!disabled.empty() && disabled != "0") {
    return "io_uring is switched off: sysctl kernel.io_uring_disabled is " + disabled + " (0 allows it)";
  }
  if (error.system() == EPERM || error.system() == EACCES) {
    return "io_uring is denied, most likely by a seccomp profile (containers: allow io_uring_setup, io_uring_enter, "
           "io_uring_register)";
  }
  if (error.system() == ENOMEM) return "io_uring may not lock enough memory: raise RLIMIT_MEMLOCK";
  if (error == Errc::unsupported) return "this kernel's io_uring is too old: gyre uses it from Linux 6.0 on";
  return "io_uring cannot be opened: " + error.message();
}

/// The quota of one cgroup directory in processors, or a large number.
double quota_of(const std::string& directory) {
  const std::string line = first_line(directory + "/cpu.max");  // "max 100000" or "150000 100000"
  const std::size_t space = line.find(' ');
  if (space == std::string::npos || line.starts_with("max")) return 1e9;
  double quota = 0;
  double period = 0;
  std::from_chars(line.data(), line.data() + space, quota);
  std::from_chars(line.data() + space + 1, line.data() + line.size(), period);
  return quota > 0 && period > 0 ? quota / period : 1e9;
}

/// The tightest quota from this process's cgroup up to the root (cgroup v2).
double cgroup_quota() {
  std::string path = first_line("/proc/self/cgroup");
  if (!path.starts_with("0::")) return quota_of("/sys/fs/cgroup");
  path.erase(0, 3);
  double quota = 1e9;
  for (;;) {
    quota = std::min(quota, quota_of("/sys/fs/cgroup" + path));
    const std::size_t slash = path.rfind('/');
    if (slash == std::string::npos) break;
    path.resize(slash);
  }
  return quota;
}

unsigned processor_count() {
  cpu_set_t set;
  CPU_ZERO(&set);
  if (::sched_getaffinity(0, sizeof set, &set) != 0) return 1;
  return static_cast<unsigned>(std::max(1, CPU_COUNT(&set)));
}

}  // namespace

unsigned default_thread_count() {
  const double quota = cgroup_quota();
  const unsigned processors = processor_count();
  if (quota >= processors) return processors;
  return std::max(1u, static_cast<unsigned>(quota + 0.999));
}

HostReport inspect_host() {
  HostReport report{};
  report.kernel = kernel_name();
  report.processors = processor_count();
  report.threads = default_thread_count();
  report.descriptors_max = limit_of(RLIMIT_NOFILE);
  report.locked_bytes_max = limit_of(RLIMIT_MEMLOCK);
  report.congestion_control = first_line("/proc/sys/net/ipv4/tcp_congestion_control");
  LoopOptions options;
  options.receive_buffers = 8;
  const Result<std::unique_ptr<Loop>> loop = make_uring_loop(options);
  report.backend = loop ? Backend::uring : Backend::epoll;
  report.defer_task_run = loop && uring_defers_task_run(**loop);
  if (!loop) {
    report.reason = denial_reason(loop.error());
  } else if (report.defer_task_run) {
    report.reason = "io_uring is allowed and has all that gyre uses";
  } else {
    report.reason = "io_uring is allowed; Linux 6.1 or later would make it cheaper (SINGLE_ISSUER, DEFER_TASKRUN)";
  }
  return report;
}

}  // namespace gyre
