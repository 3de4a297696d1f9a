# SPDX-License-Identifier: MIT
"""Analyses and comparisons of whole networks."""
from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Union

from . import _tmm
from ._errors import ArgumentError
from ._tmm import Comparison, Report

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from ._numbers import SupportsStateDict

    Path = Union[str, "os.PathLike[str]"]
    Network = Union[SupportsStateDict, Mapping[str, Any]]
    Analysable = Union[Path, Sequence[Path], Network, ArrayLike]

_OPTIONS = frozenset(
    "layers residual assume_toeplitz mean_normalised clm_encoder unroll context spectrum zeros sections tau "
    "tau_absolute published_winding certify pseudospectra arrays copy null_draws seed threads taps transpose reverse "
    "transform threshold add_to_first".split()
)


def _is_path(x: object) -> bool:
    return isinstance(x, (str, os.PathLike))


def _is_network(x: object) -> bool:
    return isinstance(x, Mapping) or hasattr(x, "state_dict")


def _paths(x: object) -> list[bytes] | None:
    """The paths that `x` is, or None where it is something else."""
    if _is_path(x):
        return [os.fsencode(x)]  # type: ignore[arg-type]
    if isinstance(x, (list, tuple)) and x and all(_is_path(path) for path in x):
        return [os.fsencode(path) for path in x]
    return None


def _checked(options: dict[str, Any]) -> dict[str, Any]:
    for keyword in options:
        if keyword not in _OPTIONS:
            import difflib

            close = difflib.get_close_matches(keyword, _OPTIONS, 1)
            hint = f": did you mean {close[0]!r}?" if close else ""
            raise TypeError(f"no option {keyword!r}{hint}")
    return options


def analyze(
    x: Analysable,
    *,
    name: str = "",
    progress: Callable[[str, int, int], object] | None = None,
    **options: Any,
) -> Report:
    """Index, spectrum and measures of every Toeplitz operator: what ``tmm analyze`` finds.

    Parameters
    ----------
    x : path, list of paths, torch.nn.Module, mapping of names to arrays, or array_like
        Checkpoints of any form that the program reads, or folders with one; a network, by its ``state_dict()`` or as a
        mapping of names to arrays or tensors on any device, each copied once; or plain taps, shape (n,) or (C, n), one
        operator a row.
    name : str
        What to call a network that is no file.
    progress : callable, optional
        Called as ``progress(unit, done, total)`` after each operator; what it raises ends the analysis.
    layers : str
        Comma list of block numbers ("3"), ranges ("2-5") and globs over names; all by default.
    spectrum : {"automatic", "full", "extreme", "none"}
        Which singular values: automatic is full up to n = 4096, the ends beyond.
    zeros : bool
        Compute the zeros of every symbol however many they are.
    sections : list of int
        Lengths m: measures of the leading sections T_m as well.
    tau, tau_absolute : list of float
        Further thresholds of the effective index: relative to sigma_max, in units of the weights.
    null_draws, seed : int
        Compare with this many freshly initialised layers.
    residual : bool
        Analyse I + T.
    published_winding : bool
        Also what a published script of 50,000 open samples says of the index (no proof).
    certify : bool
        Prove singular values and what follows from them, Jensen's defect and max|a|: certified instead of numerical.
    pseudospectra : bool or (int, int)
        Also the plane of lambda, on 81 x 41 points or so many columns and rows: ``Operator.pseudospectra``, distances of
        0 to other indices, lower bounds of Kreiss constants.
    arrays : bool
        Whether operators keep singular values, zeros and planes; measures do not depend on it.
    taps, transpose, reverse, transform, threshold, add_to_first
        Rows of these arrays instead of the layers of a network: a glob over names, time first, stored backwards,
        "softplus" or "soft-threshold" with its threshold, a glob over numbers to add to tap 0.
    copy : str
        Of several copies of a network, the one below this name.
    assume_toeplitz, mean_normalised, clm_encoder, unroll : bool, context : int
        What no tensor says, as the flags of the program.
    threads : int, optional
        All processors by default; no number depends on it.

    Returns
    -------
    Report
        A sequence of `Operator`; ``report["NAME"]``; ``report.to_pandas()``, ``report.save("x.html")``.

    Raises
    ------
    FileError, FormatError, ArgumentError
        As the program's messages, with file and tensor.
    TypeError
        No such option.

    Examples
    --------
    >>> import tmm
    >>> tmm.analyze([1, 2.5, 1])[0].winding.number
    1
    """
    _checked(options)
    paths = _paths(x)
    if paths is not None:
        if name:
            raise ArgumentError("files have names", tensor="name", found=name)
        return _tmm.analyze(paths, [], "", options, progress)
    if not _is_network(x):
        from numpy import ndim

        if "taps" in options:
            raise ArgumentError(
                "the option taps chooses arrays of a network", tensor="taps", expected="a network or a file"
            )
        rank = ndim(x) if not hasattr(x, "ndim") else x.ndim  # type: ignore[arg-type]
        if rank not in (1, 2):
            raise ArgumentError(
                "nothing that can be analysed",
                expected="a path, a network, or taps of shape (n,) or (C, n)",
                found=f"{type(x).__name__} with {rank} axes",
            )
        x = {"taps": x}
        options = {**options, "taps": "taps"}
    return _tmm.analyze([], [x], os.fsencode(name), options, progress)


def compare(
    a: Any,
    b: Any,
    *,
    names: tuple[str, str] = ("A", "B"),
    measures: Sequence[str] = (),
    resamples: int = 2000,
    seed: int = 1,
    **options: Any,
) -> Comparison:
    """Two groups of models: distributions, effects and tests, as ``tmm compare``.

    Parameters
    ----------
    a, b : Report, path, network, or a list of these
        The models of each group. Where all are paths, folders of training runs bring their trajectories along.
    names : tuple of two str
    measures : sequence of str
        Those to test and show; by default eight of which none is a copy of another one.
    resamples, seed : int
        Of the bootstrap.
    **options
        Of `analyze`, for what has not been analysed yet.

    Returns
    -------
    Comparison

    Raises
    ------
    ArgumentError
        An empty group; a measure that is no number in both; analyses of T and of I + T.
    """
    _checked(options)
    groups = [list(x) if isinstance(x, (list, tuple)) else [x] for x in (a, b)]
    rest = (tuple(map(os.fsencode, names)), list(measures), resamples, seed)
    if all(_is_path(x) for group in groups for x in group):
        first, second = ([os.fsencode(x) for x in group] for group in groups)
        return _tmm.compare_files(first, second, *rest, options)
    reports = [[x if isinstance(x, Report) else analyze(x, **options) for x in group] for group in groups]
    return _tmm.compare_reports(reports[0], reports[1], *rest)


def load_report(path: Path) -> Report:
    """Reads what `Report.save` or ``tmm analyze`` wrote as JSON or HDF5: the same numbers, bit for bit.

    Parameters
    ----------
    path : str or os.PathLike
        The file.

    Returns
    -------
    Report

    Raises
    ------
    FileError, FormatError
        Not there; not a saved analysis, or one that contradicts itself.
    """
    return _tmm.load_report(path)
