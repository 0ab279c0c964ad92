import {pino} from 'pino';
import type {Settings} from '#schemas';

export type Log = (line: object) => void;

const LEVELS = new Set(['debug', 'info', 'warn', 'error']);

/**
 * A log on stderr, one JSON line each. `level` and `message` of a line are its own; values under names of secrets are
 * never written.
 */
export function createLog(level: Settings['logLevel']): Log {
  const secrets = ['password', 'token', 'authorization', 'secretSha256', 'influxToken', 'adminPassword'];
  const logger = pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      serializers: {error: pino.stdSerializers.err},
      redact: {paths: secrets.flatMap((name) => [name, `*.${name}`]), censor: '[secret]'},
    },
    pino.destination({fd: 2, sync: true}),
  );
  return (line) => {
    const {level: of = 'info', message, ...rest} = line as {level?: string; message?: string};
    const method = LEVELS.has(of) ? (of as 'info') : 'info';
    logger[method](rest, message ?? '');
  };
}
