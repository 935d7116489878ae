import { randomBytes, randomUUID } from 'node:crypto';
import type { Clock } from '../core/clock.ts';
import type { Collection, StateStore } from '../core/state-store.ts';
import { codeDeployError } from './codedeploy-error.ts';
import {
  type Application,
  applicationSchema,
  type Deployment,
  type DeploymentGroup,
  deploymentSchema,
  groupSchema,
} from './deployment-record.ts';

const idLetters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789';
const keptDeployments = 1000;

/** The applications, deployment groups and deployments of a region. */
export class CodeDeployStore {
  readonly #clock: Clock;
  readonly #kept: {
    readonly applications: Collection<Application>;
    readonly groups: Collection<DeploymentGroup>;
    readonly deployments: Collection<Deployment>;
  };
  readonly #applications: Map<string, Application>;
  readonly #groups: Map<string, DeploymentGroup>;
  /** Oldest first. */
  readonly #deployments: Map<string, Deployment>;

  constructor(clock: Clock, state: StateStore) {
    this.#clock = clock;
    this.#kept = {
      applications: state.collection('codedeploy/applications', applicationSchema),
      groups: state.collection('codedeploy/groups', groupSchema),
      deployments: state.collection('codedeploy/deployments', deploymentSchema),
    };
    this.#applications = new Map(this.#kept.applications.entries());
    this.#groups = new Map(this.#kept.groups.entries());
    const deployments = [...this.#kept.deployments.entries()];
    this.#deployments = new Map(deployments.sort(([, one], [, other]) => one.createdAt - other.createdAt));
  }

  applications(): readonly Application[] {
    return [...this.#applications.values()];
  }

  /** @throws AwsError ApplicationDoesNotExistException */
  application(name: string): Application {
    const application = this.#applications.get(name);
    if (application !== undefined) return application;
    throw codeDeployError('ApplicationDoesNotExistException', `No application found for name: ${name}`);
  }

  /** @throws AwsError ApplicationAlreadyExistsException */
  addApplication(name: string, tags: Readonly<Record<string, string>>): Application {
    if (this.#applications.has(name)) {
      throw codeDeployError('ApplicationAlreadyExistsException', `Application already exists: ${name}`);
    }
    const application = { name, id: randomUUID(), createdAt: this.#clock.now(), tags: { ...tags } };
    this.putApplication(application);
    return application;
  }

  putApplication(application: Application): void {
    this.#applications.set(application.name, application);
    this.#kept.applications.put(application.name, application);
  }

  /** With its groups and deployments. */
  deleteApplication(name: string): void {
    this.#applications.delete(name);
    this.#kept.applications.delete(name);
    for (const group of this.groups(name)) this.deleteGroup(name, group.name);
    for (const { id } of this.deployments(({ applicationName }) => applicationName === name)) {
      this.#deployments.delete(id);
      this.#kept.deployments.delete(id);
    }
  }

  groups(applicationName: string): readonly DeploymentGroup[] {
    return [...this.#groups.values()].filter((group) => group.applicationName === applicationName);
  }

  /** @throws AwsError when the application or the group does not exist */
  group(applicationName: string, name: string): DeploymentGroup {
    this.application(applicationName);
    const group = this.#groups.get(groupKey(applicationName, name));
    if (group !== undefined) return group;
    throw codeDeployError('DeploymentGroupDoesNotExistException', `No Deployment Group found for name: ${name}`);
  }

  /** @throws AwsError when the application does not exist, or the group does already */
  addGroup(settings: Omit<DeploymentGroup, 'id'>): DeploymentGroup {
    this.application(settings.applicationName);
    if (this.#groups.has(groupKey(settings.applicationName, settings.name))) {
      throw codeDeployError(
        'DeploymentGroupAlreadyExistsException',
        `Deployment group name already exists: ${settings.name}`,
      );
    }
    const group = { ...settings, id: randomUUID() };
    this.putGroup(group);
    return group;
  }

  putGroup(group: DeploymentGroup): void {
    const key = groupKey(group.applicationName, group.name);
    this.#groups.set(key, group);
    this.#kept.groups.put(key, group);
  }

  deleteGroup(applicationName: string, name: string): void {
    this.#groups.delete(groupKey(applicationName, name));
    this.#kept.groups.delete(groupKey(applicationName, name));
  }

  /** Newest first. */
  deployments(isWanted: (deployment: Deployment) => boolean = () => true): readonly Deployment[] {
    return [...this.#deployments.values()].filter(isWanted).reverse();
  }

  find(id: string): Deployment | undefined {
    return this.#deployments.get(id);
  }

  /** @throws AwsError DeploymentDoesNotExistException */
  deployment(id: string): Deployment {
    const deployment = this.#deployments.get(id);
    if (deployment !== undefined) return deployment;
    throw codeDeployError('DeploymentDoesNotExistException', `The deployment ${id} could not be found`);
  }

  addDeployment(settings: Omit<Deployment, 'id' | 'createdAt'>): Deployment {
    const deployment = { ...settings, id: newDeploymentId(), createdAt: this.#clock.now() };
    const [oldest] = this.#deployments.keys();
    if (this.#deployments.size >= keptDeployments && oldest !== undefined) {
      this.#deployments.delete(oldest);
      this.#kept.deployments.delete(oldest);
    }
    this.putDeployment(deployment);
    return deployment;
  }

  putDeployment(deployment: Deployment): void {
    this.#deployments.set(deployment.id, deployment);
    this.#kept.deployments.put(deployment.id, deployment);
  }
}

function groupKey(applicationName: string, name: string): string {
  return `${applicationName}\n${name}`;
}

function newDeploymentId(): string {
  return `d-${Array.from(randomBytes(9), (byte) => idLetters[byte % idLetters.length]).join('')}`;
}
