  // --- Animated GIFs: decoded by the browser frame by frame, and shown at the time of the seek instead
  // of by the browser's own clock. They begin with the clip they are or lie in.
  const kMostGifFrames = 2000;
  const gifs = new Map();  // address -> {ends, urls, loops} | null when it does not move
  let gifsWaiting = 0;
  const decodeGif = async (address) => {
    const response = await fetch(address);
    if (!response.ok) return null;
    const decoder = new ImageDecoder({data: await response.arrayBuffer(), type: 'image/gif'});
    await decoder.tracks.ready;
    const track = decoder.tracks.selectedTrack;
    if (!track.animated || track.frameCount < 2) return null;
    await decoder.completed;
    const gif = {ends: [], urls: [], loops: track.repetitionCount};
    const canvas = document.createElement('canvas');
    const context = canvas.getContext('2d');
    let end = 0;
    for (let i = 0; i < Math.min(track.frameCount, kMostGifFrames); ++i) {
      const {image} = await decoder.decode({frameIndex: i});
      canvas.width = image.displayWidth;
      canvas.height = image.displayHeight;
      context.clearRect(0, 0, canvas.width, canvas.height);
      context.drawImage(image, 0, 0);
      end += (image.duration || 100000) / 1e6;
      image.close();
      const blob = await new Promise((resolve) => canvas.toBlob(resolve, 'image/png'));
      gif.ends.push(end);
      gif.urls.push(URL.createObjectURL(blob));
    }
    return gif;
  };
  const gifSources = new WeakMap();  // the address that the page gave
  const gifsOnPage = () => {
    const found = [];
    for (const image of document.images) {
      const shown = image.getAttribute('src') || '';
      if (!shown.startsWith('blob:')) {
        const address = new URL(shown, document.baseURI);
        if (/\.gif$/i.test(address.pathname)) gifSources.set(image, address.href);
        else gifSources.delete(image);
      }
      if (gifSources.has(image)) found.push(image);
    }
    return found;
  };
  const loadGifs = () => {
    for (const image of gifsOnPage()) {
      const address = gifSources.get(image);
      if (gifs.has(address)) continue;
      gifs.set(address, null);
      ++gifsWaiting;
      decodeGif(address).then((gif) => gifs.set(address, gif),
        (error) => note('animated_image', address + ': ' + error)).finally(() => { --gifsWaiting; });
    }
    return gifsWaiting > 0;
  };
  const updateGifs = (t) => {
    const waits = [];
    const {root, spans} = bind();
    for (const image of gifsOnPage()) {
      const gif = gifs.get(gifSources.get(image));
      if (!gif) continue;
      const clip = image.closest('[data-start]');
      const since = clip && clip !== root && spans.has(clip) ? spans.get(clip).start : 0;
      const whole = gif.ends[gif.ends.length - 1];
      const loop = image.getAttribute('data-loop');
      const loops = loop === null ? gif.loops + 1 : /^(|true|1|yes)$/i.test(loop) ? Infinity : 1;
      const local = Math.max(0, t - since);
      const at = local >= whole * loops ? whole - 1e-6 : local % whole;
      const url = gif.urls[Math.max(0, gif.ends.findIndex((end) => at < end - 1e-6))];
      if (image.src === url) continue;
      image.src = url;
      waits.push(image.decode().catch(() => {}));
    }
    return waits;
  };

