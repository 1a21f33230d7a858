"""Runs on a KFP server. `kfp.Client` lives in a child process, for it is slow to load and may block for long."""

from editor.backends.server.connection import Experiment, ServerConnection, ServerInfo, Upload
from editor.backends.server.failures import ServerError

__all__ = ["Experiment", "ServerConnection", "ServerError", "ServerInfo", "Upload"]
