"""The tests. Alice owns, Bob is the stranger."""
