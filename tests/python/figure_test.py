# SPDX-License-Identifier: MIT
"""tmm-figure: from files to figures, and what it says where it cannot."""
import contextlib
import io
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

from support import DATA, run_tmm

CLM = str(DATA / "clm_flat_toeplitz.h5")
COPY = str(DATA / "copy_flat_toeplitz.h5")

try:
    import matplotlib
except ImportError as missing:
    matplotlib = None
    REASON = str(missing)
else:
    REASON = ""


class Command(unittest.TestCase):
    def setUp(self):
        if matplotlib is None:
            self.skipTest(REASON)

    @classmethod
    def setUpClass(cls):
        cls.temporary = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cls.temporary.cleanup)
        cls.folder = pathlib.Path(cls.temporary.name)
        for command in (
            ["analyze", CLM, "-o", cls.folder / "a.json", "--hdf5", cls.folder / "a.h5"],
            ["compare", CLM, "--against", COPY, "--names", "clm,copy", "-o", cls.folder / "c.json"],
        ):
            run_tmm(*command, "-q")

    def figure(self, result, *arguments, output="x.pdf"):
        """Exit code, what it said, and where the figure is: without the seconds that a process of its own takes."""
        from tmm.figure import main

        path = self.folder / output
        said = io.StringIO()
        with contextlib.redirect_stderr(said):
            try:
                code = main([str(self.folder / result), *arguments, "-o", str(path)])
            except SystemExit as exit:
                code = exit.code
        return code, said.getvalue(), path

    def drawn(self, result, *arguments, output="x.pdf"):
        code, said, path = self.figure(result, *arguments, "--force", output=output)
        self.assertEqual((code, said), (0, ""))
        return path.read_bytes()

    def told(self, code, result, *arguments, output="y.pdf"):
        found, said, path = self.figure(result, *arguments, output=output)
        self.assertEqual(found, code, said)
        self.assertTrue(said.startswith("tmm-figure: "), said)
        self.assertFalse(path.exists())
        return said

    def test_every_kind_of_an_analysis(self):
        layer = ["--layer", "mixer_blocks.3.token_mixing_layer.weight"]
        for kind in ("symbol", "zeros", "spectrum", "matrix", "pseudospectra"):
            self.assertTrue(self.drawn("a.json", "--kind", kind, *layer).startswith(b"%PDF"), kind)
        for kind in ("grid", "depth"):
            self.assertTrue(self.drawn("a.json", "--kind", kind, "--width", "17.4cm").startswith(b"%PDF"), kind)
        self.assertTrue(self.drawn("c.json", "--kind", "comparison", "--measures", "winding_fraction").startswith(b"%PDF"))

    def test_the_program_as_such(self):
        path = self.folder / "program.pdf"
        command = [sys.executable, "-m", "tmm.figure", CLM, "--kind", "depth", "-o", str(path)]
        done = subprocess.run(command, capture_output=True, text=True)
        self.assertEqual((done.returncode, done.stdout, done.stderr), (0, "", ""))
        self.assertTrue(path.read_bytes().startswith(b"%PDF"))

    def test_saved_analyses_and_checkpoints_give_the_same_figure(self):
        of_json = self.drawn("a.json", "--kind", "symbol", "--layer", "3")
        self.assertEqual(self.drawn("a.h5", "--kind", "symbol", "--layer", "3"), of_json)
        self.assertEqual(self.drawn(CLM, "--kind", "symbol", "--layer", "3"), of_json)

    def test_the_form_is_that_of_the_name(self):
        for form, start in (("svg", b"<?xml"), ("png", b"\x89PNG"), ("eps", b"%!PS-Adobe"), ("pdf", b"%PDF")):
            self.assertTrue(self.drawn("a.json", "--kind", "depth", output=f"x.{form}").startswith(start), form)
        self.assertIn("ends in .pdf, .svg", self.told(1, "a.json", "--kind", "depth", output="x.jpeg2"))

    def test_mistyped_names_are_guessed(self):
        self.assertIn("Did you mean spectrum?", self.told(2, "a.json", "--kind", "spectrun"))
        self.assertIn("did you mean mixer_blocks.3.token_mixing_layer.weight?",
                      self.told(1, "a.json", "--kind", "symbol", "--layer", "mixer_blocks.3.token_mixing.weight"))  # fmt: skip
        message = self.told(1, "a.json", "--kind", "symbol", "--layer", "99")
        for label in range(8):
            self.assertIn(f"{label} (mixer_blocks.{label}.token_mixing_layer.weight)", message)

    def test_what_does_not_fit_is_told(self):
        self.assertIn("which one", self.told(1, "a.json", "--kind", "symbol"))
        self.assertIn("holds an analysis", self.told(1, "a.json", "--kind", "comparison"))
        self.assertIn("holds a comparison", self.told(1, "c.json", "--kind", "grid"))
        self.assertIn("no trajectory", self.told(1, "c.json", "--kind", "trajectory"))
        self.assertIn("no such file", self.told(1, "missing.json", "--kind", "grid"))
        self.assertIn("--window is for --kind symbol", self.told(2, "a.json", "--kind", "grid", "--window", "1"))
        self.assertIn("no width", self.told(1, "a.json", "--kind", "grid", "--width", "wide"))
        self.assertIn("no folder", self.told(1, "a.json", "--kind", "grid", output="nowhere/x.pdf"))
        self.assertIn("no measure nonsense", self.told(1, "c.json", "--kind", "comparison", "--measures", "nonsense"))
        (self.folder / "broken.json").write_text('{"schema": "tmm.analysis", ')
        self.told(1, "broken.json", "--kind", "grid")

    def test_files_are_not_replaced_unless_asked(self):
        self.drawn("a.json", "--kind", "depth", output="z.pdf")
        code, said, _ = self.figure("a.json", "--kind", "grid", output="z.pdf")
        self.assertEqual(code, 1)
        self.assertIn("--force replaces it", said)
        self.assertEqual(sorted(name for name in os.listdir(self.folder) if name.startswith(".tmm")), [])
        linked = self.folder / "same.pdf"
        os.link(self.folder / "a.json", linked)
        code, said, _ = self.figure("a.json", "--kind", "grid", "--force", output="same.pdf")
        self.assertEqual(code, 1)
        self.assertIn("what the figure is made of", said)
        self.assertTrue(linked.read_bytes().startswith(b"{"))


class WithoutMatplotlib(unittest.TestCase):
    def test_it_says_what_is_missing(self):
        code = "import sys; sys.modules['matplotlib'] = None; from tmm.figure import main; sys.exit(main(sys.argv[1:]))"
        with tempfile.TemporaryDirectory() as folder:
            arguments = [CLM, "--kind", "grid", "-o", os.path.join(folder, "x.pdf")]
            done = subprocess.run([sys.executable, "-c", code, *arguments], capture_output=True, text=True)
        self.assertEqual(done.returncode, 1)
        self.assertIn("needs matplotlib (Debian: python3-matplotlib", done.stderr)


if __name__ == "__main__":
    unittest.main()
