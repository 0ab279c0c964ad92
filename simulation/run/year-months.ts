import {monthsOfDays} from '../climate/calendar.ts';
import type {YearWeather} from '../plan.ts';

/** Months of a year's weather as trees take them; twelve entries each, from January. */
export class YearMonths {
  readonly days = new Float64Array(12);
  readonly meanC = new Float64Array(12);
  readonly frostDays = new Float64Array(12);
  readonly radiationMjPerM2Day = new Float64Array(12);
  readonly vpdKPa = new Float64Array(12);
  co2Ppm = 0;
  meanAnnualC = 0;

  read(weather: YearWeather): void {
    const months = monthsOfDays(weather.days);
    for (const column of [this.days, this.meanC, this.frostDays, this.radiationMjPerM2Day, this.vpdKPa]) {
      column.fill(0);
    }
    for (let day = 0; day < weather.days; day += 1) {
      const m = months[day]!;
      this.days[m] = this.days[m]! + 1;
      this.meanC[m] = this.meanC[m]! + weather.meanC[day]!;
      if (weather.minC[day]! < 0) this.frostDays[m] = this.frostDays[m]! + 1;
      this.radiationMjPerM2Day[m] = this.radiationMjPerM2Day[m]! + weather.radiationMjPerM2[day]!;
      this.vpdKPa[m] = this.vpdKPa[m]! + weather.vpdKPa[day]!;
    }
    let sumC = 0;
    for (let m = 0; m < 12; m += 1) {
      const days = this.days[m]!;
      sumC += this.meanC[m]!;
      this.meanC[m] = this.meanC[m]! / days;
      this.radiationMjPerM2Day[m] = this.radiationMjPerM2Day[m]! / days;
      this.vpdKPa[m] = this.vpdKPa[m]! / days;
    }
    this.co2Ppm = weather.co2Ppm;
    this.meanAnnualC = sumC / weather.days;
  }
}
