# SPDX-License-Identifier: MIT
"""Zeros, singular values and the matrix of one operator."""
from __future__ import annotations

import math
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FixedFormatter, FixedLocator, MaxNLocator
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from ._drawable import Drawable, single
from ._errors import ArgumentError
from ._paper import (
    BLACK,
    BLUE,
    GREEN,
    GREY,
    VERMILLION,
    Width,
    figure,
    legend_below,
    place,
    style,
    tidy_log_axis,
)

_UNIT_ROUNDOFF = {"float64": 53, "float32": 24, "bfloat16": 8, "float16": 11}


def _title(drawable: Drawable, text: str) -> str:
    return f"{drawable.title}: {text}" if drawable.title else text


def _known_number(drawable: Drawable) -> str:
    winding = drawable.winding
    if winding.number is not None:
        return f"$N = {winding.number}$"
    if winding.status == "undecided":
        return rf"${winding.lowest} \leq N \leq {winding.highest}$"
    return str(winding.status)


def zeros(
    x: Any,
    layer: str | int | None = None,
    *,
    width: Width = "one-column",
    title: str | None = None,
    limit: float | None = None,
    ax: Axes | None = None,
) -> Figure:
    """The zeros of the symbol against the unit circle.

    Zeros whose disc lies inside the circle are filled, those outside are open, those whose disc meets it are squares:
    for these double precision does not tell. The certified number in the title does not depend on them.

    Parameters
    ----------
    x, layer, width, title, ax
        As for `tmm.plot.symbol`.
    limit : float, optional
        Zeros up to this modulus are drawn, the others counted; by default all up to 1.6.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    ArgumentError
        As for `tmm.plot.symbol`, and for a limit that is not positive.
    """
    drawable = single(x, layer)
    found = drawable.zeros
    z, radii = found.values, found.radii
    modulus = np.abs(z)
    if limit is not None and not 0 < limit < math.inf:
        raise ArgumentError("no limit", tensor="limit", expected="a positive number", found=str(limit))
    reach = limit if limit is not None else min(1.6, max(1.05, 1.05 * float(modulus.max(initial=1.0))))
    inside, outside = modulus + radii < 1, modulus - radii > 1
    shown = modulus <= reach
    with style():
        made, axes = place(ax, width, 1.08, drawable.about)
        turn = np.linspace(0, 2 * np.pi, 721)
        axes.plot(np.cos(turn), np.sin(turn), color=GREY, linewidth=0.6, zorder=1)
        kinds = (
            (inside, r"$|z| < 1$", {"marker": "o", "color": VERMILLION, "markersize": 2.6}),
            (outside, r"$|z| > 1$", {"marker": "o", "color": BLUE, "markersize": 2.6, "markerfacecolor": "white"}),
            (~inside & ~outside, "either", {"marker": "s", "color": GREEN, "markersize": 3.6}),
        )
        for chosen, text, looks in kinds:
            if chosen.any():
                part = z[chosen & shown]
                label = f"{text}: {int(chosen.sum())}"
                axes.plot(part.real, part.imag, linestyle="none", markeredgewidth=0.6, label=label, zorder=2, **looks)
        if found.at_origin:
            text = rf"$z = 0$: {found.at_origin}"
            axes.plot(0, 0, linestyle="none", marker="X", color=BLACK, markersize=4.5, label=text, zorder=3)
        hidden = int((~shown).sum())
        axes.set_xlim(-reach * 1.03, reach * 1.03)
        axes.set_ylim(-reach * 1.03, reach * 1.03)
        axes.set_aspect("equal", adjustable="box")
        for axis in (axes.xaxis, axes.yaxis):
            axis.set_major_locator(MaxNLocator(nbins=5, steps=[1, 2, 5, 10]))
        axes.set_xlabel(r"Re $z$")
        axes.set_ylabel(r"Im $z$")
        axes.set_title(_title(drawable, f"zeros, {_known_number(drawable)}") if title is None else title)
        beyond = rf"not shown, $|z| > {reach:.3g}$: {hidden}" if hidden else None
        _zeros_legend(axes, beyond)
    return made


def _zeros_legend(axes: Axes, beyond: str | None) -> None:
    handles, _ = axes.get_legend_handles_labels()
    if not handles:
        axes.text(0.5, 0.5, "no zeros", transform=axes.transAxes, ha="center", va="center", color=BLACK)
        return
    legend_below(axes, len(handles), title=beyond)


def _floors(drawable: Drawable, largest: float) -> list[tuple[float, str]]:
    """Decimal logarithms below which a format tells nothing, and what to call them."""
    lapack = drawable.singular_values.log10_floor  # -inf where no value needed LAPACK
    floors = [(lapack, r"$n\,2^{-52}\sigma_{\max}$ (LAPACK)")] if math.isfinite(lapack) else []
    stored = drawable.operator.dtype if drawable.operator is not None else ""
    bits = _UNIT_ROUNDOFF.get(stored)
    if bits is not None and stored != "float64":
        floors.append((largest - bits * math.log10(2), rf"$2^{{-{bits}}}\sigma_{{\max}}$ ({stored})"))
    return floors


def spectrum(
    x: Any,
    layer: str | int | None = None,
    *,
    width: Width = "one-column",
    title: str | None = None,
) -> Figure:
    """All singular values on a logarithmic axis, with the floors of the formats.

    Values beyond the range of float64 are drawn from their logarithms. Of values that are known by a bound only the
    bound is drawn, as a triangle that points down; what is 0 exactly or undecided is counted below. Where values vanish
    (a gap of ten decades and more) the axis has two parts.

    Parameters
    ----------
    x, layer, width, title
        As for `tmm.plot.symbol`.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    ArgumentError
        No such layer; singular values that the analysis has left out and that cannot be had from taps; none but 0.
    """
    drawable = single(x, layer)
    found = drawable.singular_values
    log10 = np.asarray(found.log10)
    status = np.array(found.status)
    known = np.isfinite(log10) & ((status == "numerical") | (status == "certified"))
    bound = (status == "below precision") & (found.mantissa > 0)
    bounds = np.where(bound, found.exponent + np.log10(np.where(bound, found.mantissa, 1.0)), np.nan)
    drawn = np.concatenate([log10[known], bounds[bound]])
    if not len(drawn):
        raise ArgumentError(f"no singular value of {drawable.name or 'these taps'} is known to be other than 0")
    largest = float(drawn.max())
    floors = _floors(drawable, largest)
    parts = _parts(drawn, floors)
    with style():
        made = figure(width, 0.72 if len(parts) == 1 else 0.85, drawable.about)
        heights = [1.0] if len(parts) == 1 else [2.2, 1.0]
        axes = made.subplots(len(parts), 1, sharex=True, squeeze=False, gridspec_kw={"height_ratios": heights})[:, 0]
        index = np.arange(1, len(log10) + 1)
        for ax, (low, high) in zip(axes, parts):
            ax.plot(index[known], log10[known], ".", color=BLUE, markersize=2.5, zorder=3, label="singular values")
            if bound.any():
                ax.plot(
                    index[bound], bounds[bound], linestyle="none", marker="v", color=VERMILLION,
                    markerfacecolor="white", markeredgewidth=0.6, zorder=3, label="upper bounds only",
                )  # fmt: skip
            for (level, text), dashes in zip(floors, ("--", ":")):
                if low <= level <= high:
                    ax.axhline(level, color=BLACK, linewidth=0.6, linestyle=dashes, zorder=1)
                    ax.annotate(
                        text, (0.02, level), xycoords=("axes fraction", "data"), xytext=(0, 2),
                        textcoords="offset points", fontsize=6.5, va="bottom",
                    )  # fmt: skip
            ax.set_ylim(low, high)
            tidy_log_axis(ax.yaxis, low, high)
        _break(axes)
        axes[-1].xaxis.set_major_locator(MaxNLocator(integer=True, steps=[1, 2, 5, 10]))
        axes[-1].set_xlabel(f"$k${_uncounted(found.exact_zeros, int((status == 'undecided').sum()))}")
        axes[0].set_ylabel(r"$\sigma_k$")
        axes[0].set_title(_title(drawable, rf"singular values, $n = {drawable.n}$") if title is None else title)
        if bound.any():
            axes[0].legend(loc="lower left", bbox_to_anchor=(0, 0.12))
    return made


def _uncounted(zero: int, undecided: int) -> str:
    parts = [f"{zero} exactly 0"] if zero else []
    parts += [f"{undecided} undecided"] if undecided else []
    return f"  (not drawn: {', '.join(parts)})" if parts else ""


def _parts(drawn: NDArray[np.float64], floors: list[tuple[float, str]]) -> list[tuple[float, float]]:
    """The stretches of the logarithmic axis that are shown: two where values vanish."""
    ordered = np.sort(drawn)[::-1]
    gaps = ordered[:-1] - ordered[1:]
    levels = [level for level, _ in floors]
    if len(gaps) and gaps.max() >= 10:
        cut = int(np.argmax(gaps))
        upper = _padded(np.append(ordered[: cut + 1], [level for level in levels if level > ordered[cut + 1]]))
        lower = _padded(ordered[cut + 1 :])
        if lower[1] < upper[0]:
            return [upper, lower]
    return [_padded(np.append(ordered, levels))]


def _padded(values: NDArray[np.float64]) -> tuple[float, float]:
    low, high = float(values.min()), float(values.max())
    pad = max(0.06 * (high - low), 1.1 if high - low < 1 else 0.3)
    return low - pad, high + pad


def _break(axes: NDArray[Any]) -> None:
    """Says that the axis is in two parts."""
    if len(axes) == 1:
        return
    axes[0].spines["bottom"].set_visible(False)
    axes[0].tick_params(bottom=False)
    slant = {"marker": [(-1, -0.6), (1, 0.6)], "markersize": 6, "linestyle": "none", "color": BLACK, "clip_on": False}
    axes[0].plot([0], [0], transform=axes[0].transAxes, **slant)
    axes[1].plot([0], [1], transform=axes[1].transAxes, **slant)


def matrix(
    x: Any,
    layer: str | int | None = None,
    *,
    width: Width = "one-column",
    title: str | None = None,
    section: int | None = None,
    ax: Axes | None = None,
) -> Figure:
    """The Toeplitz matrix as an image with its scale: (T)_{ts} = w_{t-s}, nothing above the diagonal.

    Parameters
    ----------
    x, layer, width, title, ax
        As for `tmm.plot.symbol`.
    section : int, optional
        The leading section of this order; by default the whole matrix up to n = 1024.

    Returns
    -------
    matplotlib.figure.Figure
        Grey levels grow with the entries; linear between plus and minus the median modulus, logarithmic beyond.

    Raises
    ------
    ArgumentError
        As for `tmm.plot.symbol`, and for a section that is not 1 to n.
    """
    from matplotlib.colors import SymLogNorm
    drawable = single(x, layer)
    taps, n = drawable.taps, drawable.n
    order = section if section is not None else min(n, 1024)
    if not 1 <= order <= n:
        raise ArgumentError("no such section", tensor="section", expected=f"1 to {n}", found=str(order))
    padded = np.concatenate([taps[:order][::-1], np.full(order - 1, np.nan)])
    entries = sliding_window_view(padded, order)[::-1]  # nan is drawn as nothing
    modulus = np.abs(taps[:order])
    most = float(modulus.max()) or 1.0
    linear = min(most, max(float(np.median(modulus)), most * 1e-4))
    with style():
        made, axes = place(ax, width, 0.86, drawable.about)
        image = axes.imshow(
            entries, cmap="cividis", norm=SymLogNorm(linear, vmin=-most, vmax=most), interpolation="none",
            extent=(-0.5, order - 0.5, order - 0.5, -0.5),
        )  # fmt: skip
        bar = made.colorbar(image, ax=axes, shrink=0.9, aspect=24, pad=0.03)
        bar.set_label(r"$w_{t-s}$")
        _bar_ticks(bar, linear, most)
        for axis in (axes.xaxis, axes.yaxis):
            axis.set_major_locator(MaxNLocator(nbins=5, integer=True))
        axes.set_xlabel("input position $s$")
        axes.set_ylabel("output position $t$")
        text = f"$T_{{{order}}}$" if order == n else f"leading section $T_{{{order}}}$ of $n = {n}$"
        axes.set_title(_title(drawable, text) if title is None else title)
    return made


def _bar_ticks(bar: Any, linear: float, most: float) -> None:
    """0, the ends of the linear part and the ends of the scale."""
    places = [-most, 0.0, most] if most < 1.5 * linear else [-most, -linear, 0.0, linear, most]
    labels = [f"{p:.2g}".replace("-", "\N{MINUS SIGN}") for p in places]
    bar.ax.yaxis.set_major_locator(FixedLocator(places))
    bar.ax.yaxis.set_minor_locator(FixedLocator([]))
    bar.ax.yaxis.set_major_formatter(FixedFormatter(labels))
