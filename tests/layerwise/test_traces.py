"""Traces: what ships says where it comes from, and what does not is refused."""

import copy
import json

import pytest

from layerwise import chips, record_trace, traces

GOOD = {
    "provenance": {
        "device": "a device",
        "date": "2026-01-01T00:00:00+00:00",
        "backend": "jax",
        "versions": {"jax": "1", "keras": "2"},
        "script": "layerwise.record_trace",
        "command": "python -m layerwise.record_trace out.json",
    },
    "entries": [
        {
            "model": "alexnet",
            "phase": "training",
            "batch_size": 8,
            "dtype": "float32",
            "seconds": 0.5,
            "repeats": 7,
        }
    ],
}


def test_a_trace_with_provenance_passes():
    traces.check_trace(GOOD)
    assert traces.label(GOOD) == "a device, 2026-01-01, Keras 2 with jax 1"
    assert not traces.on_gpu(GOOD)


@pytest.mark.parametrize("field", traces.PROVENANCE)
def test_a_trace_without_provenance_is_refused(field, tmp_path):
    trace = copy.deepcopy(GOOD)
    trace["provenance"][field] = ""
    path = tmp_path / "trace.json"
    path.write_text(json.dumps(trace))
    with pytest.raises(ValueError, match=f"provenance lacks {field}"):
        traces.read_trace(path)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"phase": "backward"}, "phase must be"),
        ({"seconds": 0}, "must be positive"),
        ({"seconds": float("nan")}, "must be positive"),
    ],
)
def test_an_entry_that_makes_no_sense_is_refused(change, message):
    trace = copy.deepcopy(GOOD)
    trace["entries"][0].update(change)
    with pytest.raises(ValueError, match=message):
        traces.check_trace(trace)


def test_an_entry_without_a_field_and_a_file_that_is_none(tmp_path):
    trace = copy.deepcopy(GOOD)
    del trace["entries"][0]["dtype"]
    with pytest.raises(ValueError, match="entry 0 lacks dtype"):
        traces.check_trace(trace)
    with pytest.raises(ValueError, match="list of entries"):
        traces.check_trace([])
    (tmp_path / "trace.json").write_text("{")
    with pytest.raises(ValueError, match="not a JSON file"):
        traces.read_trace(tmp_path / "trace.json")


def test_all_that_ship_are_whole(monkeypatch):
    monkeypatch.delenv("LAYERWISE_TRACES", raising=False)
    shipped = traces.available()
    assert shipped
    for trace in shipped:
        assert trace["provenance"]["script"] == "layerwise.record_trace"
        for entry in trace["entries"]:
            if entry["phase"] == "forward":
                assert all(layer["seconds"] >= 0 for layer in entry["layers"])


def test_a_folder_of_ones_own_is_read_too(tmp_path, monkeypatch):
    (tmp_path / "mine.json").write_text(json.dumps(GOOD))
    monkeypatch.setenv("LAYERWISE_TRACES", str(tmp_path))
    assert traces.available()[-1] == GOOD


def test_recording_writes_what_reading_accepts(tmp_path, monkeypatch, capsys):
    import keras

    def tiny():
        inputs = keras.Input((8, 8, 3))
        x = keras.layers.Conv2D(4, 3, activation="relu")(inputs)
        x = keras.layers.GlobalAveragePooling2D()(x)
        return keras.Model(inputs, keras.layers.Dense(3, activation="softmax")(x))

    monkeypatch.setitem(record_trace.MODELS, "alexnet", tiny)
    out = tmp_path / "trace.json"
    options = "--models alexnet --batch-sizes 2 --training --rounds 1"
    record_trace.main([str(out), *options.split(), "--dtypes", "float32", "bfloat16"])
    trace = traces.read_trace(out)
    assert [(e["dtype"], e["phase"]) for e in trace["entries"]] == [
        ("float32", "forward"),
        ("float32", "training"),
        ("bfloat16", "forward"),
        ("bfloat16", "training"),
    ]
    groups = {layer["group"] for layer in trace["entries"][0]["layers"]}
    assert groups == {"conv", "pool", "fc"}
    assert trace["provenance"]["command"].endswith("--dtypes float32 bfloat16")
    assert keras.config.dtype_policy().name == "float32"
    assert "4 entries" in capsys.readouterr().out


def test_a_bad_command_line_is_refused(tmp_path, capsys):
    with pytest.raises(SystemExit):
        record_trace.main([str(tmp_path / "o.json"), "--batch-sizes", "0"])
    assert "at least 1" in capsys.readouterr().err


def test_every_chip_has_a_source_and_all_kinds_are_there():
    found = chips.chips()
    assert {chip.kind for chip in found} == {"CPU", "GPU", "ASIC", "FPGA", "DSP"}
    by_name = {chip.name: chip for chip in found}
    assert by_name["TPU v1"].ridge == pytest.approx(92e12 / 34e9)
    assert by_name["TPU v1"].operations_per_joule == pytest.approx(92e3 / 75)


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("a,CPU,1,float32,1,1,TDP,", "line 2 lacks source"),
        ("a,CPU,x,float32,1,1,TDP,s", "peak_tops must be a number"),
    ],
)
def test_a_chip_without_source_or_number_is_refused(row, message, tmp_path):
    path = tmp_path / "chips.csv"
    header = chips.TABLE.read_text(encoding="utf-8").splitlines()[0]
    path.write_text(f"{header}\n{row}\n")
    with pytest.raises(ValueError, match=message):
        chips.chips(path)
