# SPDX-License-Identifier: MIT
"""Numbers of one operator: those of the program, laws, and statuses."""
import math
import unittest

import numpy as np
from support import DATA, document

import tmm

FIELDS = ("number", "lowest", "highest", "reason", "margin", "margin_upper", "closest_theta", "radius", "certificate")


def program(path):
    """Operators as the program's JSON has them, with their zeros, by name."""
    return {op["name"]: op for op in document("analyze", path, "--zeros")["models"][0]["operators"]}


def taps_in(path):
    import h5py

    found = {}
    with h5py.File(path) as file:
        file.visititems(lambda name, item: found.update({name.replace("/", "."): item[()][0]}) if name.endswith("weight") else None)
    return found


def null(x):
    """Numbers as JSON has them."""
    return None if math.isnan(x) or math.isinf(x) else x


class Program(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.path = DATA / "clm_flat_toeplitz.h5"
        cls.operators = program(cls.path)
        cls.taps = taps_in(cls.path)
        assert len(cls.operators) == 8 and set(cls.operators) <= set(cls.taps)

    def test_winding_numbers_equal_the_program_s_to_the_last_digit(self):
        for name, expected in self.operators.items():
            found = tmm.winding_number(self.taps[name])
            self.assertEqual(found.status, expected["winding"]["status"])
            for field in FIELDS:
                self.assertEqual(getattr(found, field), expected["winding"][field], (name, field))

    def test_singular_values_equal_the_program_s_to_the_last_digit(self):
        for name, expected in list(self.operators.items())[:3]:
            found = tmm.singular_values(self.taps[name])
            self.assertEqual(len(found), len(expected["spectrum"]["singular_values"]))
            for sigma, value in zip(found, expected["spectrum"]["singular_values"]):
                self.assertEqual(
                    (sigma.value, sigma.mantissa, sigma.exponent, sigma.status, sigma.error, sigma.method),
                    tuple(value[k] for k in ("value", "mantissa", "exponent10", "status", "relative_error", "method")),
                )
            self.assertEqual(found.identities, expected["spectrum"]["identities"])
            self.assertEqual(found.method, expected["spectrum"]["method"])

    def test_proven_singular_values_are_the_same_numbers_and_certified(self):
        taps = next(iter(self.taps.values()))
        plain, proven = tmm.singular_values(taps), tmm.singular_values(taps, certify=True)
        self.assertEqual({sigma.status for sigma in plain}, {"numerical"})
        self.assertEqual({sigma.status for sigma in proven}, {"certified"})
        for before, after in zip(plain, proven):
            self.assertEqual((before.mantissa, before.exponent), (after.mantissa, after.exponent))
            self.assertTrue(0 < after.error < 1e-5)
        report = tmm.analyze(self.path, layers="1", certify=True)
        self.assertEqual(report[0].measures["effective_index_float32"].status, "certified")
        self.assertEqual(report[0].measures["jensen_defect"].status, "certified")

    def test_zeros_equal_the_program_s_to_the_last_digit(self):
        for name, expected in list(self.operators.items())[:3]:
            found = tmm.zeros(self.taps[name])
            self.assertEqual([z["re"] for z in expected["zeros"]["list"]], list(found.values.real))
            self.assertEqual([z["im"] for z in expected["zeros"]["list"]], list(found.values.imag))
            self.assertEqual([z["radius"] for z in expected["zeros"]["list"]], list(found.radii))
            self.assertEqual((found.inside, found.unclear), (expected["zeros"]["inside"], expected["zeros"]["unclear"]))

    def test_jensen_s_defect_equals_the_program_s_to_the_last_digit(self):
        for name, expected in self.operators.items():
            found, measure = tmm.jensen_defect(self.taps[name]), expected["measures"]["jensen_defect"]
            self.assertEqual(
                (found.value, found.status, found.error, found.method),
                tuple(measure[k] for k in ("value", "status", "error", "method")),
            )


class WindingNumbers(unittest.TestCase):
    def test_it_is_the_number_of_zeros_inside_the_circle(self):
        random = np.random.default_rng(3)
        for inside in range(6):
            moduli = np.concatenate([random.uniform(0.3, 0.8, inside), random.uniform(1.3, 2, 6 - inside)])
            taps = np.poly(moduli * random.choice([-1, 1], 6))[::-1]
            found = tmm.winding_number(taps)
            self.assertEqual((found.number, found.fredholm_index, found.status), (inside, -inside, "certified"))
            self.assertGreater(found.margin, 0)
            self.assertLessEqual(found.margin, np.abs(tmm.symbol(taps, np.linspace(0, np.pi, 500))).min())

    def test_a_zero_on_the_circle_is_no_number(self):
        found = tmm.winding_number([1, -1])
        self.assertIsNone(found.number)
        self.assertEqual(found.status, "not Fredholm")
        self.assertIn("a(1) = 0", found.reason)
        self.assertEqual(found.margin, 0)

    def test_the_zero_operator_has_no_bounds(self):
        found = tmm.winding_number([0.0, 0.0])
        self.assertEqual((found.number, found.lowest, found.highest), (None, None, None))

    def test_repr_says_how_it_is_known(self):
        self.assertRegex(repr(tmm.winding_number([1, 2.5, 1])), "Winding 1, certified")
        self.assertRegex(repr(tmm.winding_number([1, 1])), "none, not Fredholm")


class SingularValues(unittest.TestCase):
    def test_they_are_numpy_s_where_double_precision_reaches(self):
        taps = np.random.default_rng(5).normal(size=40)
        taps[0] = 20  # N = 0: well conditioned
        found = tmm.singular_values(taps)
        expected = np.linalg.svd(tmm.Toeplitz(taps).dense(), compute_uv=False)
        np.testing.assert_allclose(found.values, expected, rtol=1e-12)
        self.assertTrue((np.diff(found.values) <= 0).all())
        self.assertEqual(set(found.status), {"numerical"})

    def test_values_beyond_the_range_of_double_keep_mantissa_and_exponent(self):
        found = tmm.singular_values([1e-3, 1.0] + [0.0] * 150)  # a zero at -1e-3: sigma_n is near 1e-3**152
        last = found[-1]
        self.assertIsNone(last.value)
        self.assertTrue(math.isnan(found.values[-1]))
        self.assertAlmostEqual(last.log10, -456, delta=1)
        self.assertEqual(found.log10[-1], last.log10)
        self.assertAlmostEqual(math.log10(last.mantissa) + last.exponent, last.log10, places=9)
        self.assertEqual((last.mantissa, last.exponent), (found.mantissa[-1], found.exponent[-1]))
        # det T = w_0^n
        self.assertAlmostEqual(found.log10.sum(), 152 * -3, places=6)
        self.assertEqual([i["outcome"] for i in found.identities], ["held", "held"])

    def test_a_clearance_in_subnormal_numbers_is_rounded_downwards(self):
        least = 2.0**-1074  # min |a| of 3 + z in units of this is 2, and a polygon in the circle comes nearer
        self.assertEqual(tmm.symbol_curve([3 * least, least]).clearance, least)

    def test_a_bound_is_never_a_value(self):
        found = tmm.singular_values([1e-3, 1.0] + [0.0] * 150, vanishing=False)
        last = found[-1]
        self.assertEqual(last.status, "below precision")
        self.assertIsNone(last.value)
        self.assertIsNone(last.log10)
        self.assertLess(last.upper_bound, 1e-12)
        self.assertEqual(last.error, math.inf)
        self.assertTrue(math.isnan(found.values[-1]) and math.isnan(found.log10[-1]))
        self.assertEqual(found.unresolved, 1)

    def test_leading_zero_weights_are_zeros_exactly(self):
        found = tmm.singular_values([0.0, 0.0, 3.0])
        self.assertEqual(list(found.values), [3, 0, 0])
        self.assertEqual(found.exact_zeros, 2)
        self.assertEqual(found.log10[1], -math.inf)
        with self.assertRaises(IndexError):
            found[3]
        self.assertEqual([s.value for s in found], [3, 0, 0])


class Symbols(unittest.TestCase):
    def test_values_have_the_shape_of_the_angles(self):
        taps = np.array([1.0, -2.0, 0.5])
        theta = np.linspace(-4, 4, 12).reshape(3, 4)
        z = np.exp(1j * theta)
        found = tmm.symbol(taps, theta)
        np.testing.assert_allclose(found, 1 - 2 * z + 0.5 * z**2, rtol=0, atol=1e-14)
        self.assertEqual(found.dtype, np.complex128)
        self.assertEqual(tmm.symbol(taps, 0), -0.5)
        self.assertIsInstance(tmm.symbol(taps, 0.0), complex)
        self.assertEqual(tmm.symbol(taps, []).shape, (0,))
        with self.assertRaises(tmm.ArgumentError):
            tmm.symbol(taps, [np.inf])
        with self.assertRaises(tmm.ArgumentError):
            tmm.symbol(taps, "pi")

    def test_zeros_are_roots_with_discs(self):
        found = tmm.zeros(np.poly([0.5, -2, 3])[::-1])
        np.testing.assert_allclose(found.values, [0.5, -2, 3], atol=1e-12)
        self.assertTrue((found.radii < 1e-10).all())
        self.assertEqual((len(found), found.inside, found.at_origin, found.status), (3, 1, 0, "numerical"))
        self.assertEqual(tmm.zeros([0, 0, 1, 2]).at_origin, 2)

    def test_the_plane_is_that_of_the_dense_matrix(self):
        taps = np.array([0.25, 1, -0.5, 0.125, 0.75])
        plane = tmm.pseudospectra(taps, 7, 4)
        self.assertEqual(plane.log10_resolvent.shape, (4, 7))
        dense = tmm.Toeplitz(taps).dense()
        for r, y in enumerate(plane.y):
            for c, x in enumerate(plane.x):
                sigma = np.linalg.svd(dense - (x + 1j * y) * np.eye(5), compute_uv=False)
                self.assertAlmostEqual(plane.log10_resolvent[r, c], -np.log10(sigma[-1]), places=6)
                shifted = taps.astype(complex)
                shifted[0] -= x + 1j * y
                self.assertEqual(plane.winding_number[r, c], (np.abs(np.roots(shifted[::-1])) < 1).sum())
        self.assertEqual(sum(points for _, _, points in plane.regions), 28)
        for grid in ((6, 4), (7, 1), (1, 2)):
            with self.assertRaises(tmm.ArgumentError):
                tmm.pseudospectra(taps, *grid)

    def test_where_an_index_is_not_certified_it_is_no_number(self):
        plane = tmm.pseudospectra([0, 0.8, 0.8], 3, 2)  # a(-1) = 0 = w_0
        self.assertTrue(np.isnan(plane.winding_number[0, 1]))
        self.assertEqual(plane.log10_resolvent[0, 1], np.inf)

    def test_jensen_s_defect_is_the_sum_over_inner_zeros(self):
        found = tmm.jensen_defect(np.poly([0.5, -0.25, 3])[::-1])
        self.assertLessEqual(abs(float(found) - math.log(8)), found.error)
        self.assertEqual(tmm.jensen_defect([2, 1]).value, 0)
        self.assertEqual(tmm.jensen_defect([0, 1]).value, math.inf)
        with self.assertRaises(tmm.ArgumentError):
            float(tmm.jensen_defect([0.0]))

    def test_no_number_depends_on_threads(self):
        taps = np.random.default_rng(1).normal(size=700)
        theta = np.linspace(0, 3, 3000)
        np.testing.assert_array_equal(tmm.symbol(taps, theta, threads=1), tmm.symbol(taps, theta, threads=3))
        with self.assertRaisesRegex(tmm.ArgumentError, "threads"):
            tmm.symbol(taps, theta, threads=-1)


class Repairs(unittest.TestCase):
    def test_repaired_weights_have_the_index_that_was_asked_for_and_the_same_modulus(self):
        taps = np.random.default_rng(5).standard_normal(40)
        theta = np.linspace(0, np.pi, 333)
        number = tmm.winding_number(taps).number
        for to, expected in (("minimum-phase", 0), ("maximum-phase", 39), (f"index={number + 2}", number + 2)):
            done = tmm.repair(taps, to=to)
            self.assertEqual(done.before.number, number)
            self.assertEqual(number - done.outward + done.inward, expected)
            self.assertEqual(tmm.winding_number(done.taps).number, expected)
            modulus = np.abs(tmm.symbol(taps, theta))
            np.testing.assert_allclose(np.abs(tmm.symbol(done.taps, theta)), modulus, rtol=0, atol=1e-12 * modulus.max())
        np.testing.assert_array_equal(tmm.repair(taps, to="random", seed=3).taps, tmm.repair(taps, to="random", seed=3).taps)
        np.testing.assert_array_equal(tmm.repair([2, 1]).taps, [2, 1])
        for wrong in ("", "index=-1", "index=40"):
            with self.assertRaises(tmm.ArgumentError):
                tmm.repair(taps, to=wrong)


if __name__ == "__main__":
    unittest.main()
