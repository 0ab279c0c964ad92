import type {Reporter, TestModule} from 'vitest/node';

/** Ends a run with `N passed, N failed, N skipped`, alone on the last line, as scripts expect it. */
export default class ClosingLine implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandled: readonly unknown[]): void {
    let passed = 0;
    let failed = unhandled.length;
    let skipped = 0;
    for (const module of modules) {
      let own = 0;
      for (const test of module.children.allTests()) {
        const {state} = test.result();
        if (state === 'passed') passed += 1;
        else if (state === 'failed') own += 1;
        else skipped += 1;
      }
      // A file that could not be loaded has no tests to fail, so it counts as one.
      failed += own === 0 && !module.ok() ? 1 : own;
    }
    process.once('exit', () => {
      process.stdout.write(`${passed} passed, ${failed} failed, ${skipped} skipped\n`);
    });
  }
}
