# SPDX-License-Identifier: MIT
"""Winding numbers along the training."""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Dict, List, Tuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from ._drawable import comparison_document, drawables
from ._errors import ArgumentError
from ._measure_axis import fraction_axis, measure_name
from ._paper import COLOURS, LINES, MARKERS, Width, figure, millimetres, signed, style
from ._tmm import Comparison, Winding

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
            fraction_axis(ax.yaxis)
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
