# SPDX-License-Identifier: MIT
"""Numbers of one Toeplitz operator, and the winding numbers of a network."""
from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Protocol

from . import _tmm
from ._tmm import Measure, Repair, SingularValues, Winding, Zeros

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import ArrayLike, NDArray


class SupportsStateDict(Protocol):
    """What a ``torch.nn.Module`` is here."""

    def state_dict(self) -> Mapping[str, Any]: ...


def winding_number(taps: ArrayLike) -> Winding:
    """Certified winding number of the symbol of a causal Toeplitz operator.

    The symbol is a(z) = sum_k w_k z^k. Its winding number N about 0 along ``|z| = 1`` is the number of its zeros in
    ``|z| < 1``, and the Fredholm index of T(a) is -N. The symbol z has N = 1.

    Parameters
    ----------
    taps : array_like, shape (n,) or (1, n)
        Weights w_0, ..., w_{n-1}: real numbers of any type that float64 holds exactly, a tensor of PyTorch among them.
        Copied once.

    Returns
    -------
    Winding
        ``number`` with its ``status``: "certified", "not Fredholm" (a zero lies on the circle) or "undecided"; margin
        and radius in units of the weights; the certificate.

    Raises
    ------
    ArgumentError
        What is given are no real numbers, have another shape, or are not finite.

    Notes
    -----
    Taylor jets of the centred symbol, by FFT, prove on each arc of the circle that the curve stays in a half-plane
    without 0; where double precision ends, ball arithmetic decides. O(n log n) unless a zero lies extremely near the
    circle. I. Gohberg and M. G. Krein, Uspekhi Mat. Nauk 12 (1957); A. Boettcher and B. Silbermann, Introduction to
    Large Truncated Toeplitz Matrices (1999), ch. 1.

    Examples
    --------
    >>> import tmm
    >>> tmm.winding_number([1, 2.5, 1]).number
    1
    """
    return _tmm.winding_number(taps)


def winding_numbers(
    model: SupportsStateDict | Mapping[str, Any],
    *,
    layers: str = "",
    residual: bool = False,
    assume_toeplitz: bool = False,
    copy: str = "",
    context: int | None = None,
    threads: int | None = None,
) -> dict[str, Winding]:
    """Certified winding numbers of all Toeplitz operators of a network as it is.

    Made for training loops: only the tensors that hold operators are read, each is copied once, from whatever device,
    and a layer takes less than a millisecond at the usual lengths.

    Parameters
    ----------
    model : torch.nn.Module or mapping
        A network: anything with ``state_dict()``, a state dict, or a mapping of names to arrays. The family of the
        network is told by names and shapes, as ``tmm analyze`` does for files.
    layers : str
        Operators to take: block numbers and ranges such as "0,2-5", globs over names such as "encoderblocks.*";
        all if empty.
    residual : bool
        Of I + T instead of T.
    assume_toeplitz : bool
        Take each stored weight for a Toeplitz operator even where other tensors contradict that.
    copy : str
        Of several networks in one mapping (weights and their moving average), the name the wanted one stands below;
        "top" for that of the bare names.
    context : int, optional
        n, for families in which no tensor is as long as a sequence.
    threads : int, optional
        At most so many; as many as there are processors, or OMP_NUM_THREADS, if None. No number depends on it.

    Returns
    -------
    dict of str to Winding
        By the short name of each operator, in the order of the network: "3", "3.h0" (head 0), "3.r1" (kernel row 1),
        "3.T2" (second stage of an expanded layer), "enc.3" and "dec.3".

    Raises
    ------
    FormatError
        No network of a known family, or a weight that is not finite: says which tensor.
    ArgumentError
        ``model`` is none of these, or an option has no meaning.

    See Also
    --------
    winding_number : for what is certified, and how.

    Examples
    --------
    >>> import tmm
    >>> weights = {"mixer_blocks.0.token_mixing_layer.weight": [[1.0, 2.5, 1.0]]}
    >>> {name: w.number for name, w in tmm.winding_numbers(weights).items()}
    {'0': 1}
    """
    return _tmm.winding_numbers(model, layers, residual, assume_toeplitz, copy, context, threads)


def singular_values(taps: ArrayLike, *, vanishing: bool = True, certify: bool = False) -> SingularValues:
    """All singular values of a causal Toeplitz matrix, the vanishing ones included.

    Parameters
    ----------
    taps : array_like, shape (n,) or (1, n)
        Weights w_0, ..., w_{n-1}, as for `winding_number`; n up to 32768. O(n^3) time, O(n^2) memory.
    vanishing : bool
        Whether to resolve the values below the floor of LAPACK, n * 2**-52 times the largest. They may lie far below
        the range of float64: 1e-343 has been met.
    certify : bool
        Whether to prove them: values whose enclosure gives two digits or more have the status "certified", and
        ``relative_error`` bounds their distance to the singular value, as a share of the smaller of both.

    Returns
    -------
    SingularValues
        n values, descending, each as mantissa and decimal exponent with status, relative error and method. What is
        only a bound has the status "below precision" and is never a value.

    Raises
    ------
    ArgumentError
        As for `winding_number`, and for n above 32768.

    Notes
    -----
    |eigenvalues| of the symmetric Hankel form J T by LAPACK; the smaller ones from the inverse, by residues of 1/a or
    in ball arithmetic. Two identities are checked: the sum of squares and the determinant w_0^n. Proofs: the residual
    of the reduction to tridiagonal form and Weyl's inequality; for vanishing values the determinant and balls.

    Examples
    --------
    >>> import tmm
    >>> tmm.singular_values([3.0, 0.0]).values
    array([3., 3.])
    """
    return _tmm.singular_values(taps, vanishing, certify)


def zeros(taps: ArrayLike) -> Zeros:
    """Zeros of the symbol a(z) = sum_k w_k z^k, each with a disc that holds a true one.

    Parameters
    ----------
    taps : array_like, shape (n,) or (1, n)
        Weights w_0, ..., w_{n-1}, as for `winding_number`. O(n^2) time for a sweep.

    Returns
    -------
    Zeros
        ``values`` by modulus, conjugate pairs exact conjugates, ``radii`` of their discs, and how many zeros lie at the
        origin. What is certified of their number inside the circle is `winding_number`.

    Raises
    ------
    ArgumentError
        As for `winding_number`.

    Notes
    -----
    Ehrlich-Aberth iteration from Bini's starting points (D. Bini, Numer. Algorithms 13, 1996); discs by Laguerre's
    theorem with the rounding errors (P. Henrici, Applied and Computational Complex Analysis I, 1974).

    Examples
    --------
    >>> import tmm
    >>> tmm.zeros([1, 2.5, 1]).values.real
    array([-0.5, -2. ])
    """
    return _tmm.zeros(taps)


def jensen_defect(taps: ArrayLike) -> Measure:
    """Distance from minimum phase: mean ln|a| over the circle less ln|w_0|.

    By Jensen's formula it is the sum of ln(1/|z|) over the zeros in ``|z| < 1``: at least 0, and 0 exactly for minimum
    phase; infinite for w_0 = 0. Without unit.

    Parameters
    ----------
    taps : array_like, shape (n,) or (1, n)
        Weights w_0, ..., w_{n-1}, as for `winding_number`.

    Returns
    -------
    Measure
        The value with its error: of the two sides of the formula the one that is known better; undecided where they
        differ.

    Raises
    ------
    ArgumentError
        As for `winding_number`.

    Notes
    -----
    Left side by Gauss-Legendre quadrature on bisected arcs, right side from `zeros` for n up to 4096.

    Examples
    --------
    >>> import tmm
    >>> round(tmm.jensen_defect([1, 2.5, 1]).value, 12)  # ln 2
    0.69314718056
    """
    return _tmm.jensen_defect(taps)


def repair(taps: ArrayLike, *, to: str = "minimum-phase", seed: int = 1) -> Repair:
    """Operator with the same ``|a|`` on the unit circle and another index.

    Zeros z of the symbol become their mirror images 1/conj(z). The sign of the result is the one nearer to the given
    weights.

    Parameters
    ----------
    taps : array_like, shape (n,) or (1, n)
        Weights w_0, ..., w_{n-1}, as for `winding_number`.
    to : str
        "minimum-phase": no zero in the disc; "maximum-phase": all of them; "index=K": winding number K, by the
        reflections that change the operator least; "random": as many reflections as minimum phase takes, of zeros drawn
        anywhere.
    seed : int
        Of "random".

    Returns
    -------
    Repair
        ``taps`` in the units of the given ones, with what was reflected and how far ``|a|`` has moved. Ask
        `winding_number` of the taps as you store them: rounding can move a zero across the circle.

    Raises
    ------
    ArgumentError
        As for `winding_number`; the zero operator; an index that no reflection gives; an undecided index.

    Notes
    -----
    Multiplies the symbol on a grid of the circle by Blaschke factors (1 - conj(z) s)/(s - z), whose modulus is 1.
    E. A. Robinson, Random Wavelets and Cybernetic Systems (1962).

    Examples
    --------
    >>> import tmm
    >>> tmm.repair([1, 2]).taps
    array([2., 1.])
    """
    return _tmm.repair(taps, to, seed)


def symbol(taps: ArrayLike, theta: ArrayLike, *, threads: int | None = None) -> NDArray[np.complex128] | np.complex128:
    """The symbol a(e^{i theta}) = sum_k w_k e^{i k theta} on the circle.

    Parameters
    ----------
    taps : array_like, shape (n,) or (1, n)
        Weights w_0, ..., w_{n-1}, as for `winding_number`.
    theta : array_like of any shape
        Angles in radians, finite.
    threads : int, optional
        At most so many; all processors if None. No number depends on it.

    Returns
    -------
    ndarray of complex128, shape of theta; a scalar for a scalar
        Each within 8(n + 1) 2^-64 sum|w|, and then rounded.

    Raises
    ------
    ArgumentError
        As for `winding_number`, and for angles that are no finite real numbers.

    Notes
    -----
    Horner's scheme in extended precision, O(n) for an angle.

    Examples
    --------
    >>> import tmm
    >>> tmm.symbol([1, 2.5, 1], 0.0)
    (4.5+0j)
    """
    return _tmm.symbol(taps, theta, threads)[()]
