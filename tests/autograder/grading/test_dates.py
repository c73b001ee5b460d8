"""Dates mean what they say, in every form in which somebody writes them."""

from datetime import UTC, datetime

import pytest
from dateutil import tz

from autograder.grading.dates import DateError, find_zone, parse_date

ZURICH, SHANGHAI = tz.gettz("Europe/Zurich"), tz.gettz("Asia/Shanghai")
# Half past six in the evening of 12 March 2027, in UTC.
MOMENT = datetime(2027, 3, 12, 18, 30)


@pytest.mark.parametrize(
    "text",
    [
        "2027-03-12 18:30:00 UTC",
        "2027-03-12 18:30:00.000000 UTC",
        "2027-03-12T18:30:00Z",
        "20270312T183000Z",
        "2027-03-12 19:30:00 +0100",
        "2027-03-12 19:30:00+01",
        "2027-03-13 02:30 UTC+8",
        "2027-03-12 13:00 GMT-05:30",
        "2027-03-13 02:30:00 Asia/Shanghai",
        "2027-03-12 13:30 America/New_York",
        "2027-03-12 19:30:00 CET",
        "Fri Mar 12 19:30:00 CET 2027",
        "Fri, 12 Mar 2027 18:30:00 GMT",
        "Friday, March 12, 2027 6:30:00 PM",
        "12 March 2027 18:30",
        "2027/03/12 18:30",
        "2027-3-12 18:30",
        "\uff12\uff10\uff12\uff17-03-12 18:30",
        "2027年3月12日 18:30",
        "2027年3月12日18时30分",
        str(int(MOMENT.replace(tzinfo=UTC).timestamp())),
    ],
)
def test_a_moment_has_many_forms(text):
    assert parse_date(text) == MOMENT


@pytest.mark.parametrize(
    ("text", "zone", "hours"),
    [
        ("2027-03-12 19:30", ZURICH, 0),
        ("2027-03-12 19:30 CET", ZURICH, 0),
        ("2027-03-13 02:30 CST", SHANGHAI, 0),
        ("2027-03-12 18:30 UTC", SHANGHAI, 0),
        ("2027-03-12 24:00 UTC", UTC, 5.5),
    ],
)
def test_a_zone_holds_where_the_text_names_none(text, zone, hours):
    assert (parse_date(text, zone) - MOMENT).total_seconds() == hours * 3600


def test_the_hour_that_comes_twice_is_told_by_its_abbreviation():
    summer = parse_date("2027-10-31 02:30:00 CEST", ZURICH)
    winter = parse_date("2027-10-31 02:30:00 CET", ZURICH)
    assert (winter - summer).total_seconds() == 3600


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", "no date"),
        ("yesterday", "no date"),
        ("2027-02-30 10:00", "no date"),
        ("18:30", "missing"),
        ("March 2027", "missing"),
        ("03/04/2027 10:00", "which number is the month"),
        ("12.03.27", "which number is the month"),
        ("2027-03-12 18:30 CST", "CST is not known"),
        ("2027-03-12 18:30 Mars/Base", "no time zone Mars/Base"),
        ("9999-12-31 23:59 -1200", "out of range"),
    ],
)
def test_what_is_not_clear_is_said(text, fault):
    with pytest.raises(DateError, match=fault):
        parse_date(text)


def test_a_number_over_twelve_is_no_month():
    assert parse_date("13/04/2027 10:00") == datetime(2027, 4, 13, 10)


def test_zones_have_names():
    assert find_zone("UTC") is UTC
    assert find_zone("Asia/Shanghai") is not None
    for name in ("Mars/Base", "/etc/passwd", "CST", ""):
        assert find_zone(name) is None
