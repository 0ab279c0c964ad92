import type {FleetMessage} from '#devices';
import type {Envelope} from '#schemas';

/** One value of a message, with what says which series it belongs to. */
export type SentValue = {
  device: string;
  element: string;
  timeMs: number;
  value: number | null;
  depthM: number | undefined;
  stat: string | undefined;
  period: string | undefined;
  status: string | undefined;
};

export function envelopesOf(message: FleetMessage): Envelope[] {
  const payload = JSON.parse(message.payload) as Envelope | Envelope[];
  return Array.isArray(payload) ? payload : [payload];
}

/** All values of a message. */
export function valuesOf(message: FleetMessage): SentValue[] {
  return envelopesOf(message).flatMap(({time, readings}) =>
    Object.entries(readings).flatMap(([element, said]) =>
      (Array.isArray(said) ? said : [said]).map((one: number | Record<string, unknown>): SentValue => {
        const body = typeof one === 'number' ? {value: one} : one;
        return {
          device: message.device,
          element,
          timeMs: Date.parse(time!),
          value: body['value'] as number | null,
          depthM: body['depthM'] as number | undefined,
          stat: body['stat'] as string | undefined,
          period: body['period'] as string | undefined,
          status: body['status'] as string | undefined,
        };
      }),
    ),
  );
}
