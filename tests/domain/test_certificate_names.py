"""The names in certificates as people read them."""

import pytest

from gateway.web.official_words import bearer


@pytest.mark.parametrize(
    ("name", "read"),
    [
        ("Common Name: Phan Thị Thu Hà, Country: VN", "Phan Thị Thu Hà"),
        ("Country: VN, Organization: Phường Bến Trăng, Common Name: Phan Thị Thu Hà", "Phan Thị Thu Hà"),
        (
            "Common Name: Phòng Kinh tế, Hạ tầng và Đô thị; Organizational Unit: UBND, Country: VN",
            "Phòng Kinh tế, Hạ tầng và Đô thị",
        ),
        ("CN=Chủ tịch", "CN=Chủ tịch"),
    ],
)
def test_the_bearer_of_a_certificate_is_named_without_english_terms(name: str, read: str) -> None:
    assert bearer(name) == read
