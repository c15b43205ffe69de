"""The only place that reads the environment. Every variable is listed in docs/operations.md."""

from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """Variables begin with `DIENHONG_`; durations are in minutes, sizes in MiB."""

    model_config = SettingsConfigDict(env_prefix="DIENHONG_", extra="forbid", frozen=True)

    data_dir: Path = Field(Path("var"), description="Folder of the log, the documents, the views and the sessions.")
    deployment: str = Field("local.dienhong", description="This deployment's domain name, written into every event.")
    public_url: str = Field("http://127.0.0.1:8000", description="The address people use; https makes cookies Secure.")
    host: str = Field("127.0.0.1", description="Address to listen on.")
    port: int = Field(8000, ge=0, le=65535, description="Port to listen on; 0 lets the system choose.")
    session_idle_minutes: int = Field(30, ge=1, description="A session unused for this long ends.")
    session_absolute_hours: int = Field(12, ge=1, description="A session ends this long after login, used or not.")
    upload_limit_mib: int = Field(100, ge=1, description="The largest document accepted.")
