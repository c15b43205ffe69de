"""The only place that reads the environment. Every variable is listed in docs/operations.md."""

import os
import re
from pathlib import Path
from typing import Any, Literal

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

PREFIX = "DIENHONG_"
SECRET = ("store_url", "bus_url", "bus_admin_url", "blobs_url", "identity_url")
"""They hold passwords: each may also be read from the file that the variable with `_FILE` at its end names."""


class UnknownVariables(Exception):
    """Variables that begin with our prefix but name no setting: most likely misspelt, hence an error."""


class UnusableFile(Exception):
    """A file or folder that a setting names cannot be read: which one, and why."""


class Settings(BaseSettings):
    """Variables begin with `DIENHONG_`; durations are in minutes, sizes in MiB."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, extra="forbid", frozen=True)

    data_dir: Path = Field(Path("var"), description="Folder of the log, the documents, the views and the sessions.")
    deployment: str = Field("local.dienhong", description="This deployment's domain name, written into every event.")
    public_url: str = Field("http://127.0.0.1:8000", description="The address people use; https makes cookies Secure.")
    host: str = Field("127.0.0.1", description="Address to listen on.")
    port: int = Field(8000, ge=0, le=65535, description="Port to listen on; 0 lets the system choose.")
    trusted_proxies: str = Field(
        "127.0.0.1", description="Addresses or networks of proxies whose X-Forwarded-For names the client; with commas."
    )
    session_idle_minutes: int = Field(30, ge=1, description="A session unused for this long ends.")
    session_absolute_hours: int = Field(12, ge=1, description="A session ends this long after login, used or not.")
    upload_limit_mib: int = Field(100, ge=1, description="The largest document accepted.")
    store_url: str = Field(
        "", repr=False, description="The log: empty for SQLite in the data folder, postgresql:// or kurrentdb://."
    )
    bus_url: str = Field("", repr=False, description="The broker of services as processes of their own: amqp://.")
    bus_admin_url: str = Field(
        "", repr=False, description="The broker's management API, for bus setup and bus check: http://."
    )
    blobs_url: str = Field(
        "", repr=False, description="The documents: empty for the data folder, s3+http:// or s3+https://."
    )
    identity_url: str = Field(
        "",
        repr=False,
        description="Passwords and sessions: empty for the log's PostgreSQL, or else the data folder; postgresql://.",
    )
    ledger_public: Literal["nothing", "hashes", "entries"] = Field(
        "hashes", description="What of the provable log anybody may read; auditors read all of it."
    )
    ledger_policy: str = Field("", description="A C2SP tlog-policy file: logs that are cosigned, witnesses to ask.")
    ledger_post_quantum: bool = Field(False, description="An ML-DSA-44 signature beside each Ed25519 one.")
    ledger_url: str = Field(
        "", description="Where gateways ask the process that keeps the provable log: http://, inside the deployment."
    )
    signing_trust_dir: Path | None = Field(
        None,
        description="Folder of the authorities' certificates, PEM or DER; by default signing-trust in the data folder.",
    )
    signing_revocation: Literal["require", "hard-fail", "soft-fail"] = Field(
        "hard-fail", description="What if nobody says whether a certificate was revoked."
    )
    signing_tsa_url: str = Field("", description="The RFC 3161 time authority; without it only B-B is signed.")
    signing_hosts: str = Field(
        "", description="Hosts that may be asked for OCSP, CRLs and certificates, with commas; nobody else is."
    )
    signing_processes: int = Field(2, ge=1, le=64, description="Processes that hold keys: signatures made at once.")
    signing_level: Literal["b_b", "b_t", "b_lt", "b_lta"] = Field("b_b", description="The PAdES level of signatures.")
    signing_keys_dir: Path | None = Field(
        None, description="Folder of people's and bodies' keys for signing; by default signing-keys in the data folder."
    )
    signing_agent: Literal["", "vgca"] = Field(
        "", description="The signing program on signers' own computers that pages may call: vgca, or none."
    )
    health_port: int = Field(
        0, ge=0, le=65535, description="Port of /live, /ready and /metrics of a service or the relay; 0 for none."
    )
    replica: str = Field("1", pattern="[a-z0-9-]+", description="Names this gateway's own views file.")
    rpc_timeout_seconds: int = Field(
        10, ge=1, description="A command without an answer for this long is to be retried."
    )


def masked(value: Any) -> Any:
    """An address without its password; anything else as it is."""
    return re.sub(r"(://[^:/@]*:)[^@]*@", r"\1…@", value) if isinstance(value, str) else value


def from_environment() -> Settings:
    """The settings in force; `UnknownVariables` or pydantic's `ValidationError` when a variable is wrong."""
    files = {name: f"{PREFIX}{name.upper()}_FILE" for name in SECRET}
    known = {PREFIX + name.upper() for name in Settings.model_fields} | set(files.values())
    ours = [name for name in os.environ if name.upper().startswith(PREFIX) and not name.startswith(f"{PREFIX}TEST_")]
    unknown = sorted(name for name in ours if name.upper() not in known)
    if unknown:
        raise UnknownVariables(*unknown)
    given = {name: Path(os.environ[file]).read_text().strip() for name, file in files.items() if os.environ.get(file)}
    return Settings(**given)  # type: ignore[arg-type]
