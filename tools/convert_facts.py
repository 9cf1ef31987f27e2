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
from facts import devices as D  # noqa: E402
from facts import engines as E  # noqa: E402
from facts import formats as F  # noqa: E402
from facts import links as L  # noqa: E402
from facts import models as M  # noqa: E402
from facts import seeds as S  # noqa: E402

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
             "single_kv", "reuses_kv", "kv_lora_rank", "q_lora_rank", "o_lora_rank", "o_groups", "rope_dim", "nope_dim", "compress_ratio",
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
        head["notes"] = notes or None
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
        if not head["notes"]:
            for s in sources:
                s["covers"] = ["name" if c == "notes" else c for c in s["covers"]]
        if o.get("estimated"):
            sources.append({"covers": ["layers"], "kind": "estimated", "ref": o["estimated"]})
        records.append({"head": head, "shape": shape, "layers": layers, "sources": sources, "exempt": o.get("exempt"),
                        "active_exempt": o.get("active_exempt")})
    for e in M.EXTRA:
        head = {"id": e["id"], "name": e["name"], "family": e["family"], "org": e["org"], "kind": e["kind"],
                "released": e["released"], "license": e["license"], "modality": e["modality"], "hf_repo": e["hf"],
                "native_format": e["native"], "context_tokens": e["context"], "params_total_b": e["total"],
                "params_active_b": e["active"], "params_extra_b": e.get("extra"), "params_offloadable_b": None, "weights": "published",
                "notes": e["notes"]}
        records.append({"head": head, "shape": {"hidden_size": e["hidden"], "vocab_size": e["vocab"], "tied_embeddings": e["tied"]},
                        "layers": e["layers"], "sources": [{"covers": c, "kind": k, "ref": r} for k, r, c in e["sources"]],
                        "exempt": None, "active_exempt": e.get("active_exempt")})
    return records


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


# ---------------------------------------------------------------- devices

PRICE_KIND = {"seed_estimate": "estimate", "seed_range_midpoint": "estimate"}


def device_sources(row, groups, seed_body, extra):
    sources = []
    refs = [x.strip() for x in row["source"].split(";") if x.strip()]
    derived = re.search(r"tensor (?:figure computed|derived) from [^;]+", row["notes"])
    priced_by_seed = row["price_kind"] in ("seed_estimate", "seed_range_midpoint", "owned")
    for ref in refs:
        kind = source_kind(ref)
        covers = []
        if kind == "seed":
            if ref in seed_body:
                covers.append("body")
            if priced_by_seed:
                covers.append("price")
            if row["noise"] and "body" not in covers:
                covers.append("body")
            covers = covers or ["notes"]
        elif kind == "recalled":
            covers = [g for g in ("memory", "compute", "power", "links", "body") if g in groups]
            if not priced_by_seed and "price" in groups:
                covers.append("price")
            if derived and "compute" in covers:
                covers.remove("compute")
        elif re.search(r"20\d\d-\d\d-\d\d|USD|article|local-llm|mac-dvd|worldmagazine", ref):
            covers = ["price"] if "price" in groups else ["notes"]
        elif "neural accelerator" in ref:
            covers = ["compute"]
        else:
            covers = [g for g in ("memory", "power") if g in groups] or ["notes"]
            if "aiconfigurator" in ref:
                covers = [g for g in ("memory", "compute") if g in groups]
        sources.append({"covers": covers, "kind": kind, "ref": ref})
    if derived and "compute" in groups:
        sources.append({"covers": ["compute"], "kind": "derived", "ref": derived.group(0)})
    for covers, kind, ref in extra:
        held = next((x for x in sources if x["kind"] == kind and x["ref"] == ref), None)
        if held:
            held["covers"] = sorted(set(held["covers"]) | set(covers))
        else:
            sources.append({"covers": covers, "kind": kind, "ref": ref})
    covered = {c.split(".")[0] for s in sources for c in s["covers"]}
    if not row["notes"]:
        for s in sources:
            s["covers"] = ["name" if c == "notes" else c for c in s["covers"]]
    missing = [g for g in groups if g not in covered and g != "part"]
    if missing:
        sources.append({"covers": missing, "kind": "seed" if any(s["kind"] == "seed" for s in sources) else "recalled",
                        "ref": next((s["ref"] for s in sources if s["kind"] == "seed"), "vendor figure (recalled)")})
    if "part" in groups:
        sources.append({"covers": ["part", "memory", "compute"], "kind": "derived", "ref": "sums over the parts"})
    return sources


def device_record(row):
    i, notes = row["id"], row["notes"]
    fam = D.family(row)
    proc = D.processor(row, fam)
    extra = []
    fixed = dict(row)
    said = []
    if i in D.CORRECT:
        fix = dict(D.CORRECT[i])
        said.append(fix.pop("note"))
        fixed.update(fix)
    row = fixed
    kind = D.MACHINE_KIND.get(i, D.KIND[row["kind"]])
    head = {"id": i, "name": row["name"], "vendor": row["vendor"], "kind": kind, "processor": proc, "arch": row["arch"],
            "family": fam, "chip": D.chip(row), "released": row["release_date"] or None, "status": D.status(row, fam)}
    parts = D.PARTS.get(i, [])
    if i == "intel-arc-pro-b60-dual-48gb":
        parts = [("intel-arc-pro-b60-24gb", 2)]
    sums = D.PART_SUMS.get(i, {})
    if sums:
        said.append(sums["note"])

    unified = proc in ("apple_gpu", "igpu") or row["kind"] in ("unified_soc", "npu_laptop")
    memory = {"capacity_gib": number(row["memory_gb"]), "kind": row["memory_kind"],
              "bandwidth_gbps": sums.get("bandwidth", number(row["memory_bandwidth_gbs"])),
              "usable_fraction": number(row["usable_memory_fraction"]), "unified": unified}
    if memory["kind"] == "unspecified":
        memory["kind"] = None
    host = None
    if i in D.HOST_MEMORY:
        cap, bw, (k, ref) = D.HOST_MEMORY[i]
        host = {"capacity_gib": cap, "bandwidth_gbps": bw}
        extra.append((["host_memory"], k, ref))

    cores = number(row["cpu_cores"]) or D.CPU_CORES.get(i)
    compute = {"fp16_tflops": sums.get("fp16", number(row["fp16_tflops_dense"])), "fp8_tflops": sums.get("fp8", number(row["fp8_tflops_dense"])),
               "int8_tops": sums.get("int8", number(row["int8_tops_dense"])), "fp4_tflops": D.FP4.get(i)}
    gpu_cores = number(row["gpu_cores"])
    if compute["fp16_tflops"] is None and i in D.COMPUTE:
        compute["fp16_tflops"], how = D.COMPUTE[i]
        extra.append((["compute"], "estimated", how))
        if fam in ("nvidia-ada", "nvidia-blackwell"):
            compute["fp8_tflops"] = round(compute["fp16_tflops"] * 2, 1)
        if fam in ("nvidia-ampere", "nvidia-ada", "nvidia-blackwell") and "geforce" in i:
            compute["int8_tops"] = round(compute["fp16_tflops"] * 4, 1)
    if i in D.FP8:
        compute["fp8_tflops"], compute["int8_tops"] = D.FP8[i]
    if i in D.CPU_PEAK and compute["fp16_tflops"] is None:
        n, ghz, flop, why = D.CPU_PEAK[i]
        compute["fp16_tflops"] = round(n * ghz * flop / 1000, 2)
        text = f"vector peak {n} cores x {ghz} GHz x {flop} FP32 operations a cycle, all-core clock estimated"
        extra.append((["compute"], "estimated", text + (f"; {why}" if why else "")))
    if fam == "nvidia-blackwell" and row["kind"] == "gpu" and compute["fp4_tflops"] is None and compute["fp16_tflops"]:
        factor = 8 if "geforce" in i else 4
        compute["fp4_tflops"] = round(compute["fp16_tflops"] * factor, 1)
        extra.append((["compute.fp4_tflops"], "derived", f"{factor} x FP16 with FP32 accumulation"))
    if any(v is not None for v in compute.values()):
        low = notes.lower()
        compute["matrix_unit"] = not (
            proc == "cpu" or fam in ("nvidia-pascal", "amd-gcn", "amd-rdna1", "amd-rdna2", "apple-m1", "apple-m2", "apple-m3", "apple-m4")
            or "no tensor cores" in low or "no matrix unit" in low or "shader" in low and "no tensor" in low
            or i in ("intel-core-ultra-7-155h", "nvidia-t1200-laptop-4gb"))
        if i.startswith("nvidia-geforce-gtx-16"):
            compute["matrix_unit"] = False
    compute["gpu_cores"] = gpu_cores
    compute["cpu_cores"] = cores

    power = {"max_w": number(row["tdp_w"]) or D.POWER.get(i), "idle_w": number(row["idle_w"]) or D.IDLE.get(i)}
    if i in D.POWER:
        extra.append((["power.max_w"], "estimated", "maximum power is an estimate"))
    if power["idle_w"] is not None:
        extra.append((["power.idle_w"], "estimated", "idle power is an estimate"))
    if any(v is not None for v in power.values()):
        if kind == "gpu":
            power["scope"] = "board"
        elif row["kind"] in ("cpu", "npu_laptop") or "processor" in price_scope(row, kind):
            power["scope"] = "package"
        else:
            power["scope"] = "wall"

    links = {}
    pcie = row["pcie"]
    if re.match(r"\d\.\dx\d+$", pcie):
        links["pcie"] = pcie
    elif pcie in D.HOST_PCIE:
        links["pcie"] = D.OAM_PCIE.get(i, D.HOST_PCIE[pcie] or ("5.0x16" if "mi3" in i or "gaudi" in i or "max-1550" in i else None))
        extra.append((["links.pcie"], "recalled", f"host link of the {pcie} module"))
    if row["interconnect"] and row["interconnect"] != "PCIe":
        links["interconnect"] = D.INTERCONNECT[(row["interconnect"], row["interconnect_gbs"])]
        links["interconnect_gbps"] = number(row["interconnect_gbs"])
    elif row["interconnect"] == "PCIe":
        links["interconnect"] = f"pcie-{pcie[0]}-x16"
        links["interconnect_gbps"] = number(row["interconnect_gbs"])
    links["max_linked"] = number(row["max_units_linked"]) or D.LINKED.get(i)
    if re.match(r"nvidia-geforce-rtx-[45]0\d\d", i):
        links["peer_to_peer"] = False
        extra.append((["links.peer_to_peer"], "seed" if "5090" in i else "recalled",
                      D.S1 if "5090" in i else "GeForce 40 and 50 drivers do not offer peer-to-peer (recalled)"))

    body = {"form_factor": row["form_factor"] or None, "noise": row["noise"] or None,
            "noise_class": D.noise_class(row["noise"]) if row["noise"] else None}
    if kind in ("laptop", "desktop", "workstation", "server", "sbc", "soc"):
        body["portable"] = kind == "laptop"
    slots, supply = D.CARD.get(i, (None, None))
    if slots or supply:
        body.update(slots=slots, power_supply_w=supply)
        extra.append((["body.slots"] + (["body.power_supply_w"] if supply else []), "recalled", "vendor figures (recalled, not fetched)"))
    body["os"] = systems(row, kind, fam)
    seed_body = []
    if i in D.BODY:
        facts, seeds, more = D.BODY[i]
        body.update(facts)
        seed_body = seeds
        for ref in seeds:
            extra.append((["body"], "seed", ref))
        if more:
            said.append(more)
    if fam.startswith("apple-") and "macbook-pro" in i and "throttling" not in body:
        body.update(throttling="10-25 % after 5-10 min", sustained_fraction=0.83)
        extra.append((["body.throttling", "body.sustained_fraction"], "seed", D.S2))
    if fam.startswith("apple-") and "macbook-air" in i:
        body.update(throttling="no fan: slows under sustained load", sustained_fraction=0.7)
        extra.append((["body.throttling", "body.sustained_fraction"], "estimated", "fanless machine, no figure found"))
    if "mac-studio" in i:
        body["repairability"] = "not repairable"
        extra.append((["body.repairability"], "seed", D.S0))
    body["price_scope"] = price_scope(row, kind)

    prices = []
    if row["price_usd"] != "":
        prices.append({"amount": number(row["price_usd"]), "currency": "USD", "kind": PRICE_KIND.get(row["price_kind"], row["price_kind"]),
                       "date": row["price_date"]})
    if i in D.NOTES:
        said.append(D.NOTES[i])
    phrases = [x.strip() for x in notes.split(";")]
    if sums:
        phrases = [x for x in phrases if not x.startswith("figures here are for")]
    head["notes"] = "; ".join(x for x in [*phrases, *said] if x) or None

    groups = [g for g, t in (("memory", memory), ("host_memory", host), ("compute", compute), ("power", power), ("links", links), ("body", body))
              if t and any(v is not None for v in t.values())]
    if prices:
        groups.append("price")
    if parts:
        groups.append("part")
    sources = device_sources(row, groups, seed_body, extra)
    tables = [("memory", memory), ("host_memory", host), ("compute", compute), ("power", power), ("links", links), ("body", body)]
    arrays = [("part", [{"device": d, "count": n} for d, n in parts]), ("price", prices), ("source", sources)]
    return head, tables, arrays


def price_scope(row, kind):
    if kind == "gpu":
        return "card"
    if "CPU price only" in row["notes"] or row["kind"] == "cpu":
        return "processor"
    return "machine"


def systems(row, kind, fam):
    if fam.startswith("apple-"):
        return ["macos"]
    if fam == "qualcomm-oryon":
        return ["windows"]
    if kind in ("sbc", "server") or row["kind"] == "unified_soc" or fam in ("cpu-arm", "intel-gaudi", "intel-ponte-vecchio") \
            or "instinct" in row["id"] or row["form_factor"].startswith(("datacentre", "rack", "SXM")):
        return ["linux"]
    return ["linux", "windows"]


def convert_devices(data, out, published):
    names = Names("device")
    rows = read_csv(data / "hardware.csv")
    for row in rows:
        names.claim(row["id"], row["id"])
    records = []
    for row in rows:
        head, tables, arrays = device_record(row)
        i = row["id"]
        wanted = [head["name"]] + published.get(i, []) + D.ALIASES.get(i, []) + D.short_names(row)
        got = [n for n in dict.fromkeys(wanted) if fold(n) not in {fold(a) for a in D.AMBIGUOUS} and names.claim(i, n)]
        seen, aliases = {fold(i), fold(head["name"])}, []
        for n in got:
            if fold(n) not in seen:
                seen.add(fold(n))
                aliases.append(n)
        head["aliases"] = aliases or None
        order = ["id", "name", "aliases", "vendor", "kind", "processor", "arch", "family", "chip", "released", "status", "notes"]
        text = toml.document({k: head.get(k) for k in order}, tables, arrays)
        write(out / "devices" / slug(head["vendor"]) / f"{i}.toml", text)
        records.append(head)
    return records, names


# ---------------------------------------------------------------- formats

def convert_formats(data, out, published):
    names = Names("format")
    rows = {r["name"]: r for r in read_csv(data / "quants.csv")}
    faults = []
    kv_names = Names("kv format")
    for f in F.FORMATS:
        (kv_names if f["kind"] == "kv" else names).claim(f["id"], f["id"])
    by_csv = {f.get("csv"): f["id"] for f in F.FORMATS if f.get("csv")}
    wanted = {}
    for target, said in published.items():
        owner = by_csv.get(target)
        if owner is None:
            faults.append(f"format: no record for {target!r}")
            continue
        for name in said:
            wanted.setdefault(F.NAMES.get(name, owner), []).append(name)
    for name, owner in F.NAMES.items():
        if name not in wanted.get(owner, []):
            wanted.setdefault(owner, []).append(name)
    for f in F.FORMATS:
        i = f["id"]
        aliases, seen = [], {fold(i), fold(f["name"])}
        own = kv_names if f["kind"] == "kv" else names
        own.claim(i, f["name"])
        for n in [f.get("csv")] + wanted.get(i, []) + list(f.get("aliases") or []):
            if n and own.claim(i, n) and fold(n) not in seen:
                seen.add(fold(n))
                aliases.append(n)
        b = f["bits"]
        if f["kind"] == "weights" and all(k in b for k in ("attention", "ffn", "embedding", "output")) and \
                not any(w in i for w in ("ud-", "iq2_k_r4", "mix", "mxfp4", "fp8-block", "int4-qat")):
            mean = F.whole(b["attention"], b["ffn"], b["embedding"], b["output"])
            if abs(mean / b["whole_model"] - 1) > 0.015:
                faults.append(f"format {i}: classes average {mean:.3f}, published {b['whole_model']}")
        head = {"id": i, "name": f["name"], "aliases": aliases or None, "kind": f["kind"], "class": f["cls"],
                "containers": f.get("containers"), "engines": f["engines"], "quality_loss": f.get("quality"), "notes": f.get("notes")}
        bits = {k: float(b[k]) for k in ("whole_model", "attention", "ffn", "experts", "embedding", "output", "other") if k in b}
        more = {k: float(v) for k, v in (f.get("bits_safetensors") or {}).items()}
        sources = [{"covers": ["bits"], "kind": k, "ref": r} for k, r in f["sources"]]
        write(out / "formats" / f"{i}.toml", toml.document(head, [("bits", bits), ("bits_safetensors", more)], [("source", sources)]))
    covered = {f.get("csv") for f in F.FORMATS} | {a for f in F.FORMATS for a in (f.get("aliases") or [])}
    for n in rows:
        if n not in covered and not n.startswith("seed:"):
            faults.append(f"format: row {n!r} of quants.csv has no record")
    return names, faults + kv_names.faults


# ---------------------------------------------------------------- engines and links

def claim_all(names, record, wanted):
    seen, out = {fold(record["id"]), fold(record["name"])}, []
    for n in wanted:
        if names.claim(record["id"], n) and fold(n) not in seen:
            seen.add(fold(n))
            out.append(n)
    return out or None


def sources_of(record, covers):
    return [{"covers": covers, "kind": k, "ref": r} for k, r in record["sources"]]


def convert_engines(out):
    names = Names("engine")
    for e in E.ENGINES:
        names.claim(e["id"], e["id"])
    for e in E.ENGINES:
        e.setdefault("sources", ([("seed", E.S4)] if e.get("features") else []) + [E.RECALLED])
        head = {"id": e["id"], "name": e["name"], "aliases": claim_all(names, e, [e["name"], *e.get("aliases", [])]),
                "backends": e["backends"], "containers": e["containers"], "base": e.get("base"), "notes": e.get("notes")}
        sources = [{"covers": ["features"] if k == "seed" else ["policy", "backends"], "kind": k, "ref": r} for k, r in e["sources"]]
        write(out / "engines" / f"{e['id']}.toml", toml.document(
            head, [("policy", e["policy"]), ("features", e.get("features")), ("features_corrected", e.get("corrected"))], [("source", sources)]))
    return names


def convert_links(out):
    names = Names("link")
    for l in L.LINKS:
        names.claim(l["id"], l["id"])
    for l in L.LINKS:
        head = {"id": l["id"], "name": l["name"], "aliases": claim_all(names, l, [l["name"], *(l.get("aliases") or [])]), "kind": l["kind"],
                "bandwidth_gbps": float(l["bandwidth"]), "peak_gbps": float(l["peak"]), "latency_us": float(l["latency"]), "rdma": l["rdma"],
                "notes": l.get("notes")}
        write(out / "links" / f"{l['id']}.toml", toml.document(head, (), [("price", l.get("prices") or []), ("source", sources_of(l, ["all"]))]))
    return names


# ---------------------------------------------------------------- tables

def table(path, columns, rows):
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(path, "w", newline="", encoding="utf-8") as f:
        w = csv.writer(f, lineterminator="\n")
        w.writerow(columns)
        for r in rows:
            w.writerow([r.get(c, "") if isinstance(r, dict) else r[i] for i, c in enumerate(columns)])


SHORT = {
    "exo cluster results (Geerling 1.5 TB VRAM post / exo blog, via secondary articles)": "exo-cluster-results-secondary",
    "NVIDIA Jetson benchmarks page (via smoothyy3/willitrun)": "nvidia-jetson-benchmarks-page",
    "mac-llm-bench (via smoothyy3/willitrun normalized data)": "mac-llm-bench",
    "d893a/localscore-insights (LocalScore.ai scrape)": "d893a-localscore-insights",
    "kyuz0/amd-strix-halo-toolboxes docs/toolbox-performance-results.json": "kyuz0-amd-strix-halo-depth-curve",
    "kyuz0/amd-strix-halo-toolboxes docs/ryzen-ai-halo-results.json": "kyuz0-amd-strix-halo-second-machine",
    "kyuz0/amd-strix-halo-toolboxes docs/results.json": "kyuz0-amd-strix-halo",
    "kyuz0/amd-strix-halo-toolboxes results-rpc": "kyuz0-amd-strix-halo-rpc",
}


def convert_measurements(data, out):
    with open(data / "measurements.csv", newline="", encoding="utf-8") as f:
        columns = next(csv.reader(f))
    rows = read_csv(data / "measurements.csv")
    files = {}
    for r in rows:
        name = SHORT.get(r["source"]) or slug(re.sub(r"\.(json|md|sqlite)\b|\bREADME\b|\bdocs/|\bbenches/", " ", r["source"]))[:60].strip("-")
        files.setdefault(name, []).append(r)
    sources = {}
    for name, group_rows in files.items():
        for r in group_rows:
            if sources.setdefault(name, r["source"]) != r["source"]:
                raise ValueError(f"two sources in measurements/{name}.csv: {sources[name]!r}, {r['source']!r}")
        table(out / "measurements" / f"{name}.csv", columns, group_rows)
    for r in S.MEASUREMENTS:
        files.setdefault("seed-" + r["source"].split("_")[0], []).append(r)
    for n in sorted(k for k in files if re.match(r"seed-\d+$", k)):
        table(out / "measurements" / f"{n}.csv", columns, files[n])
    return rows, S.MEASUREMENTS


REASON = {"hardware": "hardware_unresolved", "model": "model_unresolved", "quant": "format_unresolved"}


def convert_unresolved(data, out, names):
    kinds = {"hardware": "device", "model": "model", "quant": "format"}
    rows = []
    for a in read_csv(data / "aliases.csv"):
        if names[kinds[a["kind"]]].owner.get(fold(a["name"])):
            continue
        why = a["note"]
        head = REASON[a["kind"]]
        if a["kind"] == "hardware" and ("memory channels" in why or "memory kind" in why or "channels unknown" in why or "DIMM speed" in why
                                        or "memory speed" in why or "exact chip and memory" in why or "memory clock" in why):
            head = "memory_config_unknown"
        rows.append((kinds[a["kind"]], a["name"], f"{head}: {why}"))
    table(out / "unresolved.csv", ["kind", "name", "reason"], rows)
    return rows


def api_model(name, names, extra):
    tail = name.split("/")[-1].lower()
    tail = re.sub(r":.*$", "", tail)
    if tail in S.API_NOT:
        return ""
    if tail in S.API:
        return S.API[tail]
    seen = tail
    for _ in range(6):
        owner = names.owner.get(fold(seen))
        if owner:
            return owner
        cut = re.sub(r"-(fp8|turbo|fast|tput|instruct|it|thinking|2507|versatile|instant|17b-128e|17b-16e|lite|highspeed)$", "", seen)
        if cut == seen:
            break
        seen = cut
    return ""


def convert_prices(data, out, model_names):
    rows = read_csv(data / "api_prices.csv")
    for r in rows:
        r["model_id"] = api_model(r["model"], model_names, None)
    table(out / "prices" / "api.csv", ["provider", "model", "model_id", "input_usd_per_mtok", "output_usd_per_mtok", "cached_input_usd_per_mtok",
                                       "date", "source"], rows)
    saas = read_csv(data / "saas_prices.csv")
    for r in saas:
        if r["currency"] == "seed currency (CAD context)":
            r["currency"] = "CAD"
            r["notes"] = "; ".join(x for x in (r["notes"], "the seed names no currency; CAD from its context") if x)
    table(out / "prices" / "saas.csv", list(saas[0]), saas)
    seen = read_csv(data / "price_observations.csv")
    for r in seen:
        r["item_id"] = S.ITEMS.get(r["item_id"], r["item_id"])
    table(out / "prices" / "observations.csv", list(seen[0]), seen)
    table(out / "prices" / "electricity.csv", ["region", "currency", "per_kwh", "date", "source", "confidence"], S.ELECTRICITY)
    table(out / "prices" / "rates.csv", ["date", "currency", "per_usd", "source", "confidence"], S.RATES)
    return rows, saas, seen


def convert_accessories(data, out):
    n = 0
    for r in read_csv(data / "accessories.csv"):
        if r["kind"] in ("link", "tariff"):
            continue  # links/ and prices/electricity.csv hold these
        kind = source_kind(r["source"])
        head = {"id": r["id"], "name": r["name"], "kind": r["kind"], "vendor": r["vendor"], "ports": r["ports"] or None,
                "link_gbit_s": number(r["link_gbps"]), "latency_us": number(r["latency_us"]), "size_u": number(r["size_u"]), "notes": r["notes"] or None}
        prices = []
        if r["price"] != "":
            prices.append({"amount": number(r["price"]), "currency": r["currency"], "kind": "estimate", "date": r["price_date"]})
        sources = [{"covers": ["all"], "kind": source_kind(x.strip()), "ref": x.strip()} for x in r["source"].split(";")]
        write(out / "accessories" / f"{r['id']}.toml", toml.document(head, (), [("price", prices), ("source", sources)]))
        n += 1
    return n


def convert_observations(data, out):
    """Every cell of every table of the seeds, and the figures their text gives."""
    rows = {s: [] for s in S.SEEDS}
    section = lines = header = None
    for line in (data / "seed_tables.md").read_text(encoding="utf-8").splitlines():
        m = re.match(r"## (S\d)-(\d+) (.*)$", line)
        if m:
            section = f"{m.group(1)}-{m.group(2)}"
            spans = re.findall(r"\d+(?:-\d+)?", " ".join(re.findall(r"\(([^)]*lines?[^)]*)\)", m.group(3))))
            lines = "lines " + ", ".join(spans) if spans else ""
            header = None
            continue
        if line.startswith("# "):
            section = None
        if not section:
            continue
        if not line.startswith("|"):
            header = None
            continue
        cells = [c.strip() for c in line.strip().strip("|").split("|")]
        if header is None:
            header = cells
            continue
        if all(re.fullmatch(r":?-+:?", c) for c in cells):
            continue
        start = 1 if len(cells) > 1 and (header[0] in ("#", "Rank") or re.fullmatch(r"\d+", cells[0]) and header[0] == "#") else 0
        subject = cells[start] if header[start] not in ("Rank",) else cells[start + 1]
        for h, c in list(zip(header, cells))[start + 1:]:
            unit = re.search(r"\(([^)]+)\)$", h)
            if c:
                rows[section[:2]].append((section, subject, h, c, unit.group(1) if unit and re.match(r"CAD|USD|SEK|tok/s|GB|W\b|CHF", unit.group(1)) else "", lines))
    for sec, subject, quantity, value, unit, span in S.FIGURES:
        rows["S4" if sec == "quants" else sec[:2]].append((sec, subject, quantity, value, unit, "lines " + span))
    n = 0
    for s, seed in S.SEEDS.items():
        table(out / "observations" / f"{seed.removesuffix('.txt')}.csv", ["section", "subject", "quantity", "value", "unit", "locator"], rows[s])
        n += len(rows[s])
    return n


def convert_scores(data, out):
    columns = ["model_id", "model_name", "benchmark", "category", "task", "score", "scale_max", "judge", "date", "source", "locator"]
    text = (data / "seed_tables.md").read_text(encoding="utf-8")

    def cells(section):
        body = re.search(r"^## " + section + r" .*?$(.*?)^(?:## |# )", text, re.S | re.M).group(1)
        out_rows = [[c.strip() for c in l.strip("|").split("|")] for l in body.splitlines() if l.startswith("|")]
        return [r for r in out_rows[2:] if not re.fullmatch(r"-+", r[0])]

    s0, s3, s4 = [], [], []
    judge0 = "keyword match 60 %, code compiles 20 %, completeness 20 %; reference Claude Sonnet 4.6"
    for r in cells("S0-3"):
        for task, value in zip([*S.S0_TASKS, "average"], r[2:]):
            s0.append((S.SEED_MODELS[r[0]], r[0], "seed-000-tasks", r[1], task, value, 100, judge0, "2026-04", S.S0, "S0-3, lines 39-74"))
    for r in cells("S0-4"):
        s0.append((S.SEED_MODELS[r[1]], r[1], "seed-000-seconds", r[2], "average time", r[4].rstrip("s"), 0, "", "2026-04", S.S0, "S0-4, lines 76-89"))
    for r in cells("S0-29"):
        for tier, value in zip(("8GB (7B)", "16-32GB (14-32B)", "64GB (72B)", "Cloud (Claude)"), r[1:5]):
            s0.append(("", tier, "seed-000-roles", r[0], "role profile", value.rstrip("%"), 100, judge0, "2026-04", S.S0, "S0-29, lines 501-528"))
    judge3 = "Claude Opus 4.5 and OpenAI o4-mini"
    for r in cells("S3-2"):
        s3.append((S.SEED_MODELS[r[1]], r[1], "seed-003-tasks", "30 tasks", "average", r[2], 2, judge3, "2026-04", S.S3, "S3-2, lines 20-52"))
        s3.append((S.SEED_MODELS[r[1]], r[1], "seed-003-seconds", "30 tasks", "average time", r[6].rstrip("s"), 0, "", "2026-04", S.S3, "S3-2, lines 20-52"))
    for name, local, cloud in (("Qwen3-14B", 1.48, 1.55), ("GLM-4.7-Flash", 1.07, 1.70)):
        s3.append((S.SEED_MODELS[name], name, "seed-003-proxy", "local", "average", local, 2, judge3, "2026-04", S.S3, "S3-3, line 94"))
        s3.append((S.SEED_MODELS[name], name, "seed-003-proxy", "cloud", "average", cloud, 2, judge3, "2026-04", S.S3, "S3-3, line 94"))
    for model, name, where, value in (("qwen3-14b", "Qwen3-14B", "OpenRouter cloud", 2.0), ("qwen3-14b", "Qwen3-14B", "MacBook Air M4 32GB", 2.0),
                                      ("qwen2.5-7b", "Qwen2.5-7B", "Raspberry Pi 5 8GB", 2.0)):
        s3.append((model, name, "seed-003-speed-test", where, "one task", value, 2, judge3, "2026-04", S.S3, "S3-5, lines 115-140"))
    for task, value in S.S3_LOCAL:
        s3.append(("", "local models (not named)" if task != "complex architecture" else "local models (not named), sent to the cloud", "seed-003-local", "what moves local", task, value, 2, judge3,
                   "2026-04", S.S3, "S3-11, lines 283-309"))
    s4.append(("llama-3.2-11b-vision", "Llama 3.2 Vision 11B", "DocVQA", "vision", "document questions", 88.4, 100, "", "2026-02", S.S4, "S4-12, lines 192-204"))
    for name, rows in (("seed-000", s0), ("seed-003", s3), ("seed-004", s4)):
        table(out / "scores" / f"{name}.csv", columns, rows)
    return len(s0) + len(s3) + len(s4)


def verify(out, names, rows, unresolved):
    """Every name of the measurements resolves to a record or says why not; engines run the formats."""
    faults = []
    open_names = {(k, fold(n)) for k, n, _ in unresolved}
    count = {"resolved": 0, "skipped": 0}
    engine_of = {f["id"]: f["engines"] for f in F.FORMATS}
    bases = {e["id"]: e.get("base") for e in E.ENGINES}
    odd = {}
    for r in rows:
        found = {}
        for column, kind in (("hardware", "device"), ("model", "model"), ("quant", "format"), ("engine", "engine")):
            name = r[column]
            if name == "":
                continue
            owner = names[kind].owner.get(fold(name))
            if owner:
                found[kind] = owner
            elif (kind, fold(name)) not in open_names:
                faults.append(f"measurement {r['id']}: {kind} {name!r} is neither a record nor unresolved")
        if "device" in found and "model" in found and ("format" in found or r["quant"] == ""):
            count["resolved"] += 1
        else:
            count["skipped"] += 1
        if "format" in found and "engine" in found:
            runs = engine_of[found["format"]]
            if found["engine"] not in runs and bases.get(found["engine"]) not in runs:
                odd[(found["engine"], found["format"])] = odd.get((found["engine"], found["format"]), 0) + 1
    return faults, count, odd


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("--data", type=Path, required=True)
    ap.add_argument("--out", type=Path, required=True)
    args = ap.parse_args()

    published = {"hardware": {}, "model": {}, "quant": {}}
    for a in read_csv(args.data / "aliases.csv"):
        if a["id"]:
            published[a["kind"]].setdefault(a["id"], []).append(a["name"])
    for owner, name in (("glm-5.1", "GLM 5.1"), ("glm-5.2", "GLM 5.2"), ("gemma-4-12b", "Gemma 4 12B"), ("laguna-s-2.1", "Laguna S 2.1"), ("kimi-linear-48b-a3b", "Kimi Linear 48B A3B"), ("dots.llm1", "dots.llm1 142B A14B"),
                        ("deepseek-math-v2", "DeepSeek Math V2"), ("nemotron-3-nano-4b", "Nemotron 3 Nano 4B")):
        published["model"].setdefault(owner, []).append(name)

    faults = []
    models, model_names, failures = convert_models(args.data, args.out, published["model"])
    print(f"models: {len(models)}; shape faults: {len(failures)}")
    devices, device_names = convert_devices(args.data, args.out, published["hardware"])
    print(f"devices: {len(devices)}")
    format_names, format_faults = convert_formats(args.data, args.out, published["quant"])
    print(f"formats: {len(F.FORMATS)}")
    engine_names = convert_engines(args.out)
    link_names = convert_links(args.out)
    print(f"engines: {len(E.ENGINES)}, links: {len(L.LINKS)}")
    engine_ids = {e["id"] for e in E.ENGINES}
    for f in F.FORMATS:
        faults += [f"format {f['id']}: no engine {x}" for x in f["engines"] if x not in engine_ids]
    link_ids = {l["id"] for l in L.LINKS}
    faults += [f"device: no link {x}" for x in D.INTERCONNECT.values() if x not in link_ids]
    faults += failures + format_faults
    names = {"device": device_names, "model": model_names, "format": format_names, "engine": engine_names}
    rows, seed_rows = convert_measurements(args.data, args.out)
    unresolved = convert_unresolved(args.data, args.out, names)
    print(f"measurements: {len(rows)} and {len(seed_rows)} of the seeds; unresolved names: {len(unresolved)}")
    api, saas, seen = convert_prices(args.data, args.out, model_names)
    print(f"API prices: {len(api)}, {sum(1 for r in api if r['model_id'])} tied to a model; seats: {len(saas)}; price observations: {len(seen)}")
    print(f"accessories: {convert_accessories(args.data, args.out)}; seed observations: {convert_observations(args.data, args.out)}; "
          f"scores: {convert_scores(args.data, args.out)}")
    more, count, odd = verify(args.out, names, rows + seed_rows, unresolved)
    faults += more
    print(f"measurement rows with device, model and format resolved: {count['resolved']}, others: {count['skipped']}")
    for (engine, fmt), n in sorted(odd.items()):
        print(f"  {n} rows run {fmt} on {engine}, which its record does not list")
    item_ids = {d["id"] for d in devices}
    for r in seen:
        if re.sub(r"^\d+x ", "", r["item_id"]) not in item_ids and not r["item_id"].startswith("fx-"):
            print(f"  price observation of no record: {r['item_id']}")
    for n in (model_names, device_names, format_names, engine_names, link_names):
        faults += n.faults
    for f in faults:
        print("  " + f)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
