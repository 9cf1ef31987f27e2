"""Published losses of quantization: perplexity against the same model in 16 bits on the same text.

Read on 2026-11-21. A logarithm is turned into a ratio here and nowhere else; figures are otherwise as printed.
"""

import math

PR_6936 = ("2024-04-26", "llama.cpp pull request 6936", "LLaMA 2 against LLaMA 3, wikitext-2 test", "no importance matrix")
README_2023 = ("2023", "llama.cpp examples/perplexity README", "Llama 2 70B scorechart", "no importance matrix")
PR_6745 = ("2024-05", "llama.cpp pull request 6745, dranger003 (via JaaackXD/Llama-3-70B-Instruct-GGUF README)",
           "Perplexity table on LLaMA 3 70B", "importance matrix for the IQ formats")
ARTEFACT2 = ("2024-02-27", "Artefact2, GGUF quantizations overview (copy: gist adriancbo/4681640522267a4360e3337fc46d46f2)",
             "table of KL divergence and ln(PPL ratio), wiki.test", "importance matrix of 200 x 512 tokens; a 7B model")
SALAMANDRA = ("2024", "robbiemu/salamandra-2b-instruct quanization_results.md", "full perplexity comparison table", "")
TORCHAO = ("2025-11-26", "pytorch/ao pull request 3394", "word perplexity of wikitext, lm-eval",
           "weights and activations; not the checkpoints that engines ship")


def row(fmt, model, name, increase, about, kl=None, differs=None):
    date, source, locator, notes = about
    return {"format": fmt, "model": model, "model_name": name, "perplexity_increase": f"{increase:.6g}",
            "kl_divergence_median": "" if kl is None else kl, "top_token_differs": "" if differs is None else differs,
            "date": date, "source": source, "locator": locator, "notes": notes}


LLAMA2_70B = {"q4_0": 3.61, "q4_1": 2.37, "q5_0": 1.26, "q2_k": 8.82, "q3_k_s": 7.89, "q3_k_m": 4.72, "q3_k_l": 3.80,
              "q4_k_s": 1.57, "q4_k_m": 1.20, "q5_k_s": 0.50, "q5_k_m": 0.40, "q6_k": 0.16}
LLAMA3_70B = {"iq1_s": 248.51, "iq2_xxs": 135.64, "iq2_xs": 103.07, "iq2_s": 95.05, "q2_k_s": 91.94, "iq2_m": 72.35,
              "q2_k": 68.73, "iq3_xxs": 40.14, "iq3_xs": 31.45, "iq1_m": 201.94}
# format: median KL divergence, share of positions whose top token differs, ln(PPL(Q) / PPL(base))
MISTRAL_LIKE = {"iq1_s": (0.5495, 0.3840, 0.9235), "iq2_xxs": (0.1751, 0.2313, 0.2988), "iq2_xs": (0.1146, 0.1943, 0.2046),
                "iq2_s": (0.0949, 0.1806, 0.1722), "iq2_m": (0.0702, 0.1557, 0.1223), "q2_k_s": (0.0829, 0.1735, 0.1600),
                "q2_k": (0.0588, 0.1492, 0.1103), "iq3_xxs": (0.0330, 0.1137, 0.0589), "iq3_xs": (0.0296, 0.1071, 0.0458),
                "q3_k_s": (0.0304, 0.1068, 0.0511), "iq3_s": (0.0205, 0.0895, 0.0306), "iq3_m": (0.0186, 0.0859, 0.0268),
                "q3_k_m": (0.0171, 0.0839, 0.0258), "q3_k_l": (0.0152, 0.0797, 0.0205), "iq4_xs": (0.0088, 0.0606, 0.0079),
                "iq4_nl": (0.0085, 0.0605, 0.0074), "q4_k_s": (0.0083, 0.0600, 0.0081), "q4_k_m": (0.0075, 0.0576, 0.0060),
                "q5_k_m": (0.0043, 0.0444, 0.0005), "q6_k": (0.0032, 0.0394, -0.0008)}
SALAMANDRA_2B = {"iq2_s": 0.501266, "iq2_m": 0.342794, "q3_k_m": 0.091687, "iq3_m": 0.086769, "q3_k_l": 0.070705,
                 "iq4_nl": 0.037037, "iq4_xs": 0.036968, "q4_k_s": 0.035431, "q4_k_m": 0.031060, "q5_k_s": 0.007140,
                 "q5_k_m": 0.006139, "q6_k": 0.001053, "q8_0": 0.000208}


def rows():
    found = []
    for fmt, two, three in [("q2_k", 1.107955, 1.564849), ("q4_k_m", 1.014242, 1.028160), ("q6_k", 1.002406, 1.003490),
                            ("q8_0", 1.000689, 1.000425)]:
        found.append(row(fmt, "llama-2-7b", "LLaMA 2 7B", two - 1, PR_6936))
        found.append(row(fmt, "llama-3-8b", "LLaMA 3 8B", three - 1, PR_6936))
    for fmt, percent in LLAMA2_70B.items():
        found.append(row(fmt, "llama-2-70b", "Llama 2 70B", percent / 100, README_2023))
    for fmt, percent in LLAMA3_70B.items():
        found.append(row(fmt, "llama-3-70b", "LLaMA 3 70B", percent / 100, PR_6745))
    for fmt, (kl, differs, log_ratio) in MISTRAL_LIKE.items():
        found.append(row(fmt, "", "7B (not named)", math.exp(log_ratio) - 1, ARTEFACT2, kl, differs))
    for fmt, log_ratio in SALAMANDRA_2B.items():
        found.append(row(fmt, "", "Salamandra 2B Instruct", math.exp(log_ratio) - 1, SALAMANDRA))
    base = 7.547210
    for fmt, perplexity in [("fp8", 7.62), ("mxfp8", 7.609070), ("nvfp4", 8.44)]:
        found.append(row(fmt, "llama-3.1-8b", "Llama 3.1 8B", perplexity / base - 1, TORCHAO))
    return sorted(found, key=lambda r: (r["format"], r["model_name"], r["source"]))
