"""Extension points: entry points of other distributions, checked against Protocols, failures listed and skipped."""
