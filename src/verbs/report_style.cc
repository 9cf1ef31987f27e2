#include "verbs/report_style.h"

namespace rigwise {

// Ink is evidence, tint is belief, the cloud is plum and dashed: as on the dashboard, whose tokens these are.
const char* const kReportStyle = R"css(
:root{color-scheme:light dark;--paper:#fbfcfc;--inset:#f1f4f6;--line:#dce0e3;--rule:#8b9499;--ink:#141d23;--ink2:#424c53;--ink3:#606970;--pred:#136a8e;--band:#a9d4e6;--cloud:#933b72;--cloudband:#f3d4e4;--warn:#96600c;--c1:#136a8e;--c2:#b47819;--c3:#4f2c94;
--text:-apple-system,BlinkMacSystemFont,"Segoe UI",Roboto,"Helvetica Neue","Liberation Sans",Arial,sans-serif;--fig:ui-monospace,"SF Mono","Cascadia Mono",Menlo,Consolas,"DejaVu Sans Mono","Liberation Mono",monospace}
@media (prefers-color-scheme:dark){:root{--paper:#0f1317;--inset:#161c20;--line:#293036;--rule:#626a70;--ink:#e6eaed;--ink2:#b3babe;--ink3:#90989d;--pred:#6ac0e0;--band:#194a5e;--cloud:#e794c3;--cloudband:#4b283c;--warn:#ebbc69;--c1:#6ac0e0;--c2:#eebb5e;--c3:#9176e3}}
*{box-sizing:border-box}
body{margin:0;background:var(--paper);color:var(--ink);font:400 15px/1.5 var(--text);font-variant-numeric:tabular-nums}
main,header,footer{max-width:960px;margin:0 auto;padding:0 40px}
header{padding-top:48px}footer{padding-bottom:56px}
h1,h2,h3,p,ul,ol,dl,dd,figure,table{margin:0;padding:0}
h1,h2,h3{font-weight:600;line-height:1.25;letter-spacing:-.008em;text-wrap:balance}
h1{font-size:17px;color:var(--ink2);font-weight:500}
.answer{font-size:30px;line-height:1.2;letter-spacing:-.02em;font-weight:600;margin-top:12px;text-wrap:balance}
.lead{font-size:17px;color:var(--ink2);margin-top:12px;max-width:44em}
h2{font-size:22px;letter-spacing:-.015em}
h3{font-size:16px;margin-top:28px}
section{border-top:1px solid var(--line);margin-top:44px;padding-top:24px}
section>p,section>ul{margin-top:10px;max-width:48em}
ul{padding-left:1.1em}li{margin-top:4px}
.sm{font-size:13px;color:var(--ink2)}.xs{font-size:12px;color:var(--ink3);line-height:1.4}
.warn{color:var(--warn)}.cloud{color:var(--cloud)}
.meta{display:flex;flex-wrap:wrap;gap:4px 24px;margin-top:16px;font-size:13px;color:var(--ink2)}
.key{display:grid;grid-template-columns:repeat(auto-fit,minmax(150px,1fr));gap:20px 28px;margin-top:28px}
.key dt{font-size:13px;color:var(--ink2)}.key dd{font-size:24px;letter-spacing:-.015em;line-height:1.25}
.key dd small{display:block;font-size:12px;color:var(--ink3);letter-spacing:0;line-height:1.4}
.scroll{overflow-x:auto;margin-top:14px}
table{border-collapse:collapse;width:100%;font-size:14px}
caption{text-align:left;font-size:13px;color:var(--ink2);padding-bottom:6px}
th{font-weight:400;text-align:left;color:var(--ink2);vertical-align:bottom}
thead th{font-size:13px;line-height:1.3;padding:0 8px 6px}
tbody th{color:var(--ink);padding:7px 16px 7px 0;border-top:1px solid var(--line);vertical-align:baseline}
td{padding:7px 8px;border-top:1px solid var(--line);vertical-align:baseline}
thead th:first-child{padding-left:0}
.num{text-align:right;white-space:nowrap}td.num{font:500 13px/1.5 var(--fig);letter-spacing:-.02em}
td small,th small{display:block;font:400 12px/1.4 var(--text);color:var(--ink3);letter-spacing:0;white-space:normal}
figure{margin-top:20px}figcaption{font-size:12px;color:var(--ink3);margin-top:6px}
svg{display:block;width:100%;height:auto;overflow:visible}
svg text{font:13px var(--text);fill:var(--ink2)}svg .t{font:11.5px var(--fig);fill:var(--ink3)}svg .b{fill:var(--ink);font-weight:600}
svg .g{stroke:var(--line);stroke-width:1}svg .ax{stroke:var(--rule);stroke-width:1}
svg .band{fill:var(--band)}svg .mid{stroke:var(--pred);stroke-width:2}
svg .cloudband{fill:var(--cloudband)}svg .cloudmid{stroke:var(--cloud);stroke-width:2;stroke-dasharray:4 3}
svg .l1,svg .l2,svg .l3,svg .lc,svg .ls{fill:none;stroke-width:2}svg .l1{stroke:var(--c1)}svg .l2{stroke:var(--c2)}svg .l3{stroke:var(--c3)}
svg .lc{stroke:var(--cloud);stroke-dasharray:5 4}svg .ls{stroke:var(--cloud);stroke-dasharray:1.5 3.5}
svg text.l1{fill:var(--c1);stroke:none}svg text.l2{fill:var(--c2);stroke:none}svg text.l3{fill:var(--c3);stroke:none}svg text.lc,svg text.ls{fill:var(--cloud);stroke:none}
svg .limit{stroke:var(--ink);stroke-dasharray:2 3}
.src{font-size:12px;color:var(--ink2);overflow-wrap:anywhere;columns:2;column-gap:32px;padding:0;list-style:none;margin-top:14px}
.src li{break-inside:avoid;margin-top:6px}.src b{font-weight:600;color:var(--ink)}
details{margin-top:14px}summary{cursor:pointer;font-size:14px}
.chart{overflow-x:auto}.chart:focus-visible,.scroll:focus-visible{outline:2px solid var(--pred);outline-offset:2px}
@media screen and (max-width:700px){main,header,footer{padding-left:16px;padding-right:16px}.answer{font-size:24px}.src{columns:1}.chart svg{width:720px}.scroll tbody th{min-width:10em}.scroll td:not(.num){min-width:6em}}
@page{size:A4;margin:16mm 14mm}
@media print{:root{color-scheme:light;--paper:#fff;--inset:#fff;--line:#ccc;--rule:#777;--ink:#000;--ink2:#222;--ink3:#444;--pred:#136a8e;--band:#cfe6f0;--cloud:#933b72;--cloudband:#f3d4e4;--warn:#6b4300;--c1:#136a8e;--c2:#b47819;--c3:#4f2c94}
body{font-size:11pt}main,header,footer{max-width:none;padding:0}header{padding-top:0}section{margin-top:22pt;padding-top:12pt}
table{font-size:9.5pt}tr,figure,li,.key>div,.scroll{break-inside:avoid}.scroll:has(tbody tr:nth-child(4)){break-inside:auto}tbody tr:nth-child(-n+2){break-after:avoid}tbody tr:nth-last-child(2){break-after:avoid}p:has(+.scroll),p:has(+ul),p:has(+dl){break-after:avoid}.key{grid-template-columns:repeat(5,1fr);gap:8pt}caption,thead{break-after:avoid}h2,h3{break-after:avoid}.scroll,.chart{overflow:visible}.chart svg{width:100%}.scroll tbody th,.scroll td:not(.num){min-width:0}p,li{orphans:3;widows:3}
details>summary{list-style:none;break-after:avoid;font-weight:600}details::details-content{content-visibility:visible;block-size:auto}.answer{font-size:20pt}.key dd{font-size:15pt}.src{font-size:8pt}}
)css";

}  // namespace rigwise
