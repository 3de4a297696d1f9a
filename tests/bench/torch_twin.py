# SPDX-License-Identifier: MIT
"""The flat network in PyTorch, as the benchmarks run it: imported in the processes that PyTorch has to themselves."""
import torch
from torch.nn import functional as F


def make_forward(w, ids, blocks):
    """A function that runs the network of the tensors `w` over `ids` (B, n) and returns logits (B, n, v) and the loss.

    The Toeplitz matrix is gathered from the taps, T[t, s] = w_{t-s}, and multiplied: what PyTorch does best.
    """
    n, d = ids.shape[1], w["input_layer.weight"].shape[1]
    lag = torch.arange(n)[:, None] - torch.arange(n)[None, :]
    causal, lag = lag >= 0, lag.clamp(min=0)

    def mix_tokens(p, x):
        matrix = torch.where(causal, w[p + "weight"][0][lag], torch.zeros(()))
        return matrix @ x + w[p + "bias"][:n, None]

    def forward():
        x = F.embedding(ids, w["input_layer.weight"])
        for i in range(blocks):
            p = f"mixer_blocks.{i}."
            u = F.layer_norm(x, (d,), w[p + "channel_norm.weight"], w[p + "channel_norm.bias"])
            c = p + "channel_mixing_layer."
            u = F.silu(F.linear(u, w[c + "0.weight"], w[c + "0.bias"]))
            x = x + F.linear(u, w[c + "3.weight"], w[c + "3.bias"])
            u = F.layer_norm(x, (d,), w[p + "token_norm.weight"], w[p + "token_norm.bias"])
            x = x + mix_tokens(p + "token_mixing_layer.", u)
        logits = F.linear(x, w["output_layer.weight"])
        return logits, F.cross_entropy(logits[:, :-1].flatten(0, 1), ids[:, 1:].flatten())

    return forward
