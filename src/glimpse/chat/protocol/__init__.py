"""
Engine.IO 4 and Socket.IO 5 over WebSocket and long polling, as values and functions: no socket, no clock, no task.

`websocket` has the frames, `engineio` the packets and requests of Engine.IO, `session` one Engine.IO session as a state
table, and `socketio` the packets inside and the server's side of one client. `outside/engineio.py` and
`outside/websocket.py` do the I/O.
"""
