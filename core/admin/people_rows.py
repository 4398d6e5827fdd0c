"""The rows of a person on that person's page."""

from dataclasses import dataclass
from typing import Any

from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import urlencode

from core.admin.tables import may_view
from core.models import AuditEvent, DailyAllowance, Expense, Income, SavingsGoal, Session, Transaction, User

_LINKED: tuple[type[Model], ...] = (Income, Expense, SavingsGoal, Transaction, DailyAllowance, Session, AuditEvent)


@dataclass(frozen=True, slots=True)
class RowLink:
    """The number of a person's rows in a table, and the addresses of their list and of the page that adds one."""

    label: str
    address: str
    add_address: str | None


def list_row_links(*, request: HttpRequest, user_id: int) -> list[RowLink]:
    """Return a link for each table whose rows the caller may read."""
    links = []
    for model in _LINKED:
        if may_view(request, model):
            options = model._meta
            count = model._default_manager.filter(user_id=user_id).count()
            name = options.verbose_name if count == 1 else options.verbose_name_plural
            pages = f"admin:{options.app_label}_{options.model_name}"
            query = urlencode({"owner": user_id})
            may_add = admin.site.get_model_admin(model).has_add_permission(request)
            links.append(
                RowLink(
                    label=f"{count} {name}",
                    address=f"{reverse(f'{pages}_changelist')}?{query}",
                    add_address=f"{reverse(f'{pages}_add')}?{query}" if may_add else None,
                )
            )
    return links


def count_dependents(*, request: HttpRequest, people: list[User] | QuerySet[User]) -> dict[str, int]:
    """Return how many rows go with these people, by the name of their table.

    Rows of tables that the caller may not read are counted together.
    """
    chosen = people.order_by().values("pk") if isinstance(people, QuerySet) else people
    counts: dict[str, int] = {}
    for relation in User._meta.related_objects:
        model = relation.related_model
        if relation.many_to_many or not isinstance(model, type):
            continue
        count = model._default_manager.filter(**{f"{relation.field.name}__in": chosen}).count()
        name = str(model._meta.verbose_name_plural) if may_view(request, model) else "other rows"
        if count:
            counts[name] = counts.get(name, 0) + count
    return counts


class _RowsInline(admin.TabularInline):
    """Rows that are edited on a page of their own, which this one links to."""

    show_change_link = True
    extra = 0
    max_num = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Return False."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Return False."""
        return False

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Return whether the caller may read the rows."""
        return may_view(request, self.model)


class IncomeInline(_RowsInline):
    """A person's incomes."""

    model = Income
    fields = readonly_fields = ("next_payment_date", "added_on")


class ExpenseInline(_RowsInline):
    """A person's bills."""

    model = Expense
    fields = readonly_fields = ("due_date", "added_on")


class SavingsGoalInline(_RowsInline):
    """A person's goals."""

    model = SavingsGoal
    fields = readonly_fields = ("created_at",)


ROW_INLINES = (IncomeInline, ExpenseInline, SavingsGoalInline)
