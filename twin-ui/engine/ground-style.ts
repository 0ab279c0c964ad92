/** How the painter fills a class of land cover. The numbers are read by the shader. */
export const GROUND_PATTERNS = {
  plain: 0,
  forest: 1,
  woodland: 2,
  meadow: 3,
  field: 4,
  pasture: 5,
  rows: 6,
  reeds: 7,
  gravel: 8,
  floodMeadow: 9,
  scrub: 10,
  built: 11,
  water: 12,
  stream: 13,
  bed: 14,
} as const;
export type GroundPattern = keyof typeof GROUND_PATTERNS;

export const CROWN_FORMS = ['broadleaf', 'conifer', 'bamboo', 'orchard', 'shrub', 'reed'] as const;
export type CrownForm = (typeof CROWN_FORMS)[number];

export type CrownStand = {
  form: CrownForm;
  /** Crowns on one hectare of the class, before the whole is thinned to the machine's budget. */
  perHa: number;
  heightM: readonly [number, number];
  radiusM: readonly [number, number];
  /** Share of the crowns that keep their leaves in winter. */
  evergreenFraction: number;
  /** `scattered` everywhere, `rows` in lines where the ground allows, `clumped` in groups with gaps. */
  layout: 'scattered' | 'rows' | 'clumped';
};

export type GroundStyle = {
  pattern: GroundPattern;
  /** Two tones between which the painter varies, sRGB. */
  tones: readonly [string, string];
  stands: readonly CrownStand[];
};

/** What a class of land cover says of itself: its zone's kind and vegetation and the colour of its legend. */
export type GroundClass = {kind: string; vegetation: string | null; colour: string};

const NO_STANDS: readonly CrownStand[] = [];

const BROADLEAF: CrownStand = {
  form: 'broadleaf',
  perHa: 78,
  heightM: [9, 18],
  radiusM: [3.4, 5.9],
  evergreenFraction: 0.65,
  layout: 'scattered',
};
const CONIFER: CrownStand = {
  form: 'conifer',
  perHa: 20,
  heightM: [12, 21],
  radiusM: [2.1, 3.3],
  evergreenFraction: 0.8,
  layout: 'clumped',
};
const BAMBOO: CrownStand = {
  form: 'bamboo',
  perHa: 20,
  heightM: [8, 13],
  radiusM: [2.4, 3.8],
  evergreenFraction: 1,
  layout: 'clumped',
};
const ORCHARD: CrownStand = {
  form: 'orchard',
  perHa: 190,
  heightM: [2.8, 4.4],
  radiusM: [1.7, 2.5],
  evergreenFraction: 0.6,
  layout: 'rows',
};
const SHRUB: CrownStand = {
  form: 'shrub',
  perHa: 85,
  heightM: [1.2, 3.2],
  radiusM: [1, 2.2],
  evergreenFraction: 0.7,
  layout: 'clumped',
};
const REED: CrownStand = {
  form: 'reed',
  perHa: 45,
  heightM: [1.8, 2.8],
  radiusM: [1.8, 3],
  evergreenFraction: 0,
  layout: 'clumped',
};

/** Whether a site's free word for its vegetation speaks of something. */
function speaksOf(vegetation: string | null, ...words: string[]): boolean {
  return vegetation !== null && words.some((word) => vegetation.includes(word));
}

function forestStands(vegetation: string | null): CrownStand[] {
  const mixed = !vegetation || speaksOf(vegetation, 'mixed');
  const conifer = speaksOf(vegetation, 'conifer', 'pine', 'needle') ? 4 : mixed ? 1 : 0.35;
  const bamboo = speaksOf(vegetation, 'bamboo') ? 4 : mixed ? 1 : 0.35;
  const evergreenFraction = speaksOf(vegetation, 'evergreen')
    ? speaksOf(vegetation, 'deciduous')
      ? 0.74
      : 0.95
    : speaksOf(vegetation, 'deciduous')
      ? 0.1
      : 0.65;
  const rest = Math.max(0.15, 1.5 - 0.25 * (conifer + bamboo));
  return [
    {...BROADLEAF, perHa: BROADLEAF.perHa * Math.min(1.2, rest), evergreenFraction},
    {...CONIFER, perHa: CONIFER.perHa * conifer},
    {...BAMBOO, perHa: BAMBOO.perHa * bamboo},
  ];
}

/**
 * The look of a class of land cover from what its zone says: `kind` (forest, woodland, grassland, field, wetland,
 * drawdown, shrubland, built, road, water) refined by words in `vegetation`. A kind that is not known is painted in
 * the colour of its legend, without crowns.
 */
export function groundStyle({kind, vegetation, colour}: GroundClass): GroundStyle {
  switch (kind) {
    case 'forest':
      return {pattern: 'forest', tones: ['#2c3d1c', '#4c5f2a'], stands: forestStands(vegetation)};
    case 'woodland':
      return {
        pattern: 'woodland',
        tones: ['#566b2e', '#7d8c45'],
        stands: [
          ORCHARD,
          {...BROADLEAF, perHa: 46, heightM: [7, 14], evergreenFraction: 0.4, layout: 'clumped'},
        ],
      };
    case 'shrubland':
      return {
        pattern: 'scrub',
        tones: ['#9a8560', '#6f7a3c'],
        stands: [
          speaksOf(vegetation, 'sparse', 'desert', 'dune')
            ? {...SHRUB, perHa: 30, heightM: [0.6, 1.6]}
            : SHRUB,
        ],
      };
    case 'grassland':
      return {
        pattern: 'meadow',
        tones: ['#6d8040', '#989556'],
        stands: [
          {
            ...BROADLEAF,
            perHa: 7,
            heightM: [7, 14],
            radiusM: [2.8, 5],
            evergreenFraction: 0.4,
            layout: 'clumped',
          },
          {...SHRUB, perHa: 6},
        ],
      };
    case 'field':
      if (speaksOf(vegetation, 'forage', 'grass', 'pasture')) {
        return {pattern: 'pasture', tones: ['#779640', '#8fa450'], stands: [{...BROADLEAF, perHa: 0.8}]};
      }
      if (speaksOf(vegetation, 'herb', 'medicinal', 'garden', 'vine')) {
        return {pattern: 'rows', tones: ['#6f8a3f', '#8d7f52'], stands: NO_STANDS};
      }
      return {pattern: 'field', tones: ['#8aa347', '#c5ad57'], stands: NO_STANDS};
    case 'wetland':
      if (speaksOf(vegetation, 'salt', 'samphire', 'halophyte')) {
        return {
          pattern: 'floodMeadow',
          tones: ['#77784f', '#93755c'],
          stands: [{...SHRUB, perHa: 40, heightM: [0.4, 1]}],
        };
      }
      return {
        pattern: 'reeds',
        tones: ['#5f7a3a', '#8b8f4e'],
        stands: speaksOf(vegetation, 'wood', 'tree', 'willow', 'riparian', 'swamp', 'forest')
          ? [REED, {...BROADLEAF, perHa: 16, heightM: [6, 12], evergreenFraction: 0.1, layout: 'clumped'}]
          : [{...REED, perHa: 60}],
      };
    case 'drawdown':
      if (speaksOf(vegetation, 'sparse', 'gravel', 'bare')) {
        return {pattern: 'gravel', tones: ['#978f7f', '#b3a893'], stands: NO_STANDS};
      }
      if (speaksOf(vegetation, 'wet', 'reed', 'marsh')) {
        return {pattern: 'reeds', tones: ['#6a7f3d', '#8f8b56'], stands: [{...REED, perHa: 14}]};
      }
      return {pattern: 'floodMeadow', tones: ['#7d8647', '#9a8d62'], stands: [{...SHRUB, perHa: 2}]};
    case 'built':
      return {
        pattern: 'built',
        tones: ['#b0a89b', '#c4bcae'],
        stands: [{...BROADLEAF, perHa: 14, heightM: [6, 11], radiusM: [2.4, 3.8], layout: 'scattered'}],
      };
    case 'road':
      return {pattern: 'meadow', tones: ['#8a9450', '#a39f66'], stands: NO_STANDS};
    case 'water':
      return {pattern: 'bed', tones: ['#6d6a55', '#8a8468'], stands: NO_STANDS};
    case 'stream':
      return {pattern: 'stream', tones: ['#5d6a4a', '#7b7a58'], stands: NO_STANDS};
    default:
      return {pattern: 'plain', tones: [colour, shade(colour, 0.82)], stands: NO_STANDS};
  }
}

function shade(colour: string, factor: number): string {
  const channels = [1, 3, 5].map((at) => Math.round(Number.parseInt(colour.slice(at, at + 2), 16) * factor));
  return `#${channels.map((v) => v.toString(16).padStart(2, '0')).join('')}`;
}
