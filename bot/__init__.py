"""Channel-neutral sense: what a message means here and what is done about it. Called by the doors in `handlers/`."""
