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
  // A canvas that draws a video gets the picture the video shows.
  const pictureOf = (source) => (source instanceof HTMLVideoElement && prefetched.get(source)) || source;
  for (const [type, names] of [[window.CanvasRenderingContext2D, ['drawImage', 'createPattern']],
    [window.OffscreenCanvasRenderingContext2D, ['drawImage', 'createPattern']]]) {
    for (const name of type ? names : []) {
      const native = type.prototype[name];
      type.prototype[name] = function (source, ...rest) { return native.call(this, pictureOf(source), ...rest); };
    }
  }
  for (const type of [window.WebGLRenderingContext, window.WebGL2RenderingContext]) {
    for (const name of type ? ['texImage2D', 'texSubImage2D'] : []) {
      const native = type.prototype[name];
      type.prototype[name] = function (...given) {
        given[given.length - 1] = pictureOf(given[given.length - 1]);
        return native.apply(this, given);
      };
    }
  }
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

