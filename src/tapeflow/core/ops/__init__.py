"""Room 3, ops: the op record and its call, the registry, and every op's definition under defs/."""
