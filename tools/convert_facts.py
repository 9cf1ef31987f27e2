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
from facts.common import Names, SEED, fold, number, read_csv, slug, source_kind, write  # noqa: E402
from facts.shapes import check_shape, layer_keys, layer_params  # noqa: E402
from facts.tables import REASON, SHORT, api_model, convert_accessories, convert_measurements, convert_observations, convert_prices, convert_quantization_loss, convert_scores, convert_unresolved, table  # noqa: E402


# ---------------------------------------------------------------- models

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
        bits = {k: float(b[k]) for k in ("whole_model", "attention", "attention_of_hybrids", "ffn", "experts", "embedding", "output", "other") if k in b}
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
        sources += [{"covers": covers, "kind": k, "ref": r} for covers, k, r in e.get("more_sources", [])]
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
            published[a["kind"]].setdefault(D.MEASURED_ON.get(a["name"], a["id"]), []).append(a["name"])
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
    convert_quantization_loss(args.out)
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
