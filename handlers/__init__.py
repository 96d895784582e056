"""Doors: one file per channel and audience; each translates, delegates to `bot/` and translates back."""
