import { resolve } from 'node:path';
import type { Plugin } from 'esbuild';
import { noteBundled } from '../deploy-inputs.ts';

/** Notes the files that esbuild puts into bundles. */
export const recordInputs: Plugin = {
  name: 'record-inputs',
  setup(build) {
    const folder = build.initialOptions.absWorkingDir ?? process.cwd();
    build.initialOptions.metafile = true;
    build.onEnd(({ metafile }) => {
      for (const file of Object.keys(metafile?.inputs ?? {})) noteBundled(resolve(folder, file));
    });
  },
};
