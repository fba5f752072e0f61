"""The example on the page about matching runs and prints what the page says."""

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]


def test_the_example_prints_what_it_says() -> None:
    (code,) = re.findall(r"```python\n(.*?)```", (ROOT / "docs" / "matching.md").read_text(encoding="utf-8"), re.DOTALL)
    said = [line.partition("  # ")[2] for line in code.splitlines() if line.startswith("print(")]
    ran = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert ran.stdout.splitlines() == said
