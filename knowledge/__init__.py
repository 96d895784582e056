"""What we know: content files, their strict reader, and matching. Stands alone; used by `bot/` and `python -m knowledge`."""
