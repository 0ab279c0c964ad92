export {requireNotRefused} from './device-table.ts';
export type {CatalogueChange} from './own-table.ts';
export {type OpenRegistry, openRegistry} from './registry.ts';
export {type Gateway, type LoadedSite, loadSites, type SiteFiles, siteFiles} from './site-files.ts';
export {pointIn, zoneAt} from './zone-at.ts';
export {createZoneFinder} from './zone-finder.ts';
