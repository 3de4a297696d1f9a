# SPDX-License-Identifier: MIT
"""Operator theory of trained Toeplitz layers."""
from ._errors import ArgumentError, Error, FileError, FormatError
from ._tmm import Winding, __version__, winding_number

__all__ = [
    "ArgumentError",
    "Error",
    "FileError",
    "FormatError",
    "Winding",
    "__version__",
    "winding_number",
]
