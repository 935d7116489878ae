import type { Note } from './additions.ts';
import type { Service } from './framework.ts';
import type { Parameters } from './parameters.ts';
import type { PlatformOutputs } from './platform-outputs.ts';
import type { Settings } from './settings.ts';

/** What the parts of the plugin know of the service that they add to. */
export type ServiceContext = {
  /** Its name, as in stacks and scopes. */
  readonly name: string;
  readonly stage: string;
  readonly folder: string;
  readonly service: Service;
  readonly settings: Settings;
  readonly parameters: Parameters;
  readonly platform: PlatformOutputs;
  readonly note: Note;
};
