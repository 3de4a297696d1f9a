#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""`tmm jacobian` against torch.autograd.functional.jacobian: every entry of the dense derivative, in float64.

usage: jacobian_torch.py TMM_BINARY [--checkpoint FILE --tokens FILE]

Random networks with Toeplitz layers, attention and dense causal matrices, and a checkpoint of Toeplitz layers if one is given.
Ends with 1 if an entry differs by more than 1e-12 of the largest one, or a singular value by more than the error that
tmm gives it. Prints the seconds of both on the same two threads.
"""
import argparse
import subprocess
import sys
import tempfile
import time

import h5py
import numpy as np
import torch
from torch.nn import functional as F

from network_torch import parameters
from torch_twin import make_forward

THREADS, LENGTH = 2, 12
torch.set_num_threads(THREADS)
torch.set_default_dtype(torch.float64)


def torch_jacobian(weights, ids, blocks):
    """(m, d, m, d): d(stream after the last block) by d(embedded input)."""
    w = {name: torch.from_numpy(np.asarray(x, np.float64)) for name, x in weights.items()}
    inner = torch.from_numpy(ids)[None]
    embedded = F.embedding(inner, w["input_layer.weight"])[0]
    # The twin's logits are its last residual stream where the output matrix is the identity, and its
    # embedding is looked up by position.
    w["output_layer.weight"] = torch.eye(embedded.shape[1], dtype=torch.float64)
    places = torch.arange(len(ids))[None]

    def stream(x):
        w["input_layer.weight"] = x
        logits, _ = make_forward(w, places, blocks)()
        return logits[0]

    return torch.autograd.functional.jacobian(stream, embedded, vectorize=True).numpy()


def compare(binary, folder, name, weights, ids, blocks):
    model, tokens, arrays = (f"{folder}/{name}_{x}.h5" for x in ("model", "tokens", "arrays"))
    with h5py.File(model, "w") as f:
        for key, value in weights.items():
            f[key] = value
    with h5py.File(tokens, "w") as f:
        f["tokens"] = ids[None]
    command = [binary, "jacobian", model, "--tokens", tokens, "--samples", "1", "--length", str(len(ids)), "--no-blocks",
               "--threads", str(THREADS), "--hdf5", arrays, "-o", f"{folder}/{name}.json"]
    start = time.perf_counter()
    result = subprocess.run(command, capture_output=True, text=True)
    if result.returncode != 0:
        sys.exit("tmm failed: " + result.stderr)
    ours_seconds = time.perf_counter() - start
    with h5py.File(arrays) as f:
        stream, vector, sigma, error = (f[x][0] for x in ("stream", "vector", "stream_singular_values", "stream_error"))
    start = time.perf_counter()
    theirs = torch_jacobian(weights, ids, blocks)
    seconds = time.perf_counter() - start
    scale = np.abs(theirs).max()
    gap, last = np.abs(stream - theirs).max() / scale, np.abs(vector - theirs[-1]).max() / scale
    size = stream.shape[0] * stream.shape[1]
    truth = np.linalg.svd(theirs.reshape(size, size), compute_uv=False)
    miss = np.abs(truth - sigma).max() / error
    print(f"{name:<10} {size} x {size}: entries differ by {gap:.1e} (stream), {last:.1e} (z) of the largest; "
          f"singular values by {miss:.2f} of their error; tmm with spectra {ours_seconds:.2f} s, PyTorch's matrix {seconds:.2f} s")
    return gap <= 1e-12 and last <= 1e-12 and miss <= 1


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("binary")
    parser.add_argument("--checkpoint")
    parser.add_argument("--tokens")
    arguments = parser.parse_args()
    good = True
    with tempfile.TemporaryDirectory() as folder:
        for mixing, heads in (("toeplitz", 1), ("attention", 4), ("dense", 1)):
            weights = parameters(30, 32, LENGTH, 3, mixing, heads)
            ids = np.random.default_rng(3).integers(0, 30, LENGTH)
            good &= compare(arguments.binary, folder, mixing, weights, ids, 3)
        if arguments.checkpoint:
            with h5py.File(arguments.checkpoint) as f:
                weights = {name: x[()] for name, x in f.items()}
            with h5py.File(arguments.tokens) as f:
                ids = f["tokens"][:LENGTH].astype(np.int64)
            blocks = 1 + max(int(name.split(".")[1]) for name in weights if name.startswith("mixer_blocks"))
            good &= compare(arguments.binary, folder, "checkpoint", weights, ids, blocks)
    sys.exit(0 if good else 1)


if __name__ == "__main__":
    main()
