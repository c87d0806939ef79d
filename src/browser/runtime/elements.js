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

  // Start and end of every timed element in seconds of the whole, resolved once. A start is counted
  // from that of the composition the element lies in (less the host's data-playback-start); the
  // host's rate is that of its timeline alone. References give the end of what they name. Bounds
  // that are within a thousandth of a frame's are the frame's.
  let bound = null;
  const rateOf = (element) => Math.min(5, Math.max(0.1, number(attribute(element, 'data-playback-rate'), 1)));
  const offsetOf = (element) => Math.max(0, number(attribute(element, 'data-media-start', 'data-playback-start'), 0));
  const snapped = (seconds) => {
    const frame = Math.round(seconds * settings.fps);
    return Math.abs(seconds * settings.fps - frame) <= 0.001 ? frame / settings.fps : seconds;
  };
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
        return {start: 0, end: Infinity, length: Infinity, rate: 1, playbackStart: 0};
      }
      visiting.add(element);
      const host = hostOf(element, root);
      const base = host ? hostBase(spanOf(host, visiting)) : 0;
      const start = startOf(element, host, base, visiting);
      const length = lengthOf(element, start - base);
      const span = {start: snapped(start), end: Number.isFinite(length) ? snapped(start + length) : Infinity,
        length, host, rate: rateOf(element), playbackStart: offsetOf(element)};
      visiting.delete(element);
      spans.set(element, span);
      return span;
    };
    const hostBase = (span) => span.start - span.playbackStart;
    const startOf = (element, host, base, visiting) => {
      const text = (element.getAttribute('data-start') || '0').trim();
      if (text === '' || !Number.isNaN(Number(text))) return base + Math.max(0, Number(text) || 0);
      const match = /^([A-Za-z0-9_.:-]+?)\s*(?:([+-])\s*([0-9.]+)\s*)?$/.exec(text);
      const target = match && find(match[1], host);
      if (!target || target === element) {
        note('unknown_reference', 'data-start="' + text + '" names no element');
        return base;
      }
      const reference = spanOf(target, visiting);
      const length = Number.isFinite(reference.length) ? reference.length : 0;
      const offset = (match[2] === '-' ? -1 : 1) * (match[3] ? Number(match[3]) : 0);
      return Math.max(Math.min(0, base), reference.start + length + offset);
    };
    const find = (id, host) => {
      for (const scope of host ? [host, document] : [document]) {
        const found = scope.querySelector('#' + CSS.escape(id)) ||
          scope.querySelector('[data-composition-id="' + CSS.escape(id) + '"]');
        if (found) return found;
      }
      return null;
    };
    const lengthOf = (element, localStart) => {
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
      // Media last as long as the composition they lie in, at most.
      const span = spans.get(element);
      for (let host = span.host; isMedia(element) && host; host = spans.get(host).host) {
        span.end = Math.min(span.end, spans.get(host).end);
      }
    }
    const leaves = new Set(timed.filter((e) => !e.querySelector('[data-start]')));
    bound = {root, timed, spans, parents, leaves};
    return bound;
  };

  // The stage: the root has its declared size, nothing overflows, and timed children of the root lie
  // on top of each other.
  const layOut = () => {
    const root = rootElement();
    if (!root) return;
    const pixels = (element, name) => {
      const value = number(element.getAttribute(name), 0);
      return value > 0 ? value + 'px' : '';
    };
    for (const element of [document.documentElement, document.body]) {
      Object.assign(element.style, {margin: '0', padding: '0', overflow: 'hidden'});
    }
    for (const side of ['width', 'height']) {
      const length = pixels(root, 'data-' + side);
      if (!length) continue;
      for (const element of [document.documentElement, document.body, root]) element.style[side] = length;
      root.style.setProperty('--comp-' + side, length);
      document.documentElement.style.setProperty('--comp-' + side, length);
    }
    if (!root.style.position) root.style.position = 'relative';
    root.style.overflow = 'hidden';
    for (const child of root.children) {
      if (!child.hasAttribute('data-start') || ['SCRIPT', 'STYLE', 'LINK', 'META'].includes(child.tagName)) continue;
      const computed = getComputedStyle(child);
      const known = {width: computed.width, height: computed.height};
      if (computed.position !== 'absolute' && computed.position !== 'fixed') child.style.position = 'absolute';
      if (child.tagName === 'AUDIO') continue;
      for (const side of ['width', 'height']) {
        if (child.style[side]) continue;
        const length = pixels(child, 'data-' + side);
        const isKnown = known[side] !== '0px' && known[side] !== 'auto';
        if (length && !isKnown) child.style[side] = length;
        if (!length && known[side] === '0px') child.style[side] = '100%';
      }
    }
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

