# SPDX-License-Identifier: MIT
"""pip and CMake install a package that works. Compiles everything again: label slow."""
import os
import pathlib
import shutil
import subprocess
import tempfile
import unittest

from support import ROOT

PYTHON = "/usr/bin/python3"
CHECK = """
import pathlib, sys
import numpy, tmm
assert pathlib.Path(tmm.__file__).is_relative_to(sys.argv[1]), tmm.__file__
assert tmm.winding_number(numpy.array([1, 2.5, 1])).number == 1
assert tmm.analyze(sys.argv[2])[0].winding.number == 135
assert (pathlib.Path(tmm.__file__).parent / "_tmm.pyi").exists()
print(tmm.__version__)
"""


def run(*arguments, **options):
    # Not the module of the build folder, nor that of any other place.
    environment = {k: v for k, v in os.environ.items() if k not in ("PYTHONPATH", "LD_PRELOAD", "PYTHONHOME")}
    done = subprocess.run(list(map(str, arguments)), capture_output=True, text=True, env=environment, **options)
    if done.returncode != 0:
        raise AssertionError(f"{arguments}\n{done.stdout[-4000:]}\n{done.stderr[-4000:]}")
    return done.stdout


class Installations(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, self.folder)

    def check(self, python, place):
        version = run(python, "-c", CHECK, place, ROOT / "tests/data/clm_flat_toeplitz.h5", cwd=self.folder)
        self.assertIn(f"VERSION {version.strip()} ", (ROOT / "CMakeLists.txt").read_text())

    def test_pip_installs_it_into_a_virtual_environment(self):
        try:
            run(PYTHON, "-c", "import setuptools, ensurepip, pip, wheel")
        except AssertionError:
            self.skipTest("no pip, venv, setuptools and wheel")
        venv = self.folder / "venv"
        run(PYTHON, "-m", "venv", "--system-site-packages", "--without-pip", venv)
        python = venv / "bin" / "python3"
        # From a copy of what git holds, so that nothing is built into the sources.
        source = self.folder / "source"
        source.mkdir()
        files = run("git", "-C", ROOT, "ls-files", "-z").split("\0")
        for name in filter(None, files):
            target = source / name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, target)
        pip = [python, "-m", "pip", "install", "--no-build-isolation", "--no-index", "--no-deps", "--quiet"]
        run(*pip, source, cwd=self.folder)
        self.check(python, venv)
        self.assertIn("tmm-figure ", run(venv / "bin" / "tmm-figure", "--version", cwd=self.folder))

    def test_cmake_installs_it_where_this_python_looks(self):
        build = os.environ.get("TMM_BUILD", str(ROOT / "build" / "dev"))
        run("cmake", "--install", build, "--component", "python", "--prefix", self.folder / "there")
        (package,) = (self.folder / "there").rglob("tmm/__init__.py")
        place = package.parent.parent
        self.assertRegex(str(place.relative_to(self.folder / "there")), r"^lib/python3[.\d]*/(dist|site)-packages$")
        script = f"import sys; sys.path.insert(0, {str(place)!r})\n" + CHECK
        run(PYTHON, "-c", script, self.folder, ROOT / "tests/data/clm_flat_toeplitz.h5", cwd=self.folder)
        self.assertIn("tmm-figure ", run(self.folder / "there" / "bin" / "tmm-figure", "--version", cwd=self.folder))


if __name__ == "__main__":
    unittest.main()
