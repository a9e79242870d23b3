dominant_direction = only the direction with more data is charged
