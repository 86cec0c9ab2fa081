"""Every op, one place each, a file a family."""
