"""Devices: what hardware.csv cannot say, by hand or by rule."""

import re

NVIDIA_FAMILY = [
    ("Grace Blackwell Ultra", "nvidia-blackwell"), ("Grace Blackwell", "nvidia-grace-blackwell"), ("Blackwell", "nvidia-blackwell"),
    ("Hopper", "nvidia-hopper"), ("Ada", "nvidia-ada"), ("Ampere", "nvidia-ampere"), ("Turing", "nvidia-turing"),
    ("Volta", "nvidia-volta"), ("Pascal", "nvidia-pascal"),
]
OTHER_FAMILY = [
    ("Polaris", "amd-gcn"), ("Vega", "amd-gcn"), ("RDNA 1", "amd-rdna1"), ("RDNA2", "amd-rdna2"), ("RDNA 2", "amd-rdna2"),
    ("RDNA3.5", "amd-rdna3.5"), ("Strix", "amd-rdna3.5"), ("RDNA3", "amd-rdna3"), ("RDNA4", "amd-rdna4"), ("Hawk Point", "amd-rdna3"),
    ("CDNA1", "amd-cdna1"), ("CDNA2", "amd-cdna2"), ("CDNA3", "amd-cdna3"), ("CDNA4", "amd-cdna4"),
    ("Alchemist", "intel-alchemist"), ("Xe-HPG", "intel-alchemist"), ("Battlemage", "intel-battlemage"),
    ("Ponte Vecchio", "intel-ponte-vecchio"), ("Gaudi", "intel-gaudi"),
    ("Meteor Lake", "intel-xe"), ("Lunar Lake", "intel-xe"), ("Arrow Lake-H", "intel-xe"), ("Panther Lake", "intel-xe"),
    ("Oryon", "qualcomm-oryon"), ("Cortex", "cpu-arm"), ("Neoverse", "cpu-arm"), ("AmpereOne", "cpu-arm"),
]
CPU_ARCH = ("Gracemont", "Raptor Lake", "Arrow Lake", "Zen", "Sapphire", "Emerald", "Granite", "Cascade", "x86 CPU")


def family(row):
    arch = row["arch"]
    m = re.match(r"(?:Apple )?(M[1-5])\b", arch)
    if m:
        return "apple-" + m.group(1).lower()
    for word, fam in OTHER_FAMILY:
        if word in arch:
            return fam
    if row["kind"] == "cpu" or any(arch.startswith(w) for w in CPU_ARCH):
        return "cpu-x86"
    for word, fam in NVIDIA_FAMILY:
        if word in arch:
            return fam
    raise ValueError(f"{row['id']}: no family for {arch}")


def processor(row, fam):
    if fam.startswith("apple-"):
        return "apple_gpu"
    if fam.startswith("cpu-"):
        return "cpu"
    if fam == "qualcomm-oryon":
        return "cpu"
    if fam in ("amd-rdna3.5", "intel-xe") or row["arch"] == "Hawk Point":
        return "igpu"
    return "gpu"


# parts of whole builds
PARTS = {
    "seed-pc-rtx-5090": [("nvidia-geforce-rtx-5090", 1)],
    "seed-pc-rtx-4090-used": [("nvidia-geforce-rtx-4090-used", 1)],
    "seed-pc-dual-rtx-5090": [("nvidia-geforce-rtx-5090", 2)],
    "seed-pc-4x-arc-pro-b70": [("intel-arc-pro-b70", 4)],
    "seed-pc-4x-rtx-a6000": [("nvidia-rtx-a6000-used", 4)],
    "seed-pc-2x-rtx-a6000-plus-4090": [("nvidia-rtx-a6000-used", 2), ("nvidia-geforce-rtx-4090-used", 1)],
    "seed-pc-4x-rtx-4090": [("nvidia-geforce-rtx-4090-used", 4)],
    "seed-pc-2x-a100-80gb": [("nvidia-a100-80gb-pcie", 2)],
    "seed-pc-rtx-pro-6000": [("nvidia-rtx-pro-6000-blackwell-max-q", 1)],
    "seed-pc-rtx-pro-6000-plus-5090": [("nvidia-rtx-pro-6000-blackwell-max-q", 1), ("nvidia-geforce-rtx-5090", 1)],
    "alienware-aurora-r16-rtx-5090": [("nvidia-geforce-rtx-5090", 1)],
    "hp-omen-45l-rtx-5090": [("nvidia-geforce-rtx-5090", 1)],
    "lenovo-legion-tower-7i-rtx-5090": [("nvidia-geforce-rtx-5090", 1)],
    "dell-precision-7960-rtx-6000-ada": [("nvidia-rtx-6000-ada", 1)],
    "dell-precision-7960-2x-rtx-6000-ada": [("nvidia-rtx-6000-ada", 2)],
    "hp-z8-g4-a100-80gb": [("nvidia-a100-80gb-pcie", 1)],
    "lenovo-p620-2x-a6000": [("nvidia-rtx-a6000", 2)],
    "asus-rog-strix-scar-18-rtx-5090": [("nvidia-geforce-rtx-5090-laptop-24gb", 1)],
    "msi-vector-17-hx-ai-rtx-5090": [("nvidia-geforce-rtx-5090-laptop-24gb", 1)],
    "supermicro-workstation-a100-80gb": [("nvidia-a100-80gb-pcie", 1)],
    "dgx-b200": [("nvidia-b200-sxm", 8)],
    "hgx-h100-8x": [("nvidia-h100-80gb-sxm", 8)],
    "a100-8x": [("nvidia-a100-80gb-sxm", 8)],
    "mi300x-8x": [("amd-instinct-mi300x", 8)],
}
REAL_SYSTEMS = {"dgx-b200": "current", "hgx-h100-8x": "current", "a100-8x": "discontinued", "mi300x-8x": "current"}

# machines whose memory and compute in the CSV count only some of the parts
PART_SUMS = {
    "seed-pc-2x-rtx-a6000-plus-4090": dict(bandwidth=2544, fp16=474.8, int8=1280.0, note="memory and compute are sums over all three cards (the source table counted the A6000 pair only)"),
    "seed-pc-rtx-pro-6000-plus-5090": dict(bandwidth=3584, fp16=648.4, fp8=1296.8, int8=1715.8, note="memory and compute are sums over both cards (the source table counted the PRO 6000 only)"),
}

MACHINE_KIND = {
    "nvidia-dgx-spark": "desktop", "asus-ascent-gx10": "desktop", "nvidia-dgx-station-gb300": "workstation",
    "hp-z2-mini-g1a-128gb": "workstation", "proxmox-ollama-16gb-cpu": "server",
    "intel-xeon-w9-3495x": "cpu", "intel-xeon-gold-6248-2p": "workstation",
}
KIND = {"gpu": "gpu", "cpu": "cpu", "unified_soc": "soc", "desktop_system": "desktop", "laptop": "laptop", "npu_laptop": "laptop",
        "sbc": "sbc", "server": "server", "workstation": "workstation"}


def status(row, fam):
    i = row["id"]
    if i.endswith("-expected"):
        return "expected"
    if i in REAL_SYSTEMS:
        return REAL_SYSTEMS[i]
    if i.startswith("seed-") or i in PARTS:
        return "seed"
    if i == "proxmox-ollama-16gb-cpu":
        return "seed"
    if i.endswith("-used") or i.endswith("-mod"):
        return "discontinued"
    if i in STATUS:
        return STATUS[i]
    if fam in ("nvidia-pascal", "nvidia-volta", "nvidia-turing", "amd-gcn", "amd-rdna1", "amd-rdna2", "amd-cdna1", "amd-cdna2",
               "intel-alchemist", "intel-ponte-vecchio", "apple-m1", "apple-m2"):
        return "discontinued"
    if fam in ("nvidia-ampere", "nvidia-ada") and not i.startswith("nvidia-jetson"):
        return "discontinued"
    if fam == "amd-rdna3" and row["kind"] == "gpu":
        return "discontinued"
    if fam == "apple-m3":
        return "current" if "ultra" in i else "discontinued"
    if fam == "apple-m4" and "macbook" in i:
        return "discontinued"
    return "current"


STATUS = {
    "nvidia-rtx-a400": "current", "nvidia-l4": "current", "nvidia-l40s": "current", "nvidia-h20-96gb": "discontinued",
    "nvidia-h100-80gb-pcie": "discontinued", "nvidia-h800-80gb-sxm": "discontinued", "nvidia-gh200-96gb": "discontinued",
    "nvidia-rtx-2000-ada": "current", "amd-radeon-pro-w7900": "current", "amd-radeon-pro-w7800-48gb": "current",
    "intel-gaudi-2": "discontinued", "intel-core-i9-13900k": "discontinued", "amd-ryzen-9-7950x": "discontinued",
    "amd-threadripper-7980x": "discontinued", "amd-threadripper-pro-5995wx": "discontinued", "amd-threadripper-pro-7995wx": "discontinued",
    "amd-epyc-7763-1p": "discontinued", "amd-ryzen-9-5950x": "discontinued", "intel-xeon-platinum-8480plus-1p": "discontinued",
    "intel-xeon-max-9480-1p": "discontinued", "intel-xeon-w9-3495x": "discontinued", "intel-xeon-gold-6248-2p": "discontinued",
    "ampere-altra-max-m128-30": "discontinued", "intel-core-ultra-7-155h": "discontinued",
}

# die of a card: same chip and bandwidth means relatives
CHIP = {
    "GP107": ["gtx-1050-ti", "gtx-1050-mobile-4gb"], "GP108": ["mx150-2gb"], "GP106": ["gtx-1060-6gb"],
    "GP104": ["gtx-1070", "gtx-1070-ti", "gtx-1080", "gtx-1070-max-q-8gb", "nvidia-quadro-p5000"],
    "GP102": ["gtx-1080-ti", "nvidia-quadro-p6000", "nvidia-tesla-p40", "nvidia-titan-xp"],
    "GP100": ["nvidia-tesla-p100-16gb-pcie", "nvidia-tesla-p100-16gb-sxm2"],
    "GV100": ["nvidia-tesla-v100-16gb-pcie", "nvidia-tesla-v100-32gb-sxm2", "nvidia-tesla-v100-16gb-sxm2", "nvidia-titan-v"],
    "TU117": ["gtx-1650-4gb", "gtx-1650-ti-mobile-4gb", "nvidia-t1200-laptop-4gb"],
    "TU116": ["gtx-1660-super", "gtx-1660-ti", "gtx-1660-6gb", "gtx-1660-ti-mobile-6gb"],
    "TU106": ["rtx-2060-6gb", "rtx-2060-12gb", "rtx-2060-super"],
    "TU104": ["rtx-2070-super", "rtx-2080", "rtx-2080-super", "nvidia-tesla-t4", "nvidia-quadro-rtx-4000"],
    "TU102": ["rtx-2080-ti-11gb", "rtx-2080-ti-22gb-mod", "nvidia-titan-rtx", "nvidia-quadro-rtx-6000", "nvidia-quadro-rtx-8000"],
    "GA107": ["rtx-3050-6gb", "rtx-3050-ti-laptop-4gb", "rtx-2050-laptop-4gb", "nvidia-a2", "nvidia-a16", "nvidia-rtx-a400"],
    "GA106": ["rtx-3050-8gb", "rtx-3060-12gb", "rtx-3060-laptop-6gb", "nvidia-rtx-a2000-12gb"],
    "GA104": ["rtx-3060-ti", "rtx-3070", "rtx-3070-ti", "rtx-3080-laptop-16gb", "nvidia-rtx-a4000", "nvidia-rtx-a5000-laptop-16gb"],
    "GA103": ["rtx-3080-ti-laptop-16gb"],
    "GA102": ["rtx-3080-10gb", "rtx-3080-12gb", "rtx-3080-ti", "rtx-3090", "rtx-3090-ti", "rtx-3090-used", "nvidia-rtx-a4500",
              "nvidia-rtx-a5000", "nvidia-rtx-a6000", "nvidia-rtx-a6000-used", "nvidia-a10", "nvidia-a10g", "nvidia-a40"],
    "GA100": ["nvidia-a30", "nvidia-a100-40gb-pcie", "nvidia-a100-80gb-pcie", "nvidia-a100-80gb-sxm"],
    "GA10B": ["nvidia-jetson-orin-nano-super-8gb", "nvidia-jetson-orin-nx-16gb", "nvidia-jetson-agx-orin-32gb", "nvidia-jetson-agx-orin-64gb"],
    "AD107": ["rtx-4060-8gb", "rtx-4060-laptop-8gb", "rtx-4050-laptop-6gb", "nvidia-rtx-2000-ada"],
    "AD106": ["rtx-4060-ti-8gb", "rtx-4060-ti-16gb", "rtx-4070-laptop-8gb"],
    "AD104": ["rtx-4070", "rtx-4070-super", "rtx-4070-ti", "rtx-4080-laptop-12gb", "nvidia-rtx-4000-ada", "nvidia-rtx-4000-sff-ada",
              "nvidia-rtx-4500-ada", "nvidia-l4", "nvidia-rtx-3500-ada-laptop-12gb"],
    "AD103": ["rtx-4070-ti-super", "rtx-4080", "rtx-4080-super", "rtx-4090-laptop-16gb", "nvidia-rtx-5000-ada-laptop-16gb"],
    "AD102": ["rtx-4090", "rtx-4090-d", "rtx-4090-used", "rtx-4090-d-48gb-mod", "nvidia-rtx-5000-ada", "nvidia-rtx-5880-ada",
              "nvidia-rtx-6000-ada", "nvidia-l20", "nvidia-l40", "nvidia-l40s"],
    "GH100": ["nvidia-h20-96gb", "nvidia-h100-80gb-pcie", "nvidia-h100-80gb-sxm", "nvidia-h100-nvl-94gb", "nvidia-h200-141gb-sxm",
              "nvidia-h200-nvl-141gb", "nvidia-gh200-96gb", "nvidia-h800-80gb-sxm"],
    "GB100": ["nvidia-b200-sxm", "nvidia-gb200-per-gpu"], "GB110": ["nvidia-b300-sxm", "nvidia-gb300-per-gpu", "nvidia-dgx-station-gb300"],
    "GB10": ["nvidia-dgx-spark", "asus-ascent-gx10"], "Thor": ["nvidia-jetson-agx-thor"],
    "GB207": ["rtx-5050-8gb"], "GB206": ["rtx-5060", "rtx-5060-ti-8gb", "rtx-5060-ti-16gb", "rtx-5060-laptop-8gb", "rtx-5070-laptop-8gb",
                                        "nvidia-rtx-pro-2000-blackwell"],
    "GB205": ["rtx-5070", "rtx-5070-ti-laptop-12gb"],
    "GB203": ["rtx-5070-ti", "rtx-5080", "rtx-5080-laptop-16gb", "rtx-5090-laptop-24gb", "nvidia-rtx-pro-4000-blackwell",
              "nvidia-rtx-pro-4000-sff-blackwell", "nvidia-rtx-pro-4500-blackwell"],
    "GB202": ["rtx-5090", "rtx-5090-street-2026", "nvidia-rtx-pro-5000-blackwell-48gb", "nvidia-rtx-pro-5000-blackwell-72gb",
              "nvidia-rtx-pro-6000-blackwell", "nvidia-rtx-pro-6000-blackwell-max-q", "nvidia-rtx-pro-6000-blackwell-server"],
    "Polaris 20": ["amd-radeon-rx-580-8gb"], "Vega 10": ["amd-instinct-mi25"],
    "Vega 20": ["amd-radeon-vii", "amd-instinct-mi50-16gb", "amd-instinct-mi50-32gb", "amd-instinct-mi60"],
    "Navi 10": ["amd-radeon-rx-5700-xt"], "Navi 24": ["amd-radeon-rx-6500-xt"],
    "Navi 23": ["amd-radeon-rx-6600", "amd-radeon-rx-6600-xt", "amd-radeon-rx-6650-xt"],
    "Navi 22": ["amd-radeon-rx-6700-xt", "amd-radeon-rx-6750-xt"],
    "Navi 21": ["amd-radeon-rx-6800", "amd-radeon-rx-6800-xt", "amd-radeon-rx-6900-xt", "amd-radeon-rx-6950-xt", "amd-radeon-pro-w6800",
                "amd-radeon-pro-v620"],
    "Navi 33": ["amd-radeon-rx-7600", "amd-radeon-rx-7600-xt"],
    "Navi 32": ["amd-radeon-rx-7700-xt", "amd-radeon-rx-7800-xt", "amd-radeon-pro-w7700"],
    "Navi 31": ["amd-radeon-rx-7900-gre", "amd-radeon-rx-7900-xt", "amd-radeon-rx-7900-xtx", "amd-radeon-pro-w7800-32gb",
                "amd-radeon-pro-w7800-48gb", "amd-radeon-pro-w7900"],
    "Navi 44": ["amd-radeon-rx-9060-xt-16gb"], "Navi 48": ["amd-radeon-rx-9070", "amd-radeon-rx-9070-xt", "amd-radeon-ai-pro-r9700"],
    "MI100": ["amd-instinct-mi100"], "MI200": ["amd-instinct-mi210", "amd-instinct-mi250", "amd-instinct-mi250x"],
    "MI300": ["amd-instinct-mi300a", "amd-instinct-mi300x", "amd-instinct-mi325x"], "MI350": ["amd-instinct-mi350x", "amd-instinct-mi355x"],
    "ACM-G11": ["intel-arc-a380", "intel-arc-a310"],
    "ACM-G10": ["intel-arc-a580", "intel-arc-a750", "intel-arc-a770-16gb", "intel-arc-a770m-16gb"],
    "BMG-G21": ["intel-arc-b570", "intel-arc-b580", "intel-arc-pro-b50", "intel-arc-pro-b60-24gb", "intel-arc-pro-b60-dual-48gb"],
    "BMG-G31": ["intel-arc-pro-b70", "intel-arc-pro-b65-32gb"],
    "Ponte Vecchio": ["intel-max-1100", "intel-max-1550"], "Gaudi 2": ["intel-gaudi-2"], "Gaudi 3": ["intel-gaudi-3"],
    "Ryzen AI Max 385": ["framework-desktop-max-385-32gb"],
    "Ryzen AI Max+ 395": ["framework-desktop-max-395-64gb", "framework-desktop-max-395-128gb", "gmktec-evo-x2-128gb",
                          "beelink-gtr9-pro-128gb", "minisforum-ms-s1-max-128gb", "hp-z2-mini-g1a-128gb", "asus-rog-flow-z13-128gb",
                          "asus-rog-flow-z13-32gb", "bosgame-m5-128gb"],
    "Radeon 780M": ["amd-ryzen-7-8845hs", "beelink-ser8"], "Radeon 890M": ["amd-ryzen-ai-9-hx-370"],
    "Snapdragon X Elite": ["qualcomm-x1e-80-100", "qualcomm-x1e-84-100", "surface-pro-11-x-elite", "lenovo-yoga-slim-7x", "dell-xps-13-9345"],
    "BCM2711": ["raspberry-pi-4-8gb", "raspberry-pi-400-4gb"], "BCM2712": ["raspberry-pi-5-4gb", "raspberry-pi-5-8gb", "raspberry-pi-5-16gb"],
    "RK3588": ["orange-pi-5-plus-32gb", "radxa-rock-5b-16gb"],
}
CHIP_OF = {}
for _chip, _ids in CHIP.items():
    for _i in _ids:
        CHIP_OF[_i if "-" in _i and _i.split("-")[0] in ("nvidia", "amd", "intel", "framework", "gmktec", "beelink", "minisforum", "hp", "asus",
                                                        "bosgame", "qualcomm", "surface", "lenovo", "dell", "raspberry", "orange", "radxa")
                else "nvidia-geforce-" + _i] = _chip


def chip(row):
    if row["id"] in CHIP_OF:
        return CHIP_OF[row["id"]]
    m = re.match(r"(?:Apple )?(M[1-5](?: Pro| Max| Ultra)?)$", row["arch"])
    if m:
        return f"Apple {m.group(1)} ({row['gpu_cores']}-core GPU)"
    return None


# compute the CSV leaves out. fp16 with FP32 accumulation.
# AI TOPS figures of NVIDIA laptop parts are sparse FP4 (RTX 50) or sparse INT8 (RTX 40): fp16 = 1/16 resp. 1/8.
COMPUTE = {
    "nvidia-geforce-rtx-5080-laptop-16gb": (83.4, "derived from 1334 AI TOPS (recalled)"),
    "nvidia-geforce-rtx-5070-ti-laptop-12gb": (62.0, "derived from 992 AI TOPS (recalled)"),
    "nvidia-geforce-rtx-5070-laptop-8gb": (49.9, "derived from 798 AI TOPS (recalled)"),
    "nvidia-geforce-rtx-5060-laptop-8gb": (35.8, "derived from 572 AI TOPS (recalled)"),
    "nvidia-geforce-rtx-4090-laptop-16gb": (85.7, "derived from 686 AI TOPS (recalled)"),
    "nvidia-geforce-rtx-4080-laptop-12gb": (67.7, "derived from 542 AI TOPS (recalled)"),
    "nvidia-geforce-rtx-4070-laptop-8gb": (40.1, "derived from 321 AI TOPS (recalled)"),
    "nvidia-geforce-rtx-4060-laptop-8gb": (29.1, "derived from 233 AI TOPS (recalled)"),
    "nvidia-geforce-rtx-4050-laptop-6gb": (24.3, "derived from 194 AI TOPS (recalled)"),
    "nvidia-geforce-rtx-3080-ti-laptop-16gb": (47.2, "7424 cores x 4 x 1.59 GHz boost (recalled)"),
    "nvidia-geforce-rtx-3080-laptop-16gb": (42.0, "6144 cores x 4 x 1.71 GHz boost (recalled)"),
    "nvidia-geforce-rtx-3060-laptop-6gb": (26.2, "3840 cores x 4 x 1.70 GHz boost (recalled)"),
    "nvidia-geforce-rtx-3050-ti-laptop-4gb": (15.2, "2560 cores x 4 x 1.49 GHz boost (recalled)"),
    "nvidia-geforce-rtx-2050-laptop-4gb": (12.1, "2048 cores x 4 x 1.48 GHz boost (recalled)"),
    "nvidia-rtx-5000-ada-laptop-16gb": (164.6, "9728 cores x 8 x 2.12 GHz boost (recalled)"),
    "nvidia-rtx-3500-ada-laptop-12gb": (63.3, "5120 cores x 8 x 1.55 GHz boost (recalled)"),
    "nvidia-rtx-a5000-laptop-16gb": (77.4, "6144 cores x 8 x 1.58 GHz boost (recalled)"),
    "nvidia-t1200-laptop-4gb": (5.8, "1024 cores x 4 x 1.43 GHz boost, packed shader rate (recalled)"),
    "nvidia-jetson-orin-nx-16gb": (15.0, "GPU part of 100 sparse INT8 TOPS (recalled)"),
    "nvidia-jetson-agx-orin-32gb": (27.0, "GPU part of 200 sparse INT8 TOPS (recalled)"),
    "intel-arc-pro-b65-32gb": (98.3, "20 Xe2 cores as in the B60"),
    "intel-core-ultra-7-155h": (9.2, "1024 lanes x 4 x 2.25 GHz, no matrix unit (recalled)"),
}
INT8_FACTOR = 4  # GeForce Ampere and later: INT8 dense is four times FP16 with FP32 accumulation

# vector peak of CPUs: cores x clock x FP32 flop per cycle, all-core clock estimated
CPU_PEAK = {
    "raspberry-pi-4-8gb": (4, 1.8, 8, None), "raspberry-pi-400-4gb": (4, 1.8, 8, None),
    "raspberry-pi-5-4gb": (4, 2.4, 16, None), "raspberry-pi-5-8gb": (4, 2.4, 16, None), "raspberry-pi-5-16gb": (4, 2.4, 16, None),
    "orange-pi-5-plus-32gb": (4, 2.3, 16, "four fast cores"), "radxa-rock-5b-16gb": (4, 2.3, 16, "four fast cores"),
    "intel-n100-mini-pc-16gb": (4, 2.9, 16, None),
    "intel-core-i9-13900k": (8, 7.2, 32, "8 fast cores at 5.2 GHz and 16 small ones counted as 3 more"),
    "intel-core-i9-14900k": (8, 7.4, 32, "8 fast cores at 5.4 GHz and 16 small ones counted as 3 more"),
    "intel-core-ultra-9-285k": (8, 8.4, 32, "8 fast cores at 5.2 GHz and 16 small ones counted as 5 more"),
    "amd-ryzen-7-5700x": (8, 4.2, 32, None), "amd-ryzen-9-5950x": (16, 3.9, 32, None), "amd-ryzen-9-7950x": (16, 5.0, 32, None),
    "amd-ryzen-7-9700x": (8, 4.6, 64, None), "amd-ryzen-9-9950x": (16, 4.8, 64, None),
    "amd-threadripper-pro-7995wx": (96, 3.2, 32, None), "amd-threadripper-pro-9955wx": (16, 4.8, 64, None),
    "amd-threadripper-pro-9995wx": (96, 3.2, 64, None),
    "amd-epyc-9354-1p": (32, 3.7, 32, None), "amd-epyc-9654-1p": (96, 3.2, 32, None), "amd-epyc-9554-1p": (64, 3.4, 32, None),
    "amd-epyc-9654-2p": (192, 3.2, 32, None), "amd-epyc-9575f-1p": (64, 4.0, 64, None), "amd-epyc-9755-1p": (128, 3.2, 64, None),
    "amd-epyc-9965-2p": (384, 2.9, 64, None),
    "intel-xeon-platinum-8480plus-1p": (56, 2.6, 64, "AMX not counted: few engines reach it"),
    "intel-xeon-max-9480-1p": (56, 2.4, 64, "AMX not counted: few engines reach it"),
    "intel-xeon-platinum-8592plus-1p": (64, 2.5, 64, "AMX not counted: few engines reach it"),
    "intel-xeon-6980p-1p": (128, 2.6, 64, "AMX not counted: few engines reach it"),
    "intel-xeon-w9-3495x": (56, 2.7, 64, "AMX not counted: few engines reach it"),
    "intel-xeon-gold-6248-2p": (40, 2.4, 64, None),
    "ampere-altra-max-m128-30": (128, 3.0, 16, None), "ampereone-a192-32x": (192, 3.2, 16, None),
    "qualcomm-x2e-96-100": (18, 4.0, 32, None),
}
CPU_CORES = {"amd-ryzen-9-5950x": 16, "amd-epyc-9554-1p": 64, "ampereone-a192-32x": 192, "raspberry-pi-400-4gb": 4,
             "apple-macbook-air-m1-7c-8gb": 8, "apple-macbook-pro-14-m1-pro-14c-16gb": 8, "apple-macbook-air-m2-8c-16gb": 8,
             "apple-mac-mini-m2-pro-16c-16gb": 10, "apple-mac-studio-m2-max-30c-64gb": 12}

FP4 = {"nvidia-b200-sxm": 9000, "nvidia-b300-sxm": 13500, "nvidia-gb200-per-gpu": 10000, "nvidia-gb300-per-gpu": 15000,
       "nvidia-dgx-spark": 500, "asus-ascent-gx10": 500, "nvidia-jetson-agx-thor": 1035, "nvidia-dgx-station-gb300": 10000,
       "amd-instinct-mi355x": 10066, "amd-instinct-mi350x": 9227, "dgx-b200": 72000}
FP8 = {"nvidia-h800-80gb-sxm": (1979, 1979), "nvidia-gb200-per-gpu": (5000, 5000), "nvidia-gb300-per-gpu": (5000, None),
       "nvidia-geforce-rtx-4090-d-48gb-mod": (294.2, 588.3), "nvidia-rtx-a400": (None, 21.6)}

# width in slots, recommended power supply (vendor figures, recalled)
CARD = {
    "nvidia-geforce-rtx-3050-8gb": (2, 550), "nvidia-geforce-rtx-3060-12gb": (2, 550), "nvidia-geforce-rtx-3060-ti": (2, 600),
    "nvidia-geforce-rtx-3070": (2, 650), "nvidia-geforce-rtx-3070-ti": (2, 750), "nvidia-geforce-rtx-3080-10gb": (2, 750),
    "nvidia-geforce-rtx-3080-ti": (2, 750), "nvidia-geforce-rtx-3090": (3, 750), "nvidia-geforce-rtx-3090-used": (3, 750),
    "nvidia-geforce-rtx-3090-ti": (3, 850), "nvidia-geforce-rtx-4060-8gb": (2, 550), "nvidia-geforce-rtx-4060-ti-8gb": (2, 550),
    "nvidia-geforce-rtx-4060-ti-16gb": (2, 550), "nvidia-geforce-rtx-4070": (2, 650), "nvidia-geforce-rtx-4070-super": (2, 650),
    "nvidia-geforce-rtx-4070-ti": (3, 700), "nvidia-geforce-rtx-4070-ti-super": (3, 700), "nvidia-geforce-rtx-4080": (3, 750),
    "nvidia-geforce-rtx-4080-super": (3, 750), "nvidia-geforce-rtx-4090": (3, 850), "nvidia-geforce-rtx-4090-used": (3, 850),
    "nvidia-geforce-rtx-4090-d": (3, 850), "nvidia-geforce-rtx-5050-8gb": (2, 550), "nvidia-geforce-rtx-5060": (2, 550),
    "nvidia-geforce-rtx-5060-ti-8gb": (2, 600), "nvidia-geforce-rtx-5060-ti-16gb": (2, 600), "nvidia-geforce-rtx-5070": (2, 650),
    "nvidia-geforce-rtx-5070-ti": (3, 750), "nvidia-geforce-rtx-5080": (2, 850), "nvidia-geforce-rtx-5090": (2, 1000),
    "nvidia-geforce-rtx-5090-street-2026": (2, 1000),
    "nvidia-rtx-a2000-12gb": (2, None), "nvidia-rtx-a4000": (1, None), "nvidia-rtx-a4500": (2, None), "nvidia-rtx-a5000": (2, None),
    "nvidia-rtx-a6000": (2, None), "nvidia-rtx-a6000-used": (2, None), "nvidia-rtx-4000-ada": (1, None), "nvidia-rtx-2000-ada": (2, None),
    "nvidia-rtx-4500-ada": (2, None), "nvidia-rtx-5000-ada": (2, None), "nvidia-rtx-5880-ada": (2, None), "nvidia-rtx-6000-ada": (2, None),
    "nvidia-rtx-pro-4000-blackwell": (1, None), "nvidia-rtx-pro-4500-blackwell": (2, None), "nvidia-rtx-pro-5000-blackwell-48gb": (2, None),
    "nvidia-rtx-pro-5000-blackwell-72gb": (2, None), "nvidia-rtx-pro-6000-blackwell": (2, 1000),
    "nvidia-rtx-pro-6000-blackwell-max-q": (2, None), "nvidia-rtx-pro-6000-blackwell-server": (2, None),
    "nvidia-rtx-pro-2000-blackwell": (2, None), "nvidia-rtx-pro-4000-sff-blackwell": (2, None),
    "nvidia-a10": (1, None), "nvidia-a2": (1, None), "nvidia-a30": (2, None), "nvidia-a40": (2, None), "nvidia-l4": (1, None),
    "nvidia-l40": (2, None), "nvidia-l40s": (2, None), "nvidia-tesla-t4": (1, None), "nvidia-tesla-p40": (2, None),
    "nvidia-tesla-p100-16gb-pcie": (2, None), "nvidia-tesla-v100-16gb-pcie": (2, None), "nvidia-a100-40gb-pcie": (2, None),
    "nvidia-a100-80gb-pcie": (2, None), "nvidia-h100-80gb-pcie": (2, None), "nvidia-h100-nvl-94gb": (2, None), "nvidia-h200-nvl-141gb": (2, None),
    "amd-radeon-rx-7900-xtx": (3, 800), "amd-radeon-rx-7900-xt": (3, 750), "amd-radeon-rx-7800-xt": (3, 700), "amd-radeon-rx-9070-xt": (3, 750),
    "amd-radeon-rx-9070": (2, 650), "amd-radeon-rx-9060-xt-16gb": (2, 450), "amd-radeon-ai-pro-r9700": (2, None),
    "amd-radeon-pro-w7900": (3, None), "amd-radeon-pro-w7800-32gb": (2, None), "amd-radeon-pro-w7800-48gb": (2, None),
    "amd-instinct-mi50-32gb": (2, None), "amd-instinct-mi50-16gb": (2, None), "amd-instinct-mi60": (2, None), "amd-instinct-mi100": (2, None),
    "amd-instinct-mi210": (2, None),
    "intel-arc-a770-16gb": (2, 650), "intel-arc-b580": (2, 600), "intel-arc-b570": (2, 500), "intel-arc-pro-b50": (2, None),
    "intel-arc-pro-b60-24gb": (2, None), "intel-arc-pro-b60-dual-48gb": (2, None), "intel-arc-pro-b70": (2, None),
}

# idle board power of cards in use (estimates)
IDLE = {
    "nvidia-geforce-rtx-3060-12gb": 12, "nvidia-geforce-rtx-3090": 20, "nvidia-geforce-rtx-3090-used": 20, "nvidia-geforce-rtx-3090-ti": 25,
    "nvidia-geforce-rtx-4060-ti-16gb": 10, "nvidia-geforce-rtx-4070": 12, "nvidia-geforce-rtx-4070-ti-super": 13, "nvidia-geforce-rtx-4080": 14,
    "nvidia-geforce-rtx-4080-super": 14, "nvidia-geforce-rtx-4090": 18, "nvidia-geforce-rtx-4090-used": 18,
    "nvidia-geforce-rtx-5060-ti-16gb": 10, "nvidia-geforce-rtx-5070": 13, "nvidia-geforce-rtx-5070-ti": 15, "nvidia-geforce-rtx-5080": 16,
    "nvidia-geforce-rtx-5090": 25, "nvidia-geforce-rtx-5090-street-2026": 25, "nvidia-rtx-a6000": 22, "nvidia-rtx-a6000-used": 22,
    "nvidia-rtx-6000-ada": 20, "nvidia-rtx-pro-4000-blackwell": 12, "nvidia-rtx-pro-5000-blackwell-48gb": 18,
    "nvidia-rtx-pro-6000-blackwell": 20, "nvidia-rtx-pro-6000-blackwell-max-q": 18, "nvidia-a100-80gb-pcie": 45, "nvidia-a100-80gb-sxm": 60,
    "nvidia-h100-80gb-pcie": 50, "nvidia-h100-80gb-sxm": 75, "nvidia-h200-141gb-sxm": 80, "nvidia-l4": 15, "nvidia-l40s": 35, "nvidia-a40": 30,
    "amd-radeon-rx-7900-xtx": 18, "amd-radeon-rx-9070-xt": 15, "amd-radeon-ai-pro-r9700": 18, "amd-radeon-pro-w7900": 20,
    "intel-arc-b580": 15, "intel-arc-pro-b60-24gb": 18, "intel-arc-pro-b70": 25, "nvidia-tesla-p40": 12,
    "framework-desktop-max-395-64gb": 10, "framework-desktop-max-385-32gb": 9, "hp-z2-mini-g1a-128gb": 12, "asus-ascent-gx10": 35,
}

# maximum power the CSV leaves out (estimates)
POWER = {
    "apple-mac-mini-m2-pro-16c-16gb": 100, "apple-mac-studio-m2-max-30c-64gb": 145, "apple-macbook-air-m1-7c-8gb": 20,
    "apple-macbook-air-m2-8c-16gb": 25, "apple-macbook-pro-14-m1-pro-14c-16gb": 65, "raspberry-pi-400-4gb": 8, "ampereone-a192-32x": 400,
    "dell-precision-7960-rtx-6000-ada": 550, "dell-precision-7960-2x-rtx-6000-ada": 900, "seed-pc-4x-arc-pro-b70": 1150,
    "seed-pc-rtx-pro-6000-plus-5090": 1050, "supermicro-workstation-a100-80gb": 600,
    "intel-arc-a770m-16gb": 150, "nvidia-geforce-gtx-1050-mobile-4gb": 75, "nvidia-geforce-gtx-1070-max-q-8gb": 90,
    "nvidia-geforce-gtx-1650-ti-mobile-4gb": 55, "nvidia-geforce-gtx-1660-ti-mobile-6gb": 80, "nvidia-geforce-mx150-2gb": 25,
    "nvidia-geforce-rtx-2050-laptop-4gb": 45, "nvidia-geforce-rtx-3050-ti-laptop-4gb": 80, "nvidia-geforce-rtx-3060-laptop-6gb": 115,
    "nvidia-geforce-rtx-3080-laptop-16gb": 150, "nvidia-geforce-rtx-4050-laptop-6gb": 115, "nvidia-rtx-3500-ada-laptop-12gb": 100,
    "nvidia-rtx-a5000-laptop-16gb": 150, "nvidia-t1200-laptop-4gb": 60,
}

INTERCONNECT = {
    ("NVLink bridge", "112.5"): "nvlink-bridge-ampere", ("NVLink bridge", "100"): "nvlink-bridge-turing",
    ("NVLink bridge", "200"): "nvlink-bridge-a30", ("NVLink bridge", "600"): "nvlink-bridge-hbm", ("NVLink bridge", "900"): "nvlink-bridge-h200",
    ("NVLink 2", "300"): "nvlink-2", ("NVLink 3", "600"): "nvlink-3", ("NVLink 4", "900"): "nvlink-4", ("NVLink 5", "1800"): "nvlink-5",
    ("NVLink 3 switch", "600"): "nvlink-3", ("NVLink 4 switch", "900"): "nvlink-4", ("NVLink 5 switch", "1800"): "nvlink-5",
    ("NVLink-C2C", "900"): "nvlink-4", ("Infinity Fabric bridge", "200"): "infinity-fabric-bridge",
    ("Infinity Fabric", "896"): "infinity-fabric-3", ("Infinity Fabric", "1075"): "infinity-fabric-4", ("Xe Link", ""): "xe-link",
    ("RoCE on package", "600"): "gaudi-roce", ("ConnectX-7 200GbE RoCE x2", "25"): "roce-200gbe", ("ConnectX-8", "100"): "roce-800gbe",
    ("Thunderbolt 4", "5"): "thunderbolt-4", ("Thunderbolt 5 (RDMA from macOS 26.2)", "10"): "tb5-rdma",
    ("Ethernet (USB4/TB limited to about 10 Gb/s; 25GbE NIC on PCIe x4)", "3.1"): "25gbe",
    ("Ethernet (USB4/TB limited to about 10 Gb/s; 25GbE NIC on PCIe x4)", "1.25"): "usb4",
}
HOST_PCIE = {"SXM2": "3.0x16", "SXM4": "4.0x16", "SXM5": "5.0x16", "SXM6": "5.0x16", "OAM": None, "SXM": "5.0x16", "SH5": None}
OAM_PCIE = {"amd-instinct-mi250x": "4.0x16", "amd-instinct-mi250": "4.0x16"}

NOISE = [
    ("silent (fanless)", "silent"), ("near silent", "silent"), ("ultra quiet", "quiet"), ("silent", "silent"), ("quiet", "quiet"),
    ("moderate", "audible"), ("audible", "audible"), ("fan ", "audible"), ("extremely loud", "very_loud"), ("very loud", "very_loud"),
    ("extreme", "very_loud"), ("datacentre", "very_loud"), ("loud", "loud"), ("blower", "loud"), ("passive", "loud"),
]


def noise_class(text):
    for word, cls in NOISE:
        if word in text:
            return cls
    return None


S0, S1, S2, S3, S4 = ("000_a9c64eb96263c12e.txt", "001_014e296cea731a10.txt", "002_4259dc5670bc3574.txt", "003_57dfb5e152bd72e9.txt",
                      "004_f3b58752115fadcf.txt")

# body facts the seeds state: id -> (facts, seeds, extra note)
BODY = {
    "apple-macbook-pro-16-m5-max-40c-128gb": (dict(battery_h=15, storage_gbps=7.4, repairability="0/10", expandability="none"), [S0],
                                              "battery 15 to 18 h; fan audible on 70B; seed power 30 to 100 W; Linux by Asahi is limited"),
    "apple-macbook-pro-16-m5-max-40c-64gb": (dict(repairability="0/10", expandability="none"), [S0], None),
    "apple-macbook-pro-14-m5-pro-20c-64gb": (dict(battery_h=18, repairability="0/10", expandability="none"), [S0], None),
    "apple-macbook-pro-14-m5-max-40c-64gb": (dict(throttling="throttles in the 14-inch body", sustained_fraction=0.8), [S0], None),
    "framework-desktop-max-395-128gb": (dict(storage_gbps=5, warranty_years=3, repairability="10/10",
                                             expandability="PCIe 4.0 x4 slot and NVMe; memory is soldered"), [S0],
                                        "near silent in one table; 120 W sustained"),
    "framework-desktop-max-395-64gb": (dict(warranty_years=3, repairability="10/10", expandability="PCIe 4.0 x4 slot and NVMe; memory is soldered"), [S0], None),
    "framework-desktop-max-385-32gb": (dict(warranty_years=3, repairability="10/10", expandability="PCIe 4.0 x4 slot and NVMe; memory is soldered"), [S0], None),
    "asus-rog-flow-z13-128gb": (dict(throttling="throttles under sustained load (seed: 70 to 120 W)"), [S1], None),
    "asus-rog-flow-z13-32gb": (dict(throttling="throttles under sustained load (seed: 70 to 120 W)"), [S1], None),
    "nvidia-rtx-5000-ada-laptop-16gb": (dict(throttling="throttles after 100 to 200 tokens"), [S1], None),
    "qualcomm-x1e-80-100": (dict(battery_h=15), [S1], None), "qualcomm-x1e-84-100": (dict(battery_h=15), [S1], None),
    "surface-pro-11-x-elite": (dict(battery_h=15), [S1], None), "lenovo-yoga-slim-7x": (dict(battery_h=15), [S1], None),
    "dell-xps-13-9345": (dict(battery_h=15), [S1], None),
    "beelink-gtr9-pro-128gb": (dict(expandability="dual 10GbE; not rack-mountable"), [S0], None),
    "nvidia-geforce-rtx-5090": (dict(power_supply_w=1000), [S1], None),
    "lenovo-p620-2x-a6000": (dict(expandability="up to 2 TB DDR4 in 8 channels"), [S1], "power supply of 1000 to 2000 W wanted"),
    "dell-precision-7960-rtx-6000-ada": (dict(expandability="up to 2 TB ECC memory"), [S1], None),
    "dell-precision-7960-2x-rtx-6000-ada": (dict(expandability="up to 2 TB ECC memory"), [S1], None),
}
HOST_MEMORY = {  # id: (GiB, GB/s, source)
    "lenovo-p620-2x-a6000": (256, 204.8, ("seed", S1)), "nvidia-dgx-station-gb300": (496, 396, ("recalled", "NVIDIA DGX Station page (recalled, not fetched)")),
    "nvidia-gh200-96gb": (480, 384, ("recalled", "NVIDIA GH200 datasheet (recalled, not fetched)")),
    "msi-vector-17-hx-ai-rtx-5090": (32, 89.6, ("seed", S1)), "hp-z8-g4-a100-80gb": (192, 281.6, ("estimated", "two Xeons with 12 channels of DDR4-2933; capacity assumed")),
}
LINKED = {"seed-pc-rtx-pro-6000-plus-5090": 2}
# corrections of the source rows; every one is said in the notes
CORRECT = {
    "seed-mac-studio-m3-ultra-192gb": dict(tdp="270", note="seed 000 gives about 200 W, seed 003 about 180 W and seed 004 200 to 300 W; the machine's maximum of 270 W is kept"),
}
NOTES = {
    "nvidia-dgx-spark": "the seed's 23 tok/s on Qwen3-4B was measured at 16 bits",
    "qualcomm-x1e-84-100": "runs on the CPU in llama.cpp; the compute figure is that of the Adreno GPU",
    "qualcomm-x1e-80-100": "runs on the CPU in llama.cpp; the compute figure is that of the Adreno GPU",
}

ALIASES = {
    "framework-desktop-max-395-128gb": ["strix halo", "framework-desktop-128gb", "framework desktop 128gb"],
    "framework-desktop-max-395-64gb": ["framework-desktop-64gb"],
    "framework-desktop-max-385-32gb": ["framework-desktop-32gb"],
    "gmktec-evo-x2-128gb": ["evo-x2", "gmktec evo-x2"], "beelink-gtr9-pro-128gb": ["gtr9 pro"], "bosgame-m5-128gb": ["bosgame m5"],
    "nvidia-dgx-spark": ["dgx spark", "nvidia dgx spark"], "asus-ascent-gx10": ["ascent gx10"],
    "nvidia-dgx-station-gb300": ["dgx station"],
    "apple-macbook-pro-14-m5-pro-20c-64gb": ["macbook-pro-14-m5-pro-64gb", "m5 pro 64gb"],
    "apple-macbook-pro-16-m5-max-40c-128gb": ["macbook-pro-16-m5-max-128gb"],
    "apple-macbook-pro-16-m5-max-40c-64gb": ["macbook-pro-16-m5-max-64gb"],
    "apple-macbook-pro-14-m5-max-40c-64gb": ["macbook-pro-14-m5-max-64gb"],
    "apple-macbook-pro-14-m5-max-40c-128gb": ["macbook-pro-14-m5-max-128gb"],
    "apple-macbook-pro-14-m4-pro-20c-48gb": ["macbook-pro-14-m4-pro-48gb"],
    "apple-macbook-pro-16-m4-max-40c-128gb": ["macbook-pro-16-m4-max-128gb"],
    "apple-macbook-air-m4-10c-32gb": ["macbook-air-m4-32gb"],
    "apple-mac-studio-m4-max-40c-128gb": ["mac studio m4 max 128gb", "mac-studio-m4-max-128gb"],
    "apple-mac-studio-m3-ultra-80c-512gb": ["m3 ultra 512gb", "mac studio m3 ultra 512gb", "mac-studio-m3-ultra-512gb"],
    "seed-mac-studio-m3-ultra-192gb": ["mac studio m3 ultra 192gb", "m3 ultra 192gb"],
    "seed-mac-studio-m3-ultra-128gb": ["mac studio m3 ultra 128gb", "m3 ultra 128gb"],
    "apple-mac-studio-m2-ultra-76c-192gb": ["m2 ultra 192gb", "mac studio m2 ultra 192gb", "mac-studio-m2-ultra-192gb"],
    "apple-mac-mini-m4-pro-20c-64gb": ["mac-mini-m4-pro-64gb", "mac mini m4 pro 64gb"],
    "apple-mac-mini-m4-10c-16gb": ["mac mini m4 16gb"],
    "apple-mac-studio-m5-max-128gb-expected": ["mac studio m5 max 128gb"], "apple-mac-studio-m5-ultra-256gb-expected": ["mac studio m5 ultra 256gb"],
    "raspberry-pi-5-8gb": ["rpi5 8gb"],
    "nvidia-a100-80gb-sxm": ["a100 80gb sxm", "a100 sxm", "a100-80gb-sxm"], "nvidia-a100-80gb-pcie": ["a100-80gb-pcie"],
    "nvidia-a100-40gb-pcie": ["a100 40gb"],
    "nvidia-h100-80gb-sxm": ["h100 sxm", "h100-80gb-sxm"], "nvidia-h100-80gb-pcie": ["h100 pcie"], "nvidia-h100-nvl-94gb": ["h100 nvl"],
    "nvidia-h200-141gb-sxm": ["h200 sxm"], "nvidia-b200-sxm": ["b200"], "nvidia-b300-sxm": ["b300"],
    "nvidia-rtx-pro-6000-blackwell": ["rtx pro 6000", "rtx pro 6000 blackwell", "pro 6000"],
    "nvidia-rtx-pro-6000-blackwell-max-q": ["rtx pro 6000 max-q"], "nvidia-rtx-pro-4000-blackwell": ["rtx pro 4000"],
    "nvidia-rtx-pro-4500-blackwell": ["rtx pro 4500"], "nvidia-rtx-pro-2000-blackwell": ["rtx pro 2000"],
    "nvidia-rtx-6000-ada": ["rtx 6000 ada", "6000 ada"], "nvidia-rtx-a6000": ["rtx-a6000", "a6000"],
    "nvidia-rtx-a5000": ["a5000"], "nvidia-rtx-a4000": ["a4000"],
    "intel-arc-pro-b70": ["arc pro b70", "b70"], "intel-arc-pro-b60-24gb": ["arc pro b60", "b60"], "intel-arc-pro-b50": ["b50", "arc pro b50"],
    "intel-arc-b580": ["b580", "arc b580"], "intel-arc-a770-16gb": ["a770", "arc a770"],
    "amd-radeon-ai-pro-r9700": ["r9700", "ai pro r9700", "radeon r9700"], "amd-radeon-rx-7900-xtx": ["7900 xtx", "rx 7900 xtx"],
    "amd-radeon-rx-9070-xt": ["9070 xt", "rx 9070 xt"], "amd-instinct-mi300x": ["mi300x"], "amd-instinct-mi325x": ["mi325x"],
    "amd-instinct-mi355x": ["mi355x"], "amd-instinct-mi350x": ["mi350x"], "amd-instinct-mi50-32gb": ["mi50 32gb"],
    "nvidia-jetson-agx-thor": ["jetson thor"], "nvidia-jetson-agx-orin-64gb": ["agx orin 64gb"],
    "nvidia-jetson-orin-nano-super-8gb": ["orin nano super", "jetson orin nano"],
    "nvidia-tesla-p40": ["p40"], "nvidia-tesla-t4": ["t4"], "nvidia-l4": ["l4"], "nvidia-l40s": ["l40s"], "nvidia-a40": ["a40"], "nvidia-a10": ["a10"],
    "hp-z8-g4-a100-80gb": ["hp z8 g4"], "lenovo-p620-2x-a6000": ["thinkstation p620", "lenovo p620"], "asus-rog-strix-scar-18-rtx-5090": ["rog strix scar 18"],
    "qualcomm-x1e-84-100": ["x1e-84-100"], "qualcomm-x1e-80-100": ["x1e-80-100"],
    "amd-threadripper-pro-9955wx": ["threadripper 9955", "9955wx"], "proxmox-ollama-16gb-cpu": ["proxmox ollama"],
    "nvidia-geforce-rtx-2080-ti-11gb": ["rtx 2080 ti", "2080 ti"], "nvidia-geforce-rtx-3060-12gb": ["rtx 3060", "3060 12gb"],
    "nvidia-geforce-rtx-4060-8gb": ["rtx 4060", "4060"], "nvidia-geforce-rtx-5050-8gb": ["rtx 5050"],
    "nvidia-geforce-rtx-5090-laptop-24gb": ["rtx 5090 laptop", "5090 laptop"], "nvidia-geforce-rtx-4090-laptop-16gb": ["rtx 4090 laptop", "4090 laptop"], "nvidia-geforce-rtx-4060-ti-16gb": ["4060 ti 16gb"],
    "nvidia-geforce-rtx-5060-ti-16gb": ["5060 ti 16gb"], "seed-pc-rtx-5090": ["rtx 5090 pc"], "seed-pc-dual-rtx-5090": ["dual rtx 5090", "dual rtx 5090 pc"],
    "seed-pc-rtx-4090-used": ["rtx 4090 pc used", "rtx 4090 pc"],
}
# names whose own source says which machine it was: mac-llm-bench's README heads its M5 results "MacBook Air"
MEASURED_ON = {"Apple M5 10-core GPU 32GB": "apple-macbook-air-m5-10c-32gb"}
# never an alias: more than one device answers to it
AMBIGUOUS = {"m5 max 128gb", "raspberry pi 5", "mac studio m4 max", "mac mini m4", "macbook air m4", "rtx 2060", "h200", "mac mini m4 pro", "a100 pcie", "m4 max 128gb", "snapdragon x elite", "rog flow z13", "flow z13", "m2 max 32gb", "m3 ultra 96gb", "mac studio m3 ultra 96gb", "m3 ultra 256gb", "mac studio m3 ultra 256gb", "mac-studio-m3-ultra-256gb", "ryzen ai max+ 395", "max+ 395", "framework desktop", "gb10", "jetson agx orin", "dell precision 7960",
             "rtx 3080", "3080", "rtx 4060 ti", "4060 ti", "rtx 5060 ti", "5060 ti", "a100", "a100 80gb", "h100", "macbook pro", "mac studio",
             "m3 ultra", "m4 max", "m5 max", "rtx 3050", "3050", "mi50", "rtx 5000", "rtx 4000", "rtx 6000"}


def short_names(row):
    """Names people type for cards: without vendor, without GeForce, the bare number."""
    i, name = row["id"], row["name"]
    out = []
    if row["kind"] != "gpu" or i.endswith(("-used", "-mod", "-2026")):
        return out
    m = re.match(r"NVIDIA GeForce ((?:RTX|GTX) .+)$", name)
    if m and "Laptop" not in name and "Mobile" not in name and "Max-Q" not in name:
        tail = m.group(1)
        out += [tail, "NVIDIA " + tail]
        bare = re.sub(r"^(RTX|GTX) ", "", tail)
        if not re.search(r"GB$", bare):
            out.append(bare)
    elif m:
        out += [m.group(1)]
    elif name.startswith("NVIDIA "):
        out.append(name[7:])
    elif name.startswith("AMD Radeon "):
        out += [name[4:], name[11:]]
    elif name.startswith("AMD Instinct "):
        out += [name[13:]]
    elif name.startswith("Intel "):
        out += [name[6:]]
    return [n for n in out if n.lower() not in AMBIGUOUS]
