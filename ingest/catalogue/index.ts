export {
  catalogueFiles,
  type Defined,
  EMPTY_CATALOGUE,
  type OwnCatalogue,
  readOwnCatalogue,
} from './own-catalogue.ts';
