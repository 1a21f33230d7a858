"""The window: everything that knows Qt. `app` starts it, `main_window` holds its parts together."""
