  // --- Sub-compositions: scripts that see their own instance only.
  const scopedDocument = (host) => new Proxy(document, {
    get: (target, key) => {
      const within = (all) => (selector) => {
        const found = [...host.querySelectorAll(selector)];
        if (host.matches(selector)) found.unshift(host);
        return all ? found : found[0] || target.querySelector(selector);
      };
      switch (key) {
        case 'querySelector': return within(false);
        case 'querySelectorAll': return within(true);
        case 'getElementById': return (id) => within(false)('#' + CSS.escape(id));
        case 'getElementsByClassName': return (name) => host.getElementsByClassName(name);
        case 'getElementsByTagName': return (name) => host.getElementsByTagName(name);
        default: {
          const value = Reflect.get(target, key);
          return typeof value === 'function' ? value.bind(target) : value;
        }
      }
    },
    set: (target, key, value) => Reflect.set(target, key, value),
  });
  const scopedGsap = (gsap, scope) => {
    const resolve = (targets) => {
      if (typeof targets === 'string') return [...scope.querySelectorAll(targets)];
      if (Array.isArray(targets)) return targets.flatMap((t) => (typeof t === 'string' ? resolve(t) : [t]));
      return targets;
    };
    const scoped = (object, bindTo) => {
      const made = {};
      for (const name of ['to', 'from', 'fromTo', 'set']) {
        const native = object[name];
        if (typeof native === 'function') {
          made[name] = (targets, ...rest) => native.call(bindTo, resolve(targets), ...rest);
        }
      }
      return made;
    };
    const own = scoped(gsap, gsap);
    own.timeline = (vars) => {
      const timeline = gsap.timeline(vars);
      Object.assign(timeline, scoped(timeline, timeline));
      return timeline;
    };
    own.utils = Object.assign({}, gsap.utils, {
      toArray: (value, within) => gsap.utils.toArray(within ? value : resolve(value), within),
    });
    return new Proxy(gsap, {get: (target, key) => (key in own ? own[key] : Reflect.get(target, key))});
  };
  const scopedRegistry = (authoredId, id) => new Proxy({}, {
    get: (_, key) => window.__timelines[key === authoredId ? id : key],
    set: (_, key, value) => {
      window.__timelines[key === authoredId ? id : key] = value;
      return true;
    },
    has: (_, key) => (key === authoredId ? id : key) in window.__timelines,
    ownKeys: () => Reflect.ownKeys(window.__timelines),
    getOwnPropertyDescriptor: (_, key) => Reflect.getOwnPropertyDescriptor(window.__timelines, key),
  });
  const runScoped = (id, authoredId, script) => {
    const host = document.querySelector('[data-composition-id="' + CSS.escape(id) + '"]');
    if (!host) return note('host_missing', 'no element for the sub-composition ' + id);
    const scope = scopedDocument(host);
    const registry = scopedRegistry(authoredId, id);
    const hyperframes = Object.assign({}, window.__hyperframes, {
      getVariables: () => Object.assign({}, variablesById[id] || {}),
    });
    const gsap = window.gsap ? scopedGsap(window.gsap, scope) : undefined;
    const view = new Proxy(window, {
      get: (target, key) => {
        switch (key) {
          case 'document': return scope;
          case 'gsap': return gsap;
          case '__timelines': return registry;
          case '__hyperframes': return hyperframes;
          case 'window': case 'self': case 'globalThis': return view;
          default: {
            const value = Reflect.get(target, key);
            // Functions of the platform need their own window; classes must stay what they are.
            return typeof value === 'function' && !value.prototype ? value.bind(target) : value;
          }
        }
      },
      set: (target, key, value) => (key === '__timelines' ? true : Reflect.set(target, key, value)),
    });
    script(scope, view, gsap, hyperframes, registry);
  };

