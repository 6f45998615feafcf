"""Run the command line with ``python -m ess_lod.cli``."""

from ess_lod.cli import main

main()
