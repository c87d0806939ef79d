  // --- Visibility.
  const displays = new WeakMap();
  const hiddenMark = 'data-understudy-hidden';
  // Nothing within a clip shows while the clip does not, whatever its own style says.
  const hideContents = () => {
    const style = document.createElement('style');
    style.dataset.understudy = '';
    style.textContent = '[' + hiddenMark + '][style*="visibility: hidden"] * { visibility: hidden !important }';
    document.head.append(style);
  };
  const showAt = (t) => {
    const {timed, spans, parents, leaves} = bind();
    const whole = describeDuration();
    const shown = new Map();
    const isShown = (element) => {
      if (shown.has(element)) return shown.get(element);
      const {start, end} = spans.get(element);
      const parent = parents.get(element);
      // What lasts to the end of the whole is there in its last frame, wherever that falls.
      const isBefore = t < end - 1e-9 || (whole > 0 && end >= whole - 1e-6);
      const result = t >= start - 1e-9 && isBefore && (!parent || isShown(parent));
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
      element.toggleAttribute(hiddenMark, !visible);
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

