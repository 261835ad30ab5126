#!/usr/bin/env python3
"""gyre as a dependency: package_test.py --source DIR --build DIR --work DIR --prefix DIR --libdir DIR -- COMPILER...

Installs what stands in the build directory below the work directory, and builds the project in project/ with it in each
way that docs/install.md names; builds it with gyre as a subproject, too, and what `./dev new` makes. Each of them has
its tests run, and its server started and asked. Nothing comes from a network.
"""

import argparse
import json
import os
import pathlib
import re
import shlex
import shutil
import subprocess
import sys
import unittest
import urllib.request

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "support"))

from service import Service  # noqa: E402

PACKAGES = ("gyre", "gyre-testing", "gyre-testing-allocation")
LIBRARIES = ("libgyre.a", "libgyre.so", "libgyre_testing.a", "libgyre_testing.so", "libgyre_testing_allocation.a")
STRICT = ["-std=c++20", "-O0", "-Wall", "-Wextra", "-Wpedantic", "-Werror"]


class Setting:
    """Set once by main."""

    source = build = work = stage = libdir = None  # paths
    compiler = []  # a command, perhaps with ccache before it
    environment = {}


def run(*command, **options):
    """Its standard output. What it said is printed if it fails."""
    words = [str(word) for word in command]
    done = subprocess.run(
        words, env=Setting.environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, **options
    )
    if done.returncode != 0:
        raise AssertionError(f"{shlex.join(words)}: exit status {done.returncode}\n{done.stdout}")
    return done.stdout


def version():
    return run("pkg-config", "--modversion", "gyre").strip()


def needed(program):
    """The shared libraries that a program names."""
    return re.findall(r"\(NEEDED\).*\[(.*)\]", run("readelf", "-d", program))


def series():
    """What the name of a shared library ends in."""
    major, minor, _ = version().split(".")
    return f"0.{minor}" if major == "0" else major


def setUpModule():
    run("meson", "install", "-C", Setting.build, "--no-rebuild", "--quiet", "--destdir", Setting.work / "stage")


class Project(unittest.TestCase):
    def setUp(self):
        self.directory = Setting.work / self.id().rpartition(".")[2]
        shutil.copytree(HERE / "project", self.directory)

    def check(self, tea, shared):
        """The server answers, with the versions of headers and library, and stops; it is linked as it should be."""
        name = f"libgyre.so.{series()}"
        self.assertEqual([each for each in needed(tea) if "gyre" in each], [name] if shared else [])
        with Service([tea, "--port", "0", "--threads", "1"]) as service:
            opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
            with opener.open(service.url + "/versions", timeout=10) as answer:
                versions = json.load(answer)
            self.assertEqual(set(versions), {"headers", "library", "numbers"})
            self.assertEqual(set(versions.values()), {version()})
            self.assertEqual(service.stop(), 0)


class Installed(Project):
    def test_files(self):
        framework = Setting.source / "framework" / "gyre"
        ours = {path.relative_to(framework).as_posix() for path in framework.rglob("*.hpp")}
        public = {name for name in ours if not re.search(r"(^|/)(internal|loop/uring|loop/epoll)/", name)}
        headers = Setting.stage / "include" / "gyre"
        installed = {path.relative_to(headers).as_posix() for path in headers.rglob("*") if path.is_file()}
        self.assertEqual(installed, public)
        self.assertEqual({path.name for path in Setting.stage.iterdir()}, {"bin", "include", "lib", "share"})
        self.assertIn("usage: gyre-compare", run(Setting.stage / "bin" / "gyre-compare", "--help"))
        for name in LIBRARIES:
            self.assertTrue((Setting.libdir / name).is_file(), name)
        documents = Setting.stage / "share" / "doc" / "gyre"
        for name in ("LICENSE", "README.md", "docs/install.md", "docs/versioning.md"):
            self.assertTrue((documents / name).is_file(), name)

    def test_paths(self):
        """The installed files may be moved: they name no place of this machine."""
        texts = [*Setting.libdir.glob("pkgconfig/*.pc"), *Setting.libdir.glob("cmake/gyre/*.cmake")]
        self.assertEqual(len(texts), len(PACKAGES) + 2)
        for path in texts:
            text = path.read_text(encoding="utf-8")
            for place in (Setting.source, Setting.build, Setting.prefix):
                self.assertNotIn(f"{place}/", text, path.name)

    def test_versions(self):
        self.assertEqual({run("pkg-config", "--modversion", name).strip() for name in PACKAGES}, {version()})
        for name in ("libgyre", "libgyre_testing"):
            dynamic = run("readelf", "-d", Setting.libdir / f"{name}.so")
            self.assertIn(f"[{name}.so.{series()}]", dynamic)

    def test_pkg_config(self):
        objects = {}
        for name in ("main", "routes", "routes_test"):
            objects[name] = self.directory / f"{name}.o"
            flags = run("pkg-config", "--cflags", "gyre-testing-allocation").split()
            source = self.directory / f"{name}.cpp"
            run(*Setting.compiler, *STRICT, *flags, "-c", source, "-o", objects[name])
        for kind in ("shared", "static", "wholly_static"):
            main = self.link(kind, "gyre", "main", objects)
            self.check(main, shared=kind == "shared")
            if kind == "wholly_static":
                self.assertEqual(needed(main), [])
            else:  # glibc's allocator cannot be replaced in a program that has glibc within
                run(self.link(kind, "gyre-testing-allocation", "routes_test", objects))

    def link(self, kind, package, name, objects):
        program = self.directory / f"{name}_{kind}"
        libraries = run("pkg-config", "--libs", *(["--static"] if kind != "shared" else []), package)
        more = {"shared": [f"-Wl,-rpath,{Setting.libdir}"], "static": [], "wholly_static": ["-static"]}[kind]
        if kind == "static":
            libraries = re.sub(r"-l(gyre\w*)", r"-l:lib\1.a", libraries)
        run(*Setting.compiler, objects[name], objects["routes"], "-o", program, *more, *libraries.split())
        return program

    def test_cmake(self):
        *launcher, compiler = Setting.compiler
        options = [f"-DCMAKE_CXX_COMPILER={compiler}", f"-DCMAKE_CXX_COMPILER_LAUNCHER={';'.join(launcher)}"]
        options += [f"-DCMAKE_PREFIX_PATH={Setting.stage}", f"-DCMAKE_CXX_FLAGS={' '.join(STRICT[1:])}"]
        for kind in ("shared", "static"):
            build = self.directory / kind
            static = "ON" if kind == "static" else "OFF"
            run("cmake", "-G", "Ninja", "-S", self.directory, "-B", build, f"-Dgyre_USE_STATIC_LIBS={static}", *options)
            run("cmake", "--build", build)
            run(build / "routes_test")
            self.check(build / "tea", shared=kind == "shared")

    def test_cmake_versions(self):
        """find_package refuses what may have another API."""
        major, minor, patch = (int(number) for number in version().split("."))
        good = ["", f"{major}", f"{major}.{minor}", version(), f"0.0...{major + 1}", f"0.0...{version()}"]
        bad = [f"{major + 1}", f"{major}.{minor + 1}", f"{major}.{minor}.{patch + 1}", f"0.0...<{version()}"]
        bad += [f"{major}.{minor + 1}...{major}.{minor + 2}"]
        if major == 0:
            bad += [f"0.{minor - 1}"]
        package = self.directory / "package"
        package.mkdir()
        shutil.copy(Setting.libdir / "cmake" / "gyre" / "gyre-config-version.cmake", package)
        (package / "gyre-config.cmake").touch()
        script = self.directory / "versions.cmake"
        lines = [
            f'find_package(gyre {each} CONFIG QUIET PATHS "{package}" NO_DEFAULT_PATH)\n'
            'message("${gyre_FOUND}")\n'
            "unset(gyre_DIR CACHE)\n"
            for each in good + bad
        ]
        script.write_text("cmake_minimum_required(VERSION 3.19)\n" + "".join(lines), encoding="utf-8")
        found = run("cmake", "-P", script).split()
        self.assertEqual(dict(zip(good + bad, found)), dict.fromkeys(good, "1") | dict.fromkeys(bad, "0"))

    def test_meson(self):
        build = self.directory / "build"
        run("meson", "setup", build, self.directory)
        run("meson", "compile", "-C", build)
        run("meson", "test", "-C", build)
        self.check(build / "tea", shared=True)


class Subproject(Project):
    def test_subproject(self):
        """No gyre is installed there, and every object of it is made, but for the compiler's own work."""
        (self.directory / "subprojects").mkdir()
        (self.directory / "subprojects" / "gyre").symlink_to(Setting.source)
        build = self.directory / "build"
        stand_in = [sys.executable, "-B", HERE / "stand_in.py", Setting.build, *Setting.compiler]
        command = ["env", "-u", "PKG_CONFIG_PATH", f"CXX={shlex.join(str(word) for word in stand_in)}"]
        run(*command, "meson", "setup", build, self.directory, "--force-fallback-for=gyre")
        run("meson", "compile", "-C", build)
        run("meson", "test", "-C", build)
        self.check(build / "tea", shared=False)
        targets = json.loads(run("meson", "introspect", "--targets", build))
        self.assertEqual({each["name"] for each in targets if each["type"] == "executable"}, {"tea", "routes_test"})


class New(unittest.TestCase):
    def test_new(self):
        directory = Setting.work / "kettle"
        run(Setting.source / "dev", "new", "kettle", directory)
        self.assertEqual((directory / "subprojects" / "gyre").resolve(), Setting.source.resolve())
        self.assertFalse([path for path in directory.glob("**/*.*") if "@name@" in self.text(path)])
        build = directory / "build"
        run("meson", "setup", build, directory, "-Dwerror=true", "-Doptimization=0")
        run("meson", "compile", "-C", build)
        self.assertRegex(run("meson", "test", "-C", build), r"Ok: +1\b")
        with Service([build / "kettle", "--port", "0", "--threads", "1"]) as service:
            self.assertEqual(service.stop(), 0)
        # Nothing of anybody's is overwritten, and the name must be one for a program.
        for arguments in (["kettle", directory], ["Tea Time", Setting.work / "time"], []):
            with self.assertRaises(AssertionError):
                run(Setting.source / "dev", "new", *arguments)

    @staticmethod
    def text(path):
        return path.read_text(encoding="utf-8") if path.is_file() and "subprojects" not in path.parts else ""


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    for name in ("source", "build", "work", "prefix", "libdir"):
        parser.add_argument(f"--{name}", type=pathlib.Path, required=True)
    parser.add_argument("--only", default="", help="the name of a test: Installed.test_cmake")
    parser.add_argument("compiler", nargs="+")
    given = parser.parse_args()
    Setting.source, Setting.build, Setting.work, Setting.prefix = given.source, given.build, given.work, given.prefix
    Setting.stage = given.work / "stage" / given.prefix.relative_to("/")
    Setting.libdir = Setting.stage / given.libdir
    Setting.compiler = given.compiler
    Setting.environment = dict(os.environ) | {
        "CXX": shlex.join(given.compiler),
        "PKG_CONFIG_PATH": str(Setting.libdir / "pkgconfig"),
    }
    for name in ("CXX_LD", "CXXFLAGS", "LDFLAGS", "DESTDIR"):
        Setting.environment.pop(name, None)
    shutil.rmtree(given.work, ignore_errors=True)
    given.work.mkdir(parents=True)
    program = unittest.main(argv=[sys.argv[0], *([given.only] if given.only else [])], verbosity=2, exit=False)
    if not program.result.wasSuccessful():
        return 1
    shutil.rmtree(given.work)
    return 0


if __name__ == "__main__":
    sys.exit(main())
