# SPDX-License-Identifier: MIT
"""Derivatives of whole networks."""
from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from . import _tmm
from ._analyze import _checked, _is_path
from ._errors import ArgumentError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import ArrayLike, NDArray

    from ._analyze import Network, Path


def _rows_of_ids(tokens: ArrayLike) -> NDArray[np.int64]:
    import numpy as np

    if hasattr(tokens, "detach"):
        tokens = tokens.detach().cpu()  # a tensor
    array = np.asarray(tokens)
    if array.dtype.kind not in "iu":
        raise ArgumentError(f"tokens are integers, not {array.dtype}")
    return np.ascontiguousarray(np.atleast_2d(array), dtype=np.int64)


class Derivative(dict[str, Any]):
    """The JSON document of ``tmm jacobian``, which can be written in every form that the program knows."""

    _report: _tmm.JacobianReport

    def save(self, path: Path, overwrite: bool = False) -> None:
        """Writes the derivative to a file, whole or not at all.

        Parameters
        ----------
        path : str or os.PathLike
            Ends in .json, .csv, .html (a page) or .txt (the table), which says the form.
        overwrite : bool
            Replace a file that is there; never the checkpoint.

        Raises
        ------
        ArgumentError
            Another ending; a module without the chart library, for a page.
        FileError
            It exists, or cannot be written.
        """
        self._report.save(path, overwrite)

    def table(self) -> str:
        """The table that the program prints."""
        return self._report.table()

    def __reduce__(self) -> tuple[Any, ...]:
        return dict, (dict(self),)  # a copy, in this process or another, is the document alone


def jacobian(
    x: Path | Network,
    tokens: ArrayLike,
    *,
    steps: int = 64,
    full: int = 4096,
    seed: int = 0,
    blocks: bool = True,
    through_bottleneck: bool = False,
    matrices: bool = False,
    threads: int | None = None,
    **options: Any,
) -> Derivative:
    """Is a network invertible over its input? What ``tmm jacobian`` finds of its derivative at these tokens.

    Parameters
    ----------
    x : path, torch.nn.Module or mapping of names to arrays
        A whole network.
    tokens : array_like of int, shape (m,) or (samples, m)
        Every row is a sample.
    steps : int
        Of Golub-Kahan-Lanczos.
    full : int
        All singular values of the stream up to this m * d.
    seed : int
        Of random vectors.
    blocks : bool
        Block by block, too.
    through_bottleneck : bool
        Of an autoencoder: all of it, not its encoder alone.
    matrices : bool
        Also the derivatives themselves.
    threads : int, optional
        All processors by default; no number depends on it.
    copy : str; assume_toeplitz, mean_normalised, clm_encoder, unroll : bool; context : int
        As in `analyze`.

    Returns
    -------
    Derivative
        The JSON document of the program, a dict; ``found.save("x.html")`` writes it as a page. With ``matrices``, under
        "matrices": "vector", shape (samples, d, m * d), and "stream", (samples, m * d, m * d), or None where only the
        ends of its spectrum were computed.

    Raises
    ------
    FileError, FormatError, ArgumentError
        As the program's messages.

    Examples
    --------
    >>> import tmm
    >>> found = tmm.jacobian("model.h5", [[5, 17, 4, 9]])  # doctest: +SKIP
    >>> found["vector"]["measures"]["effective_rank"]["mean"]  # doctest: +SKIP
    """
    if not (_is_path(x) or isinstance(x, Mapping) or hasattr(x, "state_dict")):
        raise ArgumentError(f"no network: a path, a module or a mapping of names to arrays, not {type(x).__name__}")
    path: Any = x if _is_path(x) else None
    network = None if _is_path(x) else x
    text, vector, stream, report = _tmm.jacobian(
        path, network, _rows_of_ids(tokens), steps, full, seed, blocks, through_bottleneck, matrices, threads, _checked(options)
    )
    found = Derivative(json.loads(text))
    found._report = report
    if matrices:
        found["matrices"] = {"vector": vector, "stream": stream}
    return found
