no_minimum_duration = Intelligent-Tiering has no minimum duration: deleting { $gb } GB early costs nothing
