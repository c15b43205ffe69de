"""The directory as a process of its own."""

from kernel.adapters.entrypoints_nameko import command
from kernel.adapters.hosting_nameko import hosted
from services.directory import messages
from services.directory.service import DirectoryService


class DirectoryHost:
    name = "directory"
    directory = hosted(messages, lambda parts: DirectoryService(parts.store, parts.deployment))

    @command
    def execute(self, name: str, text: str) -> dict[str, object]:
        return self.directory.execute(name, text)
