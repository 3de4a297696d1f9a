# SPDX-License-Identifier: MIT
"""Calls from Python against the same work in C++: usage python_calls.py BUILD_FOLDER. Ends with status 1 where a call
costs more than 3 % over C++, or importing 150 ms or more."""
import ctypes
import pathlib
import subprocess
import sys
import time

import numpy as np

build = pathlib.Path(sys.argv[1]).resolve()
sys.path.insert(0, str(build / "python"))
import tmm  # noqa: E402

LAYERS, N, THREADS = 1000, 512, 1
MOST = 1.03
loop = ctypes.CDLL(str(build / "bench" / "libtmm_python_loop.so"))
weights = np.random.default_rng(0).normal(0, (2 / N) ** 0.5, size=(LAYERS, N)).astype(np.float32)
network = {f"mixer_blocks.{i}.token_mixing_layer.weight": weights[i : i + 1] for i in range(LAYERS)}


def in_cpp(function, layers):
    function.restype = ctypes.c_double
    total = ctypes.c_double()
    count = (ctypes.c_size_t(layers), ctypes.c_size_t(N), ctypes.c_size_t(THREADS))
    seconds = function(weights.ctypes.data_as(ctypes.POINTER(ctypes.c_float)), *count, ctypes.byref(total))
    return seconds, total.value


def in_python(call):
    start = time.process_time()
    windings = call()
    return time.process_time() - start, sum(w.number for w in windings)


def compare(name, function, call, layers):
    """Shortest processor times of turns about, until they show what is wanted or ten turns are over."""
    best_cpp = best_python = float("inf")
    for turn in range(10):
        seconds, expected = in_cpp(function, layers)
        best_cpp = min(best_cpp, seconds)
        seconds, found = in_python(call)
        best_python = min(best_python, seconds)
        if found != expected:
            sys.exit(f"benchmark failed: {name} found {found}, C++ {expected}")
        if turn >= 2 and best_python <= MOST * best_cpp:
            break
    ratio = best_python / best_cpp
    print(f"{name}, {layers} layers of n = {N}: {1e3 * best_python / layers:.3f} ms a layer, {ratio:.3f} of C++")
    return ratio


def import_seconds():
    """Of the module alone, in a fresh interpreter; the shortest of several."""
    script = "import time; t = time.perf_counter(); import tmm; print(time.perf_counter() - t)"
    times = []
    for _ in range(7):
        run = subprocess.run(
            [sys.executable, "-c", script], env={"PYTHONPATH": str(build / "python")}, capture_output=True, check=True
        )
        times.append(float(run.stdout))
    return min(times)


some = dict(list(network.items())[:100])
ratios = [
    compare("winding_numbers", loop.tmm_time_windings, lambda: tmm.winding_numbers(network, threads=THREADS).values(), LAYERS),
    compare(
        "analyze without spectrum",
        loop.tmm_time_analysis,
        lambda: [op.winding for op in tmm.analyze(some, spectrum="none", threads=THREADS)],
        len(some),
    ),
]
seconds = import_seconds()
print(f"import tmm: {1e3 * seconds:.0f} ms")
if max(ratios) > MOST or seconds >= 0.15:
    sys.exit("benchmark failed: the module costs more than 3 % over C++, or importing 150 ms or more")
