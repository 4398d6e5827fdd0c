"""Where a call comes from, and who may say so."""

import pytest
from django.test import RequestFactory

from core.limits.client_address import get_client_address, get_client_network


def call(forwarded=None, peer="10.0.0.1"):
    headers = {} if forwarded is None else {"HTTP_X_FORWARDED_FOR": forwarded}
    return RequestFactory().get("/", REMOTE_ADDR=peer, **headers)


@pytest.mark.parametrize(
    ("proxies", "forwarded", "address"),
    [
        (0, None, "10.0.0.1"),
        (0, "203.0.113.9", "10.0.0.1"),
        (1, "203.0.113.9", "203.0.113.9"),
        (1, "1.1.1.1, 203.0.113.9", "203.0.113.9"),
        (2, "1.1.1.1, 203.0.113.9, 10.0.0.2", "203.0.113.9"),
        (2, "203.0.113.9", "10.0.0.1"),
        (1, "", "10.0.0.1"),
        (1, "nonsense", "10.0.0.1"),
        (1, "203.0.113.9:4711", "203.0.113.9"),
        (1, "[2001:db8::1]:4711", "2001:db8::1"),
        (1, "::ffff:203.0.113.9", "203.0.113.9"),
    ],
)
def test_only_the_proxies_that_are_trusted_tell_an_address(settings, proxies, forwarded, address):
    settings.TRUSTED_PROXIES = proxies

    assert get_client_address(call(forwarded)) == address


def test_a_call_through_a_socket_file_has_no_address():
    assert get_client_address(call(peer="")) == ""


def test_one_network_of_ipv6_counts_as_one():
    assert get_client_network(call(peer="2001:db8:1:2:3:4:5:6")) == "2001:db8:1:2::/64"
    assert get_client_network(call(peer="192.0.2.7")) == "192.0.2.7"
