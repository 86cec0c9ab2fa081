"""`tf.DeviceSpec`, `tf.config`, `tf.errors` and `tf.compat`'s text: what needs no op."""

import inspect
import pathlib
import pickle

from tests.parity.case import Family

case = Family(__name__)

DEVICES = """/job:worker/task:1/device:GPU:0 /gpu:0 /GPU:0 gpu:0 GPU:0 /cpu /device:CPU:* /device:*:0
/job:a/replica:0/task:0/cpu:1 /job:a/job:b /foo:1 foo /cpu:0/gpu:1 /device:GPU:x /task:x /cpu:0:1
/job:*/replica:* /device:TPU:1 /device:tpu:1 /device:XLA_CPU:0 /tpu:1 /TPU_SYSTEM:0
/job:worker/CPU:0 /JOB:worker""".split()
for _device in DEVICES:
    case.either(f"parse/{_device}", lambda tf, d: tf.DeviceSpec.from_string(d).to_string(), _device)

ERRORS = """CancelledError UnknownError InvalidArgumentError DeadlineExceededError NotFoundError
AlreadyExistsError PermissionDeniedError UnauthenticatedError ResourceExhaustedError
FailedPreconditionError AbortedError OutOfRangeError UnimplementedError InternalError
UnavailableError DataLossError""".split()


def error_facts(tf, name):
    error = getattr(tf.errors, name)(None, None, "words", {"key": b"value"})
    again = pickle.loads(pickle.dumps(error))
    facts = [
        error.error_code,
        error.message,
        str(error),
        error.op,
        error.node_def,
        error.experimental_payloads,
    ]
    return [*facts, isinstance(error, tf.errors.OpError), type(again) is type(error), str(again)]


for _error in ERRORS:
    case(f"error/{_error}", error_facts, _error)


def spec(tf, **parts):
    return tf.DeviceSpec(**parts)


def parsed(tf, text):
    return tf.DeviceSpec.from_string(text)


def missing(tf):
    return tf.config.PhysicalDevice("/physical_device:GPU:99", "GPU")


def processor(tf):
    return tf.config.list_physical_devices("CPU")[0]


case.table("""
    spec/repr: repr(spec(tf, job="worker", task=1, device_type="GPU", device_index=0))
    spec/empty: [repr(spec(tf)), spec(tf).to_string()]
    spec/lower_case: spec(tf, device_type="cpu").device_type
    spec/type_only: spec(tf, device_type="CPU").to_string()
    spec/index_only: spec(tf, device_index=3).to_string()
    spec/positional: tf.DeviceSpec("w", 1, 2, "GPU", 3).to_string()
    spec/text_number: spec(tf, task="1").task
    spec/float_number: spec(tf, task=1.5).task
    spec/number_as_job: spec(tf, job=3).job
    spec/bad_index: spec(tf, device_index="x")  # raises
    spec/any_index: tf.DeviceSpec.from_string("/device:CPU:*").device_index
    spec/from_none: tf.DeviceSpec.from_string(None).to_string()
    spec/from_empty: tf.DeviceSpec.from_string("").to_string()
    spec/parse_ignores_self: spec(tf, job="a", task=1).parse_from_string("/gpu:1").to_string()
    spec/merge: spec(tf, job="a").make_merged_spec(spec(tf, task=3, device_type="CPU")).to_string()
    spec/merge_conflict: spec(tf, job="a", task=1).make_merged_spec(spec(tf, job="b")).to_string()
    spec/merge_type: parsed(tf, "/cpu:1").make_merged_spec(parsed(tf, "gpu")).to_string()
    spec/replace: spec(tf, job="a").replace(job="b", device_type="CPU").to_string()
    spec/replace_unknown: spec(tf, job="a").replace(foo=2)  # raises: foo
    spec/equal: spec(tf, job="a") == spec(tf, job="a")
    spec/equal_text: spec(tf, job="a") == "/job:a"
    spec/unequal: spec(tf) == spec(tf, job="a")
    spec/hash: hash(spec(tf, job="a")) == hash(spec(tf, job="a"))
    spec/set: setattr(spec(tf), "job", "x")  # raises: job
    config/physical: repr(tf.config.list_physical_devices("CPU"))
    config/physical_unknown_type: tf.config.list_physical_devices("foo")
    config/logical: repr(tf.config.list_logical_devices("CPU"))
    config/visible: repr(tf.config.get_visible_devices("CPU"))
    config/not_a_device: tf.config.set_visible_devices("x")  # raises: Unrecognized device
    config/missing_device: tf.config.set_visible_devices([missing(tf)])  # raises: Unrecognized device
    config/wrong_type: tf.config.set_visible_devices(processor(tf), "GPU")  # raises: Unrecognized device
    config/cut_text: tf.config.set_logical_device_configuration("x", [])  # raises: Unrecognized device
    config/uncut: tf.config.get_logical_device_configuration(processor(tf))
    config/growth: tf.config.experimental.get_memory_growth(processor(tf))  # raises
    config/set_growth: tf.config.experimental.set_memory_growth(processor(tf), True)  # raises
    config/growth_text: tf.config.experimental.get_memory_growth("x")  # raises: Unrecognized device
    config/memory: tf.config.experimental.get_memory_info("CPU:0")
    config/no_memory: tf.config.experimental.get_memory_info("GPU:99")  # raises: No matching devices
    config/memory_name: tf.config.experimental.get_memory_info("foo")  # raises: Failed parsing
    config/details: tf.config.experimental.get_device_details(processor(tf))
    config/details_text: tf.config.experimental.get_device_details("x")  # raises: PhysicalDevice
    config/physical_repr: repr(tf.config.PhysicalDevice("a", "CPU"))
    config/logical_repr: repr(tf.config.LogicalDevice("a", "CPU"))
    config/configuration: repr(tf.config.LogicalDeviceConfiguration(memory_limit=1))
    config/soft_placement: tf.config.get_soft_device_placement()
    config/threads: tf.config.threading.get_inter_op_parallelism_threads()
    config/threads_within: tf.config.threading.get_intra_op_parallelism_threads()
    config/jit: tf.config.optimizer.get_jit()
    config/options: tf.config.optimizer.get_experimental_options()
    config/options_number: tf.config.optimizer.set_experimental_options(3)  # raises
    config/eagerly: tf.config.functions_run_eagerly()
    config/tensor_float: tf.config.experimental.tensor_float_32_execution_enabled()
    config/policy: tf.config.experimental.get_device_policy()
    config/bad_policy: tf.config.experimental.set_device_policy("foo")  # raises: `device_policy`, foo
    config/synchronous: tf.config.experimental.get_synchronous_execution()
    config/no_host: tf.config.experimental_connect_to_host()  # raises: at least one remote_host
    error/base: str(tf.errors.OpError(None, None, "words", 3))
    error/keywords: str(tf.errors.NotFoundError(node_def=None, op=None, message="words"))
    error/signature: str(inspect.signature(tf.errors.NotFoundError))
    error/base_signature: str(inspect.signature(tf.errors.OpError))
    error/nothing: tf.errors.NotFoundError()  # raises: missing
    error/unknown_keyword: tf.errors.NotFoundError(None, None, words="x")  # raises: words
    error/in_graph: isinstance(tf.errors.OperatorNotAllowedInGraphError("x"), TypeError)
    text/as_bytes: [tf.compat.as_bytes("a\\u00e9"), tf.compat.as_bytes(b"x")]
    text/as_bytes_bytearray: tf.compat.as_bytes(bytearray(b"y"))
    text/as_bytes_number: tf.compat.as_bytes(3)  # raises: Expected binary or unicode string, got 3
    text/as_bytes_ascii: tf.compat.as_bytes("\\u00e9", "ascii")  # raises: ascii
    text/as_bytes_encoding: tf.compat.as_bytes("a", "foo")  # raises: foo
    text/as_text: [tf.compat.as_text(b"a"), tf.compat.as_text("b"), tf.compat.as_str(b"c")]
    text/as_text_number: tf.compat.as_text(3)  # raises: Expected binary or unicode string, got 3
    text/as_text_bytearray: tf.compat.as_text(bytearray(b"a"))  # raises: bytearray
    text/as_text_not_utf8: tf.compat.as_text(b"\\xff")  # raises: utf-8
    text/as_str_any: [tf.compat.as_str_any(3), tf.compat.as_str_any(b"a"), tf.compat.as_str_any(None)]
    text/path: tf.compat.path_to_str(pathlib.PurePosixPath("/a/b"))
    text/no_path: [tf.compat.path_to_str("a"), tf.compat.path_to_str(b"a"), tf.compat.path_to_str(3)]
    text/forward: [tf.compat.forward_compatible(2020, 1, 1), tf.compat.forward_compatible(2099, 1, 1)]
    version: [tf.version.GRAPH_DEF_VERSION, tf.version.GRAPH_DEF_VERSION_MIN_CONSUMER]
""")
