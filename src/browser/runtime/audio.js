  // --- Sound: volumes that a timeline animates, sampled as the contract's reference does, once a frame
  // (60 times a second at most) from the element's start on; between samples they go straight. The
  // element's own volume stops at 1, so a property of ours takes its place meanwhile.
  const kMostVolume = 3.98;  // +12 dB
  const volumeCurves = (seconds) => {
    const {timed, spans} = bind();
    const media = timed.filter((e) => isMedia(e) && sourceOf(e));
    const rate = Math.min(60, settings.fps);
    const clamped = (volume) => (Number.isFinite(volume) ? Math.min(kMostVolume, Math.max(0, volume)) : 1);
    const curves = media.map((element, index) => {
      const {start, end} = spans.get(element);
      const fixed = clamped(number(attribute(element, 'data-volume'), 1));
      return {index, element, fixed, start: Math.max(0, start), end: Math.min(seconds, end), times: [], values: []};
    });
    for (const curve of curves) {
      const had = curve.element.volume;
      let volume = curve.fixed;
      Object.defineProperty(curve.element, 'volume', {
        configurable: true, get: () => volume, set: (value) => { volume = Number(value); }});
      const count = Math.min(Math.ceil((curve.end - curve.start) * rate), 200000);
      for (let i = 0; i <= count; ++i) {
        const t = Math.min(curve.end, curve.start + i / rate);
        seekTimelines(t, true);
        curve.times.push(Math.round(t * 1e6) / 1e6);
        curve.values.push(Math.round(clamped(volume) * 1e6) / 1e6);
      }
      delete curve.element.volume;
      curve.element.volume = Math.min(1, had);
    }
    seekTimelines(0, true);
    return curves.filter(({fixed, values}) => values.some((value) => Math.abs(value - fixed) > 1e-4))
      .map(({index, times, values}) => ({index, times, values}));
  };

