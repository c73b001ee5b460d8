"""What of a kernel's messages comes into the notebook."""

import nbformat
import pytest

from autograder.cells import to_bytes
from autograder.engine.kernel_client import (
    FULL_CELLS,
    MOST_ERRORS,
    BoundedClient,
    make_client,
)
from autograder.limits import Limits

MOST = 10_000


class Sent:
    """A client that is sent messages, and a notebook of some cells."""

    def __init__(self, cells=1):
        document = nbformat.v4.new_notebook(
            cells=[nbformat.v4.new_code_cell("x") for _ in range(cells)]
        )
        self.client = BoundedClient(document, MOST)
        # As when a cell begins.
        self.client.clear_before_next_output = False
        self.document = document

    def send(self, kind, content, cell=0, size=None):
        header = {"msg_type": kind}
        message = {"header": header, "msg_type": kind, "content": content}
        message |= {"parent_header": {"msg_id": "cell"}, "buffers": []}
        message["size"] = len(str(content)) if size is None else size
        self.client.process_message(message, self.document.cells[cell], cell)

    def show(self, text, update=False, **options):
        kind = "update_display_data" if update else "display_data"
        content = {"data": {"text/plain": text}, "metadata": {}, **options}
        self.send(kind, content)

    @property
    def size(self):
        return len(to_bytes(self.document))


def test_what_stands_beside_the_data_counts():
    sent = Sent()
    sent.show("a", metadata={"m": "m" * 2 * MOST})
    sent.show("a", transient={"display_id": "i" * 2 * MOST})
    assert sent.size < MOST
    text = sent.document.cells[0].outputs[0].text
    assert text.strip() == "[output over 10,000 bytes was dropped]"


def test_an_update_counts_for_each_output_that_shows_it():
    sent = Sent()
    for _ in range(5):
        sent.show("a", transient={"display_id": "one"})
    shown = sent.document.cells[0].outputs
    assert len(shown) == 5
    sent.show("b" * MOST, update=True, transient={"display_id": "one"})
    assert {output.data["text/plain"] for output in shown} == {"a"}
    sent.show("b" * 10, update=True, transient={"display_id": "one"})
    assert {output.data["text/plain"] for output in shown} == {"b" * 10}


def test_errors_are_cut_and_no_more_than_some_are_kept():
    sent = Sent()
    for _ in range(100):
        error = {"ename": "E" * MOST, "evalue": "e" * MOST, "traceback": ["t" * MOST]}
        sent.send("error", error)
    assert len(sent.document.cells[0].outputs) == MOST_ERRORS
    assert sent.size < 3 * MOST


def test_all_cells_together_have_a_bound_and_an_error_is_kept_all_the_same():
    sent = Sent(cells=3 * FULL_CELLS)
    for cell in range(3 * FULL_CELLS):
        text = {"name": "stdout", "text": "x" * (MOST - 500)}
        sent.send("stream", text, cell)
        error = {"ename": "E", "evalue": "e" * MOST, "traceback": []}
        sent.send("error", error, cell)
    assert sent.size < (FULL_CELLS + 10) * 1.2 * MOST
    for cell in sent.document.cells:
        assert cell.outputs[-1].ename == "E"


def test_text_over_the_bound_is_kept_as_far_as_there_is_room():
    sent = Sent()
    sent.send("stream", {"name": "stdout", "text": "x" * 3 * MOST})
    (output,) = sent.document.cells[0].outputs
    assert MOST / 2 < output.text.count("x") < MOST
    assert output.text.endswith("[output over 10,000 bytes was dropped]\n")


@pytest.mark.parametrize(
    ("kind", "content"),
    [
        ("status", {}),
        ("stream", {"name": "stdout", "text": {}}),
        ("stream", {"name": {}, "text": "a"}),
        ("display_data", {"data": [], "metadata": {}}),
        ("display_data", {"data": {"text/plain": 5}, "metadata": {}}),
        ("display_data", {"data": {"text/plain": "a"}, "metadata": 5}),
        ("display_data", {"data": {}, "metadata": {}, "transient": 5}),
        ("execute_result", {"data": {}, "metadata": {}, "execution_count": "1"}),
        ("execute_input", {"code": "x", "execution_count": {"a": 1}}),
        ("error", {"ename": 5, "evalue": "", "traceback": []}),
        ("comm_open", {}),
        ("comm_msg", {"comm_id": "a", "data": {"state": {"s": "s" * 10**6}}}),
        ("unknown", {}),
    ],
)
def test_what_is_malformed_leaves_no_trace(kind, content):
    sent = Sent()
    before = to_bytes(sent.document)
    sent.send(kind, content)
    assert to_bytes(sent.document) == before
    assert sent.client.widget_state == {}


def test_data_nested_too_deep_is_dropped():
    sent, deep = Sent(), {}
    for _ in range(300):
        deep = {"a": deep}
    sent.show("a", metadata=deep)
    sent.show("b", metadata=deep, transient={"display_id": "one"})
    assert sent.document.cells[0].outputs == []


def test_sockets_that_are_never_read_keep_next_to_nothing(tmp_path):
    client = make_client(nbformat.v4.new_notebook(), Limits(), tmp_path / "work")
    manager = client.manager
    for port in ("control_port", "hb_port", "shell_port", "iopub_port", "stdin_port"):
        setattr(manager, port, 1)
    with manager.connect_control() as control:
        assert control.rcvhwm <= 2
        assert control.maxmsgsize <= 100_000
    here = manager.client()
    here.start_channels()
    try:
        # It opens the others only to close them at the end.
        assert here._stdin_channel is None
        assert here._hb_channel is None
        assert here._control_channel is None
    finally:
        here.stop_channels()
        manager.context.destroy(linger=0)
