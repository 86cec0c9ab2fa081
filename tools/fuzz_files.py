"""Damages SavedModels and checkpoints in every way chance finds, reads and runs them, and reports what went wrong.

    python tools/fuzz_files.py --count 100000 tests/corpus/savedmodels/* tests/corpus/checkpoints/*

A damaged file may be read, or be refused with one of TensorFlow's errors (a `ValueError` or `TypeError` where a call's
arguments do not fit any more). Everything else is a finding: another error, more than `--seconds` of processor time
until an error, more than `--megabytes` above what the unharmed file takes, a crash, a new file outside the copy. Each
finding is printed with the seed that makes it again: `--only SEED --count 1`.
"""

import argparse
import collections
import json
import os
import random
import shutil
import sys
import tempfile
import time
import traceback
import warnings
from pathlib import Path

BLOCK = 250  # mutations that one process makes
HANGS = 120  # seconds without an answer


# -- damage ----------------------------------------------------------------------------------------


def damaged_bytes(data, draw):
    """Bytes with bits flipped, parts cut out, doubled or written over."""
    data = bytearray(data)
    place = draw.randrange(len(data) + 1)
    kind = draw.randrange(5) if data else 4
    if kind == 0:
        for _ in range(draw.choice([1, 1, 2, 8])):
            data[draw.randrange(len(data))] ^= 1 << draw.randrange(8)
    elif kind == 1:
        del data[place:]
    elif kind == 2:
        del data[place : place + draw.randint(1, 64)]
    elif kind == 3:
        data[place:place] = data[place : place + draw.randint(1, 64)]
    else:
        data[place : place + draw.randint(1, 16)] = draw.randbytes(draw.randint(1, 16))
    return bytes(data)


NUMBERS = [0, 1, -1, 2, 127, 2**31 - 1, 2**31, 2**40, 2**62, -(2**31), -(2**62)]
STRINGS = ["", "/", "../../../tmp/out", "__class__", "é", "a" * 5000, "x:output:0", "^x", "\x00"]


def damage_message(proto, draw):
    """Changes one field of a message, somewhere in it."""
    while True:
        fields = proto.ListFields()
        inner = [one for field, value in fields for one in _messages(field, value)]
        if inner and draw.random() < 0.85:
            proto = draw.choice(inner)
            continue
        if not fields:
            proto.Clear()
            return
        return _damage_field(proto, *draw.choice(fields), draw)


def _messages(field, value):
    if field.message_type is None:
        return []
    if field.message_type.GetOptions().map_entry:
        return [one for one in value.values() if hasattr(one, "ListFields")]
    return list(value) if hasattr(value, "append") or hasattr(value, "add") else [value]


def _damage_field(proto, field, value, draw):
    name = field.name
    if draw.random() < 0.2:
        return proto.ClearField(name)
    if field.message_type is not None and field.message_type.GetOptions().map_entry:
        return value.pop(draw.choice(list(value)), None)
    if hasattr(value, "__setitem__") or hasattr(value, "add"):  # repeated
        if draw.random() < 0.4:
            del value[draw.randrange(len(value))]
        elif field.message_type is not None:
            value.add().CopyFrom(draw.choice(list(value)))
        elif draw.random() < 0.5:
            value.extend([draw.choice(list(value))] * draw.choice([1, 3, 1000]))
        else:
            value[draw.randrange(len(value))] = _other(value[0], draw)
        return None
    if field.message_type is not None:
        return value.Clear()
    return setattr(proto, name, _other(value, draw))


def _other(value, draw):
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return draw.choice(NUMBERS)
    if isinstance(value, float):
        return draw.choice([0.0, float("nan"), float("inf"), -1e300])
    if isinstance(value, bytes):
        return damaged_bytes(value, draw)
    return draw.choice([*STRINGS, value[::-1], value + value])


def damage(folder, draw):
    """Damages one file of a model or checkpoint."""
    from tapeflow.core.base.messages import message

    files = sorted(path for path in folder.rglob("*") if path.is_file() and path.suffix not in (".txt", ".md"))
    model = folder / "saved_model.pb"
    if model in files and draw.random() < 0.8:
        if draw.random() < 0.75:
            proto = message("SavedModel").FromString(model.read_bytes())
            for _ in range(draw.choice([1, 1, 1, 2, 5])):
                try:
                    damage_message(proto.meta_graphs[0], draw)
                except (TypeError, ValueError, OverflowError, IndexError):
                    continue  # the field cannot hold it
            model.write_bytes(proto.SerializeToString())
            return
        files = [model]
    path = draw.choice(files)
    data = path.read_bytes()
    if path.suffix == ".index" and draw.random() < 0.7:
        path.write_bytes(damaged_index(data, draw))
    else:
        path.write_bytes(damaged_bytes(data, draw))


def damaged_index(data, draw):
    """The index of a checkpoint with an entry changed, its checksums right."""
    from tapeflow.core.base import sorted_table

    pairs = dict(sorted_table.entries(data, "index"))
    key = draw.choice(sorted(pairs))
    if draw.random() < 0.8:
        pairs[key] = damaged_bytes(pairs[key], draw)
    else:
        pairs[damaged_bytes(key, draw)] = pairs.pop(key)
    return sorted_table.table(sorted(pairs.items()))


# -- use -------------------------------------------------------------------------------------------


def use(folder):
    """Reads a model or checkpoint in every way, and runs what it has."""
    import tapeflow as tf

    if not (folder / "saved_model.pb").exists():
        for index in sorted(folder.glob("*.index")) or [folder / "checkpoint.index"]:
            prefix = str(index)[: -len(".index")]
            reader = tf.train.load_checkpoint(prefix)
            for name in reader.get_variable_to_shape_map():
                reader.get_tensor(name)
            tf.train.Checkpoint(tf.Module()).read(prefix).expect_partial()
        return
    loaded = tf.saved_model.load(folder)
    signatures = getattr(loaded, "signatures", None)
    for function in signatures.values() if isinstance(signatures, dict) else ():
        args, kwargs = function.structured_input_signature
        function(*map(value_of, args), **{name: value_of(spec) for name, spec in kwargs.items()})


def value_of(spec):
    """Some tensor for a spec."""
    import tapeflow as tf

    sizes = [2 if n is None else n for n in (spec.shape if spec.shape.rank is not None else [2])]
    if sizes and max(sizes) > 10_000:
        raise ValueError("no such tensor is made here")
    return tf.fill(sizes, "a") if spec.dtype is tf.string else tf.cast(tf.fill(sizes, 1), spec.dtype)


def peak():
    """The most memory this process had since the last call, in MB."""
    text = Path("/proc/self/status").read_text()
    Path("/proc/self/clear_refs").write_text("5")
    return int(text.split("VmHWM:")[1].split()[0]) / 1024


def one(source, place, seed, limits):
    """One mutation; returns what happened in a word, and a finding or None."""
    import tapeflow as tf

    folder = place / "inner" / "copy"
    shutil.copytree(source, folder)
    damage(folder, random.Random(seed))
    peak()
    base, begun, finding = peak(), time.process_time(), None
    try:
        use(folder)
        word = "read"
    except (tf.errors.OpError, OSError, ValueError, TypeError) as error:
        word = type(error).__name__
        if (took := time.process_time() - begun) > limits.seconds:
            finding = f"{took:.1f} s until {word}: {str(error)[:100]}"
    except RecursionError:
        word, finding = "RecursionError", traceback.format_exc(limit=-3)
    except Exception as error:
        word, finding = type(error).__name__, traceback.format_exc(limit=-3)
    if (more := peak() - base) > limits.megabytes:
        finding = finding or f"{more:.0f} MB until {word}"
    shutil.rmtree(place / "inner")
    if strange := [path for path in place.iterdir() if path.name != "inner"]:
        finding = f"wrote {strange}"
    return word, finding


def block(source, seeds, limits, report):
    """Some mutations in this process; writes a JSON line for each."""
    warnings.simplefilter("ignore")
    with tempfile.TemporaryDirectory() as place:
        use(shutil.copytree(source, Path(place) / "inner" / "copy"))  # imports, compilers, caches
        shutil.rmtree(Path(place) / "inner")
        for seed in seeds:
            report.write(json.dumps([seed, *one(source, Path(place), seed, limits)]) + "\n")
            report.flush()


def in_child(source, seeds, limits):
    """Runs a block in a process of its own; yields (seed, word, finding)."""
    receiving, sending = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(receiving)
        os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
        with os.fdopen(sending, "w") as report:
            block(source, seeds, limits, report)
        os._exit(0)
    os.close(sending)
    import select

    done, rest = 0, b""
    while True:
        if not select.select([receiving], [], [], HANGS)[0]:
            os.kill(child, 9)
            yield seeds[done], "hang", f"no answer for {HANGS} s"
            break
        data = os.read(receiving, 1 << 16)
        if not data:
            break
        *lines, rest = (rest + data).split(b"\n")
        for line in lines:
            done += 1
            yield json.loads(line)
    os.close(receiving)
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    if code > 0 or (code < 0 and code != -9):
        yield seeds[min(done, len(seeds) - 1)], "crash", f"exit code {code}"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("paths", nargs="+", type=Path, help="folders of SavedModels and checkpoints")
    parser.add_argument("--count", type=int, default=1000, help="mutations in all")
    parser.add_argument("--only", type=int, default=0, help="the first seed")
    parser.add_argument("--seconds", type=float, default=1.0)
    parser.add_argument("--megabytes", type=float, default=200.0)
    limits = parser.parse_args()
    sources = [p for p in limits.paths if p.is_dir()]
    words, findings, done = collections.Counter(), 0, 0
    while done < limits.count:
        source = sources[done // BLOCK % len(sources)] if len(sources) > 1 else sources[0]
        seeds = range(limits.only + done, limits.only + min(done + BLOCK, limits.count))
        for seed, word, finding in in_child(source, seeds, limits):
            words[word] += 1
            if finding:
                findings += 1
                print(f"{source.name} --only {seed}: {word}\n{finding}", flush=True)
        done += len(seeds)
        print(f"{done} of {limits.count}: {findings} found; {dict(words.most_common())}", file=sys.stderr, flush=True)
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
