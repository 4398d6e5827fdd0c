"""Deleting the chosen rows of a list, however many."""

from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.actions import delete_selected as ask_or_delete
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy

LISTED_ROWS = 100
"""How many rows the confirmation page lists; of more it gives the number."""


@admin.action(permissions=["delete"], description=gettext_lazy("Delete selected %(verbose_name_plural)s"))
def delete_selected(model_admin: Any, request: HttpRequest, queryset: QuerySet[Any]) -> HttpResponse | None:
    """Show a confirmation page, then delete the chosen rows.

    Where all rows of a list were chosen, the page posts the list's filter and the number of rows, instead of an id
    for each: 1,000 fields are all that a form may have. If the number is another by then, nothing is deleted.
    """
    expected = request.POST.get("expected_count")
    found = str(queryset.count())
    if expected is not None and expected != found:
        message = f"Nothing was deleted: there were {expected} rows, and now there are {found}. Please choose again."
        model_admin.message_user(request, message, messages.ERROR)
        return None
    response: HttpResponse | None = ask_or_delete(model_admin, request, queryset)
    return response


def list_rows(rows: Any) -> list[str]:
    """Return the first rows as text, and how many more there are."""
    if isinstance(rows, QuerySet):
        listed, count = list(rows[:LISTED_ROWS]), rows.count()
    else:
        listed, count = list(rows)[:LISTED_ROWS], len(rows)
    more = [f"… and {count - len(listed)} more"] if count > len(listed) else []
    return [*map(str, listed), *more]
