"""The first worked example, over the API."""


def test_an_income_a_bill_and_a_goal_make_a_figure(api):
    api.post("/api/income/", {"amount": "3000", "frequency": "monthly", "next_payment_date": "2026-12-01"})
    api.post("/api/expense/", {"name": "rent", "amount": "1000", "frequency": "monthly", "due_date": "2026-12-05"})
    api.post("/api/savings-goal/", {"percentage": "10"})

    answer = api.get("/api/allowance/today/").json()

    assert answer["amount"] == "188.88"
    assert answer["remaining_amount"] == "188.88"
    assert answer["period"] == {"start": "2026-11-01", "end": "2026-12-01", "days": 30, "days_left": 9}
    assert answer["status"] == "ok"


def test_spending_lowers_what_remains_but_not_the_allowance(api):
    api.post("/api/income/", {"amount": "900", "frequency": "monthly", "next_payment_date": "2026-12-01"})

    bought = api.post("/api/transaction/", {"amount": "40"}).json()
    answer = api.get("/api/allowance/today/").json()

    assert bought["remaining_amount"] == "60.00"
    assert (answer["amount"], answer["remaining_amount"], answer["spent"]) == ("100.00", "60.00", "40.00")
