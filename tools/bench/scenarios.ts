import type { Scenario } from './report.ts';
import { coldFloor } from './scenarios/cold-floor.ts';
import { coldStarts } from './scenarios/cold-starts.ts';
import { commerceLoad } from './scenarios/commerce-load.ts';
import { consoleOverhead } from './scenarios/console-overhead.ts';
import { friendsLoad } from './scenarios/friends-load.ts';
import { growth } from './scenarios/growth.ts';
import { hostileInput } from './scenarios/hostile-input.ts';
import { iamCheck } from './scenarios/iam-check.ts';
import { killsUnderLoad } from './scenarios/kills.ts';
import { memory } from './scenarios/memory.ts';
import { persistence } from './scenarios/persistence.ts';
import { startUp } from './scenarios/start-up.ts';
import { tableGrowth } from './scenarios/table-growth.ts';
import { tasksLoad } from './scenarios/tasks-load.ts';
import { usersAsyncLoad } from './scenarios/users-async-load.ts';

/** All that `npm run bench` runs without further options. */
export const scenarios: readonly Scenario[] = [
  startUp,
  tasksLoad,
  coldFloor,
  coldStarts,
  usersAsyncLoad,
  friendsLoad,
  commerceLoad,
  consoleOverhead,
  tableGrowth,
  memory,
  hostileInput,
  iamCheck,
  growth,
  persistence,
  killsUnderLoad,
];
