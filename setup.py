# SPDX-License-Identifier: MIT
"""Builds the extension module of the package with CMake. Options for CMake: CMAKE_ARGS in the environment."""
import os
import pathlib
import re
import shlex
import subprocess
import sys

from setuptools import Extension, find_packages, setup
from setuptools.command.build_ext import build_ext

ROOT = pathlib.Path(__file__).resolve().parent
VERSION = re.search(r"project\(tmm VERSION (\S+)", (ROOT / "CMakeLists.txt").read_text()).group(1)


class CMakeBuild(build_ext):
    def build_extension(self, extension):
        folder = pathlib.Path(self.build_temp).resolve()
        target = pathlib.Path(self.get_ext_fullpath(extension.name)).resolve()
        configure = ["cmake", "-S", str(ROOT), "-B", str(folder), "-DCMAKE_BUILD_TYPE=Release", "-DTMM_BUILD_PYTHON=ON"]
        configure += ["-DTMM_BUILD_TESTS=OFF", "-DTMM_INSTALL=OFF", f"-DPython3_EXECUTABLE={sys.executable}"]
        if not os.environ.get("CMAKE_GENERATOR") and _runs("ninja"):
            configure += ["-G", "Ninja"]
        subprocess.run(configure + shlex.split(os.environ.get("CMAKE_ARGS", "")), check=True)
        jobs = os.environ.get("CMAKE_BUILD_PARALLEL_LEVEL", str(os.cpu_count() or 1))
        subprocess.run(["cmake", "--build", str(folder), "--target", "tmm_python", "--parallel", jobs], check=True)
        target.parent.mkdir(parents=True, exist_ok=True)
        self.copy_file(str(folder / "python" / "tmm" / target.name), str(target))


def _runs(tool):
    try:
        return subprocess.run([tool, "--version"], stdout=subprocess.DEVNULL).returncode == 0
    except OSError:
        return False


setup(
    version=VERSION,
    package_dir={"": "python"},
    packages=find_packages("python", include=["tmm", "tmm.*"]),
    package_data={"": ["py.typed", "*.pyi"]},
    ext_modules=[Extension("tmm._tmm", sources=[])],
    cmdclass={"build_ext": CMakeBuild},
)
