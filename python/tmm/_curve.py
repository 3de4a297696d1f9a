# SPDX-License-Identifier: MIT
"""The curve of a symbol as a polygon that may be drawn."""
from __future__ import annotations

from typing import TYPE_CHECKING

from . import _tmm
from ._tmm import SymbolCurve

if TYPE_CHECKING:
    from numpy.typing import ArrayLike


def symbol_curve(taps: ArrayLike, tolerance: float | None = None, *, near: float | None = None) -> SymbolCurve:
    """A closed polygon with the winding number of the curve theta -> a(e^{i theta}), as near to it as asked.

    A curve that is sampled at equal steps may turn about 0 another number of times than the symbol does. This one does
    not: each piece of the curve lies, proven, in a stadium about its edge that keeps off a disc about 0.

    Parameters
    ----------
    taps : array_like, shape (n,) or (1, n)
        Weights w_0, ..., w_{n-1}, as for `winding_number`.
    tolerance : float, optional
        Largest distance of the curve from the polygon, in units of the weights; max|a|/2048 by default, which is below
        half a pixel where the whole curve is drawn on a screen.
    near : float, optional
        The tolerance holds where the curve comes nearer to 0 than this, in units of the weights, and max|a|/2048
        elsewhere: for a closer look at the origin.

    Returns
    -------
    SymbolCurve
        ``vertices``, closed, with their angles ``theta``; ``status`` is "certified" where the polygon has the certified
        winding number and keeps ``clearance`` (at least 1 - 2**-10 of the certified margin) from 0. Where that cannot
        be established ``winding_number`` is None and ``reason`` says why; where the tolerance cannot be met,
        ``within_tolerance`` is False.

    Raises
    ------
    ArgumentError
        As for `winding_number`, and for lengths that are not positive.

    See Also
    --------
    symbol : values at given angles.
    tmm.plot.symbol : the picture.

    Notes
    -----
    Between vertices h apart the distance is at most h^2/8 (max|a''| + h^2/8 max|a''''|), with |a''| at the vertices and
    Bernstein's bound of the rest. O(n log n), and O(n) for each vertex beyond the grid.

    Examples
    --------
    >>> import tmm
    >>> curve = tmm.symbol_curve([1, 2.5, 1])
    >>> curve.status, curve.winding_number
    ('certified', 1)
    """
    return _tmm.symbol_curve(taps, tolerance, near)
