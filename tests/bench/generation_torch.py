#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""`tmm generate` against cached generation in PyTorch: a prompt, then one token at a time, float32, two threads each.

usage: generation_torch.py TMM_BINARY [--rounds N] [--only NAME]

In PyTorch a prompt passes through T as a matrix gathered from the taps, as the architecture's authors do it, and besides
through torch.fft; a token multiplies its row of T, taps reversed, by the cached inputs of each layer, in one product. Each
size is timed in alternating rounds, best round of either; only prompt and tokens count, not the start of the program or
the reading of files. PyTorch runs in a process of its own, so that its peak memory can be told.
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

from network_torch import MEASURE_MEMORY, THREADS, parameters

SIZES = [  # name, v, d, n, blocks, tokens behind the prompt, wanted ratios: prompt, tokens
    ("short", 256, 128, 512, 4, 256, 1.0, 3.0),
    ("long", 256, 128, 8192, 4, 192, 8.0, 3.0),
]


class Generator:
    """The flat network with a cache: what the token mixing of each block has read, (n, d)."""

    def __init__(self, w, n, blocks):
        import torch
        self.torch, self.F = torch, torch.nn.functional
        self.w, self.n, self.blocks = w, n, blocks
        self.d = w["input_layer.weight"].shape[1]
        self.taps = [w[f"mixer_blocks.{i}.token_mixing_layer.weight"][0] for i in range(blocks)]
        self.reversed = [taps.flip(0).contiguous() for taps in self.taps]
        self.cache = [torch.zeros(n, self.d) for _ in range(blocks)]
        self.parts = []
        for i in range(blocks):
            p = f"mixer_blocks.{i}."
            self.parts.append([w[p + name] for name in (
                "channel_norm.weight", "channel_norm.bias", "channel_mixing_layer.0.weight", "channel_mixing_layer.0.bias",
                "channel_mixing_layer.3.weight", "channel_mixing_layer.3.bias", "token_norm.weight", "token_norm.bias",
                "token_mixing_layer.bias")])

    def run(self, x, first, mix):
        """Logits at the last of the positions first, first + 1, ... whose embeddings are x."""
        F, m = self.F, x.shape[0]
        for i, (cw, cb, w1, b1, w2, b2, tw, tb, bias) in enumerate(self.parts):
            u = F.layer_norm(x, (self.d,), cw, cb)
            x = x + F.linear(F.silu(F.linear(u, w1, b1)), w2, b2)
            u = F.layer_norm(x, (self.d,), tw, tb)
            self.cache[i][first:first + m] = u
            x = x + mix(i, u) + bias[first:first + m, None]
        return F.linear(x[-1], self.w["output_layer.weight"])

    def prompt_by_matrix(self, ids):
        torch, m = self.torch, len(ids)
        lag = torch.arange(m)[:, None] - torch.arange(m)[None, :]
        causal, lag = lag >= 0, lag.clamp(min=0)

        def mix(i, u):
            return torch.where(causal, self.taps[i][lag], torch.zeros(())) @ u
        return self.run(self.w["input_layer.weight"][ids], 0, mix)

    def prompt_by_fft(self, ids):
        torch, m = self.torch, len(ids)

        def mix(i, u):
            spectrum = torch.fft.rfft(self.taps[i][:m], 2 * m)[:, None]
            return torch.fft.irfft(torch.fft.rfft(u, 2 * m, dim=0) * spectrum, 2 * m, dim=0)[:m]
        return self.run(self.w["input_layer.weight"][ids], 0, mix)

    def token(self, id, t):
        def mix(i, _):
            return (self.reversed[i][self.n - 1 - t:] @ self.cache[i][:t + 1])[None]
        return self.run(self.w["input_layer.weight"][id][None], t, mix)


def run_torch(model, prompt, blocks, count):
    """In the child process: each line that arrives asks for a round; prints its seconds and what came out."""
    import torch
    torch.set_num_threads(THREADS)
    with h5py.File(model) as f:
        w = {name: torch.from_numpy(f[name][()]) for name in f}
    ids = torch.tensor([int(id) for id in prompt.split(",")])
    generator = Generator(w, w["mixer_blocks.0.token_mixing_layer.weight"].shape[1], blocks)
    with torch.no_grad():
        for _ in sys.stdin:
            times = []
            for pass_prompt in (generator.prompt_by_fft, generator.prompt_by_matrix):
                start = time.perf_counter()
                logits = pass_prompt(ids)
                times.append(time.perf_counter() - start)
            tokens, logprobs = [], []
            start = time.perf_counter()
            for i in range(count):
                tokens.append(int(logits.argmax()))
                logprobs.append(float(torch.log_softmax(logits, 0)[tokens[-1]]))
                if i + 1 < count:
                    logits = generator.token(tokens[-1], len(ids) + i)
            times.append((time.perf_counter() - start) / (count - 1))
            print(json.dumps([times, tokens, logprobs]), flush=True)
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, flush=True)


def run_tmm(binary, model, prompt, count):
    """(seconds of the prompt, seconds a token, tokens, log-probabilities, peak memory in kB)."""
    command = [binary, "generate", model, "--prompt", prompt, "--count", str(count), "--threads", str(THREADS), "--format", "json"]
    result = subprocess.run([sys.executable, "-I", "-S", "-c", MEASURE_MEMORY] + command, capture_output=True, text=True)
    if result.returncode != 0:
        sys.exit("tmm failed: " + result.stderr)
    report = json.loads(result.stdout)
    return report["prefill_s"], 1 / report["tokens_per_s"], report["tokens"][-count:], report["logprobs"], int(result.stderr)


def compare(binary, rounds, folder, name, v, d, n, blocks, count, prompt_target, token_target):
    model = f"{folder}/{name}.h5"
    with h5py.File(model, "w") as f:
        for key, value in parameters(v, d, n, blocks).items():
            f[key] = value
    prompt = ",".join(map(str, np.random.default_rng(2).integers(0, v, n - count)))
    child = subprocess.Popen([sys.executable, __file__, "--child", model, prompt, str(blocks), str(count)],
                             stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def torch_round():
        print("go", file=child.stdin, flush=True)
        return json.loads(child.stdout.readline())

    torch_round()
    theirs, ours, memory = [], [], 0
    for _ in range(rounds):
        times, torch_tokens, torch_logprobs = torch_round()
        theirs.append(times)
        prefill, token, tokens, logprobs, memory = run_tmm(binary, model, prompt, count)
        ours.append([prefill, token])
    child.stdin.close()
    torch_memory = int(child.stdout.readline())
    if child.wait() != 0:
        sys.exit("PyTorch failed")
    fft, matrix, torch_token = np.min(theirs, axis=0)
    prefill, token = np.min(ours, axis=0)
    same = next((i for i in range(count) if tokens[i] != torch_tokens[i]), count)
    gap = max(abs(a - b) for a, b in zip(logprobs[:same], torch_logprobs[:same])) if same else float("inf")
    print(f"{name:<6} d={d} n={n} L={blocks} v={v}: prompt of {n - count}: tmm {prefill * 1e3:.2f} ms, torch {matrix * 1e3:.2f} ms, "
          f"ratio {matrix / prefill:.1f} (wanted {prompt_target}), by torch.fft {fft * 1e3:.2f} ms, ratio {fft / prefill:.1f}; "
          f"a token: tmm {token * 1e6:.0f} us, torch {torch_token * 1e6:.0f} us, ratio {torch_token / token:.1f} "
          f"(wanted {token_target}); peak memory {memory / 1024:.0f} and {torch_memory / 1024:.0f} MB; "
          f"first {same} of {count} tokens equal, largest difference of log-probabilities {gap:.1e}", flush=True)
    return matrix / prefill >= prompt_target and torch_token / token >= token_target and same >= 16 and gap < 1e-3


def main():
    if sys.argv[1:2] == ["--child"]:
        return run_torch(sys.argv[2], sys.argv[3], int(sys.argv[4]), int(sys.argv[5]))
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("tmm")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--only", help="one size: short or long")
    options = parser.parse_args()
    good = True
    with tempfile.TemporaryDirectory() as folder:
        for size in SIZES:
            if options.only in (None, size[0]):
                good = compare(options.tmm, options.rounds, folder, *size) and good
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
