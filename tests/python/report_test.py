# SPDX-License-Identifier: MIT
"""Analyses in Python are those of the program, to the last digit."""
import os
import pathlib
import re
import shutil
import tempfile
import unittest

import numpy as np
from support import DATA, Tensor, document, shared

import tmm

CLM = str(DATA / "clm_flat_toeplitz.h5")
COPY = str(DATA / "copy_flat_toeplitz.h5")


def program(*arguments):
    """What the program prints as JSON, but for its own version and libraries."""
    found = document(*arguments)
    del found["program"]
    return found


def without_program(report):
    found = report.to_dict()
    del found["program"]
    return found


def arrays_of(path):
    import h5py

    found = {}
    with h5py.File(path) as file:
        file.visititems(lambda name, item: found.update({name: item[()]}) if isinstance(item, h5py.Dataset) else None)
    return found


class Analyses(unittest.TestCase):
    def test_real_checkpoints_give_the_program_s_document(self):
        folder = shared("checkpoints")
        if not folder:
            self.skipTest("no shared folder with checkpoints")
        for path in sorted(folder.glob("*.h5")):
            if ".golden" in path.name or "trajectory" in path.name or "tokens" in path.name:
                continue
            with self.subTest(path.name):
                self.assertEqual(without_program(tmm.analyze(path)), program("analyze", str(path)))

    def test_options_are_those_of_the_program(self):
        found = tmm.analyze(CLM, layers="0,2", zeros=True, sections=[16], tau=[0.25], null_draws=3, seed=7, residual=True)
        flags = "--layers 0,2 --zeros --sections 16 --tau 0.25 --null-draws 3 --seed 7 --residual".split()
        self.assertEqual(without_program(found), program("analyze", CLM, *flags))

    def test_explicit_taps_are_those_of_the_program(self):
        found = tmm.analyze(CLM, taps="*.weight", reverse=True, transform="softplus")
        flags = ["--taps", "*.weight", "--reverse", "--transform", "softplus"]
        self.assertEqual(without_program(found), program("analyze", CLM, *flags))

    def test_arrays_give_what_their_file_gives(self):
        of_file, of_arrays = tmm.analyze(CLM), tmm.analyze(arrays_of(CLM), name="mine")
        self.assertEqual(of_arrays.models[0].file, "mine")
        for a, b in zip(of_file, of_arrays, strict=True):
            self.assertEqual(a.name, b.name)
            self.assertEqual({k: m.value for k, m in a.measures.items()}, {k: m.value for k, m in b.measures.items()})
            np.testing.assert_array_equal(a.taps, b.taps)

    def test_what_a_state_dict_holds_beside_its_weights_is_no_obstacle(self):
        network = {"mixer_blocks.0.token_mixing_layer.weight": np.float32([[1, 2.5, 1]])}
        beside = [3, "x", None, [1, "x"], np.ones((2, 2), bool), np.complex64([1j]), np.int64([1]), np.array(["x"])]
        beside += [Tensor(np.ones(2), dtype="float8_e4m3fn"), Tensor(np.ones(2), device="meta"), object()]
        found = set()
        for value in beside:
            report = tmm.analyze({**network, "other": value})
            self.assertEqual(report[0].winding.number, 1)
            self.assertEqual(tmm.winding_numbers({**network, "other": value})["0"].number, 1)
            found.add(report.models[0].sha256)
        self.assertGreater(len(found), 8)  # the identity tells them apart by type and shape at least

    def test_plain_taps_are_rows(self):
        report = tmm.analyze(np.array([[1, 2.5, 1], [2, 1, 0]]))
        self.assertEqual([op.winding.number for op in report], [1, 0])
        self.assertEqual(report["taps[1]"].verdict, "invertible")
        self.assertEqual(tmm.analyze([1, 2.5, 1])[0].winding.number, 1)

    def test_a_saved_analysis_is_read_back_bit_for_bit(self):
        report = tmm.analyze(CLM, zeros=True)
        with tempfile.TemporaryDirectory() as folder:
            for name in ("r.json", "r.h5", "r.csv", "r.tex", "r.md"):
                path = pathlib.Path(folder, name)
                report.save(path)
                self.assertGreater(path.stat().st_size, 100)
                with self.assertRaises(tmm.FileError):
                    report.save(path)  # it is there already
                report.save(path, overwrite=True)
            for name in ("r.json", "r.h5"):
                self.assertEqual(tmm.load_report(pathlib.Path(folder, name)).to_json(), report.to_json())
            with self.assertRaises(tmm.ArgumentError):
                report.save(pathlib.Path(folder, "r.pdf"))
            analysed = pathlib.Path(folder, "checkpoint.h5")
            shutil.copy(CLM, analysed)
            with self.assertRaisesRegex(tmm.FileError, "input"):
                tmm.analyze(analysed).save(analysed, overwrite=True)
            self.assertEqual(analysed.read_bytes(), pathlib.Path(CLM).read_bytes())
            with self.assertRaises(tmm.FileError):
                report.save(pathlib.Path(folder, "r.csv", "x.json"))

    def test_the_plane_is_kept_saved_and_read_back(self):
        report = tmm.analyze(CLM, layers="1", spectrum="none", pseudospectra=(9, 5))
        self.assertEqual(without_program(report), program("analyze", CLM, "--layers", "1", "--spectrum", "none", "--pseudospectra", "--grid", "9x5"))
        plane = report[0].pseudospectra
        self.assertEqual(set(plane.points) >= {"distance_to_other_index", "distance_to_index_zero"}, True)
        self.assertEqual(report[0]["distance_to_other_index"].status, "certified")
        with tempfile.TemporaryDirectory() as folder:
            for name in ("r.json", "r.h5"):
                report.save(pathlib.Path(folder) / name)
                again = tmm.load_report(pathlib.Path(folder) / name)[0].pseudospectra
                for field in ("x", "y", "log10_resolvent", "relative_error", "winding_number"):
                    np.testing.assert_array_equal(getattr(again, field), getattr(plane, field), field)
        self.assertIsNone(tmm.analyze([1.0, 2.0])[0].pseudospectra)
        self.assertIsNone(tmm.analyze([1.0, 2.0], pseudospectra=False)[0].pseudospectra)
        with self.assertRaises(tmm.ArgumentError):
            tmm.analyze([1.0, 2.0], pseudospectra=(8, 5))

    def test_a_report_is_a_sequence_of_operators(self):
        report = tmm.analyze(CLM)
        self.assertEqual(len(report), len(list(report)))
        self.assertEqual(report[-1].name, list(report)[-1].name)
        with self.assertRaises(IndexError):
            report[len(report)]
        self.assertEqual(report[report[0].name].n, report[0].n)
        self.assertEqual(report["0"].name, report[0].name)
        with self.assertRaisesRegex(KeyError, "no operator nothing"):
            report["nothing"]
        with self.assertRaisesRegex(KeyError, "winding_number"):
            report[0]["nothing"]
        twice = tmm.analyze([CLM, COPY])
        self.assertEqual(len(twice.models), 2)
        with self.assertRaisesRegex(KeyError, "2 operators are called 0"):
            twice["0"]

    def test_arrays_outlive_the_report_and_cannot_be_written(self):
        taps = tmm.analyze(CLM)[0].taps
        self.assertEqual(taps.dtype, np.float64)
        self.assertGreater(np.abs(taps).sum(), 0)
        with self.assertRaises(ValueError):
            taps[0] = 1

    def test_what_progress_raises_ends_the_analysis(self):
        seen = []

        def progress(unit, done, total):
            seen.append((unit, done, total))
            if done == 2:
                raise RuntimeError("enough")

        with self.assertRaisesRegex(RuntimeError, "enough"):
            tmm.analyze(CLM, threads=1, progress=progress)
        self.assertEqual([done for _, done, _ in seen], [1, 2])

    def test_wrong_calls_say_what_was_expected(self):
        with self.assertRaisesRegex(TypeError, "did you mean 'spectrum'"):
            tmm.analyze(CLM, spectrm="none")
        with self.assertRaisesRegex(tmm.ArgumentError, "automatic"):
            tmm.analyze(CLM, spectrum="some")
        with self.assertRaisesRegex(tmm.ArgumentError, "sections"):
            tmm.analyze(CLM, sections="many")
        with self.assertRaisesRegex(tmm.ArgumentError, "tau"):
            tmm.analyze(CLM, tau=[2.0])
        with self.assertRaises(tmm.ArgumentError):
            tmm.analyze(np.zeros((2, 2, 2)))
        with self.assertRaises(tmm.FormatError):
            tmm.analyze({"weight": np.ones((2, 3))})
        with self.assertRaises(tmm.FileError) as caught:
            tmm.analyze("not-there.h5")
        self.assertEqual(caught.exception.file, "not-there.h5")

    def test_a_notebook_shows_every_layer(self):
        shown = tmm.analyze(CLM)._repr_html_()
        for op in tmm.analyze(CLM):
            self.assertIn(f">{op.label}</th>", shown)
            self.assertIn(op.text("index_margin").replace("<", "&lt;"), shown)

    def test_small_curves_in_a_notebook_turn_as_often_as_the_symbol(self):
        report = tmm.analyze(CLM)
        paths = re.findall(r'<path d="M([^"Z]*?)" fill="none"', report._repr_html_())
        self.assertEqual(len(paths), len(report))
        for op, path in zip(report, paths, strict=True):
            points = [complex(float(x), -float(y)) for x, y in (pair.split() for pair in path.split("L"))]
            steps = np.angle(np.array(points[1:]) / np.array(points[:-1]))
            self.assertEqual(round(steps.sum() / (2 * np.pi)), op.winding.number)

    def test_tables_for_pandas(self):
        try:
            import pandas
        except ImportError:
            self.skipTest("no pandas")
        report = tmm.analyze(CLM)
        table = report.to_pandas(["winding_number", "sigma_min"], status=True)
        self.assertIsInstance(table, pandas.DataFrame)
        self.assertEqual(list(table["winding_number"]), [op.winding.number for op in report])
        self.assertEqual(set(table["winding_number_status"]), {"certified"})
        self.assertEqual(list(report.to_pandas()["sigma_max"]), [op["sigma_max"].value for op in report])


class Comparisons(unittest.TestCase):
    def test_files_and_reports_compare_as_the_program_does(self):
        expected = program("compare", CLM, "--against", COPY, "--names", "clm,copy", "--resamples", "100")
        of_files = tmm.compare(CLM, COPY, names=("clm", "copy"), resamples=100)
        of_reports = tmm.compare(tmm.analyze(CLM), [COPY], names=("clm", "copy"), resamples=100)
        for found in (of_files, of_reports):
            self.assertEqual(without_program(found), expected)
        delta = of_files["winding_fraction"]["cliffs_delta"]
        found = next(m for m in expected["measures"] if m["id"] == "winding_fraction")
        self.assertEqual(delta, found["cliffs_delta"]["value"])
        self.assertIn("winding_fraction", str(of_files))
        self.assertIn("\\begin{", of_files.to_latex())

    def test_analyses_of_another_kind_are_refused(self):
        with self.assertRaisesRegex(tmm.ArgumentError, "of another kind"):
            tmm.compare(tmm.analyze(CLM), tmm.analyze(COPY, residual=True))
        with self.assertRaises(KeyError):
            tmm.compare(CLM, COPY, resamples=100)["nothing"]


if __name__ == "__main__":
    os.environ.setdefault("OMP_NUM_THREADS", "2")
    unittest.main()
