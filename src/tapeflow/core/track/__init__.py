"""Room 9, track: modules, and what is saved of them."""
