# SPDX-License-Identifier: MIT
"""Long calls: without the GIL, ended by Ctrl-C, beside numpy's own linear algebra, after a fork."""
import os
import signal
import subprocess
import sys
import threading
import time
import unittest

import numpy as np

import tmm

LONG = "tmm.singular_values(numpy.random.default_rng(0).normal(size=6000))"  # a minute or more


def run_python(text, **options):
    return subprocess.run([sys.executable, "-c", text], capture_output=True, text=True, timeout=500, **options)


class Interrupts(unittest.TestCase):
    def interrupted(self, call):
        """What a process says that is sent SIGINT in the middle of a call that takes far longer than its last word."""
        script = f"""
import os, signal, threading, time
import numpy, tmm
tmm.winding_number([1, 2])
def send():
    time.sleep(0.5)
    global sent
    sent = time.monotonic()
    os.kill(os.getpid(), signal.SIGINT)
threading.Thread(target=send).start()
begin = time.monotonic()
try:
    {call}
    print("ended by itself")
except KeyboardInterrupt:
    print("interrupted", tmm.winding_number([1, 2.5, 1]).number, time.monotonic() - sent)
"""
        begin = time.monotonic()
        done = run_python(script)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("interrupted 1", done.stdout)
        # Far less than the call takes, far more than a busy machine needs.
        self.assertLess(time.monotonic() - begin, 30)
        self.assertEqual(done.stderr, "")

    def test_ctrl_c_ends_one_long_computation(self):
        self.interrupted(LONG)

    def test_ctrl_c_ends_work_over_many_operators(self):
        self.interrupted(
            "tmm.winding_numbers({f'mixer_blocks.{i}.token_mixing_layer.weight': "
            "numpy.random.default_rng(i).normal(size=(1, 20000)) for i in range(2000)})"
        )

    def test_ctrl_c_ends_a_batch_of_columns(self):
        self.interrupted("tmm.Toeplitz(numpy.ones(20000)).solve(numpy.ones((20000, 3000)))")

    def test_a_handler_that_does_not_raise_lets_the_call_go_on(self):
        seen = []
        before = signal.signal(signal.SIGALRM, lambda *_: seen.append(1))
        try:
            signal.setitimer(signal.ITIMER_REAL, 0.01, 0.01)
            taps = np.random.default_rng(0).normal(size=400)
            while len(seen) < 3:
                self.assertEqual(len(tmm.singular_values(taps)), 400)
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.signal(signal.SIGALRM, before)


class Threads(unittest.TestCase):
    def test_other_threads_run_during_a_long_call(self):
        # The counting thread gets the GIL only if the call lets it go.
        taps = np.random.default_rng(0).normal(size=700)
        counts, stop = [0], threading.Event()

        def count():
            while not stop.is_set():
                counts[0] += 1
                time.sleep(0.001)

        thread = threading.Thread(target=count)
        thread.start()
        try:
            before = counts[0]
            tmm.singular_values(taps)
            self.assertGreater(counts[0] - before, 5)
        finally:
            stop.set()
            thread.join()

    def test_calls_from_many_threads_beside_numpy_s_linear_algebra(self):
        random = np.random.default_rng(1)
        taps = random.normal(size=150)
        a = random.integers(-8, 8, size=(300, 300)).astype(float)  # products are exact in any order
        product = a @ a
        operator = tmm.Toeplitz(taps)
        columns = random.normal(size=(150, 40))
        expected = (
            list(tmm.singular_values(taps).log10),
            tmm.winding_number(taps).margin,
            (operator @ columns).tobytes(),
            operator.solve(columns).tobytes(),
        )
        faults = []

        def compute():
            for _ in range(6):
                found = (
                    list(tmm.singular_values(taps).log10),
                    tmm.winding_number(taps).margin,
                    (operator @ columns).tobytes(),
                    operator.solve(columns).tobytes(),
                )
                if found != expected:
                    faults.append("tmm")

        def multiply():
            for _ in range(40):
                if not np.array_equal(a @ a, product):
                    faults.append("numpy")

        threads = [threading.Thread(target=work) for work in (compute, multiply, compute, multiply)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(faults, [])

    def test_any_build_of_openblas_that_numpy_brings_gives_the_same_numbers(self):
        # Debian's builds have one name: whichever numpy loads first is ours as well.
        script = """
import threading
import numpy
import tmm
random = numpy.random.default_rng(2)
all_taps = [random.normal(size=120) for _ in range(6)]
found = [None] * 6
def compute(i):
    found[i] = tmm.singular_values(all_taps[i]).log10
threads = [threading.Thread(target=compute, args=(i,)) for i in range(6)]
[t.start() for t in threads]
[t.join() for t in threads]
network = {f"mixer_blocks.{i}.token_mixing_layer.weight": taps.reshape(1, -1) for i, taps in enumerate(all_taps)}
print([w.number for w in tmm.winding_numbers(network).values()], [f"{x:.9f}" for x in numpy.concatenate(found)])
"""
        builds = [f"/usr/lib/{os.uname().machine}-linux-gnu/openblas-{kind}" for kind in ("pthread", "serial", "openmp")]
        builds = [folder for folder in builds if os.path.exists(folder + "/libopenblas.so.0")]
        outputs = set()
        for folder in builds:
            done = run_python(script, env={**os.environ, "LD_LIBRARY_PATH": folder})
            self.assertEqual(done.returncode, 0, done.stderr)
            outputs.add(done.stdout)
        self.assertLessEqual(len(outputs), 1)
        if len(builds) < 2:
            self.skipTest("only one build of OpenBLAS is here")

    def test_numpy_has_its_blas_threads_back_after_a_call(self):
        script = """
import ctypes, numpy, tmm
numpy.ones((2, 2)) @ numpy.ones((2, 2))
path = next((line.split()[-1] for line in open("/proc/self/maps") if "libopenblas" in line), None)
count = ctypes.CDLL(path).openblas_get_num_threads if path else lambda: 0
before = count()
tmm.singular_values(numpy.arange(1.0, 100)), tmm.Toeplitz([1, 2]) @ numpy.ones((2, 2))
print(before, count())
"""
        done = run_python(script)
        before, after = done.stdout.split()
        self.assertEqual(before, after)
        if int(before) < 2:
            self.skipTest("numpy's OpenBLAS has one thread here")


class Forks(unittest.TestCase):
    def test_a_child_of_a_process_that_has_computed_computes(self):
        script = """
import os, numpy, tmm
taps = numpy.random.default_rng(0).normal(size=300)
network = {f"mixer_blocks.{i}.token_mixing_layer.weight": taps.reshape(1, -1) for i in range(8)}
def compute():
    return ([w.number for w in tmm.winding_numbers(network, threads=4).values()], tmm.singular_values(taps[:90])[-1].log10)
expected = compute()
child = os.fork()
if child == 0:
    os._exit(0 if compute() == expected else 1)
print(os.waitpid(child, 0)[1])
"""
        done = run_python(script)
        self.assertEqual(done.stdout.strip(), "0", done.stderr)


if __name__ == "__main__":
    unittest.main()
