"""The options kept with the data, the clock's distance, and the hold on the directory."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from copartner.kernel.clock import FixedClock
from copartner_emulator.clock import MovableClock
from copartner_emulator.data_dir import Contradiction, DataDir, Options
from copartner_emulator.hold import Held

NOW = datetime(2026, 3, 5, 10, 30, tzinfo=UTC)
DAY = date(2020, 11, 29)


def made(path: Path, world: str | None, cloud: str | None, clock: date | None) -> Options:
    data = DataDir(path)
    options = data.options(world, cloud, clock, NOW)
    data.keep(options)
    data.release()
    return options


def test_without_options_it_is_the_main_world_in_the_present(tmp_path: Path) -> None:
    assert made(tmp_path, None, None, None) == Options("multi-partner", "commercial", None, timedelta(0))


def test_a_given_date_begins_at_midnight(tmp_path: Path) -> None:
    options = made(tmp_path, None, None, DAY)
    assert NOW + options.offset == datetime(2020, 11, 29, tzinfo=UTC)


def test_options_are_kept_and_need_not_be_given_again(tmp_path: Path) -> None:
    first = made(tmp_path, "multi-partner", "us-government", DAY)
    assert made(tmp_path, None, None, None) == first
    assert made(tmp_path, "multi-partner", "us-government", DAY) == first


@pytest.mark.parametrize(
    ("kept", "given", "said"),
    [
        (("multi-partner", None, None), ("other", None, None), "--world other contradicts the data.* multi-partner"),
        ((None, None, None), (None, "us-government", None), "--cloud us-government contradicts .* commercial"),
        ((None, None, DAY), (None, None, date(2020, 11, 30)), "--clock 2020-11-30 contradicts .* 2020-11-29"),
        ((None, None, None), (None, None, DAY), "--clock 2020-11-29 contradicts .* the present"),
    ],
)
def test_options_that_contradict_the_data_are_refused(
    tmp_path: Path,
    kept: tuple[str | None, str | None, date | None],
    given: tuple[str | None, str | None, date | None],
    said: str,
) -> None:
    first = made(tmp_path, *kept)
    again = DataDir(tmp_path)
    with pytest.raises(Contradiction, match=said):
        again.options(*given, NOW)
    again.release()
    assert made(tmp_path, None, None, None) == first


def test_a_moved_clock_is_remembered(tmp_path: Path) -> None:
    made(tmp_path, None, None, DAY)
    data = DataDir(tmp_path)
    data.keep_offset(timedelta(days=-3))
    data.release()
    assert made(tmp_path, None, None, DAY).offset == timedelta(days=-3)


def test_the_key_stays_the_same_and_is_private(tmp_path: Path) -> None:
    data = DataDir(tmp_path)
    sealed = data.key_file().encrypt(b"secret")
    assert data.key_file().decrypt(sealed) == b"secret"
    assert (tmp_path / "key").stat().st_mode & 0o777 == 0o600
    data.release()


def test_a_directory_is_held_once(tmp_path: Path) -> None:
    data = DataDir(tmp_path)
    with pytest.raises(Held, match="in use by process"):
        DataDir(tmp_path)
    data.release()
    DataDir(tmp_path).release()


def test_a_directory_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(Held, match=r"Cannot use .*file"):
        DataDir(tmp_path / "file")


def test_the_clock_runs_at_its_distance_and_only_moves_forward() -> None:
    machine = FixedClock(NOW)
    clock = MovableClock(machine, timedelta(days=-100))
    machine.moment += timedelta(hours=1)
    assert clock.now() == NOW + timedelta(days=-100, hours=1)
    clock.move_to(NOW)
    machine.moment += timedelta(hours=1)
    assert clock.now() == NOW + timedelta(hours=1)
    with pytest.raises(ValueError, match="only moves forward"):
        clock.move_to(NOW)
