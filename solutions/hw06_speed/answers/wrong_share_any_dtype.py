# %% [markdown] answer={"fails": {"test_conv_share": "this is the entry of bfloat16", "test_images_per_second": "images_per_second(trace, 'alexnet', 'forward') at batch"}}
# Ignores the dtype.


# %% nbgrader={"grade_id": "read"}
def conv_share(trace, model, batch_size):
    for entry in sorted(trace["entries"], key=lambda e: e["dtype"]):
        key = (entry["model"], entry["phase"], entry["batch_size"])
        if key == (model, "forward", batch_size):
            conv = [x["seconds"] for x in entry["layers"] if x["group"] == "conv"]
            return sum(conv) / sum(x["seconds"] for x in entry["layers"])
    raise ValueError("missing")


def images_per_second(trace, model, phase):
    found = sorted(trace["entries"], key=lambda e: e["dtype"], reverse=True)
    return {
        e["batch_size"]: e["batch_size"] / e["seconds"]
        for e in found
        if (e["model"], e["phase"]) == (model, phase)
    }
