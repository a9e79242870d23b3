"""Processes, sockets, control groups, HTTP and AWS."""
