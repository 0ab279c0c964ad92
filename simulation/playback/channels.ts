/** A value of a tree in a byte: value = offset + scale · byte^power, in `unit` (UCUM). */
export type Channel = {
  id: string;
  name: {en: string; zh: string};
  unit: string;
  scale: number;
  offset: number;
  power: 1 | 2;
};

/**
 * What a playback file tells of each tree and year, in this order. Scales are the same in all files, so that two scenarios can be
 * laid side by side. Carbon is in squares: most trees hold a hundredth of what the largest do.
 */
export const CHANNELS = [
  {id: 'height', name: {en: 'Height', zh: '树高'}, unit: 'm', scale: 0.25, offset: 0, power: 1},
  {
    id: 'crown_radius',
    name: {en: 'Crown radius', zh: '冠幅半径'},
    unit: 'm',
    scale: 0.04,
    offset: 0,
    power: 1,
  },
  {id: 'health', name: {en: 'Health', zh: '健康度'}, unit: '1', scale: 1 / 255, offset: 0, power: 1},
  {id: 'carbon', name: {en: 'Carbon', zh: '碳储量'}, unit: 'kg', scale: 8000 / 255 ** 2, offset: 0, power: 2},
  {id: 'dbh', name: {en: 'Diameter', zh: '胸径'}, unit: 'cm', scale: 1, offset: 0, power: 1},
] as const satisfies readonly Channel[];
export type ChannelId = (typeof CHANNELS)[number]['id'];

/** The byte nearest to a value; what the channel cannot hold is put at its end. */
export function byteOf({scale, offset, power}: Channel, value: number): number {
  const steps = Math.max(0, (value - offset) / scale);
  return Math.min(255, Math.round(power === 2 ? Math.sqrt(steps) : steps));
}

export function channelValue({scale, offset, power}: Channel, byte: number): number {
  return offset + scale * (power === 2 ? byte * byte : byte);
}
