#!/usr/bin/env python3
"""Draws the pictures of the bundled tasks: tools/task_images.py [--check]

Needs Pillow (python3-pil) and the DejaVu fonts (fonts-dejavu-core). The pictures are committed; run this after changing one.
Everything in them is invented. --check draws nothing and says which picture is missing.
"""
import math
import sys
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

TASKS = Path(__file__).resolve().parent.parent / "tasks"
FONTS = Path("/usr/share/fonts/truetype/dejavu")
INK, GREY, LINE, PAPER = "#1c1c1e", "#6b7078", "#c9ced6", "#ffffff"


def font(size, name="DejaVuSans"):
    return ImageFont.truetype(str(FONTS / f"{name}.ttf"), size)


class Sheet:
    def __init__(self, width, height, paper=PAPER):
        self.image = Image.new("RGB", (width, height), paper)
        self.draw = ImageDraw.Draw(self.image)

    def text(self, x, y, words, size=15, fill=INK, bold=False, mono=False, anchor="la"):
        name = ("DejaVuSansMono" if mono else "DejaVuSans") + ("-Bold" if bold else "")
        self.draw.text((x, y), words, font=font(size, name), fill=fill, anchor=anchor)

    def line(self, *points, fill=INK, width=2):
        self.draw.line(points, fill=fill, width=width)

    def box(self, x0, y0, x1, y1, fill=None, outline=LINE, width=1, radius=0):
        if radius:
            self.draw.rounded_rectangle((x0, y0, x1, y1), radius, fill=fill, outline=outline, width=width)
        else:
            self.draw.rectangle((x0, y0, x1, y1), fill=fill, outline=outline, width=width)

    def save(self, task, name):
        path = TASKS / task / "files" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        self.image.quantize(32).save(path, optimize=True)


def window(width, height, title, dark=False):
    sheet = Sheet(width, height, "#1e1f24" if dark else "#f4f5f7")
    sheet.box(0, 0, width, 34, fill="#2b2d34" if dark else "#dfe3e9", outline=None)
    for i, colour in enumerate(("#e0655c", "#e5b84f", "#62b35a")):
        sheet.draw.ellipse((14 + 22 * i, 11, 26 + 22 * i, 23), fill=colour)
    sheet.text(width / 2, 17, title, 14, "#d7dae0" if dark else INK, anchor="mm")
    return sheet


def red_test():
    sheet = window(860, 430, "terminal: npm test", dark=True)
    rows = [
        ("$ TZ=Europe/Stockholm npm test", "#d7dae0"),
        ("", "#d7dae0"),
        (" PASS  tests/money.test.js (14 tests)", "#7bc275"),
        (" FAIL  tests/booking.test.js", "#f0716a"),
        ("   x a booking keeps its start when it is saved and read again", "#f0716a"),
        ("", "#d7dae0"),
        ("     - Expected", "#7bc275"),
        ("     + Received", "#f0716a"),
        ("       Object {", "#d7dae0"),
        ("         \"id\": 4711,", "#d7dae0"),
        ("         \"room\": \"Maple\",", "#d7dae0"),
        ("     -   \"start\": \"2026-06-15T09:00\",", "#7bc275"),
        ("     +   \"start\": \"2026-06-15T07:00\",", "#f0716a"),
        ("         \"seats\": 12,", "#d7dae0"),
        ("       }", "#d7dae0"),
        ("", "#d7dae0"),
        ("     at tests/booking.test.js:31   repo.save(b); expect(repo.read(b.id)).toEqual(b)", "#9aa0a8"),
        (" Tests: 1 failed, 37 passed      CI (TZ=UTC): 38 passed", "#d7dae0"),
    ]
    for i, (words, colour) in enumerate(rows):
        sheet.text(18, 50 + 20 * i, words, 14, colour, mono=True)
    sheet.save("developer/red-test-screenshot", "terminal.png")


def plot(sheet, box, title, unit, y_max, series, x_labels):
    x0, y0, x1, y1 = box
    sheet.text(x0, y0 - 24, title, 14, bold=True)
    sheet.text(x1, y0 - 22, unit, 12, GREY, anchor="ra")
    for i in range(5):
        y = y1 - (y1 - y0) * i / 4
        sheet.line(x0, y, x1, y, fill=LINE, width=1)
        sheet.text(x0 - 6, y, f"{y_max * i / 4:g}", 11, GREY, anchor="rm")
    for i, label in enumerate(x_labels):
        sheet.text(x0 + (x1 - x0) * i / (len(x_labels) - 1), y1 + 6, label, 11, GREY, anchor="ma")
    points = [(x0 + (x1 - x0) * i / (len(series) - 1), y1 - (y1 - y0) * v / y_max) for i, v in enumerate(series)]
    sheet.draw.line(points, fill="#2f6fb5", width=3)


def dashboard():
    sheet = window(980, 620, "db2: last night")
    hours = ["00:00", "01:00", "02:00", "03:00", "04:00", "05:00", "06:00"]
    wave = [math.sin(i * 1.7) for i in range(37)]
    cpu = [32 + 6 * w for w in wave[:19]] + [30 + 4 * w for w in wave[19:24]] + [8 + 2 * w for w in wave[24:]]
    memory = [61 + 2 * w for w in wave]
    disk = [70 + 0.2 * i for i in range(12)] + [72.2 + (100 - 72.2) * (i + 1) / 12 for i in range(12)] + [100] * 13
    queries = [420 + 40 * w for w in wave[:23]] + [260] + [0] * 13
    plot(sheet, (70, 90, 460, 280), "CPU", "%", 100, cpu, hours)
    plot(sheet, (560, 90, 950, 280), "Memory", "%", 100, memory, hours)
    plot(sheet, (70, 370, 460, 560), "Disk /var", "%", 100, disk, hours)
    plot(sheet, (560, 370, 950, 560), "Queries answered", "per s", 600, queries, hours)
    sheet.text(70, 592, "Jobs: 00:30 statistics - 02:00 export-archive - 05:00 cleanup", 13, GREY)
    sheet.save("it_admin/dashboard-at-night", "dashboard.png")


def pump_curve():
    sheet = Sheet(820, 600)
    x0, y0, x1, y1 = 90, 60, 780, 520
    sheet.text(x0, 20, "Pump K-40, impeller 165 mm", 17, bold=True)
    for i in range(9):
        x = x0 + (x1 - x0) * i / 8
        sheet.line(x, y0, x, y1, fill=LINE, width=1)
        sheet.text(x, y1 + 8, str(i * 10), 13, GREY, anchor="ma")
    for i in range(9):
        y = y1 - (y1 - y0) * i / 8
        sheet.line(x0, y, x1, y, fill=LINE, width=1)
        sheet.text(x0 - 8, y, str(i * 5), 13, GREY, anchor="rm")
    sheet.text((x0 + x1) / 2, y1 + 34, "flow Q in m3/h", 14, anchor="ma")
    sheet.text(14, 36, "head H in m", 14)

    def at(flow, head):
        return x0 + (x1 - x0) * flow / 80, y1 - (y1 - y0) * head / 40

    sheet.draw.line([at(q, 34 - 0.006 * q * q) for q in range(0, 73)], fill="#2f6fb5", width=3)
    sheet.draw.line([at(q, 8 + 0.01025 * q * q) for q in range(0, 52)], fill="#b5552f", width=3)
    sheet.text(*at(58, 15.5), "pump", 14, "#2f6fb5", bold=True)
    sheet.text(*at(52.5, 35), "system, valve open", 14, "#b5552f", bold=True)
    sheet.save("engineer/pump-curve", "curve.png")


def gauges():
    sheet = Sheet(760, 400, "#eceff3")
    for centre, title, low, high, step, value, unit in (
        (195, "P1 before filter", 0, 10, 1, 6.4, "bar"), (565, "P2 after filter", 0, 6, 1, 4.3, "bar"),
    ):
        cy = 205
        sheet.draw.ellipse((centre - 150, cy - 150, centre + 150, cy + 150), fill=PAPER, outline=INK, width=4)
        steps = int((high - low) / step)
        for i in range(steps * 5 + 1):
            angle = math.radians(225 - 270 * i / (steps * 5))
            inner = 112 if i % 5 == 0 else 124
            sheet.line(centre + inner * math.cos(angle), cy - inner * math.sin(angle), centre + 136 * math.cos(angle),
                       cy - 136 * math.sin(angle), width=3 if i % 5 == 0 else 1)
            if i % 5 == 0:
                sheet.text(centre + 94 * math.cos(angle), cy - 94 * math.sin(angle), f"{low + step * i / 5:g}", 16, anchor="mm")
        angle = math.radians(225 - 270 * (value - low) / (high - low))
        sheet.line(centre - 22 * math.cos(angle), cy + 22 * math.sin(angle), centre + 118 * math.cos(angle), cy - 118 * math.sin(angle),
                   fill="#b3261e", width=4)
        sheet.draw.ellipse((centre - 9, cy - 9, centre + 9, cy + 9), fill=INK)
        sheet.text(centre, cy + 62, unit, 16, GREY, anchor="mm")
        sheet.text(centre, cy + 174, title, 17, bold=True, anchor="mm")
    sheet.save("engineer/two-gauges", "gauges.png")


def receipt():
    sheet = Sheet(430, 640, "#fbfaf6")
    rows = [
        ("KIOSK & KAFÉ LINDEN", True), ("Hamngatan 0, Sundsvall", False), ("Org.nr 556999-0015", False), ("", False),
        ("2026-11-17  08:52   Kassa 2", False), ("Kvitto 30417", False), ("-" * 34, False),
        ("2 Kaffe           2 x 32,00   64,00", False), ("3 Smörgås         3 x 45,00  135,00", False),
        ("1 Frukostpåse                  78,00", False), ("  Rabatt frukost              -20,00", False),
        ("1 Skrivblock A5                39,00", False), ("-" * 34, False), ("TOTALT SEK                    296,00", True),
        ("", False), ("Moms%    Netto     Moms   Brutto", False), ("12,00   229,46    27,54   257,00", False),
        ("25,00    31,20     7,80    39,00", False), ("", False), ("Kort **** 4417          296,00", False),
        ("varav dricks              0,00", False), ("", False), ("Tack för besöket!", False),
    ]
    for i, (words, bold) in enumerate(rows):
        sheet.text(24, 24 + 26 * i, words, 17, bold=bold, mono=True)
    sheet.image = sheet.image.rotate(1.4, resample=Image.BICUBIC, expand=True, fillcolor="#d9d5cc")
    sheet.save("accountant/receipt-from-the-cafe", "receipt.png")


def erp_dialog():
    sheet = window(900, 520, "ERP: purchase invoices - post")
    sheet.text(30, 56, "Invoice", 14, GREY), sheet.text(150, 56, "E-20561      Supplier 4408 Vessla Verktyg", 14)
    sheet.text(30, 84, "Posting date", 14, GREY), sheet.text(150, 84, "2026-11-18      Document date 2026-10-28", 14)
    head = ("Line", "Account", "Cost centre", "Project", "Debit", "Credit")
    xs = (40, 110, 240, 390, 560, 700)
    sheet.box(30, 118, 870, 146, fill="#dfe3e9")
    for x, words in zip(xs, head):
        sheet.text(x, 124, words, 14, bold=True)
    rows = [("10", "5410", "320", "", "4,200.00", ""), ("20", "5460", "320", "P-17", "1,150.00", ""), ("30", "2641", "", "", "1,337.50", ""),
            ("40", "2440", "", "", "", "6,687.50")]
    for i, row in enumerate(rows):
        y = 152 + 30 * i
        if i == 1:
            sheet.box(30, y - 3, 870, y + 25, fill="#fdecea", outline="#d9534f")
        for x, words in zip(xs, row):
            sheet.text(x, y, words, 14)
    sheet.box(190, 300, 720, 480, fill=PAPER, outline=GREY, width=2, radius=8)
    sheet.text(214, 318, "Posting not possible", 17, "#b3261e", bold=True)
    for i, words in enumerate(("E-1187 in line 20: project P-17 was closed on 2026-10-31.", "Successor: P-23. The posting date decides, not the document date.",
                               "I-204 in line 10: information, no budget for this account.")):
        sheet.text(214, 352 + 24 * i, words, 14)
    sheet.box(600, 444, 690, 470, fill="#dfe3e9", radius=4)
    sheet.text(645, 457, "Close", 14, anchor="mm")
    sheet.save("accountant/posting-not-possible", "dialog.png")


def calendar():
    sheet = window(980, 620, "Week 50: 7 - 11 December 2026   -   Marta (blue), Nils (orange)")
    days = ("Mon 7", "Tue 8", "Wed 9", "Thu 10", "Fri 11")
    left, top, column, hour = 80, 80, 176, 56
    for i, day in enumerate(days):
        sheet.text(left + column * i + column / 2, 56, day, 15, bold=True, anchor="mm")
    for h in range(9, 19):
        y = top + hour * (h - 9)
        sheet.line(left, y, left + column * 5, y, fill=LINE, width=1)
        sheet.text(left - 10, y, f"{h}:00", 13, GREY, anchor="rm")
    for i in range(6):
        sheet.line(left + column * i, top, left + column * i, top + hour * 9, fill=LINE, width=1)
    marta = [(0, 9, 12, "Budget"), (0, 14, 16, "Interviews"), (1, 10, 11.5, "Call Lyon"), (1, 13, 17, "Workshop"), (2, 9, 10, "Team"),
             (2, 11, 12.5, "Dentist"), (3, 9, 13, "Audit"), (3, 15.5, 17, "Board"), (4, 9, 11, "Review"), (4, 14, 15, "1:1")]
    nils = [(0, 11, 13, "Site visit"), (0, 16, 17.5, "Supplier"), (1, 9, 10, "Standup"), (1, 11, 13.5, "Lunch talk"), (2, 10, 11, "Tender"),
            (2, 13, 15.5, "Training"), (3, 13, 15, "Planning"), (4, 10.5, 14, "Inventory"), (4, 15.5, 18, "Travel")]
    for entries, shift, fill, edge in ((marta, 0, "#dbe8f6", "#2f6fb5"), (nils, 0.5, "#fbe6d6", "#b5552f")):
        for day, start, end, words in entries:
            x = left + column * (day + shift) + 3
            sheet.box(x, top + hour * (start - 9) + 1, x + column / 2 - 6, top + hour * (end - 9) - 1, fill=fill, outline=edge, width=2, radius=4)
            sheet.text(x + 6, top + hour * (start - 9) + 6, words, 13)
    sheet.save("office_admin/calendar-of-two", "calendar.png")


def seating():
    sheet = Sheet(820, 560)
    sheet.text(24, 18, "Floor 3, desks", 18, bold=True)
    sheet.box(24, 54, 796, 536, outline=INK, width=4)
    sheet.line(300, 54, 460, 54, fill="#4a90d9", width=9), sheet.text(380, 70, "window", 13, "#4a90d9", anchor="ma")
    sheet.line(24, 250, 24, 350, fill="#4a90d9", width=9), sheet.text(36, 292, "window", 13, "#4a90d9")
    sheet.line(620, 536, 700, 536, fill=PAPER, width=9), sheet.text(660, 512, "door", 13, GREY, anchor="ma")
    sheet.box(640, 70, 780, 150, fill="#eceff3", outline=GREY), sheet.text(710, 110, "printer", 14, anchor="mm")
    desks = [("31", 300, 100, "free"), ("32", 390, 100, "Rut"), ("33", 110, 260, "free"), ("34", 110, 330, "Omar"), ("35", 300, 270, "free"),
             ("36", 390, 270, "Liv"), ("37", 520, 100, "free"), ("38", 300, 420, "Pia"), ("39", 390, 420, "free"), ("40", 560, 420, "free")]
    for number, x, y, who in desks:
        taken = who != "free"
        sheet.box(x, y, x + 76, y + 54, fill="#dbe8f6" if taken else "#e7f3e4", outline=INK, radius=6)
        sheet.text(x + 38, y + 17, number, 15, bold=True, anchor="mm")
        sheet.text(x + 38, y + 38, who, 13, INK if taken else "#3d7a34", anchor="mm")
    sheet.save("office_admin/a-desk-by-the-window", "floor.png")


def sales_chart():
    sheet = Sheet(860, 520)
    sheet.text(70, 22, "Orders by quarter, thousands", 18, bold=True)
    x0, y0, x1, y1 = 70, 80, 820, 440
    for i in range(7):
        y = y1 - (y1 - y0) * i / 6
        sheet.line(x0, y, x1, y, fill=LINE, width=1)
        sheet.text(x0 - 8, y, str(i * 10), 13, GREY, anchor="rm")
    quarters = ["Q1 25", "Q2 25", "Q3 25", "Q4 25", "Q1 26", "Q2 26", "Q3 26"]
    shop, online = [30, 32, 28, 40, 25, 26, 20], [10, 14, 16, 25, 20, 28, 35]
    for i, name in enumerate(quarters):
        x = x0 + 24 + i * 106
        for shift, value, colour in ((0, shop[i], "#2f6fb5"), (34, online[i], "#d98a3d")):
            sheet.box(x + shift, y1 - (y1 - y0) * value / 60, x + shift + 30, y1, fill=colour, outline=None)
        sheet.text(x + 32, y1 + 10, name, 13, anchor="ma")
    sheet.box(70, 482, 86, 498, fill="#2f6fb5", outline=None), sheet.text(94, 481, "shops", 14)
    sheet.box(180, 482, 196, 498, fill="#d98a3d", outline=None), sheet.text(204, 481, "online", 14)
    sheet.save("manager/orders-by-quarter", "chart.png")


PICTURES = {red_test: "developer/red-test-screenshot/files/terminal.png", dashboard: "it_admin/dashboard-at-night/files/dashboard.png",
            pump_curve: "engineer/pump-curve/files/curve.png", gauges: "engineer/two-gauges/files/gauges.png",
            receipt: "accountant/receipt-from-the-cafe/files/receipt.png", erp_dialog: "accountant/posting-not-possible/files/dialog.png",
            calendar: "office_admin/calendar-of-two/files/calendar.png", seating: "office_admin/a-desk-by-the-window/files/floor.png",
            sales_chart: "manager/orders-by-quarter/files/chart.png"}


def main():
    if sys.argv[1:] == ["--check"]:
        missing = [name for name in PICTURES.values() if not (TASKS / name).is_file()]
        print("\n".join(missing) or "all pictures are there")
        return 1 if missing else 0
    for draw in PICTURES:
        draw()
    return 0


if __name__ == "__main__":
    sys.exit(main())
