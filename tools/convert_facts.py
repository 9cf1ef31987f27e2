#!/usr/bin/env python3
"""Turn the gathered facts (CSV files) into the catalog's records.

Usage: convert_facts.py --data DIR --out DIR [--only devices,models,...]

Deterministic: the same input gives the same bytes. What the CSV files lack is
in tools/facts/*.py, by hand. Hand-written records (engines, links, hosts,
roles, classes, scores, dossiers) live in the catalog itself and are only
checked here.
"""

import argparse
import csv
import re
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from facts import toml  # noqa: E402
from facts import models as M  # noqa: E402

SEED = re.compile(r"\d{3}_[0-9a-f]{16}\.txt")


def read_csv(path):
    with open(path, newline="", encoding="utf-8") as f:
        return list(csv.DictReader(f))


def fold(name):
    return "".join(c for c in name.lower() if c.isalnum() or c in ".+")


def slug(text):
    return re.sub(r"[^a-z0-9.]+", "-", text.lower()).strip("-.")


def write(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def number(text):
    if text in ("", None):
        return None
    f = float(text)
    return int(f) if f == int(f) else f


class Names:
    """Every name of a kind belongs to one record."""

    def __init__(self, kind):
        self.kind, self.owner, self.faults = kind, {}, []

    def claim(self, record, name):
        key = fold(name)
        if not key:
            return False
        held = self.owner.get(key)
        if held is None:
            self.owner[key] = record
            return True
        if held != record:
            self.faults.append(f"{self.kind}: {name!r} of {record} is already {held}")
        return False


def source_kind(text):
    low = text.lower()
    if SEED.search(text):
        return "seed"
    if "recalled" in low:
        return "recalled"
    if "config" in low and "transformers" not in low:
        return "config"
    return "table"


# ---------------------------------------------------------------- models

def layer_params(layer, hidden):
    """(total, active) weights of one layer."""
    a = layer["attention"]
    h = hidden
    p = 0.0
    if a in ("full", "sliding", "chunked", "cross", "compressed_sparse"):
        heads, hd = layer["heads"], layer["head_dim"]
        kv, vd = layer["kv_heads"], layer.get("v_head_dim", layer["head_dim"])
        q = heads * hd * (2 if layer.get("attention_gate") else 1)
        rank = layer.get("q_lora_rank")
        p += h * rank + rank * q if rank else h * q
        if not layer.get("reuses_kv"):
            p += h * kv * hd + (0 if layer.get("shared_kv") else h * kv * vd)
        if layer.get("o_lora_rank"):
            p += heads * vd * layer["o_lora_rank"] + layer["o_groups"] * layer["o_lora_rank"] * h
        else:
            p += heads * vd * h
    elif a in ("mla", "mla_sparse"):
        heads, nope, rope, v = layer["heads"], layer["nope_dim"], layer["rope_dim"], layer["v_head_dim"]
        kvl, ql = layer["kv_lora_rank"], layer.get("q_lora_rank")
        p += h * ql + ql * heads * (nope + rope) if ql else h * heads * (nope + rope)
        p += h * (kvl + rope) + kvl * heads * (nope + v) + heads * v * h
    elif a == "gated_deltanet":
        k = layer["linear_key_heads"] * layer["linear_key_dim"]
        v = layer["linear_value_heads"] * layer["linear_value_dim"]
        p += h * (2 * k + 2 * v + 2 * layer["linear_value_heads"]) + v * h + (2 * k + v) * layer["conv_kernel"]
    elif a == "mamba2":
        inner = layer["ssm_heads"] * layer["ssm_head_dim"]
        bc = 2 * layer["ssm_groups"] * layer["ssm_state"]
        p += h * (2 * inner + bc + layer["ssm_heads"]) + inner * h + (inner + bc) * layer["conv_kernel"]
    elif a == "shortconv":
        p += 4 * h * h + h * layer["conv_kernel"]
    elif a != "none":
        raise ValueError(a)
    if layer.get("index_dim"):
        p += layer.get("q_lora_rank", h) * layer["index_heads"] * layer["index_dim"] + h * layer["index_dim"] \
            + h * layer["index_heads"]
    active = p
    mats = 2 if layer.get("ffn_gated") is False else 3
    if layer["ffn"] == "dense":
        p += mats * h * layer["intermediate_size"]
        active = p
    elif layer["ffn"] == "moe":
        inner = layer.get("expert_hidden_size", h)
        expert = mats * inner * layer["expert_intermediate_size"]
        fixed = mats * h * layer.get("shared_intermediate_size", 0) + h * layer["experts"] \
            + mats * h * layer.get("dense_beside_moe", 0) + (2 * h * inner if inner != h else 0)
        active = p + fixed + expert * layer["experts_per_token"]
        p += fixed + expert * layer["experts"]
    return p, active


def check_shape(rec):
    """None when the parts give the published counts, else what is off."""
    shape = rec["shape"]
    total = active = 0.0
    for layer in rec["layers"]:
        t, a = layer_params(layer, shape["hidden_size"])
        total += t * layer["count"]
        active += a * layer["count"]
    embed = shape["hidden_size"] * shape["vocab_size"]
    heads = 1 if shape["tied_embeddings"] else 2
    extra = (rec["head"].get("params_extra_b") or 0.0) + (rec["head"].get("params_offloadable_b") or 0.0)
    total = (total + embed * heads) / 1e9 + extra
    published = rec["head"]["params_total_b"]
    faults = []
    if abs(total / published - 1) > 0.04:
        faults.append(f"total {total:.2f}B against {published}B ({100 * (total / published - 1):+.1f} %)")
    if any(l["ffn"] == "moe" for l in rec["layers"]) and not rec["active_exempt"]:
        want = rec["head"]["params_active_b"]
        best = min(((active + embed * n) / 1e9 for n in (0, 1, 2)), key=lambda x: abs(x / want - 1))
        # publishers round the active count to whole billions
        if abs(best / want - 1) > 0.06 and abs(best - want) > 0.5:
            faults.append(f"active {best:.2f}B against {want}B ({100 * (best / want - 1):+.1f} %)")
    rec["computed"] = total
    return "; ".join(faults) or None


def layer_keys(layer):
    order = ["count", "attention", "heads", "kv_heads", "head_dim", "v_head_dim", "attention_gate", "window", "shared_kv",
             "reuses_kv", "kv_lora_rank", "q_lora_rank", "o_lora_rank", "o_groups", "rope_dim", "nope_dim", "compress_ratio",
             "index_dim", "index_heads", "index_topk", "linear_key_heads", "linear_value_heads", "linear_key_dim",
             "linear_value_dim", "conv_kernel", "ssm_state", "ssm_heads", "ssm_head_dim", "ssm_groups", "ffn", "ffn_gated",
             "intermediate_size", "experts", "experts_per_token", "expert_intermediate_size", "expert_hidden_size",
             "shared_experts", "shared_intermediate_size", "dense_beside_moe"]
    unknown = set(layer) - set(order)
    if unknown:
        raise ValueError(f"layer keys without a place: {unknown}")
    return {k: layer[k] for k in order if k in layer}


NATIVE = {"fp4+fp8": "fp4+fp8"}


def model_records(data):
    records = []
    for row in read_csv(data / "models.csv"):
        o = M.OVERRIDES.get(row["id"], {})
        head = {
            "id": row["id"], "name": row["name"], "family": row["family"], "org": row["org"],
            "kind": row["kind"], "released": row["release_date"] or None, "license": row["license"] or None,
            "modality": re.split(r"\+|->", row["modality"]), "hf_repo": row["hf_repo"] or None,
            "native_format": row["native_dtype"] or None, "context_tokens": M.num(row, "context_length"),
            "params_total_b": o.get("total", M.num(row, "total_params_b")),
            "params_active_b": o.get("active", M.num(row, "active_params_b")),
            "params_extra_b": o.get("extra"), "params_offloadable_b": o.get("off"),
            "weights": o.get("weights", "published"),
        }
        for k in ("params_total_b", "params_active_b"):
            if head[k] is not None:
                head[k] = float(head[k])
        layers = M.layer_groups(row)
        tied = o.get("tied", row["tie_embeddings"] == "true")
        shape = {}
        if layers:
            shape = {"hidden_size": M.num(row, "hidden_size"), "vocab_size": M.num(row, "vocab_size"), "tied_embeddings": tied}
        notes = "; ".join(x for x in (row["notes"], o.get("note"), o.get("estimated")) if x)
        head["notes"] = SEED_WORDS(notes) or None
        sources = []
        for s in (x.strip() for x in row["source"].split(";")):
            kind = source_kind(s)
            covers = {"seed": ["notes"], "config": ["shape", "layers"], "recalled": ["all"]}.get(kind, ["all"])
            if "parameters only" in s:
                covers = ["params_total_b"]
            if "transformers" in s:
                kind, covers = "config", ["shape", "layers"]
            sources.append({"covers": covers, "kind": kind, "ref": s})
        if all(s["kind"] in ("seed",) or s["covers"] == ["params_total_b"] for s in sources):
            sources.append({"covers": ["shape", "layers"], "kind": "recalled", "ref": "model card (recalled, not fetched)"})
        if row["id"] in M.SPECIAL and not any(s["kind"] == "config" for s in sources):
            sources.append({"covers": ["layers"], "kind": "recalled", "ref": "layer pattern (recalled, not fetched); parameter count recomputed"})
        elif row["id"] in M.SPECIAL:
            sources.append({"covers": ["layers"], "kind": "derived", "ref": "layer groups written by hand from the config and checked against the parameter count"})
        if o.get("estimated"):
            sources.append({"covers": ["layers"], "kind": "estimated", "ref": o["estimated"]})
        records.append({"head": head, "shape": shape, "layers": layers, "sources": sources, "exempt": o.get("exempt"),
                        "active_exempt": o.get("active_exempt")})
    for e in M.EXTRA:
        head = {"id": e["id"], "name": e["name"], "family": e["family"], "org": e["org"], "kind": e["kind"],
                "released": e["released"], "license": e["license"], "modality": e["modality"], "hf_repo": e["hf"],
                "native_format": e["native"], "context_tokens": e["context"], "params_total_b": e["total"],
                "params_active_b": e["active"], "params_extra_b": None, "params_offloadable_b": None, "weights": "published",
                "notes": e["notes"]}
        records.append({"head": head, "shape": {"hidden_size": e["hidden"], "vocab_size": e["vocab"], "tied_embeddings": e["tied"]},
                        "layers": e["layers"], "sources": [{"covers": c, "kind": k, "ref": r} for k, r, c in e["sources"]],
                        "exempt": None, "active_exempt": e.get("active_exempt")})
    return records


def SEED_WORDS(text):
    return text


def repo_tail(repo):
    return repo.split("/")[-1] if repo else None


def convert_models(data, out, published):
    names = Names("model")
    records = model_records(data)
    ids = [r["head"]["id"] for r in records]
    for i in ids:
        names.claim(i, i)
    tails = {}
    for r in records:
        tails.setdefault(fold(repo_tail(r["head"]["hf_repo"]) or ""), []).append(r["head"]["id"])
    failures = []
    for r in records:
        head = r["head"]
        i = head["id"]
        if published.get(i) and i in M.ALIASES:
            pass
        wanted = [head["name"]] + published.get(i, []) + M.ALIASES.get(i, [])
        tail = repo_tail(head["hf_repo"])
        if tail and len(tails[fold(tail)]) == 1:
            wanted.append(tail)
        aliases = [n for n in wanted if names.claim(i, n)]
        head["aliases"] = [a for a in aliases if a != head["name"]] or None
        fault = check_shape(r) if r["layers"] else None
        if not r["layers"] and not r["exempt"]:
            fault = "no layers"
        if fault and not r["exempt"]:
            failures.append(f"{i}: {fault}")
        order = ["id", "name", "aliases", "family", "org", "kind", "released", "license", "modality", "hf_repo", "native_format",
                 "context_tokens", "params_total_b", "params_active_b", "params_extra_b", "params_offloadable_b", "weights", "notes"]
        tables = [("shape", r["shape"])]
        if r["exempt"]:
            tables.append(("check", {"shape_arithmetic": "exempt", "reason": r["exempt"]}))
        elif r["active_exempt"]:
            tables.append(("check", {"active_arithmetic": "exempt", "reason": r["active_exempt"]}))
        text = toml.document({k: head.get(k) for k in order}, tables,
                             [("layers", [layer_keys(l) for l in r["layers"]]), ("source", r["sources"])])
        write(out / "models" / slug(head["family"]) / f"{i}.toml", text)
    return records, names, failures


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("--data", type=Path, required=True)
    ap.add_argument("--out", type=Path, required=True)
    args = ap.parse_args()

    published = {"hardware": {}, "model": {}, "quant": {}}
    for a in read_csv(args.data / "aliases.csv"):
        if a["id"]:
            published[a["kind"]].setdefault(a["id"], []).append(a["name"])
    published["model"].setdefault("glm-5.1", []).append("GLM 5.1")
    published["model"].setdefault("kimi-linear-48b-a3b", []).append("Kimi Linear 48B A3B")
    published["model"].setdefault("dots.llm1", []).append("dots.llm1 142B A14B")
    published["model"].setdefault("deepseek-math-v2", []).append("DeepSeek Math V2")
    published["model"].setdefault("nemotron-3-nano-4b", []).append("Nemotron 3 Nano 4B")
    records, names, failures = convert_models(args.data, args.out, published["model"])
    print(f"models: {len(records)}; shape faults: {len(failures)}")
    for f in failures + names.faults:
        print("  " + f)
    return 1 if failures or names.faults else 0


if __name__ == "__main__":
    sys.exit(main())
