import pytest

from domain.region import CODES, region_of


@pytest.mark.parametrize("code", ["PT", "BR", "XK", "ZW", "AD"])
def test_a_country_is_its_code(code: str) -> None:
    assert region_of(code) == code


@pytest.mark.parametrize(
    "told",
    [
        *("XX", "T1", "ZZ", "EU", "AP", "A1", "--"),  # words of those who do not know
        *(
            "",
            "pt",
            "Pt",
            " PT",
            "PT ",
            "PT,US",
            "PRT",
            "P",
            "Portugal",
            "\N{LATIN SMALL LETTER SHARP S}",
        ),
        *(None, 0, b"PT", ["PT"], {"iso_code": "PT"}),
    ],
)
def test_whatever_else_is_told_is_no_country(told: object) -> None:
    assert region_of(told) == ""


def test_codes_have_two_capital_letters() -> None:
    assert all(len(code) == 2 and code.isascii() and code.isalpha() for code in CODES)
    assert all(code == code.upper() for code in CODES)
