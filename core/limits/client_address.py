"""The client's address, also behind proxies."""

from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

from django.conf import settings
from django.http import HttpRequest

# A household or a rented server has at least such a network, and may use another of its addresses for each call.
_IPV6_PREFIX = 64


def _parse(text: str) -> IPv4Address | IPv6Address | None:
    """Return the address without port and brackets; None for text that is no address."""
    text = text.strip()
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        address = ip_address(text)
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address


def _find_address(request: HttpRequest) -> IPv4Address | IPv6Address | None:
    peer = _parse(request.META.get("REMOTE_ADDR", ""))
    proxies: int = settings.TRUSTED_PROXIES
    if not proxies:
        return peer
    # Each proxy appends the address of its peer: the entry of the outermost trusted proxy is the Nth from the right.
    # Entries further left are the client's claims. Fewer entries than proxies: the request bypassed them.
    forwarded = request.headers.get("X-Forwarded-For", "").split(",")
    if len(forwarded) < proxies:
        return peer
    return _parse(forwarded[-proxies]) or peer


def get_client_address(request: HttpRequest) -> str:
    """Return the client's address, as far as it can be trusted; empty for a connection over a socket file."""
    address = _find_address(request)
    return "" if address is None else str(address)


def get_client_network(request: HttpRequest) -> str:
    """Return what limits count by: an IPv4 address, or the /64 network of an IPv6 address."""
    address = _find_address(request)
    if isinstance(address, IPv6Address):
        return str(IPv6Network((address, _IPV6_PREFIX), strict=False))
    return "" if address is None else str(address)
