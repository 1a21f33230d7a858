"""The same verbs as the window, without a window."""
