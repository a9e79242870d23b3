"""The planner: values and functions over values. No file, no network, no clock; those live in `outside`."""
