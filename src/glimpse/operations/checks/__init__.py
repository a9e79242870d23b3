"""The checks of a deployed stack: values and functions."""
