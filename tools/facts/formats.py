"""Weight and cache formats: bits by tensor class.

The GGUF rows follow llama.cpp's mixing rules on a Llama-3.1-8B shape
(1342M attention, 5637M FFN, 525M embedding, 525M output); `solve` spreads what
is left of the published average over attention and FFN. The checks in
convert_facts.py recompute the average from the classes.
"""

ATTN, FFN, EMB, OUT = 1342.0, 5637.0, 525.3, 525.3

GGUF_ENGINES = ["llama.cpp", "ollama", "llamafile", "koboldcpp", "lm-studio", "ik_llama.cpp", "ktransformers", "ipex-llm"]
VLLM = ["vllm", "sglang"]
TRT = ["vllm", "sglang", "tensorrt-llm", "tensorrt-edge-llm"]
README = ("table", "llama.cpp tools/quantize README, Llama-3.1-8B column")
BLOCK = ("table", "llama.cpp block layout")
SPARED = ("estimated", "hybrids keep attention and recurrent tensors in Q8_0: Unsloth's notes on its Qwen3.5 mixes, 27 February 2026")
MIX = ("derived", "bits by tensor class from llama.cpp's mixing rules on a Llama-3.1-8B shape")


def solve(whole, emb, out):
    rest = (whole * (ATTN + FFN + EMB + OUT) - emb * EMB - out * OUT) / (ATTN + FFN)
    return round(rest, 4)


def whole(attn, ffn, emb, out):
    return (attn * ATTN + ffn * FFN + emb * EMB + out * OUT) / (ATTN + FFN + EMB + OUT)


def gguf(fid, name, cls, average, attn, ffn, emb, out, csv_name=None, notes=None, sources=None, experts=None, aliases=None,
         engines=None, quality=None, hybrids=None):
    return dict(id=fid, name=name, kind="weights", cls=cls, containers=["gguf"], engines=engines or GGUF_ENGINES,
                bits=dict(whole_model=average, attention=attn, **(dict(attention_of_hybrids=hybrids) if hybrids else {}), ffn=ffn, experts=experts if experts else ffn, embedding=emb,
                          output=out, other=32),
                csv=csv_name or name, notes=notes, sources=sources or [README, MIX], aliases=aliases, quality=quality)


def solved(fid, name, cls, average, emb, out, **kw):
    r = solve(average, emb, out)
    kw.setdefault("notes", "attention and FFN bits are solved from the published average")
    return gguf(fid, name, cls, average, r, r, emb, out, **kw)


FORMATS = [
    solved("iq1_s", "IQ1_S", "iq1", 2.0042, 2.625, 5.5), solved("iq1_m", "IQ1_M", "iq1", 2.146, 2.625, 5.5),
    solved("iq2_xxs", "IQ2_XXS", "iq2", 2.3824, 2.625, 5.5), solved("iq2_xs", "IQ2_XS", "iq2", 2.5882, 2.625, 5.5),
    solved("iq2_s", "IQ2_S", "iq2", 2.7403, 3.4375, 5.5), solved("iq2_m", "IQ2_M", "iq2", 2.9294, 3.4375, 5.5),
    solved("iq3_xxs", "IQ3_XXS", "iq3", 3.2548, 3.4375, 5.5), solved("iq3_xs", "IQ3_XS", "iq3", 3.4977, 3.4375, 6.5625),
    solved("iq3_s", "IQ3_S", "iq3", 3.6606, 3.4375, 6.5625), solved("iq3_m", "IQ3_M", "iq3", 3.7628, 3.4375, 6.5625),
    gguf("iq4_xs", "IQ4_XS", "iq4", 4.4597, 4.375, 4.302, 4.25, 6.5625),
    gguf("iq4_nl", "IQ4_NL", "iq4", 4.6818, 4.6, 4.542, 4.5, 6.5625),
    gguf("q2_k_s", "Q2_K_S", "k2", 2.9697, 2.8125, 2.703, 2.625, 6.5625),
    gguf("q2_k", "Q2_K", "k2", 3.1593, 3.1375, 2.896, 2.625, 6.5625),
    gguf("q3_k_s", "Q3_K_S", "k3", 3.6429, 3.4375, 3.4375, 3.4375, 6.5625),
    gguf("q3_k_m", "Q3_K_M", "k3", 4.0, 3.975, 3.8125, 3.4375, 6.5625,
         sources=[("recalled", "row missing from the README table: 3.74 GiB for 8B"), MIX]),
    gguf("q3_k_l", "Q3_K_L", "k3", 4.2979, 4.469, 4.125, 3.4375, 6.5625),
    gguf("q4_0", "Q4_0", "legacy4", 4.64, 4.5, 4.5, 4.5, 6.5625, notes="block type is exactly 4.5 bits; the output tensor stays Q6_K. The CSV's 4.66 is a recalled file size (4.34 GiB gives 4.64)",
         sources=[BLOCK, MIX]),
    gguf("q4_1", "Q4_1", "legacy4", 5.1, 5.0, 5.0, 5.0, 6.5625, sources=[BLOCK, MIX]),
    gguf("q4_k_s", "Q4_K_S", "k4", 4.6672, 4.5125, 4.542, 4.5, 6.5625),
    gguf("q4_k_m", "Q4_K_M", "k4", 4.8944, 4.603, 4.844, 4.5, 6.5625, aliases=["q4km"],
         notes="half of attn_v and ffn_down are Q6_K; with as many KV heads as heads attention averages 4.76. 43.1 GB for a 70B, 249.1 GB for 405B"),
    gguf("q5_0", "Q5_0", "legacy5", 5.57, 5.5, 5.5, 5.5, 6.5625, sources=[BLOCK, MIX], notes="block type is exactly 5.5 bits"),
    gguf("q5_1", "Q5_1", "legacy5", 6.04, 6.0, 6.0, 6.0, 6.5625, sources=[BLOCK, MIX], notes="block type is exactly 6.0 bits"),
    gguf("q5_k_s", "Q5_K_S", "k5", 5.5704, 5.5, 5.5, 5.5, 6.5625),
    gguf("q5_k_m", "Q5_K_M", "k5", 5.7036, 5.553, 5.677, 5.5, 6.5625),
    gguf("q6_k", "Q6_K", "k6", 6.5633, 6.5625, 6.5625, 6.5625, 6.5625),
    gguf("q8_0", "Q8_0", "q8", 8.5008, 8.5, 8.5, 8.5, 8.5),
    dict(gguf("f16", "F16", "f16", 16.0005, 16, 16, 16, 16, aliases=["fp16"],
              engines=GGUF_ENGINES + ["vllm", "sglang", "tensorrt-llm", "tensorrt-edge-llm", "exllamav2", "exllamav3", "transformers"]),
         containers=["gguf", "safetensors"]),
    dict(id="bf16", name="BF16", kind="weights", cls="f16", containers=["gguf", "safetensors"],
         engines=GGUF_ENGINES + ["vllm", "sglang", "tensorrt-llm", "tensorrt-edge-llm", "exllamav2", "exllamav3", "transformers"],
         bits=dict(whole_model=16, other=32), csv="BF16", sources=[("table", "16 bits exactly")]),
    dict(id="f32", name="F32", kind="weights", cls="f32", containers=["gguf", "safetensors"],
         engines=GGUF_ENGINES + ["transformers"], bits=dict(whole_model=32, other=32), csv="F32", aliases=["fp32"],
         sources=[("table", "32 bits exactly")]),
    gguf("tq1_0", "TQ1_0", "ternary", 2.19, 1.6875, 1.6875, 4.5, 6.5625, sources=[BLOCK, ("estimated", "embedding Q4_K, output Q6_K")],
         notes="ternary block type of 1.6875 bits, for native ternary models only"),
    gguf("tq2_0", "TQ2_0", "ternary", 2.52, 2.0625, 2.0625, 4.5, 6.5625, sources=[BLOCK, ("estimated", "embedding Q4_K, output Q6_K")],
         notes="ternary block type of 2.0625 bits, for native ternary models only"),
    dict(id="ud-iq1_s", name="UD-IQ1_S (dynamic 1.58-bit)", kind="weights", cls="iq1", containers=["gguf"], engines=GGUF_ENGINES,
         bits=dict(whole_model=1.56, experts=1.52, attention=4.6, ffn=4.8, embedding=4.5, output=6.5625, other=32),
         csv="UD-IQ1_S (dynamic 1.58-bit)", aliases=["1.58-bit", "ud-iq1_s"],
         notes="131 GB for DeepSeek-R1 671B; mixed precision: experts low, the rest about 4 bits",
         sources=[("seed", "004_f3b58752115fadcf.txt"), ("estimated", "bits by tensor class")]),
    # Unsloth dynamic mixes
    gguf("q2_k_xl", "Q2_K_XL", "k2", 3.53, 4.2, 3.0, 4.5, 6.5625, sources=[("estimated", "Unsloth dynamic mix: larger than Q2_K; sizes of published files recalled"), SPARED], hybrids=8.5, experts=3.0),
    gguf("q3_k_xl", "Q3_K_XL", "k3", 4.27, 4.8, 3.9, 4.5, 6.5625, sources=[("estimated", "Unsloth dynamic mix: larger than Q3_K_M; sizes of published files recalled"), SPARED], hybrids=8.5, experts=3.8),
    gguf("q4_k_xl", "Q4_K_XL", "k4", 4.97, 5.2, 4.8, 4.5, 6.5625, aliases=["ud-q4_k_xl"], hybrids=8.5, experts=4.7,
         sources=[("estimated", "Unsloth dynamic mix: attention larger, experts about Q4_K; 4.99 GB for Llama 3.1 8B recalled"), SPARED]),
    gguf("q5_k_xl", "Q5_K_XL", "k5", 5.77, 6.0, 5.65, 5.5, 6.5625, aliases=["ud-q5_k_xl"], hybrids=8.5, experts=5.6,
         sources=[("estimated", "Unsloth dynamic mix: slightly larger than Q5_K_M"), SPARED]),
    gguf("q6_k_xl", "Q6_K_XL", "k6", 7.05, 7.6, 6.7, 8.5, 8.5, aliases=["ud-q6_k_xl"], hybrids=8.5, experts=6.6,
         sources=[("estimated", "Unsloth dynamic mix: Q6_K with Q8_0 parts"), SPARED]),
    gguf("q8_k_xl", "Q8_K_XL", "q8", 10.25, 11.5, 9.07, 14.0, 16.0, aliases=["ud-q8_k_xl"], experts=9.0,
         sources=[("estimated", "Unsloth dynamic mix: Q8_0 with BF16 parts, 9.5 to 11 bits by model; 10.25 taken")]),
    gguf("iq2_k_r4", "IQ2_K_R4", "iq2", 2.4, 4.5, 4.5, 4.5, 6.5625, experts=2.375, engines=["ik_llama.cpp"],
         sources=[("estimated", "ik_llama.cpp type, about 2.4 bits; non-expert tensors assumed 4.5")],
         notes="row-interleaved type of ik_llama.cpp; the average is that of a large mixture of experts"),
    gguf("iq-mix-3.9bpw", "mixed IQ, about 3.9 bpw", "iq4", 3.9, 6.0, 6.0, 4.5, 6.5625, experts=3.8, engines=["ik_llama.cpp"],
         csv_name=None, aliases=["mixed IQ, 307 GiB file (about 3.9 bpw)"],
         sources=[("estimated", "307 GiB file of DeepSeek R1 671B: 3.9 bits; split over tensor classes assumed")]),
    # block floating point
    dict(id="mxfp4", name="MXFP4", kind="weights", cls="mxfp4", containers=["gguf", "safetensors", "mlx"],
         engines=GGUF_ENGINES + ["vllm", "sglang", "tensorrt-llm", "mlx"],
         bits=dict(whole_model=4.35, attention=8.5, ffn=8.5, experts=4.25, embedding=8.5, output=8.5, other=32),
         bits_safetensors=dict(attention=16, ffn=16, experts=4.25, embedding=16, output=16, other=16),
         csv="MXFP4 (block)", aliases=["MXFP4_MOE", "MXFP4_MOE (gpt-oss 120B whole model)", "MXFP4_MOE (gpt-oss 20B whole model)", "mxfp4 moe"],
         notes="E2M1 values with one E8M0 scale per 32: 4.25 bits in the experts; the rest Q8_0 in GGUF (12.1 GB for gpt-oss 20B, 63.4 GB for 120B), BF16 in the checkpoint (65 GB)",
         sources=[("table", "block layout; gpt-oss file sizes"), ("derived", "whole model of gpt-oss 120B 4.35, of 20B 4.6")]),
    dict(id="mxfp4-q8-mlx", name="MXFP4-Q8 (MLX)", kind="weights", cls="mxfp4", containers=["mlx"], engines=["mlx", "exo"],
         bits=dict(whole_model=4.84, attention=8.5, ffn=8.5, experts=4.72, embedding=8.5, output=8.5, other=16),
         aliases=["MXFP4-Q8 MLX"], notes="70.65 GB for gpt-oss 120B",
         sources=[("estimated", "average from the exo model list, 4.84 bits on gpt-oss 120B; split over classes assumed")]),
    dict(id="nvfp4", name="NVFP4", kind="weights", cls="nvfp4", containers=["safetensors", "mlx"], engines=TRT + ["mlx"],
         bits=dict(whole_model=6.0, attention=4.5, ffn=4.5, experts=4.5, embedding=16, output=16, other=16), csv="NVFP4",
         aliases=["fp4", "modelopt fp4"],
         notes="E2M1 values with one FP8 scale per 16: 4.5 bits in quantized tensors; embedding and head stay 16-bit, so large models average 4.6 to 5. Published \"FP4\" rows of AMD are MXFP4 (4.25)",
         sources=[("table", "block layout"), ("derived", "whole-model average on a Llama-3.1-8B shape")]),
    dict(id="mxfp6", name="MXFP6", kind="weights", cls="mxfp6", containers=["safetensors"], engines=["vllm"],
         bits=dict(whole_model=7.53, attention=6.25, ffn=6.25, experts=6.25, embedding=16, output=16, other=16), csv="MXFP6",
         sources=[("table", "block layout: one E8M0 scale per 32"), ("derived", "whole-model average on a Llama-3.1-8B shape")]),
    dict(id="mxfp8", name="MXFP8", kind="weights", cls="mxfp8", containers=["safetensors", "mlx"], engines=["vllm", "mlx", "exo"],
         bits=dict(whole_model=8.25, attention=8.25, ffn=8.25, experts=8.25, embedding=8.25, output=8.25, other=16), csv="MXFP8",
         sources=[("table", "block layout: one E8M0 scale per 32")]),
    # FP8 and INT8
    dict(id="fp8", name="FP8", kind="weights", cls="fp8", containers=["safetensors"], engines=TRT,
         bits=dict(whole_model=9.05, attention=8, ffn=8, experts=8, embedding=16, output=16, other=16), csv="FP8",
         aliases=["fp8 w8a8", "fp8-dynamic"],
         notes="per-tensor or per-channel scales; embedding and head stay 16-bit",
         sources=[("table", "8 bits in linear layers"), ("derived", "whole-model average on a Llama-3.1-8B shape")]),
    dict(id="fp8-block", name="FP8 block 128x128", kind="weights", cls="fp8", containers=["safetensors"], engines=TRT + ["ktransformers"],
         bits=dict(whole_model=8.003, attention=8.003, ffn=8.003, experts=8.003, embedding=16, output=16, other=16),
         csv="FP8 block 128x128", notes="native format of DeepSeek V3: one FP32 scale per 128x128 block; 685 to 689 GB with the multi-token-prediction module",
         sources=[("table", "block layout; DeepSeek V3 checkpoint")]),
    dict(id="int8-w8a8", name="INT8 (W8A8)", kind="weights", cls="int8", containers=["safetensors"], engines=TRT + ["transformers"],
         bits=dict(whole_model=9.1, attention=8.06, ffn=8.06, experts=8.06, embedding=16, output=16, other=16), csv="INT8 (W8A8)",
         sources=[("table", "8 bits and per-channel scales"), ("derived", "whole-model average on a Llama-3.1-8B shape")]),
    # 4-bit integer for GPU servers
    dict(id="awq-4bit-g128", name="AWQ 4-bit g128", kind="weights", cls="awq4", containers=["safetensors"], engines=TRT,
         bits=dict(whole_model=5.7, attention=4.16, ffn=4.16, experts=4.16, embedding=16, output=16, other=16), csv="AWQ 4-bit g128",
         aliases=["awq", "awq 4-bit", "AWQ 4-bit whole small model"],
         notes="16-bit scale and 4-bit zero per 128 weights: 4.16 in linear layers; embedding and head stay 16-bit, so an 8B averages 5.7 (less with a small or tied vocabulary) and a 70B 4.5",
         sources=[("table", "group layout"), ("derived", "whole-model average on a Llama-3.1-8B shape")]),
    dict(id="gptq-4bit-g128", name="GPTQ 4-bit g128", kind="weights", cls="gptq4", containers=["safetensors"],
         engines=TRT + ["exllamav2"],
         bits=dict(whole_model=5.7, attention=4.16, ffn=4.16, experts=4.16, embedding=16, output=16, other=16), csv="GPTQ 4-bit g128",
         aliases=["gptq"], sources=[("table", "group layout, as AWQ"), ("derived", "whole-model average on a Llama-3.1-8B shape")]),
    dict(id="gptq-3bit-g128", name="GPTQ 3-bit g128", kind="weights", cls="gptq3", containers=["safetensors"], engines=["vllm", "exllamav2"],
         bits=dict(whole_model=4.92, attention=3.25, ffn=3.25, experts=3.25, embedding=16, output=16, other=16), csv="GPTQ 3-bit g128",
         sources=[("estimated", "from group scales")]),
    dict(id="gptq-8bit-g128", name="GPTQ 8-bit g128", kind="weights", cls="gptq8", containers=["safetensors"], engines=["vllm"],
         bits=dict(whole_model=9.18, attention=8.15, ffn=8.15, experts=8.15, embedding=16, output=16, other=16), csv="GPTQ 8-bit g128",
         sources=[("estimated", "from group scales")]),
    dict(id="int4-g32", name="INT4 g32 symmetric", kind="weights", cls="gptq4", containers=["safetensors"], engines=VLLM,
         bits=dict(whole_model=6.0, attention=4.5, ffn=4.5, experts=4.5, embedding=16, output=16, other=16),
         aliases=["INT4-g32-symmetric"], sources=[("estimated", "group of 32 with a 16-bit scale: 4.5 bits in linear layers")]),
    dict(id="w4a16-g32-asym", name="W4A16 g32 asymmetric", kind="weights", cls="gptq4", containers=["safetensors"], engines=VLLM,
         bits=dict(whole_model=6.1, attention=4.625, ffn=4.625, experts=4.625, embedding=16, output=16, other=16),
         aliases=["W4A16-g32-asym-RTN"], sources=[("estimated", "group of 32 with a 16-bit scale and 4-bit zero: 4.6 bits in linear layers")]),
    dict(id="int4-qat-g32", name="INT4 QAT (experts g32)", kind="weights", cls="gptq4", containers=["safetensors"], engines=VLLM,
         bits=dict(whole_model=4.6, attention=16, ffn=16, experts=4.5, embedding=16, output=16, other=16),
         csv="INT4 QAT (Kimi K2 Thinking / K2.5 experts g32)",
         notes="compressed-tensors, group 32 with 16-bit scale, experts only; 595.1 GB for Kimi K2.6",
         sources=[("table", "exo model list: 595.1 GB for about 1.03T"), ("derived", "experts 4.5, the rest 16 bits")]),
    # ExLlama
    dict(id="exl2-4.0bpw", name="EXL2 4.0bpw", kind="weights", cls="exl", containers=["exl"], engines=["exllamav2"],
         bits=dict(whole_model=4.9, attention=4.0, ffn=4.0, experts=4.0, embedding=16, output=6, other=16), csv="EXL2 4.0bpw",
         notes="the named bits are those of the linear layers, chosen by the user",
         sources=[("table", "target bits chosen by the user"), ("estimated", "head 6 bits, embedding 16")]),
    dict(id="exl3-4.0bpw", name="EXL3 4.0bpw", kind="weights", cls="exl", containers=["exl"], engines=["exllamav3"],
         bits=dict(whole_model=4.9, attention=4.0, ffn=4.0, experts=4.0, embedding=16, output=6, other=16), csv="EXL3 4.0bpw",
         sources=[("table", "target bits chosen by the user"), ("estimated", "head 6 bits, embedding 16")]),
    dict(id="exl3-6.0bpw", name="EXL3 6.0bpw", kind="weights", cls="exl", containers=["exl"], engines=["exllamav3"],
         bits=dict(whole_model=6.65, attention=6.0, ffn=6.0, experts=6.0, embedding=16, output=6, other=16),
         aliases=["exl3-6.0bpw-mcg", "exl3-6.0bpw-mul1"],
         sources=[("estimated", "EXL3 at 6.0 bits; head 6 bits, embedding 16")]),
    # bitsandbytes
    dict(id="bnb-nf4", name="bitsandbytes NF4", kind="weights", cls="bnb", containers=["safetensors"], engines=["transformers", "vllm"],
         bits=dict(whole_model=6.0, attention=4.5, ffn=4.5, experts=4.5, embedding=16, output=16, other=16), csv="bitsandbytes NF4",
         aliases=["nf4"], notes="blocks of 64 with a 32-bit scale 4.5; 4.127 with double quantization",
         sources=[("table", "block layout")]),
    dict(id="bnb-int8", name="bitsandbytes INT8", kind="weights", cls="bnb", containers=["safetensors"], engines=["transformers", "vllm"],
         bits=dict(whole_model=9.05, attention=8, ffn=8, experts=8, embedding=16, output=16, other=16), csv="bitsandbytes INT8",
         sources=[("table", "8 bits in linear layers")]),
]


def mlx(fid, name, cls, bits, note=None, aliases=None):
    return dict(id=fid, name=name, kind="weights", cls=cls, containers=["mlx"], engines=["mlx", "vllm-mlx", "exo", "lm-studio"],
                bits=dict(whole_model=bits, attention=bits, ffn=bits, experts=bits, embedding=bits, output=bits, other=16),
                csv=name, notes=note, aliases=aliases, sources=[("table", "group layout: a 16-bit scale and bias per group")])


FORMATS += [
    mlx("mlx-3bit-g64", "MLX 3-bit g64", "mlx3", 3.5), mlx("mlx-4bit-g64", "MLX 4-bit g64", "mlx4", 4.5, "exo lists Llama-3.3-70B at 40.65 GB", ["mlx 4-bit"]),
    mlx("mlx-5bit-g64", "MLX 5-bit g64", "mlx5", 5.5), mlx("mlx-6bit-g64", "MLX 6-bit g64", "mlx6", 6.5, None, ["mlx 6-bit"]),
    mlx("mlx-8bit-g64", "MLX 8-bit g64", "mlx8", 8.5, None, ["mlx 8-bit"]), mlx("mlx-4bit-g32", "MLX 4-bit g32", "mlx4", 5.0),
    mlx("mlx-bf16", "MLX bf16", "mlx16", 16, None),
]

KV_GGUF = ["llama.cpp", "ollama", "llamafile", "koboldcpp", "lm-studio", "ik_llama.cpp", "ipex-llm"]
KV_ALL = KV_GGUF + ["vllm", "sglang", "tensorrt-llm", "tensorrt-edge-llm", "mlx", "vllm-mlx", "exo", "exllamav2", "exllamav3", "ktransformers", "ds4",
                     "transformers"]


def kv(fid, name, cls, bits, engines, csv_name=None, source=("table", "block layout"), aliases=None):
    return dict(id=fid, name=name, kind="kv", cls=cls, containers=None, engines=engines, bits=dict(whole_model=bits),
                csv=csv_name, sources=[source], aliases=aliases)


FORMATS += [
    kv("kv-f16", "KV F16", "f16", 16, KV_ALL, "KV F16", aliases=["f16", "fp16"]), kv("kv-bf16", "KV BF16", "f16", 16, KV_ALL, aliases=["bf16"]),
    kv("kv-q8_0", "KV Q8_0", "q8", 8.5, KV_GGUF, "KV Q8_0", aliases=["q8_0"]), kv("kv-q5_1", "KV Q5_1", "legacy5", 6.0, KV_GGUF, "KV Q5_1", aliases=["q5_1"]),
    kv("kv-q5_0", "KV Q5_0", "legacy5", 5.5, KV_GGUF, aliases=["q5_0"]), kv("kv-q4_1", "KV Q4_1", "legacy4", 5.0, KV_GGUF, aliases=["q4_1"]),
    kv("kv-q4_0", "KV Q4_0", "legacy4", 4.5, KV_GGUF, "KV Q4_0", aliases=["q4_0"]),
    kv("kv-fp8", "KV FP8", "fp8", 8, ["vllm", "sglang", "tensorrt-llm"], "KV FP8", aliases=["fp8"]),
]

# names the alias table leaves open or maps to a whole-model average; the format that states them best
NAMES = {
    "MXFP4": "mxfp4", "Q4_K_XL": "q4_k_xl", "Q5_K_XL": "q5_k_xl", "Q6_K_XL": "q6_k_xl", "Q3_K_XL": "q3_k_xl", "Q2_K_XL": "q2_k_xl",
    "Q8_K_XL": "q8_k_xl", "BF16/FP16": "bf16",
}
