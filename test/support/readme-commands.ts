import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCommand } from './run-command.ts';

/**
 * A command of a README. A comment behind it says its outcome: `# 201`, the status of its last HTTP answer, `# "text"`,
 * which its output contains, or both. What follows after two spaces is for readers only.
 */
export type ReadmeCommand = {
  readonly code: string;
  readonly expectedStatus: number | undefined;
  readonly expectedText: string | undefined;
};

export type CommandResult = { readonly status: number | undefined; readonly output: string };

/** The shell blocks of a document, in its order. */
export function shellBlocks(markdown: string): readonly string[] {
  return [...markdown.matchAll(/^```sh\n(.*?)^```$/gms)].map(([, block = '']) => block);
}

/** The commands of a block. @throws Error that shows a command that the shell cannot read */
export function commandsOf(block: string): readonly ReadmeCommand[] {
  const commands: ReadmeCommand[] = [];
  let code = '';
  for (const line of block.split('\n')) {
    code += `${line}\n`;
    if (line.endsWith('\\') || spawnSync('bash', ['-n'], { input: code }).status !== 0) continue;
    const [, status, text] = /\s# (\d{3})?(?: ?(["{[].*))?$/.exec(line) ?? [];
    if (code.trim() !== '' && !code.startsWith('#')) {
      commands.push({
        code,
        expectedStatus: status === undefined ? undefined : Number(status),
        expectedText: text?.split('  ')[0]?.replace(/^"([^"]*)"$/, '$1'),
      });
    }
    code = '';
  }
  if (code.trim() !== '') throw new Error(`bash cannot read this command:\n${code}`);
  return commands;
}

/**
 * Runs commands in one shell, as a reader who pastes them does.
 * @returns a result for each command
 * @throws Error that shows the command that failed, with its output
 */
export async function runCommands(
  commands: readonly ReadmeCommand[],
  options: { readonly cwd: string; readonly env: NodeJS.ProcessEnv },
): Promise<readonly CommandResult[]> {
  const folder = mkdtempSync(join(tmpdir(), 'readme-'));
  try {
    writeFileSync(join(folder, 'curl'), `#!/bin/sh\nexec '${curl()}' -w '%{stderr}\\n<HTTP %{http_code}>\\n' "$@"\n`);
    chmodSync(join(folder, 'curl'), 0o755);
    const script = ['set -euo pipefail', 'exec 2>&1', ...commands.flatMap(({ code }) => [`echo '${separator}'`, code])];
    const { exitCode, output } = await runCommand('bash', ['-c', script.join('\n')], {
      cwd: options.cwd,
      env: { ...options.env, PATH: `${folder}:${options.env.PATH}` },
    });
    const printed = output.split(`${separator}\n`).slice(1);
    if (exitCode !== 0) throw new Error(`This failed:\n${commands[printed.length - 1]?.code}\n${printed.at(-1)}`);
    return printed.map((text) => ({ status: lastStatus(text), output: text }));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const separator = '=== next command ===';

function curl(): string {
  return spawnSync('bash', ['-c', 'command -v curl'], { encoding: 'utf8' }).stdout.trim();
}

function lastStatus(output: string): number | undefined {
  const status = [...output.matchAll(/<HTTP (\d{3})>/g)].at(-1)?.[1];
  return status === undefined ? undefined : Number(status);
}
