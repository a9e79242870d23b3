"""What `glimpse deploy` does, in which order, and with which rights: values and functions."""
