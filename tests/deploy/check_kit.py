"""What no linter knows of a kit: flags that engines take, who may be reached, no secret, images with a version.

usage: check_kit.py KIT FLAGS_FOLDER ENGINE_FOLDER
"""
import hashlib
import json
import pathlib
import plistlib
import re
import sys

import yaml

faults = []


def fault(path, text):
    faults.append(f"{path}: {text}")


def listed(folder, name):
    return {line.strip() for line in (folder / f"{name}.txt").read_text().splitlines() if line.strip() and not line.startswith("#")}


def llama_flags(engine):
    """Every option that llama.cpp's own parser holds: its names are texts of the compiled program."""
    library = next(engine.glob("venv/lib/python3*/site-packages/xllamacpp/xllamacpp*.so"))
    found = set(re.findall(rb"(?<=\0)--[a-z][a-z0-9-]*(?=\0)", library.read_bytes()))
    return {name.decode() for name in found}


def program_of(words):
    text = " ".join(words[:3])
    for program, engine in (("llama-server", "llama"), ("LLAMA_SERVER", "llama"), ("sglang", "sglang"), ("SGLANG_PYTHON", "sglang"),
                            ("rpc-server", "rpc"), ("RPC_SERVER", "rpc"), ("vllm", "vllm"), ("VLLM", "vllm"), ("mlx_lm", "mlx"), ("MLX_SERVER", "mlx")):
        if program in text:
            return engine
    return None


def check_flags(path, words, known):
    engine = program_of(words)
    if engine is None:
        return 0
    flags = [word for word in words if word.startswith("--")]
    if not flags:
        fault(path, "no flag found")
    for flag in flags:
        if flag not in known[engine]:
            fault(path, f"{engine} takes no {flag}")
    return len(flags)


def check_encoder(path, words):
    """A model whose name says that it sees images stands beside its encoder, and get_models.sh knows that file."""
    if program_of(words) != "llama":
        return
    named = [words[i + 1].rpartition("/")[2] for i, word in enumerate(words[:-1]) if word == "--mmproj"]
    model = words[words.index("--alias") + 1]
    if re.search(r"-vl-|gemma-3-(?:4|12|27)b", model) and not named:
        fault(path, f"{model} gets no --mmproj")
    kit = next(folder for folder in path.parents if (folder / "get_models.sh").is_file())
    for file in named:
        if file not in (kit / "get_models.sh").read_text():
            fault(path, f"nobody brings {file}")


def check_compose(path, known):
    document = yaml.safe_load(path.read_text())
    for name, service in document["services"].items():
        image = service["image"]
        tag = image.rpartition(":")[2]
        if "/" in tag or tag in ("latest", "main", "stable") or not re.search(r"\d", tag):
            fault(path, f"{name}: {image} has no version")
        if "no-new-privileges:true" not in service["security_opt"] or service["cap_drop"] != ["ALL"]:
            fault(path, f"{name} may gain privileges")
        for port in service.get("ports", []):
            if not re.match(r"127\.0\.0\.1:|\$\{(PROXY_ADDRESS:-127\.0\.0\.1|NODE\d+_ADDRESS:\?[^}]*)\}:", port):
                fault(path, f"{name} is reachable from anywhere: {port}")
            if port.startswith("${PROXY_ADDRESS") and name != "caddy":
                fault(path, f"{name} is published beside the proxy")
        for network in service.get("networks", []):
            if network not in document["networks"]:
                fault(path, f"{name}: no network {network}")
        for secret in service.get("secrets", []):
            if secret not in document.get("secrets", {}):
                fault(path, f"{name}: no secret {secret}")
        for volume in service.get("volumes", []):
            if re.match(r"[a-z]", volume) and volume.split(":")[0] not in document.get("volumes", {}):
                fault(path, f"{name}: no volume {volume}")
        for bind in service.get("volumes", []):
            source = bind.split(":")[0]
            if source.startswith("./") and not (path.parent / source).exists():
                fault(path, f"{name}: {source} is not in the kit")
        words = [str(word) for word in service.get("entrypoint", []) + service.get("command", [])]
        check_flags(path, words, known)
        check_encoder(path, words)
        for variable in service.get("environment", {}):
            if variable.startswith("OLLAMA_") and variable not in known["ollama"]:
                fault(path, f"ollama knows no {variable}")


def check_script(path, known):
    text = path.read_text()
    checked = 0
    for command in re.findall(r'^exec ((?:.*\\\n)*.*)', text, re.M):
        words = command.replace("\\\n", " ").replace('"', "").split()
        checked += check_flags(path, words, known)
        check_encoder(path, words)
    for variable in re.findall(r"^export (OLLAMA_\w+)=", text, re.M):
        checked += 1
        if variable not in known["ollama"]:
            fault(path, f"ollama knows no {variable}")
    if path.parent.name == "start" and "0.0.0.0" in text:
        fault(path, "listens everywhere")
    return checked


def check_settings(kit):
    """Every value of .env.example stands in single quotes: spaces, # and $ mean themselves to Compose and to a shell."""
    for line in (kit / ".env.example").read_text().splitlines():
        if line and not line.startswith("#") and not re.fullmatch(r"[A-Z0-9_]+='[^']*'", line):
            fault(kit / ".env.example", f"is not quoted: {line}")
    secret = re.compile(r"^[A-Z_]*(SECRET|PASSWORD|API_KEY|TOKEN)[A-Z_]*=", re.M)
    for path in [kit / ".env.example", *kit.rglob("settings.env")]:
        if found := secret.search(path.read_text()):
            fault(path, f"is no place for a secret: {found.group()}")


def check_manifest(kit):
    listed_files = {entry["path"]: entry["sha256"] for entry in json.loads((kit / "manifest.json").read_text())["files"]}
    there = {path.relative_to(kit).as_posix(): path for path in kit.rglob("*") if path.is_file()}
    if set(there) != set(listed_files) | {"manifest.json"}:
        fault(kit / "manifest.json", f"is not what is there: {set(there) ^ set(listed_files)}")
    for name, digest in listed_files.items():
        if name in there and hashlib.sha256(there[name].read_bytes()).hexdigest() != digest:
            fault(kit / "manifest.json", f"has another hash of {name}")


def main():
    kit, flags, engine = (pathlib.Path(argument) for argument in sys.argv[1:4])
    known = {name: listed(flags, name) for name in ("vllm", "sglang", "mlx", "ollama", "rpc")}
    known["llama"] = llama_flags(engine)
    if "--n-cpu-moe" not in known["llama"] or "--no-such-flag" in known["llama"]:
        fault(engine, "the options of llama.cpp were not found")
    checked = 0
    for path in sorted(kit.rglob("*")):
        if not path.is_file():
            continue
        text = path.read_text()
        if re.search(r"(sk-|[Pp]assword=|KEY=)[0-9a-f]{16}", text):
            fault(path, "holds a secret")
        if path.name.endswith(".yaml"):
            yaml.safe_load(text)
        if path.name == "compose.yaml":
            check_compose(path, known)
        if path.suffix == ".plist":
            job = plistlib.loads(path.read_bytes())
            if job["UserName"] != "RIGWISE_USER" or not job["StandardOutPath"].startswith("/Library/Logs/rigwise/"):
                fault(path, "runs as root, or logs where everybody writes")
            if job["Label"] != path.stem or not (kit / job["ProgramArguments"][1].removeprefix("/opt/rigwise-kit/")).is_file():
                fault(path, "starts what the kit does not have")
        if path.suffix == ".json":
            json.loads(text)
        if path.suffix == ".sh":
            checked += check_script(path, known)
            if not path.stat().st_mode & 0o111:
                fault(path, "cannot be run")
        if path.stat().st_mode & 0o022:
            fault(path, "others may write it")
    check_settings(kit)
    check_manifest(kit)
    if checked == 0:
        fault(kit, "no flag of any start script was checked")
    for line in faults:
        print(line)
    sys.exit(1 if faults else 0)


main()
