"""LiteLLM's own Router takes the configuration of every kit below a folder, its keys and addresses from the environment.

usage: check_routers.py FOLDER
"""
import inspect
import os
import pathlib
import re
import sys

os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"  # asks nobody for prices
import litellm  # noqa: E402
import yaml  # noqa: E402

known = set(inspect.signature(litellm.Router.__init__).parameters)
seen = 0
for path in sorted(pathlib.Path(sys.argv[1]).rglob("litellm/config.yaml")):
    text = path.read_text()
    for variable in re.findall(r"os\.environ/(\w+)", text):
        os.environ.setdefault(variable, "http://127.0.0.1:1/v1" if variable.endswith("_URL") else "sk-made-for-this-test")
    config = yaml.safe_load(text)
    unknown = set(config["router_settings"]) - known
    assert not unknown, f"{path}: the router takes no {unknown}"
    for setting in config["litellm_settings"]:
        assert hasattr(litellm, setting), f"{path}: litellm has no {setting}"
    router = litellm.Router(model_list=config["model_list"], **config["router_settings"])
    names = set(router.get_model_names())
    assert {"fast", "standard", "premium"} <= names, f"{path}: {names}"
    for fallback in config["router_settings"].get("fallbacks", []):
        for name, others in fallback.items():
            assert {name, *others} <= names, f"{path}: falls back to nobody: {fallback}"
    for model in names:
        deployment = router.get_model_list(model_name=model)[0]["litellm_params"]
        assert deployment["api_base"].startswith("http://"), f"{path}: {model} has no address"
    seen += 1
print(f"{seen} routers")
sys.exit(0 if seen else 1)
