"""Glimpse: a real-time chat service on AWS, and the planner that keeps its bill honest."""

__version__ = "0.1.0"
