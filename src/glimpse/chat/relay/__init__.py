"""
How several tasks are one chat: what they tell each other over a bus, and in which order their sockets receive it.

`bus` has the messages and the port, and `relay` does the I/O. `delivery_order`, `heartbeats`, `catch_up` and `roster`
decide what is due, without I/O.
"""
