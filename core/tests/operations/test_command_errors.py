"""What an operator gets wrong on the command line is answered in one line, without a traceback."""

from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from core.models import User

TAKEN = "An account with this email exists."


@pytest.fixture(autouse=True)
def data_dir(settings, tmp_path, alice):
    settings.DATA_DIR = tmp_path
    return tmp_path


def refusal_of(command: str, *arguments: str, **options: object) -> str:
    with pytest.raises(CommandError) as raised:
        call_command(command, *arguments, **options)
    return str(raised.value)


def create_superuser(username: str, email: str) -> None:
    call_command("createsuperuser", interactive=False, username=username, email=email, verbosity=0)


@pytest.mark.parametrize(
    ("username", "email", "message"),
    [
        ("root", "ALICE@example.org", TAKEN),
        ("Alice", "root@example.org", "Error: That username is already taken."),
        ("alice@example.org", "root@example.org", "A username with an @ must be your own e-mail address."),
        ("two words", "root@example.org", "Enter a valid username."),
    ],
)
def test_a_superuser_whose_names_cannot_be_is_refused(username, email, message):
    said = refusal_of("createsuperuser", interactive=False, username=username, email=email)

    assert said.startswith(message)
    assert "\n" not in said
    assert not User.objects.filter(is_superuser=True).exists()


def test_a_superuser_can_be_made_at_the_command_line():
    create_superuser("root", "root@example.org")

    root = User.objects.get(username="root")
    assert (root.email, root.is_staff, root.is_superuser) == ("root@example.org", True, True)


@pytest.mark.parametrize(
    ("username", "message"),
    [
        ("two words", "Enter a valid username."),
        ("", "This field cannot be blank."),
        ("x" * 151, "Ensure this value has at most 150 characters (it has 151)."),
    ],
)
def test_a_demo_household_whose_name_cannot_be_is_refused(data_dir, username, message):
    said = refusal_of("seed_demo", username=username, verbosity=0)

    assert said.startswith(message)
    assert list(User.objects.values_list("username", flat=True)) == ["alice"]
    assert list(data_dir.iterdir()) == []


def test_a_demo_household_whose_address_is_taken_is_refused():
    User.objects.filter(username="alice").update(email="demo@example.org", email_key="demo@example.org")

    assert refusal_of("seed_demo", verbosity=0) == TAKEN


def test_a_demo_household_can_be_named_by_an_address(capsys):
    call_command("seed_demo", username="x@y.example", staff=True, verbosity=0)

    accounts = dict(User.objects.exclude(username="alice").values_list("username", "email"))
    assert accounts == {"x@y.example": "x@y.example", "x-staff": "x-staff@example.org"}


@pytest.mark.parametrize(("command", "name"), [("backup", "copy.sqlite3"), ("export_document", "swagger.json")])
def test_a_file_in_a_folder_that_does_not_exist_is_refused(data_dir, command, name):
    path = data_dir / "missing" / name

    said = refusal_of(command, str(path))

    assert said.startswith(str(path))
    assert said.endswith("cannot be written: No such file or directory.")


def test_a_backup_onto_a_folder_is_refused(data_dir):
    assert refusal_of("backup", str(data_dir)) == f"{data_dir} exists; a copy never replaces another."


def test_a_folder_is_no_copy_to_restore(data_dir):
    assert refusal_of("restore", str(Path(data_dir))) == f"There is no {data_dir}."
