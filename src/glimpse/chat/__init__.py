"""The chat service: conversations, messages and presence, over Socket.IO and HTTP."""
