"""The world: one module for each kind of thing outside this program that the planner reads."""
