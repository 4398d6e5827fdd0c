"""Pure values and arithmetic: money, frequencies, schedules, pay periods, errors.

Nothing here imports Django, reads a clock or a setting, or uses a binary float.
"""
