"""A tiny GPT that learns to write like this repository's architecture page, one character at a time."""

from pathlib import Path

import numpy as np

import tapeflow as tf

keras = tf.keras
keras.utils.set_random_seed(1)
text = (Path(__file__).parents[1] / "docs" / "architecture.md").read_text(encoding="utf-8")
letters = sorted(set(text))
codes = np.array([letters.index(c) for c in text], np.int32)
LENGTH, WIDTH, HEADS, BLOCKS = 48, 64, 4, 2


class Positions(keras.layers.Layer):
    """Adds to every token what its place is."""

    def build(self, shape):
        self.table = self.add_weight(shape=(LENGTH, WIDTH), initializer="normal", name="table")

    def call(self, x):
        return x + self.table[: tf.shape(x)[1]]


def block(x):
    """Looks back over the text, then thinks about each place alone."""
    seen = keras.layers.LayerNormalization()(x)
    attention = keras.layers.MultiHeadAttention(HEADS, WIDTH // HEADS)
    x = x + attention(seen, seen, use_causal_mask=True)
    hidden = keras.layers.Dense(4 * WIDTH, activation="gelu")(keras.layers.LayerNormalization()(x))
    return x + keras.layers.Dense(WIDTH)(hidden)


tokens = keras.Input((None,), dtype="int32")
x = Positions()(keras.layers.Embedding(len(letters), WIDTH)(tokens))
for _ in range(BLOCKS):
    x = block(x)
logits = keras.layers.Dense(len(letters))(keras.layers.LayerNormalization()(x))
model = keras.Model(tokens, logits)
model.compile(keras.optimizers.AdamW(3e-3), keras.losses.SparseCategoricalCrossentropy(from_logits=True))

pieces = np.lib.stride_tricks.sliding_window_view(codes, LENGTH + 1)[::7]
history = model.fit(pieces[:, :-1], pieces[:, 1:], batch_size=32, epochs=8, verbose=0)
print(f"{model.count_params():,} weights; loss {history.history['loss'][0]:.2f} -> {history.history['loss'][-1]:.2f}")

chooser = np.random.default_rng(0)
written = [letters.index(c) for c in "TapeFlow "]
for _ in range(120):
    window = np.array([written[-LENGTH:]], np.int32)
    scores = model(window)[0, -1].numpy() / 0.5
    chances = np.exp(scores - scores.max())
    written.append(int(chooser.choice(len(letters), p=chances / chances.sum())))
print("".join(letters[i] for i in written))
