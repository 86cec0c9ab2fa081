"""The command `tapeflow`."""
