"""
What differs between two bills, and why.

`snapshots.py` has a bill as far as it is compared, `matching.py` finds the lines that belong together, `causes.py` says
what each difference comes from, and `limits.py` judges the whole. The other files write it down.
"""
