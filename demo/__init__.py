"""Small real training runs that log to event files, to watch candles form."""
