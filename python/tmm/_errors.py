# SPDX-License-Identifier: MIT
"""What bad input raises."""
from __future__ import annotations

from typing import Any


class Error(Exception):
    """Bad input: says where it happened, what was expected, what was found and what to do.

    ``str(error)`` is one sentence for people. The parts of it are attributes, each a string and empty where there is
    nothing to say. A numerical outcome (not Fredholm, undecided, below precision) is never an error but a status.

    Attributes
    ----------
    file : str
        Path as it was given; empty for arrays in memory.
    tensor : str
        Tensor or dataset inside the file or the mapping.
    expected : str
        What would have been accepted.
    found : str
        What was there instead.
    hint : str
        What can be done about it.
    """

    def __init__(
        self, message: str, *, file: str = "", tensor: str = "", expected: str = "", found: str = "", hint: str = ""
    ) -> None:
        super().__init__(message)
        self.file = file
        self.tensor = tensor
        self.expected = expected
        self.found = found
        self.hint = hint

    def __str__(self) -> str:
        return str(self.args[0])

    def __reduce__(self) -> tuple[Any, ...]:
        return _restore, (type(self), self.args[0], self.__dict__)


class FileError(Error, OSError):
    """A file cannot be opened, read or written at all."""


class FormatError(Error, ValueError):
    """A file or mapping is readable, but what it holds is not what was asked for (missing tensor, NaN weight)."""


class ArgumentError(Error, ValueError):
    """An argument breaks a documented precondition, or asks for something impossible."""


def _restore(kind: type[Error], message: str, parts: dict[str, str]) -> Error:
    return kind(message, **parts)
