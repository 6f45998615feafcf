"""The dated reference of French communes and EPCI: what a code meant on a day, who belonged to what, what became of it.

``reference`` reads the files of ``data/insee/``. They are made by ``refresh``: ``packages`` and ``datafrance`` read the archives into ``editions``,
``communes`` and ``epci`` compare one year with the next, ``history`` adds what no package has, ``invariants`` checks the whole.
``cog`` adds INSEE's own identifiers of states. docs/insee.md tells where each fact comes from and what is not known.
"""
