"""The demo ward: its units, its 51 delegates and its staff. All of them are invented."""

from dataclasses import dataclass
from datetime import date
from uuid import NAMESPACE_DNS, UUID, uuid5

from services.directory.messages import RoleName, Tier, UnitKind

PASSWORD = "thuyen-ve-ben-nuoc"
FOUNDED = date(2025, 7, 1)
ELECTED = date(2026, 3, 15)


def demo_id(name: str) -> UUID:
    return uuid5(NAMESPACE_DNS, f"{name}.demo.dienhong")


@dataclass(frozen=True)
class DemoUnit:
    key: str
    name: str
    short_name: str
    kind: UnitKind
    parent: str | None = None
    tier: Tier = Tier.commune_level
    valid_from: date = FOUNDED
    predecessors: tuple[str, ...] = ()
    dissolved_on: date | None = None


@dataclass(frozen=True)
class DemoPerson:
    login: str
    full_name: str
    position: str
    unit: str
    roles: tuple[tuple[RoleName, str | None], ...] = ()


DISTRICT_END = date(2025, 6, 30)
OLD = date(2021, 6, 1)

UNITS = (
    DemoUnit("old-district", "Ủy ban nhân dân quận Sông Trăng (cũ)", "UBND quận (cũ)", UnitKind.people_committee,
             tier=Tier.district_level, valid_from=OLD, dissolved_on=DISTRICT_END),
    DemoUnit("old-east", "Hội đồng nhân dân phường Bến Đông (cũ)", "HĐND Bến Đông (cũ)", UnitKind.people_council,
             valid_from=OLD, dissolved_on=DISTRICT_END),
    DemoUnit("old-west", "Hội đồng nhân dân phường Bến Tây (cũ)", "HĐND Bến Tây (cũ)", UnitKind.people_council,
             valid_from=OLD, dissolved_on=DISTRICT_END),
    DemoUnit("council", "Hội đồng nhân dân phường Bến Trăng", "HĐND phường", UnitKind.people_council,
             predecessors=("old-east", "old-west")),
    DemoUnit("standing", "Thường trực Hội đồng nhân dân phường Bến Trăng", "Thường trực HĐND",
             UnitKind.council_standing_board, "council"),
    DemoUnit("economy-board", "Ban Kinh tế - Ngân sách", "Ban KTNS", UnitKind.council_committee, "council"),
    DemoUnit("culture-board", "Ban Văn hóa - Xã hội", "Ban VHXH", UnitKind.council_committee, "council"),
    DemoUnit("committee", "Ủy ban nhân dân phường Bến Trăng", "UBND phường", UnitKind.people_committee),
    DemoUnit("office", "Văn phòng HĐND và UBND phường", "Văn phòng", UnitKind.office, "committee"),
    DemoUnit("works", "Phòng Kinh tế, Hạ tầng và Đô thị", "Phòng KTHTĐT", UnitKind.department, "committee"),
    DemoUnit("culture", "Phòng Văn hóa - Xã hội", "Phòng VHXH", UnitKind.department, "committee"),
    DemoUnit("front", "Ủy ban Mặt trận Tổ quốc phường Bến Trăng", "UBMTTQ phường", UnitKind.fatherland_front),
)  # fmt: skip

STAFF = (
    DemoPerson("quantri", "Lâm Quang Hiển", "Quản trị hệ thống", "office", ((RoleName.administrator, None),)),
    DemoPerson("chutoa", "Phan Thị Thu Hà", "Chủ tịch HĐND phường", "council",
               ((RoleName.presiding_officer, "council"), (RoleName.delegate, "council"))),
    DemoPerson("lanhdao", "Vũ Đức Thịnh", "Phó Chủ tịch HĐND phường", "standing",
               ((RoleName.leader, "council"), (RoleName.delegate, "council"))),
    DemoPerson("vanthu", "Đặng Ngọc Mai", "Văn thư, thư ký kỳ họp", "office",
               ((RoleName.records_clerk, "council"), (RoleName.records_clerk, "committee"),
                (RoleName.minute_taker, "council"), (RoleName.officer, "office"))),
    DemoPerson("truongphong", "Trịnh Văn Khải", "Trưởng phòng KTHTĐT", "works",
               ((RoleName.leader, "works"), (RoleName.officer, "works"))),
    DemoPerson("chuyenvien", "Hồ Thị Kim Ngân", "Chuyên viên", "works", ((RoleName.officer, "works"),)),
    DemoPerson("vanhoa", "Đoàn Minh Tuệ", "Trưởng phòng VHXH", "culture",
               ((RoleName.leader, "culture"), (RoleName.officer, "culture"))),
    DemoPerson("mattran", "Nguyễn Hữu Lộc", "Chủ tịch UBMTTQ phường", "front", ((RoleName.guest, "council"),)),
    DemoPerson("kiemtoan", "Cao Xuân Bách", "Kiểm toán viên", "office", ((RoleName.auditor, None),)),
)  # fmt: skip

SURNAMES = (
    "Nguyễn",
    "Trần",
    "Lê",
    "Phạm",
    "Hoàng",
    "Huỳnh",
    "Phan",
    "Vũ",
    "Võ",
    "Đặng",
    "Bùi",
    "Đỗ",
    "Hồ",
    "Ngô",
    "Dương",
    "Lý",
)
GIVEN_NAMES = (
    "Thị Ánh Tuyết", "Văn Bảo", "Quốc Cường", "Thị Diệu Hiền", "Minh Đức", "Thị Hồng Gấm", "Ngọc Hải", "Xuân Hòa",
    "Thị Khánh Linh", "Đình Lợi", "Thị Mỹ Lệ", "Hoài Nam", "Thị Oanh", "Tấn Phát", "Như Quỳnh", "Thanh Sơn",
    "Thị Thùy Trang", "Anh Tuấn", "Thị Út", "Quang Vinh", "Thị Xuân Mai", "Hải Yến", "Trọng Nghĩa", "Bích Phượng",
    "Hữu Tài", "Thị Cẩm Vân", "Công Danh", "Thị Ngọc Diễm", "Thế Hùng", "Thị Kiều Oanh", "Văn Lâm", "Thị Minh Nguyệt",
    "Phước Sang", "Thị Phương Thảo", "Gia Khiêm", "Thị Tố Nga", "Văn Út Em", "Thị Việt Hà", "Bá Tùng", "Thị Yên",
    "Chí Thanh", "Thị Lan Hương", "Đăng Khoa", "Thị Quế Anh", "Nhật Minh", "Thị Sen", "Vĩnh Phúc", "Thị Thanh Bình",
    "Duy Mạnh",
)  # fmt: skip

DELEGATES = tuple(
    DemoPerson(
        f"daibieu{number:02}",
        f"{SURNAMES[(number * 7) % len(SURNAMES)]} {given}",
        "Đại biểu HĐND phường",
        "council",
        ((RoleName.delegate, "council"),),
    )
    for number, given in enumerate(GIVEN_NAMES, start=1)
)

COUNCIL_MEMBERS = (STAFF[1], STAFF[2], *DELEGATES)
"""51 seats, all taken."""
