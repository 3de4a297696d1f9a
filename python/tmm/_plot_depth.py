# SPDX-License-Identifier: MIT
"""Measures along the depth of a network."""
from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ._drawable import Drawable, drawables
from ._errors import ArgumentError
from ._measure_axis import fraction_axis, measure_name
from ._paper import COLOURS, LINES, MARKERS, Width, legend_below, place, style
from ._tmm import Report


class _Series:
    """Values of one measure along the layers: numbers, and what is only bounded."""

    def __init__(self, found: Sequence[Drawable], measure: str, at: Mapping[str, int]) -> None:
        self.places: list[tuple[float, float]] = []
        self.ranges: list[tuple[float, float, float]] = []
        self.missing = 0
        for drawable in found:
            i = at[drawable.label]
            if measure in ("winding_fraction", "winding_number"):
                self._winding(i, drawable, measure)
            else:
                self._measure(i, drawable, measure)

    def _winding(self, i: int, drawable: Drawable, measure: str) -> None:
        whole = drawable.n - 1 if measure == "winding_fraction" else 1
        winding = None if drawable.dense or whole == 0 else drawable.winding
        if winding is None or winding.lowest is None or winding.highest is None:
            self.missing += 1
        elif winding.number is not None:
            self.places.append((i, winding.number / whole))
        else:
            self.ranges.append((i, winding.lowest / whole, winding.highest / whole))

    def _measure(self, i: int, drawable: Drawable, measure: str) -> None:
        found = drawable.measure(measure)
        value = found.value if found is not None else None
        if value is None or not math.isfinite(value):
            self.missing += 1
        else:
            self.places.append((i, value))


def _groups(x: Any, layers: Any) -> list[tuple[str, list[Drawable]]]:
    """The operators model by model."""
    if isinstance(x, Report) and len(x.models) > 1 and layers is None:
        names = [model.file.rsplit("/", 1)[-1] or f"model {i}" for i, model in enumerate(x.models)]
        return [(name, drawables(model)) for name, model in zip(names, x.models)]
    return [("", drawables(x, layers))]


def depth(
    x: Any,
    layers: Sequence[str | int] | None = None,
    *,
    measure: str = "winding_fraction",
    width: Width = "one-column",
    title: str | None = None,
    ax: Axes | None = None,
) -> Figure:
    """A measure, by default N/(n-1), of each operator along the depth of the network.

    Where N is not certified a bar spans what is proven of it; what is no number is counted, not drawn.

    Parameters
    ----------
    x, layers, width, title, ax
        As for `tmm.plot.grid`; several models are told apart by marker and line.
    measure : str
        Name of a measure (docs/measures.md). "winding_fraction" stands on 0 to 1 with a line at 1/2, about which the
        fractions of fresh random weights lie.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    ArgumentError
        No operator has this measure as a number.
    """
    groups = _groups(x, layers)
    labels = list(dict.fromkeys(d.label for _, found in groups for d in found))
    at = {label: i for i, label in enumerate(labels)}
    series = [_Series(found, measure, at) for _, found in groups]
    if not any(s.places or s.ranges for s in series):
        raise ArgumentError(f"no operator has {measure} as a number", tensor=measure)
    with style():
        made, axes = place(ax, width, 0.66, groups[0][1][0].about)
        for g, ((name, _), s) in enumerate(zip(groups, series)):
            colour, marker = COLOURS[g % len(COLOURS)], MARKERS[g % len(MARKERS)]
            if s.places:
                x_y = np.array(sorted(s.places))
                axes.plot(
                    x_y[:, 0], x_y[:, 1], linestyle=LINES[g % len(LINES)], marker=marker, color=colour, linewidth=0.7,
                    markersize=3.5, label=name or None,
                )  # fmt: skip
            for i, low, high in s.ranges:
                axes.plot([i, i], [low, high], color=colour, linewidth=2.5, alpha=0.4, solid_capstyle="butt")
        if measure == "winding_fraction":
            fraction_axis(axes.yaxis)
        _name_layers(axes, labels)
        missing = sum(s.missing for s in series)
        axes.set_xlabel("layer" + (f"  ({missing} without a number)" if missing else ""))
        axes.set_ylabel(measure_name(measure))
        axes.set_title(title or "")
        if len(groups) > 1:
            legend_below(axes, 2, 46 if max(map(len, labels)) > 3 else 30)
    return made


def _name_layers(ax: Axes, labels: Sequence[str]) -> None:
    """Names of layers as tick labels, as many as there is room for."""
    step = max(1, math.ceil(len(labels) / 16))
    chosen = range(0, len(labels), step)
    ax.set_xticks(list(chosen))
    wide = max(len(label) for label in labels) > 3
    ax.set_xticklabels([labels[i] for i in chosen], rotation=90 if wide else 0)
    ax.set_xlim(-0.5, len(labels) - 0.5)
