hsm_type_newest = its cluster is not in the stack; taken to be { $type }, the only type that can still be created
