#!/usr/bin/env python3
"""A compiler for those who would compile gyre a second time: stand_in.py OBJECTS COMPILER [ARGUMENTS...]

With gyre in its subprojects/, a project compiles all of it, which takes minutes. What is tested there is which files
are compiled and how they are put together; so an object that a build of the same tree has in the directory OBJECTS is
copied. All else is the real compiler's.
"""

import os
import pathlib
import shutil
import sys

SUBPROJECT = "subprojects/gyre/"


def value_after(arguments, option):
    return arguments[arguments.index(option) + 1] if option in arguments else ""


def main():
    objects, *command = sys.argv[1:]
    output = value_after(command, "-o")
    made = pathlib.Path(objects, output.removeprefix(SUBPROJECT))
    if "-c" not in command or not output.startswith(SUBPROJECT) or not made.is_file():
        os.execvp(command[0], command)
    shutil.copyfile(made, output)
    dependencies = value_after(command, "-MF")
    if dependencies:
        pathlib.Path(dependencies).write_text(f"{output}:\n", encoding="utf-8")


if __name__ == "__main__":
    main()
