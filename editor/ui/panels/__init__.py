"""What the docks hold: library and inspector at the sides; problems, runs, log, outputs and preview below."""
