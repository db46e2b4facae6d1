"""The server's keys: made once by whoever comes first, gone for everybody when destroyed."""

import json
import stat
import subprocess
import sys
from pathlib import Path
from subprocess import PIPE
from typing import Final

import pytest

from campaign_app.core import keyring
from campaign_app.core.keyring import BadKeyName, DamagedKey, Keyring

PETITION: Final = "0191f0c2-0000-4000-8000-000000000001"
HOUR: Final = "2026112210"
# Each racer is a process of its own that loads this one module and waits for the start.
RACER: Final = """
import json, runpy, sys
ring = runpy.run_path(sys.argv[1])["Keyring"](__import__("pathlib").Path(sys.argv[2]))
print("ready", flush=True)
sys.stdin.readline()
"""


@pytest.fixture
def ring(tmp_path: Path) -> Keyring:
    return Keyring(tmp_path / "keys")


def race(ring: Keyring, *works: str) -> list[list[str | None]]:
    """Run pieces of work in as many processes, all begun at one moment; tell what each found."""
    place = [keyring.__file__, str(ring.key_dir)]
    racers = [
        subprocess.Popen([sys.executable, "-c", RACER + work, *place], stdin=PIPE, stdout=PIPE)
        for work in works
    ]
    for racer in racers:
        assert racer.stdout
        assert racer.stdout.readline() == b"ready\n"
    for racer in racers:
        assert racer.stdin
        racer.stdin.write(b"go\n")
        racer.stdin.flush()
    return [json.loads(racer.communicate(timeout=60)[0]) for racer in racers]


def test_a_petition_has_no_key_until_one_is_made(ring: Keyring) -> None:
    assert ring.index_key(PETITION) is None
    made = ring.create_index_key(PETITION)
    assert len(made) == 32
    assert ring.index_key(PETITION) == made


def test_making_a_key_again_keeps_the_first(ring: Keyring) -> None:
    assert ring.create_index_key(PETITION) == ring.create_index_key(PETITION)


def test_another_process_sees_a_destruction_at_once(ring: Keyring) -> None:
    made, elsewhere = ring.create_index_key(PETITION), Keyring(ring.key_dir)
    assert elsewhere.index_key(PETITION) == made
    assert ring.destroy_index_key(PETITION)
    assert elsewhere.index_key(PETITION) is None


def test_a_key_can_be_destroyed_twice(ring: Keyring) -> None:
    ring.create_index_key(PETITION)
    assert [ring.destroy_index_key(PETITION) for _ in range(2)] == [True, False]


def test_a_key_that_never_was_can_be_destroyed(ring: Keyring) -> None:
    assert not ring.destroy_hour_key(HOUR)


def test_a_key_is_overwritten_before_it_is_removed(ring: Keyring, tmp_path: Path) -> None:
    ring.hour_key(HOUR)
    kept = tmp_path / "kept"
    kept.hardlink_to(ring.key_dir / "hours" / f"{HOUR}.key")
    ring.destroy_hour_key(HOUR)
    assert kept.read_bytes() == bytes(32)
    assert list((ring.key_dir / "hours").iterdir()) == []


def test_what_a_crash_left_half_destroyed_is_finished_next_time(ring: Keyring) -> None:
    ring.create_index_key(PETITION)
    folder = ring.key_dir / "index"
    (folder / f"{PETITION}.key").rename(folder / f".{PETITION}.key.0123.gone")
    assert ring.index_key(PETITION) is None
    ring.destroy_index_key(PETITION)
    assert list(folder.iterdir()) == []


def test_an_hour_has_one_key_and_only_when_used(ring: Keyring) -> None:
    assert ring.existing_hour_key(HOUR) is None
    assert ring.hours() == []
    made = ring.hour_key(HOUR)
    assert ring.hour_key(HOUR) == ring.existing_hour_key(HOUR) == made
    assert ring.hour_key("2026112211") != made


def test_hours_are_listed_oldest_first(ring: Keyring) -> None:
    for hour in ("2026112211", "2025123123", "2026112210"):
        ring.hour_key(hour)
    (ring.key_dir / "hours" / "notes.key").write_text("not ours")
    assert ring.hours() == ["2025123123", "2026112210", "2026112211"]


def test_only_the_owner_can_read_keys(ring: Keyring) -> None:
    ring.hour_key(HOUR)
    ring.create_index_key(PETITION)
    modes = {stat.S_IMODE(path.stat().st_mode): path.is_dir() for path in ring.key_dir.rglob("*")}
    assert modes == {0o700: True, 0o600: False}
    assert stat.S_IMODE(ring.key_dir.stat().st_mode) == 0o700


@pytest.mark.parametrize(
    "uid", ["", "..", "a/b", "a\\b", ".hidden", "a.key", "a\0", "a\n", "ä", "x" * 65]
)
def test_a_petition_cannot_lead_out_of_the_directory(ring: Keyring, uid: str) -> None:
    for deed in (ring.index_key, ring.create_index_key, ring.destroy_index_key):
        with pytest.raises(BadKeyName):
            deed(uid)


@pytest.mark.parametrize(
    "hour",
    ["", "2026", "2026112224", "2026132210", "2026113210", "../../etc", "２０２６１１２２１０"],
)
def test_an_hour_that_is_none_is_refused(ring: Keyring, hour: str) -> None:
    for deed in (ring.hour_key, ring.existing_hour_key, ring.destroy_hour_key):
        with pytest.raises(BadKeyName):
            deed(hour)


def test_a_damaged_key_is_noticed_and_not_replaced(ring: Keyring) -> None:
    ring.create_index_key(PETITION)
    path = ring.key_dir / "index" / f"{PETITION}.key"
    path.write_bytes(b"short")
    for deed in (ring.index_key, ring.create_index_key):
        with pytest.raises(DamagedKey):
            deed(PETITION)
    assert path.read_bytes() == b"short"


def test_a_key_that_is_a_link_to_elsewhere_is_not_followed(ring: Keyring, tmp_path: Path) -> None:
    ring.hour_key(HOUR)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.write_bytes(b"e" * 32)
    (ring.key_dir / "hours" / "2026112211.key").symlink_to(elsewhere)
    with pytest.raises(OSError, match="symbolic"):
        ring.existing_hour_key("2026112211")


def test_the_same_mailbox_is_blinded_alike_within_a_petition_only(ring: Keyring) -> None:
    for uid in ("one", "two"):
        ring.create_index_key(uid)
    first = ring.blind_index("one", "mina@example.org")
    assert first is not None
    assert len(first) == 32
    assert ring.blind_index("one", "mina@example.org") == first
    assert ring.blind_index("one", "bora@example.org") != first
    assert ring.blind_index("two", "mina@example.org") != first


def test_nothing_is_blinded_once_the_key_is_destroyed(ring: Keyring) -> None:
    ring.create_index_key(PETITION)
    ring.destroy_index_key(PETITION)
    assert ring.blind_index(PETITION, "mina@example.org") is None


def test_processes_that_race_for_an_hour_get_one_key(ring: Keyring) -> None:
    hours = [f"20261122{hour:02}" for hour in range(24)]
    found = race(ring, *[f"print(json.dumps([ring.hour_key(h).hex() for h in {hours}]))"] * 8)
    assert found == [[ring.hour_key(hour).hex() for hour in hours]] * 8
    assert ring.hours() == hours
    assert [path for path in (ring.key_dir / "hours").iterdir() if path.name.startswith(".")] == []


def test_a_key_destroyed_while_others_read_it_is_whole_or_gone(ring: Keyring) -> None:
    destroying = """
for _ in range(200):
    ring.create_index_key("petition")
    ring.destroy_index_key("petition")
print("[]")
"""
    reading = """
keys = {ring.index_key("petition") for _ in range(5000)}
print(json.dumps([key and key.hex() for key in keys]))
"""
    read = {key for found in race(ring, destroying, reading, reading) for key in found}
    assert bytes(32).hex() not in read
    assert all(key is None or len(key) == 64 for key in read)
    assert list((ring.key_dir / "index").iterdir()) == []
