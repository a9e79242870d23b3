needs_parameter_tier = AWS chooses its tier by its value, which is unknown
