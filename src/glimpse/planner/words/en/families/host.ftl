reservation_inside = instances of this stack that run in this reservation, and are charged themselves: { $count }
fleet_once = a fleet that requests instances once: nothing keeps them running, so their hours are unknown
