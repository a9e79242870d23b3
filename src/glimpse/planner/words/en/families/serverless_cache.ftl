least_ecpu = its limits set a minimum of { $count } ECPU a second, which is charged whether used or not
