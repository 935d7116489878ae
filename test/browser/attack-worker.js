// A service worker of the attacking page: it tries for the page what it can send.
self.addEventListener('message', async ({ data: { url, body, headers }, ports: [port] }) => {
  const tries = [
    () => fetch(url),
    () => fetch(url, { mode: 'no-cors' }),
    () => fetch(url, { method: 'POST', mode: 'no-cors', body }),
    () => fetch(url, { method: 'POST', body, headers }),
  ];
  const results = await Promise.allSettled(tries.map(async (attempt) => (await attempt()).text()));
  port.postMessage(results.map(({ value }) => value ?? '').join(''));
});
