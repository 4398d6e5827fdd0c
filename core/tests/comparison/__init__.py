"""The product's figure over HTTP against the independent reference. How to run it stands in reference/README.md."""
