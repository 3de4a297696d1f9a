# SPDX-License-Identifier: MIT
"""Pseudospectra: resolvent norms and indices over the plane of lambda."""
from __future__ import annotations

import math
from typing import Any

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.patheffects import withStroke
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray

from ._drawable import Drawable, single
from ._errors import ArgumentError
from ._paper import BLACK, BLUE, SKY, VERMILLION, Width, legend_below, millimetres, place, signed, style
from ._plot_symbol import curve_patch
from ._tmm import Plane

_MOST_LABELS = 24
_FEWEST_POINTS = 12  # of the grid, in a region with a label


def pseudospectra(
    x: Any,
    layer: str | int | None = None,
    *,
    width: Width = "one-column",
    title: str | None = None,
    ax: Axes | None = None,
) -> Figure:
    """Contours of log10 of the norm of (T_n - lambda)^-1, with the index of T(a) - lambda by region.

    Shaded and numbered is where the index is certified and not 0, each region with its index, minus the winding number
    of the curve about it. Points whose index is not certified are not shaded; norms that are not known have no contour.
    Of an analysis without ``pseudospectra=True`` the plane is computed now.

    Parameters
    ----------
    x, layer, width, title, ax
        As for `tmm.plot.symbol`.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    ArgumentError
        As for `tmm.plot.symbol`, and where max\\|a\\| is beyond what can be drawn.
    """
    drawable = single(x, layer)
    plane = drawable.plane
    far = float(plane.x[-1])
    if not 1e-300 < far < 1e300:
        raise ArgumentError(f"{drawable.name or 'these taps'}: the plane is too large or too small to draw")
    power = math.floor(math.log10(far))
    unit = 10.0**power if not -3 <= power <= 3 else 1.0
    re, im = plane.x / unit, np.concatenate([-plane.y[:0:-1], plane.y]) / unit
    with style():
        made, axes = place(ax, width, 0.95, drawable.about)
        _shade(axes, re, im, _whole(plane.winding_number))
        drawn = _contours(axes, re, im, _whole(plane.log10_resolvent))
        if drawn is not None:
            bar = made.colorbar(drawn, ax=axes, shrink=0.7, aspect=25, pad=0.02)
            bar.set_label(r"$\log_{10}\,\Vert(T_n-\lambda)^{-1}\Vert$")
            bar.outline.set_linewidth(0.4)
        tolerance = far / (2 * 600 * millimetres(width) / 25.4)  # half a pixel at 600 dots per inch
        axes.add_artist(curve_patch(drawable.curve(tolerance).vertices / unit, edgecolor=BLUE, linewidth=0.7, zorder=2))
        axes.plot(0, 0, marker="+", color=BLACK, markersize=5, linestyle="none", zorder=4)
        label = r"$w_0$, the eigenvalue of $T_n$"
        axes.plot(drawable.taps[0] / unit, 0, "D", color=VERMILLION, markersize=3.2, label=label, zorder=4)
        _label(axes, plane, unit)
        axes.set_xlim(re[0], re[-1])
        axes.set_ylim(im[0], im[-1])
        axes.set_aspect("equal", adjustable="box")
        for axis in (axes.xaxis, axes.yaxis):
            axis.set_major_locator(MaxNLocator(nbins=5, steps=[1, 2, 5, 10]))
        scale = "" if unit == 1 else f" / $10^{{{power}}}$"
        axes.set_xlabel(rf"Re $\lambda${scale}")
        axes.set_ylabel(rf"Im $\lambda${scale}")
        axes.set_title(_title(drawable) if title is None else title)
        legend_below(axes, 2)
    return made


def _title(drawable: Drawable) -> str:
    what = r"index of $T(a)-\lambda$"
    return f"{drawable.title}: {what}" if drawable.title else what


def _whole(upper: NDArray[np.float64]) -> NDArray[np.float64]:
    """From the upper half plane to all of it."""
    return np.concatenate([upper[:0:-1], upper])


def _edges(centres: NDArray[np.float64]) -> NDArray[np.float64]:
    step = centres[1] - centres[0]
    return np.append(centres - step / 2, centres[-1] + step / 2)


def _shade(axes: Axes, re: NDArray[np.float64], im: NDArray[np.float64], number: NDArray[np.float64]) -> None:
    """Cells by certified index; none for 0 and for what is not known."""
    largest = float(np.nanmax(number, initial=1))
    light, strong = np.array([1.0, 1.0, 1.0]), np.array(to_rgb(SKY))
    x, y = _edges(re), _edges(im)
    for value in np.unique(number[number > 0]):
        share = 0.25 + 0.5 * value / largest
        # One polygon a run of cells: vectors, and no image.
        pieces = []
        for row, cells in enumerate(number == value):
            ends = np.flatnonzero(np.diff(np.concatenate([[0], cells.astype(int), [0]])))
            for first, last in zip(ends[::2], ends[1::2]):
                pieces.append(
                    [(x[first], y[row]), (x[last], y[row]), (x[last], y[row + 1]), (x[first], y[row + 1])]
                )
        axes.add_collection(_cells(pieces, tuple(light + share * (strong - light)), f"index-{int(value)}"))


def _cells(pieces: list[list[tuple[float, float]]], colour: tuple[float, ...], name: str) -> Any:
    from matplotlib.collections import PolyCollection

    cells = PolyCollection(pieces, facecolor=colour, edgecolor=colour, linewidth=0.3, zorder=0)
    cells.set_gid(name)
    return cells


def _contours(axes: Axes, re: NDArray[np.float64], im: NDArray[np.float64], log10: NDArray[np.float64]) -> Any:
    """Lines at round levels, told apart by darkness; None where the norm is the same everywhere."""
    known = np.ma.masked_invalid(log10)
    low, high = float(known.min()), float(known.max())
    levels = np.array([scale * 10.0**power for power in range(6) for scale in (1, 2, 5)])
    levels = np.concatenate([[0.0], levels])
    if high - low < 20:
        levels = MaxNLocator(nbins=9, steps=[1, 2, 2.5, 5, 10]).tick_values(low, high)
    levels = levels[(levels > low) & (levels < high)]
    if not len(levels):
        return None
    colours = matplotlib.colormaps["viridis"](np.linspace(0.75, 0, len(levels)))  # the darker, the larger
    return axes.contour(re, im, known, levels=levels, colors=colours, linewidths=0.6, linestyles="solid", zorder=1)


def _label(axes: Axes, plane: Plane, unit: float) -> None:
    shown = [region for i, region in enumerate(plane.regions) if i < 2 or region[2] >= _FEWEST_POINTS]
    halo = [withStroke(linewidth=1.8, foreground="white")]
    far = float(plane.x[-1])
    written: list[complex] = []
    for number, point, _ in shown[:_MOST_LABELS]:
        apart = [abs((point - other).real) > 0.2 * far or abs((point - other).imag) > 0.12 * far for other in written]
        if not all(apart):
            continue
        written.append(point)
        axes.text(
            point.real / unit, point.imag / unit, signed(-number) if number else "0", ha="center", va="center",
            fontsize=7, color=BLACK, path_effects=halo, zorder=5, clip_on=True,
        )  # fmt: skip
