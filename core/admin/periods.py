"""Closed pay periods, and what was stated and said for the figure. Read-only.

What was stated may be deleted.
"""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from core.admin.filters import CurrencyFilter, OwnerFilter
from core.admin.tables import OwnedAdmin, ReadOnlyAdmin, link_to, may_view, show_money
from core.models import ClientId, Expense, Income, OccurrencePatch, PayPeriod, Reconciliation, SavingsGoal


@admin.register(PayPeriod)
class PayPeriodAdmin(ReadOnlyAdmin, OwnedAdmin):
    """Pay periods that are over."""

    list_display = ("start", "end", "owner_link", "shown_pool", "shown_spent", "shown_left", "shown_due")
    list_filter = (OwnerFilter, CurrencyFilter, "carries", "repays")
    search_fields = ("user__username", "user__email")
    date_hierarchy = "start"
    ordering = ("-start", "-id")
    fields = (
        *("owner_link", "start", "end", "savings_percent", "carries", "repays"),
        *("shown_own_pool", "shown_carried", "shown_repaid", "shown_pool", "shown_spent", "shown_left", "shown_due"),
        *("reconciliation_link", "lines", "created_at", "updated_at"),
    )
    readonly_fields = fields

    def get_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """Return the fields; the lines only for those who may read what they come from."""
        may_read = all(may_view(request, model) for model in (Income, Expense, SavingsGoal))
        return tuple(name for name in self.fields if name != "lines" or may_read)

    @admin.display(description="own pool")
    def shown_own_pool(self, row: PayPeriod) -> str:
        """Return the own pool with its currency."""
        return show_money(row.own_pool, row.currency)

    @admin.display(description="carried")
    def shown_carried(self, row: PayPeriod) -> str:
        """Return what was carried with its currency."""
        return show_money(row.carried, row.currency)

    @admin.display(description="repaid")
    def shown_repaid(self, row: PayPeriod) -> str:
        """Return what was repaid with its currency."""
        return show_money(row.repaid, row.currency)

    @admin.display(description="pool", ordering="pool")
    def shown_pool(self, row: PayPeriod) -> str:
        """Return the pool with its currency."""
        return show_money(row.pool, row.currency)

    @admin.display(description="spent", ordering="spent")
    def shown_spent(self, row: PayPeriod) -> str:
        """Return the net spending with its currency."""
        return show_money(row.spent, row.currency)

    @admin.display(description="left", ordering="left")
    def shown_left(self, row: PayPeriod) -> str:
        """Return what was left with its currency."""
        return show_money(row.left, row.currency)

    @admin.display(description="due", ordering="due")
    def shown_due(self, row: PayPeriod) -> str:
        """Return what was still owed with its currency."""
        return show_money(row.due, row.currency)

    @admin.display(description="reconciliation")
    def reconciliation_link(self, row: PayPeriod) -> str:
        """Return a link to the reconciliation that counted, if one did."""
        return link_to(row.reconciliation) if row.reconciliation else ""


@admin.register(Reconciliation)
class ReconciliationAdmin(ReadOnlyAdmin, OwnedAdmin):
    """What people stated to have. Read only; deleting one makes the one before it count."""

    list_display = ("date", "owner_link", "shown_amount", "covers", "shown_difference", "note")
    list_filter = (OwnerFilter, CurrencyFilter, "covers")
    search_fields = ("note", "user__username", "user__email")
    date_hierarchy = "date"
    ordering = ("-date", "-id")
    fields = (
        *("owner_link", "date", "shown_amount", "covers", "not_yet", "note", "shown_difference"),
        *("period_start", "period_end", "shown_own_pool", "last_transaction_id", "created_at", "updated_at"),
    )
    readonly_fields = fields

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Return whether the caller may delete rows."""
        return super(ReadOnlyAdmin, self).has_delete_permission(request, obj)

    @admin.display(description="amount", ordering="amount")
    def shown_amount(self, row: Reconciliation) -> str:
        """Return the stated amount with its currency."""
        return show_money(row.amount, row.currency)

    @admin.display(description="difference")
    def shown_difference(self, row: Reconciliation) -> str:
        """Return by how much it changed what was left, with its currency."""
        return show_money(row.difference, row.currency)

    @admin.display(description="own pool then")
    def shown_own_pool(self, row: Reconciliation) -> str:
        """Return the own pool of its moment with its currency."""
        return show_money(row.own_pool, row.currency)


@admin.register(OccurrencePatch)
class OccurrencePatchAdmin(ReadOnlyAdmin, OwnedAdmin):
    """What was said beforehand of single dates."""

    list_display = ("date", "owner_link", "item_link", "shown_amount", "said_on")
    list_filter = (OwnerFilter,)
    list_select_related = ("user", "income", "expense")
    search_fields = ("income__name", "expense__name", "user__username", "user__email")
    date_hierarchy = "date"
    ordering = ("-date", "-id")
    fields = ("owner_link", "item_link", "date", "shown_amount", "said_on", "created_at", "updated_at")
    readonly_fields = fields

    @admin.display(description="item")
    def item_link(self, row: OccurrencePatch) -> str:
        """Return a link to the income or the bill."""
        return link_to(row.item, row.item.name)

    @admin.display(description="amount")
    def shown_amount(self, row: OccurrencePatch) -> str:
        """Return the amount with the item's currency, or that the date is skipped."""
        return "skipped" if row.amount is None else show_money(row.amount, row.item.currency)


@admin.register(ClientId)
class ClientIdAdmin(ReadOnlyAdmin, OwnedAdmin):
    """The ids that clients gave to transactions."""

    list_display = ("client_id", "owner_link", "transaction_link")
    list_filter = (OwnerFilter,)
    list_select_related = ("user", "transaction")
    search_fields = ("user__username", "user__email")
    ordering = ("-id",)
    fields = ("owner_link", "client_id", "transaction_link")
    readonly_fields = fields

    @admin.display(description="transaction")
    def transaction_link(self, row: ClientId) -> Any:
        """Return a link to the transaction; empty where it was deleted."""
        return link_to(row.transaction) if row.transaction else ""
