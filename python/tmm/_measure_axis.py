# SPDX-License-Identifier: MIT
"""What measures are called on an axis, and the axis that N/(n-1) stands on."""
from __future__ import annotations

from typing import Any

from matplotlib.ticker import FixedFormatter, FixedLocator

from ._paper import BLACK

_NAMES = {
    "winding_fraction": "$N/(n-1)$",
    "winding_number": "$N$",
    "fredholm_index": "Fredholm index",
    "index_margin": r"margin $\min\,|a|$",
    "index_margin_relative": "margin / max $|a|$",
    "index_radius": "index radius",
    "jensen_defect": "Jensen defect",
    "sigma_max": r"$\sigma_{\max}$",
    "sigma_min": r"$\sigma_{\min}$",
    "log10_sigma_max": r"$\log_{10}\sigma_{\max}$",
    "log10_sigma_min": r"$\log_{10}\sigma_{\min}$",
    "log10_condition": r"$\log_{10}$ condition",
    "condition": "condition",
    "symbol_max": "max $|a|$",
    "stable_rank": "stable rank",
    "effective_rank": "effective rank",
}


def measure_name(name: str) -> str:
    """What a measure is called on an axis."""
    return _NAMES.get(name, name.replace("_", " "))


def fraction_axis(axis: Any) -> None:
    """N/(n-1) on 0 to 1 about the half."""
    axis.axes.set_ylim(-0.03, 1.03)
    axis.set_major_locator(FixedLocator([0, 0.25, 0.5, 0.75, 1]))
    axis.set_major_formatter(FixedFormatter(["0", "0.25", "0.5", "0.75", "1"]))
    axis.axes.axhline(0.5, color=BLACK, linewidth=0.6, linestyle=":", zorder=0)
