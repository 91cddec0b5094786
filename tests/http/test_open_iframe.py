from pathlib import Path

import pytest

from domain.figures import Figures
from tests.http.house import PORTAL_KEY, PORTAL_ORIGINS, House, open_house
from tests.http.pages import page_of
from tests.http.talk import IFRAME, JSON, Api, at

pytestmark = pytest.mark.gen_test

TITLES = {"pt-BR": "Relatório trimestral", "en": "Quarterly report"}


async def test_the_page_opens_once(api: Api, house: House) -> None:
    session_id = await api.create(PORTAL_KEY)

    first = await api.open_iframe(session_id)
    second = await api.open_iframe(session_id)

    assert (first.code, second.code) == (200, 401)
    assert page_of(first).title == TITLES["pt-BR"]
    assert TITLES["pt-BR"] not in page_of(second).text
    assert (await house.figures())["portal"] == Figures(used=1, created=1, redeemed=1)


@pytest.mark.parametrize("lang", ["pt-BR", "en"])
async def test_the_sample_page_is_in_the_language_of_its_reader(api: Api, lang: str) -> None:
    session_id = await api.create(PORTAL_KEY)

    response = await api.send("GET", at(IFRAME, session_id), headers={"Accept-Language": lang})

    page = page_of(response)
    assert (response.code, page.lang, page.title) == (200, lang, TITLES[lang])
    assert response.headers["Vary"] == "Accept-Language"


async def test_a_session_that_was_validated_opens_nothing_any_more(api: Api) -> None:
    session_id = await api.create(PORTAL_KEY)
    assert (await api.redeem(session_id)).code == 200

    assert (await api.open_iframe(session_id)).code == 401


async def test_a_session_that_opened_the_page_does_not_validate_any_more(api: Api) -> None:
    session_id = await api.create(PORTAL_KEY)
    assert (await api.open_iframe(session_id)).code == 200

    assert (await api.redeem(session_id)).code == 401


async def test_one_session_opens_nothing_for_another(api: Api) -> None:
    first, second = await api.create(PORTAL_KEY), await api.create(PORTAL_KEY)

    assert (await api.open_iframe(first)).code == 200
    assert (await api.open_iframe(second)).code == 200


async def test_an_expired_session_opens_nothing(api: Api, house: House) -> None:
    session_id = await api.create(PORTAL_KEY, ttl_seconds=1)
    house.clock.time += 1000

    assert (await api.open_iframe(session_id)).code == 401


async def test_an_id_in_a_body_does_not_count(api: Api, house: House) -> None:
    async with house.unchanged(api) as session_id:
        response = await api.send(
            "GET",
            IFRAME,
            headers={"Content-Type": JSON},
            body=f'{{"session_id": "{session_id}"}}',
        )

    assert response.code == 400
    assert page_of(response).code == "session_id_missing"


class TestWithPagesOfTheOperators:
    PAGE = b"<!DOCTYPE html><title>Ours</title><script>inline()</script>"

    @pytest.fixture
    def root(self, tmp_path: Path) -> Path:
        folder = tmp_path / "pages"
        folder.mkdir()
        (folder / "iframe.html").write_bytes(self.PAGE)
        return folder

    @pytest.fixture
    def house(self, root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> House:
        return open_house(tmp_path, monkeypatch, IFRAME_ROOT=str(root))

    async def test_their_page_is_what_opens(self, api: Api) -> None:
        session_id = await api.create(PORTAL_KEY)

        assert (await api.open_iframe(session_id)).body == self.PAGE

    async def test_their_page_may_load_what_it_likes_but_not_be_framed_by_others(
        self, api: Api
    ) -> None:
        session_id = await api.create(PORTAL_KEY)

        headers = (await api.open_iframe(session_id)).headers

        assert headers.get_list("Content-Security-Policy") == [
            f"frame-ancestors {' '.join(PORTAL_ORIGINS)}"
        ]
        assert "X-Frame-Options" not in headers
        assert headers["Cross-Origin-Resource-Policy"] == "cross-origin"
        assert headers["Cache-Control"] == "no-store"

    async def test_a_page_that_went_away_costs_nobody_a_session(self, api: Api, root: Path) -> None:
        session_id = await api.create(PORTAL_KEY)
        (root / "iframe.html").unlink()

        assert (await api.open_iframe(session_id)).body == self.PAGE
