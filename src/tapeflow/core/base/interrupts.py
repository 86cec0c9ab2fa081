"""Ctrl-C while a program runs that overwrites variables in place: it is heard as soon as these have their new values.

A signal's handler runs between two steps of Python, most likely just when a long program has returned: its results
would be lost, and with them the variables whose memory they took over.
"""

import signal
import threading


class Holding:
    """Whether Ctrl-C waits, and whether it came meanwhile. Only the main thread hears signals, so only it holds."""

    __slots__ = ("came", "holds")

    def __init__(self):
        self.holds = self.came = False

    def begin(self):
        """Lets Ctrl-C wait; returns whether it does: not in other threads, nor for handlers of the program's own."""
        if self.holds or threading.current_thread() is not threading.main_thread():
            return False
        handler = signal.getsignal(signal.SIGINT)
        if handler is signal.default_int_handler:
            signal.signal(signal.SIGINT, _hear)
        elif handler is not _hear:
            return False
        self.holds = True
        return True

    def end(self):
        """Lets Ctrl-C come again.

        Raises:
            KeyboardInterrupt: It came meanwhile.
        """
        self.holds = False
        if self.came:
            self.came = False
            raise KeyboardInterrupt


holding = Holding()


def _hear(number, frame):
    if holding.holds:
        holding.came = True
    else:
        signal.default_int_handler(number, frame)
