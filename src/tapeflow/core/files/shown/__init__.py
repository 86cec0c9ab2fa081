"""What files hold, for people: `tapeflow show`."""
