# SPDX-License-Identifier: MIT
"""Sizes, fonts, labels and bytes of figures."""
import re
import unittest

import numpy as np
import tmm
from drawn import CLM, COPY, REASON, plot, saved, texts


@unittest.skipUnless(plot, REASON)
class Files(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        report = tmm.analyze(CLM, layers="0,3")
        plane = tmm.analyze(CLM, layers="3", spectrum="none", pseudospectra=(41, 21))
        models = tmm.analyze([CLM, COPY], spectrum="none")
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
            "models": lambda **o: plot.depth(models, **o),
            "comparison": lambda **o: plot.comparison(comparison, **o),
            "matrix": lambda **o: plot.matrix(report, 3, **o),
            "plane": lambda **o: plot.pseudospectra(plane, 3, **o),
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
        import matplotlib.style

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


if __name__ == "__main__":
    unittest.main()
