#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""A training step of tmm against the same step in PyTorch: tokens per second, on equally many threads.

usage: training_torch.py TMM_BENCH_TRAINING [--rounds N] [--only NAME] [--threads N]

Both take steps (forward, cross entropy, backward, AdamW) on one batch of random tokens, in turns, best round of either;
making the network and the batch does not count. The PyTorch network is that of torch_twin.py, and autograd
does the rest. First the loss and the gradient of every tensor are held against those of PyTorch.
"""
import argparse
import json
import subprocess
import sys
import tempfile
import time

import h5py
import numpy as np

from network_torch import THREADS, parameters

SIZES = [  # name, v, d, n, blocks, batch, target ratio, token mixing, heads
    ("small", 256, 128, 256, 8, 16, 2.5, "toeplitz", 1),
    ("middle", 256, 256, 512, 8, 8, 2.0, "toeplitz", 1),
    ("attention", 256, 128, 256, 8, 16, 2.0, "attention", 4),
    ("dense", 256, 128, 256, 8, 16, 2.0, "dense", 1),
]


def serve_torch(v, d, n, blocks, batch, threads, mixing, heads):
    """In the child process: takes a step each time a line arrives and prints its seconds and its loss."""
    import torch

    from torch_twin import make_forward

    torch.set_num_threads(threads)
    torch.manual_seed(1)
    w = {name: torch.from_numpy(x).requires_grad_(not name.endswith("inv_freq")) for name, x in parameters(v, d, n, blocks, mixing, heads).items()}
    ids = torch.randint(0, v, (batch, n))
    optimizer = torch.optim.AdamW([x for x in w.values() if x.requires_grad], lr=1e-4, weight_decay=0.01)
    forward = make_forward(w, ids, blocks)

    for _ in sys.stdin:
        start = time.perf_counter()
        optimizer.zero_grad(set_to_none=True)
        loss = forward()[1]
        loss.backward()
        optimizer.step()
        print(json.dumps([time.perf_counter() - start, float(loss.detach())]), flush=True)


def torch_gradient(model, out, v, blocks, batch, n):
    """In a child process: writes the gradient of the loss of a model on the tokens of `--gradient`, in double."""
    import torch

    from torch_twin import make_forward

    torch.set_default_dtype(torch.float64)
    with h5py.File(model) as f:
        w = {name: torch.from_numpy(f[name][()].astype(float)).requires_grad_() for name in f}
    i = torch.arange(batch * n)
    loss = make_forward(w, ((i * i + 7 * i + i // 5) % v).reshape(batch, n), blocks)()[1]
    loss.backward()
    with h5py.File(out, "w") as f:
        for name, x in w.items():
            if x.grad is not None:
                f[name] = x.grad.numpy()
    print(float(loss.detach()))


def compare_gradients(program, v, d, n, blocks, mixing, heads):
    """The largest difference of a gradient, relative to the largest entry of its tensor."""
    with tempfile.TemporaryDirectory() as folder:
        model, ours, theirs = (f"{folder}/{x}.h5" for x in ("model", "tmm", "torch"))
        with h5py.File(model, "w") as f:
            for key, value in parameters(v, d, n, blocks, mixing, heads).items():
                f[key] = value
        run = lambda command: float(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
        loss = run([program, "--gradient", model, ours, "4", str(n)])
        other = run([sys.executable, __file__, "--torch-gradient", model, theirs] + [str(x) for x in (v, blocks, 4, n)])
        with h5py.File(ours) as a, h5py.File(theirs) as b:
            gap = max(np.abs(a[name][()] - b[name][()]).max() / np.abs(b[name][()]).max() for name in b)
    print(f"{mixing}: loss {loss:.6f} and {other:.6f} of torch in double, largest gradient difference {gap:.1e} of its tensor's scale", flush=True)
    return abs(loss - other) < 1e-5 * other and gap < 1e-4


class Peer:
    """A process that takes one step a line."""

    def __init__(self, command):
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def step(self):
        print("go", file=self.process.stdin, flush=True)
        return json.loads(self.process.stdout.readline())

    def close(self):
        self.process.stdin.close()
        if self.process.wait() != 0:
            sys.exit(f"{self.process.args[0]} failed")


def compare(program, rounds, threads, name, v, d, n, blocks, batch, target, mixing, heads):
    if not compare_gradients(program, v, d, n, 2, mixing, heads):
        sys.exit(f"{name}: the gradients are not those of PyTorch")
    sizes = [str(x) for x in (v, d, n, blocks, batch, threads, mixing, heads)]
    tmm, torch = Peer([program, "--serve"] + sizes), Peer([sys.executable, __file__, "--child"] + sizes)
    times = {tmm: [], torch: []}
    losses = {peer: [peer.step()[1]] for peer in times}
    for _ in range(rounds):
        for peer in times:
            # Two in a row, the first not counted: the caches are those of a peer that has the machine for itself.
            peer.step()
            seconds, loss = peer.step()
            times[peer].append(seconds)
            losses[peer].append(loss)
    for peer in times:
        peer.close()
        if not all(0 < after < before for before, after in zip(losses[peer], losses[peer][1:])):
            sys.exit(f"{name}: the steps of {peer.process.args[0]} do not train: losses {losses[peer]}")
    ratio = min(times[torch]) / min(times[tmm])
    print(f"{name:<9} d={d} n={n} L={blocks} v={v} batch={batch}, {threads} threads: tmm {batch * n / min(times[tmm]):.0f} tokens/s, "
          f"torch {batch * n / min(times[torch]):.0f} tokens/s, ratio {ratio:.2f} (wanted {target})", flush=True)
    return ratio >= target


def main():
    if sys.argv[1:2] == ["--child"]:
        return serve_torch(*map(int, sys.argv[2:8]), sys.argv[8], int(sys.argv[9]))
    if sys.argv[1:2] == ["--torch-gradient"]:
        return torch_gradient(sys.argv[2], sys.argv[3], *map(int, sys.argv[4:]))
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("program")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--threads", type=int, default=THREADS)
    parser.add_argument("--only", help="one size: small, middle, attention or dense")
    options = parser.parse_args()
    good = True
    for size in SIZES:
        if options.only in (None, size[0]):
            good = compare(options.program, options.rounds, options.threads, *size) and good
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
