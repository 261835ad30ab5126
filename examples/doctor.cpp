// What this machine allows and what gyre makes of it: build/examples/doctor

#include <gyre/loop/host.hpp>

#include <cstdio>

int main() {
  const gyre::HostReport host = gyre::inspect_host();
  const auto line = [](const char* label, const std::string& value) {
    std::printf("%-20s %s\n", label, value.c_str());
  };
  line("kernel", host.kernel);
  line("backend", std::string{gyre::name(host.backend)});
  line("why", host.reason);
  line("defer task run", host.defer_task_run ? "yes" : "no");
  line("processors", std::to_string(host.processors));
  line("threads by default", std::to_string(host.threads));
  line("open files, at most", std::to_string(host.descriptors_max));
  line("locked memory", host.locked_bytes_max == ~0ul ? "unlimited" : std::to_string(host.locked_bytes_max) + " bytes");
  line("congestion control", host.congestion_control);
  if (host.descriptors_max < 10240) {
    std::puts("advice: raise the limit of open files (ulimit -n) for thousands of connections");
  }
  return 0;
}
