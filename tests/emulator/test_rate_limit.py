"""The emulator limits nobody, unless it was started to."""

from support.running import temporary_place
from support.up import emulator


def test_a_limit_is_asked_for_at_the_start() -> None:
    with temporary_place() as place:
        with emulator(place) as free:
            partner = free.application("nordlicht")
            assert [partner.call("GET", "/v1/customers").status_code for _ in range(5)] == [200] * 5
        with emulator(place, "--rate-limit", "3") as limited:
            partner = limited.application("nordlicht")
            answers = [partner.call("GET", "/v1/customers") for _ in range(4)]
            assert [one.status_code for one in answers] == [200, 200, 200, 429]
            assert answers[-1].json()["statusCode"] == 429
