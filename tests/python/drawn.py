# SPDX-License-Identifier: MIT
"""What is drawn, taken out of figures and of their files."""
import io
import re
import zlib

import numpy as np
from support import DATA

try:
    import matplotlib.text
    import tmm.plot as plot
    from matplotlib.patches import PathPatch
except ImportError as missing:
    plot = None
    REASON = str(missing)
else:
    REASON = ""

CLM = str(DATA / "clm_flat_toeplitz.h5")
COPY = str(DATA / "copy_flat_toeplitz.h5")


def turns(z):
    """Winding number of a closed polygon about 0: signed crossings of the positive real half-line."""
    a, b = z[:-1].astype(np.clongdouble), z[1:].astype(np.clongdouble)
    side = a.real * b.imag - a.imag * b.real
    up = (a.imag < 0) & (b.imag >= 0) & (side > 0)
    down = (a.imag >= 0) & (b.imag < 0) & (side < 0)
    return int(up.sum()) - int(down.sum())


def clearance(z):
    a, d = z[:-1], np.diff(z)
    length = np.abs(d) ** 2
    t = np.clip(-np.real(a * np.conj(d)) / np.where(length > 0, length, 1), 0, 1)
    return np.abs(a + t * d).min()


def curves(figure):
    found = [a for ax in figure.axes for a in ax.patches if isinstance(a, PathPatch) and a.get_gid() == "symbol"]
    return [patch.get_path().vertices @ np.array([1, 1j]) for patch in found]


def saved(figure, form, **options):
    stream = io.BytesIO()
    figure.savefig(stream, format=form, **options)
    return stream.getvalue()


def streams(pdf):
    """The content of a PDF, unpacked."""
    texts = []
    for match in re.finditer(rb"stream\r?\n(.*?)\r?\nendstream", pdf, re.S):
        try:
            texts.append(zlib.decompress(match[1]))
        except zlib.error:
            texts.append(match[1])
    return b"\n".join(texts)


def texts(figure):
    """All that is written: no ticks beyond the ends of their axis, which exist but are not drawn."""
    figure.draw_without_rendering()
    beyond = set()
    for ax in figure.axes:
        for axis in (ax.xaxis, ax.yaxis):
            low, high = sorted(axis.get_view_interval())
            for tick in axis.get_major_ticks() + axis.get_minor_ticks():
                if not low <= tick.get_loc() <= high:
                    beyond |= {tick.label1, tick.label2}
    found = figure.findobj(matplotlib.text.Text)
    return [t for t in found if t.get_visible() and t.get_text().strip() and t not in beyond]
