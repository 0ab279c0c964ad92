import {language, type TextKey, t} from './index.ts';

/** UCUM codes as people write them. What is not listed is shown as it is, without annotations' braces. */
const UNITS: Record<string, string> = {
  Cel: '°C',
  '%': '%',
  '1': '',
  '[pH]': 'pH',
  deg: '°',
  '{NTU}': 'NTU',
  '{FNU}': 'FNU',
  'ug/m3': 'µg/m³',
  'mg/m3': 'mg/m³',
  'ug/L': 'µg/L',
  'm3/m3': 'm³/m³',
  'm3/s': 'm³/s',
  'W/m2': 'W/m²',
  'umol/mol': 'µmol/mol',
  '/cm3': 'cm⁻³',
  't/km2/a': 't/(km²·a)',
  'dB[SPL]': 'dB',
  '/har': '/ha',
  'm2/har': 'm²/ha',
  'm3/har': 'm³/ha',
  't/har/a': 't/(ha·a)',
  'm2/m2': 'm²/m²',
  m3: 'm³',
};
const COUNTED: Record<string, TextKey> = {
  '{person}': 'unit.person',
  '{person}/h': 'unit.person/h',
  '{detection}/h': 'unit.detection/h',
  '{species}': 'unit.species',
  '{event}/d': 'unit.event/d',
  '{count}': 'unit.count',
};

export function unitText(ucum: string): string {
  const counted = COUNTED[ucum];
  return counted ? t(counted) : (UNITS[ucum] ?? ucum.replace(/[{}]/g, ''));
}

function locale(): string {
  return language.value === 'zh' ? 'zh-CN' : 'en-GB';
}

/** A value to four significant digits, levels and the like (≥ 1000) to the unit, or as many decimals as asked for. */
export function numberText(value: number, decimals?: number): string {
  const options: Intl.NumberFormatOptions =
    decimals !== undefined
      ? {minimumFractionDigits: decimals, maximumFractionDigits: decimals}
      : Math.abs(value) >= 1000
        ? {maximumFractionDigits: 0}
        : {maximumSignificantDigits: 4, maximumFractionDigits: 3, roundingPriority: 'lessPrecision'};
  return new Intl.NumberFormat(locale(), options).format(value === 0 ? 0 : value);
}

/** A value for an axis, as short as it goes: 120K, 12万. */
export function shortNumberText(value: number): string {
  return new Intl.NumberFormat(locale(), {notation: 'compact', maximumSignificantDigits: 3}).format(
    value === 0 ? 0 : value,
  );
}

export function valueText(value: number | null, ucum: string, censored?: '<' | '>'): string {
  if (value === null) return '—';
  const unit = unitText(ucum);
  const space = unit === '' || unit === '°' ? '' : ' ';
  return `${censored ?? ''}${numberText(value, ucum === 'm' ? 2 : undefined)}${space}${unit}`;
}

/** A share of 1 as percent; what is not quite none or all is never said to be: `< 0.1 %`, `> 99.9 %`. */
export function percentText(fraction: number, decimals = 1): string {
  const least = 10 ** -decimals;
  const percent = fraction * 100;
  if (percent > 0 && percent < least) return `< ${numberText(least, decimals)} %`;
  if (percent < 100 && percent > 100 - least) return `> ${numberText(100 - least, decimals)} %`;
  const rounded = Number(percent.toFixed(decimals));
  return `${numberText(rounded, Number.isInteger(rounded) ? 0 : decimals)} %`;
}

/** Bytes in the greatest unit of 1000 that gives at least one. */
export function bytesText(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let value = bytes;
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${numberText(value, unit === 0 || value >= 99.95 ? 0 : 1)} ${units[unit]}`;
}

export function timeText(
  timeMs: number,
  timeZone: string,
  style: 'time' | 'minute' | 'full' | 'day' | 'month' = 'minute',
): string {
  const options: Intl.DateTimeFormatOptions = {timeZone, hourCycle: 'h23'};
  if (style === 'time') Object.assign(options, {hour: '2-digit', minute: '2-digit', second: '2-digit'});
  else if (style === 'month') Object.assign(options, {month: 'short'});
  else if (style === 'day') Object.assign(options, {year: 'numeric', month: 'short', day: 'numeric'});
  else if (style === 'minute')
    Object.assign(options, {month: 'short', day: 'numeric', hour: '2-digit', minute: '2-digit'});
  else
    Object.assign(options, {
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
      timeZoneName: 'short',
    });
  return new Intl.DateTimeFormat(locale(), options).format(timeMs);
}

/** `4 min`, in the greatest unit that gives at least one. */
export function durationText(ms: number): string {
  const s = Math.max(0, Math.round(ms / 1000));
  if (s < 90) return t('duration.s', {n: s});
  if (s < 90 * 60) return t('duration.min', {n: Math.round(s / 60)});
  if (s < 36 * 3600) return t('duration.h', {n: Math.round(s / 3600)});
  return t('duration.d', {n: Math.round(s / 86_400)});
}

const PERIOD_MS: Record<string, number> = {
  D: 86_400_000,
  M: 2_629_800_000,
  Y: 31_557_600_000,
  TH: 3_600_000,
  TM: 60_000,
  TS: 1000,
};

/** Length of an ISO 8601 period as the API gives it (PT5M, P1D), for ages and labels; months count as a mean month. */
export function periodMs(period: string | null): number {
  const match = /^P(T?)(\d+)([DMYHS])$/.exec(period ?? '');
  return match ? Number(match[2]) * (PERIOD_MS[`${match[1]}${match[3]}`] ?? 0) : 0;
}

/** Short name of a zone of time at an instant, as `GMT+8`. */
export function zoneText(timeMs: number, timeZone: string): string {
  const parts = new Intl.DateTimeFormat(locale(), {timeZone, timeZoneName: 'short'}).formatToParts(timeMs);
  return parts.find(({type}) => type === 'timeZoneName')?.value ?? timeZone;
}
