import { fromStatic, memoize, NODE_REGION_CONFIG_OPTIONS } from '#smithy-config';
import { environment } from '../env.ts';

// Stands in for `@smithy/core/config` in the bundles (esbuild `alias`), by which the SDK's clients find their settings,
// such as AWS_ENDPOINT_URL and AWS_USE_FIPS_ENDPOINT. The SDK asks the environment, then two files in the home directory.
// Functions have no such files, and the search for them is a tenth of INIT and first invocation.

// The original. Its own name would lead back to this file.
export * from '#smithy-config';

type Original = typeof import('#smithy-config');

/** Reads a setting from the environment, else takes its default. As in the SDK, an invalid value counts as none. */
export const loadConfig: Original['loadConfig'] = (
  { environmentVariableSelector: select, default: standard },
  options,
) =>
  memoize(async () => {
    const value = unlessInvalid(() => select(environment(), options));
    return value === undefined ? fromStatic(standard)() : value;
  });

const defaultsModes = ['standard', 'in-region', 'cross-region', 'mobile', 'legacy'] as const;
const defaultsModeSetting = {
  environmentVariableSelector: (env: NodeJS.ProcessEnv) => env.AWS_DEFAULTS_MODE,
  configFileSelector: () => undefined,
  default: 'legacy',
};

/** Resolves `auto` as the SDK does where the environment says the region of the function. */
export const resolveDefaultsModeConfig: Original['resolveDefaultsModeConfig'] = ({
  region = loadConfig(NODE_REGION_CONFIG_OPTIONS),
  defaultsMode = loadConfig(defaultsModeSetting),
} = {}) =>
  memoize(async () => {
    const asked = (await fromStatic<string>(defaultsMode)()).toLowerCase();
    const mode = asked === 'auto' ? await modeOf(fromStatic<string>(region)) : asked;
    const known = defaultsModes.find((name) => name === mode);
    if (known === undefined) throw new Error(`Invalid parameter for "defaultsMode": ${mode}`);
    return known;
  });

async function modeOf(clientRegion: () => Promise<string>): Promise<string> {
  return (await clientRegion()) === environment().AWS_REGION ? 'in-region' : 'cross-region';
}

function unlessInvalid<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
