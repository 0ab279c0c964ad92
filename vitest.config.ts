import {defineConfig} from 'vitest/config';

/** Unit tests side by side; tests that start servers, brokers or browsers after them, two files at a time. */
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
          name: 'system',
          include: ['tests/integration/**/*.test.ts', 'tests/browser/**/*.test.ts'],
          maxWorkers: 2,
          testTimeout: 240_000,
          hookTimeout: 240_000,
          expect: {poll: {timeout: 20_000}},
          sequence: {groupOrder: 1},
        },
      },
    ],
  },
});
