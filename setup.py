"""The wheel carries notebooks and data, for `customs-report init`; everything else about it is in pyproject.toml."""

import sys
from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py

ROOT = Path(__file__).parent
sys.path.insert(0, str(ROOT))

from customs_report.project import CARRIED, starter_files  # noqa: E402


class WithProject(build_py):
    """Copies them into the package; an editable install goes on using the folders themselves."""

    def run(self) -> None:
        super().run()
        if not self.editable_mode:
            for source, target in self._carried().items():
                self.mkpath(str(Path(target).parent))
                self.copy_file(source, target)

    def get_outputs(self, include_bytecode: bool = True) -> list[str]:
        return [*super().get_outputs(include_bytecode), *([] if self.editable_mode else self._carried().values())]

    def _carried(self) -> dict[str, str]:
        to = Path(self.build_lib) / CARRIED.relative_to(ROOT)
        return {str(ROOT / name): str(to / name) for name in starter_files(ROOT)}


setup(cmdclass={"build_py": WithProject})
