import type { Adaptation } from './adapt-configuration.ts';
import type { FoundService } from './find-services.ts';

/** One deploy of a service, and how to do it. */
export type DeployTrial = Adaptation & {
  /** The copy of the project. */
  readonly project: string;
  readonly service: FoundService;
  /** Of Serverless services. */
  readonly stage: string;
  readonly region: string;
  /** As `name=value`: parameters of Serverless services, and of the templates of CDK apps. */
  readonly params: readonly string[];
  /** As `name=value`: the context of CDK apps. */
  readonly context: readonly string[];
  /** The CDK CLI, a file that Node runs; by default the one that the project has installed. */
  readonly cdkCli: string | undefined;
  readonly port: number;
  readonly timeoutMs: number;
  /** Ends the CLI. */
  readonly signal: AbortSignal;
};
