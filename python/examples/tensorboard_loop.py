# SPDX-License-Identifier: MIT
"""Winding numbers of all Toeplitz layers in TensorBoard, from a plain training loop.

    python tensorboard_loop.py RUN_FOLDER    # then: tensorboard --logdir RUN_FOLDER
"""
import sys

import torch
from torch.utils.tensorboard import SummaryWriter

import tmm


def log_windings(writer, model, step):
    """One scalar for each certified winding number, and one for its margin."""
    for layer, winding in tmm.winding_numbers(model).items():
        if winding.number is not None:
            writer.add_scalar(f"winding_number/{layer}", winding.number, step)
            writer.add_scalar(f"index_margin/{layer}", winding.margin, step)


def train(model, batches, optimizer, loss_of, writer, every=10):
    """A loop like any other, with one more line."""
    for step, batch in enumerate(batches):
        loss = loss_of(model, batch)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        if step % every == 0:
            writer.add_scalar("loss", float(loss), step)
            log_windings(writer, model, step)


class ToeplitzLayer(torch.nn.Module):
    """Causal Toeplitz mixing of n tokens, by the names that TMM checkpoints have."""

    def __init__(self, n):
        super().__init__()
        self.weight = torch.nn.Parameter(torch.randn(1, n) * (2 / n) ** 0.5)
        self.bias = torch.nn.Parameter(torch.zeros(n))

    def forward(self, x):  # (batch, n, channels)
        n = x.shape[1]
        lag = torch.arange(n)[:, None] - torch.arange(n)[None, :]
        matrix = torch.where(lag >= 0, self.weight[0][lag.clamp(min=0)], torch.zeros(()))
        return matrix @ x + self.bias[:, None]


class Block(torch.nn.Module):
    def __init__(self, n):
        super().__init__()
        self.token_mixing_layer = ToeplitzLayer(n)

    def forward(self, x):
        return x + self.token_mixing_layer(x)


class Network(torch.nn.Module):
    def __init__(self, n=32, blocks=2):
        super().__init__()
        self.mixer_blocks = torch.nn.ModuleList(Block(n) for _ in range(blocks))

    def forward(self, x):
        for block in self.mixer_blocks:
            x = block(x)
        return x


def main(folder, steps=100):
    """Learns to undo a delay of one token: what no layer with a bounded inverse can do."""
    model = Network()
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
    batches = (torch.randn(8, 32, 4) for _ in range(steps))

    def loss_of(network, x):
        return torch.nn.functional.mse_loss(network(x)[:, 1:], x[:, :-1])

    with SummaryWriter(folder) as writer:
        train(model, batches, optimizer, loss_of, writer)


if __name__ == "__main__":
    main(sys.argv[1])
