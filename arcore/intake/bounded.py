"""A process of its own for content that nobody can trust: bounded in time and memory, whatever stands in it."""

from __future__ import annotations

import subprocess
import sys

SECONDS, MEMORY = 10, 2**30
"""What one run may take of the clock and of the processor, and of memory in bytes."""
_BOUNDS = """
import resource, sys
for what, most in ((resource.RLIMIT_AS, int(sys.argv.pop(1))), (resource.RLIMIT_CPU, int(sys.argv.pop(1)))):
    resource.setrlimit(what, (most, most))
"""


def run(program: str, content: bytes, *arguments: float) -> bytes | None:
    """Run a Python program apart and return what it wrote; None when it failed or took more memory than it may.

    It gets `content` on its standard input and the arguments in `sys.argv[1:]`; nothing of the environment or the
    folder leads it to other modules. Raises TimeoutError when it took too long.
    """
    words = [str(one) for one in (MEMORY, SECONDS, *arguments)]
    try:
        done = subprocess.run(  # noqa: S603  our own program, the content only on its standard input
            [sys.executable, "-I", "-c", _BOUNDS + program, *words],
            input=content,
            capture_output=True,
            timeout=SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        msg = f"It took more than {SECONDS} seconds"
        raise TimeoutError(msg) from error
    return done.stdout if done.returncode == 0 else None
