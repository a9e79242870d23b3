reservation_inside = instances of this stack that run in it, and are charged as such: { $count }
fleet_once = a fleet that asks once: nothing keeps its instances running, so their hours are unknown
