"""What a session was told of circulated opinions, in the words of its minutes."""

from kernel.paper.blocks import Block, bullets, paragraph
from services.meeting.paper import words
from services.meeting.record_facts import Record, ReportedOpinion


def opinions_blocks(record: Record) -> list[Block]:
    if not record.opinions:
        return []
    member = words.member(record.body)
    told = paragraph(f"{words.GATHERING[record.kind]} được báo cáo kết quả lấy ý kiến {member} bằng phiếu gửi:")
    return [told, bullets([f"{each.title}: {outcome(each, member)}" for each in record.opinions])]


def outcome(opinion: ReportedOpinion, member: str) -> str:
    """The arithmetic of the result; always with what silence meant."""
    silence = f"{opinion.silent} {member} không trả lời, " + (
        f"được tính là tán thành{f' theo {opinion.silence_basis}' if opinion.silence_basis else ''}"
        if opinion.silence_agrees
        else "không được tính là tán thành"
    )
    chair = " theo phía chủ tọa do hai bên ngang phiếu" if opinion.decided_by_chair else ""
    return (
        f"{opinion.answered}/{opinion.asked} {member} trả lời; {silence}; tính trên {opinion.base_count}, "
        f"cần {opinion.needed}, {opinion.votes_for} tán thành; "
        f"{'thông qua' if opinion.passed else 'không thông qua'}{chair}; "
        f"quy tắc: {opinion.rule} ({opinion.legal_basis})."
    )
