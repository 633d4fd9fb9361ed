"""What the deployment decides: settings, servers, logging, and the data files of a city."""
