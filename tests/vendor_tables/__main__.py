"""`python -m tests.vendor_tables`."""

import sys
from pathlib import Path

from tests.vendor_tables import SHIPPED, TABLES, made

if len(sys.argv) > 1:
    for table in TABLES:
        Path(sys.argv[1], table.name).write_text(made(table), encoding="utf-8")
else:
    specs = Path(__file__).parents[2] / "specs"
    for name, source in SHIPPED.items():
        (specs / f"{name}.yaml").write_text(made(TABLES[0].parent / source), encoding="utf-8")
