"""
Reading a stack from Terraform: a directory of files, or the JSON of a plan or a state.

`directory.py` and `plan_json.py` are the two readers; both give blocks (`block.py`) in a `ReadResult`. `families/`
turns blocks into resources, and Terraform's names end there. `reading.py` does all of it: path → Stack.
"""
