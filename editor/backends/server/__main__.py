"""The child process of a server connection: JSON lines in from stdin, JSON lines out to stdout, nothing else there."""

from editor.backends.server.child import serve

if __name__ == "__main__":
    serve()
