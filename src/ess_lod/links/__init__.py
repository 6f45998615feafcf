"""Links between networks: what they may lead to, what others announce to us, and the box that keeps announcements until a person has read them.

Nothing here publishes: links out stand in ``liens.csv``, links in become rows of ``liens_entrants.csv`` that wait for a decision (``docs/links.md``).
"""
