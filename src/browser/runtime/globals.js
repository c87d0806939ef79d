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

  // The page is drawn larger by the browser; canvases of its own are to have as many pixels.
  if (settings.scale !== 1) Object.defineProperty(window, 'devicePixelRatio', {value: settings.scale});
  // GSAP draws in two dimensions unless told otherwise: layers of their own would be drawn a
  // little differently.
  let gsapOfPage;
  Object.defineProperty(window, 'gsap', {
    configurable: true,
    enumerable: true,
    get: () => gsapOfPage,
    set: (value) => {
      gsapOfPage = value;
      if (value && typeof value.config === 'function') value.config({force3D: false});
    },
  });

