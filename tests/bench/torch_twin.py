# SPDX-License-Identifier: MIT
"""The network in PyTorch, with flat Toeplitz layers, attention or dense causal matrices, as the benchmarks run it: imported in the processes that PyTorch has to themselves."""
import torch
from torch.nn import functional as F


def make_forward(w, ids, blocks):
    """A function that runs the network of the tensors `w` over `ids` (B, n) and returns logits (B, n, v) and the loss.

    The Toeplitz matrix is gathered from the taps, T[t, s] = w_{t-s}, and multiplied: what PyTorch does best.
    Attention is scaled_dot_product_attention where this PyTorch has it, and its definition otherwise.
    """
    n, d = ids.shape[1], w["input_layer.weight"].shape[1]
    lag = torch.arange(n)[:, None] - torch.arange(n)[None, :]
    causal, lag = lag >= 0, lag.clamp(min=0)

    mask = torch.zeros(n, n).masked_fill(~causal, float("-inf"))

    def turned(x, theta):
        angle = torch.arange(n)[:, None] * theta
        c, s = angle.cos(), angle.sin()
        a, b = x[..., 0::2], x[..., 1::2]
        return torch.stack((a * c - b * s, a * s + b * c), -1).flatten(-2)

    def attend(p, x):
        heads, width = w[p + "q_proj.weight"].shape[:2]
        q, k, v = (F.linear(x, w[p + part + "_proj.weight"].flatten(0, 1)).unflatten(-1, (heads, width)).transpose(1, 2) for part in "qkv")
        q, k = (turned(y, w[p + "rotary.inv_freq"].detach()) for y in (q, k))
        if hasattr(F, "scaled_dot_product_attention"):
            y = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        else:
            y = ((q @ k.transpose(-1, -2)) * width**-0.5 + mask).softmax(-1) @ v
        return F.linear(y.transpose(1, 2).flatten(2), w[p + "out_proj.weight"])

    def mix_tokens(p, x):
        if p + "q_proj.weight" in w:
            return attend(p, x)
        if w[p + "weight"].shape[0] == n > 1:
            return w[p + "weight"].reshape(n, n).tril() @ x + w[p + "bias"][:n, None]
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
