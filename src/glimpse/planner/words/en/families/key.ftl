key_rotation_adds = each of its first two rotations adds a key-month
