"""The rooms of the house, bottom to top; a room imports only rooms below it."""
