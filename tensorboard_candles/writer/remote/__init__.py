"""Event files in a bucket: read `directory`, `pace`, `spool`, `uploader` and `upload` in this order."""
