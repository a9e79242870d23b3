"""Run the stack on one machine, take parts of it away, and check a deployed one against its plan."""
