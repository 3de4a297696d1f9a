# SPDX-License-Identifier: MIT
"""tmm.jacobian: networks in memory and in files, matrices, messages."""
import copy
import json
import os
import pickle
import tempfile
import unittest

import numpy as np
from support import DATA, document

import tmm

D, V, N = 6, 10, 8


def network(seed=0):
    random = np.random.default_rng(seed)
    state = {"input_layer.weight": random.normal(size=(V, D)), "output_layer.weight": random.normal(size=(V, D))}
    for i in range(2):
        block = f"mixer_blocks.{i}."
        for norm in ("channel_norm", "token_norm"):
            state[block + norm + ".weight"], state[block + norm + ".bias"] = np.ones(D), np.zeros(D)
        state[block + "channel_mixing_layer.0.weight"] = random.normal(size=(4 * D, D)) / 2
        state[block + "channel_mixing_layer.0.bias"] = random.normal(size=4 * D)
        state[block + "channel_mixing_layer.3.weight"] = random.normal(size=(D, 4 * D)) / 5
        state[block + "channel_mixing_layer.3.bias"] = random.normal(size=D)
        state[block + "token_mixing_layer.weight"] = random.normal(size=(1, N))
        state[block + "token_mixing_layer.bias"] = random.normal(size=N)
    return {name: x.astype(np.float32) for name, x in state.items()}


class Jacobians(unittest.TestCase):
    tokens = [[1, 2, 3, 4, 5], [9, 8, 7, 0, 1]]

    def test_matrices_have_the_singular_values_of_the_document(self):
        found = tmm.jacobian(network(), self.tokens, matrices=True)
        self.assertEqual(found["schema"], "tmm.jacobian")
        stream, vector = found["matrices"]["stream"], found["matrices"]["vector"]
        self.assertEqual(stream.shape, (2, 30, 30))
        self.assertEqual(vector.shape, (2, D, 30))
        np.testing.assert_allclose(vector, stream[:, -D:], atol=1e-12 * np.abs(stream).max())
        for sample, matrix in zip(found["stream"]["by_sample"], stream):
            sigma = np.linalg.svd(matrix, compute_uv=False)
            self.assertLessEqual(abs(sigma[0] - sample["sigma_max"]["value"]), sample["sigma_max"]["error"])
            p = sigma / sigma.sum()
            rank = np.exp(-(p * np.log(p)).sum())
            self.assertLessEqual(abs(rank - sample["effective_rank"]["value"]), sample["effective_rank"]["error"])

    def test_a_file_a_network_in_memory_and_the_program_agree(self):
        import h5py

        state = network(1)
        with tempfile.TemporaryDirectory() as folder:
            model, tokens = os.path.join(folder, "m.h5"), os.path.join(folder, "t.h5")
            with h5py.File(model, "w") as f:
                for name, x in state.items():
                    f[name] = x
            with h5py.File(tokens, "w") as f:
                f["tokens"] = self.tokens
            ours = tmm.jacobian(model, np.array(self.tokens), threads=1)
            program = document("jacobian", model, "--tokens", tokens)
            self.assertEqual(ours["stream"], program["stream"])
            self.assertEqual(ours["blocks"], program["blocks"])
            memory = tmm.jacobian(state, self.tokens)
            self.assertEqual(memory["retention"], ours["retention"])

    def test_ends_have_no_matrix_of_the_stream(self):
        found = tmm.jacobian(network(), self.tokens[0], full=0, steps=3, matrices=True, blocks=False)
        self.assertIsNone(found["matrices"]["stream"])
        self.assertNotIn("blocks", found)
        self.assertEqual(found["stream"]["measures"]["log10_sigma_min"]["status"], "below precision")

    def test_a_derivative_is_saved_in_every_form_and_copied_as_a_dict(self):
        found = tmm.jacobian(network(), self.tokens, matrices=True)
        plain = tmm.jacobian(network(), self.tokens)
        with tempfile.TemporaryDirectory() as folder:
            at = lambda name: os.path.join(folder, name)
            found.save(at("d.json"))
            with open(at("d.json")) as f:
                self.assertEqual(json.load(f), plain)
            found.save(at("d.txt"))
            with open(at("d.txt")) as f:
                self.assertEqual(f.read(), plain.table())
            found.save(at("d.csv"))
            try:
                plain.save(at("d.html"))
                with open(at("d.html")) as f:
                    self.assertIn('id="jacobian"', f.read())
            except tmm.ArgumentError as e:
                self.assertIn("chart library", str(e))
            with self.assertRaisesRegex(tmm.FileError, "exists already"):
                found.save(at("d.json"))
            found.save(at("d.json"), overwrite=True)
            with self.assertRaisesRegex(tmm.ArgumentError, ".json, .csv, .html or .txt"):
                found.save(at("d.h5"))
        self.assertEqual(pickle.loads(pickle.dumps(plain)), dict(plain))
        self.assertEqual(copy.deepcopy(plain), plain)

    def test_what_cannot_be_is_named(self):
        for tokens, reason in (([[1, V]], "not in the vocabulary"), ([[-1]], "not in the vocabulary"), ([[0.5]], "integers"),
                               ([list(range(9))], "of this length"), (np.zeros((0, 3), int), "rows of ids")):
            with self.assertRaisesRegex(tmm.Error, reason):
                tmm.jacobian(network(), tokens)
        with self.assertRaisesRegex(tmm.Error, "Toeplitz layers only"):
            tmm.jacobian(DATA / "clm_flat_toeplitz.h5", [1, 2])
        with self.assertRaises(tmm.Error):
            tmm.jacobian(network(), [1], steps=0, full=0)
        with self.assertRaises(TypeError):
            tmm.jacobian(network(), [1], contextt=3)
        with self.assertRaisesRegex(tmm.Error, "no network"):
            tmm.jacobian(3, [1])


if __name__ == "__main__":
    unittest.main()
