# SPDX-License-Identifier: MIT
"""The package as such: what it imports, its types, its documentation."""
import ast
import doctest
import inspect
import pathlib
import subprocess
import sys
import tempfile
import unittest

import tmm
from support import ROOT

USE = '''
import numpy as np

import tmm


class Module:
    def state_dict(self) -> dict[str, object]:
        return {}


winding: tmm.Winding = tmm.winding_number([1.0, 2.5])
number: int | None = winding.number
margins: list[float] = [w.margin for w in tmm.winding_numbers(Module(), threads=2).values()]
sigma = tmm.singular_values(np.ones(3))
last: float | None = sigma[-1].log10
operator = tmm.Toeplitz([1, 2], threads=1)
solved = operator.T.solve(operator @ np.ones(2))
values = tmm.symbol([1.0], np.zeros(3))
curve: tmm.SymbolCurve = tmm.symbol_curve([1.0, 2.5], near=0.5)
defect: float = float(tmm.jensen_defect([1.0, 0.5]))
report: tmm.Report = tmm.analyze({"a": np.ones(3)})
try:
    tmm.zeros([])
except tmm.Error as error:
    expected: str = error.expected
'''


def run(*arguments, **options):
    return subprocess.run([sys.executable, *arguments], capture_output=True, text=True, **options)


class Imports(unittest.TestCase):
    def test_importing_pulls_in_nothing_heavy(self):
        heavy = {"torch", "pandas", "matplotlib", "scipy", "numpy", "h5py", "subprocess", "json.tool"}
        done = run("-c", "import sys, tmm; print(*{name.split('.')[0] for name in sys.modules})")
        self.assertEqual(heavy & set(done.stdout.split()), set(), done.stderr)

    def test_the_interface_is_what_is_listed(self):
        for name in tmm.__all__:
            self.assertTrue(hasattr(tmm, name), name)
        self.assertRegex(tmm.__version__, r"^\d+\.\d+\.\d+$")
        self.assertTrue((pathlib.Path(tmm.__file__).parent / "py.typed").exists())


class Documentation(unittest.TestCase):
    def test_every_function_and_class_says_what_it_takes_and_gives(self):
        for name in tmm.__all__:
            item = getattr(tmm, name)
            if inspect.isfunction(item):
                self.assertIn("Returns\n", item.__doc__, name)
                self.assertTrue("Raises\n" in item.__doc__ or "Errors\n" in item.__doc__, name)
                for parameter, kind in inspect.signature(item).parameters.items():
                    if kind.kind is not kind.VAR_KEYWORD:
                        self.assertRegex(item.__doc__, rf"(?m)^ *(\w+, )*{parameter}\b", name)
            elif inspect.isclass(item):
                self.assertTrue(inspect.getdoc(item), name)

    def test_examples_are_right(self):
        import importlib

        tried = 0
        for name in ("_numbers", "_curve", "_operator", "_analyze"):
            results = doctest.testmod(importlib.import_module("tmm." + name))
            self.assertEqual(results.failed, 0, name)
            tried += results.attempted
        self.assertGreater(tried, 12)


class Types(unittest.TestCase):
    def test_stubs_name_what_is_there(self):
        stub = ast.parse((ROOT / "python/tmm/_tmm.pyi").read_text())
        from tmm import _tmm

        named = {}
        for node in stub.body:
            if isinstance(node, ast.ClassDef):
                named[node.name] = {item.name for item in node.body if isinstance(item, ast.FunctionDef)}
            elif isinstance(node, ast.FunctionDef):
                named[node.name] = None
        here = {name for name in vars(_tmm) if not name.startswith("__")}
        self.assertEqual(set(named), here)
        for name, members in named.items():
            if members is None:
                continue
            there = {member for member in vars(getattr(_tmm, name)) if not member.startswith("_")}
            self.assertEqual({member for member in members if not member.startswith("_")}, there, name)

    def test_types_satisfy_mypy(self):
        if run("-m", "mypy", "--version").returncode != 0:
            self.skipTest("no mypy")
        with tempfile.TemporaryDirectory() as folder:
            use = pathlib.Path(folder, "use.py")
            use.write_text(USE)
            flags = ["-m", "mypy", "--strict", "--python-version", "3.11", "--cache-dir", folder]
            done = run(*flags, str(use), cwd=ROOT / "python", env={"MYPYPATH": str(ROOT / "python")})
            self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
            use.write_text(USE + "wrong: str = tmm.winding_number([1.0]).number\n")
            done = run(*flags, str(use), cwd=ROOT / "python", env={"MYPYPATH": str(ROOT / "python")})
            self.assertIn("Incompatible types", done.stdout)


if __name__ == "__main__":
    unittest.main()
