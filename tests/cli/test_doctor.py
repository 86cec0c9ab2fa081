from tapeflow.cli import doctor


def test_report_says_what_works(capsys):
    assert doctor.run_doctor() == 0
    printed = capsys.readouterr().out
    assert printed.startswith("TapeFlow 0.1.0, API of TensorFlow 2.21.0\nPython 3.")
    assert "slope of 4w + w^3 at 1 is 7" in printed
    assert "FAILS" not in printed


def test_missing_package_is_told_with_its_use(capsys):
    assert doctor._report_distribution("no-such-distribution", "a purpose")
    assert capsys.readouterr().out.split() == "no-such-distribution missing; needed for a purpose".split()


def test_failing_check_is_told_and_counted(capsys):
    def check():
        raise ValueError("expected 1, got 2")

    assert not doctor._report("sum", check)
    assert "sum            FAILS: ValueError: expected 1, got 2" in capsys.readouterr().out
