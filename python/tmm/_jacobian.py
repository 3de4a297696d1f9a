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
) -> dict[str, Any]:
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
    dict
        The JSON document of the program. With ``matrices``, under "matrices": "vector", shape (samples, d, m * d), and
        "stream", (samples, m * d, m * d), or None where only the ends of its spectrum were computed.

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
    text, vector, stream = _tmm.jacobian(
        path, network, _rows_of_ids(tokens), steps, full, seed, blocks, through_bottleneck, matrices, threads, _checked(options)
    )
    found: dict[str, Any] = json.loads(text)
    if matrices:
        found["matrices"] = {"vector": vector, "stream": stream}
    return found
