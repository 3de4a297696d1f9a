# SPDX-License-Identifier: MIT
"""Thousands of operators, everything on: usage volume.py TMM [MOST]; from one run

* time and peak memory of `tmm analyze --hdf5 r.h5 -o page.html` for 512 to MOST (8192) operators of n = 512, as multiples of what
  LAPACK's eigenvalues of as many matrices of that order cost on all processors; both must be flat;
* the winding numbers alone;
* what the leader of tmm-mpi has to do for an operator, and from that and the durations of operators of n = 64 ... 4096 a simulated
  run on 4 to 256 ranks."""
import heapq
import multiprocessing
import os
import random
import subprocess
import sys
import tempfile
import time

for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ[variable] = "1"  # of numpy, in this process

import h5py
import numpy as np

TMM, MOST = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 8192
CORES = len(os.sched_getaffinity(0))
FREE = {k: v for k, v in os.environ.items() if not k.endswith("_NUM_THREADS")}


def run(*arguments):
    """Seconds and peak memory in MB of the program; it must succeed."""
    start = time.perf_counter()
    process = subprocess.Popen([TMM, *arguments], env=FREE, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    if status != 0:
        sys.exit(f"benchmark failed: tmm {' '.join(arguments)} ended with {os.waitstatus_to_exitcode(status)}")
    return time.perf_counter() - start, usage.ru_maxrss / 1024


def fresh(path, count, n, seed=1):
    """`count` freshly initialised operators in blocks of 16 heads."""
    random_numbers = np.random.default_rng(seed)
    with h5py.File(path, "w") as file:
        for k in range(count):
            stem = f"mixer_blocks.{k // 16}.token_mixing_layer.mixer_heads.{k % 16}." if count >= 16 else f"mixer_blocks.{k}.token_mixing_layer."
            file[stem + "weight"] = random_numbers.normal(0, (2 / n) ** 0.5, (1, n)).astype(np.float32)
            file[stem + "bias"] = np.zeros(n, np.float32)


def lapack(n):
    """Seconds of the eigenvalues of one symmetric matrix, as J T is, while every processor is at the same."""
    with multiprocessing.Pool(CORES) as pool:
        return sum(pool.map(lapack_alone, [n] * CORES, chunksize=1)) / CORES


def lapack_alone(n):
    taps = np.random.default_rng(2).normal(0, (2 / n) ** 0.5, n)
    matrix = np.zeros((n, n))
    for t in range(n):
        matrix[n - 1 - t, : t + 1] = taps[t::-1] if t else taps[:1]
    calls = 100
    start = time.perf_counter()
    for _ in range(calls):
        np.linalg.eigvalsh(matrix)
    return (time.perf_counter() - start) / calls


def simulate(durations, ranks, service):
    """Seconds until all operators are analysed and written: the dearest of the next 1024 goes to whoever is free; the leader, who does
    nothing else, takes `service` seconds for each result and holds no more results than come of 1024 operators ahead."""
    ahead, free = [], [(0.0, r) for r in range(ranks - 1)]
    arrivals, coming = [], iter(durations)
    for duration in coming:
        heapq.heappush(ahead, -duration)
        if len(ahead) == 1024:
            break
    while ahead:
        longest = -heapq.heappop(ahead)
        begin, rank = heapq.heappop(free)
        heapq.heappush(free, (begin + longest, rank))
        arrivals.append(begin + longest)
        following = next(coming, None)
        if following is not None:
            heapq.heappush(ahead, -following)
    leader = 0.0
    for arrival in sorted(arrivals):
        leader = max(leader, arrival) + service
    return leader


def main():
    one = lapack(512)
    print(f"LAPACK, eigenvalues of n = 512: {1e3 * one:.2f} ms; {CORES} processors")
    print("operators   seconds   x LAPACK/processors   peak MB   kB an operator   page MB   HDF5 MB")
    with tempfile.TemporaryDirectory() as folder:
        model, store, page = (os.path.join(folder, name) for name in ("m.h5", "r.h5", "r.html"))
        count = 512
        base = None
        while count <= MOST:
            fresh(model, count, 512)
            seconds, peak = run("analyze", model, "-q", "--force", "--hdf5", store, "-o", page)
            base = base or peak
            size = [os.path.getsize(path) / 1e6 for path in (page, store)]
            print(f"{count:9}   {seconds:7.1f}   {seconds * CORES / (count * one):19.2f}   {peak:7.0f}   {1e3 * peak / count:14.0f}   {size[0]:7.2f}   {size[1]:7.1f}", flush=True)
            count *= 2
        seconds, peak = run("analyze", model, "-q", "--force", "--measures", "winding_number", "--format", "csv")
        print(f"winding numbers alone of {count // 2} operators: {seconds:.2f} s, {peak:.0f} MB")

        few = 256
        fresh(model, few, 512)
        plain, _ = run("analyze", model, "-q", "--threads", "1", "--format", "jsonl")
        stored, _ = run("analyze", model, "-q", "--threads", "1", "--format", "jsonl", "--force", "--hdf5", store)
        read, _ = run("report", store, "--format", "csv")
        service = (max(stored - plain, 0) + read) / few
        print(f"leader: at most {1e3 * service:.2f} ms an operator of n = 512 (written {1e3 * (stored - plain) / few:.2f}, read {1e3 * read / few:.2f})")
        cost = {}
        for n, many in {64: 256, 128: 256, 256: 128, 512: 64, 1024: 16, 2048: 4, 4096: 1}.items():
            times = []
            for count in (1, 1 + many):  # the difference has no start of a program in it
                fresh(model, count, n, 3)
                times.append(run("analyze", model, "-q", "--threads", "1", "--format", "jsonl")[0])
            cost[n] = (times[1] - times[0]) / many
        print("milliseconds an operator: " + ", ".join(f"n = {n}: {1e3 * t:.1f}" for n, t in cost.items()))
        generator = random.Random(4)
        for name, lengths in (("8192 of n = 512", [512] * 8192), ("8192 of n = 64 ... 4096, mixed", generator.choices(list(cost), [64, 32, 16, 8, 4, 2, 1], k=8192))):
            durations = [cost[n] for n in lengths]
            for ranks in (4, 16, 64, 256):
                seconds = simulate(durations, ranks, service)
                print(f"simulated, {name}, {ranks} ranks: {seconds:.1f} s, {100 * sum(durations) / (seconds * (ranks - 1)):.0f} % of the time at work")


main()
