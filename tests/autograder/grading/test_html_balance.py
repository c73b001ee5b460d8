"""HTML that costs what its size says, and the page's own that no student reaches."""

import pytest

from autograder.grading.html_balance import balance
from autograder.grading.html_safety import clean_html, without_links


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("<ul><li>a<li>b</ul>", "<ul><li>a</li><li>b</li></ul>"),
        ("<p>a<p>b <b>c</p>d", "<p>a</p><p>b <b>c</b></p>d"),
        ("<b><i>a</b>b</i>", "<b><i>a</i></b>b"),
        ("a < b, a <= b <3", "a &lt; b, a &lt;= b &lt;3"),
        ("<table><tr><td>1<td>2<tr><td>3</table>", None),
        ("a<br>b<hr><img src=x>", "a<br>b<hr><img src=x>"),
        ("<script>a<b></script>c<style>d", "c"),
        ("<!-- <b> -->a<!--", "a"),
        ("<a href='>'>x", "<a href='>'>x</a>"),
        ("</b></p>a", "a"),
        ("<A HREF=x>y</A>", "<A HREF=x>y</a>"),
    ],
)
def test_what_people_write_comes_out_well_formed(given, expected):
    if expected is None:
        rows = "<tr><td>1</td><td>2</td></tr><tr><td>3</td></tr>"
        expected = f"<table>{rows}</table>"
    assert balance(given) == expected
    assert balance(balance(given)) == balance(given)


COSTLY = {
    "formatting": "".join(f"<p><b class={n}>x" for n in range(500)) + "<p>x" * 5000,
    "titles": "".join(f"<p><i title={n}>x" for n in range(500)) + "<p>x" * 5000,
    "closed blocks": "".join(f"<p><u class={n}>x</p>" for n in range(900))
    + "<div>x</div>" * 5000,
    "tables": "<table><b>x" * 10_000,
    "divisions": "<div>" * 30_000 + "<p>x" * 10_000,
    "less than": "<" * 100_000,
    "quotes": '<a x="' * 20_000,
    "comments": "<!--" * 30_000,
    "scripts": "<script>" * 20_000,
    "attributes": "<a " + "x=1 " * 40_000,
}


@pytest.mark.parametrize("kind", COSTLY)
def test_no_html_becomes_much_more_of_it(kind):
    text = COSTLY[kind]
    assert len(clean_html(text)) <= 10 * len(text) + 1000


def test_parts_of_a_page_are_no_names_for_a_student():
    said = clean_html(
        "<div class='navbar-fixed-top highlight modal-backdrop' id=notebook>a</div>"
        "<table class='dataframe table' border=1><tr><td>1</td></tr></table>"
        "<span class='k score'>b</span><h1 id=why class=panel>c</h1><p name=top>d</p>"
    )
    assert said == (
        '<div class="highlight">a</div><table class="dataframe"><tbody><tr><td>1</td>'
        '</tr></tbody></table><span class="k">b</span><h1>c</h1><p>d</p>'
    )


@pytest.mark.parametrize(
    "address",
    [
        *("/formgrader?path=/x", "formgrader", "//h/x", "https:formgrader", "#why"),
        *("http:///x", "https:/x", "data:text/html,x", "javascript:x", "\\\\h\\x"),
        *("HTTPS:x", "vbscript:x", "file:///x", "blob:x", "https://\\x"),
    ],
)
def test_links_lead_to_other_servers_only(address):
    assert "href" not in clean_html(f"<a href='{address}'>x</a>")


def test_a_link_to_another_server_opens_beside_the_page():
    said = clean_html("<a href='https://keras.io/?a=\"b' target=_top>x</a>")
    assert said.startswith('<a href="https://keras.io/?a=&quot;b" ')
    assert 'target="_blank"' in said
    assert 'rel="noopener noreferrer"' in said
    assert without_links(said) == '<a title="https://keras.io/?a=&quot;b">x</a>'


def test_sizes_are_those_of_a_page():
    pixel = "data:image/png;base64,AAAA"
    assert "width" not in clean_html(f"<img src={pixel} width=99999>")
    assert "width" not in clean_html(f"<img src={pixel} width='100vw'>")
    assert 'width="40"' in clean_html(f"<img src={pixel} width=40>")
    assert "src" not in clean_html("<img src='data:image/svg+xml;base64,AAAA'>")
    assert "colspan" not in clean_html("<table><tr><td colspan=9999999>x</table>")


def test_text_that_turns_around_is_spelled_out():
    assert clean_html("0\u202e4 / 4") == "0[U+202E]4 / 4"
    assert clean_html("0&#x2067;4") == "0[U+2067]4"
