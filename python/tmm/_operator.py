# SPDX-License-Identifier: MIT
"""The matrix of a Toeplitz layer as a linear operator."""
from __future__ import annotations

from typing import TYPE_CHECKING, Any

from . import _tmm

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import ArrayLike, DTypeLike, NDArray


class Toeplitz:
    """Lower triangular Toeplitz matrix T_n(a) of a causal layer: (T x)_t = sum_{s <= t} w_{t-s} x_s.

    ``T @ x`` takes one column or a batch of columns. SciPy takes it where it takes a ``LinearOperator``
    (`scipy.sparse.linalg.aslinearoperator`). Immutable, and safe to use from many threads.

    Parameters
    ----------
    taps : array_like, shape (n,) or (1, n)
        Weights w_0, ..., w_{n-1}: real numbers of any type that float64 holds exactly. Copied once.
    threads : int, optional
        At most so many for batches of columns; all processors if None. No number depends on it.

    Attributes
    ----------
    shape : tuple of int
        (n, n).
    dtype : numpy.dtype
        float32 for taps of float32, float16 or bfloat16; otherwise float64.

    Raises
    ------
    ArgumentError
        What is given are no real numbers, have another shape, or are not finite.

    Notes
    -----
    Products take O(n log n) a column by FFT for large n, by dense blocks for small ones. Dense products are accurate
    in every component, those by FFT relative to ``|w| |x|``. Arrays of the right type and row-major are not copied.
    Results are float32 where the operator and the array are, and float64 otherwise; complex columns are welcome.

    Examples
    --------
    >>> import tmm
    >>> T = tmm.Toeplitz([2.0, 1.0])
    >>> T @ [1.0, 0.0]
    array([2., 1.])
    >>> T.T @ [0.0, 1.0]
    array([1., 2.])
    """

    __array_ufunc__ = None  # numpy arrays leave `x @ T` to __rmatmul__
    ndim = 2

    def __init__(self, taps: ArrayLike, *, threads: int | None = None) -> None:
        self._operator = _tmm.ToeplitzProduct(taps)
        self._transposed = False
        self._threads = threads

    @property
    def shape(self) -> tuple[int, int]:
        """(n, n)."""
        return (self._operator.n, self._operator.n)

    @property
    def dtype(self) -> np.dtype[Any]:
        """Type of the taps, and of a product with such an array."""
        import numpy

        return numpy.dtype("float32" if self._operator.single else "float64")

    @property
    def taps(self) -> NDArray[Any]:
        """Weights w_0, ..., w_{n-1}, shape (n,): a copy, exact."""
        return self._operator.taps

    @property
    def T(self) -> Toeplitz:
        """The transposed operator, upper triangular: (T' x)_s = sum_{t >= s} w_{t-s} x_t. No copy."""
        other = object.__new__(Toeplitz)
        other._operator = self._operator
        other._transposed = not self._transposed
        other._threads = self._threads
        return other

    @property
    def H(self) -> Toeplitz:
        """The adjoint, which is the transposed operator: the taps are real."""
        return self.T

    def __matmul__(self, x: ArrayLike) -> NDArray[Any]:
        """T x for a column, shape (n,), or columns, shape (n, k).

        Raises
        ------
        ArgumentError
            Another shape, or no numbers.
        """
        return self._operator.product(x, self._transposed, self._threads)

    def __rmatmul__(self, x: ArrayLike) -> NDArray[Any]:
        """x T for a row, shape (n,), or rows, shape (k, n)."""
        import numpy

        rows = numpy.asarray(x)
        return (self.T @ rows.T).T

    def matvec(self, x: ArrayLike) -> NDArray[Any]:
        """T x, for SciPy; x has shape (n,) or (n, 1)."""
        return self @ x

    def rmatvec(self, x: ArrayLike) -> NDArray[Any]:
        """T' x, for SciPy; x has shape (n,) or (n, 1)."""
        return self.T @ x

    def matmat(self, x: ArrayLike) -> NDArray[Any]:
        """T X, for SciPy; X has shape (n, k)."""
        return self @ x

    def rmatmat(self, x: ArrayLike) -> NDArray[Any]:
        """T' X, for SciPy; X has shape (n, k)."""
        return self.T @ x

    def solve(self, y: ArrayLike) -> NDArray[Any]:
        """x with T x = y, by forward substitution in double precision: O(n log^2 n) a column.

        Parameters
        ----------
        y : array_like, shape (n,) or (n, k)
            Right-hand sides.

        Returns
        -------
        ndarray, shape of y
            The exact solution of a nearby triangular system. Where 1/a grows beyond the range of the result it holds
            inf or NaN, and a RuntimeWarning says so.

        Raises
        ------
        ArgumentError
            w_0 = 0: the matrix is singular; another shape, or no numbers.
        """
        return self._operator.solution(y, self._transposed, self._threads)

    @property
    def inverse_taps(self) -> NDArray[np.float64]:
        """Taps b_0, ..., b_{n-1} of the inverse, which is Toeplitz as well: b = 1/a mod z^n, shape (n,), float64.

        Raises
        ------
        ArgumentError
            w_0 = 0: the matrix is singular.
        """
        return self._operator.inverse_taps()

    def dense(self) -> NDArray[Any]:
        """The matrix itself, shape (n, n), row-major, of the operator's type."""
        return self._operator.dense(self._transposed)

    def __array__(self, dtype: DTypeLike = None, copy: bool | None = None) -> NDArray[Any]:
        matrix = self.dense()
        return matrix if dtype is None else matrix.astype(dtype, copy=False)

    def __repr__(self) -> str:
        kind = "upper" if self._transposed else "lower"
        return f"<Toeplitz {kind} triangular, n = {self._operator.n}, {self.dtype}>"

    def __reduce__(self) -> tuple[Any, ...]:
        return _restore, (self.taps, self._transposed, self._threads)


def _restore(taps: NDArray[Any], transposed: bool, threads: int | None) -> Toeplitz:
    operator = Toeplitz(taps, threads=threads)
    return operator.T if transposed else operator
