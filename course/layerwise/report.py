"""A chapter's report: its conclusions, drawn from data, and the claims of the lecture.

A chapter says in prose what came out. Beside that sentence it says the same to its
report (`says="lower"`), which compares it with what this run measured: a run that
disagrees prints so. `tests/course/test_records.py` holds the same against the records.
"""

from layerwise import budget, claims, records, verdicts

COLUMNS = ("The slides say", "What we found", "Verdict", "Section")


class Report:
    """Collects what one run of a chapter concludes.

    Args:
        chapter: String, such as `"04_resnet"`.
    """

    def __init__(self, chapter):
        self.chapter, self.verdicts = chapter, {}
        runs = [run for run in records.read(chapter) if run["budget"] == budget.level()]
        self.recorded = runs
        machine, versions = records.provenance()
        records.note(
            {
                "chapter": chapter,
                "budget": budget.level(),
                "seed": budget.seed(),
                "machine": machine,
                "versions": versions,
            }
        )

    def head(self):
        """Says which run this is and how long recorded ones took.

        Returns:
            String, a few lines.
        """
        lines = [f"budget {budget.level()}, LAYERWISE_SEED {budget.seed()}"]
        for runs in records.by_machine(self.recorded, budget.level()).values():
            seconds = [run["cpu_seconds"] for run in runs]
            span = f"{min(seconds):.0f} to {max(seconds):.0f} s of CPU time"
            lines.append(f"recorded: {span}, {records.describe(runs[0]['machine'])}")
        return "\n".join(lines)

    def others(self, name, arm):
        """Returns what recorded runs with other seeds measured.

        Args:
            name: String, of a conclusion.
            arm: String, one of its arms.

        Returns:
            List of numbers, empty while a run is recorded itself.
        """
        if records.recording():
            return []
        return [
            value
            for run in self.recorded
            if run["seed"] != budget.seed()
            for value in run["conclusions"].get(name, {}).get("arms", {}).get(arm, ())
        ]

    def compare(self, name, arms, says, **options):
        """Concludes which of two arms is lower.

        Where this run has too few seeds, those of recorded runs are added.

        Args:
            name: String, of the conclusion.
            arms: Dictionary of two names with one number for each seed.
            says: String, what the text says of the first arm: a key of
                `verdicts.BORNE_OUT_BY`.
            **options: Of `verdicts.compare`.

        Returns:
            `verdicts.Verdict`.
        """
        return self._conclude(name, "compare", arms, says, options, share_seeds=True)

    def compare_times(self, name, arms, says):
        """Concludes which of two arms is faster; times of other machines do not count.

        Args:
            name: String, of the conclusion.
            arms: Dictionary of two names with a list of times each.
            says: String, what the text says of the first arm.

        Returns:
            `verdicts.Verdict`.
        """
        return self._conclude(name, "compare_times", arms, says, {}, share_seeds=False)

    def within(self, name, arm, low, high, says="yes"):
        """Concludes whether every seed lies within bounds.

        Args:
            name: String, of the conclusion.
            arm: Dictionary of one name with one number for each seed.
            low: Float.
            high: Float.
            says: String, `"yes"` or `"no"`.

        Returns:
            `verdicts.Verdict`.
        """
        options = {"low": low, "high": high}
        return self._conclude(name, "within", arm, says, options, share_seeds=True)

    def table(self):
        """Returns the lecture's claims as a table, with this run's verdicts in it."""
        rows = []
        for row in claims.read(self.chapter):
            found, verdict = row["found"], row["verdict"]
            if "conclusion" in row:
                measured = self.verdicts.get(row["conclusion"])
                if measured is None:
                    raise ValueError(
                        f"the table of {self.chapter} speaks of the conclusion "
                        f"{row['conclusion']!r}, which this run has not drawn. "
                        f"It has: {', '.join(self.verdicts)}"
                    )
                found = f"{found} Measured: {measured}."
                verdict = verdicts.reproduced(measured.kind, row["claimed"])
            claim = f"{row['slide']} ({row['original']})"
            rows.append((claim, found, verdict, row["section"]))
        return claims.Table(COLUMNS, rows)

    def _conclude(self, name, rule, arms, says, options, share_seeds):
        # Six digits, so that a record is no longer than what can be measured.
        arms = {
            arm: [float(f"{value:.6g}") for value in values]
            for arm, values in arms.items()
        }
        records.note(
            {"conclusion": name, "rule": rule, "arms": arms, "options": options}
        )
        note = ""
        if share_seeds and min(map(len, arms.values())) < verdicts.MIN_SEEDS:
            others = {arm: self.others(name, arm) for arm in arms}
            count = min(map(len, others.values()))
            if count:
                arms = {arm: values + others[arm] for arm, values in arms.items()}
                note = f" (with {count} recorded runs)"
        verdict = getattr(verdicts, rule)(*arms.values(), **options)
        self.verdicts[name] = verdict
        print(f"{' against '.join(arms)}: {verdict}{note}")
        agrees = verdicts.bears_out(verdict.kind, says)
        # At other budgets the text speaks of another experiment.
        if not agrees and budget.level() == "default":
            if verdict.kind == verdicts.FEW:
                print(f"    The text says {says!r}; this run alone cannot tell.")
            else:
                print(f"    THIS RUN DISAGREES WITH THE TEXT, which says {says!r}.")
        return verdict
