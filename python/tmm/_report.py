# SPDX-License-Identifier: MIT
"""What analyses show in a notebook, and as a table of pandas."""
from __future__ import annotations

import html
import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from ._tmm import Comparison, Operator, Report

if TYPE_CHECKING:
    import pandas  # type: ignore[import]

_PLACE = ("file", "name", "label", "part", "block", "head", "row", "stage", "n", "dtype", "kind", "verdict")
_SHOWN = ("winding_number", "winding_fraction", "index_margin", "jensen_defect", "log10_sigma_min", "log10_condition")


def _names(report: Report, measures: Sequence[str]) -> list[str]:
    """The measures, or all in order of appearance."""
    if measures:
        return list(measures)
    names: dict[str, None] = {}
    for operator in report:
        names.update(dict.fromkeys(operator.measures))
    return list(names)


def to_pandas(self: Report, measures: Sequence[str] = (), *, status: bool = False) -> pandas.DataFrame:
    """The analysis as a table, one row an operator.

    Parameters
    ----------
    measures : sequence of str
        Names of measures; all by default.
    status : bool
        Beside each measure NAME the columns NAME_status and NAME_error.

    Returns
    -------
    pandas.DataFrame
        Columns file, name, label, part, block, head, row, stage, n, dtype, kind, verdict and the measures, NaN where
        there is no number.
    """
    import pandas

    rows = []
    names = _names(self, measures)
    for operator in self:
        row = {field: getattr(operator, field) for field in _PLACE}
        known = operator.measures
        for name in names:
            measure = known.get(name)
            value = None if measure is None else measure.value
            row[name] = float("nan") if value is None else value
            if status:
                row[name + "_status"] = None if measure is None else measure.status
                row[name + "_error"] = None if measure is None else measure.error
        rows.append(row)
    columns = None if rows else list(_PLACE)
    return pandas.DataFrame(rows, columns=columns)


def to_dict(self: Report | Comparison) -> dict[str, Any]:
    """The JSON document as a dict."""
    document: dict[str, Any] = json.loads(self.to_json())
    return document


def _curve(operator: Operator) -> str:
    """The symbol's curve as a small picture with the certified winding number about its cross."""
    if operator.kind != "toeplitz":
        return ""
    from numpy import abs as moduli
    from numpy import log10

    from ._curve import symbol_curve

    vertices = symbol_curve(operator.taps).vertices
    size = float(moduli(vertices).max()) or 1.0
    pieces = []
    for z in vertices * (100 / (1.06 * size)):
        decimals = min(12, max(1, int(2 - log10(abs(z) or 1e-9)) + 1))  # near 0 as many as the turns about it need
        pieces.append(f"{z.real:.{decimals}f} {-z.imag:.{decimals}f}")
    return (
        '<svg viewBox="-100 -100 200 200" width="64" height="64" role="img" aria-label="symbol curve">'
        f'<path d="M{"L".join(pieces)}" fill="none" stroke="#0067a5" stroke-width="1.5"/>'
        '<path d="M-9 0H9M0 -9V9" stroke="currentColor" stroke-width="2"/></svg>'
    )


def _row(operator: Operator, names: Sequence[str], picture: str) -> str:
    cells = "".join(
        f'<td style="text-align:right">{html.escape(operator.text(name)) if name in operator else ""}</td>'
        for name in names
    )
    return (
        f'<tr><th style="text-align:left">{html.escape(operator.label)}</th><td>{picture}</td><td>{operator.n}</td>'
        f"{cells}<td>{html.escape(operator.verdict)}</td></tr>"
    )


def _repr_html_(self: Report) -> str:
    """A compact table for notebooks, with small symbol curves where there are few enough of them."""
    most, most_curves = 64, 32
    drawn = len(self) <= most_curves
    tables = []
    for model in self.models:
        names = [name for name in _SHOWN if any(name in operator for operator in model)]
        heads = "".join(f"<th>{html.escape(name)}</th>" for name in names)
        rows = "".join(_row(op, names, _curve(op) if drawn else "") for op in model.operators[:most])
        more = f"<p>and {len(model) - most} more operators</p>" if len(model) > most else ""
        warnings = "".join(f"<p>! {html.escape(text)}</p>" for text in model.warnings)
        tables.append(
            f"<p><b>{html.escape(model.file)}</b> {html.escape(model.architecture)}</p>"
            f"<table><thead><tr><th>layer</th><th>symbol</th><th>n</th>{heads}<th>verdict</th></tr></thead>"
            f"<tbody>{rows}</tbody></table>{more}{warnings}"
        )
    return "".join(tables)


for _class in (Report, Comparison):
    setattr(_class, "to_dict", to_dict)
setattr(Report, "to_pandas", to_pandas)
setattr(Report, "_repr_html_", _repr_html_)
