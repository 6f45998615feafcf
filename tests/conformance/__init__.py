"""What the SPARQL standards require of the endpoint, test by test."""
