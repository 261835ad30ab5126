#!/usr/bin/env python3
"""Packs the modules of a program into one file that Python runs: pack.py OUTPUT __main__.py MODULE..."""

import os
import pathlib
import sys
import zipfile


def main(output, *modules):
    path = pathlib.Path(output)
    with path.open("wb") as file:
        file.write(b"#!/usr/bin/env python3\n")
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
            for module in sorted(modules, key=os.path.basename):
                # With a date of its own: the same sources give the same file.
                entry = zipfile.ZipInfo(os.path.basename(module), (1980, 1, 1, 0, 0, 0))
                entry.compress_type = zipfile.ZIP_DEFLATED
                archive.writestr(entry, pathlib.Path(module).read_bytes())
    path.chmod(0o755)


if __name__ == "__main__":
    main(*sys.argv[1:])
