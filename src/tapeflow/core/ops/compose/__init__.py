"""Thin compositions of ops: public functions for which one op is not the whole answer."""
