# SPDX-License-Identifier: MIT
"""Figures for papers: vector graphics in a journal's widths, that do not say more than is proven.

Each function returns a ``matplotlib.figure.Figure`` of the size that was asked for, light, legible in grey and with any
colour vision. Its ``savefig("x.pdf")`` embeds the fonts and writes the same bytes every time.

>>> import tmm
>>> tmm.plot.symbol([1, 2.5, 1]).savefig("symbol.pdf")  # doctest: +SKIP
"""
from ._paper import PaperFigure, millimetres, style
from ._plot_comparison import comparison
from ._plot_depth import depth
from ._plot_operator import matrix, spectrum, zeros
from ._plot_plane import pseudospectra
from ._plot_symbol import grid, symbol
from ._plot_trajectory import trajectory

__all__ = [
    "PaperFigure",
    "comparison",
    "depth",
    "grid",
    "matrix",
    "millimetres",
    "pseudospectra",
    "spectrum",
    "style",
    "symbol",
    "trajectory",
    "zeros",
]
