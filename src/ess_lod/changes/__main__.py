"""Works out one comparison in a process of its own: ``python -m ess_lod.changes RELEASES FROM TO FOLDER``. See :func:`comparison.compare_apart`."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from ess_lod.changes.comparison import REFUSED, compare
from ess_lod.errors import EssLodError
from ess_lod.release import open_release


def main(releases: str, before: str, after: str, folder: str) -> int:
    """Exit code: :data:`REFUSED` when the releases cannot be compared, which is said on the standard error."""
    os.nice(5)
    try:
        compare(open_release(Path(releases), before), open_release(Path(releases), after), Path(folder))
    except EssLodError as error:
        sys.stderr.write(f"{error}\n")
        return REFUSED
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
