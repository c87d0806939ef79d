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
  const kNudge_s = 0.001;
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
      // A timeline that is already there does not draw; a nudge makes it. Backwards, so that nothing
      // that is still to come begins.
      if (!timeline.__understudyHasCallbacks) {
        timeline.totalTime(at >= kNudge_s ? at - kNudge_s : at + kNudge_s, true);
        timeline.totalTime(at, true);
      }
    } else if (typeof timeline.seek === 'function') {
      timeline.seek(at, quietly);
    } else if (typeof timeline.time === 'function') {
      timeline.time(at, quietly);
    }
  };
  // Tweens take the values they begin with, and what follows a timeline is told of its beginning.
  const startTimelines = () => {
    const master = rootTimeline();
    if (!master || typeof master.progress !== 'function' || typeof master.totalTime !== 'function') return;
    try {
      master.progress(1e-4, true);
      master.totalTime(0, false);
      if (typeof master.pause === 'function') master.pause();
    } catch (error) {
      reportError(error);
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
      seekOne(timeline, span ? Math.max(0, t - span.start) * span.rate + span.playbackStart : t);
    }
  };

