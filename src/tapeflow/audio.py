"""`tf.audio`: WAV files."""

from tapeflow.core.ops.defs.wav import decode_wav, encode_wav
