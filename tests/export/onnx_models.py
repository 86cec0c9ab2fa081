"""Keras models that are exported as ONNX, with weights from a seed and moving averages unlike a new layer's."""

import numpy as np

import tapeflow as tf

MODELS = {}


def model(function):
    """Registers a function `(keras) -> model` under its name."""
    MODELS[function.__name__] = function
    return function


def made(name):
    """The model of a name, with weights from a seed."""
    keras = tf.keras
    keras.utils.set_random_seed(7)
    found = MODELS[name](keras)
    random = np.random.default_rng(3)
    for w in found.weights:
        if "moving" in w.path or w.path.endswith(("gamma", "beta", "bias")):
            w.assign(random.uniform(0.5, 1.5, w.shape))
    return found


def inputs_of(model, size, inner=5):
    """Numbers for a model's inputs: `size` for the first open size, `inner` for the others."""
    random = np.random.default_rng(size)
    found = []
    for x in model.inputs:
        shape = [(size if i == 0 else inner) if n is None else n for i, n in enumerate(x.shape)]
        whole = "int" in str(x.dtype)
        found.append(
            random.integers(0, 9, shape).astype(x.dtype) if whole else random.normal(size=shape).astype("float32")
        )
    return found


def _stack(keras, shape, *layers, dtype="float32"):
    x = y = keras.Input(shape, dtype=dtype)
    for layer in layers:
        y = layer(y)
    return keras.Model(x, y)


@model
def mlp(keras):
    L = keras.layers
    return _stack(keras, (10,), L.Dense(16, activation="relu"), L.Dropout(0.5), L.Dense(8, activation="gelu"),
                  L.Dense(3, activation="softmax"))  # fmt: skip


@model
def sequential_mlp(keras):
    L = keras.layers
    return keras.Sequential([keras.Input((6,)), L.Dense(8, activation="silu"), L.BatchNormalization(), L.Dense(2)])


@model
def activations(keras):
    x = keras.Input((7,))
    names = (
        "relu relu6 elu selu leaky_relu tanh sigmoid hard_sigmoid softplus softsign silu hard_silu gelu exponential "
        "mish celu"
    )
    return keras.Model(x, [keras.layers.Activation(name)(x) for name in names.split()])


@model
def plain_cnn(keras):
    L = keras.layers
    return _stack(keras, (12, 12, 3), L.Conv2D(8, 3, activation="relu"), L.MaxPooling2D(),
                  L.Conv2D(6, 3, padding="same"), L.AveragePooling2D(2), L.Flatten(), L.Dense(4))  # fmt: skip


@model
def strided_cnn(keras):
    L = keras.layers
    return _stack(keras, (13, 11, 3), L.Conv2D(8, 3, 2, padding="same"), L.BatchNormalization(), L.ReLU(),
                  L.Conv2D(4, 5, 3, padding="same"), L.GlobalMaxPooling2D())  # fmt: skip


@model
def depthwise_cnn(keras):
    L = keras.layers
    return _stack(
        keras,
        (10, 10, 4),
        L.DepthwiseConv2D(3, depth_multiplier=2),
        L.ReLU(6.0),
        L.GlobalAveragePooling2D(keepdims=True),
    )


@model
def separable_cnn(keras):
    L = keras.layers
    return _stack(
        keras, (10, 10, 4), L.SeparableConv2D(6, 3, padding="same", activation="relu"), L.SpatialDropout2D(0.5)
    )


@model
def transposed_cnn(keras):
    L = keras.layers
    return _stack(keras, (6, 5, 4), L.Conv2DTranspose(6, 3, 2, padding="same"), L.LeakyReLU(),
                  L.Conv2DTranspose(3, 4, 3), L.Conv2DTranspose(2, 3, dilation_rate=2))  # fmt: skip


@model
def dilated_cnn(keras):
    L = keras.layers
    return _stack(
        keras, (14, 14, 2), L.Conv2D(4, 3, dilation_rate=2, padding="same"), L.Conv2D(4, 3, dilation_rate=(1, 3))
    )


@model
def grouped_cnn(keras):
    L = keras.layers
    return _stack(keras, (9, 9, 6), L.Conv2D(8, 3, groups=2, activation="relu"), L.Conv2D(4, 1, groups=4))


@model
def fully_convolutional(keras):
    L = keras.layers
    return _stack(keras, (None, None, 3), L.Conv2D(4, 3, 2, padding="same"), L.Conv2DTranspose(4, 3, 2, padding="same"),
                  L.Conv2DTranspose(3, 3, 2), L.Conv2D(2, 1))  # fmt: skip


@model
def unet(keras):
    L = keras.layers
    x = keras.Input((16, 16, 3))
    a = L.Conv2D(4, 3, padding="same", activation="relu")(x)
    b = L.Conv2D(8, 3, padding="same", activation="relu")(L.MaxPooling2D()(a))
    c = L.Concatenate()([L.Conv2DTranspose(4, 2, 2)(b), a])
    return keras.Model(x, L.Conv2D(2, 1, activation="sigmoid")(c))


@model
def residual_cnn(keras):
    L = keras.layers
    x = keras.Input((8, 8, 4))
    y = L.Conv2D(4, 3, padding="same", use_bias=False)(x)
    y = L.Add()([L.BatchNormalization()(y), x])
    y = L.Multiply()([y, L.Dense(4, activation="sigmoid")(L.GlobalAveragePooling2D(keepdims=True)(y))])
    return keras.Model(x, L.Cropping2D(1)(L.ZeroPadding2D(((1, 2), (0, 1)))(y)))


@model
def channels_first_cnn(keras):
    L = keras.layers
    kinds = {"data_format": "channels_first"}
    return _stack(
        keras,
        (3, 10, 10),
        L.Conv2D(4, 3, activation="relu", **kinds),
        L.MaxPooling2D(**kinds),
        L.BatchNormalization(axis=1),
    )


@model
def cnn_of_lines(keras):
    L = keras.layers
    return _stack(keras, (12, 3), L.Conv1D(6, 3, padding="causal", dilation_rate=2), L.MaxPooling1D(2),
                  L.SeparableConv1D(4, 3), L.UpSampling1D(2),
                  L.Conv1DTranspose(3, 3, 2), L.GlobalAveragePooling1D())  # fmt: skip


@model
def cnn_of_volumes(keras):
    L = keras.layers
    return _stack(
        keras,
        (6, 6, 6, 2),
        L.Conv3D(4, 3, padding="same"),
        L.AveragePooling3D(2),
        L.Conv3DTranspose(2, 3, 2),
        L.MaxPooling3D(3),
    )


@model
def poolings(keras):
    L = keras.layers
    x = keras.Input((11, 9, 3))
    return keras.Model(x, [
        L.MaxPooling2D(3, 2, "same")(x), L.AveragePooling2D(3, 2, "same")(x), L.MaxPooling2D((2, 3), 1)(x),
        L.GlobalMaxPooling2D()(x), L.GlobalAveragePooling2D()(x),
    ])  # fmt: skip


@model
def normalizations(keras):
    L = keras.layers
    x = keras.Input((6, 6, 8))
    return keras.Model(x, [
        L.BatchNormalization()(x), L.LayerNormalization()(x), L.LayerNormalization(axis=[1, 2])(x),
        L.GroupNormalization(4)(x), L.UnitNormalization()(x), L.RMSNormalization()(x),
        L.Normalization(mean=[1.0] * 8, variance=[2.0] * 8)(x),
    ])  # fmt: skip


@model
def lstm(keras):
    L = keras.layers
    return _stack(keras, (7, 4), L.TimeDistributed(L.Dense(4)), L.LSTM(6, return_sequences=True), L.LSTM(5))


@model
def lstm_of_any_length(keras):
    L = keras.layers
    return _stack(keras, (None, 4), L.LSTM(6, return_sequences=True, go_backwards=True), L.Dense(3))


@model
def gru(keras):
    L = keras.layers
    return _stack(keras, (7, 4), L.GRU(6, return_sequences=True), L.GRU(5, reset_after=False))


@model
def simple_rnn_unrolled(keras):
    return _stack(keras, (4, 3), keras.layers.SimpleRNN(5, unroll=True))


@model
def bidirectional(keras):
    L = keras.layers
    return _stack(
        keras, (None, 4), L.Bidirectional(L.LSTM(3, return_sequences=True)), L.Bidirectional(L.GRU(3), merge_mode="sum")
    )


@model
def masked_lstm(keras):
    L = keras.layers
    return _stack(
        keras, (None,), L.Embedding(9, 4, mask_zero=True), L.LSTM(5, return_sequences=True), L.LSTM(3), dtype="int32"
    )


@model
def states_of_rnn(keras):
    x = keras.Input((6, 3))
    return keras.Model(x, keras.layers.LSTM(4, return_state=True, return_sequences=True)(x))


@model
def convolutional_lstm(keras):
    return _stack(keras, (3, 6, 6, 2), keras.layers.ConvLSTM2D(3, 3, padding="same"))


@model
def embedding(keras):
    L = keras.layers
    return _stack(keras, (None,), L.Embedding(9, 6), L.GlobalAveragePooling1D(), L.Dense(2), dtype="int32")


@model
def attention(keras):
    L = keras.layers
    q, v = keras.Input((None, 4)), keras.Input((5, 4))
    return keras.Model([q, v], [L.Attention(use_scale=True)([q, v]), L.AdditiveAttention()([q, v])])


@model
def multi_head_attention(keras):
    x = keras.Input((None, 8))
    return keras.Model(x, keras.layers.MultiHeadAttention(2, 4)(x, x, return_attention_scores=True))


@model
def group_query_attention(keras):
    x = keras.Input((None, 8))
    return keras.Model(x, keras.layers.GroupQueryAttention(4, 4, 2)(x, x, use_causal_mask=True))


@model
def gpt(keras):
    L = keras.layers

    class Places(L.Layer):
        def __init__(self):
            super().__init__()
            self.embedding = L.Embedding(16, 8)

        def call(self, x):
            return self.embedding(keras.ops.arange(keras.ops.shape(x)[1]))

    x = keras.Input((None,), dtype="int32")
    y = L.Embedding(11, 8)(x) + Places()(x)
    for _ in range(2):
        z = L.LayerNormalization()(y)
        y = y + L.MultiHeadAttention(2, 4)(z, z, use_causal_mask=True)
        y = y + L.Dense(8)(L.Dense(16, activation="gelu")(L.LayerNormalization()(y)))
    return keras.Model(x, L.Dense(11)(L.LayerNormalization()(y)))


@model
def vision_transformer(keras):
    L = keras.layers
    x = keras.Input((8, 8, 3))
    y = L.Reshape((16, 8))(L.Conv2D(8, 2, 2)(x))
    y = L.Add()([y, L.MultiHeadAttention(2, 4)(y, y)])
    return keras.Model(x, L.Dense(3)(L.GlobalAveragePooling1D()(L.LayerNormalization()(y))))


@model
def resizing(keras):
    L = keras.layers
    x = keras.Input((8, 6, 3))
    return keras.Model(x, [L.Resizing(5, 9)(x), L.Resizing(12, 3, interpolation="nearest")(x),
                           L.Rescaling(0.5, 1.0)(x),
                           L.UpSampling2D(2)(x), L.CenterCrop(4, 4)(x),
                           L.Resizing(5, 5, crop_to_aspect_ratio=True)(x)])  # fmt: skip


@model
def shapes(keras):
    L = keras.layers
    x = keras.Input((4, 6))
    return keras.Model(x, [L.Permute((2, 1))(x), L.Reshape((-1, 3))(x), L.RepeatVector(3)(x[:, 0]), L.Flatten()(x),
                           L.Lambda(lambda y: tf.einsum("bij,bkj->bik", y, y))(x), L.ZeroPadding1D(2)(x)])  # fmt: skip


@model
def merging(keras):
    L = keras.layers
    a, b = keras.Input((5,), name="left"), keras.Input((5,), name="right")
    return keras.Model({"left": a, "right": b}, {
        "sum": L.Add()([a, b]), "all": L.Concatenate()([a, b, a]), "dot": L.Dot(1)([a, b]), "most": L.Maximum()([a, b]),
        "mean": L.Average()([a, b]), "less": L.Subtract()([a, b]),
    })  # fmt: skip


@model
def subclassed(keras):
    class Gated(keras.Model):
        def __init__(self):
            super().__init__()
            self.value, self.gate = keras.layers.Dense(4), keras.layers.Dense(4, activation="sigmoid")

        def call(self, x):
            return self.value(x) * self.gate(x)

    x = keras.Input((6,))
    return keras.Model(x, Gated()(x))


@model
def discretized(keras):
    L = keras.layers
    return _stack(keras, (3,), L.Discretization([-1.0, 0.0, 1.0]), L.CategoryEncoding(4, output_mode="one_hot"))


@model
def noisy_in_training_only(keras):
    L = keras.layers
    return _stack(keras, (6,), L.GaussianNoise(1.0), L.AlphaDropout(0.5), L.Dense(3))
