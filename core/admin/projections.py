"""What the product computes and keeps: to be read by staff, to be edited by nobody."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from core.admin.tables import CurrencyFilter, OwnedAdmin, OwnerFilter, ReadOnlyAdmin, link_to_list, show_money
from core.allowance.domain import calculate_status
from core.models import DailyAllowance, IdempotencyKey, Transaction


def show_status(row: DailyAllowance) -> str:
    """The day in one word."""
    return calculate_status(
        pool=row.pool, remaining_amount=row.remaining_amount, income_counts=row.income_counts
    ).value.replace("_", " ")


class OverspentFilter(admin.SimpleListFilter):
    """Days on which more was spent than was allowed."""

    title = "overspent"
    parameter_name = "overspent"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Either way."""
        return [("yes", "yes"), ("no", "no")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """By the sign of what remains."""
        if self.value() == "yes":
            return queryset.filter(remaining_amount__lt=0)
        return queryset.filter(remaining_amount__gte=0) if self.value() == "no" else queryset


@admin.register(DailyAllowance)
class DailyAllowanceAdmin(ReadOnlyAdmin, OwnedAdmin):
    """The figure of each day."""

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
        "purchases",
        "created_at",
        "updated_at",
    )
    readonly_fields = fields

    @admin.display(description="amount", ordering="amount")
    def shown_amount(self, row: DailyAllowance) -> str:
        """What the day allowed."""
        return show_money(row.amount, row.currency)

    @admin.display(description="remaining", ordering="remaining_amount")
    def shown_remaining(self, row: DailyAllowance) -> str:
        """What is left of it."""
        return show_money(row.remaining_amount, row.currency)

    @admin.display(description="spent")
    def shown_spent(self, row: DailyAllowance) -> str:
        """Spends less refunds."""
        return show_money(row.amount - row.remaining_amount, row.currency)

    @admin.display(description="pool", ordering="pool")
    def shown_pool(self, row: DailyAllowance) -> str:
        """Of the pay period."""
        return show_money(row.pool, row.currency)

    @admin.display(description="spent before, in the pay period")
    def shown_spent_before(self, row: DailyAllowance) -> str:
        """Net."""
        return show_money(row.spent_before, row.currency)

    @admin.display(description="tomorrow, if nothing more is spent")
    def shown_tomorrow(self, row: DailyAllowance) -> str:
        """As it was known on the day."""
        return show_money(row.tomorrow, row.currency)

    @admin.display(description="status")
    def status(self, row: DailyAllowance) -> str:
        """In one word."""
        return show_status(row)

    @admin.display(description="purchases and refunds")
    def purchases(self, row: DailyAllowance) -> str:
        """Those of the day."""
        return link_to_list(Transaction, str(row.transactions.count()), owner=row.user_id, date__exact=row.date)


@admin.register(IdempotencyKey)
class IdempotencyKeyAdmin(ReadOnlyAdmin, OwnedAdmin):
    """The answers that are kept for clients that ask twice."""

    list_display = ("key", "owner_link", "status", "created_at")
    list_filter = (OwnerFilter, "status")
    search_fields = ("key", "user__username", "user__email")
    date_hierarchy = "created_at"
    ordering = ("-created_at",)
    fields = ("owner_link", "key", "status", "body", "fingerprint", "created_at")
    readonly_fields = fields
