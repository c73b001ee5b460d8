"""Chips for deep learning, as their makers or a paper describe them."""

import csv
from dataclasses import dataclass
from pathlib import Path

TABLE = Path(__file__).parent / "data_files" / "ai_chips.csv"

# From an idea to a chip in use: examples of who does which step. The shares are of the
# world's foundry revenue in 2025: TrendForce, by way of Focus Taiwan, 13 March 2026.
MAKERS = {
    "instruction set": "Arm licenses its own\nand finished cores;\nRISC-V is open",
    "tools": "Synopsys, Cadence,\nSiemens: circuits are\ndrawn and simulated",
    "design": "NVIDIA, AMD, Google,\nApple, HiSilicon:\nno factory of their own",
    "manufacturing": "TSMC 69.9 %,\nSamsung 7.2 %,\nSMIC 5.3 % (2025)",
    "memory": "SK hynix, Samsung,\nMicron: packed\nbeside the chip",
    "software": "CUDA and cuDNN,\nROCm, XLA, oneDNN,\nframeworks",
}


@dataclass(frozen=True)
class Chip:
    """A row of the table; all figures are quoted, none is measured here.

    Attributes:
        name: String.
        kind: String, `"CPU"`, `"GPU"`, `"ASIC"`, `"FPGA"` or `"DSP"`.
        peak_tops: Float, peak operations in a second, in units of 10¹²; a multiply-add
            is two.
        numbers: String, the number format of the peak.
        bandwidth_gb_s: Float, bandwidth of its main memory in 10⁹ bytes a second.
        power_w: Float, watts.
        power_is: String, what the watts are: `"TDP"`, `"maximum"` and so on.
        source: String, where all of this is written.
    """

    name: str
    kind: str
    peak_tops: float
    numbers: str
    bandwidth_gb_s: float
    power_w: float
    power_is: str
    source: str

    @property
    def operations_per_joule(self):
        """Operations for each joule at the peak, in units of 10⁹."""
        return 1000 * self.peak_tops / self.power_w

    @property
    def ridge(self):
        """Operations for each byte at which the memory just keeps up."""
        return 1000 * self.peak_tops / self.bandwidth_gb_s


def chips(path=TABLE):
    """Reads the table.

    Args:
        path: Path of a CSV file with a column for each attribute of `Chip`.

    Returns:
        List of `Chip`.

    Raises:
        ValueError: If a row lacks a field, a number or its source.
    """
    found = []
    with Path(path).open(encoding="utf-8", newline="") as file:
        for line, row in enumerate(csv.DictReader(file), 2):
            fields = {name: row.get(name) for name in Chip.__dataclass_fields__}
            empty = [name for name, value in fields.items() if not value]
            if empty:
                raise ValueError(f"{path}, line {line} lacks {', '.join(empty)}")
            for name in ("peak_tops", "bandwidth_gb_s", "power_w"):
                try:
                    fields[name] = float(fields[name])
                except ValueError:
                    raise ValueError(
                        f"{path}, line {line}: {name} must be a number. "
                        f"Received: {fields[name]!r}"
                    ) from None
            found.append(Chip(**fields))
    return found
