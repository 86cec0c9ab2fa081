"""Twenty small Keras models of all kinds, and how they are trained: the same here and where TensorFlow is recorded.

Each builder gets the package `keras` and returns a compiled model, its inputs and its targets. Everything is drawn from
one seed, so that initial weights, dropout and noise are the same on both sides.
"""

import numpy as np

MODELS = {}
STEPS = 20


def model(build):
    """Registers a builder under its name."""
    MODELS[build.__name__] = build
    return build


def losses(keras, name):
    """The losses of twenty steps of training on one batch."""
    keras.backend.clear_session()
    keras.utils.set_random_seed(20)
    built, x, y = MODELS[name](keras)
    size = len(y[0]) if isinstance(y, (list, tuple)) else len(y)
    history = built.fit(x, y, batch_size=size, epochs=STEPS, shuffle=False, verbose=0)
    return [float(loss) for loss in history.history["loss"]]


def _numbers(*shape):
    return np.random.default_rng(len(shape)).standard_normal(shape).astype(np.float32)


def _classes(count, n, seed=1):
    return np.random.default_rng(seed).integers(0, n, count)


def _sparse(keras):
    return keras.losses.SparseCategoricalCrossentropy(from_logits=True)


@model
def logistic_regression(keras):
    net = keras.Sequential([keras.Input((5,)), keras.layers.Dense(1, activation="sigmoid")])
    net.compile(keras.optimizers.SGD(0.5), "binary_crossentropy")
    return net, _numbers(16, 5), _classes(16, 2)[:, None]


@model
def perceptron(keras):
    dense = keras.layers.Dense
    net = keras.Sequential([keras.Input((6,)), dense(16, "relu"), dense(16, "tanh"), dense(3)])
    net.compile("adam", _sparse(keras), metrics=["accuracy"])
    return net, _numbers(24, 6), _classes(24, 3)


@model
def dropout_and_noise(keras):
    layers = keras.layers
    net = keras.Sequential(
        [keras.Input((6,)), layers.GaussianNoise(0.1), layers.Dense(32, "gelu"), layers.Dropout(0.3), layers.Dense(1)]
    )
    net.compile(keras.optimizers.RMSprop(1e-2), "mse")
    return net, _numbers(24, 6), _numbers(24, 1)


@model
def convolutional(keras):
    layers = keras.layers
    net = keras.Sequential(
        [
            keras.Input((10, 10, 2)), layers.Conv2D(6, 3, activation="relu"), layers.MaxPooling2D(2),
            layers.Conv2D(8, 3, padding="same", activation="relu"), layers.Flatten(), layers.Dense(4),
        ]
    )  # fmt: skip
    net.compile("adam", _sparse(keras))
    return net, _numbers(12, 10, 10, 2), _classes(12, 4)


@model
def residual_with_batch_norm(keras):
    layers = keras.layers
    inputs = keras.Input((8, 8, 3))
    x = layers.Conv2D(8, 3, padding="same", use_bias=False)(inputs)
    x = layers.ReLU()(layers.BatchNormalization()(x))
    y = layers.BatchNormalization()(layers.Conv2D(8, 3, padding="same", use_bias=False)(x))
    x = layers.ReLU()(layers.Add()([x, y]))
    net = keras.Model(inputs, layers.Dense(3)(layers.GlobalAveragePooling2D()(x)))
    net.compile(keras.optimizers.SGD(0.1, momentum=0.9, nesterov=True), _sparse(keras))
    return net, _numbers(12, 8, 8, 3), _classes(12, 3)


@model
def separable(keras):
    layers = keras.layers
    net = keras.Sequential(
        [
            keras.Input((9, 9, 2)), layers.SeparableConv2D(6, 3, activation="relu"),
            layers.DepthwiseConv2D(3, depth_multiplier=2, strides=2, activation="swish"),
            layers.AveragePooling2D(2, 1), layers.Flatten(), layers.Dense(2),
        ]
    )  # fmt: skip
    net.compile(keras.optimizers.Nadam(1e-2), _sparse(keras))
    return net, _numbers(10, 9, 9, 2), _classes(10, 2)


@model
def time_series_convolution(keras):
    layers = keras.layers
    net = keras.Sequential(
        [
            keras.Input((20, 3)), layers.Conv1D(8, 3, dilation_rate=2, padding="causal", activation="relu"),
            layers.Conv1D(8, 3, strides=2, activation="relu"), layers.GlobalMaxPooling1D(), layers.Dense(1),
        ]
    )  # fmt: skip
    net.compile(keras.optimizers.Adamax(1e-2), "huber")
    return net, _numbers(12, 20, 3), _numbers(12, 1)


@model
def volumes(keras):
    layers = keras.layers
    net = keras.Sequential(
        [keras.Input((6, 6, 6, 1)), layers.Conv3D(4, 3, activation="elu"), layers.Flatten(), layers.Dense(1)]
    )
    net.compile(keras.optimizers.Adagrad(0.05), "mae")
    return net, _numbers(6, 6, 6, 6, 1), _numbers(6, 1)


@model
def image_autoencoder(keras):
    layers = keras.layers
    net = keras.Sequential(
        [
            keras.Input((8, 8, 1)), layers.Conv2D(6, 3, strides=2, padding="same", activation="relu"),
            layers.Conv2DTranspose(6, 3, strides=2, padding="same", activation="relu"),
            layers.UpSampling2D(), layers.AveragePooling2D(2), layers.Conv2D(1, 3, padding="same"),
        ]
    )  # fmt: skip
    net.compile("adam", "mse")
    x = _numbers(8, 8, 8, 1)
    return net, x, x


@model
def lstm(keras):
    layers = keras.layers
    net = keras.Sequential(
        [keras.Input((12, 3)), layers.LSTM(8, return_sequences=True), layers.LSTM(6), layers.Dense(1)]
    )
    net.compile(keras.optimizers.Adam(1e-2, clipnorm=1.0), "mse")
    return net, _numbers(10, 12, 3), _numbers(10, 1)


@model
def masked_words(keras):
    layers = keras.layers
    net = keras.Sequential(
        [
            keras.Input((10,), dtype="int32"), layers.Embedding(20, 6, mask_zero=True),
            layers.Bidirectional(layers.GRU(5)), layers.Dense(3),
        ]
    )  # fmt: skip
    net.compile("adam", _sparse(keras))
    return net, _classes(80, 20).reshape(8, 10).astype(np.int32), _classes(8, 3)


@model
def convolutional_lstm(keras):
    layers = keras.layers
    net = keras.Sequential([keras.Input((4, 6, 6, 1)), layers.ConvLSTM2D(3, 3), layers.Flatten(), layers.Dense(1)])
    net.compile("rmsprop", "mse")
    return net, _numbers(4, 4, 6, 6, 1), _numbers(4, 1)


@model
def transformer(keras):
    layers = keras.layers
    tokens = keras.Input((8,), dtype="int32")
    x = layers.Embedding(12, 16)(tokens)
    seen = layers.LayerNormalization()(x)
    x = x + layers.MultiHeadAttention(2, 8)(seen, seen, use_causal_mask=True)
    x = x + layers.Dense(16)(layers.Dense(32, "gelu")(layers.LayerNormalization()(x)))
    net = keras.Model(tokens, layers.Dense(12)(x))
    net.compile(keras.optimizers.AdamW(3e-3), _sparse(keras))
    ids = _classes(6 * 9, 12).reshape(6, 9).astype(np.int32)
    return net, ids[:, :-1], ids[:, 1:]


@model
def grouped_attention(keras):
    layers = keras.layers
    inputs = keras.Input((6, 8))
    x = layers.GroupQueryAttention(4, 4, 2)(inputs, inputs)
    x = layers.EinsumDense("abc,cd->abd", output_shape=(None, 4), bias_axes="d")(x)
    net = keras.Model(inputs, layers.GlobalAveragePooling1D()(x))
    net.compile(keras.optimizers.Lion(1e-3), "mse")
    return net, _numbers(6, 6, 8), _numbers(6, 4)


@model
def two_inputs_two_outputs(keras):
    layers = keras.layers
    a, b = keras.Input((4,)), keras.Input((6,))
    x = layers.Concatenate()([layers.Dense(8, "relu")(a), layers.Dense(8, "relu")(b)])
    net = keras.Model([a, b], [layers.Dense(1)(x), layers.Dense(3)(x)])
    net.compile("adam", ["mse", _sparse(keras)], loss_weights=[1.0, 0.5])
    return net, [_numbers(12, 4), _numbers(12, 6)], [_numbers(12, 1), _classes(12, 3)]


@model
def subclassed_with_own_step(keras):
    import tensorflow as tf

    class Own(keras.Model):
        def __init__(self):
            super().__init__()
            self.hidden, self.out = keras.layers.Dense(8, "relu"), keras.layers.Dense(1)

        def call(self, x):
            return self.out(self.hidden(x))

        def train_step(self, data):
            x, y = data
            with tf.GradientTape() as tape:
                loss = tf.reduce_mean(tf.math.squared_difference(self(x, training=True), y))
            gradients = tape.gradient(loss, self.trainable_variables)
            self.optimizer.apply_gradients(zip(gradients, self.trainable_variables, strict=True))
            return {"loss": loss}

    net = Own()
    net.compile(keras.optimizers.Ftrl(0.1))
    return net, _numbers(12, 5), _numbers(12, 1)


@model
def variational(keras):
    ops = keras.ops

    class Sample(keras.layers.Layer):
        def __init__(self):
            super().__init__()
            self.seed = keras.random.SeedGenerator(3)

        def call(self, inputs):
            mean, log_variance = inputs
            self.add_loss(-0.5 * ops.mean(1 + log_variance - ops.square(mean) - ops.exp(log_variance)))
            return mean + ops.exp(0.5 * log_variance) * keras.random.normal(ops.shape(mean), seed=self.seed)

    layers = keras.layers
    inputs = keras.Input((8,))
    hidden = layers.Dense(16, "relu")(inputs)
    z = Sample()([layers.Dense(2)(hidden), layers.Dense(2)(hidden)])
    net = keras.Model(inputs, layers.Dense(8)(layers.Dense(16, "relu")(z)))
    net.compile("adam", "mse")
    x = _numbers(16, 8)
    return net, x, x


@model
def regularized(keras):
    layers, regularizers = keras.layers, keras.regularizers
    net = keras.Sequential(
        [
            keras.Input((8,)), layers.Dense(12, "selu", kernel_regularizer=regularizers.L1L2(1e-3, 1e-3)),
            layers.GroupNormalization(3), layers.ActivityRegularization(l2=1e-3), layers.UnitNormalization(),
            layers.Dense(1, kernel_constraint=keras.constraints.MaxNorm(1.0)),
        ]
    )  # fmt: skip
    net.compile(keras.optimizers.Adadelta(1.0), "log_cosh")
    return net, _numbers(16, 8), _numbers(16, 1)


@model
def scheduled_and_averaged(keras):
    dense = keras.layers.Dense
    net = keras.Sequential([keras.Input((5,)), dense(8, "relu"), dense(3)])
    schedule = keras.optimizers.schedules.CosineDecay(0.05, 20, warmup_steps=5, warmup_target=0.1)
    optimizer = keras.optimizers.Adam(schedule, global_clipnorm=0.5, use_ema=True, weight_decay=1e-3)
    net.compile(optimizer, keras.losses.CategoricalCrossentropy(from_logits=True, label_smoothing=0.1))
    return net, _numbers(18, 5), np.eye(3, dtype=np.float32)[_classes(18, 3)]


@model
def accumulated_gradients(keras):
    layers = keras.layers
    net = keras.Sequential([keras.Input((5,)), layers.Rescaling(0.5), layers.Dense(8, "silu"), layers.Dense(1)])
    net.compile(keras.optimizers.SGD(0.1, gradient_accumulation_steps=2), "mse")
    return net, _numbers(16, 5), _numbers(16, 1)
