# SPDX-License-Identifier: MIT
"""The usual ways to an index in numpy, timed: usage numpy_index.py TAPS.txt; prints seconds per call of
(1) phase unwrapping on 50,000 samples (the customary number; nothing is proven), (2) companion-matrix eigenvalues; and the two counts of zeros in |z| < 1."""
import sys
import time

import numpy as np

taps = np.loadtxt(sys.argv[1])


def unwrapped():
    curve = np.fft.fft(taps, 50000)
    closed = np.append(curve, curve[0])
    return round(-np.diff(np.unwrap(np.angle(closed))).sum() / (2 * np.pi))


def roots():
    return int((np.abs(np.roots(taps[::-1])) < 1).sum())


def shortest(work, calls):
    best = float("inf")
    for _ in range(calls):
        start = time.perf_counter()
        work()
        best = min(best, time.perf_counter() - start)
    return best


print(shortest(unwrapped, 20), shortest(roots, 3), abs(unwrapped()), roots())
