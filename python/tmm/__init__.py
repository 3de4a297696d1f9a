# SPDX-License-Identifier: MIT
"""Operator theory of trained Toeplitz layers.

Language models that mix tokens by causal Toeplitz matrices hold, in each layer, taps w_0, ..., w_{n-1} with the symbol
a(z) = sum_k w_k z^k. This package finds their winding numbers and Fredholm indices, certified, their singular values,
the vanishing ones included, and the zeros of their symbols. A result says how it is known; bad input raises `Error`.
"""
import importlib
from types import ModuleType

from . import _report as _report
from ._analyze import analyze, compare, load_report
from ._curve import symbol_curve
from ._errors import ArgumentError, Error, FileError, FormatError
from ._jacobian import Derivative, jacobian
from ._numbers import jensen_defect, repair, singular_values, symbol, winding_number, winding_numbers, zeros
from ._operator import Toeplitz
from ._plane import pseudospectra
from ._tmm import (
    Comparison,
    Measure,
    Model,
    Operator,
    Plane,
    Repair,
    Report,
    SingularValue,
    SingularValues,
    SymbolCurve,
    Winding,
    Zeros,
    __version__,
)

__all__ = [
    "ArgumentError",
    "Comparison",
    "Derivative",
    "Error",
    "FileError",
    "FormatError",
    "Measure",
    "Model",
    "Operator",
    "Plane",
    "Repair",
    "Report",
    "SingularValue",
    "SingularValues",
    "SymbolCurve",
    "Toeplitz",
    "Winding",
    "Zeros",
    "__version__",
    "analyze",
    "compare",
    "jacobian",
    "jensen_defect",
    "load_report",
    "pseudospectra",
    "repair",
    "singular_values",
    "symbol",
    "symbol_curve",
    "winding_number",
    "winding_numbers",
    "zeros",
]


def __getattr__(name: str) -> ModuleType:
    """tmm.plot, which brings matplotlib along, is imported when it is first used."""
    if name == "plot":
        return importlib.import_module(".plot", __name__)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
