"""The world of the chat service: sockets, PostgreSQL, the clock."""
