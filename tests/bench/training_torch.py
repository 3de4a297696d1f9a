#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""A training step of tmm against the same step in PyTorch: tokens per second, on equally many threads.

usage: training_torch.py TMM_BENCH_TRAINING [--rounds N] [--only NAME] [--threads N]

Both take steps (forward, cross entropy, backward, AdamW) on one batch of random tokens, in turns, best round of either;
making the network and the batch does not count. The PyTorch network is that of torch_twin.py, and autograd
does the rest.
"""
import argparse
import json
import subprocess
import sys
import time

from network_torch import THREADS, parameters

SIZES = [  # name, v, d, n, blocks, batch, target ratio
    ("small", 256, 128, 256, 8, 16, 2.5),
    ("middle", 256, 256, 512, 8, 8, 2.0),
]


def serve_torch(v, d, n, blocks, batch, threads):
    """In the child process: takes a step each time a line arrives and prints its seconds and its loss."""
    import torch

    from torch_twin import make_forward

    torch.set_num_threads(threads)
    torch.manual_seed(1)
    w = {name: torch.from_numpy(x).requires_grad_() for name, x in parameters(v, d, n, blocks).items()}
    ids = torch.randint(0, v, (batch, n))
    optimizer = torch.optim.AdamW(w.values(), lr=1e-4, weight_decay=0.01)
    forward = make_forward(w, ids, blocks)

    for _ in sys.stdin:
        start = time.perf_counter()
        optimizer.zero_grad(set_to_none=True)
        loss = forward()[1]
        loss.backward()
        optimizer.step()
        print(json.dumps([time.perf_counter() - start, float(loss.detach())]), flush=True)


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


def compare(program, rounds, threads, name, v, d, n, blocks, batch, target):
    sizes = [str(x) for x in (v, d, n, blocks, batch, threads)]
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
    print(f"{name:<6} d={d} n={n} L={blocks} v={v} batch={batch}, {threads} threads: tmm {batch * n / min(times[tmm]):.0f} tokens/s, "
          f"torch {batch * n / min(times[torch]):.0f} tokens/s, ratio {ratio:.2f} (wanted {target})", flush=True)
    return ratio >= target


def main():
    if sys.argv[1:2] == ["--child"]:
        return serve_torch(*map(int, sys.argv[2:]))
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("program")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--threads", type=int, default=THREADS)
    parser.add_argument("--only", help="one size: small or middle")
    options = parser.parse_args()
    good = True
    for size in SIZES:
        if options.only in (None, size[0]):
            good = compare(options.program, options.rounds, options.threads, *size) and good
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
