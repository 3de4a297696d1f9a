# SPDX-License-Identifier: MIT
"""The examples run: with the packages that they are for, or with small stand-ins where one is missing."""
import importlib
import importlib.util
import json
import pathlib
import re
import subprocess
import sys
import tempfile
import types
import unittest

import numpy as np
from support import DATA, ROOT

import tmm

EXAMPLES = ROOT / "python" / "examples"


MISSING = {
    package: importlib.util.find_spec(package) is None
    for package in ("torch", "tensorboard", "transformers", "nbconvert", "ipykernel", "matplotlib", "pandas", "h5py")
}


def stand_in(name, **content):
    module = types.ModuleType(name)
    module.__dict__.update(content)
    sys.modules[name] = module
    return module


def load(name):
    spec = importlib.util.spec_from_file_location(name, EXAMPLES / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class Model:
    """What a torch.nn.Module is to tmm. Its second layer has a zero on the circle."""

    def state_dict(self):
        return {
            "mixer_blocks.0.token_mixing_layer.weight": np.float32([[1, 2.5, 1]]),
            "mixer_blocks.1.token_mixing_layer.weight": np.float32([[1, 1, 0]]),
        }


class Writer:
    def __init__(self, folder=""):
        self.scalars = []

    def add_scalar(self, name, value, step):
        self.scalars.append((name, value, step))

    def __enter__(self):
        return self

    def __exit__(self, *arguments):
        return None


class Examples(unittest.TestCase):
    def test_the_callback_adds_to_the_trainer_s_log(self):
        if MISSING["transformers"]:
            stand_in("transformers", TrainerCallback=object)
        callback = load("transformers_callback").WindingNumbers()
        state = types.SimpleNamespace(is_world_process_zero=True)
        logs = {"loss": 1.5}
        callback.on_log(None, state, None, model=Model(), logs=logs)
        self.assertEqual(logs["winding_number/0"], 1)
        self.assertGreater(logs["index_margin/0"], 0)
        self.assertNotIn("winding_number/1", logs)  # not Fredholm is not 0
        state.is_world_process_zero = False
        others = {}
        callback.on_log(None, state, None, model=Model(), logs=others)
        self.assertEqual(others, {})

    def test_the_loop_writes_scalars(self):
        if MISSING["torch"]:
            stand_in("torch", nn=stand_in("torch.nn", Module=object))
            stand_in("torch.utils", __path__=[])
        if MISSING["torch"] or MISSING["tensorboard"]:
            stand_in("torch.utils.tensorboard", SummaryWriter=Writer)
        example = load("tensorboard_loop")
        writer = Writer()
        example.log_windings(writer, Model(), 7)
        self.assertIn(("winding_number/0", 1, 7), writer.scalars)
        optimizer = types.SimpleNamespace(zero_grad=lambda: None, step=lambda: None, steps=0)

        class Loss(float):
            def backward(self):
                optimizer.steps += 1

        writer = Writer()
        example.train(Model(), range(11), optimizer, lambda model, batch: Loss(batch), writer)
        self.assertEqual(optimizer.steps, 11)
        self.assertEqual([s for name, _, s in writer.scalars if name == "loss"], [0, 10])
        if not MISSING["torch"]:
            with tempfile.TemporaryDirectory() as folder:
                example.main(folder, steps=11)

    def test_the_four_lines_of_the_readme(self):
        text = (ROOT / "README.md").read_text()
        section = text[text.index("## From Python") :]
        code = re.search(r"```python\n(.*?)```", section, re.S).group(1)
        self.assertEqual(len(code.strip().splitlines()), 4)
        space = {"model": Model()}
        if MISSING["pandas"]:
            self.skipTest("no pandas")
        exec(compile(code, "README.md", "exec"), space)
        self.assertEqual(len(space["table"]), 2)
        self.assertEqual(space["table"]["winding_number"][0], 1)

    def test_the_tour_runs_from_its_first_cell_to_its_last(self):
        for package in ("nbconvert", "ipykernel", "matplotlib", "pandas", "h5py"):
            if MISSING[package]:
                self.skipTest(f"no {package}")
        notebook = EXAMPLES / "tour.ipynb"
        cells = json.loads(notebook.read_text())["cells"]
        code = [cell for cell in cells if cell["cell_type"] == "code"]
        self.assertEqual(len(code), 10)
        self.assertTrue(all(cell["outputs"] == [] for cell in code), "outputs stay out of the repository")
        with tempfile.TemporaryDirectory() as folder:
            run = subprocess.run(
                [sys.executable, "-m", "nbconvert", "--to", "notebook", "--execute", "--output-dir", folder, str(notebook)],
                capture_output=True, text=True, cwd=EXAMPLES,
            )
            self.assertEqual(run.returncode, 0, run.stderr[-2000:])
            done = json.loads(pathlib.Path(folder, "tour.ipynb").read_text())
            outputs = [cell["outputs"] for cell in done["cells"] if cell["cell_type"] == "code"]
            self.assertGreaterEqual(sum("image/png" in o.get("data", {}) for cell in outputs for o in cell), 3)
            self.assertTrue(any("text/html" in o.get("data", {}) for cell in outputs for o in cell))


if __name__ == "__main__":
    unittest.main()
