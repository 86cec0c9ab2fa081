"""Settings: what may change when, from any thread."""

import threading

import pytest

from tapeflow.core.base.settings import Settings


def test_what_the_compiler_has_read_stays():
    settings = Settings()
    settings.change_before_start("Intra op parallelism", intra_op_threads=2)
    settings.started = True
    settings.change_before_start("Intra op parallelism", intra_op_threads=2)
    with pytest.raises(RuntimeError, match="Intra op parallelism cannot be modified after initialization"):
        settings.change_before_start("Intra op parallelism", intra_op_threads=3)
    assert settings.intra_op_threads == 2


def test_unknown_settings_are_refused():
    with pytest.raises(AttributeError):
        Settings().change(colour="blue")


def test_changes_from_many_threads_all_arrive():
    settings = Settings()

    def add(name):
        settings.change(optimizer_options=settings.optimizer_options | {name: True})

    threads = [threading.Thread(target=settings.change, kwargs={"jit": str(i)}) for i in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert settings.jit in set("01234567")
