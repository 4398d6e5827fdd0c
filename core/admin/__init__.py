"""The Django admin, at `/admin/`.

The forms use the API's serializers, so that the same rules hold. Computed values can be read, never edited.
`apps.py` imports the modules that register tables: this package is imported before the models are loaded.
"""
