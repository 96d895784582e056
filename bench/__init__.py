"""How fast the whole product is, beside a bare echo bot: `make bench`."""
