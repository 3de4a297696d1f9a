# SPDX-License-Identifier: MIT
"""Figures as journals want them: sizes, style, and files that are the same every time."""
from __future__ import annotations

import math
import os
import re
from typing import Any, Union

from ._errors import ArgumentError

try:
    import matplotlib.style
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
except ImportError as missing:
    raise ImportError(
        "tmm.plot needs matplotlib (Debian: python3-matplotlib; pip install matplotlib)", name=missing.name
    ) from missing

Width = Union[str, float]

# Okabe and Ito's colours, told apart with any colour vision; what is told apart differs in marker or line style too.
BLACK, GREY = "#000000", "#767676"
BLUE, VERMILLION, GREEN, ORANGE, PURPLE, SKY = "#0072B2", "#D55E00", "#009E73", "#E69F00", "#CC79A7", "#56B4E9"
COLOURS = (BLUE, VERMILLION, GREEN, PURPLE, ORANGE, SKY, BLACK)
LINES = ("-", "--", "-.", ":", (0, (5, 1, 1, 1, 1, 1)), (0, (8, 2)))
MARKERS = ("o", "^", "s", "D", "v", "P", "X")

STYLE: dict[str, Any] = {
    "axes.edgecolor": BLACK,
    "axes.facecolor": "white",
    "axes.formatter.use_mathtext": True,
    "axes.labelcolor": BLACK,
    "axes.labelsize": 8,
    "axes.linewidth": 0.6,
    "axes.prop_cycle": matplotlib.cycler(color=COLOURS),
    "axes.spines.right": False,
    "axes.spines.top": False,
    "axes.titlesize": 8,
    "axes.titleweight": "normal",
    "axes.unicode_minus": True,
    "figure.constrained_layout.h_pad": 0.03,
    "figure.constrained_layout.w_pad": 0.03,
    "figure.dpi": 150,
    "figure.facecolor": "white",
    "font.family": "sans-serif",
    "font.sans-serif": ["DejaVu Sans"],
    "font.size": 8,
    "legend.fontsize": 7,
    "legend.frameon": False,
    "legend.handlelength": 1.6,
    "lines.linewidth": 0.8,
    "lines.markersize": 3,
    "mathtext.fontset": "dejavusans",
    "path.simplify": False,  # leaving out vertices could change the number of turns
    "pdf.compression": 6,
    "pdf.fonttype": 42,
    "pdf.use14corefonts": False,
    "ps.fonttype": 42,
    "savefig.bbox": "standard",  # the size that was asked for, never cropped
    "savefig.dpi": 300,
    "savefig.facecolor": "white",
    "savefig.transparent": False,
    "svg.fonttype": "path",
    "svg.hashsalt": "tmm",
    "text.color": BLACK,
    "text.usetex": False,
    "xtick.color": BLACK,
    "xtick.labelsize": 7,
    "xtick.major.width": 0.6,
    "xtick.minor.width": 0.4,
    "ytick.color": BLACK,
    "ytick.labelsize": 7,
    "ytick.major.width": 0.6,
    "ytick.minor.width": 0.4,
}

_NAMED = {"one-column": 84.0, "two-column": 174.0}
_UNITS = {"": 1.0, "mm": 1.0, "cm": 10.0, "in": 25.4, "pt": 25.4 / 72}


def style() -> Any:
    """A context in which matplotlib draws as tmm does, whatever the caller's style is."""
    return matplotlib.style.context(["default", STYLE])


def millimetres(length: Width) -> float:
    """A length in mm: a number of them, "84mm", "8.4 cm", "3.3in", "one-column" (84 mm), "two-column" (174 mm)."""
    if isinstance(length, str):
        if length in _NAMED:
            return _NAMED[length]
        match = re.fullmatch(r"\s*([0-9]*\.?[0-9]+)\s*(mm|cm|in|pt|)\s*", length)
        size = float(match[1]) * _UNITS[match[2]] if match else float("nan")
    else:
        size = float(length)
    if not 20 <= size <= 2000:
        raise ArgumentError(
            f"no width of a figure: {length!r}",
            tensor="width",
            expected="20 mm to 2000 mm, such as 84mm, 17.4cm, 3.3in, one-column or two-column",
            found=str(length),
        )
    return size


class PaperFigure(Figure):  # type: ignore[misc]
    """A figure of matplotlib that knows its size, and whose files do not depend on when and where they are written."""

    about: str = ""

    def savefig(self, fname: Any, *, metadata: dict[str, Any] | None = None, **options: Any) -> None:
        """Writes the figure; the name's end says the form: pdf, svg, eps, png.

        Fonts are embedded, no date is written, lines keep every vertex. `metadata` and further options are those of
        ``matplotlib.figure.Figure.savefig``.
        """
        form = options.get("format")
        if form is None and isinstance(fname, (str, os.PathLike)):
            form = os.path.splitext(os.fspath(fname))[1][1:]
        told = {**_metadata(str(form or "png").lower(), self.about), **(metadata or {})}
        with style():
            super().savefig(fname, metadata=told, **options)

    def _repr_png_(self) -> bytes:
        import io

        stream = io.BytesIO()
        self.savefig(stream, format="png", dpi=150)
        return stream.getvalue()


def _metadata(form: str, about: str) -> dict[str, Any]:
    from ._tmm import __version__

    creator = f"tmm {__version__}"
    if form == "pdf":
        return {"Creator": creator, "Subject": about, "CreationDate": None}
    if form == "svg":
        return {"Creator": creator, "Description": about, "Date": None}
    if form == "png":
        return {"Software": creator, "Description": about}
    if form in ("ps", "eps"):
        os.environ.setdefault("SOURCE_DATE_EPOCH", "0")  # the only way to keep this form free of dates
        return {"Creator": creator}
    return {}


def figure(width: Width, ratio: float, about: str = "") -> PaperFigure:
    """An empty figure, `ratio` times as high as wide. Call within style()."""
    across = millimetres(width) / 25.4
    made: PaperFigure = PaperFigure(figsize=(across, across * ratio), layout="constrained")
    made.about = about
    return made


def place(ax: Axes | None, width: Width, ratio: float, about: str = "") -> tuple[Figure, Axes]:
    """The axes to draw in: those given, or of a new figure."""
    if ax is not None:
        return ax.figure, ax
    made = figure(width, ratio, about)
    return made, made.add_subplot()


def signed(number: object) -> str:
    """As text with a minus sign."""
    return str(number).replace("-", "\N{MINUS SIGN}")


def tidy_log_axis(axis: Any, lowest: float, highest: float) -> None:
    """Whole powers of ten at no more than seven places, for data that are decimal logarithms."""
    from matplotlib.ticker import FixedFormatter, FixedLocator

    step = 1
    for step in (scale * 10**power for power in range(6) for scale in (1, 2, 5)):
        if (highest - lowest) / step <= 7:
            break
    ticks = range(math.ceil(lowest / step) * step, math.floor(highest / step) * step + 1, step)
    axis.set_major_locator(FixedLocator(list(ticks)))
    axis.set_major_formatter(FixedFormatter([f"$10^{{{tick}}}$" for tick in ticks]))


def legend_below(ax: Axes, columns: int, points: float = 30, title: str | None = None) -> None:
    """A legend under the axis' label, `points` below the axes whatever their height."""
    from matplotlib.transforms import ScaledTranslation

    below = ax.transAxes + ScaledTranslation(0, -points / 72, ax.figure.dpi_scale_trans)
    ax.legend(
        loc="upper center", bbox_to_anchor=(0.5, 0), bbox_transform=below, ncol=columns, columnspacing=1.2,
        handletextpad=0.4, borderaxespad=0, title=title, title_fontsize=7,
    )  # fmt: skip
