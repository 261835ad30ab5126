"""What the scripts ask of the machine that they run on."""

import os
import resource
import sys


def raise_descriptor_limit(count):
    """For this process and for the server, which inherits it. Ends the program if the machine does not allow it."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft >= count:
        return
    if hard != resource.RLIM_INFINITY and hard < count:
        sys.exit(f"this needs {count} descriptors, and the hard limit is {hard} (ulimit -Hn)")
    resource.setrlimit(resource.RLIMIT_NOFILE, (count, hard))


def add_processors(parser):
    """Two options, for the server's processor and for that of its clients; `check_processors` looks at them."""
    processors = sorted(os.sched_getaffinity(0))
    parser.add_argument("--server-cpu", type=int, default=processors[0])
    parser.add_argument("--client-cpu", type=int, default=processors[-1])


def check_processors(parser, options):
    if options.server_cpu == options.client_cpu:
        parser.error("this needs two processors: one for the server, one for its clients")


def warn_of_load():
    """Prints and returns the load average."""
    load = os.getloadavg()[0]
    if load > 0.5:
        print(f"NOISY: the load average is {load:.1f}; something else is running")
    return load
