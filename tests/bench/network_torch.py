#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""`tmm evaluate` against the same network in PyTorch: tokens per second, peak memory, and logits as a check of both.

usage: network_torch.py TMM_BINARY [--rounds N]

Each size is timed in alternating rounds, two threads each, best round of either; only forward pass and loss count, not
the start of the program or the reading of files. PyTorch runs in a process of its own, so that its peak memory can be told.
"""
import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time

import h5py
import numpy as np

THREADS = 2
SIZES = [  # name, v, d, n, blocks, batch, target ratio
    ("small", 256, 128, 256, 8, 16, 2.5),
    ("large", 8000, 512, 512, 16, 4, 1.5),
    ("long", 256, 128, 8192, 1, 1, 8.0),
]

# Linux counts into a process's peak what its parent held when it forked; so a small parent starts tmm.
MEASURE_MEMORY = """
import os, sys
process = os.spawnvp(os.P_NOWAIT, sys.argv[1], sys.argv[1:])
_, status, usage = os.wait4(process, 0)
print(usage.ru_maxrss, file=sys.stderr)
sys.exit(status != 0)
"""


def mixing_parameters(mixing, d, n, heads, normal):
    """What mixes over time, below its layer."""
    if mixing == "attention":
        width = d // heads
        state = {part + "_proj.weight": normal(heads, width, d) for part in "qkv"}
        return state | {"out_proj.weight": normal(d, d), "rotary.inv_freq": (10000.0 ** (-np.arange(0, width, 2) / width)).astype(np.float32)}
    if mixing == "dense":
        weight = np.tril(normal(n, n))
        return {"weight": weight.reshape(n, n, 1), "bias": np.zeros(n, np.float32)}
    return {"weight": normal(1, n), "bias": np.zeros(n, np.float32)}


def parameters(v, d, n, blocks, mixing="toeplitz", heads=1):
    """State dictionary of a network without heads or of attention, initialised as the reference does."""
    random = np.random.default_rng(1)

    def normal(*shape):
        return (random.standard_normal(shape) * np.sqrt(2 / shape[-1])).astype(np.float32)

    state = {"input_layer.weight": random.standard_normal((v, d)).astype(np.float32), "output_layer.weight": normal(v, d)}
    for i in range(blocks):
        p = f"mixer_blocks.{i}."
        for norm in ("channel_norm", "token_norm"):
            state[p + norm + ".weight"] = np.ones(d, np.float32)
            state[p + norm + ".bias"] = np.zeros(d, np.float32)
        state[p + "channel_mixing_layer.0.weight"] = normal(4 * d, d)
        state[p + "channel_mixing_layer.0.bias"] = np.zeros(4 * d, np.float32)
        state[p + "channel_mixing_layer.3.weight"] = normal(d, 4 * d)
        state[p + "channel_mixing_layer.3.bias"] = np.zeros(d, np.float32)
        for name, x in mixing_parameters(mixing, d, n, heads, normal).items():
            state[p + "token_mixing_layer." + name] = x
    return state


def run_torch(model, tokens, blocks, logits_path):
    """In the child process: prints seconds of a forward pass each time a line arrives, its peak memory at the end."""
    import torch

    from torch_twin import make_forward

    torch.set_num_threads(THREADS)
    with h5py.File(model) as f:
        w = {name: torch.from_numpy(f[name][()]) for name in f}
    ids = torch.from_numpy(h5py.File(tokens)["tokens"][()])
    forward = make_forward(w, ids, blocks)

    with torch.no_grad():
        logits, _ = forward()
        if logits_path:
            with h5py.File(logits_path, "w") as f:
                f["logits"] = logits.numpy()
        del logits
        for _ in sys.stdin:
            start = time.perf_counter()
            loss = float(forward()[1])
            print(json.dumps([time.perf_counter() - start, loss]), flush=True)
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, flush=True)


def run_tmm(binary, model, tokens, batch, *more):
    """(seconds a batch, loss, peak memory in kB). The token file repeats the batch: the first one warms up."""
    command = [binary, "evaluate", model, "--tokens", tokens, "--batch", str(batch), "--threads", str(THREADS), "--format", "json"]
    result = subprocess.run([sys.executable, "-I", "-S", "-c", MEASURE_MEMORY] + command + list(more), capture_output=True, text=True)
    if result.returncode != 0:
        sys.exit("tmm failed: " + result.stderr)
    report = json.loads(result.stdout)
    return report["seconds"] / (report["tokens"]["sequences"] / batch), report["loss"], int(result.stderr)


def compare(binary, rounds, folder, name, v, d, n, blocks, batch, target):
    model, tokens = f"{folder}/{name}.h5", f"{folder}/{name}_tokens.h5"
    repeated, ours, theirs = (f"{folder}/{name}_{x}.h5" for x in ("repeated", "tmm", "torch"))
    with h5py.File(model, "w") as f:
        for key, value in parameters(v, d, n, blocks).items():
            f[key] = value
    ids = np.random.default_rng(2).integers(0, v, (batch, n))
    for path, times in ((tokens, 1), (repeated, 4)):
        with h5py.File(path, "w") as f:
            f["tokens"] = np.tile(ids, (times, 1))
    child = subprocess.Popen(
        [sys.executable, __file__, "--child", model, tokens, str(blocks), theirs],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def torch_round():
        print("go", file=child.stdin, flush=True)
        return json.loads(child.stdout.readline())

    torch_round()
    run_tmm(binary, model, tokens, batch, "--logits", ours)
    a, b = h5py.File(ours)["logits"][()], h5py.File(theirs)["logits"][()]
    gap = np.abs(a - b).max() / np.abs(b).max()
    torch_times, tmm_times, memory = [], [], 0
    for _ in range(rounds):
        seconds, torch_loss = torch_round()
        torch_times.append(seconds)
        seconds, loss, memory = run_tmm(binary, model, repeated, batch)
        tmm_times.append(seconds)
    child.stdin.close()
    torch_memory = int(child.stdout.readline())
    if child.wait() != 0:
        sys.exit("PyTorch failed")
    ratio = min(torch_times) / min(tmm_times)
    print(f"{name:<6} d={d} n={n} L={blocks} v={v} batch={batch}: tmm {batch * n / min(tmm_times):.0f} tokens/s, "
          f"torch {batch * n / min(torch_times):.0f} tokens/s, ratio {ratio:.2f} (wanted {target}), "
          f"peak memory {memory / 1024:.0f} and {torch_memory / 1024:.0f} MB, "
          f"largest logit difference {gap:.1e} of scale, loss difference {abs(loss - torch_loss):.1e}", flush=True)
    return ratio >= target and memory <= torch_memory and gap < 1e-4 and abs(loss - torch_loss) < 1e-4 * torch_loss


def main():
    if sys.argv[1:2] == ["--child"]:
        return run_torch(sys.argv[2], sys.argv[3], int(sys.argv[4]), sys.argv[5])
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("tmm")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--only", help="one size: small, large or long")
    options = parser.parse_args()
    good = True
    with tempfile.TemporaryDirectory() as folder:
        for size in SIZES:
            if options.only in (None, size[0]):
                good = compare(options.tmm, options.rounds, folder, *size) and good
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
