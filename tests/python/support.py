# SPDX-License-Identifier: MIT
"""Where the tests find what they need: given by ctest, or by whoever runs them by hand."""
import json
import os
import pathlib
import subprocess

ROOT = pathlib.Path(__file__).resolve().parents[2]
DATA = ROOT / "tests" / "data"
BINARY = os.environ.get("TMM_BINARY", str(ROOT / "build" / "dev" / "apps" / "tmm"))


def run_tmm(*arguments):
    """What the program prints. A runtime that is preloaded for this interpreter is none of its own."""
    environment = {name: value for name, value in os.environ.items() if name != "LD_PRELOAD"}
    return subprocess.run([BINARY, *map(str, arguments)], env=environment, stdout=subprocess.PIPE, text=True, check=True).stdout


def document(*arguments):
    """What the program prints as JSON."""
    return json.loads(run_tmm(*arguments, "-q", "--format", "json"))


def shared(name):
    """A folder or file of the reference material beside the repository, or None where it is not there."""
    path = ROOT.parent / "shared" / name
    return path if path.exists() else None


class Tensor:
    """What a tensor of PyTorch is to who does not import it: on some device, with a history, of some type."""

    def __init__(self, values, dtype="float32", device="cpu", grad=False, reads=None):
        import numpy as np

        self._values = np.asarray(values)
        self.dtype = "torch." + dtype
        self.shape = self._values.shape
        self.device = device
        self.requires_grad = grad
        self.reads = [0] if reads is None else reads  # how often its values left the device

    def _as(self, **changes):
        parts = {"dtype": self.dtype[6:], "device": self.device, "grad": self.requires_grad, "reads": self.reads, **changes}
        return Tensor(self._values, **parts)

    def detach(self):
        return self._as(grad=False)

    def cpu(self):
        self.reads[0] += 1
        if self.device == "meta":
            raise NotImplementedError("Cannot copy out of meta tensor; no data!")
        return self._as(device="cpu")

    def float(self):
        return self._as(dtype="float32")

    def __array__(self, dtype=None):
        if self.requires_grad:
            raise RuntimeError("Can't call numpy() on Tensor that requires grad.")
        if self.device != "cpu":
            raise TypeError(f"can't convert {self.device} device type tensor to numpy.")
        if self.dtype == "torch.bfloat16":
            raise TypeError("Got unsupported ScalarType BFloat16")
        return self._values.astype(self.dtype[6:])


def truncated_to_bfloat16(values):
    """float32 numbers that bfloat16 holds."""
    import numpy as np

    bits = np.asarray(values, dtype=np.float32).view(np.uint32)
    return (bits & np.uint32(0xFFFF0000)).view(np.float32)


def resident_bytes():
    with open("/proc/self/statm") as status:
        return int(status.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
