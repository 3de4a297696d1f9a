# SPDX-License-Identifier: MIT
"""Wrong input: the right values, or an error that names what was expected."""
import array
import pickle
import unittest

import numpy as np
from support import Tensor, truncated_to_bfloat16

import tmm

TAPS = [1.0, 2.5, 1.0]
EXPECTED = tmm.winding_number(TAPS).margin


class RightValues(unittest.TestCase):
    def check(self, taps):
        found = tmm.winding_number(taps)
        self.assertEqual((found.number, found.margin), (1, EXPECTED))
        np.testing.assert_array_equal(tmm.Toeplitz(taps).taps, TAPS)

    def test_sequences(self):
        self.check(TAPS)
        self.check(tuple(TAPS))
        self.check([TAPS])
        self.check(array.array("d", TAPS))
        self.check(memoryview(array.array("f", TAPS)))
        self.check([np.float32(w) for w in TAPS])
        self.assertEqual(tmm.winding_number([1, 3, 1]).number, 1)

    def test_every_float_type_and_byte_order(self):
        for kind in ("f2", "f4", "f8"):
            for order in "<>=":
                self.check(np.array(TAPS, dtype=order + kind))

    def test_every_integer_type(self):
        for kind in ("i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", ">i4"):
            self.assertEqual(tmm.winding_number(np.array([1, 3, 1], dtype=kind)).number, 1, kind)
        with self.assertRaisesRegex(tmm.ArgumentError, "float64"):
            tmm.winding_number(np.array([2**53 + 1, 1]))
        self.assertEqual(tmm.Toeplitz(np.array([2**53 - 1, 1])).taps[0], 2**53 - 1)

    def test_every_layout(self):
        wide = np.zeros((3, 4))
        wide[:, 1] = TAPS
        self.check(wide[:, 1])
        self.check(np.array(TAPS[::-1])[::-1])
        self.check(np.array([TAPS], order="F"))
        self.check(np.repeat(TAPS, 2)[::2].reshape(1, 3))
        frozen = np.array(TAPS)
        frozen.flags.writeable = False
        self.check(frozen)
        unaligned = np.frombuffer(b"x" + np.array(TAPS).tobytes(), dtype=np.uint8)[1:].view("f8")
        self.assertFalse(unaligned.flags.aligned)
        self.check(unaligned)
        broadcast = np.broadcast_to(np.float64(2), (4,))  # stride 0
        np.testing.assert_array_equal(tmm.Toeplitz(broadcast).taps, [2, 2, 2, 2])

    def test_the_input_is_left_as_it_was(self):
        taps = np.array(TAPS, dtype=np.float32)
        tmm.winding_number(taps), tmm.singular_values(taps), tmm.zeros(taps), tmm.Toeplitz(taps).solve(taps)
        np.testing.assert_array_equal(taps, np.array(TAPS, dtype=np.float32))

    def test_tensors_of_any_device_and_history(self):
        for dtype in ("float16", "bfloat16", "float32", "float64", "int32"):
            values = TAPS if dtype != "int32" else [1, 3, 1]
            tensor = Tensor(values, dtype, device="cuda:0", grad=True)
            self.assertEqual(tmm.winding_number(tensor).number, 1, dtype)
        values = truncated_to_bfloat16(np.random.default_rng(0).normal(size=20))
        np.testing.assert_array_equal(tmm.Toeplitz(Tensor(values, "bfloat16")).taps, values)
        self.assertEqual(tmm.Toeplitz(Tensor(values, "bfloat16")).dtype, np.float32)

    def test_a_masked_array_that_hides_nothing(self):
        self.check(np.ma.masked_array(TAPS))


class Refusals(unittest.TestCase):
    def refuse(self, taps, found="", expected=""):
        functions = (tmm.winding_number, tmm.singular_values, tmm.zeros, tmm.jensen_defect, tmm.Toeplitz)
        for function in functions + (lambda x: tmm.symbol(x, 0.0),):
            with self.assertRaises(tmm.ArgumentError) as caught:
                function(taps)
            error = caught.exception
            self.assertIsInstance(error, ValueError)
            self.assertEqual(error.tensor, "taps")
            self.assertIn(found, error.found)
            self.assertIn(expected, error.expected)
            self.assertTrue(error.expected)
            self.assertIn(error.expected, str(error))

    def test_what_is_not_finite(self):
        self.refuse([1.0, np.nan], "nan at [1]", "finite")
        self.refuse(np.array([1, -np.inf, 2], dtype="f2"), "-inf at [1]", "finite")

    def test_shapes(self):
        self.refuse([], "no number", "shape (n)")
        self.refuse(np.zeros((1, 0)), "no number", "shape (n)")
        self.refuse(1.0, "shape ()", "shape (n)")
        self.refuse(np.ones((2, 3)), "shape (2, 3)", "shape (n)")
        self.refuse(np.ones((3, 1)), "shape (3, 1)", "shape (n)")
        self.refuse(np.ones((1, 1, 3)), "shape (1, 1, 3)", "shape (n)")

    def test_types(self):
        numbers = "real numbers"
        self.refuse("1.0", "str", numbers)
        self.refuse(b"1.0", "bytes", numbers)
        self.refuse(None, "None", numbers)
        self.refuse({"taps": TAPS}, "dict", numbers)
        self.refuse(object(), "", numbers)
        self.refuse(["a", "b"], "str", numbers)
        self.refuse([[1.0], [1.0, 2.0]], "", numbers)
        self.refuse([10**400, 1], "", numbers)
        self.refuse([None, 1.0], "object", numbers)
        self.refuse(np.array(TAPS, dtype=complex), "complex128", numbers)
        self.refuse(np.array([True, False]), "bool", numbers)
        self.refuse(np.array(TAPS, dtype=np.longdouble), "", numbers)
        self.refuse(np.array(["2020-01-01"], dtype="M8[D]"), "datetime64", numbers)
        self.refuse(np.ma.masked_array(TAPS, mask=[0, 1, 0]), "masked", numbers)
        self.refuse(Tensor(TAPS, device="meta"), "no data", numbers)
        self.refuse(tmm, "", numbers)

    def test_what_an_array_itself_raises_is_told(self):
        class Broken:
            def __array__(self, dtype=None):
                raise RuntimeError("the reason")

        self.refuse(Broken(), "the reason", "real numbers")

        class Interrupted:
            def __array__(self, dtype=None):
                raise KeyboardInterrupt

        with self.assertRaises(KeyboardInterrupt):
            tmm.winding_number(Interrupted())

    def test_right_hand_sides(self):
        operator = tmm.Toeplitz(TAPS)
        for x in (np.ones(4), np.ones((2, 3)), np.ones((3, 1, 1)), 1.0, "abc", None, np.array([True] * 3)):
            for function in (operator.__matmul__, operator.T.__matmul__, operator.solve):
                with self.assertRaises(tmm.ArgumentError) as caught:
                    function(x)
                self.assertTrue(caught.exception.expected)


class Errors(unittest.TestCase):
    def test_each_is_also_what_python_calls_it(self):
        self.assertTrue(issubclass(tmm.FileError, OSError))
        self.assertTrue(issubclass(tmm.FormatError, ValueError))
        self.assertTrue(issubclass(tmm.ArgumentError, ValueError))
        for kind in (tmm.FileError, tmm.FormatError, tmm.ArgumentError):
            self.assertTrue(issubclass(kind, tmm.Error))

    def test_they_travel_between_processes(self):
        for kind in (tmm.Error, tmm.FileError, tmm.FormatError, tmm.ArgumentError):
            error = pickle.loads(pickle.dumps(kind("all of it", file="f", tensor="t", expected="e", found="o", hint="h")))
            self.assertIs(type(error), kind)
            self.assertEqual(str(error), "all of it")
            self.assertEqual((error.file, error.tensor, error.expected, error.found, error.hint), tuple("fteoh"))


if __name__ == "__main__":
    unittest.main()
