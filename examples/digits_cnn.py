"""Reads handwritten digits with a convolutional network in Keras: progress, accuracy, and what it got wrong."""

import sys
import time
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

import tapeflow as tf

out = Path(sys.argv[1] if len(sys.argv) > 1 else "out")
out.mkdir(parents=True, exist_ok=True)

tf.keras.utils.set_random_seed(0)
images, labels = load_digits(return_X_y=True)
images = (images / 16).reshape(-1, 8, 8, 1).astype(np.float32)
x, x_test, y, y_test = train_test_split(images, labels, test_size=0.2, random_state=0, stratify=labels)

layers = tf.keras.layers
model = tf.keras.Sequential(
    [
        tf.keras.Input((8, 8, 1), name="picture"),
        layers.RandomTranslation(0.1, 0.1, fill_mode="constant"),
        layers.Conv2D(32, 3, padding="same", activation="relu"),
        layers.Conv2D(32, 3, padding="same", activation="relu"),
        layers.MaxPooling2D(),
        layers.Dropout(0.25),
        layers.Flatten(),
        layers.Dense(64, activation="relu"),
        layers.Dense(10, activation="softmax", name="digit"),
    ]
)
model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
start = time.perf_counter()
history = model.fit(x, y, validation_data=(x_test, y_test), epochs=20, batch_size=32)
seconds = time.perf_counter() - start

chances = model.predict(x_test, verbose=0)
read = chances.argmax(1)
accuracy = np.mean(read == y_test)
confusion = tf.math.confusion_matrix(y_test, read, num_classes=10).numpy()
wrong = np.flatnonzero(read != y_test)

figure, (left, right) = plt.subplots(1, 2, figsize=(11, 4))
left.plot(history.history["loss"], label="training")
left.plot(history.history["val_loss"], label="digits it has not seen")
left.set(xlabel="epoch", ylabel="loss", title="loss", yscale="log")
left.legend()
right.imshow(confusion, cmap="Blues")
for row, column in np.argwhere(confusion):
    shade = "white" if confusion[row, column] > confusion.max() / 2 else "black"
    right.text(column, row, confusion[row, column], ha="center", va="center", color=shade, fontsize=8)
right.set(xlabel="read as", ylabel="digit", title="confusion", xticks=range(10), yticks=range(10))
figure.savefig(out / "digits.png", dpi=120, bbox_inches="tight")

figure, places = plt.subplots(1, 8, figsize=(11, 1.8), squeeze=False)
for place in places.flat:
    place.axis("off")
for place, i in zip(places.flat, wrong, strict=False):
    place.imshow(x_test[i, :, :, 0], cmap="gray_r")
    place.set_title(f"a {y_test[i]}, read as {read[i]}", fontsize=8)
figure.savefig(out / "digits_misread.png", dpi=120, bbox_inches="tight")

figure, place = plt.subplots(figsize=(5, 5.5))
place.axis("off")
place.set(xlim=(0, 1), ylim=(0.5 - len(model.layers), 1.5))
for depth, layer in enumerate(model.layers):
    text = f"{layer.name}  {type(layer).__name__}  {tuple(layer.output.shape)[1:]}  {layer.count_params():,}"
    place.annotate(
        text, (0.5, -depth), (0.5, 1 - depth), ha="center", va="center", fontsize=9,
        bbox={"boxstyle": "round", "facecolor": "#dbe9f6"}, arrowprops={"arrowstyle": "->"},
    )  # fmt: skip
place.set_title("layer, kind, shape of what it gives, weights")
figure.savefig(out / "digits_model.png", dpi=120, bbox_inches="tight")

print(f"{accuracy:.1%} of {len(y_test)} digits that it has not seen are right, after {seconds:.0f} s of training")
print(f"pictures: {out / 'digits.png'}, {out / 'digits_misread.png'}, {out / 'digits_model.png'}")
