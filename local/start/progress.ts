import ora from 'ora';

/** How far the deploy of one service is. */
export type ServiceProgress = {
  readonly name: string;
  readonly state: 'waiting' | 'deploying' | 'done';
  readonly detail: string;
};

export type Progress = {
  update(services: readonly ServiceProgress[]): void;
  stop(): void;
};

/** One line that is redrawn in a terminal; elsewhere a line whenever a service gets on. */
export function startProgress(output: NodeJS.WriteStream): Progress {
  // A pseudo terminal may have no columns, in which a spinner never gets done drawing itself.
  return output.isTTY && output.columns > 0 ? spinner(output) : lines(output);
}

function spinner(output: NodeJS.WriteStream): Progress {
  // By itself ora takes the keyboard, and with it Ctrl-C as a signal.
  const spinner = ora({ stream: output, text: 'Deploying', discardStdin: false }).start();
  return {
    update(services) {
      const done = services.filter(({ state }) => state === 'done').length;
      const current = services
        .filter(({ state }) => state === 'deploying')
        .map(({ name, detail }) => `${name} ${detail}`);
      spinner.text = `Deploying ${done}/${services.length}${current.length > 0 ? `: ${current.join(', ')}` : ''}`;
    },
    stop: () => spinner.stop(),
  };
}

function lines(output: NodeJS.WriteStream): Progress {
  const seen = new Map<string, string>();
  return {
    update(services) {
      for (const { name, state } of services) {
        if (state === 'waiting' || seen.get(name) === state) continue;
        seen.set(name, state);
        output.write(`${state === 'done' ? 'deployed ' : 'deploying'} ${name}\n`);
      }
    },
    stop: () => {},
  };
}
