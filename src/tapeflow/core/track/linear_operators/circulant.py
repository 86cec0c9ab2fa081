"""`tf.linalg.LinearOperatorCirculant`, in one, two and three dimensions: matrices that Fourier transforms "
"diagonalize."""

import numpy as np

from tapeflow.core.base import dtypes
from tapeflow.core.ops.compose.arithmetic import abs as absolute
from tapeflow.core.ops.compose.array import cast, reshape, shape, transpose
from tapeflow.core.ops.compose.assertions import assert_less, assert_positive
from tapeflow.core.ops.compose.creation import ones, zeros_like
from tapeflow.core.ops.compose.joining import concat, stack
from tapeflow.core.ops.compose.linalg import adjoint as adjoint_of
from tapeflow.core.ops.compose.math import complex as complex_of
from tapeflow.core.ops.compose.math import conj, imag, real
from tapeflow.core.ops.compose.reduce import reduce_max, reduce_min, reduce_prod, reduce_sum
from tapeflow.core.ops.defs import fft
from tapeflow.core.ops.defs.math import log
from tapeflow.core.track.linear_operators import hints
from tapeflow.core.track.linear_operators.base import LinearOperator, as_parameter, given
from tapeflow.core.track.linear_operators.batches import broadcast_batches, ints
from tapeflow.core.track.linear_operators.checks import assert_no_zero, assert_real
from tapeflow.core.track.linear_operators.spec import make_composite_tensor
from tapeflow.core.values.convert import convert

_FORWARD = {1: fft.fft, 2: fft.fft2d, 3: fft.fft3d}
_INVERSE = {1: fft.ifft, 2: fft.ifft2d, 3: fft.ifft3d}


def to_complex(x):
    """A tensor as complex numbers of its precision."""
    if x.dtype.is_complex:
        return convert(x)
    return cast(x, dtypes.complex128 if x.dtype is dtypes.float64 else dtypes.complex64)


def _last_axis_to(x, front):
    """Moves the last axis to second last but one place: the rows of matrices become vectors, or back."""
    rank = x.shape.rank
    order = [*range(rank)]
    if front:
        order = [rank - 1, *order[:-1]]
    else:
        order = [*order[1:], 0]
    return transpose(x, order)


class _Circulant(LinearOperator):
    """What the three share: `block_depth` is the number of axes of the transform."""

    _depth = 1

    def _make(self, spectrum, input_output_dtype, parameters):
        name = parameters["name"]
        self._block_depth = self._depth
        self._spectrum = as_parameter(spectrum)
        rank = self._spectrum.shape.rank
        if rank is not None and rank < self._depth:
            raise ValueError(
                f"Argument `spectrum` must have at least {self._depth} dimensions. Received: {self._spectrum}."
            )
        self_adjoint = parameters["is_self_adjoint"]
        if not self._spectrum.dtype.is_complex:
            if self_adjoint is False:
                raise ValueError(
                    "A real spectrum always corresponds to a self-adjoint operator. Expected argument "
                    "`is_self_adjoint` to be True when `spectrum.dtype.is_complex` = True. Received: False."
                )
            self_adjoint = True
        if parameters["is_square"] is False:
            raise ValueError(
                "A [[nested] block] circulant operator is always square. Expected argument `is_square` to be True. "
                "Received: False."
            )
        LinearOperator.__init__(
            self, input_output_dtype, None, parameters["is_non_singular"], self_adjoint,
            parameters["is_positive_definite"], True, name, parameters,
        )  # fmt: skip

    @property
    def spectrum(self):
        """The eigenvalues, arranged as the Fourier transform of the convolution kernel."""
        return self._spectrum

    @property
    def block_depth(self):
        """The number of nested blocks: 1, 2 or 3."""
        return self._block_depth

    @property
    def block_shape(self):
        """The sizes of the axes of the transform, a `tf.TensorShape`."""
        return self.spectrum.shape[-self.block_depth :]

    def block_shape_tensor(self):
        """Returns the sizes of the axes of the transform."""
        return self._block_shape_tensor()

    def _block_shape_tensor(self, spectrum_shape=None):
        if self.block_shape.is_fully_defined():
            return ints(self.block_shape.as_list())
        return (shape(self.spectrum) if spectrum_shape is None else spectrum_shape)[-self.block_depth :]

    def _shape(self):
        sizes = self._spectrum.shape
        block = sizes[-self.block_depth :]
        n = int(np.prod(block.as_list())) if block.is_fully_defined() else None
        return sizes[: -self.block_depth].concatenate([n, n])

    def _shape_tensor(self, spectrum=None):
        sizes = shape(self.spectrum if spectrum is None else spectrum)
        n = reduce_prod(sizes[-self.block_depth :])
        return concat([sizes[: -self.block_depth], stack([n, n])], 0)

    # -- products of operators: the kinds mix with themselves only ------------------------------------

    def _linop_adjoint(self):
        spectrum = conj(self.spectrum) if self.spectrum.dtype.is_complex else self.spectrum
        return type(self)(spectrum, **hints.same(self))

    def _linop_inverse(self):
        return type(self)(1.0 / self.spectrum, self.dtype, **hints.same(self))

    def _linop_matmul(self, left_operator, right_operator):
        if type(right_operator) is not type(left_operator):
            return super()._linop_matmul(left_operator, right_operator)
        known = hints.of_commuting(left_operator, right_operator)
        return type(self)(left_operator.spectrum * right_operator.spectrum, **known)

    def _linop_solve(self, left_operator, right_operator):
        if type(right_operator) is not type(left_operator):
            return super()._linop_solve(left_operator, right_operator)
        known = hints.of_commuting(left_operator, right_operator)
        return type(self)(right_operator.spectrum / left_operator.spectrum, **known)

    # -- vectors as blocks -----------------------------------------------------------------------------

    def _blocks(self, matrix):
        """The columns of matrices, each as an array of the block's sizes: [columns, ..., block]."""
        vectors = _last_axis_to(matrix, front=True)
        if vectors.shape.is_fully_defined() and self.block_shape.is_fully_defined():
            return reshape(vectors, [*vectors.shape.as_list()[:-1], *self.block_shape.as_list()])
        return reshape(vectors, concat([shape(vectors)[:-1], self.block_shape_tensor()], 0))

    def _flat(self, x):
        """Arrays of the block's sizes as vectors."""
        if x.shape.is_fully_defined():
            sizes = x.shape.as_list()
            return reshape(x, [*sizes[: -self.block_depth], int(np.prod(sizes[-self.block_depth :]))])
        sizes = shape(x)
        count = reduce_prod(sizes[-self.block_depth :])
        return reshape(x, concat([sizes[: -self.block_depth], [count]], 0))

    def _transformed(self, x, spectrum, function):
        """`function(transform, spectrum)` of the columns of `x`, transformed back."""
        x, spectrum = self._joint(x, spectrum)
        frequencies = _FORWARD[self.block_depth](self._blocks(x))
        result = _INVERSE[self.block_depth](function(frequencies, spectrum))
        return cast(_last_axis_to(self._flat(result), front=False), self.dtype)

    def _joint(self, x, spectrum):
        batch = self._batch_shape_tensor(shape=self._shape_tensor(spectrum=spectrum))
        column = reshape(spectrum, concat([batch, [-1, 1]], 0))
        x, column = broadcast_batches([x, column])
        block = self._block_shape_tensor(spectrum_shape=shape(spectrum))
        return x, reshape(column, concat([shape(x)[:-2], block], 0))

    def _complex_spectrum(self, adjoint):
        spectrum = to_complex(self.spectrum)
        return conj(spectrum) if adjoint else spectrum

    def _matmul(self, x, adjoint=False, adjoint_arg=False):
        spectrum = self._complex_spectrum(adjoint)
        x = cast(adjoint_of(x) if adjoint_arg else x, spectrum.dtype)
        return self._transformed(x, spectrum, lambda f, s: s * f)

    def _solve(self, rhs, adjoint=False, adjoint_arg=False):
        spectrum = self._complex_spectrum(adjoint)
        rhs = cast(adjoint_of(rhs) if adjoint_arg else rhs, spectrum.dtype)
        return self._transformed(rhs, spectrum, lambda f, s: f / s)

    # -- answers from the spectrum ----------------------------------------------------------------------

    def convolution_kernel(self, name="convolution_kernel"):
        """Returns the first column, a tensor shaped like the spectrum."""
        return cast(_INVERSE[self.block_depth](to_complex(self.spectrum)), self.dtype)

    def assert_hermitian_spectrum(self, name="assert_hermitian_spectrum"):
        """Checks that the convolution kernel is real.

        Raises:
            InvalidArgumentError: It is not.
        """
        eps = np.finfo(self.dtype.real_dtype.as_numpy_dtype).eps
        largest = eps * cast(self.domain_dimension_tensor(), self.dtype.real_dtype)
        return assert_less(absolute(imag(self.convolution_kernel())), largest, message="Spectrum was not Hermitian")

    def _assert_non_singular(self):
        return assert_no_zero(self.spectrum, "Singular operator:  Spectrum contained zero values.")

    def _assert_positive_definite(self):
        return assert_positive(
            real(self.spectrum), message="Not positive definite:  Real part of spectrum was not all positive."
        )

    def _assert_self_adjoint(self):
        return assert_real(self.spectrum, "Not self-adjoint:  The spectrum contained non-zero imaginary part.")

    @property
    def _axes(self):
        return [-(i + 1) for i in range(self.block_depth)]

    def _cond(self):
        sizes = absolute(self._flat(self.spectrum))
        return reduce_max(sizes, axis=-1) / reduce_min(sizes, axis=-1)

    def _eigvals(self):
        return convert(self._flat(self.spectrum))

    def _determinant(self):
        return cast(reduce_prod(self.spectrum, axis=self._axes), self.dtype)

    def _log_abs_determinant(self):
        return cast(reduce_sum(log(absolute(self.spectrum)), axis=self._axes), self.dtype)

    def _trace(self):
        total = reduce_sum(real(self.spectrum), axis=self._axes)
        if not self.dtype.is_complex:
            return cast(total, self.dtype)
        rest = zeros_like(total) if self.is_self_adjoint else reduce_sum(imag(self.spectrum), axis=self._axes)
        return cast(complex_of(total, rest), self.dtype)

    def _diag_part(self):
        known = self.shape.is_fully_defined()
        sizes = self.shape[:-1] if known else self.shape_tensor()[:-1]
        value = self.trace() / cast(self.domain_dimension_tensor(), self.dtype)
        return value[..., None] * ones(sizes, dtype=self.dtype)

    @property
    def _composite_tensor_fields(self):
        return ("spectrum", "input_output_dtype")

    @property
    def _experimental_parameter_ndims_to_matrix_ndims(self):
        return {"spectrum": self.block_depth}


@make_composite_tensor
class LinearOperatorCirculant(_Circulant):
    """A circulant matrix, or a stack of them: convolution with a periodic kernel.

    Args:
        spectrum: Tensor of shape [..., n]: the Fourier transform of the kernel.
        input_output_dtype: The dtype of the vectors that it is multiplied by.
        is_non_singular, is_self_adjoint, is_positive_definite, is_square: Hints, see `LinearOperator`.
        name: A name.
    """

    def __init__(
        self, spectrum, input_output_dtype=dtypes.complex64, is_non_singular=None, is_self_adjoint=None,
        is_positive_definite=None, is_square=True, name="LinearOperatorCirculant",
    ):  # fmt: skip
        self._make(spectrum, input_output_dtype, given(locals()))


@make_composite_tensor
class LinearOperatorCirculant2D(_Circulant):
    """A block circulant matrix of circulant blocks, or a stack of them: convolution in two dimensions.

    Args:
        spectrum: Tensor of shape [..., m, n]: the Fourier transform of the kernel.
        input_output_dtype: The dtype of the vectors that it is multiplied by.
        is_non_singular, is_self_adjoint, is_positive_definite, is_square: Hints, see `LinearOperator`.
        name: A name.
    """

    _depth = 2

    def __init__(
        self, spectrum, input_output_dtype=dtypes.complex64, is_non_singular=None, is_self_adjoint=None,
        is_positive_definite=None, is_square=True, name="LinearOperatorCirculant2D",
    ):  # fmt: skip
        self._make(spectrum, input_output_dtype, given(locals()))


@make_composite_tensor
class LinearOperatorCirculant3D(_Circulant):
    """A doubly nested block circulant matrix, or a stack of them: convolution in three dimensions.

    Args:
        spectrum: Tensor of shape [..., l, m, n]: the Fourier transform of the kernel.
        input_output_dtype: The dtype of the vectors that it is multiplied by.
        is_non_singular, is_self_adjoint, is_positive_definite, is_square: Hints, see `LinearOperator`.
        name: A name.
    """

    _depth = 3

    def __init__(
        self, spectrum, input_output_dtype=dtypes.complex64, is_non_singular=None, is_self_adjoint=None,
        is_positive_definite=None, is_square=True, name="LinearOperatorCirculant3D",
    ):  # fmt: skip
        self._make(spectrum, input_output_dtype, given(locals()))
