"""Which box of a network's diagram stands where: the part before any paint.

Boxes are read from the layers of a functional Keras model, with what reads what. Places
are counted in boxes, from the left and from above: data flow from left to right, and
what lies between a fork and the layer where its branches meet is stacked.
"""

from dataclasses import dataclass, field

# Layers that are part of the box of the layer before them.
FOLDED = ("Activation", "BatchNormalization", "Dropout", "Flatten", "ReLU", "Softmax")
JOINS = ("Add", "Concatenate")
# In places: what stands alone takes one place from left to right and one from above.
BOX_WIDTH, BOX_HEIGHT, GAP = 0.80, 0.74, 0.20
RIBBON, BAR = 0.42, 0.24  # how a concatenation's place is divided
ROW_GAP = 1.0  # between the lowest branch of a row and the top of the next


@dataclass(eq=False)
class Box:
    """One layer of the diagram, with those that are folded into it.

    Attributes:
        name: String, the layer's name.
        text: String, what stands in the box.
        kind: String, a key of `diagrams.COLORS` or a class of `JOINS`.
        shape: Tuple, what the last of its layers puts out, without the batch.
        before: List of boxes that it reads.
        after: List of boxes that read it.
        left: Float, where it begins, in places.
        right: Float, where it ends.
        y: Float, its middle, in places from above.
    """

    name: str
    text: str
    kind: str
    shape: tuple = ()
    before: list = field(default_factory=list, repr=False)
    after: list = field(default_factory=list, repr=False)
    left: float = 0.0
    right: float = 0.0
    y: float = 0.0

    @property
    def width(self):
        """Places that it takes, its gap included."""
        if self.kind == "Concatenate":
            return RIBBON + BAR + GAP
        return 0.5 + GAP if self.kind == "Add" else BOX_WIDTH + GAP


@dataclass(eq=False)
class Fork:
    """Branches side by side and the box where they meet.

    Attributes:
        branches: List of lists of `Box` and `Fork`, in the join's order.
        join: Box, the first that all branches lead to.
        left: Float, where the panel begins, in places.
        top: Float, where it begins, from above.
    """

    branches: list
    join: Box
    left: float = 0.0
    top: float = 0.0

    @property
    def width(self):
        """Places that the branches take, without the join."""
        return max(_width(branch) for branch in self.branches)


def boxes(model):
    """Reads a model's layers as boxes that know what they read and who reads them.

    Args:
        model: Functional `keras.Model`.

    Returns:
        `(found, ends)`: list of `Box` in the model's order, and the list of those that
        the model's outputs come from.
    """
    owner, found = {}, []
    for layer in model.layers:
        for node in layer._inbound_nodes:
            sources = [owner.get(id(tensor)) for tensor in node.input_tensors]
            if None in sources:
                continue  # a use of the layer in another model
            output = node.output_tensors[0]
            if type(layer).__name__ in FOLDED and len(sources) == 1:
                box = sources[0]
            else:
                box = Box(layer.name, *_label(layer), before=sources)
                for source in sources:
                    source.after.append(box)
                found.append(box)
            box.shape = tuple(output.shape[1:])
            owner[id(output)] = box
    return found, [owner[id(output)] for output in model.outputs]


def _label(layer):
    """Returns what stands in a layer's box, and its kind."""
    kind = type(layer).__name__
    if kind == "InputLayer":
        *sides, last = layer.output.shape[1:]
        return f"{product(sides)}\n×{last}" if sides else str(last), "input"
    if kind in JOINS:
        return "+" if kind == "Add" else "", kind
    if kind.startswith("Global"):
        return f"global\n{'mean' if 'Average' in kind else 'max'}", "pooling"
    if "Pooling" in kind:
        verb = "max" if "Max" in kind else "mean"
        return f"{verb}\n{product(layer.pool_size)}{_step(layer)}", "pooling"
    if "Conv" in kind:
        side = max(layer.kernel_size)
        color = "7×7 or larger" if side > 6 else f"{side}×{side}"
        text = f"{product(layer.kernel_size)}{_step(layer)}\n{layer.filters:,}"
        return text, color if side in (1, 3, 5) or side > 6 else "other"
    if kind == "Dense":
        return f"dense\n{layer.units:,}", "dense"
    return "LRN" if kind == "LocalResponseNormalization" else kind, "other"


def product(sizes):
    """Returns sizes as text, such as `28×28×256`."""
    return "×".join(str(size) for size in sizes)


def _step(layer):
    step = max(layer.strides)
    return f" /{step}" if step > 1 else ""


@dataclass
class Drawing:
    """A model whose boxes have their places.

    Attributes:
        boxes: List of all boxes.
        forks: List of all forks.
        turns: List of tuples: the last box of a row, the first of the next, and the
            height between the two.
        heads: Where the model has several outputs, list of lists of boxes: the way to
            each.
        width: Float, in places.
        depth: Float, in places.
    """

    boxes: list
    forks: list = field(default_factory=list)
    turns: list = field(default_factory=list)
    heads: list = field(default_factory=list)
    width: float = 0.0
    depth: float = 0.0


def arrange(model, new_row):
    """Gives every box of a model its place.

    Args:
        model: Functional `keras.Model`.
        new_row: Sequence of strings, names of layers on the main path.

    Returns:
        `Drawing`.

    Raises:
        ValueError: If a name in `new_row` is not on the main path, or branches are not
            nested.
    """
    found, ends = boxes(model)
    drawing = Drawing(found)
    leads, meets = _ways(found, ends[0])
    main = _chain(found[0], None, leads, meets, drawing.forks)
    rows, missing = [[]], set(new_row)
    for item in main:
        if isinstance(item, Box) and item.name in missing:
            missing.discard(item.name)
            rows.append([])
        rows[-1].append(item)
    if missing:
        raise ValueError(
            f"new_row must name layers on the main path of {model.name}. "
            f"Received: {', '.join(sorted(missing))}"
        )
    for number, row in enumerate(rows):
        starts = [
            (box, after)
            for box in _inside(row)
            for after in box.after
            if after not in leads
        ]
        height = max(map(height_of, row))
        above = 1.5 if starts else 0.0
        indent = GAP if number else 0.0  # room for the arrow that comes from above
        _place(row, indent, drawing.depth + above + height / 2)
        right = row[-1].right
        for box, after in starts:
            head = _chain(after, None, set(found), meets, drawing.forks)
            _place(head, box.right + GAP, drawing.depth + 0.5)
            drawing.heads.append([box, *head])
            right = max(right, head[-1].right)
        drawing.width = max(drawing.width, right)
        if number:
            turn = (rows[number - 1][-1], row[0], drawing.depth - 0.35)
            drawing.turns.append(turn)
        drawing.depth += above + height + ROW_GAP
    drawing.depth -= ROW_GAP - 0.45  # the labels under the last row
    if drawing.heads:
        drawing.heads.append([ends[0]])
    return drawing


def _ways(found, end):
    """Returns the boxes that lead to the end, and for each what all its ways pass."""
    leads, meets = {end}, {}
    for box in reversed(found):
        nexts = [after for after in box.after if after in leads]
        if nexts:
            leads.add(box)
        passed = [meets[after] for after in nexts]
        meets[box] = [box] + [
            other for other in (passed or [[]])[0] if all(other in p for p in passed)
        ]
    return leads, meets


def _chain(box, stop, leads, meets, forks):
    """Lists the items from a box up to another, which is left out."""
    items = []
    while box is not None and box is not stop:
        items.append(box)
        nexts = [after for after in box.after if after in leads]
        if len(nexts) < 2:
            box = nexts[0] if nexts else None
            continue
        join = meets[box][1]
        branches = [_chain(n, join, leads, meets, forks) for n in nexts]
        last = [(branch or [box])[-1] for branch in branches]
        if len(last) != len(join.before) or not set(last) <= set(join.before):
            raise ValueError(f"the branches that meet in {join.name} are not nested")
        order = sorted(range(len(last)), key=lambda i: join.before.index(last[i]))
        items.append(Fork([branches[i] for i in order], join))
        forks.append(items[-1])
        box = join
    return items


def _inside(items):
    """Goes through all boxes of a list of items, those in branches too."""
    for item in items:
        if isinstance(item, Box):
            yield item
        else:
            for branch in item.branches:
                yield from _inside(branch)


def _width(items):
    return sum(item.width for item in items)


def height_of(item):
    """Returns the places from above to below that a box or a fork takes."""
    if isinstance(item, Box):
        return 1.0
    return sum(max(map(height_of, branch), default=1.0) for branch in item.branches)


def _place(items, x, y):
    """Places items in a row from `x` on, around the height `y`."""
    for item in items:
        if isinstance(item, Box):
            item.left, item.right, item.y = x, x + item.width - GAP, y
        else:
            item.left, item.top = x, y - height_of(item) / 2
            top = item.top
            for branch in item.branches:
                height = max(map(height_of, branch), default=1.0)
                # To the right: the last layers of all branches stand in one column.
                _place(branch, x + item.width - _width(branch), top + height / 2)
                top += height
        x += item.width
