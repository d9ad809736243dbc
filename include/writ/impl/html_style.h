// Not API, may change in any release. The beginning and the style that all pages share.
#pragma once

#include <string_view>

#include "writ/impl/html_writer.h"

namespace writ::inline v0::detail {

/// Every pair of colours has a contrast of at least 4.5; what a colour says, a word says too.
inline constexpr Markup kHtmlStyle = R"(
:root{color-scheme:light dark;
--bg:#fff;--panel:#f6f8fa;--fg:#1b1f24;--muted:#57606a;--line:#8c959f;--soft:#d0d7de;
--good:#116329;--good-bg:#e6f6e9;--bad:#a40e26;--bad-bg:#ffebe9;--link:#0550ae;--mark:#fff5c2}
@media (prefers-color-scheme:dark){:root{
--bg:#0d1117;--panel:#161b22;--fg:#e6edf3;--muted:#9da7b3;--line:#7d8590;--soft:#30363d;
--good:#56d364;--good-bg:#10271a;--bad:#ff7b72;--bad-bg:#2f1518;--link:#79c0ff;--mark:#3a2f0b}}
*{box-sizing:border-box}
body{margin:0;overflow-wrap:anywhere;background:var(--bg);color:var(--fg);
font:16px/1.5 system-ui,"Segoe UI","Noto Sans",Roboto,"DejaVu Sans",sans-serif}
header,main,footer{max-width:76rem;margin:0 auto;padding:0 1.25rem}
header{padding-top:1.25rem}footer{padding-bottom:2rem;color:var(--muted);font-size:.875rem}
h1{font-size:1.6rem;line-height:1.25;margin:.25rem 0 .75rem}
h2{font-size:1.2rem;margin:2rem 0 .75rem;padding-top:.5rem;border-top:1px solid var(--soft)}
h3{font-size:1rem;margin:1.25rem 0 .5rem}
p{margin:.5rem 0}
code,pre{font-family:ui-monospace,"SFMono-Regular",Consolas,"DejaVu Sans Mono",monospace;
font-size:.875em}
code{unicode-bidi:isolate;overflow-wrap:anywhere;white-space:pre-wrap}
a{color:var(--link)}a:focus-visible,summary:focus-visible,
input:focus-visible{outline:3px solid var(--link);outline-offset:2px}
.skip{position:absolute;left:-99rem}.skip:focus{left:1rem;top:.5rem;background:var(--bg);
padding:.25rem .5rem}
.good{color:var(--good)}.bad{color:var(--bad)}.muted{color:var(--muted)}
.verdict{border-left:.5rem solid;padding:.25rem 0 .25rem .75rem}
dl.who{display:grid;grid-template-columns:max-content 1fr;gap:.25rem 1rem;margin:.75rem 0}
dl.who dt{color:var(--muted)}dl.who dd{margin:0;overflow-wrap:anywhere}
table{border-collapse:collapse;width:100%;margin:.25rem 0 .5rem;font-size:.9375rem}
th,td{text-align:left;vertical-align:top;padding:.3rem .6rem;border:1px solid var(--soft);
overflow-wrap:anywhere}
th{font-weight:600}table.keys th{width:35%}thead th{background:var(--panel);
overflow-wrap:normal}
ul.values{margin:0;padding:0;list-style:none}
@media (max-width:40rem){body{font-size:15px}header,main,footer{padding:0 .75rem}
dl.who{grid-template-columns:1fr;gap:0}dl.who dd{margin-bottom:.5rem}
table.stack thead{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
table.stack,table.stack tbody,table.stack tr,table.stack th,table.stack td{display:block;width:100%}
table.stack tr{border:1px solid var(--soft);margin-bottom:.5rem}
table.stack th,table.stack td{border:0}
table.stack td[data-name]::before{content:attr(data-name) ": ";color:var(--muted)}}
@media print{:root{--bg:#fff;--panel:#fff;--fg:#000;--muted:#444;--line:#555;--soft:#999;
--good:#116329;--good-bg:#fff;--bad:#a40e26;--bad-bg:#fff;--link:#000;--mark:#fff}
:root,body{font-size:11px}.skip{display:none}.box,.station,tr{break-inside:avoid}
h2,h3{break-after:avoid}
details::details-content{content-visibility:visible;block-size:auto}}
)";

/// The style of the path through the layers and of the policies' texts.
inline constexpr Markup kExplanationStyle = R"(
ol.path{list-style:none;margin:1rem 0;padding:0;display:flex;gap:1.4rem}
ol.path>li{position:relative;flex:1 1 0;min-width:0;display:flex}
ol.path>li+li::before{content:"";position:absolute;left:-1.25rem;top:50%;width:.9rem;
border-top:2px solid var(--line)}
ol.path>li+li::after{content:"";position:absolute;left:-.65rem;top:50%;width:.45rem;height:.45rem;
margin-top:-.2rem;border:solid var(--line);border-width:2px 2px 0 0;transform:rotate(45deg)}
.station{flex:1;border:2px solid var(--line);border-radius:.5rem;padding:.5rem .6rem;
background:var(--panel);min-width:0;overflow-wrap:anywhere}
.station .name{display:block;font-weight:600;font-size:.875rem;line-height:1.3}.station .says{display:block;font-size:.875rem}
.station.good{border-color:var(--good);background:var(--good-bg);color:var(--fg)}
.station.bad{border-color:var(--bad);background:var(--bad-bg);color:var(--fg)}
.station.good .says{color:var(--good)}.station.bad .says{color:var(--bad)}
.station.none{border-style:dashed;color:var(--muted);background:none}
.station.key{border-width:4px}.station .here{display:block;font-weight:700;font-size:.875rem}
.station ul{margin:0;padding:0;list-style:none}
@media (max-width:64rem){ol.path{flex-direction:column;gap:1.1rem}ol.path>li{flex:none}
ol.path>li+li::before{left:50%;top:-1rem;width:0;height:.8rem;border:0;
border-left:2px solid var(--line)}
ol.path>li+li::after{left:50%;top:-.75rem;margin:0 0 0 -.17rem;transform:rotate(135deg)}}
.box{border:1px solid var(--soft);border-left:.4rem solid var(--line);border-radius:.4rem;
padding:.4rem .75rem;margin:.6rem 0}
.box.good{border-left-color:var(--good);color:inherit}.box.bad{border-left-color:var(--bad);
color:inherit}
summary{cursor:pointer}summary .state{font-weight:600}
.box.good summary .state{color:var(--good)}.box.bad summary .state{color:var(--bad)}
pre.source{margin:.25rem 0 1rem;padding:.5rem 0;background:var(--panel);border:1px solid var(--soft);
border-radius:.4rem;tab-size:4}
pre.source .l{display:block;padding:0 .75rem 0 6em;text-indent:-6em;border-left:.4rem solid transparent;
white-space:pre-wrap;overflow-wrap:anywhere;unicode-bidi:isolate}
pre.source .n{display:inline-block;width:4em;padding-right:1em;text-indent:0;text-align:right;
color:var(--muted);user-select:none}
pre.source .s{border-left-color:var(--soft)}
pre.source .s.good{border-left-color:var(--good);color:inherit}
pre.source .s.bad{border-left-color:var(--bad);color:inherit}
pre.source .s.key{background:var(--mark)}
pre.source .note{font-family:system-ui,"DejaVu Sans",sans-serif;font-weight:600;margin-left:1.5em;
text-indent:0;display:inline-block}
pre.source .note.good{color:var(--good)}pre.source .note.bad{color:var(--bad)}
pre.source .note.none{color:var(--muted);font-weight:400}
@media print{pre.source .s.key{outline:1px solid #000}}
)";

/// Everything up to the body's content. `title` is a text of anybody's.
inline void begin_page(HtmlWriter& html, std::string_view title, Markup policy, Markup more_style) {
  html.raw("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n");
  html.raw("<meta http-equiv=\"Content-Security-Policy\" content=\"");
  html.raw(policy);
  html.raw("\">\n<meta name=\"referrer\" content=\"no-referrer\">\n");
  html.raw("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n");
  html.add("<title>{}</title>\n<style>", title);
  html.raw(kHtmlStyle);
  html.raw(more_style);
  html.raw("</style>\n</head>\n<body>\n<a class=\"skip\" href=\"#main\">Skip to the content</a>\n");
}

inline constexpr Markup kNoScripts =
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

}  // namespace writ::inline v0::detail
