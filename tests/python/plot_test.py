# SPDX-License-Identifier: MIT
"""Figures draw numbers as numbers and nothing else as one."""
import inspect
import subprocess
import sys
import unittest

import numpy as np
import tmm
from drawn import CLM, COPY, REASON, curves, plot
from support import document, shared


@unittest.skipUnless(plot, REASON)
class Numbers(unittest.TestCase):
    def test_zeros_drawn_and_counted_are_all(self):
        report = tmm.analyze(CLM)
        for operator in report:
            figure = plot.zeros(operator)
            found = operator.zeros
            lines = {line.get_label(): line for line in figure.axes[0].lines if ":" in str(line.get_label())}
            labelled = sum(int(label.rsplit(" ", 1)[1]) for label in lines)
            self.assertEqual(labelled, len(found) + found.at_origin)
            drawn = sum(len(line.get_xdata()) for line in lines.values())
            hidden = figure.axes[0].get_legend().get_title().get_text()
            self.assertEqual(drawn + (int(hidden.rsplit(" ", 1)[1]) if "not shown" in hidden else 0), len(found))

    def test_spectra_hold_values_beyond_double_and_no_noise(self):
        report = tmm.analyze(CLM)
        for operator in report:
            found = operator.singular_values
            figure = plot.spectrum(operator)
            drawn = np.concatenate([line.get_ydata() for line in figure.axes[0].lines if line.get_label() == "singular values"])
            np.testing.assert_array_equal(np.sort(drawn), np.sort(found.log10[np.isfinite(found.log10)]))

    def test_bounds_are_no_values(self):
        taps = np.zeros(64)
        taps[:3] = 1, 2.5, 1
        found = tmm.singular_values(taps, vanishing=False)
        self.assertGreater(found.unresolved, 0)

        from tmm._drawable import Drawable

        class Unresolved(Drawable):
            singular_values = found

        figure = plot.spectrum(Unresolved(taps))
        by_label = {line.get_label(): line for line in figure.axes[-1].lines}
        self.assertEqual(len(by_label["singular values"].get_ydata()), 64 - found.unresolved)
        self.assertEqual(len(by_label["upper bounds only"].get_ydata()), found.unresolved)
        self.assertEqual(by_label["upper bounds only"].get_marker(), "v")

    def test_exact_zeros_are_counted_not_drawn(self):
        figure = plot.spectrum([0.0, 1.0, 2.0])
        self.assertIn("1 exactly 0", figure.axes[-1].get_xlabel())
        with self.assertRaises(tmm.ArgumentError):
            plot.spectrum([0.0])

    def test_depth_is_the_fraction_about_the_half(self):
        report = tmm.analyze(CLM, spectrum="none")
        figure = plot.depth(report)
        (ax,) = figure.axes
        series = [line for line in ax.lines if len(line.get_xdata()) == len(report)]
        np.testing.assert_allclose(series[0].get_ydata(), [o.winding.number / (o.n - 1) for o in report])
        self.assertTrue(any(list(line.get_ydata()) == [0.5, 0.5] for line in ax.lines))
        self.assertLessEqual(ax.get_ylim()[0], 0)
        self.assertGreaterEqual(ax.get_ylim()[1], 1)

    def test_undecided_numbers_are_bars(self):
        rows = np.array([[1.0, 1.0, 0.0], [1.0, 2.5, 1.0]])
        figure = plot.depth(rows)
        self.assertEqual(sum(len(line.get_xdata()) == 1 for line in figure.axes[0].lines), 1)
        with self.assertRaisesRegex(tmm.ArgumentError, "plain taps have no measures"):
            plot.depth(rows, measure="stable_rank")

    def test_matrix_is_the_toeplitz_matrix(self):
        taps = np.array([1.0, -2.0, 0.5])
        (image,) = plot.matrix(taps).axes[0].images
        np.testing.assert_array_equal(np.asarray(image.get_array().filled(0)), tmm.Toeplitz(taps).dense())

    def test_planes_shade_and_label_what_is_certified_alone(self):
        taps = np.zeros(12)
        taps[[1, 3, 4]] = 0.2, 1, 0.7
        report = tmm.analyze(taps, spectrum="none", pseudospectra=(21, 11))
        plane = report[0].pseudospectra
        figure = plot.pseudospectra(report)
        ax = figure.axes[0]
        step = plane.x[1] - plane.x[0]
        whole = np.concatenate([plane.winding_number[:0:-1], plane.winding_number])
        shaded = {c.get_gid(): c for c in ax.collections if str(c.get_gid()).startswith("index-")}
        self.assertEqual(set(shaded), {f"index-{int(n)}" for n in np.unique(whole[whole > 0])})
        for name, cells in shaded.items():
            area = sum(np.ptp(path.vertices[:, 0]) * np.ptp(path.vertices[:, 1]) for path in cells.get_paths())
            self.assertAlmostEqual(area, (whole == float(name[6:])).sum() * step * (plane.y[1] - plane.y[0]), places=9)
        labels = [t for t in ax.texts]
        self.assertGreaterEqual(len(labels), 2)
        for text in labels:
            x, y = text.get_position()
            column, row = np.abs(plane.x - x).argmin(), np.abs(plane.y - y).argmin()
            self.assertEqual(-float(text.get_text().replace("\N{MINUS SIGN}", "-")), plane.winding_number[row, column])
        (marker,) = [line for line in ax.lines if line.get_marker() == "D"]
        self.assertEqual(list(marker.get_xdata()), [0.0])

    def test_a_plane_is_that_of_the_analysis_or_computed(self):
        taps = [0.25, 1, -0.5, 0.125]
        alone = plot.pseudospectra(taps)
        kept = plot.pseudospectra(tmm.analyze(taps, pseudospectra=True))
        self.assertEqual([t.get_text() for t in alone.axes[0].texts], [t.get_text() for t in kept.axes[0].texts])

    def test_trajectory_of_a_training_loop(self):
        recorded = {step: tmm.winding_numbers({"mixer_blocks.0.token_mixing_layer.weight": [[1.0, 2.5, 1.0 + step]]})
                    for step in (0, 10)}  # fmt: skip
        figure = plot.trajectory(recorded, n=3)
        (line,) = [line for line in figure.axes[0].lines if line.get_label() == "0"]
        self.assertEqual(list(line.get_xdata()), [0, 10])
        self.assertEqual(line.get_ydata()[0], 0.5)
        with self.assertRaisesRegex(tmm.ArgumentError, "needs n"):
            plot.trajectory(recorded)

    def test_comparison_draws_every_number(self):
        comparison = tmm.compare(CLM, COPY, names=("clm", "copy"))
        names = ["winding_fraction", "index_margin", "jensen_defect"]
        figure = plot.comparison(comparison, names)
        for ax, name in zip(figure.axes, names, strict=True):
            strips = [line.get_ydata() for line in ax.lines if line.get_marker() in ("o", "^")]
            statistics = comparison[name]
            for drawn, side in zip(strips, "ab", strict=True):
                wanted = np.array(statistics[side]["values"])
                logarithmic = name == "index_margin"
                np.testing.assert_allclose(drawn, np.log10(wanted) if logarithmic else wanted)
        with self.assertRaisesRegex(tmm.ArgumentError, "no measure nonsense"):
            plot.comparison(comparison, ["nonsense"])


@unittest.skipUnless(plot, REASON)
class Inputs(unittest.TestCase):
    def test_layers_are_chosen_by_name_or_label(self):
        report = tmm.analyze(CLM, spectrum="none")
        by_name = curves(plot.symbol(report, report[2].name))
        np.testing.assert_array_equal(by_name, curves(plot.symbol(report, 2)))
        np.testing.assert_array_equal(by_name, curves(plot.symbol(report[2])))
        with self.assertRaisesRegex(tmm.ArgumentError, "which one"):
            plot.symbol(report)
        with self.assertRaisesRegex(tmm.ArgumentError, "no operator mixer_blocks.2.token_mixing_layer.weigth: did you mean"):
            plot.symbol(report, "mixer_blocks.2.token_mixing_layer.weigth")

    def test_wrong_inputs_are_told(self):
        for call in (
            lambda: plot.symbol("model.h5"),
            lambda: plot.symbol([np.nan, 1]),
            lambda: plot.comparison([1, 2]),
            lambda: plot.trajectory({}),
            lambda: plot.symbol([1, 2], window=-1),
            lambda: plot.matrix([1, 2], section=3),
            lambda: plot.zeros([1, 2], limit=0),
        ):
            with self.assertRaises(tmm.ArgumentError):
                call()

    def test_matplotlib_is_imported_on_use_only(self):
        code = "import sys, tmm; a = 'matplotlib' in sys.modules; tmm.plot.symbol; print(a, 'matplotlib' in sys.modules, 'matplotlib.pyplot' in sys.modules)"
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
        self.assertEqual(done.stdout.split(), ["False", "True", "False"])

    def test_functions_say_what_they_take_and_give(self):
        for name in ("symbol", "grid", "zeros", "spectrum", "matrix", "pseudospectra", "depth", "trajectory", "comparison"):
            function = getattr(plot, name)
            for part in ("Parameters\n", "Returns\n", "Raises\n"):
                self.assertIn(part, function.__doc__, name)
            for parameter in inspect.signature(function).parameters:
                self.assertRegex(function.__doc__, rf"(?m)^ *(\w+, )*{parameter}\b", name)

    def test_recorded_steps_of_a_comparison_are_drawn(self):
        folder = shared("checkpoints")
        if not folder:
            self.skipTest("no shared folder with checkpoints")
        sides = [[str(folder / f"{name}.h5"), str(folder / f"{name}.trajectory.h5")] for name in ("clm_flat", "copy_flat")]
        compared = document("compare", *sides[0], "--against", *sides[1], "--names", "clm,copy")
        figure = plot.trajectory(compared)
        self.assertEqual([ax.get_title() for ax in figure.axes], ["clm", "copy"])
        for ax, side in zip(figure.axes, "ab", strict=True):
            points = compared[side]["trajectories"][0]["points"]
            lines = {line.get_label(): line for line in ax.lines}
            for i, operator in enumerate(points[-1]["operators"]):
                line = lines[operator["layer"]]
                self.assertEqual(list(line.get_xdata()), [point["step"] for point in points])
                fractions = [point["operators"][i]["winding_fraction"] for point in points]
                np.testing.assert_array_equal(line.get_ydata(), fractions)

    def test_saved_comparison_documents_are_drawn(self):
        compared = document("compare", CLM, "--against", COPY)
        self.assertEqual(len(plot.comparison(compared, ["winding_fraction"]).axes), 1)


if __name__ == "__main__":
    unittest.main()
