"""TFRecord files as TensorFlow 1 read them."""

from tapeflow.core.base.record_file import TFRecordOptions, records


def tf_record_iterator(path, options=None):
    """Gives the records of a TFRecord file one by one, as bytes.

    Args:
        path: The file.
        options: A `tf.io.TFRecordOptions`, or None if the file is not compressed.
    """
    return records(path, TFRecordOptions.get_compression_type_string(options))
