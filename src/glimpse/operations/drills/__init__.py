"""What drills take away, what clients noted, and which promises were kept."""
