"""The report as a page: one file of HTML without scripts, whose charts and styles are inside it."""
