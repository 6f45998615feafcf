"""A client of Linked Data Event Streams that others use, reading ours."""
