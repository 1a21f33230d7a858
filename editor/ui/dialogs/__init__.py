"""Windows beside the window: each opens without blocking and hands what was chosen to a callback."""
