import ora, { type Ora } from 'ora';

/** How far the deploy of one service is. */
type ServiceProgress = {
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
  // By itself ora takes the keyboard, and with it Ctrl-C as a signal.
  const spinner = ora({ stream: output, text: 'Deploying', discardStdin: false });
  // Ora draws nothing in CI or in a dumb terminal. In one without columns it would never get done.
  return spinner.isEnabled && output.columns > 0 ? redrawn(spinner.start()) : lines(output);
}

function redrawn(spinner: Ora): Progress {
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
