# %% [markdown] answer={"fails": {"test_images_per_second": "these are batches a second"}}
# Gives batches a second.


# %% nbgrader={"grade_id": "read"}
def conv_share(trace, model, batch_size):
    for entry in trace["entries"]:
        key = (entry["model"], entry["phase"], entry["batch_size"], entry["dtype"])
        if key == (model, "forward", batch_size, "float32"):
            conv = [x["seconds"] for x in entry["layers"] if x["group"] == "conv"]
            return sum(conv) / sum(x["seconds"] for x in entry["layers"])
    raise ValueError("missing")


def images_per_second(trace, model, phase):
    return {
        e["batch_size"]: 1 / e["seconds"]
        for e in trace["entries"]
        if (e["model"], e["phase"], e["dtype"]) == (model, phase, "float32")
    }
