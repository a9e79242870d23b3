"""Reports of a bill and of a plan: for a terminal, as Markdown, and as JSON."""
