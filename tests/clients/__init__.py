"""Programs that others use to ask a SPARQL endpoint, asking ours."""
