"""What outlives a process: graphs, functions and models as files."""
