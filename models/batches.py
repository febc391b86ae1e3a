"""Training batches: shifted and mirrored data set images, upscaled and scaled to 0..1."""

from __future__ import annotations

import keras
import numpy as np

from dwpw.fashion_mnist import SOURCE_SIZE, upscale


def to_pixels(images: np.ndarray, size: int) -> np.ndarray:
    """Images [n, 28, 28] uint8 to the float model's input [n, size, size, 1] float32 in 0..1."""
    return upscale(images, size)[..., np.newaxis] / np.float32(255)


class AugmentedBatches(keras.utils.PyDataset):
    """One epoch of batches (pixels [b, size, size, 1] float32, targets [b, classes] float32).

    Each epoch has its own order and its own shifts (up to `max_shift` data set pixels in each
    direction) and mirrorings, all drawn from `seed`.
    The last images of an epoch that do not fill a batch are left out.
    """

    def __init__(
        self,
        images: np.ndarray,
        targets: np.ndarray,
        size: int,
        batch_size: int,
        max_shift: int,
        seed: int,
    ) -> None:
        super().__init__(workers=1)
        border = ((0, 0), (max_shift, max_shift), (max_shift, max_shift))
        self._windows = np.lib.stride_tricks.sliding_window_view(
            np.pad(images, border), (SOURCE_SIZE, SOURCE_SIZE), axis=(1, 2)
        )
        self._targets = targets
        self._size = size
        self._batch_size = batch_size
        self._shift_choices = 2 * max_shift + 1
        self._random = np.random.default_rng(seed)
        self.on_epoch_end()

    def __len__(self) -> int:
        return len(self._targets) // self._batch_size

    def __getitem__(self, index: int) -> tuple[np.ndarray, np.ndarray]:
        chosen = slice(index * self._batch_size, (index + 1) * self._batch_size)
        rows = self._order[chosen]
        down, right = self._shifts[:, chosen]
        images = self._windows[rows, down, right]
        mirrored = self._mirrored[chosen, np.newaxis, np.newaxis]
        images = np.where(mirrored, images[:, :, ::-1], images)
        return to_pixels(images, self._size), self._targets[rows]

    def on_epoch_end(self) -> None:
        """Draw the next epoch's order, shifts and mirrorings."""
        count = len(self._targets)
        self._order = self._random.permutation(count)
        self._shifts = self._random.integers(0, self._shift_choices, (2, count))
        self._mirrored = self._random.random(count) < 0.5
