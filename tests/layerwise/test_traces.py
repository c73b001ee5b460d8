"""Traces: what ships says where it comes from, and what does not is refused."""

import copy
import json

import pytest

from layerwise import chips, profiler, record_trace, traces

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
            if "layers" in entry:
                layers = sum(layer["seconds"] for layer in entry["layers"])
                whole = entry["seconds"] - entry.get("call", 0)
                assert 0.95 <= layers / whole <= 1.05


def test_traces_of_one_device_are_put_together():
    def trace(device, batch_size, seconds):
        found = copy.deepcopy(GOOD)
        found["provenance"] |= {"device": device, "platform": "gpu"}
        found["entries"][0] |= {"batch_size": batch_size, "seconds": seconds}
        return found

    many = [trace(f"device {n % 2}", 8 * (9 - n), 2.0) for n in range(9)]
    found = traces.by_device(many)
    assert list(found) == ["GPU: device 0, jax", "GPU: device 1, jax"]
    speeds = traces.speeds(found["GPU: device 1, jax"], "alexnet", "training")
    assert list(speeds.items()) == [(16, 8), (32, 16), (48, 24), (64, 32)]
    assert traces.speeds(many[0]["entries"], "alexnet", "forward") == {}
    # Other work on the machine makes a run slower, never faster.
    many[0]["entries"][0]["fastest"] = 1.0
    assert traces.speeds(many[0]["entries"], "alexnet", "training") == {72: 72}


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
    assert trace["entries"][0]["call"] > 0
    assert trace["provenance"]["command"].endswith("--dtypes float32 bfloat16")
    assert keras.config.dtype_policy().name == "float32"
    assert "4 entries" in capsys.readouterr().out


@pytest.mark.parametrize(("whole", "kept"), [(4.0, True), (9.0, False)])
def test_layers_that_do_not_add_up_are_not_recorded(whole, kept, monkeypatch):
    layer = profiler.LayerProfile("a", "Dense", "fc", 3.0, 100, 50)
    found = profiler.Profile((layer,), whole, 2, call=1.0)
    monkeypatch.setattr(profiler, "profile", lambda *args: found)
    entry = record_trace.forward(None, 2, 7)
    assert (entry["seconds"], entry["call"]) == (whole, 1)
    assert ("layers" in entry) == kept


def test_what_trains_on_tensorflows_cpu_has_no_grouped_convolution(monkeypatch):
    trained = []

    def train(model, batch_size, rounds):
        trained.append(model)
        return {"phase": "training", "seconds": 1.0}

    forward = {"phase": "forward", "seconds": 1.0}
    monkeypatch.setattr(record_trace, "forward", lambda *args: forward)
    monkeypatch.setattr(record_trace, "train", train)
    for on_cpu in (True, False):
        monkeypatch.setattr(record_trace, "_on_tensorflows_cpu", lambda on=on_cpu: on)
        record_trace.record(["alexnet"], [1], training=True, say=str)
    groups = [
        max(layer.groups for layer in model.layers if "conv2d" in layer.name)
        for model in trained
    ]
    assert groups == [1, 2]
    assert trained[0].count_params() == trained[1].count_params()


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
