import cliProgress from 'cli-progress';
import type {Io} from './command.ts';

export type Progress = {
  /** `done` of `total`, with a word on where it is. */
  update(done: number, total: number, note?: string): void;
  stop(): void;
};

/** A bar on stderr when a person looks at it; otherwise nothing. */
export function createProgress(io: Io, title: string): Progress {
  if (!io.isTerminal) return {update: () => {}, stop: () => {}};
  const bar = new cliProgress.SingleBar({
    format: `${title} {bar} {percentage} % · {note} · {eta_formatted} left`,
    stream: process.stderr,
    hideCursor: true,
    etaBuffer: 50,
    fps: 5,
  });
  let started = false;
  return {
    update: (done, total, note = '') => {
      if (!started) {
        started = true;
        bar.start(total, done, {note});
        return;
      }
      bar.setTotal(total);
      bar.update(done, {note});
    },
    stop: () => {
      if (started) bar.stop();
    },
  };
}
