# SPDX-License-Identifier: MIT
"""Where the tests find what they need: given by ctest, or by whoever runs them by hand."""
import os
import pathlib

ROOT = pathlib.Path(__file__).resolve().parents[2]
DATA = ROOT / "tests" / "data"
BINARY = os.environ.get("TMM_BINARY", str(ROOT / "build" / "dev" / "apps" / "tmm"))


def shared(name):
    """A folder or file of the reference material beside the repository, or None where it is not there."""
    path = ROOT.parent / "shared" / name
    return path if path.exists() else None
