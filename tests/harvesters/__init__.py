"""Programs of portals that harvest catalogues, reading ours. They are AGPL: run as tools in an environment of their own, never imported by the package."""
