"""Observations of the five seed documents that are measurements (device + model + speed), and small tables without a CSV."""

S0, S1, S2, S3, S4 = ("000_a9c64eb96263c12e.txt", "001_014e296cea731a10.txt", "002_4259dc5670bc3574.txt", "003_57dfb5e152bd72e9.txt",
                      "004_f3b58752115fadcf.txt")
SEEDS = {"S0": S0, "S1": S1, "S2": S2, "S3": S3, "S4": S4}
DATE = {S0: "2026-04", S1: "2026-02", S2: "", S3: "2026-04", S4: "2026-02"}

ULTRA512, ULTRA256 = "Apple M3 Ultra 512GB", "Apple M3 Ultra 60-core GPU 256GB"
STRIX, SPARK = "AMD Ryzen AI Max+ 395 128GB", "NVIDIA DGX Spark (GB10) 128GB"
PRO6000 = "NVIDIA RTX PRO 6000 Blackwell Workstation 96GB"
M2MAX = "Apple M2 Max 38-core GPU 32GB"


def row(seed, section, lines, n, hardware, count, model, quant, engine, backend, phase, value, prompt="", gen="", depth="", conc=1,
        link="", note="", power=""):
    return dict(id=f"s{seed}-{section}-{n}", hardware=hardware, hardware_count=count, interconnect=link, model=model, quant=quant, engine=engine,
                engine_version="", backend=backend, phase=phase, prompt_tokens=prompt, gen_tokens=gen, context_depth=depth, concurrency=conc,
                tokens_per_s=value, unit_note=note, power_w=power, date=DATE[SEEDS[f"S{seed}"]], source=SEEDS[f"S{seed}"],
                source_locator=f"S{seed}-{section}, lines {lines}", confidence="low")


def b70_table():
    out, n = [], 0
    for hw, bf, pre, c4, awq in (("Intel Arc Pro B70 32GB", 56, 12910, 194, 72), ("NVIDIA RTX PRO 4000 Blackwell", 51, 11745, 173, 89),
                                 ("AMD Radeon AI PRO R9700 32GB", 43, 10800, 149, 25)):
        backend = {"I": "XPU", "N": "CUDA", "A": "ROCm"}[hw[0]]
        for quant, phase, value, conc in (("BF16", "decode", bf, 1), ("BF16", "prefill", pre, 1), ("BF16", "decode_total", c4, 4),
                                          ("AWQ-4bit", "decode", awq, 1)):
            n += 1
            note = "the seed calls the AWQ path broken" if hw.startswith("AMD") and "AWQ" in quant else ""
            out.append(row(0, 16, "313-328", n, hw, 1, "Qwen3 4B", quant, "vLLM", backend, phase, value, conc=conc, note=note))
    return out


MEASUREMENTS = [
    row(0, 14, "293-301", 1, ULTRA512, 1, "Devstral 2 123B", "", "exo (MLX)", "Metal", "decode", 9.2, note="seed spells it DevStroll; quantization not stated"),
    row(0, 14, "293-301", 2, ULTRA512, 4, "Devstral 2 123B", "", "exo (MLX)", "Metal", "decode", 22, link="Thunderbolt 5 RDMA", note="quantization not stated"),
    row(0, 14, "293-301", 3, ULTRA512, 1, "Qwen3 235B A22B", "", "exo (MLX)", "Metal", "decode", 30, note="quantization not stated"),
    row(0, 14, "293-301", 4, ULTRA512, 4, "Qwen3 235B A22B", "", "exo (MLX)", "Metal", "decode", 37, link="Thunderbolt 5 RDMA", note="quantization not stated"),
    row(0, 14, "293-301", 5, STRIX, 4, "MiniMax M2", "Q6_K", "llama.cpp", "", "decode", 13, link="25GbE", note="about"),
    row(0, 14, "293-301", 6, STRIX, 4, "MiniMax M2", "Q6_K", "llama.cpp", "", "prefill", 152, link="25GbE", note="about"),
    *b70_table(),
    row(0, 19, "365-381", 1, SPARK, 1, "Qwen3 4B", "FP16", "vLLM", "CUDA", "decode", 23, note="seed's scaling table says 4B FP16"),
    row(0, 19, "365-381", 2, SPARK, 2, "Qwen3 4B", "FP16", "vLLM", "CUDA", "decode", 35, link="RoCE 200GbE"),
    row(0, 19, "365-381", 3, SPARK, 4, "Qwen3 4B", "FP16", "vLLM", "CUDA", "decode", 51, link="RoCE 200GbE"),
    row(1, 1, "8-30", 1, "Apple M3 Ultra 80-core GPU", 1, "Qwen3 30B A3B", "4-bit MLX", "MLX (mlx-lm)", "Metal", "prefill", 2320, note="the seed names Q4_K_M for both machines, MLX runs its own 4-bit format; GPU cores not stated"),
    row(1, 1, "8-30", 2, "Apple M3 Ultra 80-core GPU", 1, "Qwen3 30B A3B", "4-bit MLX", "MLX (mlx-lm)", "Metal", "decode", 97, note="the seed names Q4_K_M for both machines, MLX runs its own 4-bit format; GPU cores not stated"),
    row(1, 1, "8-30", 3, "NVIDIA RTX 3090 24GB", 1, "Qwen3 30B A3B", "Q4_K_M", "llama.cpp", "CUDA", "prefill", 2157),
    row(1, 1, "8-30", 4, "NVIDIA RTX 3090 24GB", 1, "Qwen3 30B A3B", "Q4_K_M", "llama.cpp", "CUDA", "decode", 136),
    row(1, 1, "8-30", 5, ULTRA512, 2, "Kimi K2.5", "", "exo (MLX)", "Metal", "decode", 24, note="quantization and link not stated"),
    row(1, 2, "34-55", 1, "Apple M4 Max 40-core GPU", 1, "DeepSeek R1 Distill Qwen 14B", "", "", "Metal", "decode", 40, note="14B distilled Qwen, Q4; engine not stated"),
    row(1, 3, "59-80", 1, "NVIDIA GeForce RTX 5090 Laptop 24GB", 1, "Gemma 3 27B", "Q4_K_M", "llama.cpp", "CUDA", "prefill", 1000, note="about; 15K context"),
    row(1, 3, "59-80", 2, "NVIDIA GeForce RTX 5090 Laptop 24GB", 1, "Gemma 3 27B", "Q4_K_M", "llama.cpp", "CUDA", "decode", 20, note="about; 15K context", depth=15000),
    row(1, 3, "59-80", 3, "NVIDIA GeForce RTX 5090 Laptop 24GB", 1, "Qwen3 30B A3B", "IQ4_XS", "llama.cpp", "CUDA", "prefill", 2700, note="about; IQ4 type not stated"),
    row(1, 3, "59-80", 4, "NVIDIA GeForce RTX 5090 Laptop 24GB", 1, "Qwen3 30B A3B", "IQ4_XS", "llama.cpp", "CUDA", "decode", 120, note="100 to 140; IQ4 type not stated"),
    row(1, 9, "211-233", 1, STRIX, 1, "GLM 4.7 Flash 30B A3B", "Q4_K_M", "llama.cpp", "ROCm", "prefill", 2247, prompt=512, depth=0, note="seed prints llama.cpp's label DeepSeek2-30B-A3B, probably this model"),
    row(1, 9, "211-233", 2, STRIX, 1, "GLM 4.7 Flash 30B A3B", "Q4_K_M", "llama.cpp", "ROCm", "decode", 89, gen=128, depth=0, note="as above"),
    row(1, 9, "211-233", 3, STRIX, 1, "GLM 4.7 Flash 30B A3B", "Q4_K_M", "llama.cpp", "Vulkan", "prefill", 2632, prompt=512, depth=0, note="OUTLIER: the decode row of this run is above the bandwidth ceiling of that model, so the label may be another one"),
    row(1, 9, "211-233", 4, STRIX, 1, "GLM 4.7 Flash 30B A3B", "Q4_K_M", "llama.cpp", "Vulkan", "decode", 125, gen=128, depth=0, note="OUTLIER: above the bandwidth ceiling of that model, so the label may be another one"),
    row(1, 9, "211-233", 5, STRIX, 1, "Llama 3.3 70B", "Q4_K_M", "llama.cpp", "", "decode", 5.5, note="about; 70B Q4, model not named"),
    row(1, 9, "211-233", 6, STRIX, 1, "gpt-oss 20B", "MXFP4", "llama.cpp", "", "decode", 50, note="about"),
    row(1, 9, "211-233", 7, STRIX, 1, "gpt-oss 120B", "MXFP4", "llama.cpp", "", "prefill", 800, note="about; labelled f16 (the rest of the tensors), Lemonade"),
    row(1, 10, "237-260", 1, "Qualcomm Snapdragon X Elite X1E-84-100", 1, "Qwen2.5 32B", "", "llama.cpp", "CPU", "decode", 6, note="about; Q4 type not stated"),
    row(2, 3, "50-65", 1, M2MAX, 1, "Qwen3 Coder 30B A3B", "Q4_K_M", "Ollama (llama.cpp)", "Metal", "decode", 48.8, note="Ollama default assumed; GPU cores not stated; the seed's 15.3 GB and 8B active are wrong"),
    row(2, 3, "50-65", 2, M2MAX, 1, "Qwen2.5 Coder 14B", "Q4_K_M", "Ollama (llama.cpp)", "Metal", "decode", 15.6, note="Ollama default assumed; GPU cores not stated"),
    row(2, 3, "50-65", 3, M2MAX, 1, "DeepSeek R1 Distill Qwen 14B", "Q4_K_M", "Ollama (llama.cpp)", "Metal", "decode", 14.6, note="Ollama default assumed; GPU cores not stated"),
    row(2, 3, "50-65", 4, M2MAX, 1, "GLM 4.7 Flash 30B A3B", "Q4_K_M", "Ollama (llama.cpp)", "Metal", "decode", 10.2, note="OUTLIER: far below what the machine can do; Ollama default assumed"),
    row(3, 5, "115-140", 1, "Apple MacBook Air (M4, 10-core GPU, 32GB)", 1, "Qwen3 14B", "Q4_K_M", "Ollama (llama.cpp)", "Metal", "e2e", 6.5, note="238 s in all; Ollama default assumed"),
    row(3, 5, "115-140", 2, "Raspberry Pi 5 8GB", 1, "Qwen2.5 7B", "Q4_K_M", "Ollama (llama.cpp)", "CPU", "e2e", 0.6, note="559 s in all; Ollama default assumed"),
    row(4, 3, "62-84", 1, PRO6000, 1, "gpt-oss 120B", "MXFP4", "Ollama (llama.cpp)", "CUDA", "decode", 134, note="seed says Q4; card edition not stated"),
    row(4, 3, "62-84", 2, PRO6000, 1, "gpt-oss 20B", "MXFP4", "Ollama (llama.cpp)", "CUDA", "decode", 185, note="seed says Q4"),
    row(4, 3, "62-84", 3, PRO6000, 1, "DeepSeek R1 Distill Qwen 32B", "Q4_K_M", "Ollama (llama.cpp)", "CUDA", "decode", 64, note="Q4, Ollama default"),
    row(4, 3, "62-84", 4, PRO6000, 1, "Llama 3.3 70B", "Q4_K_M", "Ollama (llama.cpp)", "CUDA", "decode", 32, note="Q4, Ollama default"),
    row(4, 3, "62-84", 5, PRO6000, 1, "Qwen2.5 72B", "Q4_K_M", "Ollama (llama.cpp)", "CUDA", "decode", 29, note="Q4, Ollama default"),
    row(4, 3, "62-84", 6, ULTRA256, 1, "gpt-oss 120B", "", "", "Metal", "decode", 69.4, note="quantization and engine not stated"),
    row(4, 3, "62-84", 7, ULTRA256, 1, "gpt-oss 120B", "", "", "Metal", "decode_total", 152.8, conc=8, note="8 x 19.1 per request; quantization and engine not stated"),
    row(4, 3, "62-84", 8, ULTRA256, 1, "Qwen3 30B A3B", "", "", "Metal", "decode", 84, note="quantization and engine not stated"),
    row(4, 3, "62-84", 9, ULTRA256, 1, "Qwen3 30B A3B", "", "", "Metal", "decode_total", 199.2, conc=8, note="8 x 24.9 per request; quantization and engine not stated"),
]

# sections whose tables name the same rows, and tables whose rows share their first cell: what tells the subjects apart
TABLE_NAMES = {("S0-12", 1): "Framework Desktop", ("S0-12", 2): "Mac Studio M3 Ultra", ("S0-12", 3): "DGX Spark",
               ("S4-3", 1): "RTX PRO 6000", ("S4-3", 2): "M3 Ultra 256GB"}
ROW_NAMES = {"S3-10": "Model", "S4-5": "Model"}

# figures given in running text: (section, subject, quantity, value, unit, lines)
FIGURES = [
    ("S0-14", "TB5 RDMA", "bandwidth", "120", "Gb/s", "232-301"), ("S0-14", "TB5 RDMA", "latency", "50", "us", "232-301"),
    ("S0-18", "4x M3 Ultra cluster", "power", "66", "W", "348-363"), ("S0-18", "RDMA", "inter-machine speed-up", "10", "x", "348-363"),
    ("S0-19", "ConnectX-7 RoCE", "latency", "3", "us", "365-381"), ("S0-20", "Framework cluster", "generation drop 2 to 4 nodes", "20", "%", "383-400"),
    ("S0-28", "70B", "concurrent users per node", "5-8", "users", "493-499"), ("S0-28", "concurrent 70B", "memory per 5 users", "128", "GB", "493-499"),
    ("S0-33", "setup", "effective monthly cost", "130", "CAD", "610-616"),
    ("S1-1", "M3 Ultra", "share of a B200 server", "75", "%", "8-30"), ("S1-1", "MLX prefill over LM Studio", "factor", "2", "x", "8-30"),
    ("S1-2", "MLX over Ollama decode", "speed-up", "20-30", "%", "34-55"), ("S1-3", "RTX 5090 over RTX 4090", "decode speed-up", "78", "%", "59-80"),
    ("S1-9", "ROCm against Vulkan decode", "slower", "20", "%", "211-233"), ("S1-9", "BIOS default", "VRAM allocation", "32", "GB", "211-233"),
    ("S2-2", "Ollama and llama.cpp on Apple Silicon", "efficiency", "0.5-0.7", "", "31-48"),
    ("S2-5", "model", "overhead over weights", "2-4", "GB", "79-83"), ("S2-6", "2 nodes", "scaling efficiency", "95", "%", "85-90"),
    ("S2-6", "3-4 nodes", "scaling efficiency", "85", "%", "85-90"), ("S2-6", "5+ nodes", "scaling efficiency", "75", "%", "85-90"),
    ("S2-7", "local", "utilization", "25", "%", "92-106"), ("S2-8", "MLX", "faster", "30-50", "%", "108-134"),
    ("S2-8", "MacBook Pro", "throttling after 5-10 min", "10-25", "%", "108-134"),
    ("S3-3", "judges", "disagreement threshold", "1.5", "points", "54-96"), ("S3-3", "judges", "agreement", "100", "%", "54-96"),
    ("S3-7", "Mac Studio", "electricity", "150", "SEK/month", "155-167"), ("S3-7", "RTX 5090 PC", "electricity", "450", "SEK/month", "155-167"),
    ("S3-7", "PCIe", "practical bandwidth", "25", "GB/s", "155-167"), ("S3-7", "NVLink over PCIe", "factor", "24", "x", "155-167"),
    ("S3-12", "GPT-oss-120B on MLX", "best reported speed", "40", "tok/s", "311-342"), ("S3-12", "GPT-oss-20B", "size", "13", "GB", "311-342"),
    ("S4-7", "Ollama", "loaded models default", "3 x number of GPUs", "", "131-146"), ("S4-14", "llama.cpp layer split against tensor parallel", "slower", "30-50", "%", "225-241"),
    ("S4-14", "MLX over llama.cpp Metal", "faster", "30-50", "%", "225-241"), ("S4-14", "vllm-mlx", "throughput", "21-87", "%", "225-241"),
    ("quants", "8-bit weights", "bytes per weight assumed by the seed", "1", "byte", "152-190"),
    ("quants", "4-bit weights", "bytes per weight assumed by the seed (34 GB for a 70B; llama.cpp's Q4_K_M is 43 GB)", "0.5", "byte", "152-190"),
]

ELECTRICITY = [
    ("CA-seed", "CAD", 0.15, "2026-04", S0 + ": 591 CAD for 150 W over 3 years", "implied"),
    ("SE-seed", "SEK", 2, "2026-04", S3, "seed"),
    ("US", "USD", 0.17, "2026-01", "household average (recalled, not fetched)", "recalled"),
    ("CA", "CAD", 0.17, "2026-01", "household average (recalled, not fetched)", "recalled"),
    ("DE", "EUR", 0.38, "2026-01", "household average (recalled, not fetched)", "recalled"),
    ("FR", "EUR", 0.25, "2026-01", "household average (recalled, not fetched)", "recalled"),
    ("CH", "CHF", 0.28, "2026-01", "household average (recalled, not fetched)", "recalled"),
    ("GB", "GBP", 0.27, "2026-01", "household average (recalled, not fetched)", "recalled"),
    ("SE", "SEK", 2.0, "2026-01", "household average with grid and tax (recalled, not fetched)", "recalled"),
    ("EU", "EUR", 0.29, "2026-01", "household average (recalled, not fetched)", "recalled"),
]
RATES = [
    ("2026-04", "CAD", 1.4015, S0 + ": 1815 CAD for 1295 USD", "implied"),
    ("2026-04", "SEK", 10.09, S3 + ": the Qwen3-32B row of its cost table", "implied"),
    ("2026-07", "CAD", 1.4, "convention of the gathered price tables", "convention"),
    ("2026-07", "SEK", 10.5, "convention of the gathered price tables", "convention"),
    ("2026-07", "USD", 1, "by definition", "exact"),
    ("2026-07", "CHF", 0.8, "recalled, not fetched", "recalled"), ("2026-07", "EUR", 0.86, "recalled, not fetched", "recalled"),
    ("2026-07", "GBP", 0.74, "recalled, not fetched", "recalled"),
]

# the names the seeds give to models -> catalog ids
SEED_MODELS = {
    "Qwen 2.5 7B": "qwen2.5-7b", "Qwen 3.5 9B": "qwen3.5-9b", "Phi-4 14B": "phi-4", "Qwen3 Coder Next (3B active/80B)": "qwen3-coder-next",
    "Qwen 2.5 72B": "qwen2.5-72b", "DeepSeek V3.1": "deepseek-v3.1", "Qwen 3.5 27B": "qwen3.5-27b", "DeepSeek R1 671B": "deepseek-r1",
    "Qwen3 Max": "qwen3-max", "DeepSeek V3.2": "deepseek-v3.2", "Claude Sonnet 4.6": "",
    "GPT-oss-120B": "gpt-oss-120b", "Qwen3-235B-MoE": "qwen3-235b-a22b", "MiniMax-M2.5": "minimax-m2.5", "GLM-4.7-Flash": "glm-4.7-flash",
    "Qwen3-Coder-Next": "qwen3-coder-next", "Qwen3-32B": "qwen3-32b", "Devstral-2": "devstral-2-123b", "Qwen3-14B": "qwen3-14b",
    "Nemotron-3-Super": "nemotron-3-super-120b-a12b", "DS-R1-32B": "deepseek-r1-distill-qwen-32b", "Llama 3.3-70B": "llama-3.3-70b",
    "Qwen2.5-Coder-32B": "qwen2.5-coder-32b",
}
S0_TASKS = ["infrastructure", "bug fixing", "security", "ERP integration", "database administration", "documentation", "shell and DevOps",
            "content", "analysis and reasoning", "Claude Code specific"]
S3_LOCAL = [("refactoring", 2.0), ("debugging", 2.0), ("documentation", 2.0), ("commit messages", 2.0), ("status reports", 2.0),
            ("simple coding", 1.5), ("Swedish text", 1.5), ("non-coding assistant", 1.7), ("complex architecture", 1.0)]

# API names -> model ids, where the rule of convert_facts.py does not find them
API = {
    "deepseek-chat-v3-0324": "deepseek-v3", "deepseek-v3-0324": "deepseek-v3", "deepseek-v3-turbo": "deepseek-v3", "deepseek-chat-v3.1": "deepseek-v3.1",
    "deepseek-v3-1": "deepseek-v3.1", "deepseek-v3.1-terminus": "deepseek-v3.1", "deepseek-v3.2-exp": "deepseek-v3.2", "deepseek-r1-0528": "deepseek-r1",
    "kimi-k2-0905": "kimi-k2", "qwen3-coder": "qwen3-coder-480b-a35b", "devstral-2512": "devstral-2-123b", "devstral-small-2507": "devstral-small-24b",
    "mistral-small-2506": "mistral-small-3.2-24b", "mistral-small-24b-instruct-2501": "mistral-small-3-24b", "mistral-nemo": "mistral-nemo-12b",
    "ministral-14b-2512": "ministral-3-14b", "ministral-8b-2512": "ministral-3-8b", "lfm-2-24b-a2b": "lfm2-24b-a2b",
    "glm-5p1": "glm-5.1", "glm-5p2": "glm-5.2", "glm-5p1-fast": "glm-5.1", "glm-5p2-fast": "glm-5.2", "kimi-k2p6": "kimi-k2.6", "kimi-k2p6-fast": "kimi-k2.6",
    "kimi-k2p6-turbo": "kimi-k2.6", "minimax-m2p7": "minimax-m2.7", "zai-glm-4.7": "glm-4.7", "qwen-2.5-72b-instruct": "qwen2.5-72b",
    "qwen-2.5-7b-instruct": "qwen2.5-7b", "qwen-2.5-coder-32b-instruct": "qwen2.5-coder-32b", "llama-3.3-70b-versatile": "llama-3.3-70b",
    "meta-llama-3-8b-instruct-lite": "llama-3-8b", "nvidia-nemotron-3-nano-30b-a3b": "nemotron-3-nano-30b-a3b",
    "llama-3.2-11b-vision-instruct": "llama-3.2-11b-vision", "gpt-oss-120b-fast": "gpt-oss-120b", "qwen3-max": "qwen3-max",
    "minimax-m2.5-highspeed": "minimax-m2.5", "minimax-m2.7-highspeed": "minimax-m2.7",
}
API_NOT = {"glm-5-turbo", "qwen3-coder-plus", "qwen3-coder-flash", "qwen3-max-thinking", "llama-3.3-nemotron-super-49b-v1.5", "mistral-small-3.1-24b-instruct"}

# price observations whose item is a cluster or a rate
ITEMS = {"framework 2 nodes": "2x framework-desktop-max-395-128gb", "framework 3 nodes": "3x framework-desktop-max-395-128gb",
         "framework 4 nodes": "4x framework-desktop-max-395-128gb", "4x framework": "4x framework-desktop-max-395-128gb",
         "4x mac studio m3 ultra": "4x seed-mac-studio-m3-ultra-192gb", "4x dgx spark": "4x nvidia-dgx-spark",
         "fx cad per usd (implied)": "fx-cad-per-usd", "fx sek per usd (implied)": "fx-sek-per-usd"}
