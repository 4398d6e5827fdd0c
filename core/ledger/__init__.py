"""What people enter: incomes, bills, savings goals, and what they bought."""
