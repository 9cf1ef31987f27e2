"""Tables of the catalog: measurements, prices, accessories, observations, scores, unresolved names."""

import csv
import re
from pathlib import Path

from facts import quantization_loss as Q
from facts import seeds as S
from facts import toml
from facts.common import Names, SEED, fold, number, read_csv, slug, source_kind, write


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


# Conditions of a whole source that its rows leave out: source (its beginning), word of the note, conditions, where stated.
SOURCE_CONDITIONS = [
    ("mac-llm-bench (via smoothyy3/willitrun normalized data)", "",
     "sustained: fanless machine, all models in one series", "README and bench.sh of the source"),
    ("llama.cpp benches/", "llama-batched-bench", "ubatch 2048; flash attention on",
     "scripts/bench-models.sh (llama.cpp pull request 16894) and the log in benches/dgx-spark/dgx-spark.md: n_ubatch = 2048, flash_attn = 1"),
    ("llama.cpp discussion 15396", "llama-batched-bench", "ubatch 2048; flash attention on",
     "as the source's llama-bench rows of the same prompts, which say so and agree within 4 %"),
]


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
    table(out / "source_conditions.csv", ["source", "note_word", "conditions", "reason"], SOURCE_CONDITIONS)
    return rows, S.MEASUREMENTS


def convert_quantization_loss(out):
    columns = ["format", "model", "model_name", "perplexity_increase", "kl_divergence_median", "top_token_differs",
               "date", "source", "locator", "notes"]
    table(out / "quantization_loss.csv", columns, Q.rows())


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
    tables = 0
    for line in (data / "seed_tables.md").read_text(encoding="utf-8").splitlines():
        m = re.match(r"## (S\d)-(\d+) (.*)$", line)
        if m:
            section = f"{m.group(1)}-{m.group(2)}"
            spans = re.findall(r"\d+(?:-\d+)?", " ".join(re.findall(r"\(([^)]*lines?[^)]*)\)", m.group(3))))
            lines = "lines " + ", ".join(spans) if spans else ""
            header = None
            tables = 0
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
            tables += 1
            continue
        if all(re.fullmatch(r":?-+:?", c) for c in cells):
            continue
        start = 1 if len(cells) > 1 and (header[0] in ("#", "Rank") or re.fullmatch(r"\d+", cells[0]) and header[0] == "#") else 0
        subject = cells[start] if header[start] not in ("Rank",) else cells[start + 1]
        if (section, tables) in S.TABLE_NAMES:
            subject = f"{S.TABLE_NAMES[section, tables]}: {subject}"
        if section in S.ROW_NAMES:
            subject += ": " + cells[header.index(S.ROW_NAMES[section])]
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
