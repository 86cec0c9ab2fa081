"""What `tf.compat.v1` has of TensorFlow 2's own functions, by namespace: some with the name of that time."""

import importlib
from types import ModuleType

# Namespace below `tf.compat.v1` -> {module of ours: names}; `theirs=ours` where they differ.
SAME = {
    "": {
        "": (
            "Assert CriticalSection IndexedSlicesSpec NoGradient=no_gradient NoneTensorSpec OptionalSpec "
            "NotDifferentiable=no_gradient RaggedTensorSpec RegisterGradient SparseTensorSpec TensorArraySpec TypeSpec "
            "UnconnectedGradients add_n approx_top_k argsort as_string bfloat16 bitcast broadcast_dynamic_shape "
            "broadcast_static_shape broadcast_to clip_by_norm complex complex128 complex64 cumsum custom_gradient "
            "divide double dynamic_partition dynamic_stitch edit_distance einsum ensure_shape extract_volume_patches "
            "fftnd fingerprint get_logger get_static_value grad_pass_through guarantee_const half "
            "histogram_fixed_width histogram_fixed_width_bins identity_n ifftnd int16 int8 irfftnd "
            "is_symbolic_tensor lin_space=linspace load_library load_op_library make_ndarray make_tensor_proto "
            "matrix_square_root meshgrid no_gradient nondifferentiable_batch_function numpy_function parallel_stack "
            "print py_function qint16 qint32 qint8 quint16 quint8 ragged_fill_empty_rows ragged_fill_empty_rows_grad "
            "random_index_shuffle realdiv recompute_grad register_tensor_conversion_function repeat "
            "required_space_to_batch_paddings resource reverse_v2=reverse rfftnd round saturate_cast searchsorted "
            "sequence_mask shape_n sort space_to_batch_nd strided_slice switch_case "
            "tensor_scatter_add=tensor_scatter_nd_add tensor_scatter_nd_add tensor_scatter_nd_max "
            "tensor_scatter_nd_min tensor_scatter_nd_sub tensor_scatter_nd_update "
            "tensor_scatter_sub=tensor_scatter_nd_sub tensor_scatter_update=tensor_scatter_nd_update timestamp "
            "truncatediv truncatemod type_spec_from_value uint16 uint32 uint64 unique_with_counts unravel_index "
            "variant vectorized_map"
        ),
        "queue": "FIFOQueue PaddingFIFOQueue PriorityQueue QueueBase RandomShuffleQueue",
        "errors": "OpError",
        "dtypes": "QUANTIZED_DTYPES",
        "compat": "dimension_at_index dimension_value",
        "math": (
            "angle betainc div_no_nan=divide_no_nan floordiv floor_div=floordiv floormod is_non_decreasing "
            "is_strictly_increasing lbeta mod scalar_mul segment_max segment_mean segment_min segment_prod "
            "segment_sum unsorted_segment_max unsorted_segment_mean unsorted_segment_min unsorted_segment_prod "
            "unsorted_segment_sqrt_n unsorted_segment_sum"
        ),
        "debugging": "assert_same_float_dtype check_numerics is_numeric_tensor",
        "linalg": (
            "cholesky cholesky_solve cross diag=tensor_diag diag_part=tensor_diag_part global_norm "
            "matrix_band_part=band_part matrix_determinant=det matrix_diag=diag matrix_diag_part=diag_part "
            "matrix_inverse=inv matrix_set_diag=set_diag matrix_solve=solve matrix_solve_ls=lstsq matrix_transpose "
            "matrix_triangular_solve=triangular_solve qr self_adjoint_eig=eigh self_adjoint_eigvals=eigvalsh svd trace"
        ),
        "io": (
            "decode_base64 decode_compressed decode_json_example deserialize_many_sparse encode_base64 "
            "matching_files parse_single_sequence_example parse_tensor read_file serialize_tensor write_file"
        ),
        "quantization": (
            "dequantize fake_quant_with_min_max_args fake_quant_with_min_max_args_gradient "
            "fake_quant_with_min_max_vars fake_quant_with_min_max_vars_gradient "
            "fake_quant_with_min_max_vars_per_channel fake_quant_with_min_max_vars_per_channel_gradient quantize "
            "quantized_concat"
        ),
        "signal": "fft fft2d fft3d ifft ifft2d ifft3d",
        "image": "random_crop",
        "random": (
            "random_gamma=gamma random_normal=normal random_shuffle=shuffle random_uniform=uniform truncated_normal"
        ),
        "strings": (
            "regex_replace string_join=join string_strip=strip string_to_hash_bucket_fast=to_hash_bucket_fast "
            "string_to_hash_bucket_strong=to_hash_bucket_strong"
        ),
        "sparse": (
            "sparse_fill_empty_rows=fill_empty_rows sparse_mask=mask sparse_maximum=maximum sparse_minimum=minimum "
            "sparse_reorder=reorder sparse_reset_shape=reset_shape sparse_reshape=reshape sparse_retain=retain "
            "sparse_slice=slice sparse_softmax=softmax sparse_tensor_dense_matmul=sparse_dense_matmul "
            "sparse_tensor_to_dense=to_dense sparse_to_indicator=to_indicator sparse_transpose=transpose"
        ),
    },
    "compat": {
        "compat": (
            "as_bytes as_str as_str_any as_text bytes_or_text_types complex_types dimension_at_index dimension_value "
            "forward_compatibility_horizon forward_compatible integral_types path_to_str real_types"
        ),
    },
    "graph_util": {"core.files.graph_import": "import_graph_def"},
    "manip": {
        "": "batch_to_space_nd=batch_to_space gather_nd reshape reverse roll scatter_nd space_to_batch_nd tile",
    },
    "nn": {
        "nn": (
            "all_candidate_sampler approx_max_k approx_min_k atrous_conv2d atrous_conv2d_transpose avg_pool1d "
            "avg_pool3d avg_pool_v2=avg_pool batch_normalization collapse_repeated compute_accidental_hits "
            "compute_average_loss conv1d_transpose conv_transpose ctc_beam_search_decoder_v2=ctc_beam_search_decoder "
            "ctc_greedy_decoder ctc_loss_v2=ctc_loss ctc_unique_labels depthwise_conv2d_backprop_filter "
            "depthwise_conv2d_backprop_input depthwise_conv2d_native_backprop_filter=depthwise_conv2d_backprop_filter "
            "depthwise_conv2d_native_backprop_input=depthwise_conv2d_backprop_input experimental "
            "fixed_unigram_candidate_sampler l2_loss learned_unigram_candidate_sampler local_response_normalization "
            "log_poisson_loss lrn max_pool1d max_pool2d max_pool3d max_pool_v2=max_pool normalize_moments relu6 "
            "scale_regularization_loss selu sigmoid silu softsign swish tanh top_k with_space_to_batch zero_fraction"
        ),
        "random": "log_uniform_candidate_sampler uniform_candidate_sampler",
    },
    "python_io": {"io": "TFRecordOptions TFRecordWriter", "compat.records": "tf_record_iterator"},
    "queue": {"queue": "FIFOQueue PaddingFIFOQueue PriorityQueue QueueBase RandomShuffleQueue"},
    "spectral": {
        "signal": (
            "dct fft fft2d fft3d idct ifft ifft2d ifft3d irfft irfft2d irfft3d rfft rfft2d rfft3d"
        ),
    },
}  # fmt: skip


def where(namespace):
    """Returns a table of a namespace's names: of each, the module of ours and the name there."""
    found = {}
    for source, names in SAME.get(namespace, {}).items():
        for theirs, _, ours in (name.partition("=") for name in names.split()):
            found[theirs] = f"tapeflow.{source}" if source else "tapeflow", ours or theirs
    return found


def look_up(namespace, name):
    """Returns what a name of a namespace stands for.

    Raises:
        AttributeError: TapeFlow has none of that name there.
    """
    place = where(namespace).get(name)
    if place is None:
        full = f"tf.compat.v1.{namespace}.{name}"
        raise AttributeError(f"{full} is not part of TapeFlow", name=name, obj=None)
    return getattr(importlib.import_module(place[0]), place[1])


class SameNames(ModuleType):
    """A namespace of `tf.compat.v1` that holds nothing but names of `SAME`."""

    def __init__(self, namespace):
        super().__init__(f"tapeflow.compat.v1.{namespace}", f"`tf.compat.v1.{namespace}`: names.")
        self._namespace = namespace

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        value = look_up(self._namespace, name)
        setattr(self, name, value)
        return value

    def __dir__(self):
        return sorted({*self.__dict__, *where(self._namespace)})
