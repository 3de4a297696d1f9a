# SPDX-License-Identifier: MIT
"""What the functions of tmm.plot take: operators of analyses, and plain taps."""
from __future__ import annotations

import difflib
import json
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from ._curve import symbol_curve
from ._errors import ArgumentError
from ._numbers import singular_values, winding_number, zeros
from ._plane import pseudospectra
from ._tmm import Comparison, Measure, Model, Operator, Plane, Report, SingularValues, SymbolCurve, Winding, Zeros

if TYPE_CHECKING:
    from numpy.typing import NDArray


class Drawable:
    """One operator: what is known of it already, the rest found when it is first needed."""

    def __init__(self, taps: Any, operator: Operator | None = None, label: str = "") -> None:
        self.operator = operator
        self.label = operator.label if operator is not None else label
        self.name = operator.name if operator is not None else label
        self._taps = taps

    @classmethod
    def of(cls, operator: Operator) -> Drawable:
        return cls(operator.taps, operator)

    @property
    def dense(self) -> bool:
        return self.operator is not None and self.operator.kind == "dense"

    @cached_property
    def taps(self) -> NDArray[np.float64]:
        if self.dense:
            raise ArgumentError(f"{self.name} is a dense matrix: it has no symbol to draw", tensor=self.name)
        found = np.asarray(self._taps, dtype=np.float64)
        return found.reshape(-1)

    @property
    def n(self) -> int:
        return self.operator.n if self.operator is not None else len(self.taps)

    @cached_property
    def winding(self) -> Winding:
        return self.operator.winding if self.operator is not None else winding_number(self._taps)

    @cached_property
    def singular_values(self) -> SingularValues:
        known = self.operator.singular_values if self.operator is not None else None
        if known is not None:
            return known
        if self.dense:
            raise ArgumentError(f"the singular values of {self.name} are not in the analysis", tensor=self.name)
        return singular_values(self.taps)

    @cached_property
    def zeros(self) -> Zeros:
        known = self.operator.zeros if self.operator is not None else None
        return known if known is not None else zeros(self.taps)

    @cached_property
    def plane(self) -> Plane:
        known = self.operator.pseudospectra if self.operator is not None else None
        return known if known is not None else pseudospectra(self.taps)

    def curve(self, tolerance: float | None = None, near: float | None = None) -> SymbolCurve:
        return symbol_curve(self.taps, tolerance, near=near)

    def measure(self, name: str) -> Measure | None:
        if self.operator is None:
            raise ArgumentError("plain taps have no measures", tensor=name, expected="what tmm.analyze returns")
        return self.operator.measures.get(name)

    @property
    def about(self) -> str:
        """For the metadata of files."""
        file = self.operator.file if self.operator is not None else ""
        return " ".join(part for part in (file, self.name) if part)

    @property
    def title(self) -> str:
        return f"layer {self.label}" if self.label else ""


def drawables(x: Any, layers: str | int | Sequence[str | int] | None = None) -> list[Drawable]:
    """The operators of an analysis, those asked for by name or label; or plain taps, shape (n,) or (C, n)."""
    found = _all(x)
    if layers is None:
        return found
    wanted = [layers] if isinstance(layers, (str, int)) else list(layers)
    return [_one(found, layer) for layer in wanted]


def single(x: Any, layer: str | int | None) -> Drawable:
    """The one operator to draw."""
    found = drawables(x, layer)
    if len(found) == 1:
        return found[0]
    raise ArgumentError(
        f"there are {len(found)} operators: which one?{_listed(found)}", tensor="layer", expected="a name or label"
    )


def _all(x: Any) -> list[Drawable]:
    if isinstance(x, Drawable):
        return [x]
    if isinstance(x, Operator):
        return [Drawable.of(x)]
    if isinstance(x, (Report, Model)):
        return [Drawable.of(operator) for operator in x]
    if isinstance(x, (list, tuple)) and x and all(isinstance(item, (Operator, Drawable)) for item in x):
        return [_all(item)[0] for item in x]
    if isinstance(x, Comparison):
        raise ArgumentError(
            "a comparison has no operators to draw", expected="what tmm.analyze returns", hint="tmm.plot.comparison"
        )
    if isinstance(x, (str, bytes)) or hasattr(x, "__fspath__"):
        raise ArgumentError(
            "nothing to draw from a path", found=str(x), expected="tmm.load_report(path) or tmm.analyze(path)"
        )
    shape = np.shape(x)
    if len(shape) == 2 and shape[0] != 1:
        return [Drawable(row, label=str(i)) for i, row in enumerate(x)]
    return [Drawable(x)]


def _listed(found: Sequence[Drawable]) -> str:
    names = [d.label if d.label == d.name else f"{d.label} ({d.name})" for d in found[:12]]
    more = f" and {len(found) - 12} more" if len(found) > 12 else ""
    return f" There are {', '.join(names)}{more}"


def _one(found: Sequence[Drawable], layer: str | int) -> Drawable:
    text = str(layer)
    matching = [d for d in found if text in (d.label, d.name)]
    if len(matching) == 1:
        return matching[0]
    if matching:
        raise ArgumentError(f"{len(matching)} operators are called {text}: take one model", tensor=text)
    known = [name for d in found for name in (d.label, d.name)]
    close = difflib.get_close_matches(text, known, 1)
    hint = f"did you mean {close[0]}?" if close else ""
    raise ArgumentError(
        f"no operator {text}{': ' + hint if hint else ''}.{_listed(found)}", tensor=text, found=text, hint=hint
    )


def comparison_document(x: Any) -> dict[str, Any]:
    """The JSON document of a comparison: of the object, or as it was read from a file."""
    document = json.loads(x.to_json()) if isinstance(x, Comparison) else x
    if not isinstance(document, Mapping) or document.get("schema") != "tmm.comparison":
        raise ArgumentError(
            "no comparison", found=type(x).__name__, expected="what tmm.compare returns, or its JSON document"
        )
    return dict(document)


__all__ = ["Drawable", "comparison_document", "drawables", "single"]
