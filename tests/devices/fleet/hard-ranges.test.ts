import {describe, expect, it} from 'vitest';
import {createFleet} from '#devices';
import {createValidator, ELEMENTS, type ElementType, Envelope, upTopic} from '#schemas';
import {fleetSite, ISLAND_FOLDER, SALTMARSH_FOLDER} from '../fleet-site.ts';
import {envelopesOf, valuesOf} from '../readings-of.ts';

const DAY_MS = 86_400_000;

describe.each([
  {name: 'the reference site', folder: ISLAND_FOLDER, everyDays: 183, devices: 194},
  {name: 'the salt lake', folder: SALTMARSH_FOLDER, everyDays: 52, devices: 3},
])('a faultless day of $name now and then in a year', ({folder, everyDays, devices}) => {
  it('comes from every device, is valid, and never leaves the hard ranges', async () => {
    const site = await fleetSite(folder);
    const fleet = createFleet({site, seed: 9, faults: 'off'});
    const valid = createValidator<Envelope>(Envelope);
    const from = Date.parse('2025-01-05T00:00:00Z');
    const heard = new Set<string>();
    for (let startMs = from; startMs < from + 365 * DAY_MS; startMs += everyDays * DAY_MS) {
      for (const message of fleet.block(startMs, startMs + DAY_MS)) {
        heard.add(message.device);
        if (message.topic !== upTopic(site.site.id, message.device)) throw new Error(message.topic);
        for (const envelope of envelopesOf(message)) {
          if (!valid(envelope)) throw new Error(`${valid.problem()}: ${message.payload}`);
        }
        for (const {element, value} of valuesOf(message)) {
          const {hardRange} = ELEMENTS[element as keyof typeof ELEMENTS] as ElementType;
          const isInside = value !== null && value >= hardRange[0] && value <= hardRange[1];
          if (!isInside) throw new Error(`${element} ${value}: ${message.device} ${message.payload}`);
        }
      }
    }
    expect(heard.size).toBe(devices);
  }, 60_000);
});
