least_ecpu = its limits ask for { $count } ECPU a second, which is charged whether used or not
