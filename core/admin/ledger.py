"""What people enter: incomes, bills, goals and transactions."""

from typing import Any

from django.contrib import admin
from django.db.models import Count, QuerySet, Sum
from django.http import HttpRequest, HttpResponse

from core import clock
from core.admin.filters import CurrencyFilter, DeletedFilter, OwnerFilter
from core.admin.forms import ExpenseForm, IncomeForm, SavingsGoalForm, TransactionForm
from core.admin.tables import OwnedAdmin, link_to, may_view, show_money
from core.allowance.queries import find_next_date
from core.models import DailyAllowance, Expense, Income, SavingsGoal, Transaction
from core.models.plan_item import PlanItem

SUMMED_ROWS = 100_000
"""Above this many rows the list shows no sums: they would take seconds."""


class EntryAdmin(OwnedAdmin):
    """An entry of a person. The owner is chosen when the entry is added, and only shown afterwards."""

    entry_fields: tuple[str, ...]
    computed_fields: tuple[str, ...] = ("created_at", "updated_at")

    def get_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """Return the fields that are entered, then the computed ones."""
        if obj is None:
            return ("owner", *self.entry_fields)
        return ("owner_link", *self.entry_fields, *self.get_computed_fields(request))

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """Return the computed fields."""
        return ("owner_link", *self.get_computed_fields(request))

    def get_computed_fields(self, request: HttpRequest) -> tuple[str, ...]:
        """Return the computed fields that the caller may read."""
        return self.computed_fields

    @admin.display(description="amount", ordering="amount")
    def shown_amount(self, row: Any) -> str:
        """Return the amount in its currency's own decimals."""
        return show_money(row.amount, row.currency)


class PlanItemAdmin(EntryAdmin):
    """An income or a bill. One that is marked as deleted can be read and not changed."""

    list_filter = (OwnerFilter, "frequency", "adjust", CurrencyFilter, DeletedFilter)
    search_fields = ("name", "user__username", "user__email")
    computed_fields = (
        *("next_occurrence", "first_date", "added_on", "scheduled_on", "valued_on"),
        *("created_at", "updated_at", "deleted_at"),
    )
    ordering = ("-id",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Return all rows, those that are marked as deleted included."""
        return self.model.including_deleted.order_by(*self.get_ordering(request))

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """Return the computed fields; `days` too where the row can only be read: it is no column."""
        fields = super().get_readonly_fields(request, obj)
        return (*fields, "days") if obj is not None and not self.has_change_permission(request, obj) else fields

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Return whether the caller may change a row; never one that is marked as deleted."""
        return super().has_change_permission(request, obj) and (obj is None or obj.deleted_at is None)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Return whether the caller may delete a row; never one that is marked as deleted."""
        return super().has_delete_permission(request, obj) and (obj is None or obj.deleted_at is None)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        """Delete the chosen rows. Those that are marked as deleted keep the day on which they were."""
        super().delete_queryset(request, queryset.filter(deleted_at__isnull=True))

    @admin.display(description="next date")
    def next_occurrence(self, item: PlanItem) -> Any:
        """Return the first date that counts on or after the owner's today; None for a deleted item."""
        return None if item.deleted_at else find_next_date(item=item, today=clock.today_for(item.user))


@admin.register(Income)
class IncomeAdmin(PlanItemAdmin):
    """Incomes."""

    form = IncomeForm
    entry_fields = (
        *("name", "amount", "currency", "frequency", "next_payment_date"),
        *("days", "start_date", "end_date", "adjust"),
    )
    list_display = ("__str__", "owner_link", "shown_amount", "frequency", "next_occurrence", "added_on")
    date_hierarchy = "next_payment_date"


@admin.register(Expense)
class ExpenseAdmin(PlanItemAdmin):
    """Bills."""

    form = ExpenseForm
    entry_fields = (
        *("name", "amount", "currency", "frequency", "due_date"),
        *("days", "start_date", "end_date", "adjust"),
    )
    list_display = ("name", "owner_link", "shown_amount", "frequency", "next_occurrence", "added_on")
    date_hierarchy = "due_date"


@admin.register(SavingsGoal)
class SavingsGoalAdmin(EntryAdmin):
    """Goals."""

    form = SavingsGoalForm
    entry_fields = ("name", "percentage", "target_amount", "target_date")
    computed_fields = ("added_on", "created_at", "updated_at")
    list_display = ("__str__", "owner_link", "percentage", "shown_target", "target_date", "created_at")
    list_filter = (OwnerFilter, ("target_date", admin.EmptyFieldListFilter))
    search_fields = ("name", "user__username", "user__email")
    date_hierarchy = "created_at"
    ordering = ("-id",)

    @admin.display(description="target", ordering="target_amount")
    def shown_target(self, goal: SavingsGoal) -> str:
        """Return the target in the owner's currency; empty for a percentage."""
        return "" if goal.target_amount is None else show_money(goal.target_amount, goal.user.currency)


@admin.register(Transaction)
class TransactionAdmin(EntryAdmin):
    """Transactions, with the sums of those that are listed."""

    form = TransactionForm
    entry_fields = (
        *("date", "amount", "currency", "kind", "expense", "income", "occurrence"),
        *("category", "description"),
    )
    computed_fields = ("item_link", "shown_base_amount", "day_link", "client_id", "created_at", "updated_at")
    list_display = ("date", "owner_link", "shown_amount", "kind", "category", "description_start")
    list_display_links = ("date", "shown_amount")
    list_filter = (OwnerFilter, "kind", CurrencyFilter)
    list_select_related = ("user", "allowance")
    linked_lookups = ("date__exact",)
    search_fields = ("category", "description", "user__username", "user__email")
    date_hierarchy = "date"
    ordering = ("-date", "-id")
    change_list_template = "admin/core/transaction/change_list.html"

    def get_computed_fields(self, request: HttpRequest) -> tuple[str, ...]:
        """Return the computed fields; what remains of the day only for those who may read days."""
        if may_view(request, DailyAllowance):
            return self.computed_fields
        return tuple(name for name in self.computed_fields if name != "day_link")

    @admin.display(description="item")
    def item_link(self, row: Transaction) -> str:
        """Return a link to the bill that was paid or the income that arrived; empty without one."""
        item = row.expense or row.income
        return "" if item is None else link_to(item)

    @admin.display(description="description")
    def description_start(self, row: Transaction) -> str:
        """Return at most 60 characters of the description."""
        return row.description if len(row.description) <= 60 else f"{row.description[:59]}…"

    @admin.display(description="in the owner's currency")
    def shown_base_amount(self, row: Transaction) -> str:
        """Return the amount in the owner's currency."""
        return show_money(row.base_amount, row.allowance.currency)

    @admin.display(description="day")
    def day_link(self, row: Transaction) -> str:
        """Return a link to the day's row, with what remains of the day."""
        remaining = show_money(row.allowance.remaining_amount, row.allowance.currency)
        return link_to(row.allowance, f"{row.date}, {remaining} remaining")

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Return the list, with the sums of all rows that its filters leave."""
        response = super().changelist_view(request, extra_context)
        context = getattr(response, "context_data", None)
        changelist = context.get("cl") if context else None
        if context is not None and changelist is not None:
            few = changelist.result_count <= SUMMED_ROWS
            context["sums"] = _sum_by_currency(changelist.queryset) if few else None
        return response


def _sum_by_currency(rows: QuerySet[Transaction]) -> list[dict[str, Any]]:
    """Return for each currency what was spent and refunded, with counts."""
    by_currency: dict[str, dict[str, tuple[Any, int]]] = {}
    groups = rows.order_by("currency", "kind").values_list("currency", "kind").annotate(Sum("amount"), Count("pk"))
    for currency, kind, total, count in groups:
        by_currency.setdefault(currency, {})[kind] = (total, count)
    sums = []
    for currency, kinds in by_currency.items():
        spent, spends = kinds.get(Transaction.Kind.SPEND, (0, 0))
        refunded, refunds = kinds.get(Transaction.Kind.REFUND, (0, 0))
        sums.append(
            {
                "spends": spends,
                "spent": show_money(spent, currency),
                "refunds": refunds,
                "refunded": show_money(refunded, currency),
                "net": show_money(spent - refunded, currency),
            }
        )
    return sums
