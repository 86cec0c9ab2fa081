"""Bootstrap (replaced by the base room's own file)."""
def user_frame(): return None
