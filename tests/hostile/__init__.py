"""Queries and connections that mean harm, against a server that runs."""
