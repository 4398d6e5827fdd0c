"""Where a call comes from."""

from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

from django.conf import settings
from django.http import HttpRequest

# One household or one rented server holds at least this much of IPv6, and may use another address a call.
_IPV6_PREFIX = 64


@lru_cache(maxsize=4096)
def _parse(text: str) -> IPv4Address | IPv6Address | None:
    """The address, without a port or brackets; None where the text is none."""
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
    # Each proxy appends whom it heard from, so what the outermost trusted one saw is that many from the
    # right; everything further left is what the client said. Fewer entries than proxies: the call went
    # around them.
    forwarded = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")
    if len(forwarded) < proxies:
        return peer
    return _parse(forwarded[-proxies]) or peer


def get_client_address(request: HttpRequest) -> str:
    """The client's address as text, as far as it can be trusted; empty where there is none (a socket file)."""
    address = _find_address(request)
    return "" if address is None else _write(address)


@lru_cache(maxsize=4096)
def _write(address: IPv4Address | IPv6Address) -> str:
    return str(address)


def get_client_network(request: HttpRequest) -> str:
    """What limits count: an IPv4 address, or the /64 network that an IPv6 address lies in."""
    address = _find_address(request)
    if isinstance(address, IPv6Address):
        return str(IPv6Network((address, _IPV6_PREFIX), strict=False))
    return "" if address is None else str(address)
