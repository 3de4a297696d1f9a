# SPDX-License-Identifier: MIT
"""Winding numbers of all Toeplitz layers in the log of a Hugging Face Trainer.

    trainer = Trainer(model=model, args=args, train_dataset=data, callbacks=[WindingNumbers()])

They appear wherever the trainer reports (progress bar, TensorBoard, Weights & Biases), at each of its logging steps.
"""
from transformers import TrainerCallback

import tmm


class WindingNumbers(TrainerCallback):
    """Adds N/(n-1) and the certified margin of every operator to what the trainer logs.

    A number that is not certified is left out: 0 is the finding that a layer is invertible, not that nothing is known.
    """

    def on_log(self, args, state, control, model=None, logs=None, **kwargs):
        if logs is None or model is None or not state.is_world_process_zero:
            return
        for layer, winding in tmm.winding_numbers(model).items():
            if winding.number is not None:
                logs[f"winding_number/{layer}"] = winding.number
                logs[f"index_margin/{layer}"] = winding.margin
