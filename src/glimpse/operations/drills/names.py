"""
What `glimpse drill` and the page accept. `glimpse` makes the help of all its commands from this on every run, so this
file imports nothing.
"""

DRILL_NAMES = ("spot", "crash", "bus", "database", "storage", "deploy", "storm", "slow-readers")

MIN_CLIENTS, MAX_CLIENTS, DEFAULT_CLIENTS = 2, 200, 12
"""Who talk: fewer have nobody to talk to, and more would measure this machine."""
