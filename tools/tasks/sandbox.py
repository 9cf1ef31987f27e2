"""Compiles and runs code of our own tasks, with limits but without isolation.

Only bundled solutions and wrong answers run here. What a model wrote runs in the program's own sandbox.
Expected output never enters the directory the code runs in.
"""
import os
import resource
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path

GO_CACHE = os.environ.get("GOCACHE", str(Path(tempfile.gettempdir()) / "rigwise-tasks-go-cache"))
WEB_TOOLS = Path(__file__).resolve().parents[2] / "web" / "node_modules" / ".bin"  # tsc, where the page has been built
ENVIRONMENT = {"PATH": os.environ.get("PATH", "/usr/bin:/bin") + os.pathsep + str(WEB_TOOLS), "LC_ALL": "C.UTF-8", "TZ": "UTC", "PYTHONHASHSEED": "0",
               "PYTHONDONTWRITEBYTECODE": "1", "GOCACHE": GO_CACHE, "GOFLAGS": "-mod=mod", "GOTOOLCHAIN": "local", "GOPROXY": "off"}
SUFFIX = {"cpp": ".cc", "python": ".py", "javascript": ".js", "typescript": ".ts", "bash": ".sh", "sql": ".sql", "go": ".go"}
TOOL = {"cpp": "g++", "python": "python3", "javascript": "node", "typescript": "tsc", "bash": "bash", "sql": "sqlite3",
        "go": "go", "text": "python3"}


def missing_tool(language):
    needed = [TOOL[language]] + (["node"] if language == "typescript" else [])
    absent = [t for t in needed if shutil.which(t, path=ENVIRONMENT["PATH"]) is None]
    return absent[0] if absent else None


class Build:
    """A directory with the candidate's files and the driver, compiled once."""

    def __init__(self, task, files):
        self.box = task.sandbox
        self.language = self.box["language"]
        self.directory = Path(tempfile.mkdtemp(prefix="rigwise-task-"))
        for name, body in files.items():
            write(self.directory / name, body)
        self.main = next(iter(files), None)
        if self.box.get("driver"):
            self.main = Path(self.box["driver"]).name
            write(self.directory / self.main, task.text(self.box["driver"]))
        self.cpu_s = self.box.get("cpu_s", 10)
        self.memory_mib = self.box.get("memory_mib", 512)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        shutil.rmtree(self.directory, ignore_errors=True)

    def compile(self, candidate_only):
        """(done, message). `candidate_only` leaves the driver out: the answer's own files must compile."""
        names = sorted(p.name for p in self.directory.iterdir() if p.is_file())
        if candidate_only and self.box.get("driver"):
            names = [n for n in names if n != self.main]
        sources = [n for n in names if n.endswith(SUFFIX.get(self.language, "\0"))]
        steps = compile_steps(self.language, sources, link=not candidate_only)
        for step in steps:
            code, _, error = limited(step, self.directory, b"", 60, 0)
            if code != 0:
                return False, error[:2000]
        return True, ""

    def run(self, case):
        """(stdout, exit status, message) of one case, in a fresh copy of the directory."""
        with tempfile.TemporaryDirectory(prefix="rigwise-case-") as fresh:
            here = Path(fresh)
            shutil.copytree(self.directory, here, dirs_exist_ok=True)
            for name, body in case.get("files", {}).items():
                write(here / name, body)
            before = {p.relative_to(here).as_posix() for p in here.rglob("*")} - set(case.get("files", {}))
            stdin = case.get("stdin", "")
            if self.language == "sql":
                command, stdin = sql_command(here, self.main, case)
            else:
                command = run_command(self.language, self.main) + case.get("args", [])
            code, out, error = limited(command, here, stdin.encode(), self.cpu_s, self.memory_mib)
            for name in case.get("show", []):
                path = here / name
                inside = path.is_file() and not path.is_symlink()
                out += f"== {name}\n{path.read_text(errors='replace') if inside else '(none)'}"
                out += "" if out.endswith("\n") else "\n"
            if case.get("tree"):
                names = sorted(p.relative_to(here).as_posix() for p in here.rglob("*") if p.is_file() or p.is_symlink())
                out += "== tree\n" + "".join(n + "\n" for n in names if n not in before)
            return out, code, error


def write(path, body):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(body, encoding="utf-8")


def compile_steps(language, sources, link):
    if language == "cpp":
        if link:
            return [["g++", "-std=c++20", "-O1", "-o", "main"] + sources]
        return [["g++", "-std=c++20", "-fsyntax-only", s] for s in sources]
    if language == "python":
        return [["python3", "-m", "py_compile", s] for s in sources]
    if language == "javascript":
        return [["node", "--check", s] for s in sources]
    if language == "typescript":
        return [["tsc", "--strict", "--target", "es2022", "--module", "commonjs", "--lib", "es2022"] + sources]
    if language == "bash":
        return [["bash", "-n", s] for s in sources]
    if language == "go":
        init = ["sh", "-c", "test -f go.mod || printf 'module answer\\n\\ngo 1.21\\n' > go.mod"]
        return [init, ["go", "build", "-o", "main", "."] if link else ["gofmt", "-l"] + sources]
    return []


def run_command(language, main):
    if language in ("cpp", "go"):
        return ["./main"]
    if language in ("python", "text"):
        return ["python3", "-E", "-s", "-B", main]
    if language == "javascript":
        return ["node", main]
    if language == "typescript":
        return ["node", str(Path(main).with_suffix(".js"))]
    return ["bash", main]


def sql_command(here, main, case):
    parts = [case.get("stdin", ""), (here / main).read_text(), case.get("after", "")]
    return ["sqlite3", "-safe", "-batch", "-bail", "-list", "-nullvalue", "NULL", ":memory:"], "\n;\n".join(parts) + "\n"


def limited(command, here, stdin, cpu_s, memory_mib):
    def limits():
        os.setsid()
        resource.setrlimit(resource.RLIMIT_CPU, (cpu_s, cpu_s + 1))
        resource.setrlimit(resource.RLIMIT_FSIZE, (64 << 20, 64 << 20))
        if memory_mib and command[0] in ("./main", "sqlite3", "bash", "python3"):
            resource.setrlimit(resource.RLIMIT_DATA, (memory_mib << 20, memory_mib << 20))
    process = subprocess.Popen(command, cwd=here, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                               env={**ENVIRONMENT, "HOME": str(here)}, preexec_fn=limits)
    try:
        out, error = process.communicate(stdin, timeout=3 * cpu_s)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        return -9, "", "ran past its time"
    return process.returncode, out[:1 << 20].decode("utf-8", "replace"), (error[:4000] + out[:500]).decode("utf-8", "replace")
