"""Bootstrap (replaced by the base room's own file)."""
class OpError(Exception):
    def __init__(self, message, got=None, hint=None):
        self.message = message; self.got = got; self.hint = hint; super().__init__(message)
    def complete(self, op_name, got):
        return self
class InvalidArgumentError(OpError): pass
class UnimplementedError(OpError): pass
