import {describe, expect, it} from 'vitest';
import {DAYS_OF_MONTH, seasonal, seasonalMean} from '../../../devices/fleet/curve.ts';
import {oxygenSaturationMgPerL} from '../../../devices/fleet/oxygen.ts';
import {et0Hour, Sun, saturationKPa, solarDay} from '../../../devices/fleet/radiation.ts';

describe('sun and evaporation', () => {
  // FAO-56, example 3.
  it.each([
    [24.5, 3.075],
    [15, 1.705],
  ])('saturation vapour pressure at %d °C is %d kPa', (temperature, kPa) => {
    expect(saturationKPa(temperature)).toBeCloseTo(kPa, 3);
  });

  // FAO-56, examples 8 and 9: 3 September (day 246) at 20° S.
  it('radiation outside the atmosphere and daylight at 20° S on 3 September', () => {
    const day = solarDay(-20, 246);
    expect(day.outsideMj).toBeCloseTo(32.2, 1);
    expect(day.daylightH).toBeCloseTo(11.7, 1);
  });

  it('the hours of a day add up to the day', () => {
    const sun = new Sun(29.578, 106.712);
    let mj = 0;
    for (let minute = 0; minute < 1440; minute++) {
      mj += sun.outsideW(Date.UTC(2026, 6, 1, 0, minute), 181) * 60e-6;
    }
    expect(mj / sun.day(181).outsideMj).toBeCloseTo(1, 2);
  });

  // FAO-56, example 19 (N'Diaye, Senegal, 1 October): ET0 0.63 mm from 14 to 15 h, 0.00 from 2 to 3 h. Wind of the example
  // is at 2 m, ours at 10 m (× 0.748); clearness is Rs over the radiation outside the atmosphere.
  it.each([
    {
      time: '14-15 h',
      temperatureC: 38,
      humidity: 0.52,
      u2: 3.3,
      rsMj: 2.45,
      clearness: 2.45 / 3.543,
      mm: 0.63,
    },
    {time: '2-3 h', temperatureC: 28, humidity: 0.9, u2: 1.9, rsMj: 0, clearness: 0.8 * 0.75, mm: 0},
  ])('reference evapotranspiration $time is $mm mm', ({temperatureC, humidity, u2, rsMj, clearness, mm}) => {
    const et = et0Hour({
      temperatureC,
      vapourKPa: humidity * saturationKPa(temperatureC),
      windMPerS: u2 / 0.748,
      radiationW: rsMj / 0.0036,
      clearness,
      pressureHPa: 1012,
    });
    expect(et).toBeCloseTo(mm, 1);
    expect(Math.abs(et - mm)).toBeLessThan(0.015);
  });
});

describe('oxygen in fresh water', () => {
  // Standard Methods 4500-O, table 4500-O:I (Benson & Krause), 1 atm.
  it.each([
    [0, 14.621],
    [10, 11.288],
    [20, 9.092],
    [30, 7.559],
  ])('saturation at %d °C is %d mg/L', (temperature, mgPerL) => {
    expect(Math.abs(oxygenSaturationMgPerL(temperature, 1013.25) - mgPerL)).toBeLessThan(0.005);
  });

  it('falls with the pressure', () => {
    expect(oxygenSaturationMgPerL(20, 900) / oxygenSaturationMgPerL(20, 1013.25)).toBeCloseTo(0.886, 2);
  });
});

describe('seasonal curves', () => {
  const monthly = [10.5, 13.6, 18.8, 23.7, 27.1, 29.5, 33.9, 34.1, 28.7, 22.2, 17.3, 11.6];
  const monthMeans = (table: Float64Array) => {
    let day = 0;
    return DAYS_OF_MONTH.map((days) => {
      const part = table.slice(Math.round(day), Math.round(day + days));
      day += days;
      return part.reduce((sum, value) => sum + value, 0) / part.length;
    });
  };
  it('pass through the table at mid-month', () => {
    expect(seasonal(monthly)[14]).toBeCloseTo(10.5, 1);
    expect(seasonal(monthly)[196]).toBeCloseTo(33.9, 1);
  });
  it('keep the monthly means where they are asked to', () => {
    monthMeans(seasonalMean(monthly)).forEach((mean, month) => {
      expect(Math.abs(mean - monthly[month]!), `month ${month + 1}`).toBeLessThan(0.25);
    });
  });
  it('close over the turn of the year', () => {
    const table = seasonalMean(monthly);
    expect(Math.abs(table[364]! - table[0]!)).toBeLessThan(0.2);
  });
});
