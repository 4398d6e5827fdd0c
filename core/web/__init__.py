"""HTTP pieces without a business word: parsing, errors, pages, retries, the owned viewset."""
