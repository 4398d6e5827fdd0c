"""Rows that the product computes. Read-only."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from core.admin.filters import CurrencyFilter, OwnerFilter
from core.admin.tables import OwnedAdmin, ReadOnlyAdmin, link_to_list, may_view, show_money
from core.allowance.domain.day import calculate_status
from core.models import DailyAllowance, IdempotencyKey, Transaction


def show_status(row: DailyAllowance) -> str:
    """Return the status of a day as words."""
    return calculate_status(
        pool=row.pool, remaining=row.remaining_amount, left=row.left, income_counts=row.income_counts
    ).value.replace("_", " ")


class OverspentFilter(admin.SimpleListFilter):
    """Days on which more was spent than the amount."""

    title = "overspent"
    parameter_name = "overspent"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Return both answers."""
        return [("yes", "yes"), ("no", "no")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Return the days whose remaining amount is, or is not, below 0."""
        if self.value() == "yes":
            return queryset.filter(remaining_amount__lt=0)
        return queryset.filter(remaining_amount__gte=0) if self.value() == "no" else queryset


@admin.register(DailyAllowance)
class DailyAllowanceAdmin(ReadOnlyAdmin, OwnedAdmin):
    """The rows of days."""

    list_display = ("date", "owner_link", "shown_amount", "shown_spent", "shown_remaining", "shown_pool", "status")
    list_filter = (OwnerFilter, OverspentFilter, CurrencyFilter, "income_counts")
    search_fields = ("user__username", "user__email")
    date_hierarchy = "date"
    ordering = ("-date", "-id")
    fields = (
        "owner_link",
        "date",
        "shown_amount",
        "shown_spent",
        "shown_remaining",
        "status",
        "shown_pool",
        "shown_spent_before",
        "shown_tomorrow",
        "period_start",
        "period_end",
        "income_counts",
        "transactions",
        "created_at",
        "updated_at",
    )
    readonly_fields = fields

    def get_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """Return the fields; the number of transactions only for those who may read them."""
        return tuple(name for name in self.fields if name != "transactions" or may_view(request, Transaction))

    @admin.display(description="amount", ordering="amount")
    def shown_amount(self, row: DailyAllowance) -> str:
        """Return the amount of the day."""
        return show_money(row.amount, row.currency)

    @admin.display(description="remaining", ordering="remaining_amount")
    def shown_remaining(self, row: DailyAllowance) -> str:
        """Return the amount less what was spent."""
        return show_money(row.remaining_amount, row.currency)

    @admin.display(description="spent")
    def shown_spent(self, row: DailyAllowance) -> str:
        """Return spends less refunds."""
        return show_money(row.amount - row.remaining_amount, row.currency)

    @admin.display(description="pool", ordering="pool")
    def shown_pool(self, row: DailyAllowance) -> str:
        """Return the pool of the pay period."""
        return show_money(row.pool, row.currency)

    @admin.display(description="spent before, in the pay period")
    def shown_spent_before(self, row: DailyAllowance) -> str:
        """Return spends less refunds of the pay period before this day."""
        return show_money(row.spent_before, row.currency)

    @admin.display(description="tomorrow, if nothing more is spent")
    def shown_tomorrow(self, row: DailyAllowance) -> str:
        """Return tomorrow's amount as it was computed on the day."""
        return show_money(row.tomorrow, row.currency)

    @admin.display(description="status")
    def status(self, row: DailyAllowance) -> str:
        """Return the status as words."""
        return show_status(row)

    @admin.display(description="transactions")
    def transactions(self, row: DailyAllowance) -> str:
        """Return their number, linked to their list."""
        return link_to_list(Transaction, str(row.transactions.count()), owner=row.user_id, date__exact=row.date)


@admin.register(IdempotencyKey)
class IdempotencyKeyAdmin(ReadOnlyAdmin, OwnedAdmin):
    """The answers that are kept for requests that come again. Their bodies are not shown: they hold rows of people."""

    list_display = ("key", "owner_link", "status", "created_at")
    list_filter = (OwnerFilter, "status")
    search_fields = ("key", "user__username", "user__email")
    date_hierarchy = "created_at"
    ordering = ("-created_at",)
    fields = ("owner_link", "key", "status", "created_at")
    readonly_fields = fields
