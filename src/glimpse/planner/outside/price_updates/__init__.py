"""The world of `glimpse prices update`: AWS's pricing host or a folder like it, and the user's cache."""
