# %% [markdown] answer={"fails": {"test_conv_share": "this is the share of the entry's own seconds"}}
# Divides by the time of the whole model.


# %% nbgrader={"grade_id": "read"}
def conv_share(trace, model, batch_size):
    for entry in trace["entries"]:
        key = (entry["model"], entry["phase"], entry["batch_size"], entry["dtype"])
        if key == (model, "forward", batch_size, "float32"):
            conv = [x["seconds"] for x in entry["layers"] if x["group"] == "conv"]
            return sum(conv) / entry["seconds"]
    raise ValueError("missing")


def images_per_second(trace, model, phase):
    return {
        e["batch_size"]: e["batch_size"] / e["seconds"]
        for e in trace["entries"]
        if (e["model"], e["phase"], e["dtype"]) == (model, phase, "float32")
    }
