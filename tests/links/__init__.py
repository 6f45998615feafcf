"""Links to other networks, and from them."""
