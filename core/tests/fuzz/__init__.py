"""The API's document turned against the API: whatever it allows must be taken, whatever it forbids refused."""
