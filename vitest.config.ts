import {defineConfig} from 'vitest/config';

/** Unit tests side by side; tests that start servers, brokers or browsers after them and one file at a time. */
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
          testTimeout: 30_000,
          hookTimeout: 30_000,
          sequence: {groupOrder: 0},
        },
      },
      {
        test: {
          name: 'system',
          include: ['tests/integration/**/*.test.ts', 'tests/browser/**/*.test.ts'],
          fileParallelism: false,
          maxWorkers: 1,
          testTimeout: 180_000,
          hookTimeout: 180_000,
          sequence: {groupOrder: 1},
        },
      },
    ],
  },
});
