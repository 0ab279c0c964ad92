import {defineConfig} from 'vitest/config';

/** For tests that start servers, brokers or browsers. */
const system = {testTimeout: 240_000, hookTimeout: 240_000, expect: {poll: {timeout: 20_000}}};

/**
 * Unit tests side by side; after them those that start servers and brokers, which wait more than they work, two files at a
 * time; after those the ones that draw in a browser, which take both cores, one file at a time.
 */
export default defineConfig({
  test: {
    reporters: ['default', './tests/closing-line.ts'],
    projects: [
      {
        test: {
          name: 'unit',
          include: ['tests/**/*.test.{ts,tsx}'],
          exclude: ['tests/integration/**', 'tests/browser/**', '**/node_modules/**'],
          maxWorkers: 2,
          // Generous: what is polled for comes in milliseconds, unless the machine is busy with other things.
          testTimeout: 90_000,
          hookTimeout: 90_000,
          expect: {poll: {timeout: 20_000}},
          sequence: {groupOrder: 0},
        },
      },
      {
        test: {
          ...system,
          name: 'system',
          include: ['tests/integration/**/*.test.ts'],
          maxWorkers: 2,
          sequence: {groupOrder: 1},
        },
      },
      {
        test: {
          ...system,
          name: 'browser',
          include: ['tests/browser/**/*.test.ts'],
          fileParallelism: false,
          maxWorkers: 1,
          sequence: {groupOrder: 2},
        },
      },
    ],
  },
});
