"""The drawing of a pipeline, painted in batches from plain arrays; `view` is the widget, `gestures` what hands do."""
