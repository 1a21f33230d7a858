"""What a person does on the canvas with mouse, keys and drags: one class a gesture, each ending in at most one Edit."""
