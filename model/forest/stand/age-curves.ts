/** A value that moves from `young` to `old`, halfway after `halfway` (the unit of the age); `halfway` 0: old at once. */
export type AgeCurve = {young: number; old: number; halfway: number; power: number};

/** old + (young − old)·exp(−ln2·(age/halfway)^power). Source: Sands & Landsberg (2002); Sands (2004). */
export function atAge(age: number, {young, old, halfway, power}: AgeCurve): number {
  if (halfway === 0) return old;
  return old + (young - old) * Math.exp(-Math.LN2 * (age / halfway) ** power);
}

/** Foliage that falls per month, as a share: a logistic from `young` to `old`. Source: Sands & Landsberg (2002). */
export function litterfallRate(
  ageYr: number,
  {young, old, halfwayMonths}: {young: number; old: number; halfwayMonths: number},
): number {
  if (young * old * halfwayMonths === 0) return old;
  const speed = (12 * Math.log(1 + old / young)) / halfwayMonths;
  return (old * young) / (young + (old - young) * Math.exp(-speed * ageYr));
}
