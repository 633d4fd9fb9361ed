"""Make .venv from a lock file with plain pip, and show progress.

`run` installs what `make run` needs, `dev` what tests and checks need too.
Runs under whatever Python there is, old ones too, to say what is missing.
"""

import os
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
VENV = os.path.join(ROOT, ".venv")
PYTHON = os.path.join(VENV, "bin", "python")
LOG = os.path.join(VENV, "install.log")
LOCK = os.path.join(ROOT, "requirements-{}.txt")
# Python brings an old pip, which takes twice as long.
INSTALLER = os.path.join(ROOT, ".ci", "pip.txt")


def main() -> int:
    """Return the exit status."""
    if sys.version_info < (3, 11):
        return fail("Python 3.11 or newer is needed: make PYTHON=/path/to/python3.12 names one.")
    try:
        import ensurepip  # noqa: F401, PLC0415 - only to see whether it is there
        import venv  # noqa: PLC0415 - likewise
    except ImportError:
        return fail("This Python has no venv; on Debian and Ubuntu: apt install python3-venv.")
    if os.path.exists(PYTHON):
        print("Bringing .venv up to date.", flush=True)
    else:
        print("Making .venv: about a minute, the first time only.", flush=True)
    try:
        venv.create(VENV, with_pip=True, symlinks=True)
        # The lock file names every package, so nothing is looked up; all cores compile afterwards.
        locked = ("install", "--no-deps", "--no-compile", "--require-hashes", "-r")
        done = (
            pip(*locked, INSTALLER)
            and pip(*locked, LOCK.format(sys.argv[1]))
            and pip("install", "--no-deps", "--no-build-isolation", "--editable", ROOT)
        )
        # What does not compile, such as a template of another language, is no reason to fail.
        subprocess.call(
            [PYTHON, "-m", "compileall", "-q", "-q", "-j", "0", os.path.join(VENV, "lib")]
        )
    except (OSError, subprocess.CalledProcessError) as error:
        return fail("Cannot make .venv: {}.".format(error))
    except KeyboardInterrupt:
        return fail("Interrupted; the next make goes on from here.")
    if not done:
        return fail("The packages could not be installed; .venv/install.log says why.")
    return 0


def pip(*arguments: str) -> bool:
    """Whether pip succeeded; its words go to the log, its steps to the terminal."""
    environ = dict(os.environ, PIP_DISABLE_PIP_VERSION_CHECK="1")
    command = [PYTHON, "-m", "pip", *arguments]
    running = subprocess.Popen(
        command, env=environ, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    count = 0
    with open(LOG, "ab") as log:
        for line in running.stdout or ():
            log.write(line)
            words = line.decode("utf-8", "replace").split()
            if words[:1] == ["Collecting"]:
                count += 1
                show("fetching {:3d}  {}".format(count, words[1]), often=count % 20 == 0)
            elif words[:2] == ["Installing", "collected"]:
                show("installing", often=True)
            elif words[:1] == ["ERROR:"]:
                show(" ".join(words), often=True)
    if sys.stdout.isatty():
        print()
    return running.wait() == 0


def show(step: str, *, often: bool) -> None:
    """One line that renews itself on a terminal; in a log now and then a line."""
    if sys.stdout.isatty():
        print("\r  {:<60.60}".format(step), end="", flush=True)
    elif often:
        print("  " + step, flush=True)


def fail(sentence: str) -> int:
    """Tell it and return the exit status."""
    print("\n" + sentence, file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
