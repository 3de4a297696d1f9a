#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""A flat network as a PyTorch module: loads a model file of `tmm train` strictly, prints the loss on a token file.

usage: load_in_torch.py MODEL.h5 TOKENS.h5
"""
import sys

import h5py
import torch
from torch import nn
from torch.nn import functional as F


class Toeplitz(nn.Module):
    def __init__(self, n):
        super().__init__()
        self.weight, self.bias = nn.Parameter(torch.zeros(1, n)), nn.Parameter(torch.zeros(n))

    def forward(self, x):  # (B, n, d)
        n = x.shape[1]
        lag = torch.arange(n)[:, None] - torch.arange(n)[None, :]
        matrix = torch.where(lag >= 0, self.weight[0][lag.clamp(min=0)], torch.zeros(()))
        return matrix @ x + self.bias[:n, None]


class Block(nn.Module):
    def __init__(self, n, d):
        super().__init__()
        self.channel_norm, self.token_norm = nn.LayerNorm(d), nn.LayerNorm(d)
        self.channel_mixing_layer = nn.Sequential(nn.Linear(d, 4 * d), nn.SiLU(), nn.Identity(), nn.Linear(4 * d, d))
        self.token_mixing_layer = Toeplitz(n)

    def forward(self, x):
        x = x + self.channel_mixing_layer(self.channel_norm(x))
        return x + self.token_mixing_layer(self.token_norm(x))


class Model(nn.Module):
    def __init__(self, v, n, d, blocks):
        super().__init__()
        self.input_layer = nn.Embedding(v, d)
        self.mixer_blocks = nn.ModuleList(Block(n, d) for _ in range(blocks))
        self.output_layer = nn.Linear(d, v, bias=False)

    def forward(self, ids):
        x = self.input_layer(ids)
        for block in self.mixer_blocks:
            x = block(x)
        return self.output_layer(x)


with h5py.File(sys.argv[1]) as f:
    state = {name: torch.from_numpy(f[name][()]) for name in f}
v, d = state["input_layer.weight"].shape
n = state["mixer_blocks.0.token_mixing_layer.bias"].shape[0]
model = Model(v, n, d, sum(name.endswith(".token_mixing_layer.bias") for name in state))
model.load_state_dict(state)
ids = torch.from_numpy(h5py.File(sys.argv[2])["tokens"][()])
with torch.no_grad():
    logits = model(ids)
print(float(F.cross_entropy(logits[:, :-1].flatten(0, 1), ids[:, 1:].flatten())))
