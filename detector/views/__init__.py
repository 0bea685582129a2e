"""What people look at: the terminal, an HTML page, a table."""
