import type {TreeMap} from '#schemas';

/**
 * Maps for tree lists that other programs write, by id.
 *
 * `iland-trees`: a list of single trees for iLand (individual-based forest landscape model): metres within the stand, species by
 * iLand's four-letter codes. Source of the codes: species table of iLand 2.1 (edfm-tum/iland-model).
 */
export const TREE_MAP_PRESETS: Readonly<Record<string, TreeMap>> = {
  'iland-trees': {
    schemaVersion: 1,
    id: 'iland-trees',
    description:
      'Single trees of iLand: x and y in metres from the south-west corner of the stand, diameter in cm, height in m.',
    crs: 'local',
    units: {stem: 'cm', height: 'm'},
    species: {
      abal: {scientificName: 'Abies alba'},
      acca: {scientificName: 'Acer campestre'},
      acpl: {scientificName: 'Acer platanoides'},
      acps: {scientificName: 'Acer pseudoplatanus'},
      algl: {scientificName: 'Alnus glutinosa'},
      alin: {scientificName: 'Alnus incana'},
      alal: {scientificName: 'Alnus alnobetula'},
      bepe: {scientificName: 'Betula pendula'},
      cabe: {scientificName: 'Carpinus betulus'},
      casa: {scientificName: 'Castanea sativa'},
      coav: {scientificName: 'Corylus avellana'},
      fasy: {scientificName: 'Fagus sylvatica'},
      frex: {scientificName: 'Fraxinus excelsior'},
      lade: {scientificName: 'Larix decidua'},
      piab: {scientificName: 'Picea abies'},
      pice: {scientificName: 'Pinus cembra'},
      pini: {scientificName: 'Pinus nigra'},
      pisy: {scientificName: 'Pinus sylvestris'},
      poni: {scientificName: 'Populus nigra'},
      potr: {scientificName: 'Populus tremula'},
      psme: {scientificName: 'Pseudotsuga menziesii'},
      qupe: {scientificName: 'Quercus petraea'},
      qupu: {scientificName: 'Quercus pubescens'},
      quro: {scientificName: 'Quercus robur'},
      rops: {scientificName: 'Robinia pseudoacacia'},
      saca: {scientificName: 'Salix caprea'},
      soar: {scientificName: 'Sorbus aria'},
      soau: {scientificName: 'Sorbus aucuparia'},
      tico: {scientificName: 'Tilia cordata'},
      tipl: {scientificName: 'Tilia platyphyllos'},
      ulgl: {scientificName: 'Ulmus glabra'},
    },
  },
};
