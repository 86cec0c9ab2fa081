"""Bootstrap (replaced by the base room's own file)."""
def flatten(x, expand_composites=False): return [z for y in x for z in flatten(y)] if isinstance(x,(list,tuple)) else [x]
def pack_sequence_as(s, f):
    f = iter(f)
    def go(s): return type(s)(go(y) for y in s) if isinstance(s,(list,tuple)) else next(f)
    return go(s)
