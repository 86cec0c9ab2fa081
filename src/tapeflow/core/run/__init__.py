"""Room 5, run: which engine an eager op takes, tapes, forward mode, custom gradients."""
