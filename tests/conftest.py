"""What holds for all tests."""

import signal

# A runner in the background may ignore Ctrl-C, and hand that on to every program it starts: tests send it.
signal.signal(signal.SIGINT, signal.default_int_handler)
