"""The wheel holds what the code needs and nothing else, and works where no checkout is."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import venv
from email.parser import Parser
from pathlib import Path
from zipfile import ZipFile

import pytest

from registry import __version__

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of this checkout, built without fetching anything."""
    folder = tmp_path_factory.mktemp("dist")
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    done = subprocess.run(build, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    (made,) = folder.glob("*.whl")
    return made


@pytest.fixture(scope="module")
def names(wheel: Path) -> set[str]:
    """The files in the wheel."""
    with ZipFile(wheel) as archive:
        return set(archive.namelist())


def said(wheel: Path, name: str) -> str:
    with ZipFile(wheel) as archive:
        return archive.read(f"lexicord-{__version__}.dist-info/{name}").decode()


def test_the_wheel_holds_three_packages_and_nothing_else(names: set[str]) -> None:
    tops = {name.partition("/")[0] for name in names}
    assert tops == {"registry", "cli", "api", f"lexicord-{__version__}.dist-info"}
    assert {name for name in names if "__pycache__" in name or "/tests/" in name} == set()


@pytest.mark.parametrize("package", ["registry", "cli", "api"])
def test_every_module_is_in_the_wheel(names: set[str], package: str) -> None:
    modules = {str(path.relative_to(ROOT)) for path in (ROOT / package).rglob("*.py")}
    assert modules
    assert modules <= names


@pytest.mark.parametrize("folder", ["ontologies", "shapes"])
def test_the_data_travels_inside_the_package_that_reads_it(wheel: Path, names: set[str], folder: str) -> None:
    files = [path for path in (ROOT / folder).rglob("*") if path.is_file() and "__pycache__" not in path.parts]
    assert files
    with ZipFile(wheel) as archive:
        for path in files:
            assert archive.read(f"registry/{path.relative_to(ROOT)}") == path.read_bytes()


def test_migrations_and_the_marker_of_types_are_in_the_wheel(names: set[str]) -> None:
    assert "registry/py.typed" in names
    assert "registry/store/migrations/env.py" in names
    assert [name for name in names if name.startswith("registry/store/migrations/versions/")]


def test_the_wheel_says_what_it_is(wheel: Path) -> None:
    metadata = Parser().parsestr(said(wheel, "METADATA"))
    assert (metadata["Name"], metadata["Version"], metadata["Requires-Python"]) == ("lexicord", __version__, ">=3.11")
    assert "lexicord = cli.main:main" in said(wheel, "entry_points.txt").splitlines()


@pytest.fixture(scope="module")
def programs(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of programs of a fresh environment with the wheel, which borrows only its dependencies from here.

    The path of this environment is added as such, so that its own `.pth` files (the editable install) are not read.
    """
    folder = tmp_path_factory.mktemp("installed") / "venv"
    venv.create(folder, with_pip=False, symlinks=os.name != "nt")
    programs = folder / "bin"
    install = [sys.executable, "-m", "pip", "--python", str(programs / "python"), "install", "--quiet", "--no-deps",
               "--no-index", "--no-compile", "--disable-pip-version-check", str(wheel)]  # fmt: skip
    done = subprocess.run(install, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    (packages,) = folder.glob("lib/python3*/site-packages")
    (packages / "borrowed.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return programs


def ran(programs: Path, folder: Path, program: str, *arguments: str) -> str:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "LEXICORD"))}
    done = subprocess.run(
        [programs / program, *arguments], cwd=folder, env=kept, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_the_installed_program_works_where_no_checkout_is(programs: Path, tmp_path: Path) -> None:
    assert ran(programs, tmp_path, "lexicord", "--version") == f"lexicord {__version__}\n"
    ran(programs, tmp_path, "lexicord", "init", "--base-iri", "https://registry.example")
    ran(programs, tmp_path, "lexicord", "department", "add", "finance", "--name", "Finance")
    assert "Finance" in ran(programs, tmp_path, "lexicord", "department", "list")


def test_the_installed_package_reads_its_own_data(programs: Path, tmp_path: Path) -> None:
    program = "from registry.resources import bundled; print(bundled('ontologies'), bundled('shapes'), sep='\\n')"
    for line in ran(programs, tmp_path, "python", "-c", program).splitlines():
        assert Path(line).is_relative_to(programs.parent)
        assert Path(line).parent.name == "registry"
        assert list(Path(line).rglob("*.ttl"))
