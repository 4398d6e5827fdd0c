"""What people enter: incomes, bills, goals, purchases."""

from typing import Any

from django.contrib import admin
from django.db.models import Count, Sum
from django.http import HttpRequest, HttpResponse

from core import clock
from core.admin.forms import ExpenseForm, IncomeForm, SavingsGoalForm, TransactionForm
from core.admin.tables import CurrencyFilter, OwnedAdmin, OwnerFilter, link_to, show_money
from core.allowance.domain import find_next_occurrence
from core.kernel.frequencies import Frequency
from core.kernel.schedules import Schedule
from core.models import Expense, Income, SavingsGoal, Transaction
from core.models.plan_item import PlanItem

# Above this many rows adding them up would keep the page waiting.
SUMMED_ROWS = 100_000


class EntryAdmin(OwnedAdmin):
    """An entry: its owner is chosen when it is added, and shown afterwards."""

    entry_fields: tuple[str, ...]
    computed_fields: tuple[str, ...] = ("created_at", "updated_at")

    def get_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """What is entered, and below it what is computed."""
        if obj is None:
            return ("owner", *self.entry_fields)
        return ("owner_link", *self.entry_fields, *self.computed_fields)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """What is computed."""
        return ("owner_link", *self.computed_fields)

    @admin.display(description="amount", ordering="amount")
    def shown_amount(self, row: Any) -> str:
        """In the currency's own decimals."""
        return show_money(row.amount, row.currency)


class PlanItemAdmin(EntryAdmin):
    """An income or a bill."""

    list_filter = (OwnerFilter, "frequency", CurrencyFilter)
    search_fields = ("name", "user__username", "user__email")
    computed_fields = ("next_occurrence", "added_on", "scheduled_on", "created_at", "updated_at")
    ordering = ("-id",)

    @admin.display(description="next date")
    def next_occurrence(self, item: PlanItem) -> Any:
        """The first date of its schedule from the owner's today on."""
        return find_next_occurrence(
            schedule=Schedule(anchor=item.anchor, frequency=Frequency(item.frequency)),
            scheduled_on=item.scheduled_on,
            today=clock.today_for(item.user),
        )


@admin.register(Income)
class IncomeAdmin(PlanItemAdmin):
    """Incomes."""

    form = IncomeForm
    entry_fields = ("name", "amount", "currency", "frequency", "next_payment_date")
    list_display = ("__str__", "owner_link", "shown_amount", "frequency", "next_occurrence", "added_on")
    date_hierarchy = "next_payment_date"


@admin.register(Expense)
class ExpenseAdmin(PlanItemAdmin):
    """Bills."""

    form = ExpenseForm
    entry_fields = ("name", "amount", "currency", "frequency", "due_date")
    list_display = ("name", "owner_link", "shown_amount", "frequency", "next_occurrence", "added_on")
    date_hierarchy = "due_date"


@admin.register(SavingsGoal)
class SavingsGoalAdmin(EntryAdmin):
    """Goals."""

    form = SavingsGoalForm
    entry_fields = ("name", "percentage")
    list_display = ("__str__", "owner_link", "percentage", "created_at")
    list_filter = (OwnerFilter,)
    search_fields = ("name", "user__username", "user__email")
    date_hierarchy = "created_at"
    ordering = ("-id",)


@admin.register(Transaction)
class TransactionAdmin(EntryAdmin):
    """Purchases and refunds, with the sums of those that are listed."""

    form = TransactionForm
    entry_fields = ("date", "amount", "currency", "kind", "category", "description")
    computed_fields = ("shown_base_amount", "day_link", "created_at", "updated_at")
    list_display = ("date", "owner_link", "shown_amount", "kind", "category", "description_start")
    list_display_links = ("date", "shown_amount")
    list_filter = (OwnerFilter, "kind", CurrencyFilter)
    list_select_related = ("user", "allowance")
    search_fields = ("category", "description", "user__username", "user__email")
    date_hierarchy = "date"
    ordering = ("-date", "-id")
    change_list_template = "admin/core/transaction/change_list.html"

    @admin.display(description="description")
    def description_start(self, row: Transaction) -> str:
        """As much as a table has room for."""
        return row.description if len(row.description) <= 60 else f"{row.description[:59]}…"

    @admin.display(description="in the owner's currency")
    def shown_base_amount(self, row: Transaction) -> str:
        """As the day counts it."""
        return show_money(row.base_amount, row.allowance.currency)

    @admin.display(description="day")
    def day_link(self, row: Transaction) -> str:
        """The row of its day, and what remains of it."""
        remaining = show_money(row.allowance.remaining_amount, row.allowance.currency)
        return link_to(row.allowance, f"{row.date}, {remaining} remaining")

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """The list, and the sums of all that its filters leave, not of one page."""
        response = super().changelist_view(request, extra_context)
        changelist = getattr(response, "context_data", None) and response.context_data.get("cl")  # type: ignore[attr-defined]
        if changelist:
            small = changelist.result_count <= SUMMED_ROWS
            response.context_data["sums"] = _sum_by_currency(changelist.queryset) if small else None  # type: ignore[attr-defined]
        return response


def _sum_by_currency(rows: Any) -> list[dict[str, Any]]:
    """Of each currency what was spent and what came back, in its own decimals, with counts."""
    by_currency: dict[str, dict[str, tuple[Any, int]]] = {}
    groups = rows.order_by("currency", "kind").values_list("currency", "kind").annotate(Sum("amount"), Count("pk"))
    for currency, kind, total, count in groups:
        by_currency.setdefault(currency, {})[kind] = (total, count)
    sums = []
    for currency, kinds in by_currency.items():
        spent, spends = kinds.get(Transaction.Kind.SPEND, (0, 0))
        returned, refunds = kinds.get(Transaction.Kind.REFUND, (0, 0))
        sums.append(
            {
                "spends": spends,
                "spent": show_money(spent, currency),
                "refunds": refunds,
                "returned": show_money(returned, currency),
                "net": show_money(spent - returned, currency),
            }
        )
    return sums
