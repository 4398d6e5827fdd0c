"""`python -m bench.crowd COUNT`: this many people more in the database, each with the plan of `load0`."""

import sys


def main() -> None:
    """Make them, mostly by single statements."""
    import django

    django.setup()
    from bench import data
    from core.models import User

    data.make_people(prefix="crowd", count=int(sys.argv[1]), password_hash="!")  # noqa: S106
    data.copy_household(prefix="crowd", like=User.objects.get(username="load0"))
    data.settle()


if __name__ == "__main__":
    main()
