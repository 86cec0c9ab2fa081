"""Input pipelines: datasets, how they run, and their iterators."""
