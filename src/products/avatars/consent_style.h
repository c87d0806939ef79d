// The style sheet of the consent page (one column that fits a phone, light and dark) and its script
// (camera, recorder, file, sending). Both are named in the page's policy by their hash.
#pragma once

#include <string_view>

namespace understudy::avatars {

inline constexpr std::string_view kConsentStyle = R"(
:root{--ink:#16181d;--soft:#5b6170;--line:#d9dce3;--paper:#fff;--ground:#f3f4f7;--main:#3b4fd8;--main2:#2c3db5;--bad:#b3261e;--badground:#fdecea;--good:#14804a;--rec:#d92d20}
@media(prefers-color-scheme:dark){:root{--ink:#eceef3;--soft:#a2a8b7;--line:#3a3f4b;--paper:#1d2027;--ground:#121419;--main:#7c8cff;--main2:#98a5ff;--bad:#ff9b93;--badground:#3b1f1d;--good:#5fd39a;--rec:#ff6a5f}.main{color:#10131f!important}}
*{box-sizing:border-box}
[hidden]{display:none!important}
body{margin:0;min-height:100vh;display:grid;place-items:center;padding:1.25rem;background:var(--ground);color:var(--ink);font:16px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"DejaVu Sans",sans-serif}
main{width:100%;max-width:38rem;background:var(--paper);border:1px solid var(--line);border-radius:16px;padding:1.75rem;box-shadow:0 1px 2px rgba(0,0,0,.05),0 12px 32px rgba(0,0,0,.07)}
header{display:flex;align-items:center;gap:.6rem;font-weight:600;color:var(--soft);margin-bottom:1.25rem}
.mark{width:1.5rem;height:1.5rem;border-radius:50% 50% 50% 20%;background:linear-gradient(135deg,#7c8cff,#3b4fd8)}
h1{font-size:1.6rem;line-height:1.25;margin:0 0 .35rem;overflow-wrap:anywhere}
p{margin:.25rem 0 1rem;overflow-wrap:anywhere}
.label{display:flex;align-items:baseline;gap:.6rem;font-weight:600;margin:1.4rem 0 .5rem}
.step{flex:none;width:1.6rem;height:1.6rem;border-radius:50%;background:var(--main);color:#fff;font-size:.85rem;line-height:1.6rem;text-align:center}
blockquote{margin:0;padding:1rem 1.15rem;background:var(--ground);border-left:4px solid var(--main);border-radius:0 12px 12px 0;font-size:1.15rem;line-height:1.55;overflow-wrap:anywhere;white-space:pre-wrap}
.stage{position:relative;background:#0c0e13;border-radius:12px;overflow:hidden;aspect-ratio:16/9;display:grid;place-items:center;color:#c6cad6;text-align:center}
.stage video{width:100%;height:100%;object-fit:contain;display:block}
.stage .hint{position:absolute;padding:1.5rem;font-size:.95rem}
.dot{position:absolute;left:.9rem;top:.8rem;display:flex;align-items:center;gap:.45rem;font:600 .9rem/1 ui-monospace,Menlo,"DejaVu Sans Mono",monospace;color:#fff;background:rgba(0,0,0,.55);padding:.4rem .65rem;border-radius:999px}
.dot:before{content:"";width:.65rem;height:.65rem;border-radius:50%;background:var(--rec)}
button,.file{font:inherit;cursor:pointer;min-height:3rem;padding:.6rem 1rem;border-radius:10px;border:1px solid var(--line);background:transparent;color:inherit;font-weight:600;text-align:center}
.main{background:var(--main);border-color:var(--main);color:#fff}
.main:hover{background:var(--main2)}
.main:disabled{opacity:.45;cursor:default}
.stop{border-color:var(--rec);color:var(--rec)}
button:focus-visible,input:focus-visible{outline:3px solid var(--main);outline-offset:2px}
.row{display:flex;flex-wrap:wrap;gap:.75rem;margin-top:.85rem}
.row>*{flex:1 1 11rem}
.or{color:var(--soft);font-size:.925rem;margin:1rem 0 .4rem}
input[type=file]{width:100%;font:inherit;color:inherit;border:1px dashed var(--line);border-radius:10px;padding:.8rem}
input::file-selector-button{font:inherit;font-weight:600;color:inherit;background:var(--ground);border:1px solid var(--line);border-radius:8px;padding:.45rem .8rem;margin-right:.75rem;cursor:pointer}
form>.main{width:100%;margin-top:1.4rem}
.problem{background:var(--badground);color:var(--bad);border-radius:10px;padding:.7rem .9rem;margin:1rem 0 0}
.small{font-size:.85rem;color:var(--soft);margin:1.1rem 0 0}
progress{width:100%;height:.6rem;margin-top:1rem;accent-color:var(--main)}
.sign{width:3rem;height:3rem;border-radius:50%;display:grid;place-items:center;font-size:1.5rem;font-weight:700;margin:0 0 1rem;background:var(--ground)}
.good{color:var(--good)}
.bad{color:var(--bad)}
@media(max-width:30rem){body{padding:0;place-items:stretch}main{border:0;border-radius:0;min-height:100vh;padding:1.25rem}}
)";

inline constexpr std::string_view kConsentScript = R"(
'use strict';
(() => {
  const $ = id => document.getElementById(id);
  const form = $('form'), view = $('view'), hint = $('hint'), record = $('record'), stop = $('stop'), again = $('again');
  const file = $('file'), send = $('send'), problem = $('problem'), dot = $('dot'), bar = $('bar');
  let stream = null, recorder = null, film = null, clock = null;
  const show = (element, is) => { element.hidden = !is; };
  const complain = text => { problem.textContent = text; show(problem, !!text); if (text) problem.scrollIntoView({block: 'nearest'}); };
  const take = blob => {
    film = blob;
    send.disabled = !blob;
    if (!blob) return;
    view.srcObject = null; view.muted = false; view.controls = true; view.src = URL.createObjectURL(blob);
    show(view, true); show(hint, false);
  };
  const canRecord = !!(navigator.mediaDevices && navigator.mediaDevices.getUserMedia && window.MediaRecorder);
  if (!canRecord) { show(record, false); hint.textContent = 'This browser cannot record here. Film yourself with the camera of your device and choose the film below.'; }
  const release = () => { if (stream) stream.getTracks().forEach(track => track.stop()); stream = null; };
  const begin = async () => {
    complain('');
    try {
      stream = await navigator.mediaDevices.getUserMedia({video: {width: {ideal: 1280}, height: {ideal: 720}, facingMode: 'user'}, audio: true});
    } catch (error) {
      complain('The camera or the microphone cannot be used: allow them for this page, or choose a film below.');
      return;
    }
    view.controls = false; view.muted = true; view.removeAttribute('src'); view.srcObject = stream;
    show(view, true); show(hint, false); await view.play();
    const kinds = ['video/mp4', 'video/webm;codecs=vp8,opus', 'video/webm'];
    const type = kinds.find(kind => MediaRecorder.isTypeSupported(kind)) || '';
    const parts = [];
    recorder = new MediaRecorder(stream, type ? {mimeType: type, videoBitsPerSecond: 2500000} : {});
    recorder.ondataavailable = event => { if (event.data.size) parts.push(event.data); };
    recorder.onstop = () => { clearInterval(clock); show(dot, false); release(); take(new Blob(parts, {type: recorder.mimeType || 'video/webm'})); show(stop, false); show(again, true); };
    recorder.start(1000);
    const started = Date.now();
    const tick = () => { const s = Math.floor((Date.now() - started) / 1000); dot.textContent = Math.floor(s / 60) + ':' + String(s % 60).padStart(2, '0'); if (s >= 290) recorder.stop(); };
    tick(); clock = setInterval(tick, 500);
    show(dot, true); show(record, false); show(again, false); show(stop, true); send.disabled = true;
  };
  record.onclick = begin;
  again.onclick = begin;
  stop.onclick = () => recorder && recorder.state !== 'inactive' && recorder.stop();
  file.onchange = () => { if (file.files[0]) take(file.files[0]); };
  send.disabled = true;
  form.onsubmit = event => {
    event.preventDefault();
    if (!film) return;
    complain(''); send.disabled = true; show(bar, true);
    const data = new FormData();
    data.append('video', film, film.name || 'consent');
    const request = new XMLHttpRequest();
    request.open('POST', form.action);
    request.setRequestHeader('Accept', 'application/json');
    request.upload.onprogress = event => { if (event.lengthComputable) bar.value = event.loaded / event.total; };
    const failed = text => { show(bar, false); send.disabled = false; complain(text); };
    request.onerror = () => failed('The film could not be sent. Check the connection and try again.');
    request.onload = () => {
      let answer = {};
      try { answer = JSON.parse(request.responseText); } catch (error) { answer = {}; }
      if (request.status === 200 && answer.data) { location.replace(answer.data.next || location.href); return; }
      failed((answer.error && answer.error.message) || 'The film could not be taken. Try again.');
    };
    request.send(data);
  };
})();
)";

}  // namespace understudy::avatars
