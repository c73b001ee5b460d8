"""Makes HTML well-formed in one pass, so that parsing it costs what its size says.

A parser that follows the standard opens formatting elements anew in each block, and
looks through all open elements at each tag: a page of a few kilobytes becomes one of
many megabytes. Here no element is left open, none is nested too deeply, and what only
looks like a tag is text.
"""

import re

VOID = frozenset({"br", "hr", "img"})
FORMATTING = frozenset(
    {"a", "b", "code", "del", "em", "i", "kbd", "s", "samp", "small", "span", "strong"}
    | {"sub", "sup", "u"}
)
TEXT_TAGS = (
    VOID
    | FORMATTING
    | {
        *("blockquote", "caption", "dd", "details", "div", "dl", "dt", "li", "ol", "p"),
        *("h1", "h2", "h3", "h4", "h5", "h6", "pre", "summary", "table", "tbody", "td"),
        *("tfoot", "th", "thead", "tr", "ul"),
    }
)
# Elements whose content is no markup: it goes with them.
RAW = {
    name: re.compile(rf"</{name}[\s/>]", re.IGNORECASE | re.ASCII)
    for name in (
        *("script", "style", "textarea", "title", "xmp", "iframe", "noembed"),
        *("noframes", "noscript", "plaintext", "template"),
    )
}
# Open elements at a time, and formatting ones among them.
MOST_OPEN, MOST_FORMATTING = 64, 8
# What a start tag closes where people leave the end tag out.
_PARTS_OF_ROW = frozenset({"td", "th"})
_PARTS_OF_TABLE = _PARTS_OF_ROW | {"tr", "tbody", "thead", "tfoot"}
CLOSES: dict[str, frozenset[str]] = {
    "li": frozenset({"li", "p"}),
    "dt": frozenset({"dt", "dd", "p"}),
    "dd": frozenset({"dt", "dd", "p"}),
    "td": _PARTS_OF_ROW | {"p"},
    "th": _PARTS_OF_ROW | {"p"},
    "tr": _PARTS_OF_ROW | {"tr", "p"},
    **{
        name: _PARTS_OF_TABLE | {"p", "caption"} for name in ("tbody", "thead", "tfoot")
    },
    **{
        name: frozenset({"p"})
        for name in TEXT_TAGS - FORMATTING - _PARTS_OF_TABLE - {"br", "img"}
        if name not in ("li", "dt", "dd")
    },
}
# No part of it can be matched in two ways: a match takes time in proportion to it.
_VALUE = r"""\s*+=\s*+(?:"[^"]*+"|'[^']*+'|[^\s"'=<>`]++)"""
TAG = re.compile(
    r"<(/?+)([a-z][a-z0-9]*+)"
    rf"""((?:[\s/]++[^\s"'<>/=]++(?:{_VALUE})?+)*+)[\s/]*+>""",
    re.IGNORECASE | re.ASCII,
)


def balance(text: str) -> str:
    """Returns HTML whose elements are closed, and none but those of texts.

    It is not safe yet: attributes are as they were.

    Args:
        text: HTML as somebody wrote it.
    """
    parts: list[str] = []
    opened: list[str] = []
    place = 0

    def close() -> None:
        parts.append(f"</{opened.pop()}>")

    while (start := text.find("<", place)) >= 0:
        parts.append(text[place:start])
        if text.startswith("<!--", start):
            place = _after(text, text.find("-->", start + 4), 3)
            continue
        found = TAG.match(text, start)
        if found is None:
            parts.append("&lt;")
            place = start + 1
            continue
        place, name = found.end(), found[2].lower()
        if name in RAW and not found[1]:
            end = RAW[name].search(text, place)
            place = _after(text, text.find(">", end.start()) if end else -1, 1)
        elif name in VOID:
            if not found[1]:
                parts.append(found[0])
        elif name not in TEXT_TAGS:
            continue
        elif found[1]:
            if name in opened:
                while opened[-1] != name:
                    close()
                close()
        else:
            while opened and opened[-1] in CLOSES.get(name, ()):
                close()
            if _has_room(name, opened):
                parts.append(found[0])
                opened.append(name)
    parts.append(text[place:])
    while opened:
        close()
    return "".join(parts)


def _after(text: str, end: int, length: int) -> int:
    return len(text) if end < 0 else end + length


def _has_room(name: str, opened: list[str]) -> bool:
    if len(opened) >= MOST_OPEN or (name == "a" and "a" in opened):
        return False
    if name not in FORMATTING:
        return True
    return sum(other in FORMATTING for other in opened) < MOST_FORMATTING
