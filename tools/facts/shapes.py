"""Parameter arithmetic of model shapes: the converter checks every stated count with it."""


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
