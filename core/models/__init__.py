"""The tables. One file each: fields, constraints, indexes, querysets. No calculations."""

from core.models.audit_event import AuditEvent
from core.models.client_id import ClientId
from core.models.daily_allowance import DailyAllowance
from core.models.exchange_rate import ExchangeRate
from core.models.expense import Expense
from core.models.idempotency_key import IdempotencyKey
from core.models.income import Income
from core.models.job_run import JobRun
from core.models.occurrence_patch import OccurrencePatch
from core.models.outgoing_mail import MailKind, OutgoingMail
from core.models.pay_period import PayPeriod
from core.models.proven_address import ProvenAddress
from core.models.reconciliation import Reconciliation
from core.models.savings_goal import SavingsGoal
from core.models.second_factor import BackupCode, SecondFactor
from core.models.sent_link import SentLink
from core.models.session import Session
from core.models.throttle_counter import ThrottleCounter
from core.models.transaction import Transaction
from core.models.user import User

__all__ = [
    "AuditEvent",
    "BackupCode",
    "ClientId",
    "DailyAllowance",
    "ExchangeRate",
    "Expense",
    "IdempotencyKey",
    "Income",
    "MailKind",
    "OccurrencePatch",
    "OutgoingMail",
    "PayPeriod",
    "Reconciliation",
    "JobRun",
    "ProvenAddress",
    "SavingsGoal",
    "SecondFactor",
    "SentLink",
    "Session",
    "ThrottleCounter",
    "Transaction",
    "User",
]
