"""tf.signal: transforms, windows, frames, mel; values, edges, errors and gradients."""

import numpy as np

from tests.parity.case import Family, attribute
from tests.parity.gradients import first_order, second_order

case = Family(__name__)


def numbers(*shape, seed=0, dtype="f4"):
    return np.random.default_rng(seed).uniform(-1, 1, shape).astype(dtype)


def complexes(*shape, seed=0, dtype="c8"):
    return (numbers(*shape, seed=seed, dtype="f8") + 1j * numbers(*shape, seed=seed + 1, dtype="f8")).astype(dtype)


# -- Fourier transforms ------------------------------------------------------------------------------------

for rank, suffix in ((1, ""), (2, "2d"), (3, "3d")):
    for direction in ("fft", "ifft"):
        name = direction + suffix
        for dtype in ("c8", "c16"):
            for shape in ((4, 3, 5), (2, 2, 8, 6), (3, 1, 1), (7, 4, 16), (1, 2, 3)):
                case(
                    f"{name}/{dtype}/{'x'.join(map(str, shape))}",
                    lambda tf, name, x: attribute(tf.signal, name)(x), name, complexes(*shape, dtype=dtype), loose=20,
                )  # fmt: skip
        for shape in ((0, 3, 2), (2, 0, 3), (2, 3, 0)):
            case(
                f"{name}/empty/{'x'.join(map(str, shape))}",
                lambda tf, name, shape: attribute(tf.signal, name)(tf.zeros(shape, tf.complex64)), name, shape,
            )  # fmt: skip
        case.raises(
            f"{name}/low_rank",
            lambda tf, name, rank: attribute(tf.signal, name)(tf.zeros([2] * (rank - 1), tf.complex64)),
            name,
            rank,
            says=[f"Input must have rank of at least {rank}"],
        )
        case.raises(
            f"{name}/float16",
            lambda tf, name: attribute(tf.signal, name)(tf.zeros([2, 2, 2], tf.float16)),
            name,
            says=["Tcomplex"],
        )
        case(f"{name}/python", lambda tf, name: attribute(tf.signal, name)([[[1.0, 2.0], [3.0, 4.5]]]), name, loose=4)
        case(
            f"{name}/gradient",
            first_order, lambda tf, x, name=name: attribute(tf.signal, name)(x), complexes(2, 3, 4), loose=4,
        )  # fmt: skip
    for n_last in (3, 4, 5, 8):
        for dtype in ("f4", "f8"):
            lengths = [3, 4][: rank - 1] + [n_last]
            case(
                f"rfft{suffix}/{dtype}/length{n_last}",
                lambda tf, suffix, x, n: attribute(tf.signal, "rfft" + suffix)(x, n),
                suffix, numbers(2, 3, 4, 5, dtype=dtype), lengths, loose=4,
            )  # fmt: skip
            case(
                f"irfft{suffix}/{dtype}/length{n_last}",
                lambda tf, suffix, x, n: attribute(tf.signal, "irfft" + suffix)(x, n),
                suffix, complexes(2, 3, 4, 4, dtype={"f4": "c8", "f8": "c16"}[dtype]), lengths, loose=4,
            )  # fmt: skip
        # TensorFlow's gradients only fit where nothing is cut or filled up.
        if rank < 3 and n_last == 5:
            case(
                f"rfft{suffix}/gradient/length{n_last}",
                first_order,
                lambda tf, x, suffix=suffix, n=lengths: attribute(tf.signal, "rfft" + suffix)(x, n),
                numbers(2, 3, 5), loose=6,
            )  # fmt: skip
        if rank < 3 and n_last in (4, 5):
            case(
                f"irfft{suffix}/gradient/length{n_last}",
                first_order,
                lambda tf, x, suffix=suffix, n=lengths: attribute(tf.signal, "irfft" + suffix)(x, n),
                complexes(2, 3, 3), loose=6,
            )  # fmt: skip
    case(f"rfft{suffix}/whole", lambda tf, s: attribute(tf.signal, "rfft" + s)(numbers(2, 3, 4)), suffix, loose=4)
    case(f"rfft{suffix}/odd", lambda tf, s: attribute(tf.signal, "rfft" + s)(numbers(2, 3, 7)), suffix, loose=4)
    case(f"rfft{suffix}/ints", lambda tf, s: attribute(tf.signal, "rfft" + s)([[[1, 2, 3]]]), suffix, loose=4)
    case(f"irfft{suffix}/whole", lambda tf, s: attribute(tf.signal, "irfft" + s)(complexes(2, 3, 4)), suffix, loose=4)
    case(f"rfft{suffix}/no_batch", lambda tf, s: attribute(tf.signal, "rfft" + s)(tf.zeros([0, 2, 2, 3])), suffix)
    for bad in ("int32", "float16", "complex64"):
        case.raises(
            f"rfft{suffix}/{bad}",
            lambda tf, s, bad: attribute(tf.signal, "rfft" + s)(tf.zeros([2, 2, 2], bad)), suffix, bad,
            says=["RFFT requires tf.float32 or tf.float64"],
        )  # fmt: skip
    for bad in ("int32", "float32"):
        case.raises(
            f"irfft{suffix}/{bad}",
            lambda tf, s, bad: attribute(tf.signal, "irfft" + s)(tf.zeros([2, 2, 2], bad)), suffix, bad,
            says=["IRFFT requires tf.complex64 or tf.complex128"],
        )  # fmt: skip
    case.raises(
        f"rfft{suffix}/low_rank",
        lambda tf, s, r: attribute(tf.signal, "rfft" + s)(tf.zeros([3] * (r - 1))), suffix, rank,
        says=[f"must have rank at least {rank}"],
    )  # fmt: skip
    case.raises(
        f"rfft{suffix}/negative",
        lambda tf, s, r: attribute(tf.signal, "rfft" + s)(tf.zeros([3, 3, 3]), [-1] * r), suffix, rank,
        says=["fft_length[0] must >= 0, but got: -1"],
    )  # fmt: skip

case.table(
    """
    rfft/empty: tf.signal.rfft(tf.zeros([0]))
    irfft/empty: tf.signal.irfft(tf.zeros([0], tf.complex64))
    irfft/drops_imaginary_ends: tf.signal.irfft([1 + 9j, 2 + 1j, 3 - 7j])
    irfft/python_floats: tf.signal.irfft([1.0, 2.0])
    rfft/nan: tf.signal.rfft([1.0, float("nan"), 2.0])
    rfft/two_lengths: tf.signal.rfft([1.0, 2.0], [1, 2])  # raises: fft_length must have shape [1]
    raw_rfft/too_short: tf.raw_ops.RFFT(input=[1.0, 2.0], fft_length=[4])  # raises: Input dimension 0 must have length of at least 4 but got: 2
    raw_rfft/cut: tf.raw_ops.RFFT(input=[1.0, 2.0, 3.0], fft_length=[2])
    raw_irfft/too_short: tf.raw_ops.IRFFT(input=[1j, 2.0], fft_length=[4])  # raises: Input dimension 0 must have length of at least 3 but got: 2
    fftshift/odd: tf.signal.fftshift([1, 2, 3, 4, 5])
    fftshift/all: tf.signal.fftshift([[1, 2, 3], [4, 5, 6]])
    fftshift/one: tf.signal.fftshift([[1, 2, 3], [4, 5, 6]], axes=1)
    fftshift/tuple: tf.signal.fftshift([[1, 2, 3], [4, 5, 6]], axes=(0, 1))
    fftshift/negative: tf.signal.fftshift([[1, 2, 3], [4, 5, 6]], axes=[-1])
    fftshift/no_such_axis: tf.signal.fftshift([[1, 2, 3], [4, 5, 6]], axes=2)  # raises: out of bounds
    fftshift/strings: tf.signal.fftshift(["a", "b", "c"])
    ifftshift/odd: tf.signal.ifftshift([1, 2, 3, 4, 5])
    ifftshift/all: tf.signal.ifftshift([[1, 2, 3], [4, 5, 6]])
    ifftshift/one: tf.signal.ifftshift([[1.5, 2, 3], [4, 5, 6]], axes=-1)
    ifftshift/undoes: tf.signal.ifftshift(tf.signal.fftshift(tf.reshape(tf.range(30), [2, 3, 5])))
    """
)

# -- windows -------------------------------------------------------------------------------------------------

for name in ("hann_window", "hamming_window", "vorbis_window", "kaiser_window", "kaiser_bessel_derived_window"):
    for length in (1, 2, 3, 4, 5, 8, 33, 256):
        for dtype in ("float32", "float64"):
            case.either(
                f"{name}/{dtype}/{length}",
                lambda tf, name, n, dtype: attribute(tf.signal, name)(n, dtype=attribute(tf, dtype)),
                name, length, dtype, loose=4,
            )  # fmt: skip
    case.either(
        f"{name}/bfloat16", lambda tf, n: tf.cast(attribute(tf.signal, n)(8, dtype=tf.bfloat16), tf.float32), name,
        loose=8000,
    )  # fmt: skip
    case.either(f"{name}/float16", lambda tf, n: attribute(tf.signal, n)(8, dtype=tf.float16), name, loose=2)
    case.either(f"{name}/none", lambda tf, n: attribute(tf.signal, n)(0), name)
    case.raises(f"{name}/vector", lambda tf, n: attribute(tf.signal, n)([4]), name, says=["must have rank 0"])
    case.raises(
        f"{name}/int_dtype", lambda tf, n: attribute(tf.signal, n)(4, dtype=tf.int32), name,
        says=["dtype must be a floating point type"],
    )  # fmt: skip
    case(f"{name}/tensor", lambda tf, n: attribute(tf.signal, n)(tf.constant(6)), name, loose=4)
for name in ("hann_window", "hamming_window"):
    for length in (1, 2, 3, 4, 7, 16):
        case(
            f"{name}/symmetric/{length}", lambda tf, name, n: attribute(tf.signal, name)(n, periodic=False),
            name, length, loose=4,
        )  # fmt: skip
    case.raises(f"{name}/negative", lambda tf, n: attribute(tf.signal, n)(-4), name, says=["Requires start <= limit"])
for beta in (0.0, 1.0, 5.5, 30.0):
    case(f"kaiser_window/beta/{beta}", lambda tf, beta: tf.signal.kaiser_window(9, beta), beta, loose=8)
    case(
        f"kaiser_bessel_derived_window/beta/{beta}",
        lambda tf, beta: tf.signal.kaiser_bessel_derived_window(10, beta), beta, loose=8,
    )  # fmt: skip

# -- frames --------------------------------------------------------------------------------------------------

for length, step in ((1, 1), (2, 1), (3, 2), (4, 2), (4, 4), (3, 5), (6, 4), (9, 3), (12, 5)):
    for pad_end in (False, True):
        case(
            f"frame/{length}/{step}/{pad_end}",
            lambda tf, n, m, pad_end: tf.signal.frame(numbers(2, 11), n, m, pad_end, pad_value=7.0),
            length, step, pad_end,
        )  # fmt: skip
        case(
            f"frame/axis0/{length}/{step}/{pad_end}",
            lambda tf, n, m, pad_end: tf.signal.frame(numbers(10, 3), n, m, pad_end, axis=0), length, step, pad_end,
        )  # fmt: skip
    case(
        f"frame/gradient/{length}/{step}",
        first_order, lambda tf, x, n=length, m=step: tf.signal.frame(x, n, m, True), numbers(2, 12), loose=2,
    )  # fmt: skip
    case(
        f"overlap_and_add/{length}/{step}",
        lambda tf, n, m: tf.signal.overlap_and_add(numbers(2, 5, n), m), length, step, loose=4,
    )  # fmt: skip
    case(
        f"overlap_and_add/gradient/{length}/{step}",
        first_order, lambda tf, x, m=step: tf.signal.overlap_and_add(x, m), numbers(2, 4, length), loose=2,
    )  # fmt: skip

case.table(
    """
    frame/strings: tf.signal.frame(["a", "b", "c"], 2, 1)
    frame/ints: tf.signal.frame([1, 2, 3, 4, 5], 2, 2, pad_end=True, pad_value=9)
    frame/too_long: tf.signal.frame([1, 2, 3, 4, 5], 6, 2)
    frame/too_long_padded: tf.signal.frame([1, 2, 3, 4, 5], 6, 2, pad_end=True)
    frame/empty: tf.signal.frame(tf.zeros([0]), 2, 1)
    frame/empty_padded: tf.signal.frame(tf.zeros([0]), 2, 1, pad_end=True)
    frame/no_length: tf.signal.frame([1, 2, 3, 4, 5], 0, 1)
    frame/no_step: tf.signal.frame([1, 2, 3, 4, 5], 2, 0)  # raises: division by zero
    frame/scalar: tf.signal.frame(5, 2, 1)  # raises: Shape () must have rank at least 1
    frame/vector_length: tf.signal.frame([1.0, 2.0], [2], 1)  # raises: must have rank 0
    frame/float_length: tf.signal.frame([1, 2, 3], 2.0, 1)  # raises: cannot compute FloorDiv
    frame/no_such_axis: tf.signal.frame([[1, 2, 3]], 2, 1, axis=2)  # raises
    frame/tensors: tf.signal.frame([1, 2, 3, 4], tf.constant(2), tf.constant(1))
    frame/middle_axis: tf.signal.frame(tf.reshape(tf.range(24), [2, 6, 2]), 4, 2, axis=-2)
    overlap_and_add/ints: tf.signal.overlap_and_add([[1, 2], [3, 4]], 1)
    overlap_and_add/gaps: tf.signal.overlap_and_add([[1, 2], [3, 4]], 3)
    overlap_and_add/no_frames: tf.signal.overlap_and_add(tf.zeros([0, 3]), 1)
    overlap_and_add/no_samples: tf.signal.overlap_and_add(tf.zeros([2, 0]), 1)
    overlap_and_add/low_rank: tf.signal.overlap_and_add([1.0, 2.0], 1)  # raises: must have rank at least 2
    overlap_and_add/float_step: tf.signal.overlap_and_add([[1.0, 2.0]], 1.0)  # raises: frame_step must be an integer
    overlap_and_add/vector_step: tf.signal.overlap_and_add(tf.zeros([2, 3]), [1])  # raises: must have rank 0
    overlap_and_add/no_step: tf.signal.overlap_and_add([[1.0, 2.0]], 0)  # raises: Paddings must be non-negative
    stft/window: tf.signal.stft([1.0, 2, 3, 4, 5], 4, 2)  # loose: 4
    stft/long_transform: tf.signal.stft([1.0, 2, 3, 4, 5], 4, 2, fft_length=8, window_fn=None)  # loose: 4
    stft/short_transform: tf.signal.stft([1.0, 2, 3, 4, 5], 4, 2, fft_length=2, window_fn=None)  # loose: 4
    stft/pad_end: tf.signal.stft([1.0, 2, 3, 4, 5], 4, 2, pad_end=True)  # loose: 4
    stft/short: tf.signal.stft([1.0, 2.0], 4, 2)
    stft/batch: tf.signal.stft(numbers(2, 2, 50), 12, 5)  # loose: 8
    stft/double: tf.signal.stft(numbers(2, 50, dtype="f8"), 12, 5)  # loose: 8
    stft/hamming: tf.signal.stft(numbers(60), 16, 4, window_fn=tf.signal.hamming_window)  # loose: 8
    stft/ints: tf.signal.stft([1, 2, 3, 4, 5], 4, 2)  # raises: dtype must be a floating point type
    stft/scalar: tf.signal.stft(1.0, 4, 2)  # raises: must have rank at least 1
    inverse_stft/plain: tf.signal.inverse_stft(complexes(3, 3), 4, 2)  # loose: 8
    inverse_stft/batch: tf.signal.inverse_stft(complexes(2, 5, 9), 16, 4)  # loose: 8
    inverse_stft/wide: tf.signal.inverse_stft(complexes(3, 5), 4, 2, fft_length=8)  # loose: 8
    inverse_stft/narrow: tf.signal.inverse_stft(complexes(3, 5), 6, 2, fft_length=4)  # loose: 8
    inverse_stft/too_many_bins: tf.signal.inverse_stft(complexes(3, 5), 4, 2)  # loose: 8
    inverse_stft/no_window: tf.signal.inverse_stft(complexes(3, 3), 4, 2, window_fn=None)  # loose: 8
    inverse_stft/double: tf.signal.inverse_stft(complexes(3, 3, dtype="c16"), 4, 2)  # loose: 8
    inverse_stft/low_rank: tf.signal.inverse_stft(complexes(3), 4, 2)  # raises: must have rank at least 2
    inverse_stft/floats: tf.signal.inverse_stft(tf.ones([3, 3]), 4, 2)  # raises: IRFFT requires tf.complex64
    inverse_stft/back: tf.signal.inverse_stft(tf.signal.stft(numbers(64), 16, 4), 16, 4, window_fn=tf.signal.inverse_stft_window_fn(4))  # loose: 20
    inverse_window/half: tf.signal.inverse_stft_window_fn(2)(4, tf.float32)  # loose: 4
    inverse_window/uneven: tf.signal.inverse_stft_window_fn(3)(4, tf.float32)  # loose: 4
    inverse_window/gaps: tf.signal.inverse_stft_window_fn(5)(4, tf.float32)  # loose: 4
    inverse_window/hamming: tf.signal.inverse_stft_window_fn(2, tf.signal.hamming_window)(5, dtype=tf.float64)  # loose: 4
    inverse_window/no_step: tf.signal.inverse_stft_window_fn(0)(4, tf.float32)  # raises: division by zero
    inverse_window/float_step: tf.signal.inverse_stft_window_fn(2.0)(4, tf.float32)  # raises: cannot compute FloorDiv
    """
)
case("stft/gradient", first_order, lambda tf, x: tf.signal.stft(x, 8, 4), numbers(2, 30), loose=8)
case("inverse_stft/gradient", first_order, lambda tf, x: tf.signal.inverse_stft(x, 8, 4), complexes(4, 5), loose=8)

# -- cosine transforms ---------------------------------------------------------------------------------------

for name in ("dct", "idct"):
    for kind in (1, 2, 3, 4):
        for norm in (None, "ortho"):
            for n in (None, 2, 3, 5, 8):
                case.either(
                    f"{name}/{kind}/{norm}/{n}",
                    lambda tf, name, kind, norm, n: attribute(tf.signal, name)(
                        tf.constant(numbers(2, 4)), type=kind, n=n, norm=norm
                    ),
                    name, kind, norm, n, loose=20,
                )  # fmt: skip
            case.either(
                f"{name}/{kind}/{norm}/double",
                lambda tf, name, kind, norm: attribute(tf.signal, name)(
                    tf.constant(numbers(2, 5, dtype="f8")), type=kind, norm=norm
                ),
                name, kind, norm, loose=20,
            )  # fmt: skip
        case(
            f"{name}/{kind}/gradient",
            first_order, lambda tf, x, name=name, kind=kind: attribute(tf.signal, name)(x, type=kind),
            numbers(2, 6), loose=20,
        )  # fmt: skip
    case.raises(
        f"{name}/type5", lambda tf, n: attribute(tf.signal, n)([1.0, 2.0], type=5), name,
        says=["Types I, II, III and IV (I)DCT are supported"],
    )  # fmt: skip
    case.raises(
        f"{name}/axis", lambda tf, n: attribute(tf.signal, n)([1.0, 2.0], axis=0), name, says=["axis must be -1"]
    )
    case.raises(f"{name}/norm", lambda tf, n: attribute(tf.signal, n)([1.0], norm="x"), name, says=["normalization"])
    case.raises(f"{name}/n", lambda tf, n: attribute(tf.signal, n)([1.0], n=0), name, says=["n should be a positive"])
    case.raises(f"{name}/float16", lambda tf, n: attribute(tf.signal, n)(tf.zeros([3], tf.float16)), name)

for norm in (None, "ortho"):
    for length in (4, 8, 16):
        for pad_end in (False, True):
            case(
                f"mdct/{norm}/{length}/{pad_end}",
                lambda tf, norm, n, pad_end: tf.signal.mdct(numbers(2, 37), n, pad_end=pad_end, norm=norm),
                norm, length, pad_end, loose=20,
            )  # fmt: skip
        case(
            f"inverse_mdct/{norm}/{length}",
            lambda tf, norm, n: tf.signal.inverse_mdct(numbers(2, 5, n // 2), norm=norm), norm, length, loose=20,
        )  # fmt: skip
        case(
            f"inverse_mdct/{norm}/{length}/no_window",
            lambda tf, norm, n: tf.signal.inverse_mdct(numbers(5, n // 2), window_fn=None, norm=norm),
            norm, length, loose=20,
        )  # fmt: skip
case.table(
    """
    mdct/no_window: tf.signal.mdct(numbers(20), 8, window_fn=None)  # loose: 20
    mdct/not_of_four: tf.signal.mdct(numbers(20), 6)  # raises: The frame length must be a multiple of 4
    mdct/norm: tf.signal.mdct(numbers(20), 4, norm="f")  # raises: Unknown normalization
    mdct/scalar: tf.signal.mdct(1.0, 4)  # raises: must have rank at least 1
    inverse_mdct/low_rank: tf.signal.inverse_mdct([1.0, 2.0])  # raises: must have rank at least 2
    inverse_mdct/odd: tf.signal.inverse_mdct(numbers(2, 3))  # raises
    mel/small: tf.signal.linear_to_mel_weight_matrix(3, 6, 100, 10.0, 40.0)  # loose: 40
    mel/double: tf.signal.linear_to_mel_weight_matrix(3, 6, 100, 10.0, 40.0, tf.float64)  # loose: 4
    mel/default: tf.signal.linear_to_mel_weight_matrix()  # loose: 200
    mel/speech_double: tf.signal.linear_to_mel_weight_matrix(80, 257, 16000, 80.0, 7600.0, tf.float64)  # loose: 20
    mel/tensor_rate: tf.signal.linear_to_mel_weight_matrix(3, 6, tf.constant(100), 10.0, 40.0, tf.float64)  # loose: 4
    mel/one_bin: tf.signal.linear_to_mel_weight_matrix(3, 1)
    mel/no_mel_bins: tf.signal.linear_to_mel_weight_matrix(0)  # raises: num_mel_bins must be positive
    mel/no_rate: tf.signal.linear_to_mel_weight_matrix(sample_rate=0)  # raises: sample_rate must be positive
    mel/below_zero: tf.signal.linear_to_mel_weight_matrix(lower_edge_hertz=-1.0)  # raises: lower_edge_hertz must be non-negative
    mel/crossed: tf.signal.linear_to_mel_weight_matrix(lower_edge_hertz=5000.0)  # raises: lower_edge_hertz 5000.0 >= upper_edge_hertz 3800.0
    mel/above_nyquist: tf.signal.linear_to_mel_weight_matrix(upper_edge_hertz=5000.0)  # raises: must not be larger than the Nyquist frequency
    mel/int_dtype: tf.signal.linear_to_mel_weight_matrix(dtype=tf.int32)  # raises: dtype must be a floating point type
    mfccs/plain: tf.signal.mfccs_from_log_mel_spectrograms(numbers(2, 3, 20))  # loose: 20
    mfccs/double: tf.signal.mfccs_from_log_mel_spectrograms(numbers(3, 7, dtype="f8"))  # loose: 20
    mfccs/empty: tf.signal.mfccs_from_log_mel_spectrograms(tf.zeros([2, 0]))  # raises: num_mel_bins must be positive
    """
)
case("mdct/gradient", first_order, lambda tf, x: tf.signal.mdct(x, 8), numbers(2, 24), loose=20)
case("inverse_mdct/gradient", first_order, lambda tf, x: tf.signal.inverse_mdct(x), numbers(2, 4, 4), loose=20)
case(
    "mfccs/gradient", first_order, lambda tf, x: tf.signal.mfccs_from_log_mel_spectrograms(x), numbers(2, 8), loose=20
)

# -- ops of the speech examples --------------------------------------------------------------------------------

for window, stride, squared in ((2, 1, False), (4, 2, False), (5, 2, True), (8, 3, False), (16, 16, True), (40, 1, False)):
    case(
        f"spectrogram/{window}/{stride}/{squared}",
        lambda tf, n, m, squared: tf.raw_ops.AudioSpectrogram(
            input=numbers(33, 2), window_size=n, stride=m, magnitude_squared=squared
        ),
        window, stride, squared, loose=4,
    )  # fmt: skip
for window, stride in ((1, 2), (2, 0), (2, -1)):
    case.raises(
        f"spectrogram/bad/{window}/{stride}",
        lambda tf, n, m: tf.raw_ops.AudioSpectrogram(input=numbers(9, 1), window_size=n, stride=m), window, stride,
        says=[f"Spectrogram initialization failed for window size {window} and stride {stride}"],
    )  # fmt: skip
for options in (
    {}, {"filterbank_channel_count": 5, "dct_coefficient_count": 3}, {"upper_frequency_limit": 7000.0},
    {"lower_frequency_limit": 200.0}, {"filterbank_channel_count": 80, "dct_coefficient_count": 80},
    {"upper_frequency_limit": 20000.0},
):  # fmt: skip
    case(
        f"mfcc/{'-'.join(f'{k}={v}' for k, v in options.items()) or 'default'}",
        lambda tf, options: tf.raw_ops.Mfcc(spectrogram=numbers(2, 3, 257) ** 2, sample_rate=16000, **options),
        options, loose=10,
    )  # fmt: skip
case.table(
    """
    spectrogram/vector: tf.raw_ops.AudioSpectrogram(input=numbers(9), window_size=3, stride=2)  # raises: input must be 2-dimensional
    mfcc/no_rate: tf.raw_ops.Mfcc(spectrogram=numbers(1, 2, 9), sample_rate=0)  # raises: Mfcc initialization failed
    mfcc/rates: tf.raw_ops.Mfcc(spectrogram=numbers(1, 2, 9), sample_rate=[16000])  # raises: should be a scalar tensor
    mfcc/matrix: tf.raw_ops.Mfcc(spectrogram=numbers(2, 9), sample_rate=16000)  # raises: spectrogram must be 3-dimensional
    mfcc/too_many: tf.raw_ops.Mfcc(spectrogram=numbers(1, 2, 9), sample_rate=16000, dct_coefficient_count=50)  # raises: Mfcc initialization failed
    mfcc/silence: tf.raw_ops.Mfcc(spectrogram=tf.zeros([1, 2, 65]), sample_rate=16000)  # loose: 10
    """
)
