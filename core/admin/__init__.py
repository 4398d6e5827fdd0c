"""The pages for staff, at `/admin/`.

Every rule that holds for a person over the API holds for staff here, in the same words: the forms ask the
API's own serializers. What is computed can be read and never edited.
"""

from django.contrib import admin

from core.admin import ledger, people, projections, rates, records

__all__ = ["ledger", "people", "projections", "rates", "records"]

admin.site.site_header = "Allowance, for staff"
admin.site.site_title = "Allowance"
admin.site.index_title = "People and their rows"
