import * as z from 'zod';

type Options = {
  /** Of the inspector of a function's process. */
  readonly url: string;
  /** Whether somebody debugs the process. */
  readonly hasDebugger: () => boolean;
  /** Stops the time of functions until the process goes on. */
  readonly hold: () => Disposable;
};

const event = z.object({ method: z.string() });

/** What `getRemainingTimeInMillis` adds to the deadline. */
const standstill = "globalThis[Symbol.for('local-aws.standstill')]";
const everyMs = 100;

/** Holds the clock while a process is paused at a breakpoint, and sends the process the length of the pause. */
export function watchPauses({ url, hasDebugger, hold }: Options): void {
  const socket = new WebSocket(url);
  let held: Disposable | undefined;
  let timer: NodeJS.Timeout | undefined;
  let total = 0;
  let nextId = 0;
  const send = (method: string, params: object = {}): void => {
    if (socket.readyState === WebSocket.OPEN) socket.send(JSON.stringify({ id: ++nextId, method, params }));
  };
  const pause = (): void => {
    held ??= hold();
    const [before, since] = [total, performance.now()];
    clearInterval(timer);
    // It runs nothing but this while it stands still, so the last value is nearly right when it goes on.
    timer = setInterval(() => {
      total = before + performance.now() - since;
      send('Runtime.evaluate', { expression: `${standstill} = ${total}`, silent: true });
    }, everyMs);
    timer.unref();
  };
  const resume = (): void => {
    clearInterval(timer);
    held?.[Symbol.dispose]();
    held = undefined;
  };
  socket.addEventListener('open', () => send('Debugger.enable'));
  socket.addEventListener('message', ({ data }) => {
    const { success, data: message } = event.safeParse(JSON.parse(String(data)));
    if (!success) return;
    if (message.method === 'Debugger.resumed') resume();
    if (message.method !== 'Debugger.paused') return;
    // A `debugger` statement stops for this watch alone too.
    if (hasDebugger()) pause();
    else send('Debugger.resume');
  });
  socket.addEventListener('close', resume);
  socket.addEventListener('error', resume);
}
