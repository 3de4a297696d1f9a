# SPDX-License-Identifier: MIT
"""tmm-figure: figures for papers from a shell."""
from __future__ import annotations

import argparse
import difflib
import json
import os
import sys
import tempfile
from collections.abc import Callable, Sequence
from typing import Any

from ._analyze import analyze, load_report
from ._errors import ArgumentError, Error, FileError

KINDS = ("symbol", "zeros", "spectrum", "matrix", "pseudospectra", "grid", "depth", "trajectory", "comparison")
FORMS = ("pdf", "svg", "eps", "png")
_OF_COMPARISONS = ("trajectory", "comparison")
_OF_ONE_LAYER = ("symbol", "zeros", "spectrum", "matrix", "pseudospectra")

_EXAMPLES = """\
examples:
  tmm analyze model.h5 -o result.json
  tmm-figure result.json --kind symbol --layer 3 -o symbol.pdf
  tmm-figure model.h5 --kind grid --width 174mm -o curves.pdf
  tmm compare a.h5 --against b.h5 -o groups.json
  tmm-figure groups.json --kind comparison --measures winding_fraction,jensen_defect -o groups.svg
"""


class _Parser(argparse.ArgumentParser):
    """Says what was meant where a choice is mistyped."""

    def error(self, message: str) -> Any:
        for kind in KINDS:
            message = message.replace(f"'{kind}'", kind)
        found = message.partition("invalid choice: '")[2].partition("'")[0]
        close = difflib.get_close_matches(found, KINDS, 1) if found else []
        self.exit(2, f"{self.prog}: {message}{f'. Did you mean {close[0]}?' if close else ''}\n")


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="tmm-figure",
        description="Figures for papers: vector graphics whose curves turn about 0 as often as is proven.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    add = parser.add_argument
    add("result", metavar="RESULT", help="saved analysis (JSON, HDF5), saved comparison (JSON), or a checkpoint")
    add("--kind", choices=KINDS, required=True, help="what to draw")
    add("--layer", action="append", metavar="NAME", help="name or label of an operator; of several for grid and depth")
    add("--width", default="", help="84mm, 17.4cm, 3.3in, one-column (84 mm) or two-column (174 mm)")
    add("--title", help="above the figure; an empty one for none")
    add("--measures", metavar="LIST", help="comma list for comparison; one for depth")
    add("--window", type=float, metavar="R", help="symbol: only |Re|, |Im| up to R, in units of the weights")
    add("--columns", type=int, help="grid: how many curves side by side")
    add("--section", type=int, metavar="M", help="matrix: the leading section of order M")
    add("-o", "--output", required=True, metavar="FILE", help=f"ends in .{', .'.join(FORMS)}")
    add("--force", action="store_true", help="replace the output file if it exists")
    add("--version", action="version", version=_version())
    return parser


def _version() -> str:
    from ._tmm import __version__

    return f"tmm-figure {__version__}"


def _open(path: str) -> Any:
    """A Report, or the JSON document of a comparison."""
    if not os.path.exists(path):
        raise FileError(f"{path}: no such file", file=path)
    if os.path.isfile(path):
        with open(path, "rb") as stream:
            start = stream.read(512).lstrip()
        if start.startswith(b"{") and b'"tmm.analysis"' not in start:
            try:
                with open(path, encoding="utf-8") as text:
                    document = json.load(text)
            except (ValueError, UnicodeDecodeError):
                document = None
            if isinstance(document, dict) and document.get("schema") == "tmm.comparison":
                return document
    try:
        return load_report(path)
    except Error:
        return analyze(path)  # its message is the one to show where it is neither


def _draw(arguments: argparse.Namespace, result: Any) -> Any:
    from . import plot

    kind = arguments.kind
    compared = isinstance(result, dict)
    if compared != (kind in _OF_COMPARISONS):
        holds = "a comparison" if compared else "an analysis"
        fitting = ", ".join(k for k in KINDS if (k in _OF_COMPARISONS) == compared)
        raise ArgumentError(
            f"{arguments.result} holds {holds}: --kind {kind} cannot be drawn of it. Kinds for {holds}: {fitting}",
            file=arguments.result,
        )
    layers = arguments.layer
    options: dict[str, Any] = {"title": arguments.title}
    if arguments.width:
        options["width"] = arguments.width
    names = [name for name in (arguments.measures or "").split(",") if name]
    draw: Callable[..., Any] = getattr(plot, kind)
    if kind in _OF_ONE_LAYER:
        if layers and len(layers) > 1:
            raise ArgumentError(f"--kind {kind} draws one layer; --kind grid draws several", tensor="layer")
        extra = {"symbol": ("window",), "matrix": ("section",)}.get(kind, ())
        options.update({name: getattr(arguments, name) for name in extra})
        return draw(result, layers[0] if layers else None, **options)
    if kind == "grid":
        return draw(result, layers, columns=arguments.columns, **options)
    if kind == "depth":
        if len(names) > 1:
            raise ArgumentError("--kind depth draws one measure", tensor="measures")
        return draw(result, layers, **({"measure": names[0]} if names else {}), **options)
    if kind == "trajectory":
        return draw(result, layers=layers, **options)
    return draw(result, names or None, **options)


def _misplaced(arguments: argparse.Namespace) -> str:
    """An option that this kind does not know; it would be ignored in silence."""
    takes = {"window": ("symbol",), "columns": ("grid",), "section": ("matrix",), "measures": ("depth", "comparison")}
    for option, kinds in takes.items():
        if getattr(arguments, option) is not None and arguments.kind not in kinds:
            return f"--{option} is for --kind {' and '.join(kinds)}"
    if arguments.layer and arguments.kind == "comparison":
        return "--layer is not for --kind comparison"
    return ""


def _save(figure: Any, path: str, force: bool) -> None:
    """Writes the file whole or not at all."""
    form = os.path.splitext(path)[1][1:].lower()
    folder = os.path.dirname(path) or "."
    if not os.path.isdir(folder):
        raise FileError(f"{path}: there is no folder {folder}", file=path)
    handle, beside = tempfile.mkstemp(dir=folder, prefix=".tmm-figure-", suffix=f".{form}")
    os.close(handle)
    try:
        figure.savefig(beside, format=form)
        mask = os.umask(0)
        os.umask(mask)
        os.chmod(beside, 0o666 & ~mask)
        if force:
            os.replace(beside, path)
        else:
            try:
                os.link(beside, path)
            except FileExistsError:
                raise _exists(path) from None
    finally:
        if os.path.exists(beside):
            os.unlink(beside)


def _exists(path: str) -> FileError:
    return FileError(f"{path} exists; --force replaces it", file=path, hint="--force")


def _check_output(arguments: argparse.Namespace) -> None:
    path = arguments.output
    form = os.path.splitext(path)[1][1:].lower()
    if form not in FORMS:
        raise ArgumentError(
            f"{path}: the file's name does not say its form: it ends in .{', .'.join(FORMS)}", file=path, found=form
        )
    if os.path.exists(path):
        if os.path.exists(arguments.result) and os.path.samefile(path, arguments.result):
            raise FileError(f"{path} is what the figure is made of", file=path)
        if not arguments.force:
            raise _exists(path)


def main(arguments: Sequence[str] | None = None) -> int:
    """The program. Returns 0; 1 where the input is at fault; 2 where the command line is."""
    parsed = _parser().parse_args(arguments)
    misplaced = _misplaced(parsed)
    if misplaced:
        print(f"tmm-figure: {misplaced}", file=sys.stderr)
        return 2
    try:
        _check_output(parsed)
        try:
            from . import plot  # noqa: F401  before the work of an analysis
        except ImportError as missing:
            raise FileError(str(missing)) from None
        _save(_draw(parsed, _open(parsed.result)), parsed.output, parsed.force)
    except Error as error:
        print(f"tmm-figure: {error}", file=sys.stderr)
        return 1
    except OSError as error:
        print(f"tmm-figure: {error.filename or parsed.output}: {error.strerror or error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
