"""Reads dates as nbgrader, computers and people write them."""

import re
import unicodedata
from datetime import UTC, datetime, timedelta, tzinfo

from dateutil import parser, tz

# A time zone by its name in the IANA database, at the end of a date.
PLACE = re.compile(r"\s\(?([A-Z][A-Za-z]+(?:/[A-Za-z_+-]+\d*)+)\)?$")
# "UTC+8" is eight hours ahead; dateutil takes it for eight hours behind, as POSIX does.
AHEAD = re.compile(r"\s*\(?(?:UTC|GMT)\s*([+-])\s*(\d{1,2})(?::?(\d{2}))?\)?$")
CHINESE_DAY = re.compile(r"(\d{4})\s*年\s*(\d{1,2})\s*月\s*(\d{1,2})\s*[日号]")
CHINESE_TIME = re.compile(
    r"(\d{1,2})\s*[时点時]\s*(\d{1,2})\s*分(?:\s*(\d{1,2})\s*秒)?"
)
# Two numbers and the year: which of them is the month is told by a number over 12.
YEAR_LAST = re.compile(r"(?<!\d)(\d{1,2})([/.-])(\d{1,2})\2(\d{4}|\d{2})(?!\d)")
MIDNIGHT = re.compile(r"(?<![\d:])24:00(:00(\.0+)?)?(?![\d:])")
SECONDS = re.compile(r"\d{9,10}(\.\d+)?")
UNIVERSAL = ("UTC", "GMT", "UT", "Z")
# Abbreviations that mean one offset, in hours: RFC 2822, section 4.3, less those that
# mean another one elsewhere (CST is China's too), and Europe's.
OFFSETS = {
    **{"EST": -5, "EDT": -4, "MST": -7, "MDT": -6, "PST": -8, "PDT": -7},
    **{"WET": 0, "WEST": 1, "CET": 1, "CEST": 2, "MEZ": 1, "MESZ": 2, "EET": 2},
    **{"EEST": 3, "JST": 9, "KST": 9},
}


class DateError(ValueError):
    """A text that is no date; the message says why."""


class _Named(tzinfo):
    """A zone of which only the abbreviation is known."""

    def __init__(self, name: str) -> None:
        self.name = name

    def utcoffset(self, moment: datetime | None) -> None:
        return None

    def dst(self, moment: datetime | None) -> None:
        return None

    def tzname(self, moment: datetime | None) -> str:
        return self.name


def find_zone(name: str) -> tzinfo | None:
    """Returns the time zone with a name such as `"Asia/Shanghai"`, if there is one."""
    if name in UNIVERSAL:
        return UTC
    return tz.gettz(name) if "/" in name and not name.startswith("/") else None


def parse_date(text: str, zone: tzinfo = UTC) -> datetime:
    """Reads a date and time.

    Args:
        text: What somebody wrote: ISO 8601, what `date` prints, RFC 2822, seconds since
            1970 and so on, with or without a time zone.
        zone: What holds where the text names no zone; its abbreviations are known.

    Returns:
        The moment, in UTC without zone, as nbgrader keeps it.

    Raises:
        DateError: If it is no full date, or not clear.
    """
    given = unicodedata.normalize("NFKC", text).strip()
    if SECONDS.fullmatch(given):
        moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=float(given))
        return moment.replace(tzinfo=None)
    given = CHINESE_DAY.sub(r"\1-\2-\3 ", given)
    given = CHINESE_TIME.sub(lambda time: ":".join(filter(None, time.groups())), given)
    _expect_clear(given)
    if place := PLACE.search(given):
        named = find_zone(place[1])
        if named is None:
            raise DateError(f"there is no time zone {place[1]}")
        zone, given = named, given[: place.start()]
    if ahead := AHEAD.search(given):
        sign, hours, minutes = ahead.groups()
        given = f"{given[: ahead.start()]} {sign}{int(hours):02}:{minutes or '00'}"
    given, next_day = MIDNIGHT.subn("00:00", given)
    moment = _parse(given) + timedelta(days=next_day)
    if isinstance(moment.tzinfo, _Named):
        moment = moment.replace(tzinfo=_resolve(moment, moment.tzinfo.name, zone))
    elif moment.tzinfo is None:
        moment = moment.replace(tzinfo=zone)
    try:
        return moment.astimezone(UTC).replace(tzinfo=None)
    except (OverflowError, ValueError) as error:
        raise DateError(str(error)) from error


def _expect_clear(text: str) -> None:
    for first, _, second, year in YEAR_LAST.findall(text):
        if len(year) == 2 or (
            int(first) <= 12 and int(second) <= 12 and first != second
        ):
            raise DateError("which number is the month is not clear")


def _parse(text: str) -> datetime:
    def zone_of(name: str | None, offset: int | None) -> tzinfo | None:
        if offset is not None:
            return tz.tzoffset(name, offset)
        return _Named(name) if name else None

    found = []
    # dateutil takes what a text does not say from a default: both must agree.
    for default in (datetime(2000, 1, 1), datetime(2001, 2, 2)):
        try:
            found.append(parser.parse(text, default=default, tzinfos=zone_of))
        except (ValueError, OverflowError, AttributeError, TypeError) as error:
            raise DateError("it is no date") from error
    if found[0] != found[1]:
        raise DateError("year, month or day is missing")
    return found[0]


def _resolve(moment: datetime, name: str, zone: tzinfo) -> tzinfo:
    """Returns the zone that an abbreviation means."""
    if name in UNIVERSAL:
        return UTC
    # Both halves of the hour that comes twice in autumn, then the other season.
    others = [datetime(moment.year, month, 1) for month in (1, 7)]
    for at in (moment, moment.replace(fold=1), *others):
        local = at.replace(tzinfo=zone)
        offset = local.utcoffset()
        if local.tzname() == name and offset is not None:
            return tz.tzoffset(name, offset)
    if name in OFFSETS:
        return tz.tzoffset(name, timedelta(hours=OFFSETS[name]))
    raise DateError(f"the time zone {name} is not known here")
