key_rotation_adds = each of its first two rotations adds the monthly charge of one key
