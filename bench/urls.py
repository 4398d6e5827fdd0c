"""The product's routes, and the yardsticks'."""

from django.urls import include, path

from bench.floor import FloorToday, FloorTransaction
from bench.naive.views import NaiveTransaction

urlpatterns = [
    path("floor/transaction/", FloorTransaction.as_view()),
    path("floor/today/", FloorToday.as_view()),
    path("naive/transaction/", NaiveTransaction.as_view()),
    path("", include("core.urls")),
]
