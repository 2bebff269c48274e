"""``python -m benchmarks.accuracy``: measure, write docs/accuracy.md, and end with 1 where a promise is missed."""

from __future__ import annotations

import sys
from pathlib import Path

from benchmarks.accuracy.datasets import Absent, load_all
from benchmarks.accuracy.page import Measured, measure, page, promises
from benchmarks.claim import timed

PAGE = Path(__file__).parents[2] / "docs" / "accuracy.md"


def main() -> int:
    parts: list[Measured | Absent] = []
    for data in load_all():
        if isinstance(data, Absent):
            print(f"{data.title}: not measured. {data.why}", flush=True)
            parts.append(data)
            continue
        with timed() as taken:
            parts.append(measure(data))
        print(f"{data.title}: {taken.seconds:.0f} s", flush=True)
    PAGE.write_text(page(parts), encoding="utf-8")
    kept = [one for part in parts if isinstance(part, Measured) for one in promises(part)]
    for one in kept:
        print(
            f"{'ok  ' if one.holds else 'MISS'} {one.text}: {one.measured} ({one.limit}{'' if one.is_promised else '; not promised'})"
        )
    print(f"{PAGE.relative_to(PAGE.parents[1])} is written")
    return 0 if all(one.holds for one in kept if one.is_promised) else 1


if __name__ == "__main__":
    sys.exit(main())
