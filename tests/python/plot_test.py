# SPDX-License-Identifier: MIT
"""Figures say what is proven: what is drawn is taken out of the figures, and out of their files."""
import inspect
import io
import json
import re
import subprocess
import unittest
import zlib

import numpy as np
from support import BINARY, DATA, shared

import tmm

try:
    import matplotlib.style
    import matplotlib.text
    import tmm.plot as plot
    from matplotlib.patches import Circle, PathPatch
except ImportError as missing:
    plot = None
    REASON = str(missing)
else:
    REASON = ""

CLM = str(DATA / "clm_flat_toeplitz.h5")
COPY = str(DATA / "copy_flat_toeplitz.h5")


def turns(z):
    """Winding number of a closed polygon about 0: signed crossings of the positive real half-line."""
    a, b = z[:-1].astype(np.clongdouble), z[1:].astype(np.clongdouble)
    side = a.real * b.imag - a.imag * b.real
    up = (a.imag < 0) & (b.imag >= 0) & (side > 0)
    down = (a.imag >= 0) & (b.imag < 0) & (side < 0)
    return int(up.sum()) - int(down.sum())


def clearance(z):
    a, d = z[:-1], np.diff(z)
    length = np.abs(d) ** 2
    t = np.clip(-np.real(a * np.conj(d)) / np.where(length > 0, length, 1), 0, 1)
    return np.abs(a + t * d).min()


def curves(figure):
    found = [a for ax in figure.axes for a in ax.patches if isinstance(a, PathPatch) and a.get_gid() == "symbol"]
    return [patch.get_path().vertices @ np.array([1, 1j]) for patch in found]


def saved(figure, form, **options):
    stream = io.BytesIO()
    figure.savefig(stream, format=form, **options)
    return stream.getvalue()


def streams(pdf):
    """The content of a PDF, unpacked."""
    texts = []
    for match in re.finditer(rb"stream\r?\n(.*?)\r?\nendstream", pdf, re.S):
        try:
            texts.append(zlib.decompress(match[1]))
        except zlib.error:
            texts.append(match[1])
    return b"\n".join(texts)


def texts(figure):
    """All that is written: no ticks beyond the ends of their axis, which exist but are not drawn."""
    figure.draw_without_rendering()
    beyond = set()
    for ax in figure.axes:
        for axis in (ax.xaxis, ax.yaxis):
            low, high = sorted(axis.get_view_interval())
            for tick in axis.get_major_ticks() + axis.get_minor_ticks():
                if not low <= tick.get_loc() <= high:
                    beyond |= {tick.label1, tick.label2}
    found = figure.findobj(matplotlib.text.Text)
    return [t for t in found if t.get_visible() and t.get_text().strip() and t not in beyond]


@unittest.skipUnless(plot, REASON)
class Curves(unittest.TestCase):
    def assert_truthful(self, z, winding):
        self.assertEqual(z[0], z[-1])
        self.assertEqual(turns(z), winding.number)
        self.assertGreaterEqual(clearance(z), winding.margin * (1 - 2**-10))

    def test_every_trained_curve_turns_as_often_as_is_certified(self):
        folder = shared("checkpoints")
        if not folder:
            self.skipTest("no shared folder with checkpoints")
        count = 0
        for name in ("ae_flat.h5", "clm_flat.h5", "clm_h4.h5", "copy_flat.h5", "copy_d512_n512_toeplitz_only.h5"):
            report = tmm.analyze(folder / name, spectrum="none", arrays=False)
            drawn = curves(plot.grid(report))
            self.assertEqual(len(drawn), len(report))
            for z, operator in zip(drawn, report, strict=True):
                with self.subTest(file=name, layer=operator.label):
                    self.assert_truthful(z, operator.winding)
                    count += 1
        self.assertGreaterEqual(count, 60)

    def test_a_single_curve_is_within_half_a_pixel(self):
        taps = tmm.analyze(CLM, spectrum="none")[0].taps
        (z,) = curves(plot.symbol(taps))
        self.assert_truthful(z, tmm.winding_number(taps))
        angles = np.linspace(0, 2 * np.pi, 5001)
        values = tmm.symbol(taps, angles)
        a, d = z[:-1], np.diff(z)
        length = np.where(np.abs(d) > 0, np.abs(d) ** 2, 1)
        most = 0
        for w in values:
            t = np.clip(np.real((w - a) * np.conj(d)) / length, 0, 1)
            most = max(most, np.abs(a + t * d - w).min())
        self.assertLessEqual(most, max(np.ptp(z.real), np.ptp(z.imag)) * 25.4 / (2 * 600 * 84))

    def test_curves_of_files_turn_as_often(self):
        taps = tmm.analyze(CLM, spectrum="none")[0].taps
        figure = plot.symbol(taps)
        number = tmm.winding_number(taps).number
        svg = saved(figure, "svg").decode()
        origin = figure.axes[0].transData.transform((0, 0)) * 72 / figure.dpi
        (path,) = re.findall(r'<g id="symbol">.*?<path d="([^"]*)"', svg, re.S)
        points = np.array([[float(x), float(y)] for x, y in re.findall(r"[ML] (\S+) (\S+)", path)])
        high = figure.get_size_inches()[1] * 72
        self.assertEqual(turns((points[:, 0] - origin[0]) + 1j * (high - points[:, 1] - origin[1])), number)

        pdf = streams(saved(figure, "pdf")).decode("latin-1")
        origin = figure.axes[0].transData.transform((0, 0)) * 72 / figure.dpi
        longest = max(re.findall(r"(?:[-\d.]+ [-\d.]+ [ml]\s+)+", pdf), key=len)
        points = np.array([[float(x), float(y)] for x, y in re.findall(r"([-\d.]+) ([-\d.]+) [ml]\s", longest)])
        self.assertEqual(turns((points[:, 0] - origin[0]) + 1j * (points[:, 1] - origin[1])), number)

    def test_a_closer_look_is_sampled_anew(self):
        operator = tmm.analyze(CLM, spectrum="none")[0]
        window = 5 * operator.winding.margin
        figure = plot.symbol(operator, window=window)
        (z,) = curves(figure)
        self.assert_truthful(z, operator.winding)
        self.assertEqual(figure.axes[0].get_xlim(), (-window, window))
        (disc,) = [p for p in figure.axes[0].patches if isinstance(p, Circle)]
        self.assertLessEqual(disc.radius, clearance(z))
        self.assertGreaterEqual(disc.radius, operator.winding.margin * (1 - 2**-10))

    def test_what_is_not_established_looks_different_and_says_so(self):
        figure = plot.symbol([1.0, 1.0])
        self.assertEqual(figure.axes[0].get_title(), "not Fredholm")
        (patch,) = [p for p in figure.axes[0].patches if p.get_gid() == "symbol"]
        self.assertNotEqual(patch.get_linestyle(), "-")
        self.assertEqual([p for p in figure.axes[0].patches if isinstance(p, Circle)], [])

    def test_taps_of_any_size(self):
        for factor in (1e300, 1e-300, 1e-318):
            (z,) = curves(plot.symbol(np.array([1.0, 2.5, 1.0]) * factor))
            self.assertTrue(np.isfinite(z).all())
            self.assertEqual(turns(z), 1)
            self.assertGreater(np.ptp(z.real), 1e-3)

    def test_one_tap(self):
        for figure in (plot.symbol([3.0]), plot.symbol([0.0]), plot.zeros([3.0]), plot.spectrum([3.0]), plot.matrix([3.0])):
            saved(figure, "pdf")

    def test_bounds_are_rounded_downwards(self):
        from tmm._plot_symbol import lower_bound_text

        self.assertEqual(lower_bound_text(0.0694791), "0.0694")
        self.assertEqual(lower_bound_text(0.29), "0.289")  # the double 0.29 lies below 0.29
        self.assertEqual(lower_bound_text(1.9999e-7), r"$1.99\times10^{-7}$")


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
class Files(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        report = tmm.analyze(CLM, layers="0,3")
        recorded = [(0, report), (100, report)]
        rows = np.stack([np.linspace(1, 2 + i, 6) for i in range(16)])
        comparison = tmm.compare(report, report, resamples=100)
        cls.figures = {
            "symbol": lambda **o: plot.symbol(report, 3, **o),
            "closer": lambda **o: plot.symbol(report, 0, window=0.002, **o),
            "zeros": lambda **o: plot.zeros(report, 3, **o),
            "spectrum": lambda **o: plot.spectrum(report, 0, **o),
            "grid": lambda **o: plot.grid(report, **o),
            "depth": lambda **o: plot.depth(report, **o),
            "trajectory": lambda **o: plot.trajectory(recorded, **o),
            "many": lambda **o: plot.trajectory([(s, rows) for s in range(0, 2000, 500)], **o),
            "models": lambda **o: plot.depth(tmm.analyze([CLM, COPY], spectrum="none"), **o),
            "comparison": lambda **o: plot.comparison(comparison, **o),
            "matrix": lambda **o: plot.matrix(report, 3, **o),
        }

    def test_widths_are_those_asked_for(self):
        for kind, draw in self.figures.items():
            for width, mm in (("84mm", 84), ("two-column", 174)):
                self.assertAlmostEqual(draw(width=width).get_size_inches()[0] * 25.4, mm, msg=kind)
            box = re.search(rb"/MediaBox \[ ([^\]]*)\]", saved(draw(width="84mm"), "pdf"))[1].split()
            self.assertAlmostEqual(float(box[2]) * 25.4 / 72, 84, delta=0.01, msg=kind)
        for length, mm in (("3.3in", 83.82), ("8.4cm", 84), (100, 100), ("one-column", 84)):
            self.assertAlmostEqual(plot.millimetres(length), mm)
        for wrong in ("wide", "-3mm", "1mm", float("nan")):
            with self.assertRaises(tmm.ArgumentError):
                plot.millimetres(wrong)

    def test_files_are_vectors_with_embedded_fonts_and_no_date(self):
        for kind, draw in self.figures.items():
            with self.subTest(kind):
                pdf = saved(draw(), "pdf")
                images = pdf.count(b"/Subtype /Image")
                self.assertEqual(images > 0, kind == "matrix")
                self.assertNotIn(b"/Type3", pdf)
                self.assertIn(b"/FontFile2", pdf)
                self.assertNotIn(b"/CreationDate", pdf)
                svg = saved(draw(), "svg")
                self.assertEqual(b"<image" in svg, kind == "matrix")
                self.assertNotIn(b"<dc:date>", svg)

    def test_the_same_figure_is_the_same_file(self):
        for kind, draw in self.figures.items():
            for form in ("pdf", "svg", "png") if kind == "depth" else ("pdf",):
                self.assertEqual(saved(draw(), form), saved(draw(), form), f"{kind} {form}")

    def test_figures_are_light_whatever_the_style(self):
        ours = saved(self.figures["depth"](), "pdf")
        with matplotlib.rc_context():
            matplotlib.style.use("dark_background")
            self.assertEqual(saved(self.figures["depth"](), "pdf"), ours)

    def test_labels_do_not_overlap_and_lie_inside(self):
        for kind, draw in self.figures.items():
            for width in ("84mm", "174mm"):
                figure = draw(width=width)
                page = figure.bbox
                boxes = [(t.get_text(), t.get_window_extent()) for t in texts(figure)]
                boxes = [(text, box) for text, box in boxes if box.width > 0]
                for text, box in boxes:
                    self.assertTrue(
                        box.x0 >= page.x0 - 1 and box.x1 <= page.x1 + 1 and box.y0 >= page.y0 - 1 and box.y1 <= page.y1 + 1,
                        f"{kind} {width}: {text!r} leaves the page",
                    )
                for i, (text, box) in enumerate(boxes):
                    for other, second in boxes[i + 1 :]:
                        across = min(box.x1, second.x1) - max(box.x0, second.x0)
                        along = min(box.y1, second.y1) - max(box.y0, second.y0)
                        self.assertFalse(across > 1 and along > 1, f"{kind} {width}: {text!r} meets {other!r}")

    def test_what_is_told_apart_differs_in_more_than_colour(self):
        def looks(line):
            return line.get_linestyle(), line.get_marker(), line.get_markerfacecolor() == "white"

        network = np.stack([np.linspace(1, 2 + i, 6) for i in range(16)])
        figure = plot.trajectory([(0, network), (1, network), (2, network)])
        shown = [looks(line) for line in figure.axes[0].lines if not str(line.get_label()).startswith("_")]
        self.assertEqual(len(shown), 16)
        self.assertEqual(len(set(shown)), 16)
        strips = self.figures["comparison"]().axes[0].lines
        pair = [looks(line) for line in strips if line.get_marker() in ("o", "^")]
        self.assertEqual(len(set(pair)), 2)
        zeros = [looks(line) for line in self.figures["zeros"]().axes[0].lines if ":" in str(line.get_label())]
        self.assertEqual(len(set(zeros)), len(zeros))

    def test_axes_given_are_drawn_in(self):
        from matplotlib.figure import Figure

        ax = Figure().add_subplot()
        self.assertIs(plot.symbol([1, 2.5, 1], ax=ax), ax.figure)
        self.assertEqual(len(ax.patches), 2)


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
        import sys

        code = "import sys, tmm; a = 'matplotlib' in sys.modules; tmm.plot.symbol; print(a, 'matplotlib' in sys.modules, 'matplotlib.pyplot' in sys.modules)"
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
        self.assertEqual(done.stdout.split(), ["False", "True", "False"])

    def test_functions_say_what_they_take_and_give(self):
        for name in ("symbol", "grid", "zeros", "spectrum", "matrix", "depth", "trajectory", "comparison"):
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
        run = [BINARY, "compare", *sides[0], "--against", *sides[1], "--names", "clm,copy", "--format", "json", "-q"]
        document = json.loads(subprocess.run(run, capture_output=True, text=True, check=True).stdout)
        figure = plot.trajectory(document)
        self.assertEqual([ax.get_title() for ax in figure.axes], ["clm", "copy"])
        for ax, side in zip(figure.axes, "ab", strict=True):
            points = document[side]["trajectories"][0]["points"]
            lines = {line.get_label(): line for line in ax.lines}
            for i, operator in enumerate(points[-1]["operators"]):
                line = lines[operator["layer"]]
                self.assertEqual(list(line.get_xdata()), [point["step"] for point in points])
                fractions = [point["operators"][i]["winding_fraction"] for point in points]
                np.testing.assert_array_equal(line.get_ydata(), fractions)

    def test_saved_comparison_documents_are_drawn(self):
        run = [BINARY, "compare", CLM, "--against", COPY, "--format", "json", "-q"]
        document = json.loads(subprocess.run(run, capture_output=True, text=True, check=True).stdout)
        self.assertEqual(len(plot.comparison(document, ["winding_fraction"]).axes), 1)


if __name__ == "__main__":
    unittest.main()
