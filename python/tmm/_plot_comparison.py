# SPDX-License-Identifier: MIT
"""Two groups as strips."""
from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray

from ._drawable import comparison_document
from ._errors import ArgumentError
from ._measure_axis import fraction_axis, measure_name
from ._paper import BLACK, BLUE, VERMILLION, Width, figure, millimetres, style, tidy_log_axis
from ._tmm import default_compared_measures


def comparison(
    x: Any,
    measures: Sequence[str] | None = None,
    *,
    width: Width = "two-column",
    title: str | None = None,
) -> Figure:
    """Two groups as strips: every operator a point, the median a line, the effect above.

    Only numbers are drawn. What is a bound, undecided, infinite or not defined is counted below its group. The axis is
    logarithmic where positive values span two decades.

    Parameters
    ----------
    x : Comparison, or its JSON document as a dict
    measures : sequence of str, optional
        By default those that were chosen for the comparison, or eight of which none is a copy of another one.
    width, title
        As for `tmm.plot.symbol`.

    Returns
    -------
    matplotlib.figure.Figure
        Above each strip Cliff's delta, P(A > B) - P(A < B), and the adjusted p-value of the Mann-Whitney test.

    Raises
    ------
    ArgumentError
        No comparison; a measure that is not in it.
    """
    document = comparison_document(x)
    known = {measure["id"]: measure for measure in document["measures"]}
    adjusted = document["options"].get("adjusted_measures", [])
    chosen = list(measures) if measures else [m for m in (adjusted or default_compared_measures()) if m in known][:8]
    for name in chosen:
        if name not in known:
            raise ArgumentError(f"no measure {name} in this comparison", tensor=name, expected=", ".join(known))
    across = millimetres(width)
    columns = min(len(chosen), max(1, int(across // 40)))
    rows = -(-len(chosen) // columns)
    groups = (document["a"]["name"], document["b"]["name"])
    with style():
        made = figure(width, (52 * rows + (6 if title else 0)) / across)
        for i, name in enumerate(chosen):
            _strip(made.add_subplot(rows, columns, i + 1), known[name], groups)
        if title:
            made.suptitle(title, fontsize=8)
    return made


def _spread(values: NDArray[np.float64], low: float, high: float) -> NDArray[np.float64]:
    """Sideways places in -0.3 to 0.3 that keep neighbours apart, the same every time."""
    offsets = np.zeros(len(values))
    if high <= low:
        return np.linspace(-0.3, 0.3, len(values)) if len(values) > 1 else offsets
    near: dict[int, int] = {}
    for i in np.argsort(values, kind="stable"):
        cell = int((values[i] - low) / (high - low) * 28)
        count = near.get(cell, 0)
        near[cell] = count + 1
        offsets[i] = (count + 1) // 2 * (0.07 if count % 2 else -0.07)
    return np.clip(offsets, -0.38, 0.38)


def _strip(ax: Axes, measure: Mapping[str, Any], groups: tuple[str, str]) -> None:
    samples: list[tuple[NDArray[np.float64], int]] = []
    for side in ("a", "b"):
        values = np.array([v["value"] for v in measure[side]["values"] if v["value"] is not None], np.float64)
        finite = values[np.isfinite(values)]
        samples.append((finite, measure[side]["not_numbers"] + len(measure[side]["values"]) - len(finite)))
    everything = np.concatenate([sample for sample, _ in samples])
    fraction = measure["id"] == "winding_fraction"
    logarithmic = len(everything) > 0 and everything.min() > 0 and everything.max() >= 100 * everything.min()
    logarithmic = logarithmic and not fraction and not measure["id"].startswith("log10_")
    shown = [np.log10(sample) if logarithmic else sample for sample, _ in samples]
    together = np.concatenate(shown)
    low, high = (float(together.min()), float(together.max())) if len(together) else (0.0, 1.0)
    for g, (values, colour, marker) in enumerate(zip(shown, (BLUE, VERMILLION), ("o", "^"))):
        ax.plot(
            g + _spread(values, low, high), values, linestyle="none", marker=marker, markersize=2.8, color=colour,
            markerfacecolor="white" if g else colour, markeredgewidth=0.6,
        )  # fmt: skip
        if len(values):
            median = float(np.median(values))
            ax.plot([g - 0.42, g + 0.42], [median, median], color=BLACK, linewidth=1.0, zorder=4)
    labels = [f"{name}\n({missing} not\nnumbers)" if missing else name for name, (_, missing) in zip(groups, samples)]
    ax.set_xticks([0, 1])
    ax.set_xticklabels(labels)
    ax.set_xlim(-0.6, 1.6)
    if fraction:
        fraction_axis(ax.yaxis)
    elif logarithmic:
        tidy_log_axis(ax.yaxis, low, high)
    else:
        ax.yaxis.set_major_locator(MaxNLocator(nbins=5))
    ax.set_ylabel(measure_name(measure["id"]))
    ax.set_title(_effect(measure), fontsize=6.5)


def _effect(measure: Mapping[str, Any]) -> str:
    delta = measure["cliffs_delta"]["value"]
    text = rf"$\delta = {delta:+.2f}$"
    p = measure["adjusted_p_value"]
    name = "p_{\\mathrm{Holm}}"
    if p is None:
        p, name = measure["mann_whitney_operators"]["p_value"], "p"
    if p is None:
        return text
    if p >= 1e-3:
        return f"{text}\n${name} = {p:.2g}$"
    exponent = math.floor(math.log10(p)) if p > 0 else None
    shown = "0" if exponent is None else rf"{p / 10**exponent:.1f}\times10^{{{exponent}}}"
    return f"{text}\n${name} = {shown}$"
