"""`tf.test.TestCase`: unittest's, with assertions for tensors."""

import contextlib
import os
import random
import re
import shutil
import sys
import tempfile
import threading

import numpy as np
from absl.testing import absltest

from tapeflow.core.base.errors import InvalidArgumentError, OpError
from tapeflow.core.base.mode import current
from tapeflow.test.comparisons import Comparisons, evaluate

# What TensorFlow's TestCase seeds every test with.
SEED = 87654321


class EagerSession:
    """What `self.session()` gives where nothing waits to be run: `run` returns values that are there already."""

    graph = None

    def run(self, fetches, *args, **kwargs):
        """The values of a nested structure of tensors.

        Raises:
            RuntimeError: There is a `feed_dict`: eager tensors are not fed.
        """
        if args or kwargs.get("feed_dict"):
            raise RuntimeError("a feed_dict needs a graph and its placeholders; here tensors have values already")
        return evaluate(fetches)


class TestCase(Comparisons, absltest.TestCase):
    """Base class of tests of programs that use tensors.

    It has absl's assertions, too: `assertLen`, `assertContainsSubset`, `assertSameStructure`, `create_tempfile`…
    Before each test the generators of Python, NumPy and TapeFlow are seeded, as TensorFlow does.

    >>> class SquareTest(TestCase):
    ...     def test_square(self):
    ...         self.assertAllClose([1.0, 4.0], np.square([1.0, 2.0]))
    >>> SquareTest("test_square").run().wasSuccessful()
    True
    """

    __test__ = False  # pytest would collect it under every name that a test file gives it

    def __init_subclass__(cls, **kwargs):
        super().__init_subclass__(**kwargs)
        if "__test__" not in cls.__dict__:
            cls.__test__ = True

    def __init__(self, methodName="runTest"):
        super().__init__(methodName)
        self._temp_dir = None

    def setUp(self):
        """Seeds the generators."""
        super().setUp()
        from tapeflow.random import set_seed

        random.seed(SEED)
        np.random.seed(SEED)
        set_seed(SEED)

    def get_temp_dir(self):
        """A folder of the test's own; it is removed after the test and its cleanups, if they left it."""
        if self._temp_dir is None:
            self._temp_dir = tempfile.mkdtemp(dir=os.environ.get("TEST_TMPDIR"))
            self.addCleanup(shutil.rmtree, self._temp_dir, ignore_errors=True)
        return self._temp_dir

    # -- sessions: every value is there at once, unless a graph is being captured ----------------------

    @contextlib.contextmanager
    def session(self, graph=None, config=None, use_gpu=True, force_gpu=False):
        """Context that gives an object whose `run` evaluates tensors.

        Args:
            graph: The graph whose tensors are computed, by default the one that is being captured, if one is.
            config, use_gpu, force_gpu: Accepted.
        """
        graph = graph or current.graph
        if graph is None:
            yield EagerSession()
            return
        from tapeflow.core.files.graph_import import Session  # lazy: few tests capture graphs by hand

        with graph, Session(graph=graph) as session:
            yield session

    cached_session = session

    def test_session(self, graph=None, config=None, use_gpu=True, force_gpu=False):
        """Deprecated form of `session`."""
        if self._testMethodName == "test_session":
            self.skipTest("not a test: the name is TensorFlow's")
        return self.session(graph, config, use_gpu, force_gpu)

    # -- errors --------------------------------------------------------------------------------------

    @contextlib.contextmanager
    def assertRaisesWithPredicateMatch(self, exception_type, expected_err_re_or_predicate):
        """Context that must end in an error that a regular expression is found in, or that a function accepts.

        Args:
            exception_type: Class of the error.
            expected_err_re_or_predicate: Regular expression, or function of the error.
        """
        try:
            yield
        except exception_type as error:
            if callable(expected_err_re_or_predicate):
                matches = expected_err_re_or_predicate(error)
            else:
                # Not str(error): it quotes the user's line, and with it the expression that is looked for.
                text = error.message if isinstance(error, OpError) else str(error)
                matches = re.search(expected_err_re_or_predicate, text)
            if not matches:
                raise AssertionError(
                    f"{type(error).__name__}: {error}\ndoes not match {expected_err_re_or_predicate!r}"
                ) from error
        except Exception as error:
            raise AssertionError(f"{type(error).__name__}: {error}\nis not of type {exception_type}") from error
        else:
            self.fail(f"{getattr(exception_type, '__name__', exception_type)} not raised")

    def assertRaisesOpError(self, expected_err_re_or_predicate):
        """Context that must end in a `tf.errors.OpError`; see `assertRaisesWithPredicateMatch`."""
        return self.assertRaisesWithPredicateMatch(OpError, expected_err_re_or_predicate)

    def assertRaisesIncompatibleShapesError(self, exception_type=InvalidArgumentError):
        """Context that must end in an error about shapes that do not fit one another."""
        return self.assertRaisesWithPredicateMatch(
            exception_type, r"Incompatible shapes|Dimensions must be equal|required broadcastable shapes"
        )

    def assertRaisesRegexp(self, expected_exception, expected_regex, *args, **kwargs):
        """Old name of `assertRaisesRegex`."""
        return self.assertRaisesRegex(expected_exception, expected_regex, *args, **kwargs)

    # -- collections, texts and messages ---------------------------------------------------------------

    def assertProtoEquals(self, expected_message_maybe_ascii, validate_message, msg=None, relative_tolerance=None):
        """Checks that a message is equal to another one, or to its text.

        Args:
            expected_message_maybe_ascii: A protobuf message, or the text format of one.
            validate_message: The message.
            msg: Added to the message of a failure.
            relative_tolerance: Accepted.
        """
        expected = expected_message_maybe_ascii
        if isinstance(expected, (str, bytes)):
            from google.protobuf import text_format  # lazy: only messages need it

            expected = text_format.Parse(expected, type(validate_message)())
        self.assertEqual(expected, validate_message, msg)

    def assertProtoEqualsVersion(self, expected, actual, producer=2474, min_consumer=0, msg=None):
        """Checks that a `GraphDef` is equal to a text, to which the versions are added."""
        versions = f"versions {{ producer: {producer} min_consumer: {min_consumer} }};"
        self.assertProtoEquals(f"{versions}\n{expected}", actual, msg)

    # -- output and threads ----------------------------------------------------------------------------

    @contextlib.contextmanager
    def captureWritesToStream(self, stream):
        """Context that catches what is written to a stream, such as `sys.stdout`; `contents()` of its value reads it.

        Args:
            stream: A stream with a file number; what the file gets from other languages is caught, too.
        """
        number = stream.fileno()
        stream.flush()
        saved = os.dup(number)
        path = os.path.join(self.get_temp_dir(), f"writes_{number}")
        with open(path, "wb") as file:
            os.dup2(file.fileno(), number)
        try:
            yield _Written(path, stream)
        finally:
            stream.flush()
            os.dup2(saved, number)
            os.close(saved)

    def checkedThread(self, target, args=None, kwargs=None):
        """A thread whose failure fails the test when it is joined."""
        return _CheckedThread(self, target, args, kwargs)


class _Written:
    """What a stream was given."""

    def __init__(self, path, stream):
        self._path, self._stream = path, stream

    def contents(self):
        self._stream.flush()
        with open(self._path, encoding="utf-8") as file:
            return file.read()


class _CheckedThread(threading.Thread):
    """A thread that keeps what its function raised until `join`."""

    def __init__(self, case, target, args, kwargs):
        super().__init__(target=target, args=args or (), kwargs=kwargs or {})
        self._case, self._raised = case, None

    def run(self):
        try:
            super().run()
        except BaseException:
            self._raised = sys.exc_info()[1]

    def join(self, timeout=None):
        super().join(timeout)
        if self._raised is not None:
            self._case.fail(f"Error in checkedThread: {self._raised!r}")
