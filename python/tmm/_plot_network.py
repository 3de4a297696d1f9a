# SPDX-License-Identifier: MIT
"""Measures along the depth, winding numbers along the training, two groups."""
from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, Dict, List, Tuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FixedFormatter, FixedLocator, FuncFormatter, MaxNLocator
from numpy.typing import NDArray

from ._drawable import Drawable, comparison_document, drawables
from ._errors import ArgumentError
from ._paper import (
    BLACK,
    BLUE,
    COLOURS,
    LINES,
    MARKERS,
    VERMILLION,
    Width,
    figure,
    legend_below,
    millimetres,
    place,
    signed,
    style,
    tidy_log_axis,
)
from ._tmm import Comparison, Report, Winding

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
_EIGHT = (
    "winding_fraction", "index_margin_relative", "jensen_defect", "log10_sigma_min", "log10_condition",
    "stable_rank", "effective_rank", "symbol_max",
)  # fmt: skip


def measure_name(name: str) -> str:
    """What a measure is called on an axis."""
    return _NAMES.get(name, name.replace("_", " "))


def _fraction_axis(axis: Any) -> None:
    """N/(n-1) on 0 to 1 about the half."""
    axis.axes.set_ylim(-0.03, 1.03)
    axis.set_major_locator(FixedLocator([0, 0.25, 0.5, 0.75, 1]))
    axis.set_major_formatter(FixedFormatter(["0", "0.25", "0.5", "0.75", "1"]))
    axis.axes.axhline(0.5, color=BLACK, linewidth=0.6, linestyle=":", zorder=0)


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
            _fraction_axis(axes.yaxis)
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


Track = Dict[str, List[Tuple[float, float]]]


def _of_windings(step: float, windings: Mapping[str, Winding], n: Mapping[str, int] | int, track: Track) -> None:
    for name, winding in windings.items():
        order = n if isinstance(n, int) else n[name]
        if winding.number is not None and order > 1:
            track.setdefault(name, []).append((step, winding.number / (order - 1)))


def _tracks(x: Any, n: Any) -> list[tuple[str, list[Track]]]:
    """N/(n-1) by layer and step: the groups of a comparison, or one of what a training loop has recorded."""
    if isinstance(x, Comparison) or (isinstance(x, Mapping) and x.get("schema") == "tmm.comparison"):
        document = comparison_document(x)
        groups = []
        for side in ("a", "b"):
            tracks = [_track_of(trajectory) for trajectory in document[side]["trajectories"]]
            if tracks:
                groups.append((document[side]["name"], tracks))
        return groups
    track: Track = {}
    for step, recorded in x.items() if isinstance(x, Mapping) else x:
        if isinstance(recorded, Mapping):
            if n is None:
                raise ArgumentError("N/(n-1) of winding numbers needs n", tensor="n", expected="n, or n by layer")
            _of_windings(step, recorded, n, track)
        else:
            found = drawables(recorded)
            orders = {d.label: d.n for d in found}
            _of_windings(step, {d.label: d.winding for d in found if not d.dense}, orders, track)
    return [("", [track])] if track else []


def _track_of(trajectory: Mapping[str, Any]) -> Track:
    track: Track = {}
    for point in trajectory["points"]:
        for operator in point["operators"]:
            fraction = operator.get("winding_fraction")
            if fraction is not None:
                track.setdefault(operator["layer"], []).append((point["step"], fraction))
    return track


def trajectory(
    x: Any,
    *,
    n: int | Mapping[str, int] | None = None,
    layers: Sequence[str | int] | None = None,
    width: Width = "two-column",
    title: str | None = None,
) -> Figure:
    """N/(n-1) of each layer along the training, with the line at 1/2. Only certified numbers are drawn.

    Parameters
    ----------
    x : Comparison or its JSON document, or a mapping or sequence of (step, what was recorded)
        What was recorded is a Report, or what `tmm.winding_numbers` returned. The groups of a comparison stand side by
        side on one axis.
    n : int or mapping of layer to int, optional
        Orders of the operators, for what `tmm.winding_numbers` returned.
    layers : sequence of str or int, optional
        Labels; all by default.
    width, title
        As for `tmm.plot.symbol`.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    ArgumentError
        No trajectory in it; no such layer.
    """
    groups = _tracks(x, n)
    names = list(dict.fromkeys(name for _, tracks in groups for track in tracks for name in track))
    if layers is not None:
        wanted = [str(layer) for layer in ([layers] if isinstance(layers, (str, int)) else layers)]
        for name in wanted:
            if name not in names:
                raise ArgumentError(f"no layer {name}: there are {', '.join(names)}", tensor=name, found=name)
        names = wanted
    if not names:
        raise ArgumentError(
            "no trajectory in this", expected="a comparison with recorded steps, or (step, report) pairs"
        )
    with style():
        across = millimetres(width)
        high = max(0.36 * across, 48, 12 + 4.2 * min(len(names), 16))  # as high as the legend in any case
        made = figure(width, high / across)
        axes = made.subplots(1, len(groups), sharey=True, squeeze=False)[0]
        for ax, (group, tracks) in zip(axes, groups):
            _draw_tracks(ax, tracks, names)
            _fraction_axis(ax.yaxis)
            ax.set_xlabel("step")
            ax.xaxis.set_major_formatter(FuncFormatter(lambda s, _p: signed(f"{s:,.0f}").replace(",", "\u2009")))
            ax.xaxis.set_major_locator(MaxNLocator(nbins=5, integer=True))
            ax.set_title(group)
        axes[0].set_ylabel(measure_name("winding_fraction"))
        if 1 < len(names) <= 48:
            axes[-1].legend(
                *_all_handles(axes, names), loc="center left", bbox_to_anchor=(1.01, 0.5), ncol=-(-len(names) // 16),
                title="layer", title_fontsize=7, borderaxespad=0, handlelength=2.6,
            )  # fmt: skip
        if title:
            made.suptitle(title, fontsize=8)
    return made


def _all_handles(axes: Sequence[Axes], names: Sequence[str]) -> tuple[list[Any], list[str]]:
    """A line for each layer, whichever group has it."""
    found: dict[str, Any] = {}
    for ax in axes:
        for line, name in zip(*ax.get_legend_handles_labels()):
            found.setdefault(name, line)
    return [found[name] for name in names if name in found], [name for name in names if name in found]


def _draw_tracks(ax: Axes, tracks: Sequence[Track], names: Sequence[str]) -> None:
    for track in tracks:
        for i, name in enumerate(names):
            points = np.array(sorted(track.get(name, [])), dtype=float)
            if len(points):
                shade, dash = COLOURS[i % len(COLOURS)], LINES[i % len(LINES)]
                marker = MARKERS[(i + 3 * (i // len(MARKERS))) % len(MARKERS)]
                ax.plot(
                    points[:, 0], points[:, 1], color=shade, linestyle=dash, linewidth=0.8, marker=marker,
                    markersize=2.6, markevery=(i % 5, max(1, len(points) // 6)),
                    label=name if track is tracks[0] else None,
                )  # fmt: skip


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
    chosen = list(measures) if measures else [m for m in (adjusted or _EIGHT) if m in known][:8]
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
        _fraction_axis(ax.yaxis)
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


__all__ = ["comparison", "depth", "measure_name", "trajectory"]
