import {type Static, Type} from 'typebox';
import {type Angstrom, FAO56_ANGSTROM} from '#model';
import {createFieldCheck, EcoError} from '#schemas';

const twelve = (of: {minimum: number; maximum: number}) =>
  Type.Array(Type.Number(of), {minItems: 12, maxItems: 12});
const Share = Type.Number({minimum: 0, maximum: 1});
const MonthDay = Type.String({
  pattern: '^(0[1-9]|1[0-2])-(0[1-9]|[12]\\d|3[01])$',
  description: 'a day of the year such as 07-10',
});
const open = {additionalProperties: true} as const;

/** What the simulation takes from a site's `climate.json`; other blocks are for others. Lists run from January to December. */
export const SiteClimate = Type.Object(
  {
    normals: Type.Object(
      {
        basis: Type.Optional(Type.String()),
        source: Type.Optional(Type.String()),
        airTemperatureMaxC: twelve({minimum: -80, maximum: 60}),
        airTemperatureMeanC: twelve({minimum: -80, maximum: 60}),
        airTemperatureMinC: twelve({minimum: -80, maximum: 60}),
        rainMm: twelve({minimum: 0, maximum: 5000}),
        rainDays: twelve({minimum: 0, maximum: 31}),
        sunshineH: twelve({minimum: 0, maximum: 744}),
        relativeHumidityPercent: twelve({minimum: 1, maximum: 100}),
        windSpeedMPerS: twelve({minimum: 0, maximum: 40}),
        /** Of the anemometer above the ground; absent: 2 m. */
        windHeightM: Type.Optional(Type.Number({minimum: 0.5, maximum: 100})),
      },
      open,
    ),
    /** Ångström: radiation on the ground = (a + b n/N) × outside the atmosphere. */
    reference: Type.Optional(
      Type.Object({angstromA: Type.Optional(Share), angstromB: Type.Optional(Share)}, open),
    ),
    rain: Type.Optional(
      Type.Object(
        {
          /** P(wet | wet) = p + this (1 − p). */
          wetAfterWetGain: Type.Optional(Share),
          /** P(wet | dry) = this × p. */
          wetAfterDryFactor: Type.Optional(Share),
          smallestMm: Type.Optional(Type.Number({minimum: 0, maximum: 10})),
          gammaShape: Type.Optional(Type.Number({minimum: 0.05, maximum: 10})),
        },
        open,
      ),
    ),
    temperature: Type.Optional(
      Type.Object(
        {
          phi: Type.Optional(Type.Number({minimum: 0, maximum: 0.99})),
          maxAnomalySdC: Type.Optional(twelve({minimum: 0, maximum: 20})),
          minShareOfMaxAnomaly: Type.Optional(Type.Number({minimum: 0, maximum: 2})),
          referenceHeightM: Type.Optional(Type.Number({minimum: -500, maximum: 9000})),
        },
        open,
      ),
    ),
    /** A spell of hot days without rain that comes in most summers; other days make up for it. */
    dryHotSpell: Type.Optional(
      Type.Object(
        {
          shareOfYears: Share,
          startFrom: MonthDay,
          startTo: MonthDay,
          days: Type.Array(Type.Integer({minimum: 1, maximum: 120}), {minItems: 2, maxItems: 2}),
          airTemperatureMaxC: Type.Number({minimum: 0, maximum: 60}),
          airTemperatureMaxSdC: Type.Number({minimum: 0, maximum: 10}),
          lowestRelativeHumidityPercent: Type.Number({minimum: 1, maximum: 70}),
        },
        open,
      ),
    ),
    /** Level of the water body around or beside the site. */
    riverStage: Type.Optional(
      Type.Object(
        {
          meanM: twelve({minimum: -500, maximum: 9000}),
          dayToDaySdM: twelve({minimum: 0, maximum: 50}),
          floodPulse: Type.Optional(
            Type.Object(
              {
                perYear: Type.Number({minimum: 0, maximum: 20}),
                months: Type.Array(Type.Integer({minimum: 1, maximum: 12}), {minItems: 1, maxItems: 12}),
                riseM: Type.Array(Type.Number({minimum: 0, maximum: 100}), {minItems: 2, maxItems: 2}),
                riseH: Type.Number({exclusiveMinimum: 0, maximum: 1000}),
                eFoldFallD: Type.Number({exclusiveMinimum: 0, maximum: 365}),
              },
              open,
            ),
          ),
          lowestM: Type.Optional(Type.Number()),
          highestM: Type.Optional(Type.Number()),
        },
        open,
      ),
    ),
    /** Water relations of the soils that zones name. */
    soilWater: Type.Optional(Type.Object({}, open)),
  },
  open,
);
export type SiteClimate = Static<typeof SiteClimate>;

const problemsOf = createFieldCheck(SiteClimate);

/**
 * A site's climate, checked.
 * @throws {EcoError} `site_invalid` with every field that is wrong.
 */
export function readSiteClimate(value: unknown, where: string): SiteClimate {
  const problems = problemsOf(value);
  if (problems.length > 0) {
    throw new EcoError(
      'site_invalid',
      `${where}: ${problems.map(({message}) => message).join('; ')}`,
      400,
      problems,
    );
  }
  return value as SiteClimate;
}

/** A mean year: twelve figures each, from January. */
export type MonthNormals = {
  maxC: readonly number[];
  minC: readonly number[];
  meanC: readonly number[];
  /** Of the month. */
  rainMm: readonly number[];
  rainDays: readonly number[];
  radiationMjPerM2: readonly number[];
  /** Vapour pressure as a share of the saturation that FAO-56 (12) gives for the day's extremes. */
  humidityFraction: readonly number[];
  windSpeedAt2mMPerS: readonly number[];
};

export function angstromOf(climate: SiteClimate | null): Angstrom {
  return {
    overcastFraction: climate?.reference?.angstromA ?? FAO56_ANGSTROM.overcastFraction,
    sunshineFraction: climate?.reference?.angstromB ?? FAO56_ANGSTROM.sunshineFraction,
  };
}
