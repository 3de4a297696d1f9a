# SPDX-License-Identifier: MIT
"""Ten thousand calls leave no memory behind."""
import os
import unittest

import numpy as np
from support import Tensor, resident_bytes

import tmm

MEBIBYTE = 2**20


class Memory(unittest.TestCase):
    def grown(self, call, calls):
        """Resident bytes that so many calls leave behind, after as many that fill caches."""
        for _ in range(calls // 4):
            call()
        before = resident_bytes()
        for _ in range(calls):
            call()
        return resident_bytes() - before

    @unittest.skipIf(os.environ.get("TMM_SANITIZER"), "freed memory is kept in quarantine")
    def test_calls_leave_no_memory_behind(self):
        random = np.random.default_rng(0)
        taps = random.normal(size=100)
        few = random.normal(size=20)
        near = np.poly([1.0, 1 - 1e-12, 0.5])[::-1].copy()  # ball arithmetic
        long_near = np.concatenate([near, np.zeros(1100)])  # on a thread of its own, with caches of its own
        network = {f"mixer_blocks.{i}.token_mixing_layer.weight": Tensor(random.normal(size=(1, 300)), "bfloat16") for i in range(4)}
        columns = random.normal(size=(100, 30))

        def bad():
            for x in ("text", [1, np.nan], np.ones((2, 2))):
                with self.assertRaises(tmm.ArgumentError):
                    tmm.winding_number(x)

        def product():
            operator = tmm.Toeplitz(taps)
            return operator @ columns, operator.T.solve(columns[:, 0]), operator.inverse_taps, operator.dense()

        # A list of its arcs or values that each call lost would be megabytes.
        for calls, call in (
            (10_000, lambda: tmm.winding_number(few)),
            (2_000, lambda: tmm.winding_number(near).certificate),
            (2_000, lambda: tmm.symbol(taps, columns[:5])),
            (2_000, product),
            (2_000, bad),
            (1_000, lambda: tmm.winding_number(long_near)),
            (500, lambda: tmm.winding_numbers(network, threads=2)),
            (500, lambda: tmm.singular_values(taps).log10),
            (500, lambda: tmm.zeros(taps).values),
            (500, lambda: tmm.jensen_defect(taps).value),
        ):
            self.assertLess(self.grown(call, calls), MEBIBYTE)

    def test_objects_are_let_go(self):
        import sys

        taps = np.ones(50)
        operator = tmm.Toeplitz(taps)
        x = np.ones((50, 20))
        counts = sys.getrefcount(taps), sys.getrefcount(x), sys.getrefcount(operator)
        for _ in range(20):
            operator @ x, operator.solve(x), operator.T, tmm.winding_number(taps), tmm.zeros(taps)
            tmm.winding_numbers({"mixer_blocks.0.token_mixing_layer.weight": x.T})
        self.assertEqual((sys.getrefcount(taps), sys.getrefcount(x), sys.getrefcount(operator)), counts)


if __name__ == "__main__":
    unittest.main()
