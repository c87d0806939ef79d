  // --- Readiness: the composition's own scripts run when its fonts are there and its stage is laid
  // out, so that what they measure is what is drawn. The compiler has put them aside.
  const heldType = 'text/understudy-held';
  let heldScripts = 'waiting';
  const loadFonts = async () => {
    if (document.body) void document.body.offsetHeight;
    await document.fonts.ready;
  };
  // Listeners of events that are over by now are called once their script is through.
  const catchListeners = (target, late) => {
    const add = target.addEventListener;
    target.addEventListener = (type, listener, options) => {
      const isOver = type === 'DOMContentLoaded' ||
        (type === 'load' && target === window && document.readyState === 'complete');
      if (isOver && listener) late.push({target, type, listener});
      else add.call(target, type, listener, options);
    };
    return () => { delete target.addEventListener; };
  };
  const runScript = (held) => new Promise((resolve) => {
    const script = document.createElement('script');
    for (const {name, value} of held.attributes) script.setAttribute(name, value);
    const isModule = held.getAttribute('type') === heldType + '+module';
    if (isModule) script.type = 'module';
    else script.removeAttribute('type');
    script.text = held.textContent;
    script.async = false;
    held.replaceWith(script);
    if (!isModule) return resolve();
    // Modules run in order: one behind it says that it is done.
    const name = 'understudy-module-done';
    document.addEventListener(name, resolve, {once: true});
    const mark = document.createElement('script');
    mark.type = 'module';
    mark.async = false;
    mark.text = 'document.dispatchEvent(new Event("' + name + '"))';
    document.body.append(mark);
    mark.remove();
  });
  const runHeldScripts = async () => {
    layOut();
    hideContents();
    await loadFonts();
    const late = [];
    const restore = [document, window].map((target) => catchListeners(target, late));
    const held = [...document.querySelectorAll('script[type^="' + heldType + '"]')];
    const isModule = (script) => script.type !== heldType;
    for (const script of [...held.filter((s) => !isModule(s)), ...held.filter(isModule)]) await runScript(script);
    for (const undo of restore) undo();
    for (const {target, type, listener} of late) {
      try {
        const event = new Event(type);
        if (typeof listener === 'function') listener.call(target, event);
        else listener.handleEvent(event);
      } catch (error) {
        reportError(error);
      }
    }
    heldScripts = 'done';
  };
  document.addEventListener('DOMContentLoaded', () => {
    runHeldScripts().catch((error) => {
      heldScripts = 'done';
      reportError(error);
    });
  });

  // The page's own and those of frames within it that it may look into.
  const documentsOf = (page) => [page, ...[...page.querySelectorAll('iframe')].flatMap((frame) =>
    frame.contentDocument ? documentsOf(frame.contentDocument) : [])];
  const pendingIn = (page) => {
    if (page.readyState !== 'complete') return 'the page to load';
    for (const image of page.images) {
      if (!image.complete && image.loading !== 'lazy') return 'the image ' + image.src.slice(0, 200);
    }
    for (const face of page.fonts) {
      if (face.status === 'unloaded') face.load().catch(() => {});
    }
    for (const face of page.fonts) {
      if (face.status === 'loading') return 'the font ' + face.family;
    }
    return null;
  };
  const pending = () => {
    for (const page of documentsOf(document)) {
      const what = pendingIn(page);
      if (what) return what;
    }
    if (heldScripts !== 'done') return 'the scripts of the page';
    if (loadGifs()) return 'animated images';
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
