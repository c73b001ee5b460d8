"""Notebooks with a script in every place that a page shows."""

import nbformat

from autograder.cells import from_bytes, to_bytes
from autograder.engine.execute import execute
from autograder.limits import Limits
from autograder.proof.redteam.attacks import read_attacks


def hostile(host):
    """Returns a notebook with a script in every place that a page shows."""
    script = f"<script>document.title = 'RAN'; fetch('{host}/script')</script>"
    image = f"<img src='{host}/seen.png' onerror=\"document.title='RAN'\">"
    load = (
        f"<link rel='stylesheet' href='{host}/x.css'><iframe src='{host}/f'></iframe>"
        f"<style>@import url({host}/s.css); b {{background: url({host}/b)}}</style>"
        f"<object data='{host}/o'></object><meta http-equiv='refresh' "
        f"content='0;url={host}/r'><form action='{host}/p'><button>x</button></form>"
        f"<base href='{host}/'><b style='background:url({host}/c)'>bold</b>"
    )
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" onload="document.title=\'RAN\'">'
        f"{script}<image href='{host}/i.png'/></svg>"
    )
    everything = script + image + load
    outputs = [
        nbformat.v4.new_output("display_data", {kind: value})
        for kind, value in {
            "text/html": everything,
            "image/svg+xml": svg,
            "application/javascript": "document.title = 'RAN'",
            "text/markdown": everything,
            "text/latex": f"$$\\href{{javascript:f()}}{{x}}$$ {script}",
            "text/plain": everything,
            "image/png": f'"><script>document.title="RAN"</script><img src="{host}/p',
            "image/jpeg": f'x" onerror="document.title=\'RAN\'" src="{host}/j',
        }.items()
    ]
    outputs.append(nbformat.v4.new_output("stream", name="stdout", text=everything))
    outputs.append(
        nbformat.v4.new_output(
            "error", ename=script, evalue=everything, traceback=[everything]
        )
    )
    widget = nbformat.v4.new_output(
        "display_data",
        {"application/vnd.jupyter.widget-view+json": {"model_id": "m"}},
        metadata={"width": script},
    )
    code = nbformat.v4.new_code_cell(f"# {everything}", outputs=[*outputs, widget])
    code.metadata["tags"] = [f"x' onload={script}"]
    text = nbformat.v4.new_markdown_cell(
        f"{everything}\n\n[x](javascript:document.title='RAN') ![y]({host}/m.png)"
    )
    raw = nbformat.v4.new_raw_cell(everything)
    raw.metadata["format"] = "text/html"
    notebook = nbformat.v4.new_notebook(cells=[code, text, raw])
    notebook.metadata["title"] = script
    notebook.metadata["widgets"] = {
        "application/vnd.jupyter.widget-state+json": {
            "state": {"m": {"model_name": script}},
            "version_major": 2,
            "version_minor": 0,
        }
    }
    return notebook


def attacked(tiny, token, port):
    """Returns all of the red team's feedback attacks in one notebook, executed.

    Args:
        tiny: The small course.
        token: String that stands for a script.
        port: Integer, of a server that is not to be asked.
    """
    notebook = tiny.released()
    prepare = []
    for attack in read_attacks(only="feedback/"):
        for number, given in enumerate(attack.cells):
            source = given.source.replace("{script}", token)
            source = source.replace("{port}", str(port))
            if "hand-in" in given.metadata.get("tags", []):
                prepare.append(source)
                continue
            metadata = {k: v for k, v in given.metadata.items() if k != "nbgrader"}
            cell = nbformat.from_dict({**given, "source": source, "metadata": metadata})
            cell["id"] = f"{attack.name.replace('/', '-')}-{number}"
            notebook.cells.append(cell)
    notebook = from_bytes(execute(to_bytes(notebook), Limits()).notebook)
    for source in prepare:
        names = {}
        exec(compile(source, "<hand_in>", "exec"), names)
        # Those that only write files beside the notebook have nothing to show here.
        names["hand_in"](tiny.root, notebook)
    return notebook
