"""`tf.data`: input pipelines."""

from tapeflow.core.data import loops as _loops
from tapeflow.core.data.advice import PipelineWarning
from tapeflow.core.data.dataset import AUTOTUNE, DatasetSpec
from tapeflow.core.data.dataset import INFINITE as INFINITE_CARDINALITY
from tapeflow.core.data.dataset import UNKNOWN as UNKNOWN_CARDINALITY
from tapeflow.core.data.dataset import DatasetV2 as Dataset
from tapeflow.core.data.files import FixedLengthRecordDatasetV2 as FixedLengthRecordDataset
from tapeflow.core.data.files import TextLineDatasetV2 as TextLineDataset
from tapeflow.core.data.files import TFRecordDatasetV2 as TFRecordDataset
from tapeflow.core.data.iterator import IteratorBase as Iterator
from tapeflow.core.data.iterator import IteratorSpec, NumpyIterator
from tapeflow.core.data.options import Options, ThreadingOptions
from tapeflow.data import experimental
