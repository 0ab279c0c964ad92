import {type Static, Type} from 'typebox';
import {createValidator, EcoError} from '#schemas';

/**
 * `climate.json` of a site: every figure of the place that the virtual fleet starts from. Lists of twelve run from
 * January to December, in the site's local months. Blocks that a place does not have (a river, a summer drought) are left
 * out; what is optional here has a neutral default, so that a site may say little.
 */
const Months = Type.Array(Type.Number(), {minItems: 12, maxItems: 12});
const Share = Type.Number({minimum: 0, maximum: 1});
const Range = Type.Array(Type.Number(), {minItems: 2, maxItems: 2});
const MonthDay = Type.String({pattern: '^\\d\\d-\\d\\d$'});
const open = {additionalProperties: true} as const;

/** Water relations and chemistry of one kind of soil, as zones name it. */
export const SoilKind = Type.Object(
  {
    saturation: Share,
    fieldCapacity: Share,
    wiltingPoint: Share,
    ksatMmPerH: Type.Number({exclusiveMinimum: 0}),
    ph: Type.Optional(Type.Number()),
    availableNitrogenMgPerKg: Type.Optional(Type.Number()),
  },
  open,
);
export type SoilKind = Static<typeof SoilKind>;

export const Climate = Type.Object(
  {
    schemaVersion: Type.Literal(1),
    normals: Type.Object(
      {
        airTemperatureMaxC: Months,
        airTemperatureMeanC: Months,
        airTemperatureMinC: Months,
        rainMm: Months,
        rainDays: Months,
        sunshineH: Months,
        relativeHumidityPercent: Months,
        windSpeedMPerS: Months,
        fogDays: Type.Optional(Months),
      },
      open,
    ),
    /** Ångström: global radiation on the ground = (a + b n/N) × outside the atmosphere. */
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
          smallestMm: Type.Optional(Type.Number({minimum: 0})),
          gammaShape: Type.Optional(Type.Number({exclusiveMinimum: 0, maximum: 10})),
          eventHours: Type.Optional(Range),
          /** Share of rain in the night hours, in the months of the night bias. */
          nightShare: Type.Optional(Share),
          nightHours: Type.Optional(Range),
          nightBiasMonths: Type.Optional(Type.Array(Type.Integer({minimum: 1, maximum: 12}))),
        },
        open,
      ),
    ),
    temperature: Type.Object(
      {
        /** Correlation of one day's departure with the next. */
        phi: Type.Optional(Share),
        maxAnomalySdC: Months,
        minShareOfMaxAnomaly: Type.Optional(Share),
        lapseCPerM: Type.Optional(Type.Number()),
        referenceHeightM: Type.Optional(Type.Number()),
      },
      open,
    ),
    dryHotSpell: Type.Optional(
      Type.Object(
        {
          shareOfYears: Share,
          startFrom: MonthDay,
          startTo: MonthDay,
          days: Range,
          airTemperatureMaxC: Type.Number(),
          airTemperatureMaxSdC: Type.Number({minimum: 0}),
          lowestRelativeHumidityPercent: Type.Number({minimum: 1, maximum: 100}),
        },
        open,
      ),
    ),
    fog: Type.Optional(
      Type.Object(
        {
          relativeHumidityPercent: Type.Optional(Type.Number()),
          windBelowMPerS: Type.Optional(Type.Number()),
          hours: Type.Optional(Range),
        },
        open,
      ),
    ),
    pressure: Type.Object(
      {
        referenceHeightM: Type.Number(),
        meanHPa: Type.Number(),
        yearlyAmplitudeHPa: Type.Optional(Type.Number()),
        yearlyPeakDay: Type.Optional(Type.Number()),
        weatherSdHPa: Type.Optional(Type.Number({minimum: 0})),
        weatherPhi: Type.Optional(Share),
        semidiurnalAmplitudeHPa: Type.Optional(Type.Number()),
        hPaPerM: Type.Optional(Type.Number()),
      },
      open,
    ),
    wind: Type.Optional(
      Type.Object(
        {
          weibullK: Type.Optional(Type.Number({minimum: 0.5, maximum: 5})),
          dailyFactorLeast: Type.Optional(Type.Number({minimum: 0})),
          dailyFactorLeastHour: Type.Optional(Type.Number()),
          dailyFactorMost: Type.Optional(Type.Number({minimum: 0})),
          dailyFactorMostHour: Type.Optional(Type.Number()),
          calmShareOfHours: Type.Optional(Share),
          prevailingFromDeg: Type.Optional(Type.Number()),
          prevailingSpreadDeg: Type.Optional(Type.Number()),
        },
        open,
      ),
    ),
    /** Level of the water body around or beside the site. */
    riverStage: Type.Optional(
      Type.Object(
        {
          verticalDatum: Type.Optional(Type.String()),
          meanM: Months,
          dayToDaySdM: Months,
          phi: Months,
          floodPulse: Type.Optional(
            Type.Object(
              {
                perYear: Type.Number({minimum: 0}),
                months: Type.Array(Type.Integer({minimum: 1, maximum: 12}), {minItems: 1}),
                riseM: Range,
                riseH: Type.Number({exclusiveMinimum: 0}),
                eFoldFallD: Type.Number({exclusiveMinimum: 0}),
              },
              open,
            ),
          ),
          lowestM: Type.Optional(Type.Number()),
          highestM: Type.Optional(Type.Number()),
          warningLevelM: Type.Optional(Type.Number()),
          /** Fall of the surface downstream, and the bearing of the flow. */
          fallMPerKm: Type.Optional(Type.Number()),
          flowTowardsDeg: Type.Optional(Type.Number()),
        },
        open,
      ),
    ),
    riverWater: Type.Optional(
      Type.Object(
        {
          temperatureC: Months,
          turbidityNtu: Months,
          ph: Type.Optional(Type.Number()),
          codmnMgPerL: Type.Optional(Type.Number()),
          ammoniaNitrogenMgPerL: Type.Optional(Type.Number()),
          totalPhosphorusMgPerL: Type.Optional(Type.Number()),
          totalNitrogenMgPerL: Type.Optional(Type.Number()),
        },
        open,
      ),
    ),
    airQuality: Type.Optional(
      Type.Object(
        {
          pm25UgPerM3: Months,
          pm10OfPm25: Type.Optional(Type.Number()),
          ozoneMax8hUgPerM3: Months,
          nitrogenDioxideUgPerM3: Months,
          sulfurDioxideUgPerM3: Type.Optional(Type.Number()),
          carbonMonoxideMgPerM3: Type.Optional(Months),
        },
        open,
      ),
    ),
    visitors: Type.Optional(
      Type.Object(
        {
          /** On a dry working day, by month. */
          perDay: Months,
          weekendFactor: Type.Optional(Type.Number({minimum: 0})),
          holidayFactor: Type.Optional(Type.Number({minimum: 0})),
          /** `MM-DD` or `MM-DD/MM-DD`, both ends included. */
          holidays: Type.Optional(Type.Array(Type.String({pattern: '^\\d\\d-\\d\\d(/\\d\\d-\\d\\d)?$'}))),
          rainFactor: Type.Optional(Share),
          opensHour: Type.Optional(Type.Number()),
          closesHour: Type.Optional(Type.Number()),
          peakHour: Type.Optional(Type.Number()),
        },
        open,
      ),
    ),
    energy: Type.Optional(
      Type.Object(
        {
          /** Demand of one metered feeder on a mild working day, kW. */
          feederKw: Type.Optional(Type.Number({minimum: 0})),
          pvCapacityKw: Type.Optional(Type.Number({minimum: 0})),
        },
        open,
      ),
    ),
    soilWater: Type.Optional(
      Type.Object(
        {basis: Type.Optional(Type.String()), source: Type.Optional(Type.String())},
        {additionalProperties: SoilKind},
      ),
    ),
  },
  open,
);
export type Climate = Static<typeof Climate>;

const valid = createValidator<Climate>(Climate);

/**
 * A checked climate.
 * @throws {EcoError} `site_invalid` with the field and what was expected.
 */
export function readClimate(value: unknown, where: string): Climate {
  if (!valid(value)) throw new EcoError('site_invalid', `${where}: ${valid.problem()}`);
  return value;
}
