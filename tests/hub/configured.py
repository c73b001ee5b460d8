"""Holds a configuration against the traits of the classes that will read it."""

from pathlib import Path

from jupyterhub.scopes import scope_definitions
from jupyterhub.services.service import Service
from traitlets import HasTraits
from traitlets.config import Config
from traitlets.config.loader import LazyConfigValue, PyFileConfigLoader


def load(path, **names):
    """Reads a configuration file as an application would.

    Args:
        path: Path.
        **names: Config sections that were there before, such as `JupyterHub`.

    Returns:
        `Config`, with what the file added to lists in place.
    """
    loader = PyFileConfigLoader(path.name, str(path.parent))
    before = Config(names)
    before.merge(loader.load_config())
    return before


def run(code, **names):
    """Runs lines that have `c` in them, as charts and applications do.

    Returns:
        `Config`.
    """
    c = Config(names)
    exec(compile(code, "<lines>", "exec"), {"c": c, "get_config": lambda: c})
    return c


def faults(config, classes):
    """Says what the classes would not take.

    Args:
        config: `Config`.
        classes: Iterable of the `Configurable` classes that a process has.

    Returns:
        List of strings; empty if every name is a trait's and every value fits.
    """
    known, found = {}, []
    for base in (base for each in classes for base in each.__mro__):
        # Two classes may share a name, as nbgrader's exchanges do; a section is both's.
        own = base.class_traits(config=True) if issubclass(base, HasTraits) else {}
        known.setdefault(base.__name__, {}).update(own)
    for section, values in config.items():
        if section not in known:
            found.append(f"{section}: no such class")
            continue
        traits = known[section]
        for name, value in values.items():
            if name not in traits:
                found.append(f"{section}.{name}: no such trait")
                continue
            if isinstance(value, LazyConfigValue):
                value = value.get_value(traits[name].default())
            try:
                # A trait of a class names its owner in errors; any owner will do.
                traits[name]._validate(HasTraits(), value)
            except Exception as error:
                found.append(f"{section}.{name}: {error}")
    return found


def service_faults(service):
    """Says what JupyterHub would not take in the description of a service."""
    traits = Service.class_traits(input=True)
    found = [f"no such field: {name}" for name in service if name not in traits]
    for name in service.keys() & traits.keys():
        try:
            traits[name]._validate(HasTraits(), service[name])
        except Exception as error:
            found.append(f"{name}: {error}")
    return found


def scope_faults(scopes):
    """Says which scopes JupyterHub does not have."""
    return [scope for scope in scopes if scope.split("!")[0] not in scope_definitions]


def key_faults(values, table, prefix=""):
    """Holds the keys of a YAML file against a table.

    Args:
        values: Dict, what the file holds.
        table: Dict from a dotted key to the type of its value. A key whose type is
            `dict` may hold anything.
        prefix: String, the keys above, with a dot behind.

    Returns:
        List of strings.
    """
    found = []
    for name, value in values.items():
        key = f"{prefix}{name}"
        if key in table:
            if not isinstance(value, table[key]) or isinstance(value, bool) != (
                table[key] is bool
            ):
                found.append(f"{key}: {value!r} is no {table[key]}")
        elif isinstance(value, dict):
            found += key_faults(value, table, f"{key}.")
        else:
            found.append(f"{key}: no such key")
    return found


def unit(path):
    """Reads a systemd unit.

    Args:
        path: Path.

    Returns:
        Dict from a section's name to a dict from a name to the list of its values.
    """
    sections = {}
    for line in Path(path).read_text().splitlines():
        if line.startswith("["):
            current = sections.setdefault(line.strip("[]"), {})
        elif line and not line.startswith("#"):
            name, value = line.split("=", 1)
            current.setdefault(name, []).append(value)
    return sections
