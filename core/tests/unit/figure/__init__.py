"""The rules of the figure, without a database."""
