"""What the API reference says around the operations, its style and its script."""

STYLE = """
:root{--bg:#fdfdfc;--panel:#f5f5f2;--line:#e3e2dd;--text:#1d1d1b;--soft:#63625c;--accent:#2f5bd8;--code:#f4f3ef;
--get:#1f7a4d;--post:#2f5bd8;--put:#9a6200;--patch:#9a6200;--delete:#b3372c;--warn:#fff4da;--warn-line:#ecd9a4;
--mono:ui-monospace,"SF Mono","Cascadia Code","JetBrains Mono",Menlo,Consolas,"Liberation Mono","DejaVu Sans Mono",monospace}
@media(prefers-color-scheme:dark){:root{--bg:#16171a;--panel:#1c1e22;--line:#2d3036;--text:#e6e6e3;--soft:#9c9d9f;
--accent:#86a8ff;--code:#202329;--get:#63c793;--post:#86a8ff;--put:#e2b25b;--patch:#e2b25b;--delete:#ef8a7e;
--warn:#2c2617;--warn-line:#4b4022}}
*{box-sizing:border-box}html{scroll-behavior:smooth;scroll-padding-top:1.5rem;-webkit-text-size-adjust:100%}
body{margin:0;background:var(--bg);color:var(--text);font:16px/1.6 system-ui,-apple-system,"Segoe UI",Inter,"Liberation Sans","DejaVu Sans",sans-serif}
a{color:var(--accent);text-decoration:none}a:hover{text-decoration:underline}
nav{position:fixed;inset:0 auto 0 0;width:19rem;overflow:auto;background:var(--panel);border-right:1px solid var(--line);padding:1.6rem 1.1rem 3rem;font-size:14px;line-height:1.4}
nav .name{font-weight:650;font-size:1.1rem;letter-spacing:-.01em;color:var(--text);display:block;margin:0 .5rem 1rem}
nav input{width:100%;font:inherit;padding:.5rem .7rem;border:1px solid var(--line);border-radius:8px;background:var(--bg);color:var(--text);margin-bottom:1rem}
nav input:focus{outline:2px solid var(--accent);outline-offset:-1px}
nav h2{font-size:12px;font-weight:600;letter-spacing:.02em;color:var(--soft);margin:1.3rem .5rem .3rem}
nav a{display:flex;gap:.5rem;align-items:baseline;padding:.22rem .5rem;border-radius:6px;color:var(--text)}
nav a:hover{background:var(--line);text-decoration:none}
nav a .m{width:3.1rem;flex:none;text-align:right}
main{margin-left:19rem;padding:3.2rem 4rem 8rem;max-width:66rem}
h1{font-size:2.3rem;line-height:1.15;letter-spacing:-.022em;margin:0 0 .6rem;font-weight:680}
.lead{font-size:1.14rem;color:var(--soft);max-width:40rem;margin:0 0 2rem}
main>section{border-top:1px solid var(--line);padding-top:2.4rem;margin-top:3rem}
section h2{font-size:1.6rem;letter-spacing:-.015em;line-height:1.25;margin:0 0 .8rem;font-weight:660}
h3{font-size:1.12rem;margin:0 0 .3rem;font-weight:640;letter-spacing:-.005em}
p{max-width:44rem;margin:.5rem 0 .9rem}li{max-width:43rem;margin:.3rem 0}
code,pre,.m,.path{font-family:var(--mono);font-size:.86em}
code{background:var(--code);padding:.1em .32em;border-radius:4px;overflow-wrap:anywhere}
pre{background:var(--code);border:1px solid var(--line);border-radius:10px;padding:.9rem 1.1rem;overflow:auto;line-height:1.55;margin:.6rem 0 1rem;font-size:13px}
pre code{background:none;padding:0;font-size:inherit;overflow-wrap:normal}
.m{font-weight:650;font-size:11px;letter-spacing:.02em}
.get{color:var(--get)}.post{color:var(--post)}.put,.patch{color:var(--put)}.delete{color:var(--delete)}
article{padding:1.9rem 0 .6rem}article+article{border-top:1px dashed var(--line)}
.call{display:flex;flex-wrap:wrap;gap:.6rem;align-items:baseline;margin:.15rem 0 .7rem}
.call .m{font-size:12.5px}.call .path{font-size:14px;overflow-wrap:anywhere}
.tags{display:flex;flex-wrap:wrap;gap:.4rem;margin:0 0 .8rem}
.tag{font-size:12.5px;border:1px solid var(--line);border-radius:99px;padding:.08rem .6rem;color:var(--soft);background:var(--panel)}
.tag code{background:none;padding:0}.tag.no{background:var(--warn);border-color:var(--warn-line);color:var(--text)}
table{border-collapse:collapse;width:100%;font-size:14.5px;line-height:1.5;margin:.4rem 0 1rem}
th{font-weight:600;text-align:left;color:var(--soft);font-size:13px;padding:.35rem 1rem .35rem 0;border-bottom:1px solid var(--line)}
td{padding:.45rem 1rem .45rem 0;border-bottom:1px solid var(--line);vertical-align:top}
td:first-child{white-space:nowrap;width:31%}td .soft,.soft{color:var(--soft)}td.req{white-space:nowrap}
.need{color:var(--delete);font-size:12px;margin-left:.35rem}
details{border:1px solid var(--line);border-radius:10px;padding:.15rem 1rem;margin:.5rem 0;background:var(--panel)}
details[open]{padding-bottom:.6rem}summary{cursor:pointer;padding:.4rem 0;font-size:14.5px;font-weight:600}
details pre{background:var(--bg)}.facts td:first-child{white-space:normal;width:34%;font-weight:600}
.schema{padding:1.2rem 0 .2rem}:target{scroll-margin-top:1.5rem}
@media(max-width:900px){nav{position:static;width:auto;max-height:50vh;border-right:0;border-bottom:1px solid var(--line)}
main{margin:0;padding:2rem 1.2rem 5rem}h1{font-size:1.9rem}td:first-child{white-space:normal}}
@media print{nav{display:none}main{margin:0}}
"""

SCRIPT = """
const box=document.querySelector('nav input');
box.addEventListener('input',()=>{const want=box.value.toLowerCase().split(/\\s+/);
for(const group of document.querySelectorAll('nav div')){let any=false;
for(const link of group.querySelectorAll('a')){const text=(group.dataset.name+' '+link.textContent+' '+(link.title||'')).toLowerCase();
const fits=want.every(w=>text.includes(w));link.style.display=fits?'':'none';any=any||fits}group.style.display=any?'':'none'}});
document.addEventListener('keydown',e=>{if(e.key==='/'&&document.activeElement!==box){e.preventDefault();box.focus()}});
"""

INTRODUCTION = """
<section id="start" style="border:0;margin-top:0;padding-top:0"><h2>First request</h2>
<p>Every request carries a key. The owner's key is printed once when the server starts on an empty folder, and kept in
<code>owner.key</code> there.</p>
<pre><code>export KEY=us_…  API=@BASE@

curl -s $API/v3/avatars/looks -H "x-api-key: $KEY"
curl -s $API/v3/videos -H "x-api-key: $KEY" -H "Content-Type: application/json" \\
  -d '{"type": "avatar", "avatar_id": "LOOK", "script": "Hello there."}'
curl -s $API/v3/videos/VIDEO_ID -H "x-api-key: $KEY"</code></pre>
<p>Existing clients work unchanged when they are pointed here: <code>HEYGEN_API_BASE=@BASE@</code>. The document behind
this page is <a href="/openapi.json">/openapi.json</a>; requests are checked by validators made from it.</p></section>
<section id="basics"><h2>How every operation behaves</h2>
<table class="facts">
<tr><td>Success<td><code>{"data": …}</code>. Lists put <code>has_more</code> and <code>next_token</code> next to it.
<tr><td>Failure<td><code>{"error": {"code", "message", "param", "doc_url"}}</code>; <code>param</code> names the field. <a href="/docs/errors">All codes</a>.
<tr><td>Keys<td>Header <code>x-api-key</code>, or <code>Authorization: Bearer</code> with an OAuth token. A missing and a wrong key get the same answer, 401. A key without the scope that an operation needs gets 403 and is told which.
<tr><td>Pages<td><code>limit</code> and <code>token</code>; a token is the <code>next_token</code> of the page before. Newest first.
<tr><td>Repeats<td>Header <code>Idempotency-Key</code>, 1 to 255 of <code>A-Z a-z 0-9 _ - : .</code>, on every POST. For 24 hours a repeat gets the first answer (<code>Idempotency-Replayed: true</code>) and has no effect of its own, also with another body (<code>Idempotency-Mismatch: true</code>). While the first is running: 409 <code>request_in_progress</code>.
<tr><td>Jobs at once<td>As the plan says: 10 by API keys, 3 by tokens. More: 429 <code>rate_limit_exceeded</code> with <code>Retry-After</code>, before any refusal about money. With <code>X-Understudy-Queue: wait</code> a job waits instead, and <code>queue_position</code> tells its place. A batch waits as a whole.
<tr><td>Sizes<td>JSON 1 MiB, 48 MiB where files may stand in it as base64; uploads 32 MiB; scripts 5,000 characters.
</table></section>
"""

DIFFERENCES = """
<section id="differences"><h2>Differences from the vendor</h2>
<p>Requests, answers, states and errors follow HeyGen's v3 contract. What is different, in full:</p>
<table class="facts">
<tr><td>More in answers<td>A job carries <code>charge</code> (item, rate, quantity, held, captured, released: every bill can be recomputed), <code>progress</code>, <code>stage</code>, <code>eta_seconds</code>, <code>queue_position</code>; asset and user objects carry ids. Clients that ignore unknown fields see nothing of it.
<tr><td>More headers<td>Answers: <code>Idempotency-Replayed</code>, <code>Idempotency-Mismatch</code>, <code>X-Understudy-Concurrency-Limit</code> and <code>-Used</code> with a 429. Requests: <code>X-Understudy-Max-Cost: 0.50</code> (a cap for one request), <code>X-Understudy-Queue: wait</code>.
<tr><td>More codes<td><code>spending_cap_exceeded</code> (402), <code>method_not_allowed</code> (405), <code>not_implemented</code> (501); a failed video may say <code>cancelled</code> or <code>deadline_exceeded</code>. A refusal about money says what is needed, available and missing.
<tr><td>Money<td>Held at the submit, taken when the output is there, by the millisecond of what was delivered. What fails, is cancelled or late costs nothing.
<tr><td>4k<td>The contract allows it and the price list has no row for it: 400, param <code>resolution</code>.
<tr><td>Presenters and voices<td>Those of the catalogue are drawn and synthesised here and public: nobody can rename or delete them (403 <code>resource_access_denied</code>), and they need no consent.
<tr><td>Digital twins<td>A twin keeps its background: <code>background</code>, <code>remove_background</code> and <code>output_format</code> webm are a 400 for it.
<tr><td>Length and size of inputs<td>A sound may be as long as a video, 30 minutes; pictures and films of more than 2K are scaled.
<tr><td>Input URLs<td>A link that this server gave out (a file, the library, a preview) is read in place, without a request.
<tr><td>Webhooks<td>A second signature (Standard Webhooks: <code>webhook-id</code>, <code>webhook-timestamp</code>, <code>webhook-signature</code>); after a rotation the old secret signs too for a while; callbacks are retried as endpoints are, and can be signed. <code>avatar_video_gif.*</code> and <code>avatar_video_caption.*</code> follow the video's own event at once, and fail with it.
<tr><td>Requests that are malformed<td>are refused also when their <code>Idempotency-Key</code> has an answer to repeat.
<tr><td>Preview operations<td>which the vendor's reference hides (podcasts, workflows, model voices, video quality): 404.
<tr><td>More operations<td><a href="#extensions">/understudy/v1</a>.
</table>
<p id="unbuilt"><strong>Not offered by this server</strong> (501 <code>not_implemented</code>, whatever the request says):</p>
@UNBUILT@</section>
"""
