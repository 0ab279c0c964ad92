/** The 10 categories of the ecological information model (山水林田湖草人物事, read as ten), in catalogue order. */
export const CATEGORIES = {
  mountain: {name: {en: 'Terrain and slope', zh: '山'}, colour: '#8a6d4b'},
  water: {name: {en: 'Water', zh: '水'}, colour: '#3b82c4'},
  soil: {name: {en: 'Soil', zh: '土'}, colour: '#b07d3c'},
  air: {name: {en: 'Air', zh: '气'}, colour: '#6fb4d8'},
  plant: {name: {en: 'Plants', zh: '植'}, colour: '#4c9a4f'},
  animal: {name: {en: 'Animals', zh: '动'}, colour: '#e08a3c'},
  field: {name: {en: 'Farmland', zh: '田'}, colour: '#9bbf3b'},
  people: {name: {en: 'People', zh: '人'}, colour: '#b8529b'},
  facility: {name: {en: 'Buildings and energy', zh: '物'}, colour: '#7d858c'},
  event: {name: {en: 'Events and work', zh: '事'}, colour: '#c94f4f'},
} as const satisfies Record<string, {name: {en: string; zh: string}; colour: string}>;

export type CategoryId = keyof typeof CATEGORIES;
