"""Cases of the gate: per NodeShape, Turtle that passes (``valid*.ttl``) and Turtle that must not (``invalid*.ttl`` with its approved ``.report.txt``)."""
