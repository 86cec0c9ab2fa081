"""Parity with TensorFlow: small functions of `tf`, what TensorFlow answers, and the replay without it.

- `cases/<family>.py`: the cases. `case(name, f, *args)` is one that returns, `case.raises(...)` one that ends
  in an error, `case.either(...)` one of a sweep (every dtype), where TensorFlow decides which of the two.
  `case.table` takes rows of text, `name: expression`, for cases that fit on a line.
- `golden/<family>.json`: what TensorFlow answers, one case a line. Written by `tools/record.py`.
- `test_parity.py`: the replay, one test a case: `pytest tests/parity -k "bitwise/"`.
- `differences.py`: cases in which TapeFlow means to differ, and why.
- `report.py`: what fails, grouped by cause: `python -m tests.parity.report [family...]`.
"""
