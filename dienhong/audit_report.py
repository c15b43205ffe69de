"""The readable report of an audit: a PDF, and, when the auditor gives a key, a signed note over it."""

from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

from audit.findings import USAGE, Report
from audit.paper import Audit, render_audit
from dienhong.console import Fault, settings
from gateway.typefaces import FONTS
from kernel.paper.typesetting import FontsMissing
from ledger.keys import UnsafeKey, seed
from ledger.note import Algorithm, BadNote, Note, Signature, Signer, signer
from ledger.policy import Policy

NOTE_FORMAT = "dienhong-audit-report/1"


@dataclass(frozen=True)
class OnPaper:
    """`path` None: no report. `key`: the auditor's seed, made when it is not there; its file's name is the key's."""

    path: Path | None = None
    key: Path | None = None
    auditor: str = ""

    def check(self) -> None:
        """Raises `Fault` before hours of work are done for nothing."""
        if self.path is None:
            if self.key is not None:
                raise Fault("--sign-key signs a report: --report says where it is to be.", USAGE)
            return
        for each in (self.path, self.note):
            if each.exists():
                raise Fault(f"{each} is there already.", USAGE)
        self.signer()

    @property
    def note(self) -> Path:
        assert self.path is not None
        return self.path.with_name(f"{self.path.name}.note")

    def signer(self) -> Signer | None:
        if self.key is None:
            return None
        try:
            return signer(self.key.stem, Algorithm.log_ed25519, seed(self.key))
        except (UnsafeKey, BadNote, OSError) as error:
            raise Fault(f"{self.key} cannot sign: {error}.", USAGE) from error


class Drawing:
    """Gathers what a paper tells besides what was found. `source` empty: the data folder."""

    def __init__(self, wanted: OnPaper, source: str = "", kept: int = 0, tree_only: bool = False) -> None:
        self._wanted, self._source, self._kept, self._tree_only = wanted, source, kept, tree_only
        self._began = datetime.now(UTC)
        self._policy: Policy | None = None
        self._own_keys = False

    def believing(self, policy: Policy, own_keys: bool) -> None:
        self._policy, self._own_keys = policy, own_keys

    def draw(self, report: Report) -> None:
        path, who = self._wanted.path, self._wanted.signer()
        if path is None:
            return
        audit = Audit(
            source=self._source or f"thư mục dữ liệu của đơn vị ({settings().deployment})",
            began=self._began,
            ended=datetime.now(UTC),
            policy=self._policy,
            own_keys=self._own_keys,
            kept=self._kept,
            tree_only=self._tree_only,
            auditor=self._wanted.auditor,
            signed_by=str(who.key) if who else "",
            note=self._wanted.note.name,
        )
        try:
            drawn = render_audit(report, audit, FONTS)
        except FontsMissing as error:
            raise Fault("The fonts of the report are missing: `make vendor` fetches them.", USAGE) from error
        path.write_bytes(drawn)
        if who is not None:
            self._wanted.note.write_text(signed(report, drawn, who), encoding="utf-8")


def signed(report: Report, drawn: bytes, who: Signer) -> str:
    """A C2SP note: format, the paper's SHA-256, the verb with its exit code."""
    text = f"{NOTE_FORMAT}\n{sha256(drawn).hexdigest()}\n{report.verb} {report.exit}\n"
    signature = Signature(who.key.name, who.key.key_id, who.private.sign(text.encode()))
    return Note(text, (signature,)).signed
