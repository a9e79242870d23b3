"""
One task among others: what it tells them and hears from them over the bus, and in which order its sockets receive it.

`bus` has the messages and the port, `relay` does the I/O; `delivery_order`, `heartbeats`, `catch_up` and `roster` are
values that say what is due.
"""
