# SPDX-License-Identifier: MIT
"""tmm.Toeplitz against the dense matrix, and as SciPy's operator."""
import pickle
import unittest
import warnings

import numpy as np

import tmm


def matrix_of(taps):
    n = len(taps)
    distance = np.subtract.outer(np.arange(n), np.arange(n))
    return np.tril(np.asarray(taps, dtype=np.float64)[distance])


def taps_of(n, dtype, seed):
    taps = np.random.default_rng(seed).normal(size=n).astype(dtype)
    taps[0] = 3 * np.sqrt(n)  # well conditioned
    return taps


class Products(unittest.TestCase):
    def sides(self, n):
        random = np.random.default_rng(n)
        yield random.normal(size=n)
        yield random.normal(size=n).astype(np.float32)
        yield random.normal(size=n).astype(">f8")
        yield np.arange(n)
        yield random.normal(size=2 * n)[::2]
        yield random.normal(size=(n, 7))
        yield random.normal(size=(130, n)).T.astype(np.float32)
        yield random.normal(size=(n, 3)) + 1j * random.normal(size=(n, 3))
        yield (random.normal(size=n) + 1j).astype(np.complex64)
        yield np.zeros((n, 0))

    def test_products_and_solves_are_those_of_the_matrix(self):
        for n in (1, 5, 64, 300, 700):
            for dtype in (np.float32, np.float64):
                taps = taps_of(n, dtype, n)
                operator, matrix = tmm.Toeplitz(taps), matrix_of(taps)
                np.testing.assert_array_equal(operator.dense(), matrix)
                np.testing.assert_array_equal(operator.T.dense(), matrix.T)
                for x in self.sides(n):
                    self.check(operator, matrix, x)

    def check(self, operator, matrix, x):
        for op, a in ((operator, matrix), (operator.T, matrix.T)):
            y = op @ x
            self.assertEqual(y.dtype, np.result_type(operator.dtype, x.dtype))
            self.assertEqual(y.shape, x.shape)
            epsilon = np.finfo(y.dtype).eps
            # 8 log2(2n) u is what the error of an FFT product is bound by; ||A||_2 <= ||w||_1
            size = np.abs(matrix[:, 0]).sum() * (np.linalg.norm(x, axis=0).max() if x.size else 0)
            self.assertLessEqual(np.abs(y - a @ x).max(initial=0), 8 * (1 + np.log2(2 * len(matrix))) * epsilon * size)
            solved = op.solve(y)
            self.assertEqual(solved.dtype, y.dtype)
            self.assertLessEqual(np.abs(a @ solved - y).max(initial=0), 8 * (1 + np.log2(2 * len(matrix))) * epsilon * size)

    def test_the_transposed_operator_is_the_adjoint(self):
        taps = taps_of(300, np.float64, 1)
        random = np.random.default_rng(2)
        x, y = random.normal(size=300), random.normal(size=300)
        operator = tmm.Toeplitz(taps)
        self.assertAlmostEqual((operator @ x) @ y, x @ (operator.T @ y), delta=1e-11 * np.abs(taps).sum())
        np.testing.assert_array_equal(operator.T.T @ x, operator @ x)
        np.testing.assert_array_equal(operator.H @ x, operator.T @ x)

    def test_rows_from_the_left(self):
        taps = taps_of(40, np.float64, 1)
        x = np.random.default_rng(2).normal(size=(3, 40))
        np.testing.assert_allclose(x @ tmm.Toeplitz(taps), x @ matrix_of(taps), atol=1e-12)
        np.testing.assert_allclose(x[0] @ tmm.Toeplitz(taps), x[0] @ matrix_of(taps), atol=1e-12)

    def test_no_number_depends_on_threads(self):
        for n in (300, 2000):
            taps = taps_of(n, np.float64, 3)
            x = np.random.default_rng(4).normal(size=(n, 200))
            one, three = tmm.Toeplitz(taps, threads=1), tmm.Toeplitz(taps, threads=3)
            np.testing.assert_array_equal(one @ x, three @ x)
            np.testing.assert_array_equal(one.T @ x, three.T @ x)
            np.testing.assert_array_equal(one.solve(x[:, :20]), three.solve(x[:, :20]))

    def test_the_result_is_a_new_array(self):
        taps = np.array([2.0, 1.0])
        x = np.array([1.0, 3.0])
        operator = tmm.Toeplitz(taps)
        taps[:] = 0
        np.testing.assert_array_equal(operator @ x, [2, 7])
        np.testing.assert_array_equal(x, [1, 3])
        operator.taps[:] = 0
        np.testing.assert_array_equal(operator @ x, [2, 7])


class Inverses(unittest.TestCase):
    def test_taps_of_the_inverse_convolve_to_one(self):
        taps = taps_of(600, np.float32, 5)
        inverse = tmm.Toeplitz(taps).inverse_taps
        self.assertEqual(inverse.dtype, np.float64)
        unit = tmm.Toeplitz(inverse) @ taps
        np.testing.assert_allclose(unit, np.eye(600)[0], atol=1e-12)
        np.testing.assert_array_equal(tmm.Toeplitz([2.0, 1.0]).inverse_taps, [0.5, -0.25])

    def test_a_singular_matrix_has_none(self):
        operator = tmm.Toeplitz([0.0, 1.0])
        for function in (lambda: operator.inverse_taps, lambda: operator.solve([1.0, 2.0]), lambda: operator.T.solve([1, 2])):
            with self.assertRaisesRegex(tmm.ArgumentError, "singular"):
                function()

    def test_growth_beyond_the_range_is_warned_of(self):
        operator = tmm.Toeplitz([1e-3, 1.0] + [0.0] * 150)
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            inverse = operator.inverse_taps
            operator.solve(np.eye(152)[0])
        self.assertEqual([w.category for w in caught], [RuntimeWarning] * 2)
        self.assertFalse(np.isfinite(inverse).all())
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            with self.assertRaises(RuntimeWarning):
                operator.inverse_taps
            tmm.Toeplitz([1.0, 1.0]).solve([np.nan, 1.0])  # no fault of the operator


class LinearOperators(unittest.TestCase):
    def test_scipy_takes_it_as_an_operator(self):
        try:
            import scipy.sparse.linalg as sparse
        except ImportError:
            self.skipTest("no SciPy")
        taps = taps_of(200, np.float64, 6)
        operator, matrix = sparse.aslinearoperator(tmm.Toeplitz(taps)), matrix_of(taps)
        random = np.random.default_rng(7)
        x, many = random.normal(size=200), random.normal(size=(200, 4))
        self.assertEqual((operator.shape, operator.dtype), ((200, 200), np.float64))
        for found, expected in (
            (operator.matvec(x), matrix @ x),
            (operator.rmatvec(x), matrix.T @ x),
            (operator.matmat(many), matrix @ many),
            (operator.rmatmat(many), matrix.T @ many),
            (operator.matvec(many[:, :1]), matrix @ many[:, :1]),
            ((operator.H @ operator) @ x, matrix.T @ matrix @ x),
        ):
            np.testing.assert_allclose(found, expected, rtol=0, atol=1e-9)
        largest = sparse.svds(tmm.Toeplitz(taps), k=1, return_singular_vectors=False)
        self.assertAlmostEqual(largest[0], tmm.singular_values(taps)[0].value, places=8)
        solution, fault = sparse.gmres(tmm.Toeplitz(taps), x, tol=1e-10, atol=0)
        self.assertEqual(fault, 0)
        np.testing.assert_allclose(solution, tmm.Toeplitz(taps).solve(x), atol=1e-8)

    def test_shape_type_copy_and_text(self):
        operator = tmm.Toeplitz(np.ones(3, dtype=np.float16))
        self.assertEqual((operator.shape, operator.dtype, operator.ndim), ((3, 3), np.float32, 2))
        self.assertEqual(tmm.Toeplitz([1, 2]).dtype, np.float64)
        np.testing.assert_array_equal(np.asarray(operator.T), operator.dense().T)
        again = pickle.loads(pickle.dumps(operator.T))
        np.testing.assert_array_equal(again.dense(), operator.T.dense())
        self.assertEqual(again.dtype, np.float32)
        self.assertEqual(repr(operator), "<Toeplitz lower triangular, n = 3, float32>")
        self.assertEqual(repr(operator.T), "<Toeplitz upper triangular, n = 3, float32>")


if __name__ == "__main__":
    unittest.main()
