"""The API's document, derived from routes, views and serializers: nothing is written twice.

`guide` holds the words that only a person can write, `generator` walks the routes, `document` makes of it what is
served, and keeps it, `operations`, `models` and `parameters` say how views, serializers and filters read in it,
`pages` serves it.
"""
