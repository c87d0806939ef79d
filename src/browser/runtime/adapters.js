  // --- Animations of the platform, and of libraries that keep a registry.
  // An animation begins when it is first seen: that of a script or a transition runs from there. One
  // of a style sheet belongs to its element and begins with the clip the element lies in.
  const animations = new Map();
  let hasSought = false;
  const seekAnimations = (t) => {
    const now = t * 1000;
    for (const animation of document.getAnimations()) {
      if (animations.has(animation)) continue;
      const progress = Number(animation.currentTime) || 0;
      animations.set(animation, {since: now, from: hasSought ? Math.max(0, progress) : 0});
    }
    hasSought = true;
    const {spans, root} = bind();
    const startOf = (element) => {
      const clip = element.closest('[data-start]');
      return clip && clip !== root && spans.has(clip) ? spans.get(clip).start : 0;
    };
    for (const [animation, {since, from}] of animations) {
      const effect = animation.effect;
      const isOfSheet = window.CSSAnimation && animation instanceof CSSAnimation &&
        effect && effect.target && !effect.pseudoElement;
      try {
        animation.pause();
        animation.currentTime = isOfSheet ? Math.max(0, now - startOf(effect.target) * 1000)
          : from + Math.max(0, now - since);
        if (animation.playState === 'idle') animations.delete(animation);
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
      if (!lottie || !(lottie.totalFrames > 0)) continue;
      const {root, spans} = bind();
      const host = lottie.wrapper && lottie.wrapper.closest && lottie.wrapper.closest('[data-composition-id]');
      const since = host && host !== root && spans.has(host) ? spans.get(host).start : 0;
      const last = lottie.totalFrames - 1;
      const wrapped = (frame) => (lottie.loop === true ? frame % lottie.totalFrames : Math.min(frame, last));
      if (lottie.goToAndStop) lottie.goToAndStop(wrapped(Math.max(0, t - since) * lottie.frameRate), true);
      else if (lottie.setFrame && lottie.duration > 0) {
        lottie.setFrame(Math.min(wrapped(Math.max(0, t - since) / lottie.duration * lottie.totalFrames), last));
      }
    }
    const animes = [].concat(window.__hfAnime || [], window.anime && window.anime.running ? window.anime.running : []);
    for (const anime of new Set(animes)) {
      if (anime && anime.seek) {
        if (anime.pause) anime.pause();
        anime.seek(ms);
      }
    }
    window.__hfThreeTime = window.__hfTypegpuTime = t;
    window.dispatchEvent(new CustomEvent('hf-seek', {detail: {time: t}}));
  };

