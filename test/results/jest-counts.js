import { writeCounts } from './counts.js';

/** Jest reporter: keeps the counts of a run for `npm test`, which sums them. */
export default class JestCounts {
  onRunComplete(_contexts, { numPassedTests, numFailedTests, numPendingTests, numRuntimeErrorTestSuites }) {
    // A file that cannot be loaded is a failure of its own.
    writeCounts({
      passed: numPassedTests,
      failed: numFailedTests + numRuntimeErrorTestSuites,
      skipped: numPendingTests,
    });
  }
}
