// The style sheet of the sign-in pages: one column that fits a phone, light and dark.
#pragma once

#include <string_view>

namespace understudy::oauth {

inline constexpr std::string_view kStyle = R"(
:root{--ink:#16181d;--soft:#5b6170;--line:#d9dce3;--paper:#fff;--ground:#f3f4f7;--main:#3b4fd8;--main2:#2c3db5;--bad:#b3261e;--badground:#fdecea;--good:#14804a}
@media(prefers-color-scheme:dark){:root{--ink:#eceef3;--soft:#a2a8b7;--line:#3a3f4b;--paper:#1d2027;--ground:#121419;--main:#7c8cff;--main2:#98a5ff;--bad:#ff9b93;--badground:#3b1f1d;--good:#5fd39a}.main{color:#10131f!important}}
*{box-sizing:border-box}
body{margin:0;min-height:100vh;display:grid;place-items:center;padding:1.25rem;background:var(--ground);color:var(--ink);font:16px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"DejaVu Sans",sans-serif}
main{width:100%;max-width:26rem;background:var(--paper);border:1px solid var(--line);border-radius:16px;padding:1.75rem;box-shadow:0 1px 2px rgba(0,0,0,.05),0 12px 32px rgba(0,0,0,.07)}
header{display:flex;align-items:center;gap:.6rem;font-weight:600;color:var(--soft);margin-bottom:1.5rem}
.mark{width:1.5rem;height:1.5rem;border-radius:50% 50% 50% 20%;background:linear-gradient(135deg,#7c8cff,#3b4fd8)}
h1{font-size:1.5rem;line-height:1.25;margin:0 0 .25rem;overflow-wrap:anywhere}
p{margin:.25rem 0 1rem;overflow-wrap:anywhere}
label{display:block;font-weight:600;font-size:.925rem;margin:.9rem 0 .3rem}
input:not([type=hidden]){display:block;width:100%;font:inherit;color:inherit;background:var(--paper);padding:.7rem .8rem;border:1px solid var(--line);border-radius:10px}
input:focus-visible,button:focus-visible{outline:3px solid var(--main);outline-offset:1px}
.codebox,.code{font:600 1.5rem/1.3 ui-monospace,Menlo,"DejaVu Sans Mono",monospace!important;letter-spacing:.12em;text-align:center}
.codebox{text-transform:uppercase}
.code{background:var(--ground);border-radius:10px;padding:.8rem}
button{font:inherit;cursor:pointer}
.main,.other{width:100%;min-height:3rem;padding:.6rem 1rem;border-radius:10px;border:1px solid var(--main);font-weight:600;margin-top:1.25rem}
.main{background:var(--main);color:#fff}
.main:hover{background:var(--main2)}
.other{background:transparent;color:inherit;border-color:var(--line)}
.other:hover{border-color:var(--soft)}
.pair{display:flex;gap:.75rem}
.link{border:0;background:none;color:var(--main);padding:0;text-decoration:underline}
ul{margin:0 0 .5rem;padding:0;list-style:none}
li{padding:.5rem 0 .5rem 1.7rem;position:relative;border-top:1px solid var(--line)}
li:first-child{border-top:0}
li:before{content:"\2713";position:absolute;left:.2rem;color:var(--good);font-weight:700}
.problem{background:var(--badground);color:var(--bad);border-radius:10px;padding:.7rem .9rem;margin:1rem 0 0}
.who{font-size:.925rem;color:var(--soft);margin:1.1rem 0 0}
.small{font-size:.85rem;color:var(--soft);margin:1.1rem 0 0}
code{font-size:.95em;overflow-wrap:anywhere}
.sign{width:3rem;height:3rem;border-radius:50%;display:grid;place-items:center;font-size:1.5rem;font-weight:700;margin:0 0 1rem;background:var(--ground)}
.good{color:var(--good)}
.bad{color:var(--bad)}
)";

}  // namespace understudy::oauth
