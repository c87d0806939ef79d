  // --- The program's calls.
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
    // What the preview's lanes show.
    clips: () => {
      const {timed, spans} = bind();
      return timed.map((element) => {
        const {start, end} = spans.get(element);
        const kind = isMedia(element) ? element.tagName.toLowerCase()
          : element.hasAttribute('data-composition-id') ? 'composition' : 'element';
        const label = element.id || element.getAttribute('data-composition-id') ||
          element.textContent.trim().slice(0, 40) || element.tagName.toLowerCase();
        return {label, kind, start, end: Number.isFinite(end) ? end : -1,
          track: element.getAttribute('data-track-index')};
      });
    },
    useMedia: (facts) => {
      Object.assign(mediaFacts, facts);
      bound = null;
    },
    // The document is put into the size of the whole; to be called once before the first seek.
    start: () => {
      bound = null;
      layOut();
      startTimelines();
      window.__playerReady = true;
      window.__renderReady = true;
    },
    seek: (seconds) => {
      const t = Math.floor(seconds * settings.fps + 1e-6) / settings.fps;
      if (pageProtocol.seek) {
        setClock(t * 1000);
        const answer = pageProtocol.seek(t);
        flushAll();
        return answer && answer.then ? answer.then(() => true) : true;
      }
      seekTimelines(t, false);
      seekAnimations(t);
      seekLibraries(t);
      const shown = showAt(t);
      // The contract's clock follows the seek: what a timeline calls sees the time of the frame before.
      setClock(t * 1000);
      flushAll();
      const waits = updateVideos(t, shown).concat(updateGifs(t));
      if (typeof window.__hfWaitForSeekCompletion === 'function') {
        waits.push(window.__hfWaitForSeekCompletion());
      }
      return waits.length > 0 ? Promise.all(waits).then(() => true) : true;
    },
    // Volumes over time of media that a timeline animates: [{index, times, values}], index as in
    // describe(), times in seconds of the whole.
    volumes: volumeCurves,
  };
  Object.defineProperty(window, '__understudy', {value: Object.freeze(api)});
})();
