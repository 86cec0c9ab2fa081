"""Bootstrap (replaced by the base room's own file)."""
class TensorShape:
    def __init__(self, dims): self.d = None if dims is None else list(dims)
    from_static = classmethod(lambda cls, t: cls(t))
    def as_list(self): return list(self.d)
    def __iter__(self): return iter(self.d)
    def __repr__(self): return str(tuple(self.d))
