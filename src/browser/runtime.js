// The page's side of a render: runs in every document before its own scripts (it is embedded into
// the program at build). It replaces the clock, keeps the registry of timelines, puts the page at a
// point of time and says what it waits for. The program calls window.__understudy:
//   settings(object)  once, before the page is loaded, as text in front of this script
//   poll(seconds, hasFailed)  {ready, waiting, error}: called again and again with frames in between
//   describe()        duration, size, media, diagnostics
//   useMedia(facts)   natural lengths of media, by address
//   seek(t)           a promise when something has to be loaded first
//   volumes(rate)     envelopes of media whose volume is animated
(() => {
  'use strict';
  const settings = Object.assign({fps: 30, width: 1920, height: 1080}, window.__understudySettings);
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
  if (window.parent !== window) {
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

  // --- What pages expect to find.
  window.__HF_VIRTUAL_TIME__ = true;
  window.__HF_RENDER_CAPTURE_MODE = true;
  const variables = settings.variables || {};
  const variablesById = settings.variablesById || {};
  window.__hfVariables = variables;
  window.__hfVariablesByComp = variablesById;
  window.__hyperframes = window.__hyperframes || {};
  window.__hyperframes.getVariables = () => Object.assign({}, variables);
  window.__timelines = window.__timelines || {};
  const pageProtocol = {};  // a page may bring its own
  const hf = {
    get duration() { return 'duration' in pageProtocol ? pageProtocol.duration : describeDuration(); },
    set duration(value) { pageProtocol.duration = value; },
    get seek() { return pageProtocol.seek || ((t) => api.seek(t)); },
    set seek(value) { pageProtocol.seek = value; },
  };
  let ownHf = hf;
  Object.defineProperty(window, '__hf', {
    configurable: true,
    get: () => ownHf,
    set: (value) => {
      ownHf = value;
      if (value && value !== hf) {
        if (typeof value.seek === 'function') pageProtocol.seek = value.seek.bind(value);
        if ('duration' in value) Object.defineProperty(pageProtocol, 'duration', {
          configurable: true, enumerable: true, get: () => value.duration});
      }
    },
  });
  window.__player = {renderSeek: (t) => api.seek(t)};
  window.__hfForceTimelineRebind = () => { bound = null; };

  // --- The document: compositions and timed elements.
  const number = (text, fallback) => {
    const value = parseFloat(text);
    return Number.isFinite(value) ? value : fallback;
  };
  const attribute = (element, ...names) => {
    for (const name of names) {
      const value = element.getAttribute(name);
      if (value !== null && value !== '') return value;
    }
    return null;
  };
  const rootElement = () => {
    const all = [...document.querySelectorAll('[data-composition-id]')];
    return all.find((e) => !e.parentElement || !e.parentElement.closest('[data-composition-id]')) ||
      all[0] || null;
  };
  const isMedia = (element) => element.tagName === 'VIDEO' || element.tagName === 'AUDIO';
  // The host of the sub-composition an element lies in; its own when `element` is inside of one.
  const hostOf = (element, root) => {
    for (let e = element.parentElement; e && e !== root; e = e.parentElement) {
      if (e.hasAttribute('data-composition-id') && e.hasAttribute('data-start')) return e;
    }
    return null;
  };
  const mediaFacts = {};
  const factsOf = (element) => mediaFacts[sourceOf(element)] || null;
  const sourceOf = (element) => {
    const source = element.getAttribute('src') ||
      (element.querySelector('source[src]') || {getAttribute: () => null}).getAttribute('src');
    return source ? new URL(source, document.baseURI).href : null;
  };
  const timelineDuration = (timeline) => {
    if (!timeline) return 0;
    const read = timeline.totalDuration || timeline.duration;
    const value = typeof read === 'function' ? read.call(timeline) : read;
    return Number.isFinite(value) && value < 1e6 ? value : 0;
  };
  const timelineOf = (id) => {
    const registry = window.__timelines || {};
    if (Array.isArray(registry)) return registry.length === 1 ? registry[0] : null;
    return registry[id] || null;
  };

  // Start and end of every timed element in seconds of the whole, resolved once.
  let bound = null;
  const rateOf = (element) => Math.min(5, Math.max(0.1, number(attribute(element, 'data-playback-rate'), 1)));
  const offsetOf = (element) => Math.max(0, number(attribute(element, 'data-media-start', 'data-playback-start'), 0));
  const bind = () => {
    if (bound) return bound;
    const root = rootElement();
    const timed = root ? [...document.querySelectorAll('[data-start]')].filter((e) => e !== root) : [];
    for (const media of root ? root.querySelectorAll('video,audio') : []) {
      if (!media.hasAttribute('data-start') && sourceOf(media)) timed.push(media);
    }
    const spans = new Map();
    const spanOf = (element, visiting) => {
      if (spans.has(element)) return spans.get(element);
      if (visiting.has(element)) {
        note('reference_cycle', 'data-start of #' + element.id + ' refers to itself');
        return {start: 0, end: Infinity, localStart: 0, localEnd: Infinity};
      }
      visiting.add(element);
      const host = hostOf(element, root);
      const hostSpan = host ? spanOf(host, visiting) : null;
      const toWhole = (local) => hostSpan
        ? hostSpan.start + (local - hostSpan.playbackStart) / hostSpan.rate : local;
      const localStart = startOf(element, host, visiting);
      const length = lengthOf(element, localStart, hostSpan);
      let end = toWhole(localStart + length);
      if (hostSpan) end = Math.min(end, hostSpan.end);
      const span = {start: toWhole(localStart), end, localStart, localEnd: localStart + length, host,
        rate: rateOf(element) * (hostSpan && isMedia(element) ? hostSpan.rate : 1),
        playbackStart: offsetOf(element)};
      visiting.delete(element);
      spans.set(element, span);
      return span;
    };
    const startOf = (element, host, visiting) => {
      const text = (element.getAttribute('data-start') || '0').trim();
      if (text === '' || !Number.isNaN(Number(text))) return Math.max(0, Number(text) || 0);
      const match = /^([A-Za-z0-9_.:-]+?)\s*(?:([+-])\s*([0-9.]+)\s*)?$/.exec(text);
      const scope = host || document;
      const target = match && (scope.querySelector('#' + CSS.escape(match[1])) ||
        scope.querySelector('[data-composition-id="' + CSS.escape(match[1]) + '"]'));
      if (!target) {
        note('unknown_reference', 'data-start="' + text + '" names no element');
        return 0;
      }
      const reference = spanOf(target, visiting);
      const end = Number.isFinite(reference.localEnd) ? reference.localEnd : reference.localStart;
      return Math.max(0, end + (match[2] === '-' ? -1 : 1) * (match[3] ? Number(match[3]) : 0));
    };
    const lengthOf = (element, localStart, hostSpan) => {
      const given = attribute(element, 'data-duration');
      if (given !== null && Number(given) > 0) return Number(given);
      const end = attribute(element, 'data-end');
      if (end !== null && Number(end) > localStart) return Number(end) - localStart;
      if (isMedia(element)) {
        const facts = factsOf(element);
        if (facts && facts.duration > 0 && !element.loop) {
          return Math.max(0, (facts.duration - offsetOf(element)) / rateOf(element));
        }
      } else if (element.hasAttribute('data-composition-id')) {
        const own = timelineDuration(timelineOf(element.getAttribute('data-composition-id')));
        if (own > 0) return own / rateOf(element);
      }
      return Infinity;
    };
    for (const element of timed) spanOf(element, new Set());
    const parents = new Map();  // nearest timed ancestor, for visibility
    for (const element of timed) {
      let e = element.parentElement;
      while (e && e !== root && !spans.has(e)) e = e.parentElement;
      parents.set(element, e && e !== root ? e : null);
    }
    const leaves = new Set(timed.filter((e) => !timed.some((o) => o !== e && e.contains(o))));
    bound = {root, timed, spans, parents, leaves};
    return bound;
  };

  const describeDuration = () => {
    if ('duration' in pageProtocol) return Number(pageProtocol.duration) || 0;
    const {root, timed, spans} = bind();
    if (!root) return 0;
    const given = number(root.getAttribute('data-duration'), 0);
    if (given > 0) return given;
    let longest = timelineDuration(rootTimeline());
    for (const element of timed) {
      const end = spans.get(element).end;
      if (Number.isFinite(end)) longest = Math.max(longest, end);
    }
    if (longest > 0) return longest;
    for (const animation of document.getAnimations()) {
      const timing = animation.effect && animation.effect.getComputedTiming();
      if (timing && Number.isFinite(timing.endTime)) longest = Math.max(longest, timing.endTime / 1000);
    }
    return longest;
  };

  // --- Timelines.
  const rootTimeline = () => {
    const root = rootElement();
    const registry = window.__timelines || {};
    const own = root && timelineOf(root.getAttribute('data-composition-id'));
    if (own) return own;
    const ids = Object.keys(registry).filter((id) => registry[id]);
    if (ids.length !== 1) return null;
    // The only one there is: unless it is some sub-composition's, it is meant for the root.
    const host = document.querySelector('[data-composition-id="' + CSS.escape(ids[0]) + '"]');
    if (host && host !== root) return null;
    return registry[ids[0]];
  };
  const isWithin = (timeline, ancestor) => {
    for (let t = timeline.parent; t; t = t.parent) {
      if (t === ancestor) return true;
    }
    return false;
  };
  const hasCallbacks = (timeline) => typeof timeline.getChildren === 'function' &&
    timeline.getChildren(true, true, true).some((child) =>
      child.vars && (child.vars.onComplete || child.vars.onStart || child.vars.onUpdate) &&
      typeof child.duration === 'function' && child.duration() === 0);
  const put = (timeline, seconds, quietly) => {
    if (typeof timeline.pause === 'function') timeline.pause();
    const total = timelineDuration(timeline);
    const at = total > 0 ? Math.min(seconds, total) : seconds;
    if (typeof timeline.totalTime === 'function') {
      timeline.totalTime(at, quietly);
      // A timeline that is already there does not draw; a nudge makes it.
      if (!timeline.__understudyHasCallbacks) {
        timeline.totalTime(at + 0.001, true);
        timeline.totalTime(at, true);
      }
    } else if (typeof timeline.seek === 'function') {
      timeline.seek(at, quietly);
    } else if (typeof timeline.time === 'function') {
      timeline.time(at, quietly);
    }
  };
  const seekTimelines = (t, quietly) => {
    const {root, spans} = bind();
    const registry = window.__timelines || {};
    const master = rootTimeline();
    const seekOne = (timeline, seconds) => {
      if (timeline.__understudyHasCallbacks === undefined) {
        timeline.__understudyHasCallbacks = hasCallbacks(timeline);
      }
      try {
        put(timeline, seconds, quietly);
      } catch (error) {
        reportError(error);
      }
    };
    if (master) seekOne(master, t);
    for (const id of Object.keys(registry)) {
      const timeline = registry[id];
      if (!timeline || timeline === master) continue;
      if (master && isWithin(timeline, master)) {
        if (typeof timeline.paused === 'function' && timeline.paused()) timeline.paused(false);
        continue;
      }
      const host = [...document.querySelectorAll('[data-composition-id="' + CSS.escape(id) + '"]')]
        .find((e) => e !== root);
      const span = host && spans.get(host);
      seekOne(timeline, span ? Math.max(0, (t - span.start) * span.rate + span.playbackStart) : t);
    }
  };

  // --- Animations of the platform, and of libraries that keep a registry.
  const animations = new Set();
  const seekAnimations = (t) => {
    for (const animation of document.getAnimations()) {
      if (!(window.CSSTransition && animation instanceof CSSTransition)) animations.add(animation);
    }
    const {spans, root} = bind();
    for (const animation of animations) {
      let element = animation.effect && animation.effect.target;
      while (element && element !== root && !spans.has(element)) element = element.parentElement;
      const start = element && spans.has(element) ? spans.get(element).start : 0;
      try {
        if (animation.playState !== 'paused') animation.pause();
        animation.currentTime = Math.max(0, t - start) * 1000;
      } catch (error) {
        animations.delete(animation);
      }
    }
  };
  const seekLibraries = (t) => {
    const ms = t * 1000;
    const lotties = [].concat(window.__hfLottie || [],
      window.lottie && window.lottie.getRegisteredAnimations ? window.lottie.getRegisteredAnimations() : []);
    for (const lottie of new Set(lotties)) {
      if (lottie && lottie.goToAndStop) lottie.goToAndStop(ms, false);
      else if (lottie && lottie.setFrame && lottie.totalFrames) {
        lottie.setFrame(Math.min(lottie.totalFrames - 1, t / (lottie.duration || 1) * lottie.totalFrames));
      }
    }
    const animes = [].concat(window.__hfAnime || [], window.anime && window.anime.running ? window.anime.running : []);
    for (const anime of new Set(animes)) {
      if (anime && anime.seek) {
        if (anime.pause) anime.pause();
        anime.seek(ms);
      }
    }
    window.__hfThreeTime = t;
    window.dispatchEvent(new CustomEvent('hf-seek', {detail: {time: t}}));
  };

  // --- Visibility.
  const displays = new WeakMap();
  const showAt = (t) => {
    const {timed, spans, parents, leaves} = bind();
    const shown = new Map();
    const isShown = (element) => {
      if (shown.has(element)) return shown.get(element);
      const {start, end} = spans.get(element);
      const parent = parents.get(element);
      const result = t >= start - 1e-9 && t < end - 1e-9 && (!parent || isShown(parent));
      shown.set(element, result);
      return result;
    };
    for (const element of timed) {
      if (element.tagName === 'AUDIO') continue;
      const visible = isShown(element);
      if (element.hasAttribute('data-hidden')) {
        element.style.setProperty('display', 'none', 'important');
        continue;
      }
      const wanted = visible ? 'visible' : 'hidden';
      if (element.style.visibility !== wanted) element.style.visibility = wanted;
      if (!leaves.has(element)) continue;
      if (!displays.has(element)) {
        const position = getComputedStyle(element).position;
        displays.set(element, {inFlow: position !== 'absolute' && position !== 'fixed',
          own: element.style.display, hidden: false});
      }
      const display = displays.get(element);
      if (!display.inFlow || display.hidden === !visible) continue;
      display.hidden = !visible;
      if (visible) element.style.display = display.own;
      else {
        display.own = element.style.display;
        element.style.display = 'none';
      }
    }
    return shown;
  };

  // --- Video: pictures come from the program, as posters, so that every style of the element
  // applies to them by itself.
  const videos = () => bind().timed.filter((e) => e.tagName === 'VIDEO' && sourceOf(e));
  const sourceTime = (element, t) => {
    const span = bind().spans.get(element);
    const facts = factsOf(element);
    if (!facts || !(facts.duration > 0)) return null;
    const step = Math.floor((t - span.start) * span.rate * settings.fps + 1e-9);
    let local = step / settings.fps;
    const available = facts.duration - span.playbackStart;
    if (available <= 0) return Math.max(0, facts.duration - 1e-3);
    if (element.loop) local %= available;
    return span.playbackStart + Math.min(local, available);
  };
  const shownFrames = new WeakMap();
  const prefetched = new Map();
  const videoNumbers = new Map();  // each element has a decoder of its own, which goes forward
  const numberOf = (element) => {
    if (!videoNumbers.has(element)) videoNumbers.set(element, videoNumbers.size);
    return videoNumbers.get(element);
  };
  const frameAddress = (element, t) => {
    const time = sourceTime(element, t);
    return time === null ? null
      : '/__understudy/video?of=' + numberOf(element) + '&t=' + time.toFixed(6) + '&src=' + encodeURIComponent(sourceOf(element));
  };
  const loadImage = (address) => new Promise((resolve) => {
    const image = new Image();
    image.onload = () => resolve(image);
    image.onerror = () => {
      note('video_frame', 'no picture for ' + address);
      resolve(null);
    };
    image.src = address;
  });
  const updateVideos = (t, shown) => {
    const waits = [];
    for (const video of videos()) {
      if (!shown.get(video) || video.hasAttribute('data-hidden')) continue;
      const address = frameAddress(video, t);
      if (!address || shownFrames.get(video) === address) continue;
      const wait = loadImage(address).then((image) => {
        if (!image) return;
        shownFrames.set(video, address);
        video.poster = address;
        prefetched.set(video, image);  // kept alive, so that the poster is there at once
      });
      waits.push(wait);
    }
    return waits;
  };

  // --- Sub-compositions: scripts that see their own instance only.
  const scopedDocument = (host) => new Proxy(document, {
    get: (target, key) => {
      const within = (all) => (selector) => {
        const found = [...host.querySelectorAll(selector)];
        if (host.matches(selector)) found.unshift(host);
        return all ? found : found[0] || target.querySelector(selector);
      };
      switch (key) {
        case 'querySelector': return within(false);
        case 'querySelectorAll': return within(true);
        case 'getElementById': return (id) => within(false)('#' + CSS.escape(id));
        case 'getElementsByClassName': return (name) => host.getElementsByClassName(name);
        case 'getElementsByTagName': return (name) => host.getElementsByTagName(name);
        default: {
          const value = Reflect.get(target, key);
          return typeof value === 'function' ? value.bind(target) : value;
        }
      }
    },
    set: (target, key, value) => Reflect.set(target, key, value),
  });
  const scopedGsap = (gsap, scope) => {
    const resolve = (targets) => {
      if (typeof targets === 'string') return [...scope.querySelectorAll(targets)];
      if (Array.isArray(targets)) return targets.flatMap((t) => (typeof t === 'string' ? resolve(t) : [t]));
      return targets;
    };
    const scoped = (object, bindTo) => {
      const made = {};
      for (const name of ['to', 'from', 'fromTo', 'set']) {
        const native = object[name];
        if (typeof native === 'function') {
          made[name] = (targets, ...rest) => native.call(bindTo, resolve(targets), ...rest);
        }
      }
      return made;
    };
    const own = scoped(gsap, gsap);
    own.timeline = (vars) => {
      const timeline = gsap.timeline(vars);
      Object.assign(timeline, scoped(timeline, timeline));
      return timeline;
    };
    own.utils = Object.assign({}, gsap.utils, {
      toArray: (value, within) => gsap.utils.toArray(within ? value : resolve(value), within),
    });
    return new Proxy(gsap, {get: (target, key) => (key in own ? own[key] : Reflect.get(target, key))});
  };
  const scopedRegistry = (authoredId, id) => new Proxy({}, {
    get: (_, key) => window.__timelines[key === authoredId ? id : key],
    set: (_, key, value) => {
      window.__timelines[key === authoredId ? id : key] = value;
      return true;
    },
    has: (_, key) => (key === authoredId ? id : key) in window.__timelines,
    ownKeys: () => Reflect.ownKeys(window.__timelines),
    getOwnPropertyDescriptor: (_, key) => Reflect.getOwnPropertyDescriptor(window.__timelines, key),
  });
  const runScoped = (id, authoredId, script) => {
    const host = document.querySelector('[data-composition-id="' + CSS.escape(id) + '"]');
    if (!host) return note('host_missing', 'no element for the sub-composition ' + id);
    const scope = scopedDocument(host);
    const registry = scopedRegistry(authoredId, id);
    const hyperframes = Object.assign({}, window.__hyperframes, {
      getVariables: () => Object.assign({}, variablesById[id] || {}),
    });
    const gsap = window.gsap ? scopedGsap(window.gsap, scope) : undefined;
    const view = new Proxy(window, {
      get: (target, key) => {
        switch (key) {
          case 'document': return scope;
          case 'gsap': return gsap;
          case '__timelines': return registry;
          case '__hyperframes': return hyperframes;
          case 'window': case 'self': case 'globalThis': return view;
          default: {
            const value = Reflect.get(target, key);
            // Functions of the platform need their own window; classes must stay what they are.
            return typeof value === 'function' && !value.prototype ? value.bind(target) : value;
          }
        }
      },
      set: (target, key, value) => (key === '__timelines' ? true : Reflect.set(target, key, value)),
    });
    script(scope, view, gsap, hyperframes, registry);
  };

  // --- The program's calls.
  const loadedAt = {real: 0};
  const pending = () => {
    if (document.readyState !== 'complete') return 'the page to load';
    for (const image of document.images) {
      if (!image.complete && image.loading !== 'lazy') return 'the image ' + image.src.slice(0, 200);
    }
    for (const face of document.fonts) {
      if (face.status === 'unloaded') face.load().catch(() => {});
    }
    for (const face of document.fonts) {
      if (face.status === 'loading') return 'the font ' + face.family;
    }
    return null;
  };
  const missingTimelines = () => {
    const ids = new Set();
    for (const element of document.querySelectorAll('[data-composition-id]:not([data-no-timeline])')) {
      ids.add(element.getAttribute('data-composition-id'));
    }
    const root = rootElement();
    return [...ids].filter((id) => !timelineOf(id) &&
      !(root && id === root.getAttribute('data-composition-id') && rootTimeline()));
  };
  let polls = 0;
  const api = {
    scope: runScoped,
    poll: (waited, hasFailed) => {
      ++polls;
      flushAll();
      const waiting = pending();
      if (waiting) return {ready: false, waiting};
      if (window.__hfTimelinesBuilding) return {ready: false, waiting: 'timelines that are being built'};
      if (polls < 3) return {ready: false, waiting: 'the first frames'};
      bound = null;
      const root = rootElement();
      if (!root && !pageProtocol.seek) return {ready: true, error: 'root_missing'};
      if (!pageProtocol.seek) {
        const missing = missingTimelines();
        const hasScripts = [...document.scripts].some((s) => !s.hasAttribute('data-understudy'));
        // A page of CSS alone registers nothing; one that runs scripts gets the time to.
        const patience = describeDuration() > 0 ? 1.5 : hasFailed ? 2 : 10;
        if (missing.length > 0 && hasScripts && waited < patience) {
          return {ready: false, waiting: 'the timeline of ' + missing[0]};
        }
        for (const id of missing) if (hasScripts) note('missing_timeline', id);
      }
      return {ready: true};
    },
    describe: () => {
      bound = null;
      const {root, timed, spans} = bind();
      const media = timed.filter((e) => isMedia(e) && sourceOf(e)).map((element) => {
        const span = spans.get(element);
        const volume = number(attribute(element, 'data-volume'), 1);
        return {
          kind: element.tagName.toLowerCase(),
          id: element.id,
          src: sourceOf(element),
          start: span.start,
          end: Number.isFinite(span.end) ? span.end : -1,
          mediaStart: span.playbackStart,
          rate: span.rate,
          volume,
          loop: element.loop,
          muted: element.muted || element.hasAttribute('muted'),
          hasAudio: attribute(element, 'data-has-audio'),
          fadeIn: number(attribute(element, 'data-fade-in'), 0),
          fadeOut: number(attribute(element, 'data-fade-out'), 0),
          hidden: element.closest('[data-hidden]') !== null,
        };
      });
      return {
        duration: describeDuration(),
        width: root ? number(root.getAttribute('data-width'), 0) : 0,
        height: root ? number(root.getAttribute('data-height'), 0) : 0,
        fps: root ? number(root.getAttribute('data-fps'), 0) : 0,
        hasOwnSeek: Boolean(pageProtocol.seek),
        media,
        diagnostics,
      };
    },
    useMedia: (facts) => {
      Object.assign(mediaFacts, facts);
      bound = null;
    },
    // The document is put into the size of the whole; to be called once before the first seek.
    start: () => {
      bound = null;
      const {root} = bind();
      if (root) {
        const width = number(root.getAttribute('data-width'), settings.width);
        const height = number(root.getAttribute('data-height'), settings.height);
        root.style.width = width + 'px';
        root.style.height = height + 'px';
        document.documentElement.style.setProperty('--comp-width', width + 'px');
        document.documentElement.style.setProperty('--comp-height', height + 'px');
      }
      window.__playerReady = true;
      window.__renderReady = true;
    },
    seek: (seconds) => {
      const t = Math.floor(seconds * settings.fps + 1e-6) / settings.fps;
      setClock(t * 1000);
      if (pageProtocol.seek) {
        const answer = pageProtocol.seek(t);
        flushAll();
        return answer && answer.then ? answer.then(() => true) : true;
      }
      seekTimelines(t, false);
      seekAnimations(t);
      seekLibraries(t);
      const shown = showAt(t);
      flushAll();
      const waits = updateVideos(t, shown);
      if (typeof window.__hfWaitForSeekCompletion === 'function') {
        waits.push(window.__hfWaitForSeekCompletion());
      }
      return waits.length > 0 ? Promise.all(waits).then(() => true) : true;
    },
    // Volumes over time of media that GSAP animates: [{index, rate, values}], index as in describe().
    volumes: (rate, seconds) => {
      const {timed} = bind();
      const media = timed.filter((e) => isMedia(e) && sourceOf(e));
      const animated = media.map((element, index) => ({element, index})).filter(({element}) =>
        window.gsap && window.gsap.getTweensOf(element).some((tween) => 'volume' in tween.vars ||
          JSON.stringify(Object.keys(tween.vars.keyframes || {})).includes('volume')));
      if (animated.length === 0) return [];
      const curves = animated.map(({index}) => ({index, rate, values: []}));
      const count = Math.min(Math.ceil(seconds * rate) + 1, 200000);
      for (let i = 0; i < count; ++i) {
        seekTimelines(i / rate, true);
        animated.forEach(({element}, at) => curves[at].values.push(Math.round(element.volume * 1e4) / 1e4));
      }
      seekTimelines(0, true);
      return curves;
    },
  };
  Object.defineProperty(window, '__understudy', {value: Object.freeze(api)});
})();
