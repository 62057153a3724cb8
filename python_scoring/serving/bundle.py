"""Puts together the folder that is deployed: the function, what it reaches, and the model."""

import shutil
from modulefinder import ModuleFinder
from pathlib import Path

from python_scoring.errors import InputError
from python_scoring.io.atomic import atomic_folder
from python_scoring.io.project import ROOT, seed_path
from python_scoring.model.registry import HISTORY, PACKAGED, Registry, history_document
from python_scoring.scoring.buckets import SEED

FUNCTION = ROOT / "cloud_function"


def write_bundle(folder: Path, registry: Registry) -> str:
    """Write the promoted model and the code that serves it to a folder; return the version.

    Only modules of this project that `main.py` can reach are copied; other packages are named in
    its requirements.txt. Files keep their places, so that the code finds them as it does here.

    Args:
        folder: Folder to make; it must not exist or be empty.
        registry: Registry whose promoted version is to score.

    Raises:
        InputError: The folder holds something.
        RegistryError: No version is promoted.
        ArtifactError: It is damaged.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise InputError(
            "The bundle would be mixed with what is in its folder.",
            where=str(folder),
            fix="Name a folder that does not exist, or empty it.",
        )
    version = registry.load().version
    packaged = PACKAGED.relative_to(ROOT)
    with atomic_folder(folder) as beside:
        for name in ("main.py", "requirements.txt"):
            shutil.copyfile(FUNCTION / name, beside / name)
        for file in [*_reached_modules(), seed_path(SEED)]:
            _copy(file, beside / file.relative_to(ROOT))
        with registry.opened(version) as artifact:
            shutil.copytree(artifact, beside / packaged / version)
        (beside / packaged / HISTORY).write_bytes(history_document(registry.history()))
    return version


def _reached_modules() -> list[Path]:
    """Return the files of this project's modules that the function imports, now or later."""
    finder = ModuleFinder(path=[str(ROOT)])
    finder.run_script(str(FUNCTION / "main.py"))
    files = [getattr(module, "__file__", None) for module in finder.modules.values()]
    return sorted({Path(file) for file in files if file} - {FUNCTION / "main.py"})


def _copy(file: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(file, target)
