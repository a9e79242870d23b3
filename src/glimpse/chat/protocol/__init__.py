"""
Engine.IO 4 and Socket.IO 5 over WebSocket and long polling, as values and functions: no socket, no clock, no task.

`websocket` cuts bytes into frames, `engineio` frames and payloads into packets, `session` is one connection as a state
table, `socketio` the packets inside, `client` what they mean. `outside/engineio.py` lends them sockets and time.
"""
