# SPDX-License-Identifier: MIT
"""Winding numbers of networks in memory: modules, state dicts, mappings of arrays."""
import collections
import unittest

import numpy as np
from support import DATA, Tensor, document, shared, truncated_to_bfloat16

import tmm

NAME = "mixer_blocks.{}.token_mixing_layer.weight"


def weights(layers=2, n=30, seed=0):
    random = np.random.default_rng(seed)
    return {NAME.format(i): random.normal(size=(1, n)).astype(np.float32) for i in range(layers)}


def numbers(network, **options):
    return {name: winding.number for name, winding in tmm.winding_numbers(network, **options).items()}


def each(arrays):
    return {str(i): tmm.winding_number(taps).number for i, taps in enumerate(arrays.values())}


class Module:
    """What a torch.nn.Module is to who does not import torch."""

    def __init__(self, state):
        self.state = state

    def state_dict(self):
        return collections.OrderedDict(self.state)


class Networks(unittest.TestCase):
    def test_a_module_a_state_dict_and_a_checkpoint_of_both(self):
        arrays = weights()
        expected = each(arrays)
        self.assertEqual(numbers(arrays), expected)
        self.assertEqual(numbers(Module(arrays)), expected)
        self.assertEqual(numbers(collections.OrderedDict(arrays)), expected)
        self.assertEqual(numbers({"state_dict": arrays, "epoch": 3, "lr": [0.1, "x"], "optimizer": {0: {"step": None}}}), expected)
        self.assertEqual(numbers({"_orig_mod.module." + name: w for name, w in arrays.items()}), expected)
        self.assertEqual(numbers({name: w.tolist() for name, w in arrays.items()}), expected)
        self.assertEqual(list(numbers(arrays)), ["0", "1"])

    def test_tensors_on_a_device_are_read_once_and_only_where_they_are_needed(self):
        arrays = weights()
        tensors = {name: Tensor(w, device="cuda:0", grad=True) for name, w in arrays.items()}
        tensors["input_layer.weight"] = Tensor(np.ones((50, 8)), device="meta")
        self.assertEqual(numbers(Module(tensors)), each(arrays))
        self.assertEqual([t.reads[0] for t in tensors.values()], [1, 1, 0])

    def test_every_type_that_a_checkpoint_may_hold(self):
        arrays = {name: truncated_to_bfloat16(w) for name, w in weights().items()}
        for dtype in ("bfloat16", "float32", "float64"):
            self.assertEqual(numbers({k: Tensor(w, dtype) for k, w in arrays.items()}), each(arrays))
        halves = {name: w.astype(">f2") for name, w in arrays.items()}
        self.assertEqual(numbers(halves), each(halves))
        self.assertEqual(numbers({k: np.asfortranarray(np.repeat(w, 2, axis=1))[:, ::2] for k, w in arrays.items()}), each(arrays))

    def test_files_in_memory_give_what_the_program_gives(self):
        import h5py

        folder = shared("checkpoints")
        paths = [DATA / "clm_flat_toeplitz.h5"]
        paths += [folder / name for name in ("clm_h4.h5", "ae_flat.h5") if folder and (folder / name).exists()]
        for path in paths:
            with h5py.File(path) as file:
                found = tmm.winding_numbers(file)
            expected = [op["winding"] for op in document("analyze", path, "--spectrum", "none")["models"][0]["operators"]]
            for w, e in zip(found.values(), expected, strict=True):
                self.assertEqual((w.number, w.margin, w.radius), (e["number"], e["margin"], e["radius"]))

    def test_layers_residual_copy_and_threads(self):
        arrays = weights(4)
        self.assertEqual(list(numbers(arrays, layers="1,3")), ["1", "3"])
        self.assertEqual(numbers(arrays, threads=1), numbers(arrays, threads=3))
        shifted = {name: np.float64(w) + np.eye(1, 30) for name, w in arrays.items()}
        self.assertEqual(numbers(arrays, residual=True), each(shifted))
        both = {"ema." + name: w + 1 for name, w in arrays.items()} | arrays
        self.assertEqual(numbers(both, copy="ema"), each({name: w + 1 for name, w in arrays.items()}))
        self.assertEqual(numbers(both, copy="top"), each(arrays))

    def test_rows_of_a_kernel_are_operators(self):
        kernel = np.random.default_rng(2).normal(size=(3, 20))
        found = numbers({NAME.format(0): kernel})
        self.assertEqual(found, {f"0.r{i}": tmm.winding_number(row).number for i, row in enumerate(kernel)})

    def test_an_encoder_of_another_family_under_a_decoder(self):
        taps = np.random.default_rng(3).normal(size=(2, 20)).astype(np.float32)
        arrays = {"encoderblocks.0.mixer.weight": taps[0], "decoderblocks.0.token_mixing_layer.weight": taps[1:]}
        self.assertEqual(numbers(arrays), {f"{part}.0": tmm.winding_number(row).number for part, row in zip(("enc", "dec"), taps)})
        report = tmm.analyze(arrays, spectrum="none")
        self.assertEqual(report.models[0].family, "first TMM encoder")
        self.assertEqual([op.name for op in report], list(arrays))

    def test_large_networks_go_to_threads(self):
        arrays = weights(6, 400)
        self.assertEqual(numbers(arrays), each(arrays))


class Refusals(unittest.TestCase):
    def refuse(self, network, kind, tensor="", **options):
        with self.assertRaises(kind) as caught:
            tmm.winding_numbers(network, **options)
        self.assertEqual(caught.exception.tensor, tensor)
        return str(caught.exception)

    def test_what_is_no_network(self):
        self.assertIn("state_dict()", self.refuse(3, tmm.ArgumentError))
        self.assertIn("state_dict()", self.refuse(None, tmm.ArgumentError))
        self.assertIn("state_dict()", self.refuse(np.ones(3), tmm.ArgumentError))
        self.refuse({}, tmm.FormatError)
        self.refuse({"a": np.ones(3)}, tmm.FormatError)

    def test_the_tensor_is_named(self):
        name = NAME.format(1)
        bad = weights()
        bad[name] = bad[name].copy()
        bad[name][0, 7] = np.nan
        self.assertIn("[0, 7]", self.refuse(bad, tmm.FormatError, name))
        for wrong in (np.ones((1, 30), dtype=int), np.ones((1, 30), dtype=complex), "text", np.array([["a"] * 30])):
            self.refuse({**weights(), name: wrong}, tmm.FormatError, name)
        self.refuse({**weights(), name: np.ones((2, 3, 4))}, tmm.FormatError, name)
        self.refuse({**weights(), name: np.ones((1, 0))}, tmm.FormatError, name)
        self.assertIn("no data", self.refuse({**weights(), name: Tensor(np.ones((1, 30)), device="meta")}, tmm.FormatError, name))

    def test_what_contradicts_the_operator_is_refused(self):
        network = weights() | {"mixer_blocks.0.token_mixing_layer.decay_value": np.ones(1)}
        with self.assertRaisesRegex(tmm.FormatError, "decay_value"):
            tmm.winding_numbers(network)
        self.assertEqual(len(tmm.winding_numbers(network, assume_toeplitz=True)), 2)

    def test_a_mapping_within_itself_ends(self):
        circle = {}
        circle["again"] = circle
        with self.assertRaisesRegex(tmm.FormatError, "nested"):
            tmm.winding_numbers(circle)

    def test_what_a_module_raises_is_raised(self):
        class Broken:
            def state_dict(self):
                raise RuntimeError("the reason")

        with self.assertRaisesRegex(RuntimeError, "the reason"):
            tmm.winding_numbers(Broken())

    def test_an_array_that_changes_its_shape_is_caught(self):
        class Liar(Tensor):
            def detach(self):
                return Tensor(np.ones((1, 3)))

        name = NAME.format(0)
        self.assertIn("shape", self.refuse({name: Liar(np.ones((1, 30)))}, tmm.FormatError, name))


if __name__ == "__main__":
    unittest.main()
