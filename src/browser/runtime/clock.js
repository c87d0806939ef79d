// The page's side of a render: runs in every document before its own scripts (the build puts the files
// of this folder behind one another, this one first, and embeds them into the program). It replaces
// the clock, keeps the registry of timelines, holds scripts back until fonts are there, puts the page at a
// point of time and says what it waits for. The program calls window.__understudy:
//   settings(object)  once, before the page is loaded, as text in front of this script
//   poll(seconds, hasFailed)  {ready, waiting, error}: called again and again with frames in between
//   describe()        duration, size, media, diagnostics
//   useMedia(facts)   natural lengths of media, by address
//   seek(t)           a promise when something has to be loaded first
//   volumes(seconds)  envelopes of media whose volume is animated, over the whole
(() => {
  'use strict';
  const settings = Object.assign({fps: 30, width: 1920, height: 1080, scale: 1}, window.__understudySettings);
  delete window.__understudySettings;
  const diagnostics = [];
  const note = (kind, text) => {
    if (diagnostics.length < 50) diagnostics.push({kind, text: String(text).slice(0, 300)});
  };

  // --- The clock. Time stands still but for seeks; callbacks of animation frames run once a seek.
  let clockMs = 0;
  const NativeDate = Date;
  const dateNow = () => clockMs;
  window.Date = new Proxy(NativeDate, {
    construct: (target, given, made) =>
      Reflect.construct(target, given.length ? given : [clockMs], made),
    apply: () => new NativeDate(clockMs).toString(),
    get: (target, key) => (key === 'now' ? dateNow : Reflect.get(target, key)),
  });
  NativeDate.prototype.constructor = window.Date;
  performance.now = () => clockMs;
  let frameCallbacks = new Map();
  let frameId = 0;
  window.requestAnimationFrame = (callback) => {
    frameCallbacks.set(++frameId, callback);
    return frameId;
  };
  window.cancelAnimationFrame = (id) => frameCallbacks.delete(id);
  const flushFrames = () => {
    const due = frameCallbacks;
    frameCallbacks = new Map();
    for (const callback of due.values()) {
      try {
        callback(clockMs);
      } catch (error) {
        reportError(error);
      }
    }
  };
  const frameClocks = [];  // of documents within
  const clock = {set: (ms) => { clockMs = ms; }, flush: flushFrames};
  if (window.parent !== window && !settings.isPreview) {
    try {
      window.parent.__understudyAddClock(clock);
    } catch (error) {
      // another origin: its document has a clock that stands still
    }
    return;
  }
  Object.defineProperty(window, '__understudyAddClock', {value: (inner) => frameClocks.push(inner)});
  const setClock = (ms) => {
    clock.set(ms);
    for (const inner of frameClocks) inner.set(ms);
  };
  const flushAll = () => {
    flushFrames();
    for (const inner of frameClocks) inner.flush();
  };

