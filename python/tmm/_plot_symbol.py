# SPDX-License-Identifier: MIT
"""Symbol curves: single, and as the grid of small multiples."""
from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, Tuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Circle, PathPatch
from matplotlib.path import Path
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray

from ._drawable import Drawable, drawables, single
from ._errors import ArgumentError
from ._paper import BLACK, BLUE, GREY, VERMILLION, Width, figure, legend_below, millimetres, place, style
from ._tmm import SymbolCurve, lower_bound

_DPI = 600  # half a pixel of that is how far a curve may be from what is drawn


def lower_bound_text(bound: float, digits: int = 3) -> str:
    """A proven lower bound, never rounded upwards."""
    mantissa, _, exponent = lower_bound(bound, digits).partition("e")
    return f"${mantissa}\\times10^{{{int(exponent)}}}$" if exponent else mantissa


class Scaled:
    """A curve in units of 10**power in which it can be drawn."""

    def __init__(self, curve: SymbolCurve) -> None:
        self.curve = curve
        largest = float(np.abs(curve.scaled).max())
        self.power = 0
        if largest > 0:
            power = math.floor(math.log10(largest) + curve.exponent * math.log10(2))
            self.power = power if not -3 <= power <= 3 else 0
        self.vertices: NDArray[np.complex128]
        if self.power == 0:
            self.vertices = curve.vertices
        else:
            self.vertices = curve.scaled * self.unit(curve.exponent)

    def unit(self, exponent: int) -> float:
        """2**exponent in units of 10**power."""
        return float(10 ** (exponent * math.log10(2) - self.power))

    def length(self, length: float) -> float:
        """A length in units of the weights, in those of the drawing."""
        if self.power == 0:
            return length
        mantissa, exponent = math.frexp(length)
        return mantissa * self.unit(exponent)

    @property
    def curve_width(self) -> float:
        """The larger side of the curve in units of the weights."""
        v = self.curve.scaled
        return float(np.ldexp(max(np.ptp(v.real), np.ptp(v.imag)), self.curve.exponent))

    def label(self, part: str) -> str:
        unit = "" if self.power == 0 else f" / $10^{{{self.power}}}$"
        return rf"{part} $a(e^{{i\theta}})${unit}"


def _fine(drawable: Drawable, across: float, window: float | None) -> Scaled:
    """The polygon within half a pixel of its curve, drawn `across` mm wide."""
    scaled = Scaled(drawable.curve())
    shown = 2 * window if window is not None else scaled.curve_width
    pixels = 2 * _DPI * across / 25.4
    tolerance = shown / pixels
    if 0 < tolerance < scaled.curve.distance:
        scaled = Scaled(drawable.curve(tolerance, None if window is None else 2 * window))
    return scaled


def _established(drawable: Drawable, curve: SymbolCurve) -> bool:
    return curve.winding_number is not None and curve.winding_number == drawable.winding.number


def _number(drawable: Drawable, curve: SymbolCurve) -> str:
    """What is known of N, beside the drawing."""
    winding = drawable.winding
    if _established(drawable, curve):
        return f"$N = {winding.number}$"
    if winding.number is not None:
        return f"$N = {winding.number}$, not to be seen here"
    if winding.status == "not Fredholm":
        return "not Fredholm"
    return rf"${winding.lowest} \leq N \leq {winding.highest}$"


def curve_patch(vertices: NDArray[np.complex128], **looks: Any) -> PathPatch:
    path = Path(np.column_stack([vertices.real, vertices.imag]))
    path.should_simplify = False
    return PathPatch(path, facecolor="none", joinstyle="round", capstyle="round", **looks)


Limits = Tuple[float, float, float, float]


def _limits(scaled: Scaled, window: float | None, square: bool) -> Limits:
    """What is shown: left, right, bottom, top. The curve and the origin, or a window about the origin."""
    if window is not None:
        return -window, window, -window, window
    v = scaled.vertices
    left, right = min(float(v.real.min()), 0.0), max(float(v.real.max()), 0.0)
    top = float(v.imag.max())
    pad = 0.06 * max(right - left, 2 * top) or 1.0
    left, right, top = left - pad, right + pad, top + pad
    if square:
        middle, half = (left + right) / 2, max((right - left) / 2, top)
        return middle - half, middle + half, -half, half
    top = max(top, 0.3 * (right - left))  # a curve on the real axis has no height
    return left, right, -top, top


def _draw(ax: Axes, drawable: Drawable, scaled: Scaled, line: float, limits: Limits) -> PathPatch:
    ax.axhline(0, color=GREY, linewidth=0.4, zorder=0)
    ax.axvline(0, color=GREY, linewidth=0.4, zorder=0)
    # A line that is not known to turn as often as the symbol does looks different.
    truthful = _established(drawable, scaled.curve)
    patch = curve_patch(
        scaled.vertices, edgecolor=BLUE, linewidth=line, linestyle="-" if truthful else (0, (4, 2)), zorder=2
    )
    patch.set_gid("symbol")
    ax.add_artist(patch)  # add_patch would look for the limits in a slow loop over all vertices
    ax.set_xlim(limits[0], limits[1])
    ax.set_ylim(limits[2], limits[3])
    ax.set_aspect("equal", adjustable="box")
    return patch


def symbol(
    x: Any,
    layer: str | int | None = None,
    *,
    width: Width = "one-column",
    title: str | None = None,
    window: float | None = None,
    ax: Axes | None = None,
) -> Figure:
    """The curve of the symbol, a(e^{i theta}), with the winding number that is proven of it.

    What is drawn is the polygon of `tmm.symbol_curve`: it turns about 0 exactly N times, keeps off the disc that is
    proven free of the curve, and is within half a pixel (at 600 dots per inch) of it. A dashed line says that this could
    not be established.

    Parameters
    ----------
    x : Report, Model, Operator, or array_like of taps, shape (n,) or (C, n)
    layer : str or int, optional
        Name or label of the operator, where there are several.
    width : str or float
        Of the figure: "one-column" (84 mm), "two-column" (174 mm), "120mm", "3.3in", or mm.
    title : str, optional
        By default the layer and N; "" for none.
    window : float, optional
        Only |Re|, |Im| up to this, in units of the weights: a closer look at the origin, sampled anew.
    ax : matplotlib.axes.Axes, optional
        Where to draw instead of in a new figure.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    ArgumentError
        No such layer, or a dense matrix, which has no symbol.
    """
    drawable = single(x, layer)
    if window is not None and not 0 < window < math.inf:
        raise ArgumentError("no window", tensor="window", expected="a positive number", found=str(window))
    across = millimetres(width)
    scaled = _fine(drawable, across, window)
    shown = scaled.length(window) if window is not None else None
    limits = _limits(scaled, shown, square=False)
    # The axes' own height, and the title, labels and legend.
    ratio = ((across - 16) * (limits[3] - limits[2]) / (limits[1] - limits[0]) + 23) / across
    with style():
        made, axes = place(ax, width, min(1.3, max(0.4, ratio)), drawable.about)
        _draw(axes, drawable, scaled, 0.7, limits)
        _mark(axes, drawable, scaled)
        for axis in (axes.xaxis, axes.yaxis):
            axis.set_major_locator(MaxNLocator(nbins=5, steps=[1, 2, 5, 10]))
        axes.set_xlabel(scaled.label("Re"))
        axes.set_ylabel(scaled.label("Im"))
        known = ": ".join(part for part in (drawable.title, _number(drawable, scaled.curve)) if part)
        axes.set_title(known if title is None else title)
    return made


def _mark(ax: Axes, drawable: Drawable, scaled: Scaled) -> None:
    """The ends of the upper half, and the proven disc where it can be seen."""
    v = scaled.vertices
    ends = {"marker": "o", "linestyle": "none", "markersize": 3.5, "color": BLACK, "zorder": 3}
    ax.plot(v[0].real, v[0].imag, label=r"$\theta = 0$", **ends)
    middle = v[len(v) // 2]
    ax.plot(middle.real, middle.imag, markerfacecolor="white", label=r"$\theta = \pi$", **ends)
    if _established(drawable, scaled.curve):
        # Of the stored weights the curve may be clear of more than what is proven of the operator.
        radius = scaled.length(min(scaled.curve.clearance, drawable.winding.margin))
        disc = Circle(
            (0, 0), radius, facecolor="none", edgecolor=VERMILLION, hatch="//////", linewidth=0.6, zorder=1,
            label=rf"free: $|a| \geq$ {lower_bound_text(drawable.winding.margin)}",
        )  # fmt: skip
        disc.set_gid("disc")
        ax.add_patch(disc)
    legend_below(ax, 3)


def grid(
    x: Any,
    layers: Sequence[str | int] | None = None,
    *,
    columns: int | None = None,
    width: Width = "two-column",
    title: str | None = None,
) -> Figure:
    """Symbol curves of many operators as small multiples, each with its winding number and its own scale.

    Parameters
    ----------
    x : Report, Model, sequence of Operator, or array_like of taps, shape (C, n)
        Dense matrices among them are left out.
    layers : sequence of str or int, optional
        Names or labels; all by default.
    columns : int, optional
        How many side by side; by default as many as are 26 mm wide.
    width, title
        As for `symbol`.

    Returns
    -------
    matplotlib.figure.Figure
        Curves as truthful as those of `symbol`. The number below each is the largest \\|a\\| on the circle.

    Raises
    ------
    ArgumentError
        No such layer, or dense matrices only.
    """
    found = [d for d in drawables(x, layers) if not d.dense]
    if not found:
        raise ArgumentError("no symbol to draw: every operator is a dense matrix")
    across = millimetres(width)
    most = columns or max(1, int(across // 26))
    rows = -(-len(found) // most)
    columns = columns or -(-len(found) // rows)
    cell = across / columns
    with style():
        made = figure(width, rows * (cell + 7) / across + (0.05 if title else 0), found[0].about)
        for i, drawable in enumerate(found):
            ax = made.add_subplot(rows, columns, i + 1)
            scaled = _fine(drawable, cell, None)
            _draw(ax, drawable, scaled, 0.5, _limits(scaled, None, square=True))
            ax.set_xticks([])
            ax.set_yticks([])
            for spine in ax.spines.values():
                spine.set_visible(False)
            ax.plot(0, 0, marker="+", color=BLACK, markersize=4, markeredgewidth=0.6, zorder=3)
            ax.set_title(": ".join(part for part in (drawable.label, _number(drawable, scaled.curve)) if part), fontsize=6.5, pad=2)
            ax.set_xlabel(rf"max $|a|$ {_size(scaled)}", fontsize=6, labelpad=1)
        if title:
            made.suptitle(title, fontsize=8)
    return made


def _size(scaled: Scaled) -> str:
    largest = float(np.abs(scaled.vertices).max())
    return f"{largest:.2g}" if scaled.power == 0 else rf"${largest:.2g}\times10^{{{scaled.power}}}$"
