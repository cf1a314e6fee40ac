"""Running and shipping: the local server, deployable folders."""
