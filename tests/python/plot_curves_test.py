# SPDX-License-Identifier: MIT
"""Curves turn about 0 as often as is proven: in figures, and in their files."""
import re
import unittest

import numpy as np
import tmm
from drawn import CLM, REASON, clearance, curves, plot, saved, streams, turns
from support import shared

try:
    from matplotlib.patches import Circle
except ImportError:
    pass  # drawn.REASON says so


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


if __name__ == "__main__":
    unittest.main()
