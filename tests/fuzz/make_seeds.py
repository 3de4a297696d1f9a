# SPDX-License-Identifier: MIT
"""Seeds for the fuzzers: small files of every kind the readers know, in FOLDER/TARGET. Usage: make_seeds.py FOLDER"""
import io
import json
import pathlib
import pickle
import struct
import sys
import types
from collections import OrderedDict

import h5py
import numpy as np

NAME = "mixer_blocks.0.token_mixing_layer."


def hdf5(fill, **options):
    memory = io.BytesIO()
    with h5py.File(memory, "w", **options) as file:
        fill(file)
    return memory.getvalue()


def flat(file, dtype="f4", **storage):
    file.create_dataset(NAME + "weight", data=np.arange(1, 9).reshape(1, 8).astype(dtype), **storage)
    file.create_dataset(NAME + "bias", data=np.zeros(8, dtype), **storage)


def bfloat16(file):
    file[NAME + "weight"] = np.full((1, 8), 0x3F80, np.uint16)
    file[NAME + "weight"].attrs["dtype"] = "bfloat16"
    file.attrs["objective"] = "copy"
    file.attrs["training_steps"] = 5


def groups(file):
    for step in ("0", "100"):
        flat(file.create_group(step))
    file["words"] = ["a", "bc"]


def hdf5_seeds():
    yield hdf5(flat)
    yield hdf5(lambda f: flat(f, ">f8"))
    yield hdf5(lambda f: flat(f, "f2", chunks=True, compression="gzip", shuffle=True, fletcher32=True))
    yield hdf5(flat, libver="latest")
    yield hdf5(bfloat16)
    yield hdf5(groups)


def safetensors(tensors, metadata=None, pad=0):
    header, data = {}, b""
    if metadata is not None:
        header["__metadata__"] = metadata
    for name, (dtype, shape, raw) in tensors.items():
        header[name] = {"dtype": dtype, "shape": shape, "data_offsets": [len(data), len(data) + len(raw)]}
        data += raw
    text = json.dumps(header).encode() + b" " * pad
    return struct.pack("<Q", len(text)) + text + data


def safetensors_seeds():
    weight = np.arange(1, 9, dtype="<f4").tobytes()
    yield safetensors({NAME + "weight": ("F32", [1, 8], weight), NAME + "bias": ("F32", [8], weight)})
    yield safetensors({"a": ("BF16", [2, 1], b"abcd"), "b": ("I64", [], b"12345678"), "c": ("F64", [0], b"")}, {"k": "v"}, 5)
    yield safetensors({"q": ("F4", [4], b"xy"), "r": ("BOOL", [1], b"\1"), "\u00e9\n": ("F16", [1], b"ab")})
    yield json.dumps({"metadata": {"total_size": 32}, "weight_map": {"a": "m-1.safetensors", "b": "m-2.safetensors"}}).encode()


class Made:
    """An object that pickles as a call of MODULE.NAME, or as a persistent identity."""

    def __init__(self, name, *arguments):
        self.made = FUNCTIONS[name], arguments

    def __reduce__(self):
        return self.made


class Storage:
    def __init__(self, kind, key, count):
        self.identity = "storage", FUNCTIONS[kind], key, "cpu", count


class TorchPickler(pickle._Pickler):
    def persistent_id(self, value):
        return value.identity if isinstance(value, Storage) else None


def stand_in(module, name):
    """A function that pickles as MODULE.NAME, of a PyTorch that need not be here."""
    function = types.FunctionType((lambda: None).__code__, {}, name)
    function.__module__, function.__qualname__ = module, name
    setattr(sys.modules.setdefault(module, types.ModuleType(module)), name, function)
    return function


FUNCTIONS = {name: stand_in(module, name) for module, name in (
    ("torch", "FloatStorage"), ("torch", "BFloat16Storage"), ("torch", "LongStorage"), ("torch", "float32"),
    ("torch.storage", "UntypedStorage"), ("torch._utils", "_rebuild_tensor_v2"), ("torch._utils", "_rebuild_tensor_v3"),
    ("torch._utils", "_rebuild_parameter"), ("torch", "Size"), ("posix", "system"))}


def torch_pickle(value, protocol=2):
    memory = io.BytesIO()
    TorchPickler(memory, protocol).dump(value)
    return memory.getvalue()


def pickle_seeds():
    def tensor(kind, key, count, offset, shape, strides):
        return Made("_rebuild_tensor_v2", Storage(kind, key, count), offset, shape, strides, False, OrderedDict())

    weight = tensor("FloatStorage", "0", 12, 2, (2, 3), (1, 4))
    state = OrderedDict({NAME + "weight": weight, NAME + "bias": Made("_rebuild_parameter", weight, True, OrderedDict())})
    state._metadata = OrderedDict({"": {"version": 1}})
    yield torch_pickle(state)
    yield torch_pickle({"model": dict(state), "optimizer": {"state": {0: {"step": 1.5}}, "param_groups": [{"lr": 1e-3}]}, "n": 7})
    yield torch_pickle({"a": dict(state), "b": {"w": weight}, "config": {"x": True, "y": None, "z": -2**70}}, 4)
    yield torch_pickle({"w": tensor("BFloat16Storage", "1", 2**40, 0, (2**20, 0), (0, 0)), "x": Made("system", "true")}, 5)
    third = Made("_rebuild_tensor_v3", Storage("UntypedStorage", "2", 40), 0, Made("Size", (5, 2)), (2, 1), False, OrderedDict(), FUNCTIONS["float32"])
    yield torch_pickle([third, third, b"bytes", frozenset("ab"), ("deep", [[[()]]])], 4)
    yield torch_pickle(third)


def zip_seeds():
    weight = np.arange(6, dtype="<f4").reshape(2, 3)
    for save in (np.savez, np.savez_compressed):
        memory = io.BytesIO()
        save(memory, weight=weight, turned=np.asfortranarray(weight.astype(">f8")), step=np.int64(3), flag=np.array([True]))
        yield memory.getvalue()
    memory = io.BytesIO()
    np.lib.format.write_array(memory, weight, version=(2, 0))
    yield memory.getvalue()


def array_seeds():
    yield hdf5(lambda f: f.create_dataset("tokens", data=np.arange(40, dtype="u2"), chunks=(16,), compression="gzip"))
    yield hdf5(lambda f: f.create_dataset("input_ids", data=np.arange(12, dtype=">i4").reshape(3, 4)))
    yield from hdf5_seeds()


def token_seeds():
    rng = np.random.default_rng(2)
    rows = rng.integers(0, 50, (4, 16))
    yield b"\x00\x0f" + bytes(rng.integers(32, 127, 200, dtype="u1"))
    yield b"\x02\x0f" + b"twice " * 20
    for kind, ids in ((1, rows.ravel()), (3, rows), (3, np.hstack([rows[:, :8]] * 2)), (5, rows - 1)):
        yield bytes([kind, 15]) + hdf5(lambda f: f.create_dataset("tokens", data=ids.astype("i4")))


def report_seeds():  # edits: position (2 bytes), bytes out, bytes in, those bytes
    yield b"\x00\x20\x00\x00"
    yield b"\x00\x80\x01\x02-1" + b"\x03\x00\x04\x04null"
    yield b'{"schema": "tmm.analysis", "schema_version": 1, "models": [], "program": {}, "options": {"seed": -1e400}}'


def config_seeds():
    yield b'objective = "copy"\nrandom = true\ndim = 8\ncontext = 16\nsteps = 5\nwarmup = 1\nlearning-rate = 2e-3\n'
    yield b'# text\ntext = ["a.txt", "b c.txt"]\nheads = 2\nexpanded = true\ndecay = "cosine"\nclip = 0.5\nseed = "18446744073709551615"\n'
    yield b'tokens = "t.h5"\ndataset = "ids"\ntie = false\ntoeplitz = "minimum-phase"\ninit = "ones"\nseed = 9223372036854775808\n'
    yield b'random = true\n[section]\nx = 1\n'


def analyze_seeds():
    random = np.random.default_rng(1)
    for taps in ([1.0], [0.0, 1.0], [1, -1], [1, -2, 1], [0, 0, 0], [1, 1, 1, 1], [5e-324, 1e308], [1, np.nan],
                 random.standard_normal(24), np.poly([0.5, 2, -1, 1j, -1j]).real, [2, -5, 2], [1e-300, 1, 1e300]):
        yield np.asarray(taps, "<f8").tobytes()


for target, seeds in {"hdf5": hdf5_seeds, "safetensors": safetensors_seeds, "pickle": pickle_seeds, "zip": zip_seeds, "array": array_seeds, "tokens": token_seeds, "report": report_seeds, "config": config_seeds, "analyze": analyze_seeds}.items():
    folder = pathlib.Path(sys.argv[1]) / target
    folder.mkdir(parents=True, exist_ok=True)
    for number, seed in enumerate(seeds()):
        (folder / f"seed{number}").write_bytes(seed)
