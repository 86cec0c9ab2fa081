"""Bootstrap (replaced by the base room's own file)."""
import builtins
import ml_dtypes, numpy as np
NAMES = {}
class DType:
    def __init__(self, name, enum, np_type):
        self.name, self.enum, self.as_datatype_enum = name, enum, enum
        self.as_numpy_dtype = np_type; self.np = np.dtype(np_type)
        k = self.np.kind
        self.is_floating = k == 'f' or name == 'bfloat16'
        self.is_complex = k == 'c'; self.is_integer = k in 'iu' and name not in ('resource',); self.is_bool = name == 'bool'
        self.is_numeric = self.is_floating or self.is_complex or self.is_integer
        self.is_differentiable = self.is_floating or self.is_complex or name in ('resource', 'variant')
        self.is_opaque = name in ('resource', 'variant'); self.size = self.np.itemsize; self.base_dtype = self
        NAMES[name] = self
    def is_compatible_with(self, o): return as_dtype(o) is self
    @property
    def min(self): return np.iinfo(self.np).min
    @property
    def max(self): return np.iinfo(self.np).max
    def __repr__(self): return f"tf.{self.name}"
for n, e, t in [('float32',1,np.float32),('float64',2,np.float64),('int32',3,np.int32),('uint8',4,np.uint8),('int16',5,np.int16),('int8',6,np.int8),('string',7,object),('complex64',8,np.complex64),('int64',9,np.int64),('bool',10,np.bool_),('bfloat16',14,ml_dtypes.bfloat16),('uint16',17,np.uint16),('complex128',18,np.complex128),('float16',19,np.float16),('resource',20,object),('variant',21,object),('uint32',22,np.uint32),('uint64',23,np.uint64)]:
    globals()[n] = DType(n, e, t)
half, double = float16, float64
_np = {d.np: d for d in NAMES.values() if d.name not in ('resource','variant')}
def from_numpy(d): return _np[d]
def as_dtype(x):
    if isinstance(x, DType): return x
    return NAMES[x] if isinstance(x, str) else _np[np.dtype(x)]
