import type {EpisodeRule} from './episodes.ts';

/** When a fault that depends on the weather can show. */
export type FaultCondition = 'fog' | 'humid' | 'hot' | 'dry' | 'rain' | 'crowd';

/**
 * What goes wrong with the values of a sensor. Sizes are in the catalogue's unit.
 *
 * - `spike`: a single value jumps by up to `size`, with this chance a value.
 * - `stuck`: the value of the episode's start is repeated (`at`: this value instead).
 * - `drift`: grows from 0 to `size` (or by a share of the value, `share`) until the device is cleaned, once a slot.
 * - `offset`, `scale`: added or multiplied during an episode.
 * - `missing`: no value during an episode (null).
 * - `mark`: values of an episode carry a status letter; `at` is what a calibration shows instead.
 * - `swap`: the values of two depths change places.
 */
export type ValueFault = {elements?: readonly string[]; when?: FaultCondition} & (
  | {kind: 'spike'; chance: number; size: number}
  | ({kind: 'stuck'; at?: number} & EpisodeRule)
  | {kind: 'drift'; slotDays: number; size?: number; share?: number; power?: number}
  | ({kind: 'offset'; size: number} & EpisodeRule)
  | ({kind: 'scale'; factor: number} & EpisodeRule)
  | ({kind: 'missing'; depthM?: number} & EpisodeRule)
  | ({kind: 'mark'; status: 'C' | 'M' | 'D'; at?: number} & EpisodeRule)
  | ({kind: 'swap'; depths: readonly [number, number]} & EpisodeRule)
);

/** What goes wrong with the messages of a device. */
export type LinkFaults = {
  /** Share of messages that nobody hears, and that the device does not send again. */
  lostShare: number;
  /** Share that is sent twice. */
  doubledShare: number;
  /** The link is down; what fell into it is sent afterwards, or not. */
  outage: EpisodeRule & {backFill: boolean};
  /** The clock runs late, up to so many seconds before it is set again. */
  clock?: EpisodeRule & {seconds: number};
  /** Silent by night now and then (an inverter that sleeps). */
  sleepsAtNight?: number;
};

/** By protocol: radio without acknowledgement loses, connections keep and send later. */
export const LINK_FAULTS: Record<string, LinkFaults> = {
  lorawan: {
    lostShare: 0.012,
    doubledShare: 0.002,
    outage: {slotDays: 45, chance: 0.35, hours: [1, 9], backFill: false},
  },
  'nb-iot': {
    lostShare: 0.0004,
    doubledShare: 0.002,
    outage: {slotDays: 40, chance: 0.4, hours: [1, 14], backFill: true},
    clock: {slotDays: 60, chance: 0.12, hours: [48, 240], seconds: 80},
  },
  cellular: {
    lostShare: 0.0002,
    doubledShare: 0.001,
    outage: {slotDays: 50, chance: 0.4, hours: [1, 10], backFill: true},
    clock: {slotDays: 90, chance: 0.08, hours: [48, 200], seconds: 45},
  },
  hj212: {
    lostShare: 0,
    doubledShare: 0.004,
    outage: {slotDays: 45, chance: 0.4, hours: [1, 8], backFill: true},
  },
  mqtt: {lostShare: 0, doubledShare: 0, outage: {slotDays: 60, chance: 0.3, hours: [1, 6], backFill: true}},
};

const rarely = (hours: readonly [number, number]): EpisodeRule => ({slotDays: 60, chance: 0.3, hours});

/** By device model: the failures that such devices are known for. */
export const VALUE_FAULTS: Record<string, readonly ValueFault[]> = {
  D01: [
    {kind: 'spike', chance: 0.00015, size: 1.4},
    {kind: 'offset', when: 'fog', size: 0.12, slotDays: 10, chance: 0.25, hours: [2, 8]},
    {kind: 'stuck', ...rarely([26, 60])},
  ],
  D02: [
    {kind: 'spike', elements: ['discharge'], chance: 0.00008, size: 3},
    {kind: 'stuck', elements: ['discharge'], at: 0, when: 'dry', slotDays: 45, chance: 0.3, hours: [12, 90]},
    {kind: 'stuck', elements: ['water_level'], slotDays: 120, chance: 0.25, hours: [30, 80]},
  ],
  D03: [
    {kind: 'offset', size: 9, slotDays: 40, chance: 0.3, hours: [2, 30]},
    {kind: 'spike', chance: 0.0002, size: 14},
  ],
  D04: [
    {kind: 'drift', elements: ['dissolved_oxygen'], slotDays: 26, size: -0.9, power: 1.6},
    {kind: 'drift', elements: ['turbidity'], slotDays: 26, size: 9, power: 2.2},
    {kind: 'drift', elements: ['chlorophyll_a'], slotDays: 26, share: 0.12, power: 1.8},
    {kind: 'spike', elements: ['turbidity'], chance: 0.0005, size: 420},
    {kind: 'stuck', elements: ['turbidity', 'chlorophyll_a'], ...rarely([13, 40])},
    {kind: 'spike', elements: ['dissolved_oxygen'], chance: 0.00015, size: 4},
  ],
  D05: [
    {
      kind: 'mark',
      status: 'C',
      elements: ['codmn', 'ammonia_nitrogen', 'total_phosphorus', 'total_nitrogen'],
      slotDays: 7,
      chance: 1,
      hours: [4, 4],
    },
    {kind: 'mark', status: 'M', slotDays: 30, chance: 0.8, hours: [2, 6]},
    {
      kind: 'mark',
      status: 'D',
      elements: ['ammonia_nitrogen', 'total_phosphorus'],
      slotDays: 60,
      chance: 0.4,
      hours: [8, 40],
      at: 0,
    },
    {kind: 'spike', elements: ['ammonia_nitrogen'], chance: 0.004, size: 2.5},
  ],
  D06: [
    {
      kind: 'offset',
      elements: ['soil_moisture'],
      when: 'dry',
      size: -0.07,
      slotDays: 60,
      chance: 0.3,
      hours: [24, 200],
    },
    {kind: 'missing', depthM: 0.6, slotDays: 200, chance: 0.25, hours: [40, 160]},
    {kind: 'swap', depths: [0.1, 0.3], slotDays: 240, chance: 0.15, hours: [48, 200]},
    {kind: 'spike', elements: ['soil_moisture'], chance: 0.00008, size: 0.2},
  ],
  D07: [
    {kind: 'drift', elements: ['soil_ph'], slotDays: 120, size: 0.3},
    {
      kind: 'scale',
      elements: ['soil_available_nitrogen'],
      when: 'dry',
      factor: 0.5,
      slotDays: 40,
      chance: 0.4,
      hours: [24, 120],
    },
  ],
  D08: [
    {kind: 'stuck', elements: ['relative_humidity'], at: 100, slotDays: 50, chance: 0.3, hours: [10, 50]},
    {kind: 'stuck', elements: ['wind_speed'], at: 0, slotDays: 80, chance: 0.2, hours: [1, 6]},
    {kind: 'drift', elements: ['solar_radiation'], slotDays: 45, share: -0.06},
    {kind: 'spike', elements: ['air_temperature'], chance: 0.00002, size: 7},
  ],
  D09: [
    {kind: 'scale', elements: ['precipitation'], factor: 0, slotDays: 75, chance: 0.25, hours: [30, 200]},
    {kind: 'scale', elements: ['precipitation'], factor: 2, slotDays: 90, chance: 0.15, hours: [10, 60]},
  ],
  D10: [
    {kind: 'mark', status: 'C', slotDays: 7, chance: 1, hours: [0.7, 1], at: 0.5},
    {
      kind: 'mark',
      status: 'D',
      elements: ['pm2_5', 'pm10'],
      slotDays: 90,
      chance: 0.4,
      hours: [3, 14],
      at: 0,
    },
  ],
  D11: [
    {
      kind: 'scale',
      elements: ['pm2_5', 'pm10'],
      when: 'humid',
      factor: 1.32,
      slotDays: 1,
      chance: 1,
      hours: [24, 24],
    },
    {kind: 'drift', elements: ['ozone', 'nitrogen_dioxide', 'sulfur_dioxide'], slotDays: 180, share: -0.18},
    {kind: 'spike', elements: ['pm2_5'], chance: 0.00015, size: 230},
  ],
  D12: [
    {
      kind: 'scale',
      elements: ['negative_oxygen_ion'],
      when: 'fog',
      factor: 0.25,
      slotDays: 2,
      chance: 0.8,
      hours: [24, 48],
    },
    {kind: 'drift', elements: ['negative_oxygen_ion'], slotDays: 60, share: -0.2},
  ],
  D13: [
    {kind: 'offset', size: -0.28, slotDays: 90, chance: 0.2, hours: [30, 300]},
    {kind: 'spike', chance: 0.0001, size: 0.4},
  ],
  D14: [
    {kind: 'drift', elements: ['ndvi'], slotDays: 50, size: -0.07, power: 1.5},
    {kind: 'offset', elements: ['ndvi'], size: -0.2, slotDays: 200, chance: 0.2, hours: [48, 200]},
  ],
  D15: [{kind: 'scale', factor: 1.5, slotDays: 120, chance: 0.3, hours: [48, 300]}],
  D16: [
    {
      kind: 'scale',
      elements: ['bird_detection_rate'],
      when: 'rain',
      factor: 0.2,
      slotDays: 1,
      chance: 0.7,
      hours: [24, 24],
    },
    {
      kind: 'scale',
      elements: ['bird_detection_rate'],
      when: 'hot',
      factor: 0.3,
      slotDays: 3,
      chance: 0.6,
      hours: [10, 60],
    },
  ],
  D17: [{kind: 'scale', when: 'hot', factor: 5, slotDays: 3, chance: 0.6, hours: [48, 72]}],
  D18: [{kind: 'scale', factor: 0.2, slotDays: 150, chance: 0.3, hours: [100, 400]}],
  D19: [
    {kind: 'spike', chance: 0.0008, size: 34},
    {kind: 'offset', size: 9, slotDays: 20, chance: 0.2, hours: [0.5, 3]},
  ],
  D20: [
    {kind: 'spike', chance: 0.00012, size: 1.4},
    {kind: 'offset', size: 0.04, slotDays: 120, chance: 0.2, hours: [20, 200]},
  ],
  D21: [
    {
      kind: 'scale',
      elements: ['visitor_flow'],
      when: 'crowd',
      factor: 0.8,
      slotDays: 1,
      chance: 0.8,
      hours: [24, 24],
    },
  ],
  D22: [{kind: 'offset', when: 'rain', size: -3, slotDays: 2, chance: 0.7, hours: [6, 30]}],
  D23: [{kind: 'scale', factor: -1, slotDays: 240, chance: 0.15, hours: [1, 5]}],
  D24: [],
  D25: [
    {kind: 'offset', when: 'fog', size: 0.5, slotDays: 2, chance: 0.5, hours: [0.2, 1]},
    {kind: 'spike', chance: 0.00004, size: 0.6},
  ],
};

/** Inverters that lose their connection at night, as a share of nights. */
export const SLEEPS_AT_NIGHT: Record<string, number> = {D24: 0.15};
