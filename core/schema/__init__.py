"""The API's document, derived from routes, views and serializers.

- `guide`: the shape of what cannot be derived (chapters, summaries, examples); `guide_text`: that text
- `generator`: walks the routes
- `operations`, `models`, `parameters`: describe views, serializers and filters
- `document`: generates and caches the document; `pages`: serves it
"""
