"""Linked open data publisher for networks of the économie sociale et solidaire."""
