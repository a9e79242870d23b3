"""The stack on one machine: values and functions."""
