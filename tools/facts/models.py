"""Model shapes: what models.csv cannot say in one row, by hand.

layer_groups(row) gives the [[layers]] of a model; OVERRIDES corrects or adds
keys; EXTRA holds models that measurements name and models.csv lacks.
"""


def num(row, key, default=None):
    value = row.get(key, "")
    if value in ("", None):
        return default
    f = float(value)
    return int(f) if f == int(f) else f


def attn(heads, kv_heads, head_dim, kind="full", **more):
    d = {"attention": kind, "heads": heads, "kv_heads": kv_heads, "head_dim": head_dim}
    d.update(more)
    return d


def dense(width, gated=True):
    d = {"ffn": "dense", "ffn_gated": gated, "intermediate_size": width}
    if gated:
        d.pop("ffn_gated")
    return d


def moe(experts, top, width, shared=0, shared_width=0, gated=True, **more):
    d = {"ffn": "moe"}
    if not gated:
        d["ffn_gated"] = False
    d.update(experts=experts, experts_per_token=top, expert_intermediate_size=width)
    if shared:
        d.update(shared_experts=shared, shared_intermediate_size=shared_width)
    d.update(more)
    return d


def group(count, *parts):
    d = {"count": count}
    for p in parts:
        d.update(p)
    return d


NO_FFN = {"ffn": "none"}
NO_ATTN = {"attention": "none"}


def deltanet(key_heads, value_heads, dim=128):
    return {"attention": "gated_deltanet", "linear_key_heads": key_heads, "linear_value_heads": value_heads,
            "linear_key_dim": dim, "linear_value_dim": dim, "conv_kernel": 4}


def mamba(heads, head_dim, groups, state=128):
    return {"attention": "mamba2", "ssm_state": state, "ssm_heads": heads, "ssm_head_dim": head_dim,
            "ssm_groups": groups, "conv_kernel": 4}


def mla(heads, q_lora, nope, v, kv_lora=512, rope=64, index_dim=None, index_heads=None, index_topk=None):
    d = {"attention": "mla_sparse" if index_dim else "mla", "heads": heads, "kv_heads": 1, "head_dim": nope + rope,
         "v_head_dim": v, "kv_lora_rank": kv_lora}
    if q_lora:
        d["q_lora_rank"] = q_lora
    d.update(rope_dim=rope, nope_dim=nope)
    if index_dim:
        d.update(index_dim=index_dim, index_heads=index_heads, index_topk=index_topk)
    return d


def alternating(layers, every, sliding, full, ffn):
    """One layer in `every` is full, the last of each group; the rest slide."""
    fulls = layers // every
    return [group(layers - fulls, sliding, ffn), group(fulls, full, ffn)]


def gated_full(heads, kv_heads, head_dim):
    return attn(heads, kv_heads, head_dim, attention_gate=True)


def qwen_hybrid(layers, lin, full, ffn):
    return [group(layers * 3 // 4, lin, ffn), group(layers // 4, full, ffn)]


def qwen35(layers, heads, kv, value_heads, ffn):
    return qwen_hybrid(layers, deltanet(16, value_heads), gated_full(heads, kv, 256), ffn)


def deepseek(layers, dense_layers, attention, dense_width, experts):
    return [group(dense_layers, attention, dense(dense_width)), group(layers - dense_layers, attention, experts)]


SPECIAL = {
    # Meta
    "llama-3.2-11b-vision": [group(32, attn(32, 8, 128), dense(14336)), group(8, attn(32, 8, 128, "cross"), dense(14336))],
    "llama-3.2-90b-vision": [group(80, attn(64, 8, 128), dense(28672)), group(20, attn(64, 8, 128, "cross"), dense(28672))],
    "llama-4-scout": [group(36, attn(40, 8, 128, "chunked", window=8192), moe(16, 1, 8192, 1, 8192)),
                      group(12, attn(40, 8, 128), moe(16, 1, 8192, 1, 8192))],
    "llama-4-maverick": [group(24, attn(40, 8, 128, "chunked", window=8192), dense(16384)),
                         group(12, attn(40, 8, 128, "chunked", window=8192), moe(128, 1, 8192, 1, 8192)),
                         group(12, attn(40, 8, 128), moe(128, 1, 8192, 1, 8192))],
    # Qwen hybrids
    "qwen3-next-80b-a3b": qwen_hybrid(48, deltanet(16, 32), gated_full(16, 2, 256), moe(512, 10, 512, 1, 512)),
    "qwen3-coder-next": qwen_hybrid(48, deltanet(16, 32), gated_full(16, 2, 256), moe(512, 10, 512, 1, 512)),
    "qwen3.5-0.8b": qwen35(24, 8, 2, 16, dense(3584)),
    "qwen3.5-2b": qwen35(24, 8, 2, 16, dense(6144)),
    "qwen3.5-4b": qwen35(32, 16, 4, 32, dense(9216)),
    "qwen3.5-9b": qwen35(32, 16, 4, 32, dense(12288)),
    "qwen3.5-27b": qwen35(64, 24, 4, 48, dense(17408)),
    "qwen3.6-27b": qwen35(64, 24, 4, 48, dense(17408)),
    "qwen3.5-35b-a3b": qwen35(40, 16, 2, 32, moe(256, 8, 512, 1, 512)),
    "qwen3.6-35b-a3b": qwen35(40, 16, 2, 32, moe(256, 8, 512, 1, 512)),
    "qwen3.5-122b-a10b": qwen35(48, 32, 2, 64, moe(256, 8, 1024, 1, 1024)),
    "qwen3.5-397b-a17b": qwen35(60, 32, 2, 64, moe(512, 10, 1024, 1, 1024)),
    # Gemma 3n and 4
    "gemma-3n-e2b": [group(16, attn(8, 2, 256, "sliding", window=512), dense(8192)),
                     group(4, attn(8, 2, 256), dense(8192)),
                     group(8, attn(8, 2, 256, "sliding", window=512, reuses_kv=True), dense(8192)),
                     group(2, attn(8, 2, 256, reuses_kv=True), dense(8192))],
    "gemma-3n-e4b": [group(16, attn(8, 2, 256, "sliding", window=512), dense(16384)),
                     group(4, attn(8, 2, 256), dense(16384)),
                     group(12, attn(8, 2, 256, "sliding", window=512, reuses_kv=True), dense(16384)),
                     group(3, attn(8, 2, 256, reuses_kv=True), dense(16384))],
    "gemma-4-e2b": [group(12, attn(8, 1, 256, "sliding", window=512), dense(6144)),
                    group(3, attn(8, 1, 512), dense(6144)),
                    group(16, attn(8, 1, 256, "sliding", window=512, reuses_kv=True), dense(12288)),
                    group(4, attn(8, 1, 512, reuses_kv=True), dense(12288))],
    "gemma-4-e4b": [group(20, attn(8, 2, 256, "sliding", window=512), dense(10240)),
                    group(4, attn(8, 2, 512), dense(10240)),
                    group(15, attn(8, 2, 256, "sliding", window=512, reuses_kv=True), dense(10240)),
                    group(3, attn(8, 2, 512, reuses_kv=True), dense(10240))],
    "gemma-4-26b-a4b": [group(25, attn(16, 8, 256, "sliding", window=1024), moe(128, 8, 704, dense_beside_moe=2112)),
                        group(5, attn(16, 2, 512, shared_kv=True), moe(128, 8, 704, dense_beside_moe=2112))],
    "gemma-4-31b": [group(50, attn(32, 16, 256, "sliding", window=1024), dense(21504)),
                    group(10, attn(32, 4, 512, shared_kv=True), dense(21504))],
    # DeepSeek and its relatives
    "deepseek-v2-lite": deepseek(27, 1, mla(16, None, 128, 128), 10944, moe(64, 6, 1408, 2, 2816)),
    "deepseek-coder-v2-lite": deepseek(27, 1, mla(16, None, 128, 128), 10944, moe(64, 6, 1408, 2, 2816)),
    "deepseek-coder-v2": deepseek(60, 1, mla(128, 1536, 128, 128), 12288, moe(160, 6, 1536, 2, 3072)),
    "deepseek-v3": deepseek(61, 3, mla(128, 1536, 128, 128), 18432, moe(256, 8, 2048, 1, 2048)),
    "deepseek-r1": deepseek(61, 3, mla(128, 1536, 128, 128), 18432, moe(256, 8, 2048, 1, 2048)),
    "deepseek-v3.1": deepseek(61, 3, mla(128, 1536, 128, 128), 18432, moe(256, 8, 2048, 1, 2048)),
    "deepseek-v3.2": deepseek(61, 3, mla(128, 1536, 128, 128, index_dim=128, index_heads=64, index_topk=2048), 18432,
                              moe(256, 8, 2048, 1, 2048)),
    "glm-4.7-flash": deepseek(47, 1, mla(20, 768, 192, 256), 10240, moe(64, 4, 1536, 1, 1536)),
    "glm-5": deepseek(78, 3, mla(64, 2048, 192, 256, index_dim=128, index_heads=32, index_topk=2048), 12288,
                      moe(256, 8, 2048, 1, 2048)),
    "kimi-k2": deepseek(61, 1, mla(64, 1536, 128, 128), 18432, moe(384, 8, 2048, 1, 2048)),
    "kimi-k2-thinking": deepseek(61, 1, mla(64, 1536, 128, 128), 18432, moe(384, 8, 2048, 1, 2048)),
    "kimi-k2.5": deepseek(61, 1, mla(64, 1536, 128, 128), 18432, moe(384, 8, 2048, 1, 2048)),
    "kimi-k2.6": deepseek(61, 1, mla(64, 1536, 128, 128), 18432, moe(384, 8, 2048, 1, 2048)),
    # hybrids with Mamba-2
    "nemotron-3-nano-30b-a3b": [group(23, mamba(64, 64, 8), NO_FFN),
                                group(23, NO_ATTN, moe(128, 6, 1856, 1, 3712, gated=False)),
                                group(6, attn(32, 2, 128), NO_FFN)],
    "nemotron-3-super-120b-a12b": [group(40, mamba(128, 64, 8), NO_FFN),
                                   group(40, NO_ATTN, moe(512, 22, 2688, 1, 5376, gated=False, expert_hidden_size=1024)),
                                   group(8, attn(32, 2, 128), NO_FFN)],
    "nemotron-3-ultra-550b-a55b": [group(48, mamba(256, 64, 8), NO_FFN),
                                   group(48, NO_ATTN, moe(512, 22, 5120, 1, 10240, gated=False, expert_hidden_size=2048)),
                                   group(12, attn(64, 2, 128), NO_FFN)],
    "nemotron-nano-9b-v2": [group(27, mamba(128, 80, 8), NO_FFN), group(25, NO_ATTN, dense(15680, gated=False)),
                            group(4, attn(40, 8, 128), NO_FFN)],
    "granite-4.0-h-micro": [group(36, mamba(64, 64, 1), dense(8192)), group(4, attn(32, 8, 64), dense(8192))],
    "granite-4.0-h-tiny": [group(36, mamba(48, 64, 1), moe(64, 6, 512, 1, 1024)),
                           group(4, attn(12, 4, 128), moe(64, 6, 512, 1, 1024))],
    "granite-4.0-h-small": [group(36, mamba(128, 64, 1), moe(72, 10, 768, 1, 1536)),
                            group(4, attn(32, 8, 128), moe(72, 10, 768, 1, 1536))],
    # short convolutions
    "lfm2-8b-a1b": [group(2, {"attention": "shortconv", "conv_kernel": 3}, dense(7168)),
                    group(16, {"attention": "shortconv", "conv_kernel": 3}, moe(32, 4, 1792)),
                    group(6, attn(32, 8, 64), moe(32, 4, 1792))],
    "lfm2-24b-a2b": [group(2, {"attention": "shortconv", "conv_kernel": 3}, dense(11776)),
                     group(28, {"attention": "shortconv", "conv_kernel": 3}, moe(64, 4, 1536)),
                     group(10, attn(32, 8, 64), moe(64, 4, 1536))],
    # other shapes of their own
    "step-3.5-flash": [group(3, attn(64, 8, 128), dense(11264)), group(9, attn(64, 8, 128), moe(288, 8, 1280, 1, 1280)),
                       group(33, attn(96, 8, 128, "sliding", window=512), moe(288, 8, 1280, 1, 1280))],
    "mimo-v2-flash": [group(1, attn(64, 4, 192, v_head_dim=128), dense(16384)),
                      group(8, attn(64, 4, 192, v_head_dim=128), moe(256, 8, 2048)),
                      group(39, attn(64, 8, 192, "sliding", v_head_dim=128, window=128), moe(256, 8, 2048))],
    "deepseek-v4-flash": None,  # filled below
    "deepseek-v4-pro": None,
    "llama-3.3-nemotron-super-49b": [group(49, attn(64, 8, 128), dense(20480)), group(31, NO_ATTN, dense(20480))],
    "whisper-large-v3": [group(32, attn(20, 20, 64), dense(5120, gated=False)), group(32, attn(20, 20, 64, "cross"), NO_FFN)],
    "starcoder2-15b": [group(40, attn(48, 4, 128, "sliding", window=4096), dense(24576, gated=False))],
}


def v4(sliding, csa, hca, heads, q_lora, o_groups, topk, experts):
    base = dict(kv_heads=1, head_dim=512, rope_dim=64, q_lora_rank=q_lora, o_lora_rank=1024, o_groups=o_groups,
                shared_kv=True, single_kv=True, window=128)
    groups = []
    if sliding:
        groups.append(group(sliding, {"attention": "sliding", "heads": heads}, base, experts))
    groups.append(group(csa, {"attention": "compressed_sparse", "heads": heads}, base,
                        dict(compress_ratio=4, index_dim=128, index_heads=64, index_topk=topk), experts))
    groups.append(group(hca, {"attention": "compressed_sparse", "heads": heads}, base, dict(compress_ratio=128), experts))
    return groups


SPECIAL["deepseek-v4-flash"] = v4(2, 21, 20, 64, 1024, 8, 512, moe(256, 6, 2048, 1, 2048))
SPECIAL["deepseek-v4-pro"] = v4(0, 30, 31, 128, 1536, 16, 1024, moe(384, 6, 3072, 1, 3072))


def layer_groups(row):
    if row["id"] in SPECIAL:
        return SPECIAL[row["id"]]
    layers = num(row, "layers")
    if not layers:
        return []
    heads, kv, hd = num(row, "attention_heads"), num(row, "kv_heads"), num(row, "head_dim")
    if row["kind"] == "moe":
        shared = num(row, "shared_experts", 0)
        width = num(row, "moe_intermediate_size")
        experts = moe(num(row, "experts"), num(row, "experts_per_token"), width, shared, shared * width)
        first = num(row, "dense_layers", 0)
    else:
        experts = None
        first = layers
    window, every = num(row, "sliding_window"), num(row, "full_attention_every")
    full = attn(heads, kv, hd)
    if window and every:
        slide = attn(heads, kv, hd, "sliding", window=window)
        ffn = experts or dense(num(row, "intermediate_size"))
        return alternating(layers, every, slide, full, ffn)
    groups = []
    if first:
        groups.append(group(first, full, dense(num(row, "intermediate_size"))))
    if layers - first:
        groups.append(group(layers - first, full, experts))
    return groups


# keys to set over the row: extra = params_extra_b, off = params_offloadable_b, tied, total, active, note, kind ...
OVERRIDES = {
    "llama-3.2-11b-vision": dict(extra=0.89),
    "llama-3.2-90b-vision": dict(extra=0.9),
    "llama-4-scout": dict(extra=0.87),
    "llama-4-maverick": dict(extra=0.87),
    "qwen2.5-vl-3b": dict(extra=0.67), "qwen2.5-vl-7b": dict(extra=0.68), "qwen2.5-vl-32b": dict(extra=0.69),
    "qwen2.5-vl-72b": dict(extra=0.70),
    "qwen3-vl-2b": dict(extra=0.41), "qwen3-vl-4b": dict(extra=0.416), "qwen3-vl-8b": dict(extra=0.576),
    "qwen3-vl-32b": dict(extra=0.6), "qwen3-vl-30b-a3b": dict(extra=0.54), "qwen3-vl-235b-a22b": dict(extra=0.58),
    "qwen3.5-0.8b": dict(extra=0.12), "qwen3.5-2b": dict(extra=0.39), "qwen3.5-4b": dict(extra=0.45),
    "qwen3.5-9b": dict(extra=0.70), "qwen3.5-27b": dict(extra=0.88), "qwen3.6-27b": dict(extra=0.88),
    "qwen3.5-35b-a3b": dict(extra=1.29), "qwen3.6-35b-a3b": dict(extra=1.29), "qwen3.5-122b-a10b": dict(extra=2.96),
    "qwen3.5-397b-a17b": dict(extra=7.0),
    "gemma-3-4b": dict(extra=0.42), "gemma-3-12b": dict(extra=0.42), "gemma-3-27b": dict(extra=0.42),
    "gemma-3n-e2b": dict(extra=1.0, off=2.01), "gemma-3n-e4b": dict(extra=1.0, off=2.35),
    "gemma-4-e2b": dict(extra=0.49, off=2.35, note="KV-sharing layers carry an MLP twice as wide (recalled; it reproduces the 2.3B effective count)"),
    "gemma-4-e4b": dict(extra=0.54, off=2.82, note="18 of 42 layers reuse another layer's cache (recalled)"),
    "gemma-4-26b-a4b": dict(extra=0.55, total=25.8, note="the stored metadata counts 26.54B, with the tied head twice; full layers make keys and values with one projection but the cache holds both"),
    "gemma-4-31b": dict(extra=0.55, total=31.27, active=31.27, note="the stored metadata counts 32.68B, with the tied head twice; full layers make keys and values with one projection but the cache holds both"),
    "phi-3-small": dict(tied=True, note="alternates dense and block-sparse attention; counted as full attention. The count only comes out with a tied head, so the CSV's untied was corrected"),
    "ministral-3-14b": dict(extra=0.42), "ministral-3-8b": dict(extra=0.42),
    "mistral-small-3.2-24b": dict(extra=0.44), "devstral-small-2-24b": dict(extra=0.44),
    "glm-4.7-flash": dict(extra=1.28, note="total counts the multi-token-prediction layer with its own embedding and head; the decoder has 29.9B"),
    "kimi-k2.5": dict(extra=0.45), "kimi-k2.6": dict(extra=0.45),
    "nemotron-3-super-120b-a12b": dict(extra=2.9, note="experts work on a 1024-wide latent (expert_hidden_size)"),
    "nemotron-3-ultra-550b-a55b": dict(
        estimated="layer counts (48 Mamba-2, 48 latent-MoE with latent 2048, 12 attention) are chosen so that 550B total and 55B active come out; the config seen did not state them"),
    "granite-vision-3.3-2b": dict(extra=0.45),
    "granite-4.0-h-tiny": dict(active_exempt="the publisher rounds 1.4B active to 1B"),
    "granite-4.1-8b": dict(tied=False), "granite-4.1-30b": dict(tied=True),
    "paddleocr-vl-0.9b": dict(extra=0.49, tied=False),
    "step-3.5-flash": dict(extra=2.5, note="sliding layers have 96 query heads (recalled); three multi-token-prediction layers are in the total"),
    "mimo-v2-flash": dict(extra=1.0, note="sliding layers have 8 KV heads, full layers 4; values are 128 wide, keys 192 (recalled)"),
    "lfm2-24b-a2b": dict(note="two dense layers of 11776 and 10 attention layers (recalled; the count comes out)"),
    "llama-3.3-nemotron-super-49b": dict(
        exempt="found by architecture search: FFN widths differ by layer and many attention blocks are removed; the groups hold averages (49 attention layers, recalled)"),
    "whisper-large-v3": dict(extra=0.63, note="the decoder is in [[layers]]; the 32 encoder layers are in params_extra_b"),
    "sdxl-base": dict(exempt="diffusion model: no token decoder", kind="dense"),
    "flux.1-dev": dict(exempt="diffusion model: no token decoder", kind="dense"),
    "qwen3-max": dict(weights="closed", exempt="weights closed, shape unpublished"),
    "deepseek-v4-flash": dict(note="2 sliding layers, then layers compressed 4:1 with an indexer and 128:1 in turn (recalled)"),
    "deepseek-v4-pro": dict(extra=26.0, note="128:1 layers first and in turn with 4:1 layers with an indexer (recalled)"),
    "seed-qwen2.5-coder-72b": dict(weights="none"),
    "deepseek-v3.2": dict(note="sparse attention with an indexer of 64 heads of 128"),
    "glm-5": dict(note="sparse attention with an indexer of 32 heads of 128"),
    "kimi-k2-thinking": dict(), "llama-3.1-405b": dict(),
}

# models the measurements name and models.csv lacks. Only shapes that reproduce the published parameter count.
EXTRA = [
    dict(id="glm-5.1", name="GLM-5.1 744B-A40B", family="GLM-5", org="Z.ai", kind="moe", total=744.0, active=40.0,
         hidden=6144, vocab=154880, tied=False, context=202752, released="2026-04", license="mit", modality=["text"],
         hf="zai-org/GLM-5.1", native="bf16", layers=SPECIAL["glm-5"],
         notes="same architecture and size as GLM-5",
         sources=[("table", "ComparIA pull request 444: same 744B-A40B architecture as GLM-5", ["all"])]),
    dict(id="glm-5.2", name="GLM-5.2 744B-A40B", family="GLM-5", org="Z.ai", kind="moe", total=744.0, active=40.0,
         hidden=6144, vocab=154880, tied=False, context=1048576, released="2026-06", license="mit", modality=["text"],
         hf="zai-org/GLM-5.2", native="bf16", layers=SPECIAL["glm-5"],
         notes="same shapes as GLM-5; some layers reuse the indexer's choice of an earlier layer, counted here as if each had its own",
         sources=[("table", "mlx-lm pull request 1419 and ComparIA pull request 540: 744B total, about 40B active, 256 experts of which 8", ["all"])]),
    dict(id="gemma-4-12b", name="Gemma 4 12B", family="Gemma 4", org="Google", kind="dense", total=11.96, active=11.96,
         extra=0.05, hidden=3840, vocab=262144, tied=True, context=262144, released="2026-06", license="apache-2.0",
         modality=["text", "image", "video", "audio"], hf="google/gemma-4-12B-it", native="bf16",
         layers=[group(40, attn(16, 8, 256, "sliding", window=1024), dense(15360)),
                 group(8, attn(16, 1, 512, shared_kv=True), dense(15360))],
         notes="full layers make keys and values with one projection but the cache holds both; hidden size and widths are recalled from Gemma 3 12B and give the published count",
         sources=[("table", "tenstorrent tt-xla issue 5255 (48 layers, 40 sliding of 1024, 11.96B) and paz pull request 439 (8 KV heads of 256, 1 of 512)", ["all"]),
                  ("derived", "parameter count recomputed", ["shape", "layers"])]),
    dict(id="laguna-s-2.1", name="Laguna S 2.1 118B-A8B", family="Laguna", org="Poolside", kind="moe", total=117.6, active=8.5,
         hidden=3072, vocab=100352, tied=False, context=1048576, released="2026-07", license="openmdw-1.1", modality=["text"],
         hf="poolside/Laguna-S-2.1", native="bf16",
         layers=[group(1, attn(48, 8, 128), dense(12288)), group(11, attn(48, 8, 128), moe(256, 10, 1024, 1, 1024)),
                 group(36, attn(72, 8, 128, "sliding", window=512), moe(256, 10, 1024, 1, 1024))],
         notes="vocabulary size is derived: it gives the published 117.6B",
         sources=[("config", "geometry read from the released checkpoint (colibri docs/laguna.md)", ["shape", "layers"]),
                  ("table", "model card figures in public reports: 117.6B, 8.5B active", ["all"])]),
    dict(id="laguna-xs-2.1", name="Laguna XS 2.1 33B-A3B", family="Laguna", org="Poolside", kind="moe", total=33.4, active=3.0,
         hidden=2048, vocab=100352, tied=False, context=262144, released="2026-06", license="openmdw-1.1", modality=["text"],
         hf="poolside/Laguna-XS-2.1", native="bf16",
         layers=[group(1, attn(48, 8, 128), dense(8192)), group(9, attn(48, 8, 128), moe(256, 8, 512, 1, 512)),
                 group(30, attn(64, 8, 128, "sliding", window=512), moe(256, 8, 512, 1, 512))],
         notes=None,
         sources=[("config", "geometry read from the released checkpoint (colibri docs/laguna.md)", ["shape", "layers"]),
                  ("table", "model card figures in public reports: 33.4B, about 3B active", ["all"])]),
    dict(id="kimi-linear-48b-a3b", name="Kimi Linear 48B-A3B", family="Kimi Linear", org="Moonshot AI", kind="hybrid",
         total=49.1, active=3.0, hidden=2304, vocab=163840, tied=False, context=1048576, released="2025-10", license="mit",
         modality=["text"], hf="moonshotai/Kimi-Linear-48B-A3B-Instruct", native="bf16",
         layers=[group(1, deltanet(32, 32), dense(9216)), group(19, deltanet(32, 32), moe(256, 8, 1024, 1, 1024)),
                 group(7, mla(32, None, 128, 128), moe(256, 8, 1024, 1, 1024))],
         notes="Kimi Delta Attention is counted as gated DeltaNet with 32 heads of 128: same state, input projections within 1 % of the total",
         active_exempt="the publisher rounds 3.8B active to 3B",
         sources=[("recalled", "model card and config (recalled, not fetched); parameter count recomputed", ["all"])]),
    dict(id="dots.llm1", name="dots.llm1 142B-A14B", family="dots", org="rednote-hilab", kind="moe", total=142.8, active=14.0,
         hidden=4096, vocab=152064, tied=False, context=32768, released="2025-06", license="mit", modality=["text"],
         hf="rednote-hilab/dots.llm1.inst", native="bf16",
         layers=[group(1, attn(32, 32, 128), dense(10944)), group(61, attn(32, 32, 128), moe(128, 6, 1408, 2, 2816))],
         notes=None, sources=[("recalled", "model card and config (recalled, not fetched); parameter count recomputed", ["all"])]),
    dict(id="deepseek-math-v2", name="DeepSeek-Math-V2 671B", family="DeepSeek V3", org="DeepSeek", kind="moe", total=671.0,
         active=37.0, hidden=7168, vocab=129280, tied=False, context=163840, released="2025-11", license="apache-2.0",
         modality=["text"], hf="deepseek-ai/DeepSeek-Math-V2", native="fp8", layers=SPECIAL["deepseek-v3.2"],
         notes="built on DeepSeek V3.2-Exp: the same architecture",
         sources=[("recalled", "model card (recalled, not fetched)", ["all"])]),
    dict(id="nemotron-3-nano-4b", name="Nemotron 3 Nano 4B", family="Nemotron 3", org="NVIDIA", kind="hybrid", total=3.97,
         active=3.97, hidden=3136, vocab=131072, tied=False, context=262144, released="2026-03", license="nvidia-open",
         modality=["text"], hf="nvidia/NVIDIA-Nemotron-3-Nano-4B-BF16", native="bf16",
         layers=[group(21, mamba(96, 80, 8), NO_FFN), group(17, NO_ATTN, dense(12544, gated=False)),
                 group(4, attn(40, 8, 128), NO_FFN)],
         notes="pruned from Nemotron Nano 9B v2; the recalled shape gives 3.97B",
         sources=[("recalled", "model card (recalled, not fetched); parameter count recomputed", ["all"])]),
]

# names people type, besides those derived by rule
ALIASES = {
    "llama-3.1-8b": ["llama 3.1", "llama-3.1-8b-instruct", "meta-llama-3.1-8b-instruct"],
    "llama-3.1-70b": ["llama-3.1-70b-instruct"],
    "llama-3.1-405b": ["llama-3.1-405b-instruct", "405b"],
    "llama-3.2-1b": ["llama-3.2-1b-instruct"], "llama-3.2-3b": ["llama-3.2-3b-instruct"],
    "llama-3.3-70b": ["llama 3.3"],
    "llama-3-8b": ["meta-llama-3-8b-instruct", "llama-3-8b-instruct"],
    "llama-3-70b": ["meta-llama-3-70b-instruct", "llama-3-70b-instruct"],
    "llama-2-7b": ["llama-2-7b-chat"],
    "gpt-oss-120b": ["gpt oss 120b", "openai/gpt-oss-120b"], "gpt-oss-20b": ["gpt oss 20b", "openai/gpt-oss-20b"],
    "qwen3-coder-next": ["qwen3 coder next"],
    "qwen3-coder-30b-a3b": ["qwen3 coder 30b", "qwen3-coder"],
    "qwen3-30b-a3b": ["qwen3 30b"], "qwen3-235b-a22b": ["qwen3 235b", "qwen3-235b-moe"],
    "devstral-2-123b": ["devstral 2", "devstroll 123b", "devstral-2"],
    "deepseek-r1-distill-qwen-32b": ["ds-r1-32b"], "deepseek-r1-distill-qwen-14b": ["deepseek-r1:14b"],
    "qwen2.5-coder-14b": ["qwen2.5-coder:14b"],
    "phi-4": ["phi 4", "phi-4-14b"],
    "minimax-m2.5": ["minimax m2.5"], "glm-4.7-flash": ["glm 4.7 flash", "deepseek2 30b.a3b"],
    "nemotron-3-super-120b-a12b": ["nemotron 3 super"], "nemotron-3-nano-30b-a3b": ["nemotron 3 nano"],
    "llama-4-scout": ["llama 4 scout", "scout"], "llama-4-maverick": ["llama 4 maverick"],
    "deepseek-r1": ["deepseek r1"], "deepseek-v3": ["deepseek v3"],
    "gemma-3-27b": ["gemma 27b"], "mixtral-8x7b": ["mixtral"],
    "whisper-large-v3": ["whisper"], "kimi-k2.5": ["kimi k2.5"], "kimi-k2": ["kimi k2"],
}
