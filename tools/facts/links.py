"""Links between devices and machines. bandwidth_gbps: usable, one direction; latency_us: one message between two GPUs or nodes."""

PRED = ("recalled", "collective latencies by link class (recalled, to be replaced by a ping-pong)")
S0, S3 = "000_a9c64eb96263c12e.txt", "003_57dfb5e152bd72e9.txt"
HOST = "12 us with peer-to-peer; through host memory 20 to 40 us and half the bandwidth"


def pcie(gen, width):
    lane = {3: 0.985, 4: 1.969, 5: 3.938}[gen]
    peak = round(lane * width, 2)
    src = [("seed", S3)] if (gen, width) == (4, 16) else []
    return dict(id=f"pcie-{gen}-x{width}", name=f"PCIe {gen}.0 x{width}", kind="pcie", bandwidth=round(peak * 0.8, 2), peak=peak, latency=12, rdma=False,
                aliases=[f"pcie {gen}.0 x{width}", f"pcie{gen} x{width}"] + (["pcie"] if (gen, width) == (4, 16) else []), notes=HOST,
                sources=src + [("recalled", "PCI Express link rates (recalled); 80 % usable"), PRED])


def nvlink(lid, name, quoted, usable, aliases=None, notes=None):
    return dict(id=lid, name=name, kind="nvlink", bandwidth=usable, peak=quoted / 2, latency=5, rdma=True, aliases=aliases,
                notes=notes or f"vendor quotes {quoted} GB/s for both directions together",
                sources=[("recalled", "NVIDIA datasheet (recalled, not fetched)"), PRED])


def ether(lid, name, gbit, usable, latency, rdma=False, kind="ethernet", aliases=None, sources=None, notes=None, prices=None):
    return dict(id=lid, name=name, kind=kind, bandwidth=usable, peak=gbit / 8, latency=latency, rdma=rdma, aliases=aliases, notes=notes, prices=prices,
                sources=sources or [("recalled", "line rate; usable share and latency of TCP (recalled)")])


LINKS = [pcie(g, w) for g in (3, 4, 5) for w in (16, 8, 4, 1)] + [
    nvlink("nvlink-bridge-turing", "NVLink bridge (Turing)", 100, 45),
    nvlink("nvlink-bridge-ampere", "NVLink bridge (RTX 3090, A5000, A6000)", 112.5, 50, ["nvlink bridge", "nvlink-bridge"],
           "112.5 GB/s for both directions; seed 004: 40 to 60 % better throughput than PCIe on two RTX 3090, other reports 11 to 15 %"),
    nvlink("nvlink-bridge-a30", "NVLink bridge (A30)", 200, 85), nvlink("nvlink-bridge-hbm", "NVLink bridge (A100, H100 PCIe)", 600, 250),
    nvlink("nvlink-bridge-h200", "NVLink bridge (H200 NVL)", 900, 380),
    nvlink("nvlink-2", "NVLink 2 (V100)", 300, 130), nvlink("nvlink-3", "NVLink 3 (A100 SXM)", 600, 250),
    nvlink("nvlink-4", "NVLink 4 (H100, H200 SXM)", 900, 380, ["nvlink"]), nvlink("nvlink-5", "NVLink 5 (B200, B300)", 1800, 760),
    dict(id="infinity-fabric-3", name="Infinity Fabric (MI300)", kind="infinity_fabric", bandwidth=340, peak=448, latency=8, rdma=True,
         aliases=["infinity fabric"], notes="vendor quotes 896 GB/s for both directions", sources=[("recalled", "AMD datasheet (recalled, not fetched)"), PRED]),
    dict(id="infinity-fabric-4", name="Infinity Fabric (MI350)", kind="infinity_fabric", bandwidth=410, peak=537.5, latency=8, rdma=True,
         notes="vendor quotes 1075 GB/s for both directions", sources=[("recalled", "AMD datasheet (recalled, not fetched)"), PRED]),
    dict(id="infinity-fabric-bridge", name="Infinity Fabric bridge (MI50, MI60)", kind="infinity_fabric", bandwidth=80, peak=100, latency=10, rdma=True,
         sources=[("recalled", "AMD datasheet (recalled, not fetched)"), PRED]),
    dict(id="xe-link", name="Xe Link (Max 1550)", kind="infinity_fabric", bandwidth=40, peak=53, latency=10, rdma=True,
         notes="eight links on a board; the figure is for one pair", sources=[("recalled", "Intel datasheet (recalled, not fetched)")]),
    ether("gaudi-roce", "RoCE on package (Gaudi 2 and 3)", 2400, 250, 10, True, "roce", notes="600 GB/s for both directions"),
    dict(id="thunderbolt-4", name="Thunderbolt 4 (IP)", kind="thunderbolt", bandwidth=2.5, peak=5, latency=150, rdma=False, aliases=["tb4", "thunderbolt 4"],
         notes="40 Gb/s line rate; IP networking reaches about half", sources=[("recalled", "line rate; usable share and latency (recalled)")]),
    dict(id="thunderbolt-5", name="Thunderbolt 5 (IP)", kind="thunderbolt", bandwidth=5, peak=10, latency=150, rdma=False, aliases=["tb5", "thunderbolt 5"],
         notes="80 Gb/s line rate each way; without RDMA a four-node cluster was slower than one node in seed 000",
         sources=[("seed", S0), ("recalled", "line rate; usable share and latency (recalled)")],
         prices=[dict(amount=180, currency="CAD", kind="estimate", date="2026-04")]),
    dict(id="tb5-rdma", name="Thunderbolt 5 with RDMA", kind="thunderbolt", bandwidth=8, peak=10, latency=50, rdma=True,
         aliases=["thunderbolt 5 rdma", "rdma"],
         notes="from macOS 26.2; seed 000 quotes 120 Gb/s, which is the boosted one-way rate, and 50 us",
         sources=[("seed", S0), ("recalled", "80 Gb/s each way; usable share (recalled)")],
         prices=[dict(amount=180, currency="CAD", kind="estimate", date="2026-04")]),
    dict(id="usb4", name="USB4 or Thunderbolt networking on x86", kind="thunderbolt", bandwidth=1.25, peak=5, latency=150, rdma=False,
         aliases=["usb4 networking"], notes="seed 000: capped at about 10 Gb/s", sources=[("seed", S0), ("recalled", "latency (recalled)")]),
    ether("1gbe", "1 Gigabit Ethernet", 1, 0.118, 200, aliases=["gigabit"]), ether("2.5gbe", "2.5 Gigabit Ethernet", 2.5, 0.29, 150),
    ether("5gbe", "5 Gigabit Ethernet", 5, 0.59, 120),
    ether("10gbe", "10 Gigabit Ethernet", 10, 1.15, 100, aliases=["10g", "ethernet 10g"],
          sources=[("seed", S0), ("recalled", "usable share and latency of TCP (recalled)")],
          notes="TCP clustering was slower than one node in seed 000's test"),
    ether("25gbe", "25 Gigabit Ethernet", 25, 2.9, 60, aliases=["25g", "ethernet 25g"],
          sources=[("seed", S0), ("recalled", "usable share and latency of TCP (recalled)")]),
    ether("40gbe", "40 Gigabit Ethernet", 40, 4.6, 50), ether("50gbe", "50 Gigabit Ethernet", 50, 5.8, 45),
    ether("100gbe", "100 Gigabit Ethernet", 100, 11.5, 40, aliases=["100g"], sources=[("seed", S0), ("recalled", "usable share and latency of TCP (recalled)")]),
    ether("roce-100gbe", "RoCE over 100 GbE", 100, 12, 8, True, "roce"),
    ether("roce-200gbe", "RoCE over 200 GbE (ConnectX-7)", 200, 24, 3, True, "roce", ["200gbe", "connectx-7", "200g", "200gbe-roce", "roce"],
          [("seed", S0), ("table", "ai-infrastructure.net")], "seed 000: about 3 us; small-message latency through a full stack is nearer 10 to 20 us"),
    ether("roce-400gbe", "RoCE over 400 GbE", 400, 48, 3, True, "roce", ["400gbe"]),
    ether("roce-800gbe", "RoCE over 800 GbE (ConnectX-8)", 800, 95, 3, True, "roce", ["800gbe"]),
]
