"""The course as it stands in this checkout."""

from pathlib import Path

from autograder.course import load_course

ROOT = Path(__file__).resolve().parents[2]
COURSE = load_course(ROOT)
ASSIGNMENTS = COURSE.assignments()
CHAPTERS = sorted(path.stem for path in COURSE.chapters.glob("[0-9]*.py"))
