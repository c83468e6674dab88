"""Scripts that stand alone, each in a process of its own, forked off one that has imported PyTorch.

A start of Python with PyTorch keeps a processor busy for three seconds, a fork for next to none. What a
script leaves behind, and what a test has imported, is in no other's process; the project is not found there.
"""

import atexit
import json
import os
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path

NURSERY = """
import io, json, os, runpy, sys, traceback
import numpy, safetensors.torch, torch
if "transformers" in sys.argv:
    sys.modules["torchvision"] = None  # as the scripts have it
    from transformers import AttentionInterface, AutoModel, AutoTokenizer

def run(folder, arguments, encoding, printed, complained):
    os.chdir(folder)
    for number, file in ((1, printed), (2, complained)):
        os.dup2(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC), number)
    # As Python opens them where PYTHONIOENCODING is set.
    sys.stdout = open(1, "w", encoding=encoding)
    sys.stderr = open(2, "w", encoding=encoding, errors="backslashreplace")
    sys.argv, sys.path[0] = arguments, folder
    try:
        runpy.run_path(arguments[0], run_name="__main__")
        return 0
    except SystemExit as end:
        if isinstance(end.code, str):
            print(end.code, file=sys.stderr)
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException:
        traceback.print_exc()
        return 1

for line in sys.stdin:
    child = os.fork()
    if not child:
        code = run(**json.loads(line))
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
"""


@cache
def _nursery(*libraries: str) -> subprocess.Popen[str]:
    """The process that children are forked off; it ends with its input."""
    process = subprocess.Popen(
        [sys.executable, "-W", "error", "-c", NURSERY, *libraries],
        cwd=tempfile.gettempdir(),
        # One thread: beside other processes PyTorch's threads only wait for each other.
        env={**os.environ, "PYTHONUTF8": "0", "PYTHONPATH": "", "OMP_NUM_THREADS": "1", "TQDM_DISABLE": "1"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    atexit.register(process.communicate)
    return process


def run_alone(folder: Path, *arguments: str, encoding: str = "utf-8", transformers: bool = False) -> bytes:
    """Print of the script that the first argument names, run in this folder, where every warning is an error.

    Args:
        encoding: of what it prints, as PYTHONIOENCODING sets it.
        transformers: the script uses transformers, which take long to import: one process does it for all.
    """
    printed, complained = folder / ".printed", folder / ".complained"
    asked = {
        "folder": str(folder),
        "arguments": arguments,
        "encoding": encoding,
        "printed": str(printed),
        "complained": str(complained),
    }
    nursery = _nursery(*["transformers"] * transformers)
    assert nursery.stdin
    assert nursery.stdout
    print(json.dumps(asked), file=nursery.stdin, flush=True)
    code = int(nursery.stdout.readline())
    complaint = complained.read_text(encoding)
    assert (code, complaint) == (0, ""), complaint or f"it ended with {code}"
    return printed.read_bytes()
