/**
 * Every way in which a page can make a browser send a request. `attack` takes requests by name, sends each in all of the
 * ways, and resolves with what the page could read, by name and way.
 *
 * @param {Record<string, { url: string, body: string, headers: Record<string, string>, isMarked: boolean }>} targets
 *   with `isMarked`, each URL names the way, so that a server can tell which of them reached it
 */
globalThis.attack = async (targets) => {
  const read = {};
  const tries = Object.entries(targets).flatMap(([name, target]) =>
    Object.entries(ways).map(async ([way, send]) => {
      const url = new URL(target.url);
      if (target.isMarked) url.searchParams.set('way', way);
      try {
        const seen = await Promise.race([send({ ...target, url: url.href }), expired()]);
        if (seen) read[`${name}: ${way}`] = String(seen);
      } catch {
        // The browser or the endpoint refused: nothing was read.
      }
    }),
  );
  await Promise.all(tries);
  return read;
};

const expired = () => new Promise((resolve) => setTimeout(resolve, 60_000));

/** Leaves the page for an address: as a link does, or with `enctype` as a form does that is sent by itself. */
globalThis.leadTo = ({ url, body, enctype }) => {
  if (enctype === undefined) location.href = url;
  else formOf({ url, body }, 'post', enctype).submit();
};

/** Adds an element and resolves with what it shows, or undefined when it could not be loaded. */
function load(tag, properties, { on = 'load', shows = () => undefined, parent = document.body } = {}) {
  return new Promise((resolve) => {
    const element = Object.assign(document.createElement(tag), properties);
    const end = (shown) => {
      resolve(shown);
      // Hundreds of frames would slow the browser down.
      if (tag !== 'script' && tag !== 'link') element.remove();
    };
    element.addEventListener(on, () => end(shows(element)));
    element.addEventListener('error', () => end(undefined));
    parent.append(element);
  });
}

/** The text of a document in a frame; undefined when it belongs to another origin or is an error page. */
const documentOf = (element) => element.contentDocument?.body?.textContent || undefined;

async function submit(target, method, enctype) {
  const frame = document.createElement('iframe');
  frame.name = `frame-${Math.random()}`;
  document.body.append(frame);
  const shown = new Promise((resolve) => {
    frame.addEventListener('load', () => {
      resolve(documentOf(frame));
      frame.remove();
    });
  });
  const form = formOf(target, method, enctype);
  form.target = frame.name;
  form.submit();
  return shown;
}

function formOf({ url, body }, method, enctype) {
  const form = Object.assign(document.createElement('form'), { action: url, method, enctype });
  // A form of method GET replaces the query by its fields.
  const query = method === 'get' ? [...new URL(url).searchParams] : [];
  for (const [name, value] of [...query, ...new URLSearchParams(body)]) {
    form.append(Object.assign(document.createElement('input'), { type: 'hidden', name, value }));
  }
  document.body.append(form);
  return form;
}

async function fetched(url, options) {
  const response = await fetch(url, options);
  return response.type === 'opaque' ? undefined : response.text();
}

const text = { 'content-type': 'text/plain' };
const form = { 'content-type': 'application/x-www-form-urlencoded' };

const ways = {
  image: ({ url }) => load('img', { src: url }, { shows: (image) => image.naturalWidth > 0 && 'an image' }),
  script: ({ url }) => load('script', { src: url }, { shows: () => globalThis.stolen, parent: document.head }),
  module: ({ url }) => load('script', { src: url, type: 'module' }, { shows: () => 'a module', parent: document.head }),
  stylesheet: ({ url }) =>
    load(
      'link',
      { rel: 'stylesheet', href: url },
      {
        shows: () => getComputedStyle(document.body).getPropertyValue('--stolen'),
        parent: document.head,
      },
    ),
  prefetch: ({ url }) => load('link', { rel: 'prefetch', href: url }, { parent: document.head }),
  preload: ({ url }) =>
    load('link', { rel: 'preload', as: 'fetch', crossOrigin: '', href: url }, { parent: document.head }),
  video: ({ url }) => load('video', { src: url, preload: 'auto' }, { on: 'loadeddata' }),
  frame: ({ url }) => load('iframe', { src: url }, { shows: documentOf }),
  object: ({ url }) => load('object', { data: url, type: 'text/html' }, { shows: documentOf }),
  embed: ({ url }) => load('embed', { src: url, type: 'text/html' }),
  sandbox: ({ url }) => {
    const request = `fetch(${JSON.stringify(url)}, { method: 'POST' })`;
    const frame = Object.assign(document.createElement('iframe'), {
      sandbox: 'allow-scripts',
      srcdoc: `<script>${request}.catch(() => {}).finally(() => parent.postMessage('sent', '*'))</script>`,
    });
    return new Promise((resolve) => {
      // The frame takes its request with it when it is removed.
      globalThis.addEventListener('message', ({ source }) => {
        if (source !== frame.contentWindow) return;
        resolve(undefined);
        frame.remove();
      });
      document.body.append(frame);
    });
  },
  getForm: (target) => submit(target, 'get', ''),
  urlencodedForm: (target) => submit(target, 'post', 'application/x-www-form-urlencoded'),
  textForm: (target) => submit(target, 'post', 'text/plain'),
  multipartForm: (target) => submit(target, 'post', 'multipart/form-data'),
  fetchGet: ({ url }) => fetched(url),
  fetchGetOpaque: ({ url }) => fetched(url, { mode: 'no-cors', credentials: 'include' }),
  fetchQuiet: ({ url }) => fetched(url, { mode: 'no-cors', referrerPolicy: 'no-referrer' }),
  fetchText: ({ url, body }) => fetched(url, { method: 'POST', body, headers: text }),
  fetchForm: ({ url, body }) => fetched(url, { method: 'POST', body, headers: form }),
  fetchFormOpaque: ({ url, body }) => fetched(url, { method: 'POST', mode: 'no-cors', body, headers: form }),
  fetchKeepalive: ({ url, body }) => fetched(url, { method: 'POST', mode: 'no-cors', body, keepalive: true }),
  fetchSigned: ({ url, body, headers }) => fetched(url, { method: 'POST', body, headers }),
  fetchPut: ({ url, body, headers }) => fetched(url, { method: 'PUT', body, headers }),
  fetchDelete: ({ url, headers }) => fetched(url, { method: 'DELETE', headers }),
  xhr: ({ url, body }) =>
    new Promise((resolve) => {
      const request = new XMLHttpRequest();
      request.open('POST', url);
      request.addEventListener('loadend', () => resolve(request.responseText));
      request.send(new URLSearchParams(body));
    }),
  beacon: async ({ url, body }) => void navigator.sendBeacon(url, body),
  beaconForm: async ({ url, body }) => void navigator.sendBeacon(url, new URLSearchParams(body)),
  beaconJson: async ({ url, body }) =>
    void navigator.sendBeacon(url, new Blob([body], { type: 'application/x-amz-json-1.0' })),
  ping: async ({ url }) => {
    const link = Object.assign(document.createElement('a'), { href: '#pinged', ping: url });
    document.body.append(link);
    link.click();
  },
  webSocket: ({ url }) =>
    new Promise((resolve) => {
      const socket = new WebSocket(url.replace('http', 'ws'));
      socket.addEventListener('open', () => resolve('a connection'));
      socket.addEventListener('error', () => resolve(undefined));
    }),
  eventSource: ({ url }) =>
    new Promise((resolve) => {
      const source = new EventSource(url);
      source.addEventListener('message', ({ data }) => resolve(data));
      source.addEventListener('error', () => {
        source.close();
        resolve(undefined);
      });
    }),
  serviceWorker: ({ url, body, headers }) =>
    new Promise((resolve) => {
      navigator.serviceWorker.ready.then(({ active }) => {
        const { port1, port2 } = new MessageChannel();
        port1.onmessage = ({ data }) => resolve(data);
        active.postMessage({ url, body, headers }, [port2]);
      });
    }),
};

globalThis.wayNames = Object.keys(ways);
