"""The faults of GPUs that `tapeflow doctor` finds, each from made-up facts."""

import dataclasses

import pytest

from tapeflow.cli import doctor, gpu_facts
from tapeflow.cli.gpu_facts import Facts, Gpu, Process
from tapeflow.cli.gpu_faults import faults

PLUGINS = {"jax-cuda13-pjrt": "0.12.0", "jax-cuda13-plugin": "0.12.0"}
WORKING = Facts(
    on_bus=1,
    nodes=["/dev/nvidia0"],
    driver="580.95.05",
    packages={"jax": "0.12.0", "jaxlib": "0.12.0"} | PLUGINS,
    gpus=[Gpu("NVIDIA H100 80GB HBM3", 10.0, 81559.0, "GPU-a")],
    seen=["GPU:0"],
)
JAX_ALONE = {"jax": "0.12.0", "jaxlib": "0.12.0"}


def told(**changes):
    """Sentence and command of the faults of a working machine with some facts changed."""
    return [(one.sentence, one.command) for one in faults(dataclasses.replace(WORKING, **changes))]


def test_a_working_machine_has_no_faults():
    assert told() == []


def test_a_machine_without_gpus_has_no_faults():
    assert faults(Facts(packages=JAX_ALONE)) == []


@pytest.mark.parametrize(
    ("changes", "part", "command"),
    [
        ({"driver": "", "nodes": [], "gpus": []}, "its driver is not loaded", "sudo apt install nvidia-driver-580"),
        ({"nodes": [], "gpus": [], "in_container": True}, "started without its host's GPUs", "docker run --gpus all"),
        (
            {"forbidden": {"/dev/nvidia0": "render"}},
            "may not open /dev/nvidia0, which belongs to the group 'render'",
            "sudo usermod -aG render $USER",
        ),
        (
            {"tool_says": "Failed to initialize NVML: Driver/library version mismatch", "gpus": []},
            "still runs the one before",
            "sudo reboot",
        ),
        ({"packages": JAX_ALONE}, "without its plugin", "pip install -U 'tapeflow[cuda13]'"),
        ({"packages": PLUGINS}, "JAX, which runs programs on GPUs, is not installed", "pip install"),
        (
            {"packages": JAX_ALONE | {"jax-cuda13-plugin": "0.12.0"}},
            "incomplete: jax-cuda13-pjrt is not installed",
            "pip install -U 'tapeflow[cuda13]'",
        ),
        (
            {"packages": WORKING.packages | {"jaxlib": "0.11.2"}},
            "does not fit jaxlib 0.11.2",
            "pip install -U 'jax[cuda13]==0.12.0'",
        ),
        (
            {"packages": WORKING.packages | {"jax-cuda12-pjrt": "0.12.0", "jax-cuda12-plugin": "0.12.0"}},
            "two releases of CUDA",
            "pip uninstall -y jax-cuda12-pjrt jax-cuda12-plugin",
        ),
        (
            {"driver": "550.120"},
            "driver 550.120 is too old for CUDA 13, which needs 580",
            "pip uninstall -y jax-cuda13-pjrt jax-cuda13-plugin && pip install -U 'jax[cuda12]'",
        ),
        ({"driver": "470.57.02"}, "too old for CUDA 13", "sudo apt install nvidia-driver-580"),
        (
            {"shadows": ["/usr/local/cuda/lib64"]},
            "LD_LIBRARY_PATH leads to other libraries of CUDA, in /usr/local/cuda/lib64",
            "unset LD_LIBRARY_PATH",
        ),
        (
            {"error": "RuntimeError: Outdated cuDNN installation found.", "loaded": {"libcudnn": "/opt/libcudnn.so.9"}},
            "cannot use the cuDNN that it finds in /opt/libcudnn.so.9",
            "pip install -U --force-reinstall 'jax[cuda13]'",
        ),
        ({"error": "RuntimeError: Unable to load cuSPARSE. Is it installed?"}, "cuSPARSE", "--force-reinstall"),
        ({"environment": {"CUDA_VISIBLE_DEVICES": ""}}, "CUDA_VISIBLE_DEVICES='' hides", "unset CUDA_VISIBLE_DEVICES"),
        ({"environment": {"JAX_PLATFORMS": "cpu"}}, "JAX_PLATFORMS='cpu' hides", "unset JAX_PLATFORMS"),
        (
            {"processes": [Process(4711, "python", 61440.0, "GPU-a")]},
            "Process 4711 (python) holds 60.0 of 79.6 GiB of GPU 0",
            "export CUDA_VISIBLE_DEVICES=0",
        ),
        ({"seen": [], "error": "cuInit: unknown error\nmore"}, "cuInit: unknown error", "tapeflow doctor"),
    ],
)
def test_a_fault_is_told_with_its_remedy(changes, part, command):
    ((sentence, found),) = told(**changes)
    assert part in sentence
    assert sentence.count(". ") == 0, "one sentence"
    assert command in found


def test_a_free_gpu_is_named_where_another_is_taken():
    gpus = [Gpu("H100", 61440.0, 81559.0, "GPU-a"), Gpu("H100", 4.0, 81559.0, "GPU-b")]
    ((_, command),) = told(gpus=gpus, processes=[Process(4711, "python", 61440.0, "GPU-a")])
    assert command == "export CUDA_VISIBLE_DEVICES=1"


def test_variables_that_show_gpus_are_no_fault():
    assert told(environment={"CUDA_VISIBLE_DEVICES": "0", "JAX_PLATFORMS": "cuda,cpu"}) == []


def test_folders_with_libraries_of_cuda_are_found(tmp_path):
    (tmp_path / "cuda").mkdir()
    (tmp_path / "other").mkdir()
    (tmp_path / "cuda" / "libcudnn.so.9").touch()
    path = f"{tmp_path}/other:{tmp_path}/cuda::{tmp_path}/cuda"
    assert gpu_facts._shadows(path) == [f"{tmp_path}/cuda"]


def test_loaded_libraries_are_read_from_the_memory_map():
    maps = (
        "7f00-7f01 r-xp 00000000 08:01 1  /site/nvidia/cudnn/lib/libcudnn.so.9\n"
        "7f01-7f02 r--p 00001000 08:01 1  /site/nvidia/cudnn/lib/libcudnn.so.9\n"
        "7f02-7f03 r-xp 00000000 08:01 2  /usr/lib/libcuda.so.580.95\n"
        "7f03-7f04 rw-p 00000000 00:00 0  [heap]\n"
        "7f04-7f05 r-xp 00000000 08:01 3  /usr/lib/libm.so.6\n"
    )
    assert gpu_facts.loaded_libraries(maps) == {
        "libcuda": "/usr/lib/libcuda.so.580.95",
        "libcudnn": "/site/nvidia/cudnn/lib/libcudnn.so.9",
    }


def answers(monkeypatch, **by_query):
    def asked(*query):
        return by_query[query[0].partition("=")[0].removeprefix("--query-").replace("-", "_")]

    monkeypatch.setattr(gpu_facts, "_asked", asked)


def test_gpus_and_processes_are_read_from_the_tool(monkeypatch):
    answers(
        monkeypatch,
        gpu=(0, "NVIDIA H100 80GB HBM3, 12, 81559, GPU-a\nNVIDIA H100 80GB HBM3, [N/A], 81559, GPU-b"),
        compute_apps=(0, "4711, /usr/bin/python3, 512, GPU-a"),
    )
    assert gpu_facts._gpus()[1][1] == Gpu("NVIDIA H100 80GB HBM3", 0.0, 81559.0, "GPU-b")
    assert gpu_facts._processes() == [Process(4711, "python3", 512.0, "GPU-a")]


def test_a_tool_that_fails_is_quoted(monkeypatch):
    answers(monkeypatch, gpu=(9, "Driver/library version mismatch"), compute_apps=(9, ""))
    assert gpu_facts._gpus() == ("Driver/library version mismatch", [])
    assert gpu_facts._processes() == []


def test_the_drivers_version_is_read(monkeypatch):
    line = "NVRM version: NVIDIA UNIX Open Kernel Module for x86_64  580.95.05  Release Build  (a@b)"
    monkeypatch.setattr(gpu_facts, "_text", lambda name: line)
    assert gpu_facts._driver() == "580.95.05"


def test_the_report_shows_facts_and_faults(capsys):
    facts = dataclasses.replace(
        WORKING, shadows=["/usr/local/cuda/lib64"], places={"jax-cuda13-plugin": "/site"},
        loaded={"libcudnn": "/usr/local/cuda/lib64/libcudnn.so.9"},
    )  # fmt: skip
    assert not doctor.report_gpus(facts)
    printed = capsys.readouterr().out
    for part in (
        "driver         580.95.05", "NVIDIA H100 80GB HBM3", "79.6 of 79.6 GiB free", "jax-cuda13-plugin", "/site",
        "libcudnn       /usr/local/cuda/lib64/libcudnn.so.9", "FAULT", "try:   unset LD_LIBRARY_PATH",
    ):  # fmt: skip
        assert part in printed


def test_the_report_of_a_machine_without_gpus_is_short(capsys):
    assert doctor.report_gpus(Facts())
    assert capsys.readouterr().out == "  no NVIDIA GPU on this machine\n"
