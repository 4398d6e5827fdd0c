"""The floor: the least that could do the job, behind the authentication of `bench.authentication`.

Two hand-written statements store a purchase and update its day; one reads the day. Nothing is checked, locked,
audited, explained or kept for a retry.
"""

from datetime import date

from django.db import connection
from django.db import transaction as db_transaction
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from bench.authentication import FloorAuthentication


class FloorTransaction(APIView):
    """Store a purchase with two statements."""

    authentication_classes = (FloorAuthentication,)
    throttle_classes = ()

    def post(self, request: Request) -> Response:
        """Store `{"amount": "12.50"}`."""
        amount = int(request.data["amount"].replace(".", "")) * 10
        today = date.today().isoformat()
        with db_transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO core_transaction (user_id, allowance_id, date, amount, currency, base_amount, kind,"
                " category, description, created_at, updated_at)"
                " SELECT user_id, id, date, %s, currency, %s, 'spend', 'food', '', CURRENT_TIMESTAMP, CURRENT_TIMESTAMP"
                " FROM core_dailyallowance WHERE user_id = %s AND date = %s RETURNING id",
                [amount, amount, request.user.pk, today],
            )
            transaction_id = cursor.fetchone()[0]
            cursor.execute(
                "UPDATE core_dailyallowance SET remaining_amount = remaining_amount - %s"
                " WHERE user_id = %s AND date = %s RETURNING remaining_amount",
                [amount, request.user.pk, today],
            )
            remaining = cursor.fetchone()[0]
        return Response({"id": transaction_id, "remaining_amount": f"{remaining / 1000:.2f}"}, status=201)


class FloorToday(APIView):
    """Read the day's row with one statement."""

    authentication_classes = (FloorAuthentication,)
    throttle_classes = ()

    def get(self, request: Request) -> Response:
        """Return the columns as they are stored."""
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT id, amount, remaining_amount FROM core_dailyallowance WHERE user_id = %s AND date = %s",
                [request.user.pk, date.today().isoformat()],
            )
            row_id, amount, remaining = cursor.fetchone()
        return Response({"id": row_id, "amount": f"{amount / 1000:.2f}", "remaining": f"{remaining / 1000:.2f}"})
