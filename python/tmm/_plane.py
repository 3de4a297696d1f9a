# SPDX-License-Identifier: MIT
"""The plane of lambda about one operator."""
from __future__ import annotations

from typing import TYPE_CHECKING

from . import _tmm
from ._tmm import Plane

if TYPE_CHECKING:
    from numpy.typing import ArrayLike


def pseudospectra(taps: ArrayLike, columns: int = 81, rows: int = 41, *, threads: int | None = None) -> Plane:
    """Index of T(a) - lambda and norm of (T_n - lambda)^-1 over the plane.

    Parameters
    ----------
    taps : array_like, shape (n,) or (1, n)
        Weights w_0, ..., w_{n-1}, as for `winding_number`.
    columns, rows : int
        Of the grid over \\|Re lambda\\|, Im lambda <= 1.25 max\\|a\\|, Im lambda >= 0: columns odd, so that 0 is one of
        them. O(n^2) a point.
    threads : int, optional
        All processors by default; no number depends on it.

    Returns
    -------
    Plane
        ``x``, ``y``, and by rows of y: ``winding_number``, certified or NaN, and ``log10_resolvent`` with its
        ``relative_error``, right also where the norm is far beyond 1e16.

    Raises
    ------
    ArgumentError
        As for `winding_number`, and for a grid that is none.

    See Also
    --------
    tmm.plot.pseudospectra : the picture.

    Notes
    -----
    T_n - lambda is a causal Toeplitz matrix, its inverse that of the series 1/(a - lambda); the norm follows by Lanczos
    on the complex symmetric form of it. L. N. Trefethen and M. Embree, Spectra and Pseudospectra (2005), ch. 7;
    A. Boettcher and S. M. Grudsky, Toeplitz Matrices, Asymptotic Linear Algebra, and Functional Analysis (2000), ch. 3.

    Examples
    --------
    >>> import tmm
    >>> plane = tmm.pseudospectra([0, 1, 0, 0], 5, 3)
    >>> plane.winding_number[0]
    array([0., 1., 1., 1., 0.])
    """
    return _tmm.pseudospectra(taps, columns, rows, threads)
