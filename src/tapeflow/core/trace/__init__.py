"""Room 8, trace: functions of tensors, and control flow over them."""
