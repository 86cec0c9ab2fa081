"""Parity with TensorFlow: small functions of `tf`, their results recorded from TensorFlow, replayed on TapeFlow.

- `cases/<family>.py`: the cases. `case(name, f, *args)` is a case that returns, `case.raises(...)` one that ends in
  an error, `case.either(...)` one of a sweep (every dtype, say), where TensorFlow decides which of the two.
- `golden/<family>.json`: what TensorFlow answers, one case a line. Written by `tools/record.py`, never by hand.
- `test_parity.py`: the replay, one test a case: `pytest tests/parity -k "bitwise/"`.
- `report.py`: what fails, grouped by cause: `python -m tests.parity.report [family...]`.
"""
